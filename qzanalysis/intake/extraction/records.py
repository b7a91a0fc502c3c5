"""A grid understood as records: what each data row is called, and what kind of table it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qzanalysis.documents.model import MISSING, RIGHT, Cell, Table
from qzanalysis.documents.plain import bare, squeeze
from qzanalysis.documents.plain import is_value as numeric
from qzanalysis.intake.extraction import headers, unruled
from qzanalysis.intake.extraction.headers import Column

_YEAR: Final = re.compile(r"(20\d\d)年")
_FORM_NUMBER: Final = re.compile(r"^附?表([1-9]\d?)(?![\d.-])")
_TITLE_LINES: Final = 3
_TITLE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Record:
    """One data row.

    Attributes:
        index: its place among the data rows, from 1.
        labels: the texts that name it, by column number, each merged cell once.
        number, unit: the texts of those columns.
        slots: all its slots.
        mended: whether its label was put together from two rows.
        doubt: why a person should look at the whole row; empty if nobody need.
        refused: why nothing of the row may be placed; empty if it may.
        astray: whether it has a merged label, of which nobody can say which one it is.
    """

    index: int
    labels: dict[int, str]
    number: str
    unit: str
    slots: tuple[Cell, ...]
    mended: bool = False
    doubt: str = ""
    astray: bool = False
    refused: str = ""

    @property
    def name(self) -> str:
        """The texts that name the row, for a person."""
        return " ".join(" ".join(text.split()) for text in dict.fromkeys(self.labels.values()))

    @property
    def last_label(self) -> str:
        """The innermost label."""
        return next(reversed(self.labels.values()), "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table with its columns and records.

    Attributes:
        titles: the lines above the table and the title rows inside it, nearest last.
    """

    grid: Table
    columns: tuple[Column, ...]
    records: tuple[Record, ...]
    titles: tuple[str, ...]

    @property
    def title(self) -> str:
        """The words that introduce the table, when they are short enough for a title."""
        lines = self.titles[-_TITLE_LINES:]
        return " ".join(line for line in lines if len(line) <= _TITLE_LENGTH)

    @property
    def values(self) -> list[int]:
        """The numbers of the columns that hold values."""
        return [n for n, column in enumerate(self.columns) if column.role in {"value", "change"}]

    def carries(self, column: int) -> bool:
        """Whether a blank label in this column stands for the label above it.

        Where the places of the words were measured, labels have been dealt to their rows already.
        Else, where the document does not tell merged cells, the first row shows it: a label that is
        not printed in the first row of its cell stands in the middle, and no one knows where.
        """
        if self.grid.spans:
            return True
        if unruled.measured(self.records):
            return False
        return bool(self.records) and column in self.records[0].labels

    @property
    def form_number(self) -> str:
        """`3` for a table titled 表3 or 附表3; empty where the title has no number."""
        for line in reversed(self.titles[-_TITLE_LINES:]):
            if found := _FORM_NUMBER.match(squeeze(line)):
                return found[1]
        return ""

    def context_year(self) -> int | None:
        """The one year that the lines above the table speak of."""
        lines = "".join(squeeze(line) for line in self.titles[-_TITLE_LINES:])
        found = {int(year) for year in _YEAR.findall(lines)}
        return found.pop() if len(found) == 1 else None


def sheet(grid: Table, report_year: int, known: Callable[[str], bool]) -> Sheet | None:
    """A grid's columns and records; None where it has no heading.

    Args:
        known: whether a label is one of the form's; used to put broken labels together.
    """
    rows = headers.height(grid)
    if not rows:
        return None
    columns = tuple(headers.columns(grid, rows, report_year))
    titles = (*grid.above, *headers.titles(grid, rows))
    heading = [bare(text) for text in grid.texts(rows - 1)]
    body = [n for n in range(rows, len(grid.rows)) if [bare(t) for t in grid.texts(n)] != heading]
    records = _mend([_record(grid, n, columns) for n in body], columns, known)
    if not grid.spans:
        records = _placed(records, columns, known)
    return Sheet(grid, columns, tuple(_counted(records)), titles)


