"""Which rows a label belongs to that stands beside several rows without any line around it.

A merged cell shows its label at the top, in the middle or at the bottom of its rows; all labels of
one column stand alike. A page break ends a cell, its rows on the next page go on without a label,
or the cell is measured as if there were no break. Every reading of the column that agrees with the
places of its labels is tried, and only what all of them say is taken: two readings, no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, product
from typing import Final

MAX_READINGS: Final = 500  # more say that nothing is certain; also a bound for hostile documents
MAX_ROWS: Final = 300
_ALIGNMENTS: Final = ("top", "middle", "bottom")


@dataclass(frozen=True, slots=True)
class Span:
    """A row or a label: page, upper and lower edge, and for a row what else names it.

    Attributes:
        words: of a label, its text; of a row, what tells it from other rows of its label.
    """

    part: int
    top: float
    bottom: float
    words: str = ""


Reading = list[int]  # for each row, the number of its label


def owners(rows: Sequence[Span], labels: Sequence[Span]) -> list[int | None]:
    """For each row the number of its label; None where the places allow two, or none.

    Args:
        rows: all rows of the table, in reading order.
        labels: all labels of one column, in reading order.
    """
    unknown: list[int | None] = [None] * len(rows)
    step = _step(rows)
    if not labels or len(rows) > MAX_ROWS or step <= 0:
        return unknown
    found: list[Reading] = []
    for number, reading in enumerate(_readings(rows, labels, step)):
        if number >= MAX_READINGS:
            return unknown
        if _tells_rows_apart(reading, rows, labels):
            found.append(reading)
    return [
        column[0] if column and len(set(column)) == 1 else None
        for column in ([reading[n] for reading in found] for n in range(len(rows)))
    ]


def _tells_rows_apart(reading: Reading, rows: Sequence[Span], labels: Sequence[Span]) -> bool:
    """No two rows with all names alike: a table prints each figure once."""
    names = [
        (labels[n].words, row.words) for n, row in zip(reading, rows, strict=True) if row.words
    ]
    return len(names) == len(set(names))


def _readings(rows: Sequence[Span], labels: Sequence[Span], step: float) -> Iterator[Reading]:
    parts = list(dict.fromkeys(span.part for span in rows))
    for alignment in _ALIGNMENTS:
        yield from _page_by_page(rows, labels, alignment, step, parts)
        if len(parts) > 1:
            one = _as_one_page([*rows, *labels], parts, step)
            yield from _deals(one[: len(rows)], one[len(rows) :], alignment, step)


def _step(rows: Sequence[Span]) -> float:
    """The smallest distance from one row to the next; 0 where rows are not below each other."""
    beside = [(a, b) for a, b in pairwise(rows) if a.part == b.part]
    steps = [min(b.top - a.top, b.bottom - a.bottom) for a, b in beside]
    return max(0.0, min(steps, default=rows[0].bottom - rows[0].top if rows else 0.0))


def _middle(span: Span) -> float:
    return (span.top + span.bottom) / 2


def _as_one_page(spans: Sequence[Span], parts: Sequence[int], step: float) -> list[Span]:
    """All parts below each other, as far apart as rows are."""
    shift, moved = 0.0, {}
    for part in parts:
        here = [span for span in spans if span.part == part]
        first = min(span.top for span in here)
        moved[part] = shift - first
        shift += max(span.bottom for span in here) - first
        shift += step - min(span.bottom - span.top for span in here)
    return [
        replace(
            span, part=0, top=span.top + moved[span.part], bottom=span.bottom + moved[span.part]
        )
        for span in spans
        if span.part in moved
    ]


def _page_by_page(
    rows: Sequence[Span], labels: Sequence[Span], alignment: str, step: float, parts: Sequence[int]
) -> Iterator[Reading]:
    """Readings in which every page stands for itself, but for its first rows without a label."""
    if {span.part for span in labels} - set(parts):
        return
    choices: list[list[Reading]] = []
    before = 0
    for part, group in groupby(rows, key=lambda span: span.part):
        here = list(group)
        own = [span for span in labels if span.part == part]
        leads = range(len(here) + 1) if before else (0,)
        deals = [
            [before - 1] * lead + [before + n for n in deal]
            for lead in leads
            for deal in _deals(here[lead:], own, alignment, step)
        ]
        choices.append(deals)
        before += len(own)
    for chosen in product(*choices):
        yield [label for deal in chosen for label in deal]


def _deals(
    rows: Sequence[Span], labels: Sequence[Span], alignment: str, step: float
) -> Iterator[Reading]:
    """Every way to deal rows to labels in order, each label at its place beside its rows."""
    if not rows or not labels:
        if not rows and not labels:
            yield []
        return
    label = labels[0]
    for count in range(1, len(rows) - len(labels) + 2):
        if _fits(label, rows[0], rows[count - 1], alignment, step):
            for rest in _deals(rows[count:], labels[1:], alignment, step):
                yield [0] * count + [1 + n for n in rest]
        elif alignment == "top":
            return


def _fits(label: Span, first: Span, last: Span, alignment: str, step: float) -> bool:
    """Whether a label stands where these rows would have it.

    One row more or less moves the middle by half a step: beyond a quarter, other rows are meant.
    """
    if alignment == "top":
        off = label.top - first.top
    elif alignment == "bottom":
        off = label.bottom - last.bottom
    else:
        off = _middle(label) - (first.top + last.bottom) / 2
    return abs(off) <= step / 4
