"""A filled-in workbook read back: every figure as an `Entry`, every fault of the form itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.errors import Problem, UsageError
from qzanalysis.intake import form, reading, values
from qzanalysis.intake.cells import file_of
from qzanalysis.intake.entries import Entry, breakdown_of, indicator_of, shown
from qzanalysis.intake.formsheets import Line, Sheets
from qzanalysis.reports import schema
from qzanalysis.reports.loading import sorted_key

_OWN: Final = {
    form.GUIDE_SHEET,
    form.CODE_SHEET,
    form.META_SHEET,
    form.UNPLACED_SHEET,
    form.PROSE_SHEET,
}
_FIGURES: Final = ("before", "now", "printed")


@dataclass(frozen=True, slots=True)
class Meta:
    """What the form is of, from its hidden sheet.

    Attributes:
        tables: sheet name by table name.
        expected: how often each figure has a printed row, by table, indicator and breakdown.
    """

    school: str
    year: int
    kind: str
    tables: dict[str, str]
    expected: Counter[tuple[str, str, str]]


@dataclass(slots=True)
class Returned:
    """What a workbook brings: entries in order, the form's own faults, and what a person should know."""

    meta: Meta
    problems: list[Problem]
    entries: list[Entry] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read(path: Path) -> Returned:
    """Read a workbook that `new-year` or `extract` wrote.

    Raises:
        UsageError: it cannot be opened, or it is another workbook.
    """
    sheets = Sheets(path.name, {sheet.name: sheet for sheet in reading.read(path)})
    meta = _meta(path, sheets.by_name)
    returned = Returned(meta, sheets.problems)
    columns = form.table_columns(meta.year)
    for table, title in meta.tables.items():
        lines = sheets.lines(title, columns)
        if lines:
            _Table(table, title, sheets, returned).read(lines)
    for line in sheets.lines(form.TEXT_SHEET, form.text_columns(meta.year)):
        returned.entries += _text_entries(sheets, line, meta.year)
    sheets.strangers({*_OWN, form.TEXT_SHEET, *meta.tables.values()})
    return returned


def _meta(path: Path, sheets: Mapping[str, reading.Sheet]) -> Meta:
    sheet = sheets.get(form.META_SHEET)
    rows = [_padded(cells) for cells in sheet.rows.values()] if sheet else []
    found = {row[0]: row[1] for row in rows}
    if found.get("format") != form.FORMAT:
        raise UsageError(
            f"{path.name} 不是 qzanalysis new-year 生成的工作簿（缺少隐藏的 {form.META_SHEET} 表）："
            "把数字填入 new-year 生成的工作簿，或整理成 CSV 导入"
        )
    if found.get("version") != form.VERSION:
        raise UsageError(f"{path.name} 由另一版本生成：请用现在的 qzanalysis new-year 重新生成")
    year = found.get("year", "")
    if not re.fullmatch(r"[0-9]{4}", year):
        changed = f"{form.META_SHEET} 表被改动（year 为“{shown(year)}”）"
        raise UsageError(f"{path.name} 的 {changed}：请重新生成")
    return Meta(
        found.get("school", ""),
        int(year),
        found.get("kind", ""),
        {row[1]: row[2] for row in rows if row[0] == "table"},
        Counter((row[1], row[2], sorted_key(row[3])) for row in rows if row[0] == "row"),
    )


def _padded(cells: Sequence[reading.Shown]) -> list[str]:
    return [cell.text for cell in cells][:4] + [""] * (4 - len(cells))


