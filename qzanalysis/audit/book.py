"""The printed figures of one report, found by what they are of.

A *key* is what a figure is of: indicator, breakdown (pairs in alphabetical order) and year. It has
as many *printings* as there are places that print it, the most authoritative first. Printings with
the same interval are one *reading* (`4902` five times is one reading, `5000` and `5500` are two).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from qzanalysis import codebook
from qzanalysis.audit.spans import Span, span_of
from qzanalysis.figures.intervals import Interval, shown
from qzanalysis.reports.report import authority


class Subject(NamedTuple):
    """What figures are of, whatever the year."""

    indicator: str
    breakdown: str = ""


class Key(NamedTuple):
    """What a figure is of."""

    indicator: str
    breakdown: str
    year: int

    def parts(self) -> Mapping[str, str]:
        """The breakdown as dimension → value."""
        return parts(self.breakdown)

    @property
    def label(self) -> str:
        """Its Chinese name, with the year: `2021 年升学人数（本科院校）`."""
        return f"{self.year} 年{codebook.label(self.indicator, self.breakdown)}"

    def before(self) -> Key:
        """The same a year earlier."""
        return Key(self.indicator, self.breakdown, self.year - 1)


class Figure(NamedTuple):
    """One printed figure: what it is of, its text, and where it stands."""

    key: Key
    breakdown: str
    printed: str
    source: str
    file: str
    row: int
    status: str
    quantity: Interval | None

    def __hash__(self) -> int:
        """The place alone: it differs for all figures of a report."""
        return hash((self.file, self.row))

    def as_dict(self) -> dict[str, Any]:
        """The five fields of the contract."""
        return {
            "indicator": self.key.indicator,
            "breakdown": self.breakdown,
            "year": self.key.year,
            "printed": self.printed,
            "source": self.source,
        }


@dataclass(frozen=True)
class Reading:
    """One value a key is printed with, and every place that prints it so, the form first."""

    key: Key
    interval: Interval
    figures: tuple[Figure, ...]

    def __hash__(self) -> int:
        """The place of the first printing."""
        return hash(self.figures[0])

    @cached_property
    def span(self) -> Span:
        """Its interval for exact arithmetic."""
        return span_of(self.interval)

    @cached_property
    def places(self) -> str:
        """Where it is printed: `附表1#28、§1.2`."""
        return places(self.figures)

    @property
    def term(self) -> str:
        """The text as a term of a formula: of a ratio, the number of students."""
        return shown(self.interval.value) if ":" in self.printed else self.printed

    @property
    def printed(self) -> str:
        """The text in the most authoritative place."""
        return self.figures[0].printed


class Book:
    """The figures of one report.

    Attributes:
        year: of the report.
        filed: its figures in the order of the files.
        figures: key → its printings, the most authoritative first.
        by_key: key → its readings.
        first: key → its most authoritative reading, where the report gives a number.
        by_indicator: indicator → its keys, in the order of the files.
        printed: subject → the years it is printed for, in the order of `figures`.
        years: the years it prints figures of.
    """

    def __init__(self, year: int, figures: Iterable[Figure]) -> None:
        self.year = year
        self.filed = sorted(figures, key=attrgetter("file", "row"))
        self.figures: dict[Key, list[Figure]] = {}
        self.by_indicator: dict[str, list[Key]] = {}
        self.printed: dict[Subject, list[int]] = {}
        for figure in sorted(self.filed, key=lambda figure: authority(figure.source)):
            self.figures.setdefault(figure.key, []).append(figure)
        for key in dict.fromkeys(figure.key for figure in self.filed):
            self.by_indicator.setdefault(key.indicator, []).append(key)
        for key in self.figures:
            self.printed.setdefault(Subject(key.indicator, key.breakdown), []).append(key.year)
        self.years = sorted({key.year for key in self.figures})
        self.by_key = {key: _readings(key, own) for key, own in self.figures.items()}
        self.first = {key: own[0] for key, own in self.by_key.items() if own}

    def readings(self, key: Key, source: str = "") -> tuple[Reading, ...]:
        """The values a key is printed with; in `source` only, if given."""
        if not source:
            return self.by_key.get(key, ())
        own = self.figures.get(key, ())
        return _readings(key, [figure for figure in own if within(figure.source, source)])

    @cached_property
    def counts(self) -> Mapping[str, list[Reading]]:
        """Unit → the exact readings, smallest first; without changes."""
        found: dict[str, list[Reading]] = {}
        for key, readings in self.by_key.items():
            for reading in () if is_change(key.breakdown) else readings:
                if reading.interval.is_exact:
                    found.setdefault(unit(key.indicator), []).append(reading)
        for own in found.values():
            own.sort(key=lambda reading: reading.interval.value)
        return found


def _readings(key: Key, figures: Sequence[Figure]) -> tuple[Reading, ...]:
    """Printings with the same ends together."""
    if len(figures) == 1:
        own = figures[0].quantity
        return () if own is None else (Reading(key, own, tuple(figures)),)
    alike: dict[tuple[Decimal, Decimal], tuple[Interval, list[Figure]]] = {}
    for figure in figures:
        if (own := figure.quantity) is not None:
            alike.setdefault((own.low, own.high), (own, []))[1].append(figure)
    return tuple(Reading(key, interval, tuple(same)) for interval, same in alike.values())


@cache
def unit(indicator: str) -> str:
    """Its unit."""
    return codebook.indicator(indicator)["unit"]


@cache
def chapter(indicator: str) -> int:
    """The chapter of the report it belongs to."""
    return int(codebook.indicator(indicator)["chapter"])


@cache
def parts(breakdown: str) -> Mapping[str, str]:
    """A breakdown as dimension → value."""
    return MappingProxyType(codebook.parse_breakdown(breakdown))


def places(figures: Iterable[Figure]) -> str:
    """The sources of several figures, each once."""
    return "、".join(dict.fromkeys(figure.source for figure in figures))


def figures_of(readings: Iterable[Reading]) -> tuple[Figure, ...]:
    """Every printing of every reading, each once and in order."""
    return tuple({id(f): f for reading in readings for f in reading.figures}.values())


def is_change(breakdown: str) -> bool:
    """True for a change between years."""
    return "change=" in breakdown


def within(place: str, source: str) -> bool:
    """True where a place lies in a source: `附表1#28` in `附表`, `§4.4.6` in `§4.4.6`."""
    return (
        place == source
        or place.startswith((f"{source}#", f"{source}表"))
        or (source == "附表" and place.startswith(source))
    )


def fits(own: Mapping[str, str], pattern: Mapping[str, str]) -> bool:
    """True where a breakdown has exactly the dimensions of a pattern; `*` matches any value.

    The dimension `*` matches every breakdown but the empty one and changes.
    """
    if "*" in pattern:
        return bool(own) and "change" not in own
    return own.keys() == pattern.keys() and all(
        wanted in ("*", own[dimension]) for dimension, wanted in pattern.items()
    )
