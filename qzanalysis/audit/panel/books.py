"""Reports in columns one by one, as the exact rules read them.

Their figures are made when they are asked for: of most reports only a few are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from qzanalysis.audit.figures import Book, Figure, Key, countable, listed
from qzanalysis.audit.panel.columns import Columns
from qzanalysis.audit.panel.nearly import Near, Truths


class Books:
    """The reports of some columns."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._units: dict[str, Truths] = {}

    def __getitem__(self, report: int) -> Book:
        """One report, by its number."""
        columns, own = self._columns, self._own(report)
        keys, kinds = columns.kinds
        found = [keys[kind] for kind in kinds[own].tolist()]
        cells = dict(zip(found, range(own.start, own.stop), strict=True))
        years = tuple(columns.years[columns.printed[report]].tolist())
        filed = listed(found[at] for at in np.argsort(columns.filed[own]).tolist())
        shelf = _Shelf(self, cells)
        return _Shelved(int(columns.of_year[report]), years, shelf, filed, self, report)

    def likely(self, report: int, unit: str, low: Decimal, high: Decimal) -> list[Key]:
        """Keys of a report, in a unit, that may have a value within a range."""
        readings, own = self._columns.readings(), self._own(report)
        keys, kinds = self._columns.kinds
        here = readings.span.value.take(np.arange(own.start, own.stop))
        apart = here.less(Near.of([low])) | Near.of([high]).less(here)
        apart &= readings.values[own] == 1
        return [keys[kind] for kind in kinds[own][self._countable(unit)[kinds[own]] & ~apart]]

    def figures(self, cell: int) -> list[Figure]:
        """The figures of one cell, the most authoritative first."""
        columns = self._columns
        keys, kinds = columns.kinds
        return [self._figure(keys[kinds[cell]], row) for row in columns.rows_of(cell)]

    def _own(self, report: int) -> slice:
        """The cells of a report."""
        start, end = self._columns.starts[report : report + 2].tolist()
        return slice(start, end)

    def _countable(self, unit: str) -> Truths:
        """The kinds of cells in a unit."""
        if unit not in self._units:
            keys, _ = self._columns.kinds
            self._units[unit] = np.array([countable(key, unit) for key in keys], np.bool_)
        return self._units[unit]

    def _figure(self, key: Key, row: int) -> Figure:
        rows, texts = self._columns.rows, self._columns.lists
        return Figure(
            key,
            texts["breakdown"][row],
            texts["printed"][row],
            texts["source"][row],
            texts["file"][row],
            int(rows.row[row]),
            texts["status"][row],
            self._columns.quantity(row) if rows.number[row] else None,
        )


@dataclass(frozen=True)
class _Shelved(Book):
    books: Books
    report: int

    def likely(self, unit: str, low: Decimal, high: Decimal) -> Iterable[Key]:
        """The same from the columns, where most keys are known not to be."""
        return self.books.likely(self.report, unit, low, high)


class _Shelf(Mapping[Key, Sequence[Figure]]):
    """Key → its figures in one report, made when they are asked for."""

    def __init__(self, books: Books, cells: Mapping[Key, int]) -> None:
        self._books, self._cells = books, cells

    def __getitem__(self, key: Key) -> Sequence[Figure]:
        return self._books.figures(self._cells[key])

    def get(self, key: Key, default: Sequence[Figure] = ()) -> Sequence[Figure]:  # type: ignore[override]
        """The figures of a key, or of none."""
        cell = self._cells.get(key)
        return default if cell is None else self._books.figures(cell)

    def __contains__(self, key: object) -> bool:
        return key in self._cells

    def __iter__(self) -> Iterator[Key]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)
