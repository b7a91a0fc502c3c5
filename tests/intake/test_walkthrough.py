"""The walk of `docs/new-year.md`, command by command, with a made-up report (see `made_up`)."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qzanalysis import audit, cli
from qzanalysis.cli import app
from qzanalysis.intake import store
from qzanalysis.reports import corrections, loading

from . import made_reports as made
from .conftest import REPOSITORY, state
from .made_up import PLANTED, RESTATED, SCHOOL, YEAR, cells, fill

BOOK = Path(f"{SCHOOL}-{YEAR}.xlsx")
INTAKE = {"new-year", "import", "new-school", "extract"}


def commands() -> list[list[str]]:
    """The commands of the page, in order."""
    text = (REPOSITORY / "docs/new-year.md").read_text(encoding="utf-8")
    return [shlex.split(line)[1:] for line in re.findall(r"^\$ (.+)$", text, re.MULTILINE)]


def invoke(arguments: list[str]) -> Result:
    """One command; a traceback fails the test."""
    result = CliRunner().invoke(app if arguments[0] in INTAKE else cli.app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def ready(arguments: list[str], data: Path) -> None:
    """What a person does before this command: get the report, type the figures it leaves."""
    if arguments[:2] == ["import", str(BOOK)]:
        fill(BOOK, cells(data))
    if arguments[:2] == ["import", "手工"]:
        by_hand(Path("手工"), data)
    if arguments[0] == "extract":
        path = Path(arguments[1])
        figures = made.figures_of(cells(data), YEAR)
        path.write_bytes(made.FORMATS[path.suffix[1:]][1](made.tables(figures=figures), made.PLAIN))
    if arguments[0] == "import" and arguments[1].startswith("提取"):
        assert not fill(Path(arguments[1]), cells(data))  # only notes and running text
    if arguments[:2] == ["import", corrections.FILE]:
        answers(Path(corrections.FILE), data)


def answers(path: Path, data: Path) -> None:
    """A correction sheet with one answer."""
    (origin,) = loading.load(SCHOOL, YEAR, data).fact("students").origins
    figure = f"{origin.indicator},{origin.breakdown},{origin.year},{origin.source},{origin.printed}"
    head = ",".join(corrections.COLUMNS)
    path.write_text(f"{head}\n,{figure},accept,,学籍系统的数,教务处\n", encoding="utf-8-sig")


def by_hand(folder: Path, data: Path) -> None:
    """CSV files in the encodings of Excel, by turns."""
    folder.mkdir()
    for at, (name, content) in enumerate(store.as_files(cells(data)).items()):
        text = content.decode()
        (folder / name).write_bytes(text.encode("gb18030" if at % 2 else "utf-8-sig"))


@pytest.mark.slow
def test_every_step_of_the_page_works(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workbook, CSV, Word and PDF give the same data; the contradiction is there to see."""
    monkeypatch.setenv("QZANALYSIS_DATA", str(data))
    monkeypatch.chdir(tmp_path)
    states, said = [], {}
    for arguments in commands():
        if arguments[0] == "render":  # see test_pages
            continue
        ready(arguments, data)
        result = invoke(arguments)
        assert result.exit_code == 0, (arguments, result.stderr)
        said[arguments[0]] = result.stdout
        if arguments[:2] == ["import", corrections.FILE]:
            (decision,) = corrections.read(SCHOOL, YEAR, data)
            assert decision.reason == "学籍系统的数"
            (data / SCHOOL / str(YEAR) / corrections.FILE).unlink()
        elif arguments[0] == "import":
            states.append(state(data / SCHOOL))
    assert len(states) == 5 and all(state == states[0] for state in states)
    assert PLANTED in said["check"]
    assert not os.environ.get("QZANALYSIS_DATA", "").endswith(str(REPOSITORY))


def test_what_was_restated_stands_in_both_reports(data: Path, tmp_path: Path) -> None:
    """Vintages stay apart: each report keeps what it printed."""
    store.save(SCHOOL, YEAR, cells(data), data, replace=False)
    old, new = (loading.load(SCHOOL, year, data) for year in (2021, YEAR))
    assert new.fact("printed_books", 2021).printed == RESTATED
    assert old.fact("printed_books", 2021).printed != RESTATED
    assert new.years[-2:] == [2021, YEAR]


def test_the_planted_contradiction_is_found(data: Path) -> None:
    """By the rule that divides students by teachers."""
    store.save(SCHOOL, YEAR, cells(data), data, replace=False)
    found = [
        finding
        for finding in audit.run(loading.load(SCHOOL, YEAR, data))
        if finding.verdict == "contradiction"
        and any(figure.get("printed") == PLANTED for figure in finding.as_dict()["figures"])
    ]
    assert found
