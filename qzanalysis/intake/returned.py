"""A filled-in workbook → typed figures, and every fault of the form itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import nearest, shown
from qzanalysis.intake import form, reading, validation, values
from qzanalysis.intake.faults import Faults, refusal
from qzanalysis.intake.layout import file_of
from qzanalysis.reports import schema
from qzanalysis.reports.report import sorted_key

_FIGURES: Final = ("before", "now", "printed")
_CODES: Final = ("indicator", "breakdown", "years")


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook: the report it is of (from its hidden sheet), its figures and their faults.

    Attributes:
        file: the workbook's name.
        school, year: of the report.
        kind: `form.NEW` or `form.DATA`.
        tables: sheet name by table name.
        expected: how often each figure has a row, by table, indicator and breakdown.
        sheets: as read, by name.
        faults: faults of the form itself: sheets, headings, rows, kinds of cells.
        figures: typed figures (see `validation`), in the order of the sheets.
        notices: tables and years that are not written because they are empty.
    """

    file: str
    school: str
    year: int
    kind: str
    tables: Mapping[str, str]
    expected: Counter[tuple[str, str, str]]
    sheets: Mapping[str, reading.Sheet]
    faults: Faults
    figures: list[pd.DataFrame] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def add(self, fault: str, value: str, sheet: str, *place: Any, **details: Any) -> None:
        """Add a fault at a row and a column of a sheet, or of the sheet."""
        self.faults.add(fault, value, self.place(sheet), *place, **details)

    def place(self, sheet: str) -> str:
        """A sheet as messages name it."""
        return f"{self.file} 的工作表“{shown(sheet)}”"

    def headings(self, kind: str) -> dict[str, str]:
        """The headings of a sheet's columns, by key."""
        return {column.key: column.heading for column in form.columns(kind, self.year)}


def read(path: Path, faults: Faults) -> Returned:
    """Read a workbook that `new-year` or `extract` wrote.

    Raises:
        UsageError: it cannot be opened, or it is another workbook.
    """
    book = _identified(path, reading.read(path), faults)
    for table, name in book.tables.items():
        if not (lines := _lines(book, name, "table")).empty:
            _read_table(book, table, name, lines)
    if not (lines := _lines(book, form.TEXT_SHEET, "text")).empty:
        _read_text(book, lines)
    known = {*form.SHEETS, *book.tables.values()}
    for name, sheet in book.sheets.items():
        if name not in known and not sheet.hidden and not sheet.cells.empty:
            book.add("other_sheet", name, name)
    return book


def _identified(path: Path, sheets: Mapping[str, reading.Sheet], faults: Faults) -> Returned:
    """A workbook whose report is known, from its hidden sheet."""
    sheet = sheets.get(form.META_SHEET)
    cells = sheet.cells if sheet else pd.DataFrame()
    rows = cells.reindex(columns=list("ABCD"), fill_value="").to_numpy().tolist()
    about = {row[0]: row[1] for row in rows}
    year = about.get("year", "")
    if about.get("format") != form.FORMAT:
        raise refusal("no_form", name=path.name, sheet=form.META_SHEET)
    if about.get("version") != form.VERSION:
        raise refusal("version", name=path.name)
    if not re.fullmatch(r"[0-9]{4}", year):
        raise refusal("changed", name=path.name, sheet=form.META_SHEET, year=shown(year))
    tables = {row[1]: row[2] for row in rows if row[0] == "table"}
    expected = Counter((row[1], row[2], sorted_key(row[3])) for row in rows if row[0] == "row")
    school, kind = (about.get(name, "") for name in ("school", "kind"))
    return Returned(path.name, school, int(year), kind, tables, expected, sheets, faults)


def _lines(book: Returned, name: str, kind: str) -> pd.DataFrame:
    """The rows of a sheet below its headings, indexed by row number, columns by key.

    Column `faulty` has the keys of the cells that hold neither text nor number. A sheet that is
    absent or whose headings have faults gives no rows.
    """
    sheet = book.sheets.get(name)
    if sheet is None:
        book.add("no_sheet", "（没有这张工作表）", name, near=nearest(name, book.sheets))
        return pd.DataFrame()
    for area in sheet.merged:
        book.add("merged", area, name)
    columns = {it.key: it for it in form.columns(kind, book.year)}
    used = sheet.cells.loc[:, (sheet.cells != "").any()]
    headings = {str(letter): used[letter].get(1, "") for letter in used}
    known = {it.heading: it.key for it in columns.values()}
    keys = validation.column_keys(book.faults, book.place(name), headings, known)
    if not keys:
        return pd.DataFrame()
    lines = used[used.index > 1].rename(columns=keys)
    faulty: dict[int, set[str]] = {number: set() for number in lines.index}
    for (number, letter), (text, cell_kind) in sheet.faults.items():
        if letter in keys and number > 1:
            column = columns[keys[letter]]
            faulty[number].add(column.key)
            if column.open or column.key in _CODES:
                heading = f"{column.heading}（{letter}{number}）"
                book.add("cell_kind", text, name, number, heading, kind=cell_kind)
    return lines.assign(faulty=pd.Series(faulty, dtype=object))


