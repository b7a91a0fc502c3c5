"""From the table of figures, as `cache` keeps it, to columns."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from qzanalysis.audit.panel import kept
from qzanalysis.audit.panel.columns import PARTS, Columns, Integers, Rows, Subject
from qzanalysis.reports.loading import authority, sorted_key

_TEXTS: Final = ("indicator", "breakdown", "printed", "source", "file", "status", *PARTS)


def columns(table: pa.Table) -> Columns:
    """The figures of a table as `cache` keeps it, reports whole and those of a school together."""
    texts = {name: kept.coded(table.column(name)) for name in _TEXTS}
    names, of_year, size = zip(
        *((name, int(name.partition("/")[2]), size) for name, _, size in kept.spans(table)),
        strict=True,
    )
    years, year = np.unique(table.column("year").to_numpy(), return_inverse=True)
    subjects, subject = _subjects(texts["indicator"], texts["breakdown"])
    codes, sources = texts["source"]
    rank = np.array([authority(source) for source in sources], np.int64)[codes]
    codes, files = texts["file"]
    place = np.argsort(np.argsort(np.array(files, object)))[codes]
    report = np.repeat(np.arange(len(names)), size)
    row = table.column("row").to_numpy()
    order = np.lexsort((row, place, rank, report))
    filed = np.argsort(np.lexsort((row, place, report)))
    decimals = table.column("decimals")
    rows = Rows(
        report[order],
        subject[order],
        year[order].astype(np.int64),
        filed[order],
        decimals.is_valid().to_numpy()[order],
        {name: (codes[order], values) for name, (codes, values) in texts.items()},
        row[order],
        decimals.fill_null(0).to_numpy()[order],
    )
    cell, report, subject, year = _cells(rows, len(subjects), len(years))
    return Columns(
        names,
        np.array(of_year),
        years.astype(np.int64),
        subjects,
        rows,
        cell,
        report,
        subject,
        year,
    )


def _subjects(
    indicators: tuple[Integers, list[str]], breakdowns: tuple[Integers, list[str]]
) -> tuple[tuple[Subject, ...], Integers]:
    """What rows are of, and which of them each row is of."""
    known: dict[str, int] = {}
    same = [known.setdefault(sorted_key(text), len(known)) for text in breakdowns[1]]
    codes = indicators[0] * len(known) + np.array(same, np.int64)[breakdowns[0]]
    found, inverse = np.unique(codes, return_inverse=True)
    names = list(known)
    pairs = zip((found // len(known)).tolist(), (found % len(known)).tolist(), strict=True)
    subjects = tuple(Subject(indicators[1][first], names[second]) for first, second in pairs)
    return subjects, inverse.astype(np.int64)


def _cells(rows: Rows, subjects: int, years: int) -> tuple[Integers, ...]:
    """The cell of each row; the report, subject and year of each cell."""
    codes = (rows.report * subjects + rows.subject) * years + rows.year
    found, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    found = found[order]
    return rank[inverse], found // years // subjects, found // years % subjects, found % years
