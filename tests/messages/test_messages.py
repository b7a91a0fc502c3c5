"""docs/messages.md is complete and true: each of its messages is raised here, and no other exists."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from intake.conftest import make_tiny

from qzanalysis import codebook
from qzanalysis.documents import guard as documents
from qzanalysis.errors import QzAnalysisError
from qzanalysis.publishing import pipeline

from . import command_line, extracting, intake, rendering
from .place import Place, raised

REPO = Path(__file__).parents[2]
PACKAGE = REPO / "qzanalysis"
_ROW = re.compile(r"\| (?P<status>[12]) \| (?P<message>.+?) \| [^|]+ \|")
ROWS = {
    match["message"]: int(match["status"])
    for match in _ROW.finditer((REPO / "docs" / "messages.md").read_text(encoding="utf-8"))
}
ERRORS = {"UsageError", "RunFailed"}
CASES = command_line.CASES | rendering.CASES | intake.CASES | extracting.CASES


def _skeleton(node: ast.expr) -> str:
    """A message with `…` for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_skeleton(value) for value in values)
        case ast.BinOp(left=left, right=right):
            return _skeleton(left) + _skeleton(right)
    return "…"


def _calls() -> Iterator[tuple[str, ast.expr]]:
    """Every call of the package with an argument: the name called, and its first argument."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                yield ast.unparse(node.func), node.args[0]


def _raised() -> set[str]:
    """The first line of every message that stands in the package as it is raised.

    Or as it stands in a table of messages, or joined by line breaks.
    """
    found = set()
    for name, text in _calls():
        if name.rpartition(".")[2] in ERRORS:
            first = text.args[0].elts[0] if _joined(text) else text  # type: ignore[attr-defined]
            found.add(_skeleton(first).split("\n")[0])
    refusals = codebook.read_table(PACKAGE / "intake" / "refusals.csv")["message"]
    found |= {re.sub(r"{[^}]*}", "…", text) for text in refusals}
    indented = {text for text in found if text.startswith("  ")}  # lines below a first one
    return {text for text in found - indented if set(text) - {"…", " "}}


def _joined(text: ast.expr) -> bool:
    """`"\\n".join([first, *rest])`."""
    return isinstance(text, ast.Call) and bool(text.args) and isinstance(text.args[0], ast.List)


def test_every_kind_of_error_is_looked_for() -> None:
    """Those that carry their own text; the others are put together from problems."""
    kinds = [QzAnalysisError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    mine = {kind.__name__ for kind in kinds if kind.__module__.startswith("qzanalysis.")}
    assert mine == ERRORS | {"QzAnalysisError", "BadData"}


def test_every_message_of_the_package_is_in_the_table() -> None:
    """One that puts its text together elsewhere is there by its first line."""
    loose = {re.sub(r"…+", "…", text) for text in ROWS}
    unlisted = {text for text in _raised() if re.sub(r"…+", "…", text) not in loose}
    elsewhere = {"…有语法错误：…"}  # its place is worked out one line above
    assert unlisted - elsewhere == set()


def test_every_fault_of_a_document_is_in_the_table() -> None:
    """By what was found; the rest of the line is the fault's own."""
    assert {
        f"…：值为“{found}”；应为：…。处理办法：…" for found, _, _ in documents.faults().values()
    } <= set(ROWS)


def test_every_row_of_the_table_is_raised_below() -> None:
    """And nothing is raised that the table lacks."""
    assert set(CASES) == set(ROWS)
    assert len(ROWS) > 70


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    make_tiny(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QZANALYSIS_DATA", raising=False)
    return Place(tmp_path, monkeypatch)


@pytest.mark.parametrize("message", CASES)
def test_a_message_is_raised_with_its_status(message: str, place: Place) -> None:
    """As the table says it, with something in place of each `…`."""
    status, told = CASES[message](place)
    assert status == ROWS[message], told
    assert "Traceback" not in told
    pattern = re.escape(message).replace("…", ".+?")
    assert re.search(pattern, told, re.DOTALL), told


def test_a_request_among_the_data_is_refused_before_anything_is_read(place: Place) -> None:
    """Also below the data folder, and through a link."""
    inside = place.data / "tiny" / "notebooks"
    shutil.copytree(place.notebooks("1"), inside)
    (place / "link").symlink_to(inside)
    for folder in (inside, place / "link"):
        request = replace(place.request(), notebooks=folder)
        assert "一律不运行" in raised(lambda request=request: pipeline.render(request))[1]  # type: ignore[misc]


def test_an_option_that_is_not_one_is_told_by_the_library(place: Place) -> None:
    """Status 2 as for every other slip."""
    for arguments in (
        ("check", "--yaer", "1"),
        ("check", "--year", "x"),
        ("render", "--jobs", "0"),
    ):
        status, told = place.cli(*arguments)
        assert status == 2 and arguments[1] in told and "Traceback" not in told
