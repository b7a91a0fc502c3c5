"""What the form asks for and a report does not give."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from qzanalysis.audit import completeness
from qzanalysis.audit.figures import Book, Key
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.panel.batches import Batch, Doubt
from qzanalysis.audit.panel.columns import NOWHERE, Columns, Subject


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