def _placed(
    records: Sequence[Record], columns: Sequence[Column], known: Callable[[str], bool]
) -> list[Record]:
    """Records of a document that does not tell merged cells: by the places of their words."""

    def filled(record: Record) -> bool:
        return has_values(record, columns)

    labels = [n for n, column in enumerate(columns) if column.role == "label"]
    return unruled.doubted(unruled.spread(records, labels, filled), filled, known)


def has_values(record: Record, columns: Sequence[Column]) -> bool:
    """Whether anything stands in its value columns."""
    return any(
        slot.text.strip() and slot.span != RIGHT
        for slot, column in zip(record.slots, columns, strict=True)
        if column.role in {"value", "change"}
    )


def misfit(record: Record, columns: Sequence[Column]) -> str:
    """Why a row does not fit its heading; empty if it does."""
    for slot, column in zip(record.slots, columns, strict=True):
        if column.role in {"value", "change"} and slot.span == MISSING:
            return "本行的列数少于表头，不知哪一列空缺"
        if column.role == "unknown" and not column.head and slot.text.strip():
            return "本行的列数多于表头，可能错位"
    if numeric(record.unit) and record.unit.strip() != "/":
        return "单位一列是数字，可能错位"
    return ""


def _record(grid: Table, number: int, columns: Sequence[Column]) -> Record:
    slots = grid.rows[number]
    labels: dict[int, str] = {}
    found = {"number": "", "unit": ""}
    for n, (slot, column) in enumerate(zip(slots, columns, strict=True)):
        text = slot.text.strip()
        if column.role == "label" and text and slot.span != RIGHT:
            labels[n] = text
        elif column.role in found and slot.span != RIGHT:
            found[column.role] = text
    doubt = unruled.PUT_TOGETHER if any(slot.lines > 1 for slot in slots) else ""
    return Record(0, labels, found["number"], found["unit"], slots, doubt=doubt)


def _mend(
    records: Sequence[Record], columns: Sequence[Column], known: Callable[[str], bool]
) -> list[Record]:
    """Labels that were broken into rows, put together where the whole is a known one."""
    mended: list[Record] = []
    at = 0
    while at < len(records):
        around = _around(records[at : at + 3], columns, known)
        whole = around or _whole(records[at : at + 2], columns, known)
        mended.append(whole or records[at])
        at += 3 if around else 2 if whole else 1
    return mended


def _around(
    three: Sequence[Record], columns: Sequence[Column], known: Callable[[str], bool]
) -> Record | None:
    """Three rows as one: the values stand in the middle, the label above and below them."""
    if len(three) < 3 or [has_values(each, columns) for each in three] != [False, True, False]:
        return None
    above, middle, below = three
    together = above.last_label + below.last_label
    if middle.labels or not above.last_label or not below.last_label or not known(together):
        return None
    at = next(reversed(above.labels))
    return replace(middle, labels={at: together}, mended=True)


def _whole(
    two: Sequence[Record], columns: Sequence[Column], known: Callable[[str], bool]
) -> Record | None:
    """Two rows as one: exactly one of them has values, and only together do they name a figure."""
    if len(two) < 2:
        return None
    record, after = two
    full = [has_values(each, columns) for each in two]
    together = record.last_label + after.last_label
    if sum(full) != 1 or after.number or not record.last_label or not after.last_label:
        return None
    if not known(together) or (known(record.last_label) and full[0]):
        return None
    base = record if full[0] else after
    return replace(
        base,
        labels={**base.labels, next(reversed(base.labels)): together},
        number=record.number or after.number,
        unit=record.unit or after.unit,
        mended=True,
    )


def _counted(records: Sequence[Record]) -> list[Record]:
    return [replace(record, index=n) for n, record in enumerate(records, start=1)]
