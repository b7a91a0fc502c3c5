"""Whatever text comes in: a result or a message, never a traceback, never a changed file.

QZANALYSIS_FUZZ multiplies the number of cases (`make fuzz` sets it). Workbooks and documents are
fuzzed in tests/intake.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hostile import CHROMIUM, CONTROLS, FORMULAS, RUN, SCRIPTS, STEERING, Markup, formulas
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publishing.conftest import write_notebook
from typer.testing import CliRunner

from qzanalysis import cli, sentence
from qzanalysis.errors import BadData, QzAnalysisError, UsageError
from qzanalysis.figures.facts import Fact, Origin, constant
from qzanalysis.figures.quantities import NotAFigure, parse
from qzanalysis.pages import blocks, tables
from qzanalysis.publishing import chapters, markup, notes, parameters, shell
from qzanalysis.publishing.ledger import manifest, records
from qzanalysis.reports import schema
from qzanalysis.reports.memory import contents

TIMES = int(os.environ.get("QZANALYSIS_FUZZ", "1"))
SIGNS = "0123456789.,%‰:：+-−（）()<>=@'\"\\;，万亿千百余多近超第前强亩兆 　\t\n\r\0\x1b\u202e²①一二十两零年月日人A/"
ANY = st.one_of(
    st.text(SIGNS, max_size=14),
    st.text(max_size=24),
    st.sampled_from([*SCRIPTS, *STEERING, *FORMULAS, "", "NaN", "1e999", "-" * 300, "9" * 400]),
)
GOOD = b"indicator,breakdown,year,printed,source,note\nstudents,,2021,120,\xc2\xa71.1,\n"


def cases(number: int) -> settings:
    """So many, however long one takes."""
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=number * TIMES, deadline=None, suppress_health_check=quiet)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all cases: none may change it."""
    folder = tmp_path_factory.mktemp("fuzz") / "data"
    (folder / "tiny" / "2021").mkdir(parents=True)
    (folder / "schools.csv").write_text(
        "school,name,short_name,region\ntiny,小小中专,小中专,某省某市\n", encoding="utf-8"
    )
    (folder / "tiny" / "2021" / "annex.csv").write_bytes(GOOD)
    write_notebook(folder.parent / "07-x.ipynb", "甲", "1", declared=DECLARED)
    return folder


DECLARED = "number: float = 1\nhires: int = 0\nname: str = ''\nyes: bool = True\n"


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@cases(2500)
@given(ANY, st.booleans())
def test_any_cell_is_a_figure_or_none(text: str, count: bool) -> None:
    """A figure keeps its text, and its value lies in its interval."""
    try:
        found = parse(text, count=count)
    except NotAFigure:
        return
    assert found.printed == text and found.low <= found.value <= found.high