class _Table:
    """Reads the sheet of one table of the form."""

    def __init__(self, name: str, sheet: str, sheets: Sheets, returned: Returned) -> None:
        self.name, self.sheet, self.sheets, self.returned = name, sheet, sheets, returned
        self.years = {"before": returned.meta.year - 1, "now": returned.meta.year}
        self.headings = {it.key: it.heading for it in form.table_columns(returned.meta.year)}

    def read(self, lines: Sequence[Line]) -> None:
        """Every figure of the table becomes an entry."""
        self._lost_rows(lines)
        empty = self._empty_years(lines)
        for line in lines:
            if _kept(self.sheets, self.sheet, line, self.headings["present"]):
                for entry in self._entries(line, empty):
                    self._own_place(entry)
                    self.returned.entries.append(entry)

    def _empty_years(self, lines: Sequence[Line]) -> set[str]:
        """Year columns without a single figure: the report does not print them."""
        if self.returned.meta.kind != form.NEW:
            return set()
        usable = {
            key
            for key, year in self.years.items()
            if any(str(year) in line.text("years").split() for line in lines)
        }
        empty = {
            key for key in self.years if not any(line.filled(key, f"note_{key}") for line in lines)
        }
        if empty >= usable:
            self.returned.notices.append(f"工作表“{self.sheet}”没有填写，不写入")
        else:
            self.returned.notices += [
                f"工作表“{self.sheet}”的 {self.years[key]} 年一列没有填写，不写入"
                for key in sorted(empty & usable)
            ]
        return empty

    def _entries(self, line: Line, empty: set[str]) -> Iterator[Entry]:
        for key, year in self.years.items():
            note = f"note_{key}"
            expected = str(year) in line.text("years").split() and key not in empty
            if not (expected or line.filled(key, note)):
                continue
            if line.sound(key, note, "indicator", "breakdown", "source", "years"):
                yield Entry(
                    self.sheets.place(self.sheet),
                    line.number,
                    line.text("indicator"),
                    line.text("breakdown"),
                    str(year),
                    line.text(key),
                    line.text("source"),
                    line.text(note),
                    {**self.headings, "printed": self.headings[key], "note": self.headings[note]},
                )

    def _own_place(self, entry: Entry) -> None:
        source = values.tidy(entry.source)
        if re.fullmatch(schema.SOURCE_PATTERN, source) and file_of(source) != self.name:
            remedy = "恢复原来的出处，或把数字移到它所属的表"
            self.sheets.problems.append(entry.problem("source", source, "这张表的出处", remedy))

    def _lost_rows(self, lines: Sequence[Line]) -> None:
        """Printed rows that were deleted, or whose codes were changed."""
        present = Counter(
            (
                self.name,
                indicator_of(line.text("indicator")),
                sorted_key(breakdown_of(line.text("breakdown"))),
            )
            for line in lines
        )
        expected = self.returned.meta.expected
        mine = Counter({key: count for key, count in expected.items() if key[0] == self.name})
        for _, indicator, breakdown in (mine - present).elements():
            known = indicator in codebook.indicators().index
            name = str(codebook.indicator(indicator)["name"]) if known else indicator
            value = f"（缺少一行：{f'{name} {breakdown}'.strip()}）"
            remedy = "恢复这一行；报告没有时选“否”"
            self.sheets.fault(self.sheet, (None, None), value, "new-year 生成的每一行", remedy)


def _text_entries(sheets: Sheets, line: Line, year: int) -> list[Entry]:
    """The figure of one row of running text, if the report has it."""
    headings = {it.key: it.heading for it in form.text_columns(year)}
    if not _kept(sheets, form.TEXT_SHEET, line, headings["present"]):
        return []
    names = ("indicator", "breakdown", "year", "printed", "source", "note")
    wanted = line.filled("printed", "note") or values.tidy(line.text("present")) == form.YES
    if not wanted or not line.sound(*names):
        return []
    indicator, breakdown, when, printed, source, note = (line.text(name) for name in names)
    place = sheets.place(form.TEXT_SHEET)
    return [Entry(place, line.number, indicator, breakdown, when, printed, source, note, headings)]


def _kept(sheets: Sheets, sheet: str, line: Line, heading: str) -> bool:
    """Whether the report has this row; a figure in a row it does not have is a fault."""
    present = values.tidy(line.text("present"))
    place = (line.number, heading)
    if present not in {"", form.YES, form.NO}:
        expected = f"“{form.YES}”或“{form.NO}”"
        sheets.fault(sheet, place, present, expected, "从列表中选择")
    elif present == form.NO and line.filled(*_FIGURES):
        text = next(line.text(key) for key in _FIGURES if line.filled(key))
        sheets.fault(sheet, place, text, "选“否”的行不填数字", "改选“是”，或删去数字")
    return present != form.NO
