"""Rows of a table without ruling, from where its words stand: cells of several lines, wrapped heads.

Figures of one column never share a row. So the smallest gap that keeps two of them apart is a gap
between rows, and whatever stands closer together than that belongs to one row. Labels beside
several rows keep their place; which rows they cover is `spanning`'s to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from qzanalysis.documents.model import Cell, Place

# Coordinates are rounded, to less than a point; the inner margins of two rows are more.
ROUNDING: Final = 1.0
_YEAR: Final = re.compile(r"(20\d\d)年?(?:度|末|底)?")


@dataclass(frozen=True, slots=True)
class Mark:
    """Some words at one place of the document: a piece of a line, or lines put together."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    place: Place
    column: int = 0
    value: bool = False
    lines: int = 1

    @property
    def part(self) -> int:
        """Its page."""
        return self.place.page

    @property
    def middle(self) -> float:
        """Half-way between its edges."""
        return (self.top + self.bottom) / 2


Rows = list[tuple[Cell, ...]]


def body_rows(marks: Sequence[Mark], count: int) -> tuple[Rows, float]:
    """Rows of slots, and the gap that keeps rows apart.

    Args:
        marks: the words below the heading, each with its column.
        count: how many columns there are.
    """
    base = {mark.column for mark in marks if mark.value}
    base = base - {0} or base
    gap = _row_gap(marks, base)
    inner = set(base)
    for column in sorted({mark.column for mark in marks} - base, reverse=True):
        wider = _row_gap(marks, inner | {column})
        if wider > ROUNDING and _complete(marks, inner, column, wider):
            inner, gap = inner | {column}, wider
    rows = _clusters([mark for mark in marks if mark.column in inner], gap)
    edges = [_edges(row) for row in rows]
    alone: list[list[Mark]] = []
    for column in sorted({mark.column for mark in marks} - inner):
        for block in map(_joined, _clusters((m for m in marks if m.column == column), gap)):
            at = [n for n, row in enumerate(rows) if _level(block, row[0].part, edges[n])]
            if len(at) == 1:
                rows[at[0]].append(block)
            else:
                alone.append([block])
    rows += alone
    ordered = sorted(rows, key=lambda row: (row[0].part, _edges(row)[0] + _edges(row)[1]))
    return [_slots(row, count) for row in ordered], gap


def _row_gap(marks: Sequence[Mark], columns: set[int]) -> float:
    """The smallest gap that keeps two figures of one column apart; 0 where words bridge it."""
    bounds = [_gaps(run) for run in _by_part(mark for mark in marks if mark.column in columns)]
    found: list[float] = []
    for part, gaps in bounds:
        for column in columns:
            values = sorted(
                (m for m in marks if m.value and m.column == column and m.part == part),
                key=lambda mark: mark.top,
            )
            found += [
                max((size for at, size in gaps if a.bottom <= at < b.top), default=0.0)
                for a, b in pairwise(values)
            ]
    return min(found, default=0.0)


def _by_part(marks: Iterable[Mark]) -> list[list[Mark]]:
    parts: dict[int, list[Mark]] = {}
    for mark in marks:
        parts.setdefault(mark.part, []).append(mark)
    return [sorted(run, key=lambda mark: mark.top) for run in parts.values()]


def _gaps(run: Sequence[Mark]) -> tuple[int, list[tuple[float, float]]]:
    """Where no word of a page stands: upper edge and height of each empty strip."""
    strips: list[tuple[float, float]] = []
    low = run[0].bottom
    for mark in run[1:]:
        if mark.top > low:
            strips.append((low, mark.top - low))
        low = max(low, mark.bottom)
    return run[0].part, strips


def _clusters(marks: Iterable[Mark], gap: float) -> list[list[Mark]]:
    """Words closer to each other than rows are."""
    rows: list[list[Mark]] = []
    for run in _by_part(marks):
        low = float("-inf")
        for mark in run:
            if mark.top - low < gap - ROUNDING or (rows and mark.top < low):
                rows[-1].append(mark)
            else:
                rows.append([mark])
                low = float("-inf")
            low = max(low, mark.bottom)
    return rows


def _complete(marks: Sequence[Mark], inner: set[int], column: int, gap: float) -> bool:
    """Whether every row has words in a column, and all its words stand in rows."""
    rows = _clusters([mark for mark in marks if mark.column in {*inner, column}], gap)
    return all(
        any(mark.column == column for mark in row) and any(mark.column in inner for mark in row)
        for row in rows
    )


