"""Feasibility of percentages: can any count of at most n people give what is printed?

(Granularity-related inconsistency of means, applied to percentages.) With a known denominator
some count must give the printed digits; without one, the smallest number of people that could is
set against the largest cohort the report allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from qzanalysis import codebook
from qzanalysis.audit import expressions
from qzanalysis.audit.batches import Batch, undetermined
from qzanalysis.audit.evaluate import Cases, Expression, Words
from qzanalysis.audit.exact import Spans, at_most
from qzanalysis.audit.expressions import Node
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter
from qzanalysis.audit.relations import figures_of
from qzanalysis.audit.table import NONE, Integers, Key, Reading, Subject, Table, parts
from qzanalysis.figures.intervals import HUNDRED, Interval, shown, whole_numbers

COHORTS: Final = Path(__file__).parent / "cohorts.csv"
GENEROUS: Final = 3  # times a year's places: no programme graduates more than that
RATE: Final = "employment_rate"
PLACES: Final = "programme_places"


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whom a percentage is of.

    Attributes:
        people: how many they are (expression).
        exact: whether it is of them all, or of no more than these.
        counted: the indicator of its numerator, or nothing.
    """

    people: Node
    exact: bool
    counted: str


@dataclass(frozen=True, slots=True)
class Feasibility:
    """The judgement on one percentage: possible or not, in which words, and the number of people."""

    possible: bool
    said: str
    number: str | None


def batches(table: Table) -> Iterator[Batch]:
    """Findings of percentages whose counts are not printed, then of programmes' sizes."""
    subjects = [cohort_of(*subject) for subject in table.subjects]
    for cohort in dict.fromkeys(filter(None, subjects)):
        of_cohort = np.array([own == cohort for own in subjects], np.bool_)
        yield _feasible(table, cohort, np.flatnonzero(of_cohort[table.cell_subject]))
    rates = table.cells_where(lambda i, b: i == RATE and "programme" in parts(b))
    yield undetermined(
        table.cell_report[rates], table.filed[rates], lambda at: _size(table, int(rates[at]))
    )


def _feasible(table: Table, cohort: Cohort, cells: Integers) -> Batch:
    """Percentages of one cohort, each reading; not where their counts are printed as well."""
    leading = table.leading()
    if cohort.counted:
        names = [Subject(cohort.counted, breakdown) for _, breakdown in table.subjects]
        codes = np.array([table.codes.get(name, NONE) for name in names], np.int64)
        counts = table.find(
            table.cell_report[cells], codes[table.cell_subject[cells]], table.cell_year[cells]
        )
        cells = cells[leading.first[counts] == NONE]  # else the ratio is tested itself
    at = np.flatnonzero(np.isin(leading.cell, cells))
    rows, number = leading.rows[at], leading.number[at] + 1
    cell = table.cell[rows]
    cases = Cases.of(table, table.cell_report[cell], table.cell_year[cell])
    people, printed = Expression.of(cases, cohort.people), table.spans.take(table.interval[rows])
    asked = people.known & ~np.equal(printed.high[1], 0)
    if cohort.exact:  # of "more than 380" any percentage is some count
        asked &= ~np.equal(people.spans.high[1], 0)
        possible = (printed * people.spans / Spans.exact(100)).whole_within()
    else:
        possible = np.zeros(len(rows), np.bool_)
        whole = people.spans.take(np.flatnonzero(asked))
        possible[asked] = at_most((_fewest(table, rows[asked]), 1), whole.high)

    def name(at: int) -> tuple[str, int, str]:
        return _name(table.key(int(cell[own[at]])), int(number[own[at]]))

    def findings(at: int) -> list[Finding]:
        case = int(own[at])
        reading, whole = table.reading(int(rows[case])), people.interval(case)
        result = _known(reading, whole) if cohort.exact else _bounded(reading, whole)
        return [_finding(reading, int(number[case]), people.words(case), result)]

    own = np.flatnonzero(asked)
    verdict = np.where(possible[own], "holds", "").astype(object)
    return Batch(
        table.cell_report[cell[own]], cell[own] * 100 + number[own], verdict, name, findings
    )


def _fewest(table: Table, rows: Integers) -> Any:
    """The fewest people that can give each percentage."""
    codes, which = np.unique(table.interval[rows], return_inverse=True)
    own = (table.intervals[code] for code in codes.tolist())
    return np.array([least_cohort(i.low, i.high) for i in own] or [0], object)[which]


