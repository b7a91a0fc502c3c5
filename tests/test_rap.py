"""docs/rap.md: eighteen checks, and the evidence that it names is there."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
CHECKS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (REPO / "docs" / "rap.md").read_text("utf-8").splitlines()
    if re.match(r"\| (baseline|silver|gold) ", line)
]


def test_the_levels_have_their_eighteen_checks() -> None:
    """As published: five, nine and four."""
    assert Counter(level for level, *_ in CHECKS) == {"baseline": 5, "silver": 9, "gold": 4}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check[1])
def test_the_evidence_is_there(check: list[str]) -> None:
    _, _, evidence, tested = check
    named = re.findall(r"`([^`]+)`", evidence)
    assert tested == "否" or named
    targets = re.findall(r"^([\w-]+):", (REPO / "Makefile").read_text("utf-8"), re.MULTILINE)
    for name in named:
        if name.startswith("make "):
            assert name.removeprefix("make ") in targets
        elif not name.startswith("render"):
            assert (REPO / name).exists(), name


def test_everything_named_is_under_version_control() -> None:
    """Evidence that only this folder holds is none."""
    if not (REPO / ".git").exists():
        pytest.skip("没有版本库")
    command = ["git", "-C", str(REPO), "ls-files"]
    held = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    files = [name for *_, evidence, _ in CHECKS for name in re.findall(r"`([^ `]+)`", evidence)]
    assert [name for name in files if not any(each.startswith(name) for each in held)] == []