def _level(block: Mark, part: int, edges: tuple[float, float]) -> bool:
    """Whether words stand beside a row, given its page and edges."""
    return part == block.part and block.top < edges[1] and block.bottom > edges[0]


def _edges(row: Sequence[Mark]) -> tuple[float, float]:
    return min(mark.top for mark in row), max(mark.bottom for mark in row)


def _joined(marks: Sequence[Mark]) -> Mark:
    """Lines of one cell as one text."""
    ordered = sorted(marks, key=lambda mark: (round(mark.middle), mark.left))
    first = ordered[0]
    return Mark(
        "".join(mark.text for mark in ordered),
        min(mark.left for mark in ordered),
        max(mark.right for mark in ordered),
        *_edges(ordered),
        first.place,
        first.column,
        any(mark.value for mark in ordered),
        sum(mark.lines for mark in ordered),
    )


def _slots(row: Sequence[Mark], count: int) -> tuple[Cell, ...]:
    top, bottom = _edges(row)
    place = next((mark.place for mark in row if mark.value), row[0].place)
    cells = [Cell("", replace(place, column=n + 1), "", 1, top, bottom) for n in range(count)]
    for column in {mark.column for mark in row}:
        one = _joined([mark for mark in row if mark.column == column])
        at = replace(place, column=column + 1)
        cells[column] = Cell(one.text, at, "", one.lines, one.top, one.bottom)
    return tuple(cells)


# --- headings ------------------------------------------------------------------------------------


def head_row(
    marks: Sequence[Mark],
    columns: Sequence[tuple[float, float]],
    gap: float,
    under: Callable[[Mark], list[int]],
) -> tuple[Cell, ...] | None:
    """The heading as one row, each measure before each of its years; None if it is unclear.

    Args:
        marks: the words of the heading; gap: what keeps rows apart.
        columns: left and right edge of each column.
        under: the columns that some words stand over.
    """
    heads = _cells(marks, gap)
    own: dict[int, Mark] = {}
    above: list[Mark] = []
    for head in sorted(heads, key=lambda mark: (-_is_year(mark), -mark.bottom)):
        at = under(head)
        if not any(n in own for n in at) and (len(at) == 1 or not _is_year(head)):
            own |= dict.fromkeys(at, head)
        elif all(n in own and _is_year(own[n]) for n in at):
            above.append(head)
        else:
            return None
    groups = _groups(sorted(above, key=lambda mark: mark.left), own, columns)
    if groups is None:
        return None
    lower = [own.get(n) for n in range(len(columns))]
    return tuple(
        Cell(" ".join(h.text for h in pair if h), replace(marks[0].place, column=n + 1))
        for n, pair in enumerate(zip(groups, lower, strict=True))
    )


def _cells(marks: Sequence[Mark], gap: float) -> list[Mark]:
    """Lines of one cell of the heading put together: close together, one below the other."""
    cells: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda each: each.top):
        for cell in cells:
            last = cell[-1]
            near = mark.top - last.bottom < gap - ROUNDING and mark.top > last.middle
            beside = mark.left < last.right and mark.right > last.left
            if near and beside and mark.part == last.part and not _is_year(mark):
                cell.append(mark)
                break
        else:
            cells.append([mark])
    return [_joined(cell) for cell in cells]


def _is_year(mark: Mark) -> bool:
    plain = "".join(unicodedata.normalize("NFKC", mark.text).split())
    return _YEAR.fullmatch(plain) is not None


def _groups(
    above: Sequence[Mark], own: dict[int, Mark], columns: Sequence[tuple[float, float]]
) -> list[Mark | None] | None:
    """The measure over each column of years: as many measures as the years repeat themselves."""
    found: list[Mark | None] = [None] * len(columns)
    if not above:
        return found
    dated = [n for n in sorted(own) if _is_year(own[n])]
    years = ["".join(own[n].text.split()) for n in dated]
    size, rest = divmod(len(dated), len(above))
    starts = range(0, len(dated), size or 1)
    if rest or not size or any(years[:size] != years[s : s + size] for s in starts):
        return None
    if len(set(years[:size])) < size:
        return None
    for head, start in zip(above, starts, strict=True):
        group = dated[start : start + size]
        left, right = columns[group[0]][0], columns[group[-1]][1]
        edges = [own[n].left for n in group] + [own[n].right for n in group]
        if not min(left, *edges) <= (head.left + head.right) / 2 <= max(right, *edges):
            return None
        for n in group:
            found[n] = head
    return found
