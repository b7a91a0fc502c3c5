"""All rules over the figures of one report or of many."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Final

import numpy as np

from qzanalysis.audit import (
    completeness,
    grim,
    peers,
    ranges,
    relations,
    repeats,
    restated,
    standards,
)
from qzanalysis.audit.advice import advice
from qzanalysis.audit.batches import Batch
from qzanalysis.audit.findings import Finding, in_order
from qzanalysis.audit.localise import localise
from qzanalysis.audit.table import NONE, TEXTS, Table, coded
from qzanalysis.reports.loading import Report
from qzanalysis.reports.memory import remembered

_OTHERS: Final = (repeats, ranges, grim, peers, standards, completeness, restated)
_COLUMNS: Final = (*TEXTS, "year", "row", "quantity")
Rows = tuple[tuple[Hashable, ...], ...]


def run(report: Report) -> list[Finding]:
    """Test every relation between the figures of a report.

    Where values were decided (`corrections`), they are what is tested; `report.as_printed()` tests
    what stands in the report.

    Returns:
        Findings, worst first, in an order that depends on the figures only.
    """
    earlier = (report.previous,) if report.previous else ()
    return list(_findings(tuple((one.year, _rows(one)) for one in (*earlier, report))))


def table_of(*reports: Report) -> Table:
    """The figures of the reports of one school, earlier ones first."""
    return _table(tuple((report.year, _rows(report)) for report in reports))


def staged(table: Table) -> Iterator[tuple[int, int, Batch]]:
    """Every rule over every report of a table: the number of the module and of the batch, and it."""
    for stage, module in enumerate((relations, *_OTHERS)):
        for number, batch in enumerate(module.batches(table)):
            yield stage, number, batch


@remembered
def _findings(reports: tuple[tuple[int, Rows], ...]) -> tuple[Finding, ...]:
    """What `run` returns, from year and rows of the school's earlier report, if any, and this one."""
    table = _table(reports)
    last = len(reports) - 1
    tested = [one for one in relations.tested(table) if one.group.cases.report[one.case] == last]
    found = [one.finding for one in tested]
    for batch in chain.from_iterable(module.batches(table) for module in _OTHERS):
        for case in np.flatnonzero(batch.report == last).tolist():
            found += batch.findings(case)
    book = table.book(last)
    told = advice(book, tested, found, localise(book, tested))
    return tuple(in_order(replace(f, suggestion=told[f.id]) if f.id in told else f for f in found))


def _rows(report: Report) -> Rows:
    columns = (report.observations[name].to_list() for name in _COLUMNS)
    return tuple(zip(*columns, strict=True))


def _table(reports: tuple[tuple[int, Rows], ...]) -> Table:
    rows = [row for _, own in reports for row in own]
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True) if rows else [()] * 9, strict=True))
    known: dict[object, int] = {None: NONE}
    intervals: list[object] = []
    for quantity in columns["quantity"]:
        if quantity not in known:
            known[quantity] = len(intervals)
            intervals.append(quantity)
    codes = np.array([known[quantity] for quantity in columns["quantity"]], np.int64)
    report = np.repeat(np.arange(len(reports)), [len(own) for _, own in reports])
    year, line = (np.array(columns[name], np.int64) for name in ("year", "row"))
    texts = {name: coded(columns[name]) for name in TEXTS}
    places = [("", year) for year, _ in reports]
    return Table(places, report, year, line, texts, (codes, intervals))
