"""Official standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from qzanalysis import codebook
from qzanalysis.audit import standards
from qzanalysis.audit.figures import Book
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.lookup import chapter
from qzanalysis.audit.panel.batches import Batch, Doubt, agreed
from qzanalysis.audit.panel.columns import Columns, Subject
from qzanalysis.audit.panel.estimate import estimate
from qzanalysis.audit.panel.nearly import Near, Span, Truths


def thresholds(columns: Columns) -> Batch:
    """Official standards: met or not met by all of a report's figures, or to be asked for."""
    for number, (name, row) in enumerate(codebook.standards().to_dict("index").items()):
        yield from _threshold(number, str(name), row, columns)


def _threshold(number: int, name: str, row: Mapping[Any, Any], columns: Columns) -> Batch:
    readings, size = columns.readings(), len(columns.years)
    indicator = str(row["indicator"])
    grid = columns.grid(Subject(indicator, ""))
    values = readings.values[grid]
    ratio = standards.ratio_of(indicator)
    computed = None if ratio is None else estimate(ratio, columns)
    met, unmet = _met(row, readings.span.take(grid), columns)
    sides = [(values > 0, met, unmet)]
    if computed is not None:
        sides.append((~computed.missing, *_met(row, computed.span, columns)))
    there = np.logical_or.reduce([present for present, _, _ in sides])
    good = np.logical_and.reduce([yes | ~present for present, yes, _ in sides])
    bad = np.logical_and.reduce([no | ~present for present, _, no in sides])
    asked = there & columns.printed
    sure = asked & (good | bad) & (values <= 1)
    report, year = np.nonzero(sure)
    yield agreed(
        report,
        number * size + year,
        (standards.named(name, year) for year in columns.years.tolist()),
        [chapter(indicator)] * size,
        year,
        "standard",
        "holds",
        np.where(good[report, year], "none", "medium").astype(object),
    )
    for report_, year_ in np.argwhere(asked & ~sure).tolist():
        ask = partial(_standard, name, row, int(columns.years[year_]))
        yield Doubt(report_, number * size + year_, ask)


def _met(row: Mapping[Any, Any], span: Span, columns: Columns) -> tuple[Truths, Truths]:
    """Where a value certainly meets a threshold, and where it certainly does not."""
    edge = Near.exact(standards.threshold_of(row))
    if row["comparison"] == "at_least":
        found = edge.at_most(span.low), span.high.less(edge)
    elif row["comparison"] == "at_most":
        found = span.high.at_most(edge), edge.less(span.low)
    else:
        found = np.zeros((1, 1), np.bool_), np.zeros((1, 1), np.bool_)
    return np.broadcast_to(found[0], columns.shape), np.broadcast_to(found[1], columns.shape)


def _standard(
    name: str, row: Mapping[Any, Any], year: int, book: Book, before: Book | None
) -> Iterable[Finding]:
    return standards.of_year(book, name, row, year)
