"""Feasibility of percentages: can any count of at most n people give what is printed?

(Granularity-related inconsistency of means, applied to percentages.) With a known denominator
some count must give the printed digits; without one, the smallest number of people that could is
set against the largest cohort the report allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit import evaluate, expressions
from qzanalysis.audit.book import Book, Key, Reading, chapter, figures_of
from qzanalysis.audit.evaluate import Scope, Stated
from qzanalysis.audit.expressions import Node
from qzanalysis.audit.findings import Finding, identifier, severity
from qzanalysis.figures.intervals import HUNDRED, Interval, shown, whole_numbers

COHORTS: Final = Path(__file__).parent / "cohorts.csv"
GENEROUS: Final = 3  # times a year's places: no programme graduates more than that
RATE: Final = "employment_rate"
PLACES: Final = "programme_places"


@dataclass(frozen=True, slots=True, eq=False)
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


def findings(book: Book) -> Iterator[Finding]:
    """Findings of percentages whose counts are not printed, then of programmes' sizes."""
    sizes: dict[tuple[Cohort, int], Stated | None] = {}
    for key, readings in book.by_key.items():
        cohort = cohort_of(key.indicator, key.breakdown)
        if cohort is None or (
            cohort.counted and book.readings(key._replace(indicator=cohort.counted))
        ):
            continue  # where the count is printed, the ratio is tested itself
        if (cohort, key.year) not in sizes:
            sizes[cohort, key.year] = evaluate.stated(cohort.people, Scope(book, key.year))
        if people := sizes[cohort, key.year]:
            yield from _feasible(readings, cohort, people)
    for key in book.by_indicator.get(RATE, ()):
        if "programme" in key.parts():
            yield from _size(book, key)


def _feasible(readings: Iterable[Reading], cohort: Cohort, people: Stated) -> Iterator[Finding]:
    for number, reading in enumerate(readings, start=1):
        ends = [reading.interval.high, *([people.interval.high] if cohort.exact else [])]
        if all(end.is_finite() for end in ends):  # of "more than 380" any percentage is some count
            judge = _known if cohort.exact else _bounded
            yield _finding(reading, number, people, judge(reading, people.interval))


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


def _finding(reading: Reading, number: int, people: Stated, found: Feasibility) -> Finding:
    verdict = "holds" if found.possible else "implausible"
    key = reading.key
    end = "可行" if found.possible else "因此不可能由人数算出"
    return Finding(
        identifier("grim", *key, number if number > 1 else ""),
        chapter(key.indicator),
        "grim",
        verdict,
        severity(verdict, (key.indicator,)),
        f"{key.label}印作 {reading.printed}（{reading.places}），{found.said}，{end}。",
        figures_of((reading, *people.readings)),
        found.number,
    )


def _size(book: Book, key: Key) -> Iterator[Finding]:
    """A programme's rate against the programme's own size, where the report gives it."""
    programme, reading = key.parts()["programme"], book.first.get(key)
    places = [
        place
        for other in book.by_indicator.get(PLACES, ())
        if other.parts().get("programme") == programme and (place := book.first.get(other))
    ]
    if reading is None or reading.interval.high >= HUNDRED or not places:
        return
    least = least_cohort(reading.interval.low, reading.interval.high)
    yearly = sum(int(place.interval.value) for place in places)
    fits = least <= GENEROUS * yearly
    verdict = "holds" if fits else "undecided"
    doubt = f"超过 {GENEROUS} 倍，恐非由人数算出；设置人数与毕业年份不同，不能断定"
    yield Finding(
        f"size-{key.indicator}-{key.breakdown}-{key.year}",
        chapter(key.indicator),
        "grim",
        verdict,
        severity(verdict, (key.indicator,)),
        f"{key.label}印作 {reading.printed}（{reading.places}），至少要有 {least} 名"
        f"毕业生才能得出，而该专业一年设置人数为 {yearly}，{'不足为疑' if fits else doubt}。",
        figures_of((reading, *places)),
        str(least),
    )
