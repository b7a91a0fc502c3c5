"""Chapters are used again only where nothing they rest on has changed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qzanalysis.publishing import pipeline, pools
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.ledger import records
from qzanalysis.publishing.ledger.fingerprints import Places

from .conftest import write_notebook

pytestmark = pytest.mark.skipif(not pools.can_fork(), reason="reads are seen where it forks")

SHOW = "from qzanalysis import load\nprint(load(school, year).fact('students').text())"


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Request:
    """Two chapters: one reads the figures, one does not; both with a parameter."""
    folder = tmp_path / "nb"
    folder.mkdir()
    declared = "hires: int = 0  # 新增专任教师数\n"
    write_notebook(folder / "00-summary.ipynb", "摘要", SHOW, declared=declared)
    write_notebook(folder / "07-challenges.ipynb", "挑战", "print('固定')")
    return Request("tiny", 2021, data=data, notebooks=folder, out=tmp_path / "reports")


def told(request: Request) -> str:
    lines: list[str] = []
    pipeline.render(replace(request, say=lines.append))
    return "\n".join(lines)


def test_only_what_changed_runs_again_and_the_reason_is_told(made: Request) -> None:
    """A parameter runs the chapter that has it; a figure runs the chapter that reads it."""
    assert "运行：摘要（还没有结果）、挑战（还没有结果）" in told(made)
    again = told(replace(made, given={"hires": "3"}))
    assert "沿用（没有变化）：挑战" in again and "运行：摘要（参数有变化）" in again
    assert made.data is not None
    table = made.data / "tiny" / "2021" / "annex.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("120", "121"), encoding="utf-8")
    changed = told(replace(made, given={"hires": "3"}))
    assert "沿用（没有变化）：挑战" in changed and "运行：摘要（annex.csv 有变化）" in changed
    page = (made.out / "tiny" / "2021" / "index.html").read_text(encoding="utf-8")
    assert "121" in page


def test_a_broken_note_counts_as_none(made: Request) -> None:
    """Half a file, another format: the chapter simply runs."""
    told(made)
    shelf = made.out / "tiny" / ".2021.cache"
    for kept in shelf.iterdir():
        kept.write_text('{"recipe": {', encoding="utf-8")
    write_notebook(made.notebooks / "07-challenges.ipynb", "挑战", "print('新')")
    assert "摘要（还没有结果）、挑战（还没有结果）" in told(made)


def edits(request: Request, number: int, word: int) -> None:
    """One of several small changes to what a report rests on."""
    assert request.data is not None
    table = request.data / "tiny" / "2021" / "annex.csv"
    if number == 0:
        lines = table.read_text(encoding="utf-8").splitlines()
        parts = lines[1].split(",")
        parts[3] = str(100 + word)
        table.write_text(
            "\n".join([lines[0], ",".join(parts), *lines[2:]]) + "\n", encoding="utf-8"
        )
    elif number == 1:
        write_notebook(request.notebooks / "07-challenges.ipynb", "挑战", f"print({word})")
    elif number == 2:
        (request.data / "tiny" / "2021" / "params.toml").write_text(f"hires = {word}\n")
    else:
        schools = request.data / "schools.csv"
        text = schools.read_text(encoding="utf-8").splitlines()
        schools.write_text("\n".join([text[0], f"tiny,校{word},校,区"]) + "\n", encoding="utf-8")


@pytest.mark.long
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3))
def test_what_is_used_again_equals_a_full_run(
    made: Request, changes: list[tuple[int, int]]
) -> None:
    """After any edits, the pages are those that a run of everything gives."""
    for number, word in changes:
        edits(made, number, word)
    pipeline.render(made)
    full = replace(made, out=made.out.with_name("full"), force=True)
    shutil.rmtree(full.out, ignore_errors=True)
    pipeline.render(full)
    ours, theirs = (out / "tiny" / "2021" for out in (made.out, full.out))
    assert {p.name: p.read_bytes() for p in ours.iterdir()} == {
        p.name: p.read_bytes() for p in theirs.iterdir()
    }


def test_the_quick_answer_is_given_only_where_everything_is_as_it_was(made: Request) -> None:
    """A changed figure, a changed page, a new notebook or an unknown request: no quick answer."""
    assert made.data is not None
    places = Places(made.data, made.notebooks)
    index = pipeline.render(replace(made, key="a"))
    assert records.unchanged(made.out, "a", places) == index.resolve()
    assert records.unchanged(made.out, "b", places) is None
    table = made.data / "tiny" / "2021" / "annex.csv"
    before = table.read_bytes()
    for path, content in (
        (table, before + b"x"),
        (index, b""),
        (made.notebooks / "x.ipynb", b"{}"),
    ):
        kept = path.read_bytes() if path.exists() else None
        path.write_bytes(content)
        assert records.unchanged(made.out, "a", places) is None, path
        path.unlink() if kept is None else path.write_bytes(kept)
    assert records.unchanged(made.out, "a", places) is not None
    (trace,) = (made.out / ".cache").iterdir()
    trace.write_text(json.dumps({"index": 3}))
    assert records.unchanged(made.out, "a", places) is None
