"""Every rule over the reports of a table: in columns what agrees for certain, exactly the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Any, Final

import numpy as np
import pyarrow as pa

from qzanalysis.audit.figures import Book
from qzanalysis.audit.findings import AGREE, Finding
from qzanalysis.audit.panel.batches import Agreed, Doubt
from qzanalysis.audit.panel.books import Books
from qzanalysis.audit.panel.columns import Columns, Integers
from qzanalysis.audit.panel.passes import PASSES
from qzanalysis.audit.panel.reading import columns

COLUMNS: Final = pa.schema(
    [
        ("school", pa.string()),
        ("report_year", pa.int16()),
        ("id", pa.string()),
        ("chapter", pa.int8()),
        ("rule", pa.string()),
        ("verdict", pa.string()),
        ("severity", pa.string()),
        ("statement", pa.string()),
        ("recomputed", pa.string()),
        ("difference", pa.string()),
    ]
)
_REPORT: Final = ("school", "report_year")
_TOLD: Final = ("statement", "recomputed", "difference")  # only where figures do not agree
_PLACE: Final = ("report", "stage", "place", "number")  # of a finding among all
_ORDER: Final = pa.schema([(name, pa.int64()) for name in _PLACE])
_SORTED: Final = [(name, "ascending") for name in _PLACE]
_FIELDS: Final = [field for field in COLUMNS if field.name not in _REPORT]
_ALL: Final = pa.schema([*_ORDER, *_FIELDS])


def tested(table: pa.Table, wanted: AbstractSet[str]) -> pa.Table:
    """The findings of reports.

    Args:
        table: figures as `cache` keeps them, reports whole and those of a school together.
        wanted: the reports that are tested; others are there to be compared with.

    Returns:
        A row for each finding (`COLUMNS`), in the order in which the exact rules give them.
    """
    figures = columns(table)
    chosen = np.array([name in wanted for name in figures.names], np.bool_)
    bulk: list[pa.Table] = []
    doubts: list[tuple[int, Doubt]] = []
    with np.errstate(all="ignore"):  # what is not known is NaN, and meant
        for stage, batch in enumerate(PASSES):
            for found in batch(figures):
                if isinstance(found, Agreed):
                    bulk.append(_agreed(stage, found, chosen))
                elif chosen[found.report]:
                    doubts.append((stage, found))
    whole = pa.concat_tables([*bulk, _exact(figures, doubts)]).sort_by(_SORTED)
    return _named(whole, figures)


def _agreed(stage: int, found: Agreed, chosen: np.ndarray[Any, Any]) -> pa.Table:
    own = np.flatnonzero(chosen[found.report])
    size = len(own)
    columns_ = {
        "report": found.report[own],
        "stage": np.full(size, stage),
        "place": found.place[own],
        "number": np.zeros(size, np.int64),
        "id": found.id[own],
        "chapter": found.chapter[own].astype(np.int8),
        "rule": np.full(size, found.rule, object),
        "verdict": found.verdict[own],
        "severity": found.severity[own],
        **{name: pa.nulls(size, pa.string()) for name in _TOLD},
    }
    return pa.table(columns_, schema=_ALL)


def _exact(figures: Columns, doubts: Iterable[tuple[int, Doubt]]) -> pa.Table:
    """What the exact rules say, report by report."""
    cells: dict[str, list[Any]] = {name: [] for name in _ALL.names}
    shelves = Books(figures)
    books: dict[int, Book] = {}
    ordered = sorted(doubts, key=lambda pair: pair[1].report)
    for report, asked in groupby(ordered, key=lambda pair: pair[1].report):
        books = {at: books.get(at) or shelves[at] for at in _own(figures, report)}
        for stage, doubt in asked:
            found = doubt.ask(books[report], books.get(report - 1))
            for number, finding in enumerate(found):
                _add(cells, (report, stage, doubt.place, number), finding)
    return pa.table(cells, schema=_ALL)


def _own(figures: Columns, report: int) -> Iterator[int]:
    """A report, and the school's report before it."""
    if report and _school(figures, report - 1) == _school(figures, report):
        yield report - 1
    yield report


def _school(figures: Columns, report: int) -> str:
    return figures.names[report].partition("/")[0]


def _add(cells: dict[str, list[Any]], place: tuple[int, ...], finding: Finding) -> None:
    for name, number in zip(_PLACE, place, strict=True):
        cells[name].append(number)
    agrees = finding.verdict in AGREE
    for field in _FIELDS:
        told = None if agrees and field.name in _TOLD else getattr(finding, field.name)
        cells[field.name].append(told)


def _named(whole: pa.Table, figures: Columns) -> pa.Table:
    """The findings with school and year instead of their place."""
    report: Integers = whole.column("report").to_numpy()
    schools = pa.array([_school(figures, at) for at in range(len(figures.names))])
    years = pa.array(figures.of_year, pa.int16())
    told = [whole.column(field.name) for field in _FIELDS]
    return pa.table([schools.take(pa.array(report)), years.take(pa.array(report)), *told], COLUMNS)
