"""All rules over the figures of one report or of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

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
from qzanalysis.audit.book import Book, Figure, Key
from qzanalysis.audit.findings import Finding, in_order
from qzanalysis.audit.localise import localise
from qzanalysis.reports.memory import remembered
from qzanalysis.reports.report import Report, sorted_key

COLUMNS = (
    "indicator",
    "year",
    "breakdown",
    "printed",
    "source",
    "file",
    "row",
    "status",
    "quantity",
)
Row = tuple[Any, ...]  # of these columns


def run(report: Report) -> list[Finding]:
    """Test every relation between the figures of a report.

    Where values were decided (`corrections`), they are what is tested; `report.as_printed()` tests
    what stands in the report.

    Returns:
        Findings, worst first, in an order that depends on the figures only.
    """
    earlier = report.previous
    rows = (
        _rows(report),
        report.year,
        _rows(earlier) if earlier else (),
        earlier.year if earlier else 0,
    )
    return list(_findings(rows))


@remembered
def _findings(rows: tuple[tuple[Row, ...], int, tuple[Row, ...], int]) -> tuple[Finding, ...]:
    """What `run` returns, from rows and year of a report and of the school's report before it."""
    book, earlier = book_of(rows[1], rows[0]), book_of(rows[3], rows[2]) if rows[3] else None
    cases = list(relations.cases(book))
    found = [*(case.finding for case in cases), *others(book, earlier)]
    told = advice(book, cases, found, localise(book, cases))
    return tuple(in_order(replace(f, suggestion=told[f.id]) if f.id in told else f for f in found))


def others(book: Book, earlier: Book | None) -> Iterator[Finding]:
    """The findings of all that is not a relation between figures."""
    for module in (repeats, ranges, grim, peers, standards, completeness):
        yield from module.findings(book)
    if earlier is not None:
        yield from restated.findings(book, earlier)


def book(report: Report) -> Book:
    """The figures of a report."""
    return book_of(report.year, _rows(report))


def _rows(report: Report) -> tuple[Row, ...]:
    return tuple(zip(*(report.observations[name].to_list() for name in COLUMNS), strict=True))


def book_of(year: int, rows: Iterable[Row]) -> Book:
    """The figures in rows."""
    return Book(
        year,
        (
            Figure(Key(indicator, _sorted(breakdown), of), breakdown, *rest)
            for indicator, of, breakdown, *rest in rows
        ),
    )


_sorted = cache(sorted_key)
