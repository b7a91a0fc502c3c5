"""Writes sheets of text cells, open and locked, as reproducible bytes; `columns.csv` describes them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation

from qzanalysis.intake.form import CODE_SHEET, NO, YES, Column

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = b"2000-01-01T00:00:00Z"
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDE: Final = frozenset("“”‘’…—×·±")  # as wide as a Chinese character in Chinese type
_LINE_HEIGHT: Final = 16.5  # points, for the usual 11 point type
_MAX_LINES: Final = 8  # a row higher than this hides its neighbours

_SIDE: Final = Side(style="thin", color="BFBFBF")
_BORDER: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FILLS: Final = {
    name: PatternFill("solid", start_color=colour, end_color=colour)
    for name, colour in {
        "open": "FFFDE7",
        "locked": "F2F2F2",
        "closed": "D9D9D9",
        "doubtful": "FFD54F",
        "head": "12436D",
    }.items()
}
_HEAD_FONT: Final = Font(bold=True, color="FFFFFF")
_WRAP: Final = Alignment(wrap_text=True, vertical="top")
_TOP: Final = Alignment(vertical="top")
_LOCKED, _UNLOCKED = Protection(locked=True), Protection(locked=False)
_SPARE: Final = frozenset({"indicator", "breakdown"})  # columns that are open in a spare row
_DOUBT: Final = "{}；报告确实这样印时选“是”，并在说明中以“照印”开头写明。"


@dataclass(slots=True)
class Line:
    """One row to write.

    Attributes:
        values: text by column key.
        closed: keys of open columns that take nothing in this row.
        doubtful: keys of cells that a person must compare with the report.
        percent: the figures are percentages; signed: they may be negative.
        spare: a row for a figure that the form lacks; its codes are open too.
    """

    values: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    percent: bool = False
    signed: bool = False
    spare: bool = False


def new_book() -> Any:
    """A workbook without sheets."""
    book = Workbook()
    book.remove(book.active)
    return book


def table(
    book: Any,
    name: str,
    columns: Sequence[Column],
    lines: Sequence[Line],
    *,
    indicators: str = "",
    hidden: bool = False,
) -> None:
    """Add a sheet: a locked heading, then the lines.

    Args:
        indicators: of a sheet to fill in, the area of the code sheet to pick indicators from.
    """
    sheet = book.create_sheet(name)
    sheet.sheet_state = "hidden" if hidden else "visible"
    for at, column in enumerate(columns, start=1):
        cell = _text(sheet, 1, at, column.heading)
        _head(cell)
        dimension = sheet.column_dimensions[cell.column_letter]
        dimension.width, dimension.hidden = column.width, column.hidden
    _set_height(sheet, 1, [(it.heading, it.width) for it in columns])
    wrapped = [column for column in columns if column.wrapped]
    for row, line in enumerate(lines, start=2):
        for at, column in enumerate(columns, start=1):
            _style(_text(sheet, row, at, line.values.get(column.key, "")), column, line)
        _set_height(sheet, row, [(line.values.get(it.key, ""), it.width) for it in wrapped])
    if indicators:
        _validate(sheet, columns, lines, indicators)
    sheet.freeze_panes, sheet.print_title_rows = "C2" if indicators else "A2", "1:1"
    _finish(sheet)


def pack(book: Any) -> bytes:
    """The workbook's bytes, with fixed dates: the same content gives the same bytes."""
    book.properties.creator = book.properties.lastModifiedBy = "qzanalysis"
    buffer = io.BytesIO()
    book.save(buffer)
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _STAMP, content)
            info = zipfile.ZipInfo(part.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, content)
    return out.getvalue()


def _text(sheet: Any, row: int, column: int, text: str) -> Any:
    """A cell that is text whatever it looks like: no date from `3-2`, no formula from `=1+1`."""
    cell = sheet.cell(row, column)
    cell.number_format = "@"
    if text:
        cell.value = _UNWRITABLE.sub("\ufffd", text)
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@'"
    return cell


def _head(cell: Any) -> None:
    cell.font, cell.fill, cell.alignment = _HEAD_FONT, _FILLS["head"], _WRAP


def _style(cell: Any, column: Column, line: Line) -> None:
    spare = line.spare and column.key in _SPARE
    is_open = (column.open or spare) and column.key not in line.closed
    fill = "open" if is_open else "closed" if column.open else "locked"
    cell.fill = _FILLS["doubtful" if column.key in line.doubtful else fill]
    cell.protection = _UNLOCKED if is_open else _LOCKED
    cell.border = _BORDER
    cell.alignment = _WRAP if column.wrapped else _TOP


def _set_height(sheet: Any, row: int, texts: Iterable[tuple[str, int]]) -> None:
    """Make a row high enough for its longest text: not every spreadsheet does so by itself."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    sheet.row_dimensions[row].height = _LINE_HEIGHT * min(lines, _MAX_LINES)


def _lines(text: str, width: int) -> int:
    """The number of lines of a text in a column; a Chinese character is two characters wide."""
    wide = (
        sum(2 if ord(c) > 0x2E80 or c in _WIDE else 1 for c in part) for part in text.split("\n")
    )
    return sum(max(1, -(-each // width)) for each in wide)


def _validate(
    sheet: Any, columns: Sequence[Column], lines: Sequence[Line], indicators: str
) -> None:
    """Add warnings that appear while typing; texts that are no numbers pass them, the import decides."""
    letters = {it.key: sheet.cell(1, at).column_letter for at, it in enumerate(columns, start=1)}
    last = len(lines) + 1
    for key in ("before", "now", "printed"):
        for percent in (True, False):
            rows = [
                row
                for row, line in enumerate(lines, start=2)
                if line.percent is percent and not line.signed and key not in line.closed
            ]
            if key in letters and rows:
                _limit(sheet, letters[key], rows, percent=percent)
    for key, formula in (
        ("present", f'"{YES},{NO}"'),
        ("indicator", f"'{CODE_SHEET}'!{indicators}"),
    ):
        area = f"{letters[key]}2:{letters[key]}{last}"
        _warn(sheet, area, "请从列表中选择。", type="list", formula1=formula)


def _limit(sheet: Any, letter: str, rows: Sequence[int], *, percent: bool) -> None:
    """Warn of figures outside 0 to 100 or below 0; the formula is relative to the first row."""
    number = f'VALUE(SUBSTITUTE({letter}{rows[0]},"%",""))'
    test = f"AND({number}>=0,{number}<=100)" if percent else f"{number}>=0"
    text = _DOUBT.format("百分数应在 0 至 100 之间" if percent else "数值应不小于 0")
    _warn(sheet, _area(letter, rows), text, type="custom", formula1=f"IFERROR({test},TRUE)")


def _warn(sheet: Any, area: str, text: str, **rule: str) -> None:
    validation = DataValidation(**rule, allow_blank=True, errorStyle="warning", sqref=area)
    validation.errorTitle, validation.error = "请核对", text
    sheet.add_data_validation(validation)


def _area(letter: str, rows: Sequence[int]) -> str:
    """Rows of one column as the fewest ranges, in order: `E2:E8 E11:E11`."""
    known = set(rows)
    starts = (row for row in rows if row - 1 not in known)
    ends = (row for row in rows if row + 1 not in known)
    return " ".join(f"{letter}{a}:{letter}{b}" for a, b in zip(starts, ends, strict=True))


def _finish(sheet: Any) -> None:
    """Protect a sheet without a password, and set it up for printing."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.protection.autoFilter = sheet.protection.sort = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&A  &P / &N"
