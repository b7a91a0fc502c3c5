"""The printed figures of one or many reports as a table, found by what they are of.

A *key* is what a figure is of: indicator, breakdown (pairs in alphabetical order) and year. A *cell*
is a key in one report; it has as many *printings* (rows) as there are places that print it, the most
authoritative first. Printings with the same interval are one *reading*, which is known by its first
row (`4902` five times is one reading, `5000` against `5500` are two).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qzanalysis import codebook
from qzanalysis.audit.exact import Spans, Truths
from qzanalysis.figures.intervals import Interval
from qzanalysis.reports.loading import authority, sorted_key

Integers: TypeAlias = NDArray[np.int64]
Coded: TypeAlias = tuple[Integers, Sequence[Any]]  # the code of each row, and what each code means
NONE: Final = -1
TEXTS: Final = ("indicator", "breakdown", "printed", "source", "file", "status")


class Subject(NamedTuple):
    """What figures are of, whatever the year."""

    indicator: str
    breakdown: str = ""

    def key(self, year: int) -> Key:
        """The key of a year."""
        return Key(self.indicator, self.breakdown, year)


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
        return self._replace(year=self.year - 1)


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
        return places(self.figures)

    @property
    def printed(self) -> str:
        """The text in the most authoritative place."""
        return self.figures[0].printed


@dataclass(frozen=True, eq=False)
class Leading:
    """The readings of every cell, of all places or of one source: each by its first row.

    Attributes:
        rows: the first rows, by cell and the most authoritative first.
        cell, number: the cell of each, and its place among those of the cell, from 0.
        first: the first reading of each cell, or `NONE`; one place more, for no cell.
        count: how many readings each cell has; one place more, for no cell.
    """

    rows: Integers
    cell: Integers
    number: Integers
    first: Integers
    count: Integers


class Table:
    """The figures of reports in columns; rows and cells are numbered by report and authority.

    Args:
        reports: school and year of each report, the years of a school one after the other.
        report, year, line: of each row; `line` is the row of the file.
        texts: the columns `TEXTS`.
        interval: what each row stands for; code `NONE` where it has no number.
    """

    def __init__(
        self,
        reports: Sequence[tuple[str, int]],
        report: Integers,
        year: Integers,
        line: Integers,
        texts: Mapping[str, Coded],
        interval: Coded,
    ) -> None:
        self.reports = tuple(reports)
        self.of_year = np.array([year for _, year in reports], np.int64)
        rank = _each(texts["source"], authority)
        place = _each(texts["file"], {f: n for n, f in enumerate(sorted(texts["file"][1]))}.get)
        order = np.lexsort((line, place, rank, report))
        self.report, self.line = report[order], line[order]
        filed = np.empty(len(order), np.int64)
        filed[np.lexsort((line, place, report))] = np.arange(len(order))
        self._texts = {name: (codes[order], values) for name, (codes, values) in texts.items()}
        self.intervals: Sequence[Interval] = interval[1]
        self.interval = interval[0][order]
        self.subjects, subject = _subjects(self._texts["indicator"], self._texts["breakdown"])
        self.years, at = np.unique(year[order], return_inverse=True)
        self._number_cells(subject, at.astype(np.int64), filed[order])
        self._leading: dict[str, Leading] = {}
        self._figures: dict[int, Figure] = {}
        self._readings: dict[tuple[int, str], Reading] = {}
        self._books: dict[int, Book] = {}

    def _number_cells(self, subject: Integers, year: Integers, filed: Integers) -> None:
        """Cells in the order of their first row; `grid` finds them, by report, subject and year."""
        many, years = len(self.subjects), len(self.years)
        codes = (self.report * many + subject) * years + year
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        order = np.argsort(first)
        number = np.empty(len(order), np.int64)
        number[order] = np.arange(len(order))
        self.cell = number[inverse]
        self.cell_report, self.cell_subject = self.report[first[order]], subject[first[order]]
        self.cell_year = self.years[year[first[order]]] if len(order) else self.years
        self.grid = np.full((len(self.reports), many + 1, years + 1), NONE, np.int64)
        self.grid[self.cell_report, self.cell_subject, year[first[order]]] = np.arange(len(order))
        self.by_cell = np.argsort(self.cell, kind="stable")
        self.bounds = np.searchsorted(self.cell[self.by_cell], np.arange(len(order) + 1))
        self.filed = np.full(len(order), len(filed), np.int64)  # place in the order of the files
        np.minimum.at(self.filed, self.cell, filed)
        self.starts = np.searchsorted(self.cell_report, np.arange(len(self.reports) + 1))
        self.by_subject = np.argsort(self.cell_subject, kind="stable")
        ordered = self.cell_subject[self.by_subject]
        self.subject_bounds = np.searchsorted(ordered, np.arange(many + 1))

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.cell_report)

    @cached_property
    def codes(self) -> Mapping[Subject, int]:
        """Subject → its number."""
        return {subject: code for code, subject in enumerate(self.subjects)}

    @cached_property
    def by_indicator(self) -> Mapping[str, list[int]]:
        """Indicator → the numbers of its subjects."""
        found: dict[str, list[int]] = {}
        for code, (indicator, _) in enumerate(self.subjects):
            found.setdefault(indicator, []).append(code)
        return found

    @cached_property
    def spans(self) -> Spans:
        """What each interval code stands for; zero, in one place more, for no interval."""
        return Spans.of([*self.intervals, Interval.exact(0)])

    @cached_property
    def printed(self) -> Truths:
        """Reports by subjects: what a report prints; two columns more, always and never true."""
        found = np.zeros((len(self.reports), len(self.subjects) + 2), np.bool_)
        found[self.cell_report, self.cell_subject] = True
        found[:, -2] = True
        return found

    @cached_property
    def covered(self) -> Truths:
        """Reports by years: the years a report prints figures of; one column more, never true."""
        found = np.zeros((len(self.reports), len(self.years) + 1), np.bool_)
        found[self.cell_report, self.at_year(self.cell_year)] = True
        return found

    @cached_property
    def empty(self) -> Truths:
        """The cells with a printing that is no number; one place more, for no cell."""
        found = np.zeros(self.cells + 1, np.bool_)
        found[self.cell[self.interval == NONE]] = True
        return found

    @cached_property
    def printings(self) -> Integers:
        """How many printings with a number each cell has."""
        return np.bincount(self.cell[self.interval != NONE], minlength=self.cells)

    @cached_property
    def year_before(self) -> Integers:
        """The cell of the same subject a year before in the same report, or `NONE`."""
        return self.find(self.cell_report, self.cell_subject, self.cell_year - 1)

    @cached_property
    def report_before(self) -> Integers:
        """The school's report before each report, or `NONE`."""
        schools = [school for school, _ in self.reports]
        same = [at > 0 and schools[at] == schools[at - 1] for at in range(len(schools))]
        return np.where(same, np.arange(len(schools)) - 1, NONE)

    def at_year(self, years: Integers) -> Integers:
        """The place of calendar years among `years`; the last one more for others."""
        if not len(self.years):
            return np.zeros_like(years)
        at = np.minimum(np.searchsorted(self.years, years), len(self.years) - 1)
        return np.where(self.years[at] == years, at, len(self.years))

    def find(self, report: Integers, subject: Integers, year: Integers) -> Integers:
        """The cells of subjects (by number, `NONE` for unknown ones) in calendar years, or `NONE`."""
        found: Integers = self.grid[report, subject, self.at_year(year)]
        return found

    def subject_cells(self, code: int) -> Integers:
        """The cells of one subject, in order."""
        start, end = self.subject_bounds[code : code + 2]
        found: Integers = self.by_subject[start:end]
        return found

    def cells_where(self, test: Callable[[str, str], Any]) -> Integers:
        """The cells whose indicator and breakdown pass a test, in order."""
        passed = np.array([bool(test(*subject)) for subject in self.subjects], np.bool_)
        return np.flatnonzero(passed[self.cell_subject])

    def leading(self, source: str = "") -> Leading:
        """The readings of every cell; of what is printed in `source` only, if given."""
        if source not in self._leading:
            chosen = self.interval != NONE
            if source:
                chosen &= _each(self._texts["source"], lambda p: within(p, source)).astype(np.bool_)
            self._leading[source] = self._led(np.flatnonzero(chosen))
        return self._leading[source]

    @cached_property
    def _distinct(self) -> Integers:
        """Interval code → a number that is the same where both ends are."""
        known: dict[Any, int] = {}
        same = [known.setdefault((i.low, i.high), len(known)) for i in self.intervals]
        return np.array([*same, NONE], np.int64)

    def _led(self, rows: Integers) -> Leading:
        size = len(self.intervals) + 1
        codes = self.cell[rows] * size + self._distinct[self.interval[rows]]
        rows = np.sort(rows[np.unique(codes, return_index=True)[1]])
        rows = rows[np.argsort(self.cell[rows], kind="stable")]
        cell = self.cell[rows]
        count = np.bincount(cell, minlength=self.cells + 1)
        start = np.cumsum(count) - count
        first = np.full(self.cells + 1, NONE, np.int64)
        first[cell[::-1]] = rows[::-1]
        return Leading(rows, cell, np.arange(len(rows)) - start[cell], first, count)

    @cached_property
    def keys(self) -> list[Key]:
        """What each cell is of."""
        codes = self.cell_subject * (len(self.years) + 1) + self.at_year(self.cell_year)
        _, first, which = np.unique(codes, return_index=True, return_inverse=True)
        subjects, years = self.cell_subject[first].tolist(), self.cell_year[first].tolist()
        kinds = [self.subjects[s].key(y) for s, y in zip(subjects, years, strict=True)]
        return [kinds[kind] for kind in which.tolist()]

    def key(self, cell: int) -> Key:
        """What one cell is of."""
        return self.keys[cell]

    @cached_property
    def _lists(self) -> Mapping[str, list[Any]]:
        """The columns of text, row by row, and the intervals."""
        texts = {
            n: [values[c] for c in codes.tolist()] for n, (codes, values) in self._texts.items()
        }
        intervals = [*self.intervals, None]
        return texts | {"quantity": [intervals[code] for code in self.interval.tolist()]}

    def cell_figures(self, cell: int) -> list[Figure]:
        """All printings of a cell."""
        return [self.figure(row) for row in self._rows_of(cell)]

    def reading(self, row: int, source: str = "") -> Reading:
        """The reading that a row leads."""
        found = self._readings.get((row, source))
        if found is None:
            figures = self.cell_figures(int(self.cell[row]))
            own = self.figure(row).quantity
            assert own is not None
            ends = (own.low, own.high)
            same = tuple(
                f
                for f in figures
                if (q := f.quantity) is not None
                and (q.low, q.high) == ends
                and (not source or within(f.source, source))
            )
            found = self._readings[row, source] = Reading(figures[0].key, own, same)
        return found

    def readings(self, cell: int) -> tuple[Reading, ...]:
        """The readings of a cell."""
        leading = self.leading()
        start = np.searchsorted(leading.cell, cell)
        return tuple(map(self.reading, leading.rows[start : start + leading.count[cell]].tolist()))

    def book(self, report: int) -> Book:
        """One report, by its number."""
        if report not in self._books:
            self._books[report] = Book(self, report)
        return self._books[report]

    def _rows_of(self, cell: int) -> list[int]:
        found: list[int] = self.by_cell[self.bounds[cell] : self.bounds[cell + 1]].tolist()
        return found

    def figure(self, row: int) -> Figure:
        """One printed figure."""
        found = self._figures.get(row)
        if found is None:
            text = self._lists
            found = self._figures[row] = Figure(
                self.keys[self.cell[row]],
                text["breakdown"][row],
                text["printed"][row],
                text["source"][row],
                text["file"][row],
                int(self.line[row]),
                text["status"][row],
                text["quantity"][row],
            )
        return found

    def with_status(self, statuses: Iterable[str]) -> Integers:
        """The rows of these statuses, in the order of the files within each report."""
        codes, values = self._texts["status"]
        chosen = np.flatnonzero(np.isin(codes, [n for n, v in enumerate(values) if v in statuses]))
        files = self._texts["file"]
        place = _each(files, {f: n for n, f in enumerate(sorted(files[1]))}.get)
        keys = (self.line[chosen], place[chosen], self.report[chosen])
        found: Integers = chosen[np.lexsort(keys)]
        return found


