"""docs/for-researchers.md: its code runs, block after block, and gives what the text says."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from qzanalysis.pages.blocks import Block
from qzanalysis.pages.charts import Chart

REPO = Path(__file__).parents[1]
PAGE = (REPO / "docs" / "for-researchers.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """The value of every expression of the page, by its text, and the variables at the end."""
    scope: dict[str, Any] = {}
    values: dict[str, Any] = {}
    with mpl.rc_context():
        for block in blocks("python"):
            for statement in ast.parse(block).body:
                text = ast.unparse(statement)
                if isinstance(statement, ast.Expr):
                    values[text] = eval(text, scope)
                else:
                    exec(text, scope)
        plt.close("all")
    return values | scope


def test_numbers_that_the_page_names(results: dict[str, Any]) -> None:
    fact = results["fact"]
    assert (str(fact.value), fact.unit, str(fact.low), str(fact.high)) == (
        "71.3", "%", "71.25", "71.35",
    )  # fmt: skip
    assert results["(change.text(sign=True), change.formula)"] == ("+50", "4902 − 4852")
    assert results["change"].origins


def test_statuses_that_the_page_names(results: dict[str, Any]) -> None:
    statuses = results["tests.facts.map(lambda fact: fact.status)"].to_numpy().ravel()
    assert {"reported", "not_held", "pilot"} == set(statuses)


def test_numeric_types_are_as_the_page_says(results: dict[str, Any]) -> None:
    assert str(results["series"].dtype) == "Int64"
    assert set(results["rates"].dtypes.map(str)) == {"float64"}
    assert set(results["scale"].dtypes.map(str)) == {"Int64"}
    assert results["growth"].between(-50, 50).all()
    assert set(results["levels"][["value", "threshold"]].dtypes.map(str)) == {"float64"}


def test_its_charts_and_blocks_show_something(results: dict[str, Any]) -> None:
    shown = [value for value in results.values() if isinstance(value, Block | Chart)]
    assert len(shown) == 2
    assert all(getattr(each, "svg", None) or each.html for each in shown)
    assert not any("absent" in getattr(each, "html", "") for each in shown)


@pytest.mark.long
@pytest.mark.parametrize("block", blocks("bash"))
def test_its_commands_run(block: str, tmp_path: Path) -> None:
    command = block.replace("/tmp", str(tmp_path)).replace("--out 数据", f"--out {tmp_path}/数据")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=REPO, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert any(tmp_path.iterdir())
