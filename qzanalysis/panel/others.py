"""The checks that are no rules of the catalogue, over many reports at once.

Each pass decides what certainly agrees, or certainly is not there, for all cells; the rest is asked
of the check's own module. What is meant by it stands there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final

import numpy as np

from qzanalysis import codebook
from qzanalysis.checks import completeness, grim, peers, ranges, repeats, restated, standards
from qzanalysis.checks.figures import Book, Key, fits
from qzanalysis.checks.findings import Finding
from qzanalysis.checks.intervals import HUNDRED
from qzanalysis.checks.lookup import chapter, unit
from qzanalysis.panel.batches import Agreed, Batch, Doubt, agreed, doubts_of_cells, of_cells
from qzanalysis.panel.columns import NOWHERE, Columns, Integers, Readings, Subject
from qzanalysis.panel.estimate import estimate
from qzanalysis.panel.nearly import EXACT, Near, Span, Truths

_ZERO: Final = Near.exact(0)


def repeated(columns: Columns) -> Batch:
    """A figure printed more than once: it agrees where all printings have one reading."""
    readings = columns.readings()
    several = readings.numbers[:-1] > 1
    one = readings.values[:-1] == 1
    yield of_cells(columns, several & one, repeats.named, chapter, "same_figure")
    yield from doubts_of_cells(columns, several & ~one, repeats.of_key)


def shifted(columns: Columns) -> Batch:
    """A number that may stand under two years: it has decimals, and the year before as well."""
    readings, before = columns.readings(), columns.year_before
    decimals = np.zeros(len(columns.report) + 1, np.bool_)
    decimals[columns.cell[columns.rows.number & (columns.rows.decimals != 0)]] = True
    now, then = readings.span.value, readings.span.value.take(before)
    apart = now.take(np.arange(len(before)))
    single = (readings.values[:-1] == 1) & (readings.values[before] == 1)
    other = single & (apart.less(then) | then.less(apart))
    both = (readings.values[:-1] > 0) & (readings.values[before] > 0)
    yield from doubts_of_cells(columns, decimals[:-1] & both & ~other, repeats.shifted)


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


def _of_reports(reports: Integers, name: str, rule: str) -> Agreed:
    """A finding for each report, before all others of the pass; they belong to the first chapter."""
    first = np.full(len(reports), NOWHERE, np.int64)
    return agreed(reports, first, [name], [1], np.zeros(len(reports), np.int64), rule)


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


def wordings(columns: Columns) -> Batch:
    """A change of a percentage, which may be printed as one."""
    keys, kinds = columns.kinds
    found = [ranges.changes(key.breakdown) and unit(key.indicator) == "%" for key in keys]
    yield from doubts_of_cells(columns, np.array(found, np.bool_)[kinds], ranges.wordings)


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


def peers_apart(columns: Columns) -> Batch:
    """Indicators that enough programmes have: those are compared exactly."""
    numbers, size = columns.readings().numbers, len(columns.years)
    for indicator, subjects in columns.by_indicator.items():
        own = [s for s in subjects if fits(s.key().parts(), peers.PEERS)]
        if len(own) < peers.ENOUGH:
            continue
        many = np.sum([numbers[columns.grid(s)] > 0 for s in own], axis=0) >= peers.ENOUGH
        if not many.any():
            continue
        first = _first_filed(columns, subjects)
        for report, year in np.argwhere(many).tolist():
            ask = partial(_of_year, peers.of_year, indicator, int(columns.years[year]))
            yield Doubt(report, int(first[report]) * size + year, ask)


def _first_filed(columns: Columns, subjects: Iterable[Subject]) -> Integers:
    """The place of the first of some figures in the files of each report."""
    filed = np.append(columns.filed, len(columns.cell))
    found: Integers = np.min([filed[columns.grid(s)].min(axis=1) for s in subjects], axis=0)
    return found


def _of_year(
    ask: Callable[[Book, str, int], Iterable[Finding]],
    indicator: str,
    year: int,
    book: Book,
    before: Book | None,
) -> Iterable[Finding]:
    return ask(book, indicator, year)


def thresholds(columns: Columns) -> Batch:
    """Official standards: met or not met by all of a report's figures, or to be asked for."""
    for number, (name, row) in enumerate(codebook.standards().to_dict("index").items()):
        yield from _threshold(number, str(name), row, columns)