class Book:
    """The figures of one report of a table, by key.

    Attributes:
        year: of the report.
        cells: key → cell, the most authoritative figures first.
    """

    def __init__(self, table: Table, report: int) -> None:
        self.table, self.report = table, report
        self.year = int(table.of_year[report])
        start, end = table.starts[report : report + 2].tolist()
        self.cells = dict(zip(table.keys[start:end], range(start, end), strict=True))

    def readings(self, key: Key) -> tuple[Reading, ...]:
        """The values a key is printed with."""
        cell = self.cells.get(key)
        return () if cell is None else self.table.readings(cell)

    def first(self, key: Key) -> Reading | None:
        """The most authoritative reading, or None where the report gives no number."""
        cell = self.cells.get(key)
        row = NONE if cell is None else int(self.table.leading().first[cell])
        return None if row == NONE else self.table.reading(row)

    def figures(self, key: Key) -> list[Figure]:
        """All printings of a key."""
        cell = self.cells.get(key)
        return [] if cell is None else self.table.cell_figures(cell)

    @cached_property
    def by_indicator(self) -> Mapping[str, list[Key]]:
        """Indicator → its keys, in the order of the files."""
        found: dict[str, list[Key]] = {}
        start, end = self.table.starts[self.report : self.report + 2]
        for cell in (np.argsort(self.table.filed[start:end]) + start).tolist():
            key = self.table.keys[cell]
            found.setdefault(key.indicator, []).append(key)
        return found

    @cached_property
    def counts(self) -> Mapping[str, list[tuple[Decimal, int]]]:
        """Unit → value and first row of each exact reading, smallest first; without changes."""
        leading, table = self.table.leading(), self.table
        start, end = np.searchsorted(leading.cell, table.starts[self.report : self.report + 2])
        found: dict[str, list[tuple[Decimal, int]]] = {}
        for row, cell in zip(
            *(a[start:end].tolist() for a in (leading.rows, leading.cell)), strict=True
        ):
            key, interval = table.keys[cell], table.intervals[table.interval[row]]
            if interval.is_exact and not is_change(key.breakdown):
                own = found.setdefault(codebook.indicator(key.indicator)["unit"], [])
                own.append((interval.value, row))
        return {unit: sorted(own) for unit, own in found.items()}