@cache
def cohort_of(indicator: str, breakdown: str) -> Cohort | None:
    """Of how many people a figure is a percentage; None if it is none or nobody knows."""
    fact = codebook.indicator(indicator)
    exact = bool(fact["denominator"]) and not breakdown
    people = fact["denominator"] if exact else _cohorts().get(indicator)
    if fact["unit"] != "%" or "change=" in breakdown or not people:
        return None
    return Cohort(expressions.parse(people), exact, fact["numerator"])


def smallest_cohort(low: Fraction, high: Fraction) -> int:
    """The smallest n for which some k out of n lies within [low, high].

    >>> smallest_cohort(Fraction(99945, 100000), Fraction(99955, 100000))
    1819
    """
    return _simplest(low, high)[1]


@cache
def _cohorts() -> Mapping[str, str]:
    table = codebook.read_table(COHORTS)
    return dict(zip(table["indicator"], table["cohort"], strict=True))


def _simplest(low: Fraction, high: Fraction) -> tuple[int, int]:
    """Numerator and denominator of the fraction with the smallest terms within [low, high]."""
    whole = -(-low.numerator // low.denominator)
    if whole <= high:
        return whole, 1
    floor = whole - 1
    top, bottom = _simplest(1 / (high - floor), 1 / (low - floor))
    return floor * top + bottom, top


def _known(reading: Reading, people: Interval) -> Feasibility:
    counts = whole_numbers(reading.interval * people / Interval.exact(HUNDRED))
    total = shown(people.value)
    if not counts:
        return Feasibility(False, f"没有任何整数除以 {total} 能得出", None)
    some = f"{counts[0]} 人" if len(counts) == 1 else f"{counts[0]} 至 {counts[-1]} 人"
    return Feasibility(True, f"以 {total} 人为分母，{some}可得", "、".join(map(str, counts[:3])))


def _bounded(reading: Reading, people: Interval) -> Feasibility:
    least = least_cohort(reading.interval.low, reading.interval.high)
    most = shown(people.high, 0)
    said = f"至少要有 {least} 人才能得出，报告所及人数最多 {most} 人"
    return Feasibility(least <= people.high, said, str(least))


@lru_cache(maxsize=100_000)
def least_cohort(low: Decimal, high: Decimal) -> int:
    """The fewest people of whom some can be a percentage between these; no count is above its total."""
    bottom, top = Fraction(low) / 100, Fraction(high) / 100
    return smallest_cohort(bottom, top if bottom > 1 else min(top, Fraction(1)))


def _name(key: Key, number: int) -> tuple[str, int, str]:
    parts_ = ("grim", key.indicator, key.breakdown, str(key.year), str(number) * (number > 1))
    return "-".join(filter(None, parts_)), chapter(key.indicator), "grim"


def _finding(reading: Reading, number: int, people: Words, found: Feasibility) -> Finding:
    verdict = "holds" if found.possible else "implausible"
    key = reading.key
    end = "可行" if found.possible else "因此不可能由人数算出"
    return Finding(
        *_name(key, number),
        verdict,
        severity(verdict, (key.indicator,)),
        f"{key.label}印作 {reading.printed}（{reading.places}），{found.said}，{end}。",
        figures_of((reading, *people.readings)),
        found.number,
    )


def _size(table: Table, cell: int) -> list[Finding]:
    """A programme's rate against the programme's own size, where the report gives it."""
    book, key = table.book(int(table.cell_report[cell])), table.key(cell)
    programme, reading = key.parts()["programme"], book.first(key)
    if reading is None or reading.interval.high >= HUNDRED:
        return []
    places = [
        place
        for other in book.by_indicator.get(PLACES, ())
        if other.parts().get("programme") == programme and (place := book.first(other))
    ]
    least = least_cohort(reading.interval.low, reading.interval.high)
    return [_sized(reading, least, places)] if places else []


def _sized(reading: Reading, least: int, places: list[Reading]) -> Finding:
    key, yearly = reading.key, sum(int(place.interval.value) for place in places)
    fits = least <= GENEROUS * yearly
    verdict = "holds" if fits else "undecided"
    doubt = f"超过 {GENEROUS} 倍，恐非由人数算出；设置人数与毕业年份不同，不能断定"
    return Finding(
        f"size-{key.indicator}-{key.breakdown}-{key.year}",
        chapter(key.indicator),
        "grim",
        verdict,
        severity(verdict, (key.indicator,)),
        f"{key.label}印作 {reading.printed}（{reading.places}），至少要有 {least} 名"
        f"毕业生才能得出，而该专业一年设置人数为 {yearly}，{'不足为疑' if fits else doubt}。",
        (*reading.figures, *(figure for place in places for figure in place.figures)),
        str(least),
    )