def _threshold(number: int, name: str, row: Mapping[Any, Any], columns: Columns) -> Batch:
    readings, size = columns.readings(), len(columns.years)
    indicator = str(row["indicator"])
    grid = columns.grid(Subject(indicator, ""))
    values = readings.values[grid]
    ratio = standards.ratio_of(indicator)
    computed = None if ratio is None else estimate(ratio, columns)
    met, unmet = _met(row, readings.span.take(grid), columns)
    sides = [(values > 0, met, unmet)]
    if computed is not None:
        sides.append((~computed.missing, *_met(row, computed.span, columns)))
    there = np.logical_or.reduce([present for present, _, _ in sides])
    good = np.logical_and.reduce([yes | ~present for present, yes, _ in sides])
    bad = np.logical_and.reduce([no | ~present for present, _, no in sides])
    asked = there & columns.printed
    sure = asked & (good | bad) & (values <= 1)
    report, year = np.nonzero(sure)
    yield agreed(
        report,
        number * size + year,
        (standards.named(name, year) for year in columns.years.tolist()),
        [chapter(indicator)] * size,
        year,
        "standard",
        "holds",
        np.where(good[report, year], "none", "medium").astype(object),
    )
    for report_, year_ in np.argwhere(asked & ~sure).tolist():
        ask = partial(_standard, name, row, int(columns.years[year_]))
        yield Doubt(report_, number * size + year_, ask)


def _met(row: Mapping[Any, Any], span: Span, columns: Columns) -> tuple[Truths, Truths]:
    """Where a value certainly meets a threshold, and where it certainly does not."""
    edge = Near.exact(standards.threshold_of(row))
    if row["comparison"] == "at_least":
        found = edge.at_most(span.low), span.high.less(edge)
    elif row["comparison"] == "at_most":
        found = span.high.at_most(edge), edge.less(span.low)
    else:
        found = np.zeros((1, 1), np.bool_), np.zeros((1, 1), np.bool_)
    return np.broadcast_to(found[0], columns.shape), np.broadcast_to(found[1], columns.shape)


def _standard(
    name: str, row: Mapping[Any, Any], year: int, book: Book, before: Book | None
) -> Iterable[Finding]:
    return standards.of_year(book, name, row, year)


def unfilled(columns: Columns) -> Batch:
    """Items of the form without a number."""
    numbers = columns.readings().numbers
    at = {int(year): place for place, year in enumerate(columns.years)}
    for of_year in np.unique(columns.of_year).tolist():
        reports = np.flatnonzero(columns.of_year == of_year)
        for place, (key, item) in enumerate(completeness.items_of(of_year)):
            cells = np.full(len(reports), NOWHERE)
            if key.year in at:
                grid = columns.grid(Subject(key.indicator, key.breakdown))
                cells = grid[reports, at[key.year]]
            for report in reports[numbers[cells] == 0].tolist():
                yield Doubt(report, place, partial(_empty, key, item))


def _empty(key: Key, item: str, book: Book, before: Book | None) -> Iterable[Finding]:
    return [completeness.empty(book, key, item)]


def telling(columns: Columns) -> Batch:
    """Cells that say why they have no number, and lists of programmes."""
    rows = columns.rows.where("status", lambda status: status in completeness.TELLING)
    cells, (keys, kinds) = np.unique(columns.cell[rows]), columns.kinds
    for report in range(len(columns.names)):
        own = cells[columns.report[cells] == report].tolist()
        yield Doubt(report, 0, partial(_telling, [keys[kinds[cell]] for cell in own]))


def _telling(keys: Iterable[Key], book: Book, before: Book | None) -> Iterable[Finding]:
    return [*completeness.statuses(book, keys), *completeness.programmes(book)]


def restatements(columns: Columns) -> Batch:
    """A figure that the report before prints with another value."""
    readings, before = columns.readings(), columns.before
    now = readings.span.take(np.arange(len(before)))
    both = (readings.values[:-1] > 0) & (readings.values[before] > 0)
    apart = both & ~now.meets(readings.span.take(before))
    keys, kinds = columns.kinds
    for cell in np.flatnonzero(apart).tolist():
        yield Doubt(int(columns.report[cell]), cell, partial(_restated, keys[kinds[cell]]))


def _restated(key: Key, book: Book, before: Book | None) -> Iterable[Finding]:
    return restated.of_key(book, before, key)


PASSES: Final[tuple[Callable[[Columns], Batch], ...]] = (
    repeated,
    shifted,
    *(bounded(range_) for range_ in ranges.RANGES),
    magnitudes,
    wordings,
    feasible,
    sized,
    peers_apart,
    thresholds,
    unfilled,
    telling,
    restatements,
)
