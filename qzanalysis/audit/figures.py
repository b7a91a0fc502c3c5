"""The printed figures of one report, found by what they are of.

A *key* is what a figure is of: indicator, breakdown (pairs in alphabetical order) and year. A key
has as many *printings* as there are places that print it; printings with the same interval are one
*reading* (`4902` five times is one reading, `5000` against `5500` are two).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from qzanalysis import codebook
from qzanalysis.audit import lookup
from qzanalysis.figures.intervals import Interval
from qzanalysis.reports.loading import Report, authority, sorted_key


class Key(NamedTuple):
    """What a figure is of; a tuple, because it is hashed and sorted thousands of times."""

    indicator: str
    breakdown: str
    year: int

    def parts(self) -> Mapping[str, str]:
        """The breakdown as dimension → value."""
        return _parts(self.breakdown)

    @property
    def label(self) -> str:
        """Its Chinese name, with the year: `2021 年升学人数（本科院校）`."""
        return f"{self.year} 年{codebook.label(self.indicator, self.breakdown)}"


@dataclass(frozen=True, slots=True)
class Figure:
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


@dataclass(frozen=True, slots=True)
class Reading:
    """One value a key is printed with, and every place that prints it so, the form first."""

    key: Key
    interval: Interval
    figures: tuple[Figure, ...]

    @property
    def places(self) -> str:
        """Where it is printed: `附表1#28、§1.2`."""
        return "、".join(dict.fromkeys(figure.source for figure in self.figures))


@dataclass(frozen=True)
class Book:
    """All figures of one report.

    Attributes:
        year: of the report.
        years: those it prints figures of, earlier first.
        by_key: key → its figures, most authoritative first; the keys in the order of their first.
        by_indicator: indicator → its keys, in the order of the files.
    """

    year: int
    years: tuple[int, ...]
    by_key: Mapping[Key, Sequence[Figure]]
    by_indicator: Mapping[str, Sequence[Key]]
    _readings: dict[Key, tuple[Reading, ...]] = field(default_factory=dict, init=False, repr=False)

    def readings(self, key: Key, source: str = "") -> tuple[Reading, ...]:
        """The values a key is printed with; only those printed in `source`, if given."""
        if source:
            return _grouped(key, (f for f in self.by_key.get(key, ()) if within(f.source, source)))
        found = self._readings.get(key)
        if found is None:
            found = self._readings[key] = _grouped(key, self.by_key.get(key, ()))
        return found

    def first(self, key: Key, source: str = "") -> Reading | None:
        """The most authoritative reading, or None where the report gives no number."""
        found = self.readings(key, source)
        return found[0] if found else None

    def counts(self, unit: str, low: Decimal, high: Decimal) -> list[Reading]:
        """Readings in a unit that stand for one value only, within a range; no changes."""
        return [
            reading
            for key in self.likely(unit, low, high)
            for reading in self.readings(key)
            if reading.interval.is_exact and low <= reading.interval.value <= high
        ]

    def likely(self, unit: str, low: Decimal, high: Decimal) -> Iterable[Key]:
        """Keys among which are all those of a unit that have a value within a range; no changes."""
        return [key for key in self.by_key if countable(key, unit)]

    def has(self, key: Key) -> bool:
        """Whether there is a cell for this figure, even an empty one."""
        return key in self.by_key

    def matching(self, indicator: str, pattern: Mapping[str, str], year: int) -> list[Key]:
        """Keys whose breakdown has exactly the dimensions of `pattern`; `*` matches any value.

        The dimension `*` matches every breakdown but the empty one and changes.
        """
        return [
            key
            for key in self.by_indicator.get(indicator, [])
            if key.year == year and fits(key.parts(), pattern)
        ]


@cache
def _parts(breakdown: str) -> Mapping[str, str]:
    return MappingProxyType(codebook.parse_breakdown(breakdown))


def open_book(report: Report) -> Book:
    """The figures of a report, ready to be looked up."""
    return bind(report.year, printed(report.observations.to_dict("records")))


def printed(rows: Iterable[Mapping[Any, Any]]) -> tuple[Figure, ...]:
    """The figures of rows as `Report.observations` has them, in the order of the files."""
    return tuple(sorted(map(_figure, rows), key=lambda figure: (figure.file, figure.row)))


def bind(year: int, figures: Sequence[Figure]) -> Book:
    """A book of the figures of one report."""
    by_key: dict[Key, list[Figure]] = {}
    for figure in sorted(figures, key=lambda figure: authority(figure.source)):
        by_key.setdefault(figure.key, []).append(figure)
    years = tuple(sorted({key.year for key in by_key}))
    return Book(year, years, by_key, listed(figure.key for figure in figures))


def listed(keys: Iterable[Key]) -> Mapping[str, list[Key]]:
    """Indicator → its keys, each once and in their order."""
    found: dict[str, list[Key]] = {}
    for key in dict.fromkeys(keys):
        found.setdefault(key.indicator, []).append(key)
    return found


def countable(key: Key, unit: str) -> bool:
    """Whether a figure is in a unit, and no change between years."""
    return lookup.unit(key.indicator) == unit and "change" not in key.breakdown


def places(figures: Iterable[Figure]) -> str:
    """The sources of several figures, each once."""
    return "、".join(dict.fromkeys(figure.source for figure in figures))


def _figure(row: Mapping[Any, Any]) -> Figure:
    key = Key(row["indicator"], sorted_key(row["breakdown"]), int(row["year"]))
    return Figure(
        key,
        row["breakdown"],
        row["printed"],
        row["source"],
        row["file"],
        int(row["row"]),
        row["status"],
        row["quantity"],
    )


def _grouped(key: Key, figures: Iterable[Figure]) -> tuple[Reading, ...]:
    groups: dict[tuple[Decimal, Decimal], list[Figure]] = {}
    for figure in figures:
        if figure.quantity is not None:
            groups.setdefault((figure.quantity.low, figure.quantity.high), []).append(figure)
    return tuple(
        Reading(key, group[0].quantity, tuple(group))
        for group in groups.values()
        if group[0].quantity is not None
    )


def within(place: str, source: str) -> bool:
    """Whether a place lies in a source: `附表1#28` in `附表`, `§4.4.6` in `§4.4.6`."""
    return (
        place == source
        or place.startswith((f"{source}#", f"{source}表"))
        or (source == "附表" and place.startswith(source))
    )


def fits(parts: Mapping[str, str], pattern: Mapping[str, str]) -> bool:
    """Whether a breakdown has the dimensions of a pattern; see `Book.matching`."""
    if "*" in pattern:
        return bool(parts) and "change" not in parts
    return parts.keys() == pattern.keys() and all(
        wanted in ("*", parts[dimension]) for dimension, wanted in pattern.items()
    )
