"""A workbook or hand-made CSV → the files of a report: everything is written, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis.errors import BadData, shown
from qzanalysis.intake import handmade, layout, returned, store
from qzanalysis.intake.faults import Faults, refusal
from qzanalysis.intake.layout import Cell
from qzanalysis.intake.validation import validate
from qzanalysis.reports import corrections

_BOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
_REPORTS: Final = frozenset({".docx", ".doc", ".wps", ".pdf", ".html", ".htm", ".txt", ".md"})
_LOCKS: Final = ("~$", ".~lock.")


def import_file(
    file: Path,
    school: str | None = None,
    year: int | None = None,
    data: Path | None = None,
    *,
    dash: str | None = None,
    replace: bool = False,
) -> tuple[list[Path], list[str]]:
    """Read, validate and write one report's figures.

    Args:
        file: a workbook, a CSV file, or a folder of CSV files; or a school's answers to the
            correction sheet, which go into the register of decisions.
        school, year: the report; a workbook names it itself, and must agree.
        data: the data folder.
        dash: the meaning of a lone dash; see `values.read`.
        replace: replace existing figures.

    Returns:
        The paths written, and notices for the person who imports.

    Raises:
        UsageError: the file cannot be read, or its report is not known.
        BadData: with every problem of every sheet or file; nothing was written.
        RunFailed: the figures could not be written; the existing ones are unchanged.
    """
    _check_kind(file)
    faults = Faults()
    if school and year and corrections.is_register(file):
        _check_report(school, year, data)
        register, open_ = corrections.answer(file, school, year, data)
        return [register], [f"{open_} 行没有写理由，视为未答复，不写入"] * bool(open_)
    if file.is_file() and file.suffix.lower() in _BOOKS:
        book = returned.read(file, faults)
        school, year = _agreed(book, school, year)
        _check_report(school, year, data)
        figures, notices = book.figures, book.notices
    elif school is None or year is None:
        raise refusal("no_report")
    else:
        _check_report(school, year, data)
        figures, notices = handmade.read(file, faults)
    cells: list[Cell] = []
    if typed := [frame for frame in figures if not frame.empty]:
        cells = validate(pd.concat(typed), year, dash, faults)
    if faults.problems:
        raise BadData(faults.problems)
    _check_years(file, cells, year)
    return store.save(school, year, cells, data, replace=replace), notices


def _agreed(book: returned.Returned, school: str | None, year: int | None) -> tuple[str, int]:
    """The school and year of a workbook; it must be the one asked for."""
    for asked, own, what in ((school, book.school, "学校"), (year, book.year, "年份")):
        if asked is not None and asked != own:
            raise refusal("other_report", name=book.file, what=what, own=own, asked=asked)
    return book.school, book.year


def _check_years(file: Path, cells: Sequence[Cell], year: int) -> None:
    """Refuse an input without figures, or without a single one of the report's year."""
    if not cells:
        raise refusal("no_figures", name=file.name)
    printed = {cell.year for cell in cells if cell.printed}
    if printed and year not in printed:
        listed = "、".join(map(str, sorted(printed)))
        raise refusal("other_year", name=file.name, year=year, years=listed)


def _check_kind(file: Path) -> None:
    """Refuse a file that is absent, a lock file, or the report itself."""
    if not store.exists(file):
        raise refusal("no_input", path=shown(str(file)))
    if file.name.startswith(_LOCKS):
        raise refusal("lock", name=shown(file.name))
    if file.is_file() and file.suffix.lower() in _REPORTS:
        raise refusal("report", name=shown(file.name))


def _check_report(school: str, year: int, data: Path | None) -> None:
    store.check_slug(school)
    layout.known_year(year)
    layout.known_school(school, data)
    store.folder_for(school, year, data)
