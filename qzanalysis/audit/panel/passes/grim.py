"""Percentages, and how many people it takes to give them."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np

from qzanalysis.audit import grim
from qzanalysis.audit.lookup import chapter, unit
from qzanalysis.audit.panel.batches import Agreed, Batch, Doubt, doubts_of_cells, of_cells
from qzanalysis.audit.panel.columns import NOWHERE, Columns, Integers, Readings, Subject
from qzanalysis.audit.panel.estimate import estimate
from qzanalysis.audit.panel.nearly import EXACT, Near, Span, Truths
from qzanalysis.figures.intervals import HUNDRED


def feasible(columns: Columns) -> Batch:
    """Percentages, and how many people it takes to give them."""
    readings, fewest = columns.readings(), _fewest(columns)
    for subject in columns.subjects:
        cohort = grim.cohort_of(*subject)
        if cohort is None:
            continue
        grid = columns.grid(subject)
        asked = (readings.values[grid] > 0) & ~_counted(columns, cohort, subject, readings)
        people = estimate(cohort.people, columns)
        asked &= ~people.missing
        if cohort.exact:
            sure = _some_whole_number(readings.span.take(grid) * people.span)
        else:
            sure = fewest.take(grid).at_most(people.span.high)
        sure &= asked & (readings.values[grid] == 1) & np.isfinite(readings.span.high.take(grid).at)
        yield of_cells(columns, _chosen(columns, grid[sure]), grim.named, chapter, "grim")
        open_ = _chosen(columns, grid[asked & ~sure])
        yield from doubts_of_cells(columns, open_, grim.of_key)


def _counted(columns: Columns, cohort: grim.Cohort, subject: Subject, readings: Readings) -> Truths:
    """Where the counts of a percentage are printed themselves."""
    if not cohort.counted:
        return np.zeros(columns.shape, np.bool_)
    return readings.numbers[columns.grid(Subject(cohort.counted, subject.breakdown))] > 0


def _chosen(columns: Columns, cells: Integers) -> Truths:
    found = np.zeros(len(columns.report), np.bool_)
    found[cells] = True
    return found


def _some_whole_number(hundredfold: Span) -> Truths:
    """Where there certainly is a whole number in an interval, given a hundred times as great."""
    span = hundredfold / Span.exact(HUNDRED)
    within = Near(np.floor(span.high.at), np.zeros_like(span.high.at))
    return span.low.less(within) & within.less(span.high)


def sized(columns: Columns) -> Batch:
    """A programme's rate against the programme's own size."""
    readings, fewest = columns.readings(), _fewest(columns)
    generous = Near.exact(grim.GENEROUS)
    for subject in columns.by_indicator.get(grim.RATE, []):
        programme = subject.key().parts().get("programme")
        grid = columns.grid(subject)
        asked = readings.values[grid] > 0
        if programme is None or not asked.any():
            continue
        yearly, known = _yearly(columns, readings, programme)
        asked &= ~Near.exact(HUNDRED).at_most(readings.span.high.take(grid))
        asked &= known[:, np.newaxis]
        room = (generous * yearly).at[:, np.newaxis]
        people = Near(room, np.zeros_like(room))
        sure = asked & (readings.values[grid] == 1) & fewest.take(grid).at_most(people)
        sure &= readings.span.high.take(grid).less(Near.exact(HUNDRED))
        yield _in_files(
            of_cells(columns, _chosen(columns, grid[sure]), grim.sized, chapter, "grim"), columns
        )
        for doubt in doubts_of_cells(columns, _chosen(columns, grid[asked & ~sure]), grim.size):
            yield Doubt(doubt.report, int(columns.filed[doubt.place]), doubt.ask)


def _in_files(found: Agreed, columns: Columns) -> Agreed:
    """The same findings in the order of the files."""
    return Agreed(
        found.report,
        columns.filed[found.place],
        found.id,
        found.chapter,
        found.rule,
        found.verdict,
        found.severity,
    )


def _yearly(columns: Columns, readings: Readings, programme: str) -> tuple[Near, Truths]:
    """The places of a programme in each report, of all years it prints; where it prints any."""
    own = [
        columns.grid(subject)
        for subject in columns.by_indicator.get(grim.PLACES, [])
        if subject.key().parts().get("programme") == programme
    ]
    total, known = np.zeros(len(columns.names)), np.zeros(len(columns.names), np.bool_)
    for grid in own:
        printed = readings.numbers[grid] > 0
        places = readings.span.value.take(grid)
        whole = np.where(places.off == 0, np.trunc(places.at), np.nan)
        total += np.where(printed, whole, 0.0).sum(axis=1)
        known |= printed.any(axis=1)
    return Near(total, np.zeros_like(total)), known


def _fewest(columns: Columns) -> Near:
    """The fewest people that can give the first reading of each cell, where it is a percentage."""
    first = columns.readings().first
    keys, kinds = columns.kinds
    percent = np.array([unit(key.indicator) == "%" for key in keys], np.bool_)[kinds]
    cells = np.flatnonzero(percent & (first[:-1] != NOWHERE))
    lows, highs = (columns.rows.texts[name] for name in ("low", "high"))
    pairs = np.stack([lows[0][first[cells]], highs[0][first[cells]]])
    found, which = np.unique(pairs, axis=1, return_inverse=True)
    fewest = [_least(lows[1][low], highs[1][high]) for low, high in found.T.tolist()]
    at = np.full(len(first), np.nan)
    at[cells] = np.array(fewest, np.float64)[which.ravel()]
    return Near(at, np.zeros_like(at))


def _least(low: str, high: str) -> float:
    bottom, top = Decimal(low), Decimal(high)
    fewest = grim.least_cohort(bottom, top) if top.is_finite() and bottom >= 0 else math.inf
    return fewest if fewest < EXACT else math.nan
