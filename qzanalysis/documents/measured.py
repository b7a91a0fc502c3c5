"""Rows of a table without ruling, from where its words stand: cells of several lines, wrapped heads.

Figures of one column never share a row. So the smallest gap that keeps two of them apart is a gap
between rows, and whatever stands closer together than that belongs to one row. Labels beside
several rows keep their place; which rows they cover is `spanning`'s to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final

from qzanalysis.documents.lines import Piece
from qzanalysis.documents.model import Cell, Place

# Coordinates are rounded, to less than a point; the inner margins of two rows are more.
ROUNDING: Final = 1.0
_YEAR: Final = re.compile(r"(20\d\d)年?(?:度|末|底)?")


Rows = list[tuple[Cell, ...]]


def body_rows(marks: Sequence[Piece], count: int) -> tuple[Rows, float]:
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
    beside: dict[int, list[tuple[list[Piece], tuple[float, float]]]] = {}
    for row in rows:
        beside.setdefault(row[0].page, []).append((row, _edges(row)))
    alone: list[list[Piece]] = []
    for column in sorted({mark.column for mark in marks} - inner):
        for block in map(_joined, _clusters((m for m in marks if m.column == column), gap)):
            level = [
                row
                for row, (top, bottom) in beside.get(block.page, [])
                if block.top < bottom and block.bottom > top
            ]
            if len(level) == 1:
                level[0].append(block)
            else:
                alone.append([block])
    rows += alone
    ordered = sorted(rows, key=lambda row: (row[0].page, _edges(row)[0] + _edges(row)[1]))
    return [_slots(row, count) for row in ordered], gap


def _row_gap(marks: Sequence[Piece], columns: set[int]) -> float:
    """The smallest gap that keeps two figures of one column apart; 0 where words bridge it."""
    found: list[float] = []
    for run in _by_part(mark for mark in marks if mark.column in columns):
        gaps = _gaps(run)
        for column in columns:
            values = [mark for mark in run if mark.value and mark.column == column]
            found += [
                max((size for at, size in gaps if a.bottom <= at < b.top), default=0.0)
                for a, b in pairwise(values)
            ]
    return min(found, default=0.0)


def _by_part(marks: Iterable[Piece]) -> list[list[Piece]]:
    parts: dict[int, list[Piece]] = {}
    for mark in marks:
        parts.setdefault(mark.page, []).append(mark)
    return [sorted(run, key=lambda mark: mark.top) for run in parts.values()]


def _gaps(run: Sequence[Piece]) -> list[tuple[float, float]]:
    """Where no word of a page stands: upper edge and height of each empty strip."""
    strips: list[tuple[float, float]] = []
    low = run[0].bottom
    for mark in run[1:]:
        if mark.top > low:
            strips.append((low, mark.top - low))
        low = max(low, mark.bottom)
    return strips


def _clusters(marks: Iterable[Piece], gap: float) -> list[list[Piece]]:
    """Words closer to each other than rows are."""
    rows: list[list[Piece]] = []
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


def _complete(marks: Sequence[Piece], inner: set[int], column: int, gap: float) -> bool:
    """Whether every row has words in a column, and all its words stand in rows."""
    rows = _clusters([mark for mark in marks if mark.column in {*inner, column}], gap)
    return all(
        any(mark.column == column for mark in row) and any(mark.column in inner for mark in row)
        for row in rows
    )


def _edges(row: Sequence[Piece]) -> tuple[float, float]:
    return min(mark.top for mark in row), max(mark.bottom for mark in row)


def _joined(marks: Sequence[Piece]) -> Piece:
    """Lines of one cell as one text."""
    ordered = sorted(marks, key=lambda mark: (round(mark.middle), mark.left))
    first = ordered[0]
    return Piece(
        "".join(mark.text for mark in ordered),
        min(mark.left for mark in ordered),
        max(mark.right for mark in ordered),
        *_edges(ordered),
        first.page,
        first.column,
        any(mark.value for mark in ordered),
        sum(mark.lines for mark in ordered),
    )


def _slots(row: Sequence[Piece], count: int) -> tuple[Cell, ...]:
    top, bottom = _edges(row)
    place = Place(page=row[0].page)
    cells = [Cell("", place, "", 1, top, bottom) for _ in range(count)]
    for column in {mark.column for mark in row}:
        one = _joined([mark for mark in row if mark.column == column])
        cells[column] = Cell(one.text, place, "", one.lines, one.top, one.bottom)
    return tuple(cells)


# --- headings ------------------------------------------------------------------------------------


def head_row(
    marks: Sequence[Piece],
    columns: Sequence[tuple[float, float]],
    gap: float,
    under: Callable[[Piece], list[int]],
) -> tuple[Cell, ...] | None:
    """The heading as one row, each measure before each of its years; None if it is unclear.

    Args:
        marks: the words of the heading; gap: what keeps rows apart.
        columns: left and right edge of each column.
        under: the columns that some words stand over.
    """
    heads = _cells(marks, gap)
    own: dict[int, Piece] = {}
    above: list[Piece] = []
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
        Cell(" ".join(h.text for h in pair if h), Place(page=marks[0].page))
        for pair in zip(groups, lower, strict=True)
    )


def _cells(marks: Sequence[Piece], gap: float) -> list[Piece]:
    """Lines of one cell of the heading put together: close together, one below the other."""
    cells: list[list[Piece]] = []
    for mark in sorted(marks, key=lambda each: each.top):
        for cell in cells:
            last = cell[-1]
            near = mark.top - last.bottom < gap - ROUNDING and mark.top > last.middle
            beside = mark.left < last.right and mark.right > last.left
            if near and beside and mark.page == last.page and not _is_year(mark):
                cell.append(mark)
                break
        else:
            cells.append([mark])
    return [_joined(cell) for cell in cells]


def _is_year(mark: Piece) -> bool:
    plain = "".join(unicodedata.normalize("NFKC", mark.text).split())
    return _YEAR.fullmatch(plain) is not None


def _groups(
    above: Sequence[Piece], own: dict[int, Piece], columns: Sequence[tuple[float, float]]
) -> list[Piece | None] | None:
    """The measure over each column of years: as many measures as the years repeat themselves."""
    found: list[Piece | None] = [None] * len(columns)
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
