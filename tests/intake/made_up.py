"""A made-up 2022 report, for tests: last year's figures with small changes, two of them on purpose.

Nothing here was ever published. Restated: the printed books of 2021. Planted: a student–teacher
ratio that the students and teachers beside it cannot give.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from openpyxl import load_workbook

from qzanalysis.intake import form
from qzanalysis.intake.layout import Cell, Row, file_of, layout

SCHOOL = "quzhou-zhongzhuan"
YEAR = 2022
RESTATED = "109500"
PLANTED = "21.9:1"
NEW = {
    ("intake", ""): "1580",
    ("employer_satisfaction_skills", ""): "88.00%",
    ("job_match_rate", "programme=accounting"): "73.6",
    ("starting_salary", "programme=accounting"): "3900",
    ("academic_pass_rate", "cohort=2021;course=chinese"): "99.50%",
    ("academic_pass_rate", "cohort=2021;course=mathematics"): "99.40%",
    ("academic_pass_rate", "cohort=2021;course=english"): "99.60%",
    ("academic_pass_rate", "cohort=2021;course=computing"): "99.70%",
}
NOTES = {("skill_test_pass_rate", "0"): "not_held：虚构，当年未开考"}


def cells(data: Path) -> list[Cell]:
    """Every figure of the tables of the made-up report, and one of its running text."""
    plan = layout(SCHOOL, YEAR, data=data)
    found = [
        Cell(
            row.indicator,
            row.breakdown,
            year,
            text := _printed(row, year),
            row.source,
            _note(row, text),
        )
        for table in plan.tables
        for row in table.rows
        for year in row.years
    ]
    return [*found, Cell("school_brands", "", YEAR, "三", "前言", "虚构，仅供测试")]


def _printed(row: Row, year: int) -> str:
    if row.breakdown.endswith("change=difference"):
        return "+14" if row.indicator == "intake" else "0"
    if year < YEAR:
        return RESTATED if row.indicator == "printed_books" else row.previous
    if row.indicator == "student_teacher_ratio":
        return PLANTED
    return NEW.get((row.indicator, row.breakdown), row.previous)


def _note(row: Row, printed: str) -> str:
    return NOTES.get((row.indicator, printed), "")


def fill(path: Path, figures: Iterable[Cell]) -> list[Cell]:
    """Type what a workbook lacks, as a person would: by the codes beside each row.

    Returns:
        The figures of tables that had to be typed; notes and running text are not counted.
    """
    book = load_workbook(path)
    wanted = {
        (c.indicator, c.breakdown, file_of(c.source).startswith("text"), c.year): c for c in figures
    }
    typed: list[Cell] = []
    for sheet in book.worksheets:
        headings = {cell.value: cell.column for cell in sheet[1]}
        if "指标编号" in headings:
            typed += _fill_table(sheet, headings, wanted)
        elif sheet.title == form.TEXT_SHEET:
            _fill_text(sheet, headings, wanted)
    book.save(path)
    return typed


def _fill_table(sheet, headings, wanted) -> list[Cell]:
    typed = []
    for row in range(2, sheet.max_row + 1):
        indicator = sheet.cell(row, headings["指标编号"]).value
        breakdown = sheet.cell(row, headings["细分"]).value or ""
        for year in (YEAR - 1, YEAR):
            cell = wanted.get((indicator, breakdown, False, year))
            if cell and str(year) in (sheet.cell(row, headings["年份"]).value or "").split():
                at = sheet.cell(row, headings[f"{year} 年（本报告所印）"])
                if cell.printed and at.value is None:
                    at.value = cell.printed
                    typed.append(cell)
                sheet.cell(row, headings[f"{year} 年说明"]).value = cell.note or None
    return typed


def _fill_text(sheet, headings, wanted) -> None:
    for row in range(2, sheet.max_row + 1):
        picked = sheet.cell(row, headings["指标"]).value or ""
        breakdown = sheet.cell(row, headings["细分"]).value or ""
        if cell := wanted.get((picked.rpartition(" ")[2], breakdown, True, YEAR)):
            sheet.cell(row, headings["所印"]).value = cell.printed
            sheet.cell(row, headings["说明"]).value = cell.note
