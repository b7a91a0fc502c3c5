"""Programmes beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np

from qzanalysis.audit import peers
from qzanalysis.audit.figures import Book, fits
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.panel.batches import Batch, Doubt
from qzanalysis.audit.panel.columns import Columns, Integers, Subject


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