@cache
def parts(breakdown: str) -> Mapping[str, str]:
    """A breakdown as dimension → value."""
    return MappingProxyType(codebook.parse_breakdown(breakdown))


def places(figures: Iterable[Figure]) -> str:
    """The sources of several figures, each once."""
    return "、".join(dict.fromkeys(figure.source for figure in figures))


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


def coded(values: Iterable[Any]) -> Coded:
    """The code of each value, and the value of each code."""
    known: dict[Any, int] = {}
    codes = np.array([known.setdefault(value, len(known)) for value in values], np.int64)
    return codes, list(known)


def _each(column: Coded, of: Callable[[Any], Any]) -> Integers:
    """A number for each row, worked out once for each different value."""
    return np.array([of(value) for value in column[1]], np.int64)[column[0]]


def _subjects(indicators: Coded, breakdowns: Coded) -> tuple[tuple[Subject, ...], Integers]:
    """What rows are of, and which of them each row is of."""
    same, names = coded(map(sorted_key, breakdowns[1]))
    codes = indicators[0] * max(len(names), 1) + (same[breakdowns[0]] if len(same) else 0)
    found, inverse = np.unique(codes, return_inverse=True)
    pairs = (divmod(code, len(names)) for code in found.tolist())
    return tuple(Subject(indicators[1][i], names[b]) for i, b in pairs), inverse.astype(np.int64)
