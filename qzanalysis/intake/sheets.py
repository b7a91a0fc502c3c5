"""How the workbook looks: sheets of text cells, open and locked, and the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from qzanalysis.intake.form import CODE_SHEET, NO, YES, Column

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STAMP: Final = "2000-01-01T00:00:00Z"
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_OPEN_FILL: Final = "FFFDE7"
_LOCKED_FILL: Final = "F2F2F2"
_CLOSED_FILL: Final = "D9D9D9"
_DOUBT_FILL: Final = "FFD54F"
_HEAD_FILL: Final = "12436D"
_WIDE: Final = frozenset("“”‘’…—×·±")  # as wide as a Chinese sign in Chinese type
_LINE_HEIGHT: Final = 16.5  # points, for the usual 11 point type
_MAX_LINES: Final = 8  # a row higher than this hides its neighbours


_WRAPPED: Final = frozenset(
    {
        "definition",
        "name",
        "origin",
        "note",
        "note_before",
        "note_now",
        "previous_note",
    }
)


@dataclass(slots=True)
class Line:
    """One row to write: texts by column key, and which of its cells are special.

    Attributes:
        values: text by column key.
        closed: keys of open columns that take nothing in this row.
        doubtful: keys of cells that a person must look at.
        percent: the figures are percentages; signed: they may be negative.
    """

    values: dict[str, str]
    closed: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    percent: bool = False
    signed: bool = False


class Painter:
    """Writes sheets into a workbook in one style."""

    def __init__(self, book: Any) -> None:
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side  # noqa: PLC0415

        self.book = book
        book.remove(book.active)
        line = Side(style="thin", color="BFBFBF")
        self.border = Border(left=line, right=line, top=line, bottom=line)
        self.fills = {
            colour: PatternFill("solid", start_color=colour, end_color=colour)
            for colour in (_OPEN_FILL, _LOCKED_FILL, _CLOSED_FILL, _DOUBT_FILL, _HEAD_FILL)
        }
        self.head = Font(bold=True, color="FFFFFF")
        self.bold, self.plain = Font(bold=True), Font()
        self.wrap = Alignment(wrap_text=True, vertical="top")
        self.top = Alignment(vertical="top")
        self.locked, self.unlocked = Protection(locked=True), Protection(locked=False)

    def guide(self, pairs: Iterable[tuple[str, str]]) -> None:
        """The sheet that says what to do."""
        from qzanalysis.intake.form import GUIDE_SHEET  # noqa: PLC0415

        sheet = self.book.create_sheet(GUIDE_SHEET)
        for row, (heading, text) in enumerate(pairs, start=1):
            first = self._text(sheet, row, 1, heading)
            first.font, first.alignment = self.bold, self.wrap
            self._text(sheet, row, 2, text).alignment = self.wrap
            self._high(sheet, row, [(heading, 18), (text, 96)])
        sheet.column_dimensions["A"].width = 18
        sheet.column_dimensions["B"].width = 96
        self._finish(sheet, landscape=False)

    def listing(
        self,
        name: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        widths: Sequence[int] = (),
        hidden: bool = False,
    ) -> None:
        """A locked list: plain and hidden for programs, or with widths for a person to read."""
        sheet = self.book.create_sheet(name)
        for row, cells in enumerate([headings, *rows], start=1):
            for column, text in enumerate(cells, start=1):
                cell = self._text(sheet, row, column, text)
                if widths:
                    self._listed(cell, head=row == 1)
            if widths:
                self._high(sheet, row, zip(cells, widths, strict=True))
        for letter, width in zip("ABCDE", widths or [32] * 5, strict=False):
            sheet.column_dimensions[letter].width = width
        if hidden:
            sheet.sheet_state = "hidden"
        else:
            sheet.freeze_panes = "A2"
            sheet.print_title_rows = "1:1"
        self._finish(sheet)

    def _listed(self, cell: Any, *, head: bool) -> None:
        cell.alignment, cell.border = self.wrap, self.border
        if head:
            cell.font, cell.fill = self.head, self.fills[_HEAD_FILL]

    def _high(self, sheet: Any, row: int, texts: Iterable[tuple[str, int]]) -> None:
        """Room for the longest text of a row: not every spreadsheet makes it by itself."""
        lines = max((_lines(text, width) for text, width in texts), default=1)
        sheet.row_dimensions[row].height = _LINE_HEIGHT * min(lines, _MAX_LINES)

    def sheet(self, name: str, columns: Sequence[Column], lines: Sequence[Line]) -> None:
        """A sheet to fill in: a locked heading, then the lines."""
        sheet = self.book.create_sheet(name)
        for at, column in enumerate(columns, start=1):
            cell = self._text(sheet, 1, at, column.heading)
            cell.font, cell.fill, cell.alignment = self.head, self.fills[_HEAD_FILL], self.wrap
            dimension = sheet.column_dimensions[cell.column_letter]
            dimension.width, dimension.hidden = column.width, column.hidden
        self._high(sheet, 1, [(column.heading, column.width) for column in columns])
        for row, line in enumerate(lines, start=2):
            for at, column in enumerate(columns, start=1):
                self._cell(sheet, row, at, column, line)
            wrapped = [column for column in columns if column.key in _WRAPPED]
            self._high(sheet, row, [(line.values.get(c.key, ""), c.width) for c in wrapped])
        self._validate(sheet, columns, lines)
        sheet.freeze_panes = "C2"
        sheet.print_title_rows = "1:1"
        self._finish(sheet)

    def _cell(self, sheet: Any, row: int, at: int, column: Column, line: Line) -> None:
        spare = not line.values.get("years") and not line.values.get("label")
        is_open = (column.open or (spare and column.key in {"indicator", "breakdown"})) and (
            column.key not in line.closed
        )
        cell = self._text(sheet, row, at, line.values.get(column.key, ""))
        cell.protection = self.unlocked if is_open else self.locked
        closed = column.open and not is_open
        fill = _OPEN_FILL if is_open else _CLOSED_FILL if closed else _LOCKED_FILL
        cell.fill = self.fills[_DOUBT_FILL if column.key in line.doubtful else fill]
        cell.border = self.border
        cell.alignment = self.wrap if column.key in _WRAPPED else self.top

    def _text(self, sheet: Any, row: int, column: int, text: str) -> Any:
        """A cell that is text whatever it looks like."""
        cell = sheet.cell(row, column)
        cell.number_format = "@"
        if text:
            cell.value = _UNWRITABLE.sub("\ufffd", text)
            cell.data_type = "s"
            cell.quotePrefix = text[0] in "=+-@'"
        return cell

    def _validate(self, sheet: Any, columns: Sequence[Column], lines: Sequence[Line]) -> None:
        """Warnings while typing; import decides. Texts that are no numbers pass here."""
        letters = {
            column.key: sheet.cell(1, at).column_letter for at, column in enumerate(columns, 1)
        }
        last = len(lines) + 1
        for key in ("before", "now", "printed"):
            if key in letters:
                self._validate_figures(sheet, letters[key], lines, key)
        self._list(sheet, f"{letters['present']}2:{letters['present']}{last}", f'"{YES},{NO}"')
        at = letters["indicator"]
        count = self._codes()
        column = "A" if "printed" in letters else "B"
        self._list(sheet, f"{at}2:{at}{last}", f"'{CODE_SHEET}'!${column}$2:${column}${count}")

    def _codes(self) -> int:
        from qzanalysis import codebook  # noqa: PLC0415

        return len(codebook.indicators()) + 1

    def _validate_figures(self, sheet: Any, letter: str, lines: Sequence[Line], key: str) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

        plain = f'VALUE(SUBSTITUTE({letter}2,"%",""))'
        kinds = {
            True: (f"IFERROR(AND({plain}>=0,{plain}<=100),TRUE)", "百分数应在 0 至 100 之间"),
            False: (f"IFERROR({plain}>=0,TRUE)", "数值应不小于 0"),
        }
        for percent, (formula, message) in kinds.items():
            rule = DataValidation(
                type="custom", formula1=formula, allow_blank=True, errorStyle="warning"
            )
            rule.errorTitle, rule.error = (
                "请核对",
                f"{message}；报告确实这样印时选“是”，并在说明中以“照印”开头写明。",
            )
            rows = [
                row
                for row, line in enumerate(lines, start=2)
                if line.percent is percent and not line.signed and key not in line.closed
            ]
            if rows:
                # The formula is relative to the first cell of the area.
                rule.formula1 = formula.replace(f"{letter}2", f"{letter}{rows[0]}")
                rule.sqref = _area(letter, rows)
                sheet.add_data_validation(rule)

    def _list(self, sheet: Any, area: str, formula: str) -> None:
        from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

        rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
        rule.errorTitle, rule.error = "请核对", "请从列表中选择。"
        rule.add(area)
        sheet.add_data_validation(rule)

    def _finish(self, sheet: Any, *, landscape: bool = True) -> None:
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        sheet.protection.autoFilter = sheet.protection.sort = False
        sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.oddFooter.center.text = "&A  &P / &N"


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column: a Chinese sign is two wide, and words may not fit."""
    signs = [
        sum(2 if ord(c) > 0x2E80 or c in _WIDE else 1 for c in part) for part in text.split("\n")
    ]
    return sum(max(1, -(-wide // width)) for wide in signs)


def _area(letter: str, rows: Sequence[int]) -> str:
    """Rows of one column as the fewest ranges, in order: `E2:E8 E11`."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    return " ".join(f"{letter}{first}:{letter}{last}" for first, last in runs)


def pack(book: Any) -> bytes:
    """The workbook's bytes, without the time at which they were made."""
    book.properties.creator = book.properties.lastModifiedBy = "qzanalysis"
    buffer = io.BytesIO()
    book.save(buffer)
    out = io.BytesIO()
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _STAMP.encode(), content)
            info = zipfile.ZipInfo(part.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, content)
    return out.getvalue()
