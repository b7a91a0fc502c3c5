"""Bounds by unit, units and magnitude, and percentages called by the wrong name.

Figures that pass are one finding for a whole group; each that fails is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from qzanalysis import codebook
from qzanalysis.audit.batches import Batch, undetermined
from qzanalysis.audit.exact import Spans, less
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter, unit
from qzanalysis.audit.relations import figures_of
from qzanalysis.audit.table import NONE, Figure, Integers, Key, Reading, Table, is_change
from qzanalysis.figures.intervals import HUNDRED, Interval, shown

SMALL: Final = 20  # a leap of few is none
LEAP: Final = 8  # from year to year; a slip of 万元 for 元 is 10 000, of a digit 10


@dataclass(frozen=True)
class Range:
    """The range in which the values of some indicators must lie."""

    id: str
    rule: str
    applies: Callable[[str], bool]
    holds: Callable[[Interval], bool]


def _is_count(interval: Interval) -> bool:
    value = interval.value
    return value >= 0 and (not interval.is_exact or value == value.to_integral_value())


RANGES: Final = (
    Range(
        "bounds-percent",
        "百分数应在 0 至 100 之间",
        lambda indicator: unit(indicator) == "%",
        lambda interval: 0 <= interval.value <= HUNDRED,
    ),
    Range("bounds-count", "计数应是不小于 0 的整数", codebook.is_count, _is_count),
)


def batches(table: Table) -> Iterator[Batch]:
    """Findings on bounds, magnitudes and wording."""
    for range_ in RANGES:
        yield from _bounds(table, range_)
    yield from _magnitudes(table)
    changes = table.cells_where(lambda i, b: is_change(b) and unit(i) == "%")
    yield undetermined(
        table.cell_report[changes], changes, lambda at: _wordings(table, int(changes[at]))
    )


def _of_reports(
    of: Integers, name: tuple[str, int, str], text: Callable[[Integers], Finding]
) -> Batch:
    """One finding for the cases of each report, which all hold.

    Args:
        of: the report of each case.
        text: the finding of the cases with these numbers.
    """
    reports = np.unique(of)
    return Batch(
        reports,
        np.full(len(reports), NONE),
        np.full(len(reports), "holds", object),
        lambda at: name,
        lambda at: [text(np.flatnonzero(of == reports[at]))],
    )


def _bounds(table: Table, range_: Range) -> Iterator[Batch]:
    leading = table.leading()
    applies = [range_.applies(i) and not is_change(b) for i, b in table.subjects]
    rows = leading.rows[np.array(applies, np.bool_)[table.cell_subject[leading.cell]]]
    holds = np.array([range_.holds(i) for i in table.intervals], np.bool_)[table.interval[rows]]
    passed, failed = rows[holds], rows[~holds]

    def all_hold(cases: Integers) -> Finding:
        figures = [f for row in passed[cases].tolist() for f in table.reading(row).figures]
        text = f"{range_.rule}：{len(figures)} 个数字均在范围内。"
        return Finding(range_.id, 1, "bounds", "holds", "none", text, tuple(figures))

    yield _of_reports(table.report[passed], (range_.id, 1, "bounds"), all_hold)
    yield undetermined(
        table.report[failed],
        table.cell[failed],
        lambda at: [_beyond(table.reading(int(failed[at])), range_)],
    )


def _beyond(reading: Reading, range_: Range) -> Finding:
    key = reading.key
    return Finding(
        _id(range_.id, key),
        chapter(key.indicator),
        "bounds",
        "contradiction",
        severity("contradiction", (key.indicator,), turns=True),
        f"{range_.rule}：{key.label}在{reading.places}印作 {reading.printed}。",
        reading.figures,
    )


def _magnitudes(table: Table) -> Iterator[Batch]:
    """Each reading against the first one of the year before: of the same size, or many times it."""
    leading = table.leading()
    ordered = [codebook.kind(i) != "ordinal" and not is_change(b) for i, b in table.subjects]
    now = leading.rows[np.array(ordered, np.bool_)[table.cell_subject[leading.cell]]]
    then = leading.first[table.year_before[table.cell[now]]]
    now, then = now[then != NONE], then[then != NONE]
    after, before = (table.spans.take(table.interval[rows]).only(1) for rows in (now, then))
    positive = (after.value[0] > 0) & (before.value[0] > 0)
    large = ~(less(after.value, (few := Spans.exact(SMALL)).value) & less(before.value, few.value))
    factor = Spans.exact(LEAP)
    steady = less(before.value, (after * factor).value) & less(after.value, (before * factor).value)
    leaps = positive & large & ~steady
    passed = [rows[positive & ~leaps] for rows in (now, then)]
    failed = [rows[leaps] for rows in (now, then)]

    def all_steady(cases: Integers) -> Finding:
        pairs = zip(*(rows[cases].tolist() for rows in reversed(passed)), strict=True)
        figures = figures_of(table.reading(row) for pair in pairs for row in pair)
        text = f"单位与量级：{len(cases)} 对相邻两年的数字之比均在 8 倍以内。"
        return Finding("magnitude", 1, "magnitude", "holds", "none", text, figures)

    yield _of_reports(table.report[passed[0]], ("magnitude", 1, "magnitude"), all_steady)
    yield undetermined(
        table.report[failed[0]],
        table.cell[failed[0]],
        lambda at: [_leap(*(table.reading(int(rows[at])) for rows in failed))],
    )


def _id(name: str, key: Key) -> str:
    return "-".join(filter(None, (name, key.indicator, key.breakdown, str(key.year))))


def _leap(now: Reading, before: Reading) -> Finding:
    ratio = now.interval.value / before.interval.value
    return Finding(
        _id("magnitude", now.key),
        chapter(now.key.indicator),
        "magnitude",
        "implausible",
        severity("implausible", (now.key.indicator,)),
        f"{now.key.label}是上年的 {shown(ratio, 2)} 倍（{before.printed} → "
        f"{now.printed}），疑为单位或位数有误。",
        (*now.figures, *before.figures),
        shown(ratio, 4),
    )


def _wordings(table: Table, cell: int) -> list[Finding]:
    """A change of a percentage that is printed as one."""
    return [_wording(table, cell, f) for f in table.cell_figures(cell) if f.printed.endswith("%")]


def _wording(table: Table, cell: int, figure: Figure) -> Finding:
    """A difference of two percentages printed with %: true in points, not in per cent."""
    key, book = figure.key, table.book(int(table.cell_report[cell]))
    rest = key._replace(breakdown=";".join(p for p in key.breakdown.split(";") if not is_change(p)))
    now, before = book.first(rest), book.first(rest.before())
    relative = None
    if now and before and before.interval.value:
        change = now.interval.value - before.interval.value
        relative = shown(abs(change) / before.interval.value * HUNDRED, 2)
    inputs = tuple(f for r in (now, before) if r for f in r.figures)
    literal = f"，若真按百分比计算为 {relative}%" if relative else ""
    points = f"{figure.printed.rstrip('%')} 个百分点"
    return Finding(
        f"wording-{key.indicator}-{key.year}",
        chapter(key.indicator),
        "wording",
        "other_base",
        "low",
        f"{key.label}印作 {figure.printed}（{figure.source}），是两个百分数之差，应写"
        f"“{points}”{literal}。",
        (figure, *inputs),
        points + (f"；{relative}%" if relative else ""),
    )
