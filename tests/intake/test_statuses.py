"""A figure that is no number (not held, cancelled, a pilot) keeps its meaning from year to year."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from qzanalysis.reports import loading

from .conftest import HEADER, Run

# Programme, text and note as the report of 2021 has them, and the status they give.
FIGURES = {
    "tourism": ("0", "not_held：当年未开考", "not_held"),
    "ecommerce": ("工种取消", "", "not_held"),
    "accounting": ("/", "", "not_held"),
    "nursing": ("“1+X”证书试点", "", "pilot"),
    "cnc": ("", "missing：未印", "missing"),
    "mechatronics": ("95.5%", "", "reported"),
}
SHEET = "§2.2 专业技能合格率"


@pytest.fixture
def data(tiny: Path) -> Path:
    """The small school's report of 2021, with a table of skill tests."""
    rows = [
        f"skill_test_pass_rate,programme={programme},{year},{printed},§2.2表#{number},{note}\n"
        for number, (programme, (printed, note, _)) in enumerate(FIGURES.items(), start=1)
        for year in (2020, 2021)
    ]
    path = tiny / "tiny/2021/skill_tests.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return tiny


def fill(path: Path, year: int, *, again: bool) -> None:
    """Type the figures of a year; those of the year before as printed again, or not at all."""
    book = load_workbook(path)
    sheet = book[SHEET]
    at = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, 2 + len(FIGURES)):
        programme = sheet.cell(row, at["细分"]).value.removeprefix("programme=")
        printed, note, _ = FIGURES[programme]
        sheet.cell(row, at[f"{year} 年（本报告所印）"]).value = printed or None
        sheet.cell(row, at[f"{year} 年说明"]).value = note or None
        if again or programme == "mechatronics":
            sheet.cell(row, at[f"{year - 1} 年（本报告所印）"]).value = printed or None
    book.save(path)


@pytest.mark.parametrize("again", [True, False], ids=["printed again", "left blank"])
def test_statuses_survive_three_years(again: bool, data: Path, run: Run, tmp_path: Path) -> None:
    """From the form to the data and to the next form; the note of a status is offered again."""
    for year in (2022, 2023, 2024):
        path = tmp_path / f"{year}.xlsx"
        made = run("new-year", "-s", "tiny", "-y", year, "-o", path, "--data", data)
        assert made.exit_code == 0, made.stderr
        fill(path, year, again=again)
        done = run("import", path, "--data", data)
        assert done.exit_code == 0, done.stderr
        report = loading.load("tiny", year, data)
        for programme, (printed, _, status) in FIGURES.items():
            for earlier in range(2020, year + 1):
                fact = report.fact("skill_test_pass_rate", earlier, programme=programme)
                assert (fact.status, fact.printed) == (status, printed), (programme, earlier)


def test_another_number_has_no_status_of_last_year(data: Path, run: Run, tmp_path: Path) -> None:
    """What is restated as a number is one."""
    path = tmp_path / "form.xlsx"
    assert run("new-year", "-s", "tiny", "-y", 2022, "-o", path, "--data", data).exit_code == 0
    fill(path, 2022, again=True)
    book = load_workbook(path)
    assert book[SHEET]["E2"].value == "0"
    book[SHEET]["E2"] = "88%"
    book.save(path)
    assert run("import", path, "--data", data).exit_code == 0
    fact = loading.load("tiny", 2022, data).fact("skill_test_pass_rate", 2021, programme="tourism")
    assert (fact.status, fact.printed) == ("reported", "88%")


def test_a_status_decided_earlier_holds_where_the_same_text_is_printed_again(data: Path) -> None:
    """Also where the figure was entered without its note; another text is the later report's."""
    folder = data / "tiny/2022"
    folder.mkdir()
    rows = (
        "skill_test_pass_rate,programme=tourism,2021,0,§2.2表#1,\n"
        "skill_test_pass_rate,programme=ecommerce,2021,,§2.2表#2,\n"
        "skill_test_pass_rate,programme=accounting,2021,88%,§2.2表#3,\n"
        "skill_test_pass_rate,programme=mechatronics,2021,,§2.2表#6,\n"
    )
    (folder / "skill_tests.csv").write_text(HEADER + rows, encoding="utf-8")
    report = loading.load("tiny", 2022, data)
    statuses = {
        programme: report.fact("skill_test_pass_rate", 2021, programme=programme).status
        for programme in FIGURES
    }
    assert statuses["tourism"] == statuses["ecommerce"] == "not_held"
    assert statuses["accounting"] == statuses["mechatronics"] == "reported"
