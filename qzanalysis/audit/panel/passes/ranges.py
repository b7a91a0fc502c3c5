"""Values out of range, changes of magnitude, and percentages that may be points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

import numpy as np

from qzanalysis.audit import ranges
from qzanalysis.audit.figures import Book, Key
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.lookup import unit
from qzanalysis.audit.panel.batches import Agreed, Batch, Doubt, agreed, doubts_of_cells
from qzanalysis.audit.panel.columns import NOWHERE, Columns, Integers
from qzanalysis.audit.panel.nearly import Near, Truths

_ZERO: Final = Near.exact(0)


def bounded(range_: ranges.Range) -> Callable[[Columns], Batch]:
    """The pass for one range of values."""
    return partial(_bounded, range_)


def _bounded(range_: ranges.Range, columns: Columns) -> Batch:
    """Rows within the range are told once for a report; a cell with others is asked for."""
    rows = columns.leading[_of_keys(columns, range_)[columns.cell[columns.leading]]]
    values = columns.rows.texts["value"][0][rows]
    kinds = columns.intervals[rows] * (values.max(initial=0) + 1) + values
    _, first, which = np.unique(kinds, return_index=True, return_inverse=True)
    kept = [range_.keeps(columns.quantity(row)) for row in rows[first].tolist()]
    keeps = np.array(kept, np.bool_)[which]
    reports = np.unique(columns.rows.report[rows[keeps]])
    yield _of_reports(reports, range_.id, "bounds")
    doubtful = np.zeros(len(columns.report), np.bool_)
    doubtful[columns.cell[rows[~keeps]]] = True
    yield from doubts_of_cells(columns, doubtful, partial(_beyond, range_))


def _of_keys(columns: Columns, range_: ranges.Range) -> Truths:
    keys, kinds = columns.kinds
    return np.array([ranges.bounded(key, range_) for key in keys], np.bool_)[kinds]


def _beyond(range_: ranges.Range, book: Book, key: Key) -> Iterable[Finding]:
    return ranges.beyond(book, key, range_)


def magnitudes(columns: Columns) -> Batch:
    """A figure and that of the year before: steady, or many times as much."""
    readings, before = columns.readings(), columns.year_before
    keys, kinds = columns.kinds
    followed = np.array([ranges.followed(key) for key in keys], np.bool_)[kinds]
    now = readings.span.value.take(np.arange(len(before)))
    then = readings.span.value.take(before)
    paired = followed & (readings.values[:-1] > 0) & (readings.values[before] > 0)
    paired &= ~(now.at_most(_ZERO) & (readings.values[:-1] == 1)) & ~then.at_most(_ZERO)
    leap, few = Near.exact(ranges.LEAP), Near.exact(ranges.SMALL)
    small = now.less(few) & then.less(few)
    between = now.less(then * leap) & then.less(now * leap)
    positive = _ZERO.less(now) & _ZERO.less(then)
    steady = paired & positive & (small | between) & (readings.values[:-1] == 1)
    sure = np.unique(columns.report[steady])
    yield _of_reports(sure, ranges.MAGNITUDE, ranges.MAGNITUDE)
    doubtful = paired & ~steady
    for report in np.setdiff1d(columns.report[doubtful], sure).tolist():
        yield Doubt(report, NOWHERE, lambda book, before: ranges.steady(book))
    yield from doubts_of_cells(columns, doubtful, ranges.leaps)


def _of_reports(reports: Integers, name: str, rule: str) -> Agreed:
    """A finding for each report, before all others of the pass; they belong to the first chapter."""
    first = np.full(len(reports), NOWHERE, np.int64)
    return agreed(reports, first, [name], [1], np.zeros(len(reports), np.int64), rule)


def wordings(columns: Columns) -> Batch:
    """A change of a percentage, which may be printed as one."""
    keys, kinds = columns.kinds
    found = [ranges.changes(key.breakdown) and unit(key.indicator) == "%" for key in keys]
    yield from doubts_of_cells(columns, np.array(found, np.bool_)[kinds], ranges.wordings)
