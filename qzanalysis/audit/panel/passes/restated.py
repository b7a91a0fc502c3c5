"""What the report before prints otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from qzanalysis.audit import restated
from qzanalysis.audit.figures import Book, Key
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.panel.batches import Batch, Doubt
from qzanalysis.audit.panel.columns import Columns


def restatements(columns: Columns) -> Batch:
    """A figure that the report before prints with another value."""
    readings, before = columns.readings(), columns.before
    now = readings.span.take(np.arange(len(before)))
    both = (readings.values[:-1] > 0) & (readings.values[before] > 0)
    apart = both & ~now.meets(readings.span.take(before))
    keys, kinds = columns.kinds
    for cell in np.flatnonzero(apart).tolist():
        yield Doubt(int(columns.report[cell]), cell, partial(_restated, keys[kinds[cell]]))


def _restated(key: Key, book: Book, before: Book | None) -> Iterable[Finding]:
    return restated.of_key(book, before, key)