@cases(150)
@given(rows=st.lists(st.tuples(*[ANY] * 6), min_size=1, max_size=4))
def test_any_cells_of_a_file_are_taken_or_told(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    """With a place, what was expected, and a remedy for each."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    _read(tmp_path, GOOD + buffer.getvalue().encode("utf-8", "surrogatepass"))


@cases(500)
@given(at=st.integers(0, len(GOOD)), removed=st.integers(0, 8), added=st.binary(max_size=12))
def test_any_bytes_of_a_file_are_taken_or_told(
    at: int, removed: int, added: bytes, tmp_path: Path
) -> None:
    """A good file with some bytes gone and others put in."""
    _read(tmp_path, GOOD[:at] + added + GOOD[at + removed :])


def _read(folder: Path, content: bytes) -> None:
    path = folder / "x.csv"
    path.write_bytes(content)
    try:
        schema.observations(contents([path], folder))
    except BadData as error:
        assert all(one.expected and one.remedy for one in error.problems)
    assert path.read_bytes() == content


@cases(1000)
@given(st.dictionaries(st.sampled_from(["number", "hires", "name", "yes", "yaer"]) | ANY, ANY))
def test_any_parameters_are_of_their_type_or_told(data: Path, given_: dict[str, str]) -> None:
    """As text, the way they come from the command line."""
    chapter = chapters.read(data.parent / "07-x.ipynb")
    try:
        found = parameters.resolve(given_, [chapter], "tiny", 2021)[7]
    except UsageError as error:
        assert str(error)
        return
    assert all(type(found[one.name]) is one.type for one in chapter.parameters)


WORDS = ["check", "export", "render", "verify", "--school", "tiny", "--year", "2021", "--format"]
WORDS += ["json", "xlsx", "--fail-on", "-p", "hires=1", "year=2021", "--chapter", "7", "--jobs"]
WORDS += ["--out", "--data", "/nonexistent", "..", "-h", "--single-file", "new-year", "extract"]


@cases(400)
@given(st.lists(st.sampled_from(WORDS) | ANY, max_size=6))
def test_any_arguments_are_understood_or_told(data: Path, arguments: list[str]) -> None:
    """Status 0, 1 or 2, a message, no traceback, no changed file, nothing that steers a terminal."""
    before, here = state(data), Path.cwd()
    empty = data.parent / "empty"
    empty.mkdir(exist_ok=True)
    os.chdir(empty)
    try:
        verb = next((word for word in arguments if word in {"check", "export", "render"}), None)
        rest = [word for word in arguments if word != verb]
        front = [verb, "--data", str(data)] if verb else []
        extra = ["--notebooks", str(empty)] if verb == "render" else []
        done = CliRunner().invoke(cli.app, [*front, *rest, *extra])
    finally:
        os.chdir(here)
    assert done.exit_code in {0, 1, 2}, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), arguments
    assert "Traceback" not in done.output
    assert not CONTROLS.search(done.stderr.replace("\r", "")), arguments
    assert state(data) == before
    shutil.rmtree(empty, ignore_errors=True)


@cases(600)
@given(ANY, ANY)
def test_any_text_on_a_page_is_text(name: str, other: str) -> None:
    """Blocks, notes and data islands hold no script, no handler, no element of its own."""
    fact = _fact(name, other)
    shown = blocks.say("{a}{b}", a=name, b=fact).html + blocks.caveat("{a}", a=other).html
    shown += blocks.key_figures((name, fact, other)).html
    shown += tables.to_html(_frame(name, other), name) + tables.sources(_frame(name, other))
    found = Markup(_noted(shown) + shell.island("x", [name, other]))
    assert not found.scripts and not found.handlers
    assert not {"svg", "img", "style", "title", "iframe"} & found.tags


@cases(600)
@given(ANY, ANY)
def test_any_text_in_a_table_to_take_away_is_text(name: str, other: str) -> None:
    """No cell that a spreadsheet would compute."""
    rows = csv.reader(io.StringIO(tables.to_csv(_frame(name, other)), newline=""))
    assert formulas([cell for row in rows for cell in row]) == []


def _noted(text: str) -> str:
    """The text of a body with its notes."""
    body, unmatched = markup.parsed(text)
    assert not unmatched
    items = notes.annotate(body, []).items
    return markup.written(body) + "".join(items)


def _fact(name: str, other: str) -> Fact:
    one = constant(3, "人", name)
    origin = Origin("students", other, 2021, name, other, "x.csv", 2)
    return Fact(one.value, "人", 0, name, one.low, one.high, (origin,), formula=other)


def _frame(name: str, other: str) -> Any:
    import pandas as pd  # noqa: PLC0415

    fact = _fact(name, other)
    return pd.DataFrame({name: [fact, other], f"{other}2": [other, fact]}, index=[name, other])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["outputs", "chapters", "recipe", "reads", "body"]), inner
        )
    ),
    max_leaves=8,
)


@cases(300)
@given(content=JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40))
def test_any_manifest_or_kept_result_is_read_or_told(content: bytes, tmp_path: Path) -> None:
    """What is unreadable is told, or made again."""
    (tmp_path / records.MANIFEST).write_bytes(content)
    try:
        found = manifest.read(tmp_path)
        assert found is None or {"outputs", "chapters"} <= set(found)
    except QzAnalysisError as error:
        assert error.exit_code == 2
    assert records.read(tmp_path / records.MANIFEST) is None


# --- in a browser ---------------------------------------------------------------------------------

PIECES = ["<", ">", '"', "'", "&", "/", "=", " ", "\n", "`", "script", "svg", "img src=x ", "-->"]
PIECES += [
    "<!--",
    "]]>",
    "onerror=",
    "onload=",
    RUN,
    "javascript:",
    "</",
    "style",
    "title",
    "\\u003c",
]
PIECES += [
    "<math>",
    "<template>",
    "<textarea>",
    "&lt;",
    "&#60;",
    "\u2028",
    "{{",
    "}}",
    "<base href=",
]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="没有 Chromium，跳过浏览器测试")
def test_no_text_made_of_dangerous_pieces_runs_in_a_browser(tmp_path: Path) -> None:
    """Many texts a page, through blocks, tables and islands, without a policy to forbid them."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chance = random.Random(11)
    with sync_api.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        for _ in range(4 * TIMES):
            texts = ["".join(chance.choices(PIECES, k=chance.randint(2, 9))) for _ in range(100)]
            page = tmp_path / "page.html"
            page.write_text("<!doctype html><meta charset=utf-8>" + _dangerous(texts), "utf-8")
            tab.goto(page.as_uri())
            assert tab.evaluate("window.__pwned") is None
            told = tab.eval_on_selector_all("p.headline", "all => all.map(one => one.textContent)")
            shown = [re.sub(r"\s", "", one) for one in told]
            assert shown == [re.sub(r"\s", "", one) for one in texts]
        browser.close()


def _dangerous(texts: list[str]) -> str:
    """One page with every text in every place."""
    parts = [shell.island("texts", texts)]
    for one, other in zip(texts, reversed(texts), strict=True):
        parts.append(blocks.headline(sentence("{a}", a=one)).html)
        parts.append(blocks.say("{a}", a=_fact(one, other)).html)
        parts.append(tables.to_html(_frame(one, other), one))
    return _noted("".join(parts))
