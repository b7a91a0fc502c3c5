"""The table of contents of the package."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import qzanalysis

REPO = Path(__file__).parents[1]


def test_the_contents_are_sorted_and_without_repeats() -> None:
    assert qzanalysis.__all__ == sorted(set(qzanalysis.__all__))


@pytest.mark.parametrize("name", qzanalysis.__all__)
def test_everything_listed_can_be_had_and_says_what_it_is(name: str) -> None:
    assert getattr(qzanalysis, name).__doc__


def test_what_is_not_listed_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = qzanalysis.nothing


def test_every_function_a_package_offers_has_a_docstring() -> None:
    for package in (qzanalysis.measures, qzanalysis.charts, qzanalysis.audit):
        offered = [value for name, value in vars(package).items() if not name.startswith("_")]
        assert all(value.__doc__ for value in offered if callable(value)), package.__name__


def test_importing_the_package_waits_for_nothing_heavy() -> None:
    code = (
        "import sys, qzanalysis; "
        "print(sorted({'pandas', 'matplotlib', 'seaborn', 'numpy', 'pandera'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_rooms_import_only_from_below() -> None:
    """The order of the house: a room may import those before it, never one after it."""
    floors = [
        "errors", "codebook", "figures", "reports", "measures", "audit", "documents", "intake",
        "pages", "publishing", "cli",
    ]  # fmt: skip
    inside = (REPO / "qzanalysis").glob("[!_]*")
    rooms = {path.stem for path in inside if path.is_dir() or path.suffix == ".py"}
    assert rooms == set(floors)
    wrong = []
    for place, room in enumerate(floors):
        single = REPO / "qzanalysis" / f"{room}.py"
        paths = [single] if single.exists() else sorted((REPO / "qzanalysis" / room).rglob("*.py"))
        for path in paths:
            wrong += [
                f"{room} imports {other}"
                for other in _imports(path)
                if other in floors[place + 1 :]
            ]
    assert wrong == []


def _imports(path: Path) -> set[str]:
    """The rooms a module imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and node.module.startswith("qzanalysis")
        ):
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("qzanalysis.")}
    return found
