"""All rules over the figures of one report or of many."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, Final

from qzanalysis.audit import (
    completeness,
    grim,
    peers,
    ranges,
    relations,
    repeats,
    standards,
)
from qzanalysis.audit.advice import advice
from qzanalysis.audit.book import Book, Figure, Key
from qzanalysis.audit.findings import Finding, in_order
from qzanalysis.audit.localise import localise
from qzanalysis.reports.memory import remembered
from qzanalysis.reports.report import Report, sorted_key

COLUMNS: Final = ("indicator", "year", *Figure._fields[1:])
Row = tuple[Any, ...]  # of these columns


def run(report: Report) -> list[Finding]:
    """Test every relation between the figures of a report.

    Where values were decided (`corrections`), they are what is tested; `report.as_printed()` tests
    what stands in the report.

    Returns:
        Findings, worst first, in an order that depends on the figures only.
    """
    both = (one for one in (report, report.previous) if one)
    return list(_findings(tuple((one.year, _rows(one)) for one in both)))


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off the collection of cyclic garbage: a report makes none, and it takes a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


@remembered
@uncollected()
def _findings(reports: tuple[tuple[int, tuple[Row, ...]], ...]) -> tuple[Finding, ...]:
    """What `run` returns, from year and rows of a report and of the school's report before it."""
    book, *earlier = (book_of(*one) for one in reports)
    cases = list(relations.cases(book))
    found = [*(case.finding for case in cases), *others(book, *earlier)]
    given = advice(book, cases, found, localise(book, cases))
    return tuple(
        in_order(replace(f, suggestion=given[f.id]) if f.id in given else f for f in found)
    )


def others(book: Book, earlier: Book | None = None) -> Iterator[Finding]:
    """The findings of all that is not a relation between figures."""
    for module in (repeats, ranges, grim, peers, standards, completeness):
        yield from module.findings(book)
    if earlier is not None:
        yield from repeats.restated(book, earlier)


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
