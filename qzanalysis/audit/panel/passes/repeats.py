"""Figures printed more than once, and numbers that may stand under two years."""

from __future__ import annotations

import numpy as np

from qzanalysis.audit import repeats
from qzanalysis.audit.lookup import chapter
from qzanalysis.audit.panel.batches import Batch, doubts_of_cells, of_cells
from qzanalysis.audit.panel.columns import Columns


def repeated(columns: Columns) -> Batch:
    """A figure printed more than once: it agrees where all printings have one reading."""
    readings = columns.readings()
    several = readings.numbers[:-1] > 1
    one = readings.values[:-1] == 1
    yield of_cells(columns, several & one, repeats.named, chapter, "same_figure")
    yield from doubts_of_cells(columns, several & ~one, repeats.of_key)


def shifted(columns: Columns) -> Batch:
    """A number that may stand under two years: it has decimals, and the year before as well."""
    readings, before = columns.readings(), columns.year_before
    decimals = np.zeros(len(columns.report) + 1, np.bool_)
    decimals[columns.cell[columns.rows.number & (columns.rows.decimals != 0)]] = True
    now, then = readings.span.value, readings.span.value.take(before)
    apart = now.take(np.arange(len(before)))
    single = (readings.values[:-1] == 1) & (readings.values[before] == 1)
    other = single & (apart.less(then) | then.less(apart))
    both = (readings.values[:-1] > 0) & (readings.values[before] > 0)
    yield from doubts_of_cells(columns, decimals[:-1] & both & ~other, repeats.shifted)