def _read_table(book: Returned, table: str, sheet: str, lines: pd.DataFrame) -> None:
    """Add the figures of one table of the form."""
    _check_rows(book, table, sheet, lines)
    years = {"before": book.year - 1, "now": book.year}
    empty = _empty_years(book, sheet, lines, years)
    lines = _with_statuses(_present(book, sheet, "table", lines))
    parts = []
    for key, year in years.items():
        note = f"note_{key}"
        expected = _has_year(lines, year) & (key not in empty)
        part = lines[expected | _filled(lines, key, note)].assign(year=str(year))
        parts.append(_typed(book, sheet, "table", part, {key: "printed", note: "note"}))
    figures = pd.concat(parts).sort_index(kind="stable")
    for typed in figures.to_dict("records"):
        source = values.tidy(typed["source"])
        if re.fullmatch(schema.SOURCE_PATTERN, source) and file_of(source) != table:
            validation.add(book.faults, typed, "place", "source", source)
    book.figures.append(figures)


def _read_text(book: Returned, lines: pd.DataFrame) -> None:
    """Add the figures of running text that the report has."""
    lines = _present(book, form.TEXT_SHEET, "text", lines)
    wanted = _filled(lines, "printed", "note") | (lines["present"].map(values.tidy) == form.YES)
    book.figures.append(_typed(book, form.TEXT_SHEET, "text", lines[wanted], {}))


def _typed(
    book: Returned, sheet: str, kind: str, lines: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """Lines as typed figures, without those with a faulty cell; `names` gives columns by key."""
    headings = {names.get(key, key): text for key, text in book.headings(kind).items()}
    used = {*schema.OBSERVATION_COLUMNS, "years"}
    sound = [used.isdisjoint({names.get(it, it) for it in keys}) for keys in lines["faulty"]]
    figures = lines.rename(columns=names).loc[sound]
    return figures[list(schema.OBSERVATION_COLUMNS)].assign(
        file=book.place(sheet),
        row=figures.index,
        headings=pd.Series([headings] * len(figures), figures.index, dtype=object),
    )


def _filled(lines: pd.DataFrame, *keys: str) -> pd.Series[bool]:
    """True for lines where one of these columns holds more than blanks."""
    return (lines[list(keys)].map(values.tidy) != "").any(axis=1)


def _with_statuses(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines, where last year's text is printed again with the note that gave it its status."""
    status = lines["previous_note"].str.match(schema.STATUS_NOTE)
    again = lines["before"].map(values.tidy) == lines["previous"].map(values.tidy)
    taken = status & again & _filled(lines, "before") & ~_filled(lines, "note_before")
    return lines.assign(note_before=lines["note_before"].mask(taken, lines["previous_note"]))


def _has_year(lines: pd.DataFrame, year: int) -> pd.Series[bool]:
    return lines["years"].map(lambda years: str(year) in years.split()).astype(bool)


def _empty_years(
    book: Returned, sheet: str, lines: pd.DataFrame, years: Mapping[str, int]
) -> set[str]:
    """Year columns without a single figure in a new form: the report does not print them."""
    if book.kind != form.NEW:
        return set()
    usable = {key for key, year in years.items() if _has_year(lines, year).any()}
    empty = {key for key in years if not _filled(lines, key, f"note_{key}").any()}
    if empty >= usable:
        book.notices.append(f"工作表“{sheet}”没有填写，不写入")
    else:
        listed = sorted(years[key] for key in empty & usable)
        book.notices.extend(f"工作表“{sheet}”的 {year} 年一列没有填写，不写入" for year in listed)
    return empty


def _check_rows(book: Returned, table: str, sheet: str, lines: pd.DataFrame) -> None:
    """Report printed rows that were deleted, or whose codes were changed."""
    present = Counter(
        (table, values.indicator_id(indicator), sorted_key(values.breakdown_ids(breakdown)))
        for indicator, breakdown in zip(lines["indicator"], lines["breakdown"], strict=True)
    )
    names = codebook.indicators()["name"]
    for name, indicator, breakdown in (book.expected - present).elements():
        if name == table:
            row = f"{names.get(indicator, indicator)} {breakdown}".strip()
            book.add("lost_row", f"（缺少一行：{row}）", sheet)


def _present(book: Returned, sheet: str, kind: str, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that the report has; a figure in a line that it does not have is a fault."""
    heading = book.headings(kind)["present"]
    words = {"yes": form.YES, "no": form.NO}
    answers = lines["present"].map(values.tidy)
    for number, cells in lines.assign(answer=answers)[answers != ""].to_dict("index").items():
        typed = next((cells[key] for key in _FIGURES if values.tidy(cells.get(key, ""))), "")
        if cells["answer"] not in words.values():
            book.add("answer", cells["answer"], sheet, number, heading, **words)
        elif cells["answer"] == form.NO and typed:
            book.add("absent_row", typed, sheet, number, heading, **words)
    return lines[answers != form.NO]
