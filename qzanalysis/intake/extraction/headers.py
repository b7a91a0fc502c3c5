"""The heading of a table: which rows it takes, and what each column is for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from qzanalysis.documents.assembly import header_rows
from qzanalysis.documents.model import Table
from qzanalysis.documents.plain import bare, headings
from qzanalysis.documents.plain import is_value as numeric
from qzanalysis.intake.extraction import meanings
from qzanalysis.intake.extraction.meanings import split_unit, words
from qzanalysis.intake.extraction.values import is_readable

NUMBER: Final = headings("number")
UNIT: Final = headings("unit")
NOTE: Final = headings("note")
LABEL: Final = headings("label") | {"专业技能合格率"}
CHANGE: Final = headings("change")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        role: `number`, `unit`, `note`, `label`, `value`, `change`, or `unknown`.
        head: its heading in words, for a person.
        year: the year it names.
        subject: what its values are of: a course, or a wording of a measure.
        unit: the unit its heading names.
        sure: whether the heading was understood without doubt.
    """

    role: str
    head: str
    year: int | None = None
    subject: str = ""
    unit: str = ""
    sure: bool = True


def height(grid: Table) -> int:
    """How many rows the heading takes: up to the first row that holds a value or a row's label."""
    return header_rows(grid, _holds_values)


def _holds_values(own: Sequence[str]) -> bool:
    if any(_is_value(text) for text in own[1:]) or (own and numeric(own[0])):
        return True
    named = any(meanings.programme(text) or meanings.cohort(text) for text in own[:2])
    return named or bool(own and _listed(bare(own[0])))


def _is_value(text: str) -> bool:
    """A figure or a status; a bare year is neither here."""
    plain = bare(text)
    if re.fullmatch(r"20\d\d年?度?", plain):
        return False
    return numeric(text) or (bool(re.search(r"\d|[/取试]", text)) and is_readable(text))


@cache
def _row_names() -> frozenset[str]:
    return frozenset(meanings.named("annex")) | frozenset(meanings.named("students"))


def _listed(plain: str) -> bool:
    return plain in _row_names()


def titles(grid: Table, rows: int) -> list[str]:
    """Heading rows that say one thing right across the table: its title."""
    alone = [
        own[0]
        for number in range(rows)
        if len(own := [text for text in grid.texts(number) if text.strip()]) == 1
    ]
    return [text for text in alone if grid.width > 2 and _is_title(text)]


def _is_title(text: str) -> bool:
    if bare(text) in LABEL | NUMBER | UNIT:
        return False
    return len(text) > 10 or meanings.find_year(text, 2000) is None


def columns(grid: Table, rows: int, report_year: int) -> list[Column]:
    """What each column is for, by the words above it."""
    skipped = set(titles(grid, rows))
    heads = [_stack(grid, rows, c, skipped) for c in range(grid.width)]
    found = [_column(parts, report_year) for parts in heads]
    return _blanks_left_are_labels(found)


def _stack(grid: Table, rows: int, column: int, skipped: set[str]) -> list[str]:
    """The heading texts over a column from top to bottom, each once.

    Where the document does not tell merged cells, a blank continues the heading on its left.
    """
    parts: list[str] = []
    for number in range(rows):
        text = grid.rows[number][column].text.strip()
        if not text and not grid.spans and number < rows - 1:
            text = _leftwards(grid, number, column)
        if text and text not in parts and text not in skipped:
            parts.append(text)
    return parts


def _leftwards(grid: Table, row: int, column: int) -> str:
    """The heading a blank belongs to: the nearest on the left, if the row below names years there."""
    below = grid.rows[row + 1][column].text
    if not below.strip():
        return ""
    left = [slot.text.strip() for slot in grid.rows[row][:column] if slot.text.strip()]
    return left[-1] if left and bare(left[-1]) not in NUMBER | UNIT | LABEL else ""


def _column(parts: list[str], report_year: int) -> Column:
    head = "，".join(" ".join(part.split()) for part in parts)
    role = _plain_role(parts)
    if role:
        return Column(role, head)
    year, unit, sure, left = None, "", True, []
    for part in parts:
        text, found_unit = split_unit(part)
        unit = found_unit or unit
        if (found := meanings.find_year(text, report_year)) is not None:
            if year not in (None, found.year):
                return Column("unknown", head)
            year, sure, text = found.year, sure and found.sure, found.rest
        text, found_unit = split_unit(text)
        unit = found_unit or unit
        if bare(text) and bare(text) not in words("empty_heading"):
            left.append(text)
    subject = "".join(left)
    if year is None and not subject and bare(head) not in words("empty_heading"):
        return Column("unknown" if head else "", head, unit=unit)
    return Column("value", head, year, subject, unit, sure)


def _plain_role(parts: list[str]) -> str:
    heads = {bare(split_unit(part)[0]) for part in parts}
    roles = (("number", NUMBER), ("unit", UNIT), ("note", NOTE), ("change", CHANGE))
    for role, known in roles:
        if heads & known:
            return role
    return "label" if heads and heads <= LABEL else ""


def _blanks_left_are_labels(found: list[Column]) -> list[Column]:
    """Columns without a heading are labels if a value column stands to their right."""
    last = max((n for n, c in enumerate(found) if c.role in {"value", "change"}), default=-1)
    first = min(
        (n for n, c in enumerate(found) if c.role in {"value", "change"}), default=len(found)
    )
    return [
        Column("label" if n < first and n < last else "unknown", c.head) if not c.role else c
        for n, c in enumerate(found)
    ]
