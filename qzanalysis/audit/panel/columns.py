"""The figures of many reports in columns: a cell for each key of each report.

Reports print different figures, so that nothing here is a table of reports by keys: a *cell* is
what one report has of one key, and `Columns.grid` finds the cells of one subject (an indicator with
a breakdown) in all reports and years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qzanalysis.audit.figures import Key, within
from qzanalysis.audit.panel.nearly import Near, Span, Truths
from qzanalysis.figures.intervals import Interval

Integers: TypeAlias = NDArray[np.int64]
NOWHERE: Final = -1  # the cell of what a report does not print


PARTS: Final = ("read", "value", "low", "high")  # of a number, as they are kept


class Subject(NamedTuple):
    """What figures are of, whatever the year."""

    indicator: str
    breakdown: str

    def key(self, year: int = 0) -> Key:
        """The key of a year."""
        return Key(self.indicator, self.breakdown, year)


@dataclass(frozen=True, eq=False)
class Rows:
    """The printed figures, those of a report together and the most authoritative first.

    A column of texts is its codes and the text of each; `number` says which rows have one.
    """

    report: Integers
    subject: Integers
    year: Integers  # which of `Columns.years`
    filed: Integers  # the place in the order of the files
    number: Truths
    texts: Mapping[str, tuple[Integers, list[str]]]
    row: Integers
    decimals: Integers

    def where(self, name: str, test: Callable[[str], bool]) -> Truths:
        """The rows whose text passes a test, which is made once for each text."""
        codes, texts = self.texts[name]
        passed: Truths = np.array([test(text) for text in texts], np.bool_)[codes]
        return passed


@dataclass(frozen=True, eq=False)
class Readings:
    """What each cell says, printed anywhere or in one source.

    Attributes:
        span: the first reading of each cell, not known where it has no number; one place more than
            there are cells, which stands for no cell.
        values: how many different readings.
        numbers: how many figures with a number.
        first: the row of the first reading.
    """

    span: Span
    values: Integers
    numbers: Integers
    first: Integers


@dataclass(frozen=True, eq=False)
class Columns:
    """The figures of several reports.

    Attributes:
        names: of the reports, the years of a school one after the other.
        of_year: the year of each report.
        years: every year any figure is of, earlier first.
        subjects: everything any figure is of.
        rows: the figures.
        cell: the cell of each row; cells are numbered by report, in the order of their first row.
        report, subject, year: of each cell.
    """

    names: tuple[str, ...]
    of_year: Integers
    years: Integers
    subjects: tuple[Subject, ...]
    rows: Rows
    cell: Integers
    report: Integers
    subject: Integers
    year: Integers
    _grids: dict[tuple[Subject, int], Integers] = field(default_factory=dict, init=False)
    _readings: dict[str, Readings] = field(default_factory=dict, init=False)

    @property
    def shape(self) -> tuple[int, int]:
        """How many reports, and years."""
        return len(self.names), len(self.years)

    @cached_property
    def codes(self) -> Mapping[Subject, int]:
        """Subject → its number."""
        return {subject: code for code, subject in enumerate(self.subjects)}

    @cached_property
    def by_indicator(self) -> Mapping[str, list[Subject]]:
        """Indicator → its subjects."""
        found: dict[str, list[Subject]] = {}
        for subject in self.subjects:
            found.setdefault(subject.indicator, []).append(subject)
        return found

    @cached_property
    def printed(self) -> Truths:
        """Reports by years: whether a report prints any figure of a year."""
        found = np.zeros(self.shape, np.bool_)
        found[self.report, self.year] = True
        return found

    @cached_property
    def empty(self) -> Truths:
        """The cells with a figure that is no number; none where there is no cell."""
        found = np.zeros(len(self.cell_starts) + 1, np.bool_)
        found[self.cell[~self.rows.number]] = True
        return found

    @cached_property
    def filed(self) -> Integers:
        """The place of each cell in the order of the files."""
        found = np.full(len(self.report), len(self.cell), np.int64)
        np.minimum.at(found, self.cell, self.rows.filed)
        return found

    @cached_property
    def cell_starts(self) -> Integers:
        """Where the rows of each cell begin in `by_cell`."""
        found: Integers = np.searchsorted(self.cell[self.by_cell], np.arange(len(self.report)))
        return found

    @cached_property
    def by_cell(self) -> Integers:
        """The rows by cells, the most authoritative of each first."""
        return np.argsort(self.cell, kind="stable")

    @cached_property
    def starts(self) -> Integers:
        """The first cell of each report, and the end of the last one's."""
        return np.searchsorted(self.report, np.arange(len(self.names) + 1))

    @cached_property
    def kinds(self) -> tuple[list[Key], Integers]:
        """Every key of any report, and which one each cell is of."""
        size = len(self.years)
        found, inverse = np.unique(self.subject * size + self.year, return_inverse=True)
        pairs = zip((found // size).tolist(), self.years[found % size].tolist(), strict=True)
        keys = [self.subjects[subject].key(year) for subject, year in pairs]
        return keys, inverse.astype(np.int64)

    @cached_property
    def before(self) -> Integers:
        """The cell of the same key in the school's report before, or `NOWHERE`."""
        schools = [name.partition("/")[0] for name in self.names]
        same = np.array([at and schools[at] == schools[at - 1] for at in range(len(schools))])
        _, kinds = self.kinds
        size = kinds.max(initial=0) + 1
        codes = self.report * size + kinds
        order = np.argsort(codes)
        wanted = np.where(same[self.report], codes - size, -1)
        at = np.minimum(np.searchsorted(codes[order], wanted), len(order) - 1)
        found: Integers = np.where(codes[order][at] == wanted, order[at], NOWHERE)
        return found

    @cached_property
    def year_before(self) -> Integers:
        """The cell of the same subject a year before in the same report, or `NOWHERE`."""
        found = np.full(len(self.report), NOWHERE, np.int64)
        for code, subject in enumerate(self.subjects):
            own = self._by_subject[1][slice(*self._by_subject[0][code : code + 2])]
            found[own] = self.grid(subject, -1)[self.report[own], self.year[own]]
        return found

    @cached_property
    def leading(self) -> Integers:
        """The first row of each reading."""
        rows = np.flatnonzero(self.rows.number)
        kinds = self.intervals.max(initial=0) + 1
        _, first = np.unique(self.cell[rows] * kinds + self.intervals[rows], return_index=True)
        return rows[first]

    @cached_property
    def _by_subject(self) -> tuple[Integers, Integers]:
        order = np.argsort(self.subject, kind="stable")
        return np.searchsorted(self.subject[order], np.arange(len(self.subjects) + 1)), order

    def grid(self, subject: Subject, year: int = 0) -> Integers:
        """Reports by years: the cells of a subject, so many years from each year or in one year."""
        if (subject, year) not in self._grids:
            self._grids[subject, year] = self._grid(subject)[:, self._shifted(year)]
        return self._grids[subject, year]

    def _grid(self, subject: Subject) -> Integers:
        """The cells of a subject, with one column more for years nobody prints."""
        found = np.full((len(self.names), len(self.years) + 1), NOWHERE, np.int64)
        code = self.codes.get(subject)
        if code is not None:
            starts, order = self._by_subject
            own = order[starts[code] : starts[code + 1]]
            found[self.report[own], self.year[own]] = own
        return found

    def _shifted(self, year: int) -> Integers:
        wanted = np.full_like(self.years, year) if year > 1000 else self.years + year
        at = np.minimum(np.searchsorted(self.years, wanted), len(self.years) - 1)
        found: Integers = np.where(self.years[at] == wanted, at, len(self.years))
        return found

    def readings(self, source: str = "") -> Readings:
        """What each cell says; of what is printed in `source` only, if given."""
        if source not in self._readings:
            chosen = self.rows.number
            if source:
                chosen = chosen & self.rows.where("source", lambda place: within(place, source))
            self._readings[source] = self._read(np.flatnonzero(chosen))
        return self._readings[source]

    def _read(self, chosen: Integers) -> Readings:
        """Of some rows, which are in the order of authority."""
        size, cells = len(self.report), self.cell[chosen]
        found, at = np.unique(cells, return_index=True)
        first = np.full(size + 1, NOWHERE, np.int64)
        first[found] = chosen[at]
        kinds = self.intervals.max(initial=0) + 1
        different = np.unique(cells * kinds + self.intervals[chosen]) // kinds
        return Readings(
            self.spans.take(first),
            np.bincount(different, minlength=size + 1),
            np.bincount(cells, minlength=size + 1),
            first,
        )

    @cached_property
    def spans(self) -> Span:
        """What each row stands for; a place more, not known, for no row."""
        return Span(*(self._near(name) for name in ("value", "low", "high")))

    def _near(self, name: str) -> Near:
        codes, texts = self.rows.texts[name]
        exact = Near.of([*(Decimal(text or "NaN") for text in texts), Decimal("NaN")])
        return exact.take(np.append(codes, len(texts)))

    @cached_property
    def intervals(self) -> Integers:
        """The interval of each row: equal where low and high are equal as numbers."""
        low, high = (self._numbered(name) for name in ("low", "high"))
        found: Integers = low * (high.max(initial=0) + 1) + high
        return found

    def _numbered(self, name: str) -> Integers:
        codes, texts = self.rows.texts[name]
        known: dict[Decimal | str, int] = {}
        same = [known.setdefault(Decimal(text) if text else "", len(known)) for text in texts]
        return np.array(same, np.int64)[codes]

    def shapes(self) -> Iterator[tuple[tuple[Key, ...], list[int]]]:
        """What reports print, as keys of year 0, and which reports print just that."""
        found: dict[bytes, list[int]] = {}
        for report, (start, end) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            printed, first = np.unique(self.subject[start:end], return_index=True)
            shape = printed[np.argsort(first)].tobytes()
            found.setdefault(shape, []).append(report)
        for shape, reports in found.items():
            codes = np.frombuffer(shape, np.int64).tolist()
            yield tuple(self.subjects[code].key() for code in codes), reports

    def rows_of(self, cell: int) -> list[int]:
        """The rows of a cell, the most authoritative first."""
        end = self.cell_starts[cell + 1] if cell + 1 < len(self.cell_starts) else len(self.cell)
        found: list[int] = self.by_cell[self.cell_starts[cell] : end].tolist()
        return found

    @cached_property
    def lists(self) -> Mapping[str, list[str]]:
        """The texts of every row."""
        return {
            name: [texts[code] for code in codes.tolist()]
            for name, (codes, texts) in self.rows.texts.items()
        }

    def quantity(self, row: int) -> Interval:
        """The number of a row that has one."""
        read, value, low, high = (self.lists[name][row] for name in PARTS)
        return quantity(read, value, low, high, int(self.rows.decimals[row]))


@lru_cache(maxsize=100_000)
def quantity(read: str, value: str, low: str, high: str, decimals: int) -> Interval:
    """A quantity from its parts as they are kept."""
    return Interval(Decimal(value), Decimal(low), Decimal(high), read, decimals)
