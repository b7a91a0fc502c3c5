"""Many reports at once: the figures of every school and year, and every rule over them.

    figures = panel.observations()
    found = panel.findings()

Figures and findings are stored beside the data (see `store`); what has changed is read and tested
again, several processes at a time. Needs the extra `panel` (pyarrow).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, partial
from operator import attrgetter
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qzanalysis import codebook
from qzanalysis.audit import engine, relations, store
from qzanalysis.audit.book import Book
from qzanalysis.audit.findings import AGREE, VERDICTS, Finding
from qzanalysis.errors import BadData, Problem
from qzanalysis.figures.intervals import Interval
from qzanalysis.figures.quantities import parse
from qzanalysis.reports import loading, processes

FILES: Final = {False: ".panel-findings.parquet", True: ".panel-findings-decided.parquet"}
FINDINGS: Final = pa.schema(
    [
        ("school", pa.string()),
        ("report_year", pa.int16()),
        ("id", pa.string()),
        ("chapter", pa.int8()),
        *((name, pa.string()) for name in ("rule", "verdict", "severity")),
        *((name, pa.string()) for name in ("statement", "recomputed", "difference")),
    ]
)
_FIELDS: Final = attrgetter(*FINDINGS.names[2:])
_WORDS: Final = FINDINGS.names.index("statement") - 2  # empty from here on where figures agree
_AT_A_TIME: Final = 20  # reports read by one task


def observations(data: Path | str | None = None) -> pd.DataFrame:
    """Every figure of every report, a row each.

    Args:
        data: the data folder; see `loading.data_folder`.

    Returns:
        The columns of the contract, with `school` and `report_year` before them; then `file`, `row`,
        `status`, `correction` (what was decided about it), and `value`, `low`, `high` (floats;
        missing where there is no number) with `decimals`. Texts are categories.

    Raises:
        BadData: files of any report break their schema; every problem of all of them.
    """
    with _refreshed(data, None) as path:
        table = pq.read_table(path)
    frame: pd.DataFrame = table.drop_columns(["read", "printed_status"]).to_pandas()
    return frame.astype({"decimals": "Int16"})


def findings(
    data: Path | str | None = None, jobs: int | None = None, *, decided: bool = False
) -> pd.DataFrame:
    """The findings of every report, a row for each tested relation.

    Args:
        data: the data folder; see `loading.data_folder`.
        jobs: processes at the same time; two, or one where there is one processor, if left out.
        decided: test the values that `corrections.csv` decided on instead of the printed ones.

    Returns:
        `school`, `report_year` and the fields of a finding, but for its figures and its suggestion
        (`audit.run` of one report has them). What agrees has no statement.

    Raises:
        BadData: files of any report break their schema; every problem of all of them.
    """
    with _refreshed(data, jobs) as path:
        kept = path.with_name(FILES[decided])
        wanted = _with_earlier(store.stored_fingerprints(path))
        known = store.stored(kept, FINDINGS, wanted)
        stale = frozenset(wanted.keys() - known.keys())
        for part in _tested_groups(path, stale, jobs, decided) if stale else ():
            known |= store.by_report(part)
        table = pa.concat_tables(
            [FINDINGS.empty_table(), *(known[name] for name in wanted if name in known)]
        )
        if stale or store.stored_fingerprints(kept) != wanted:
            with contextlib.suppress(OSError):  # it saves time, and nothing rests on it
                store.write(table, wanted, kept)
    frame: pd.DataFrame = table.to_pandas(categories=["school", "rule", "verdict", "severity"])
    return frame


def tally(found: pd.DataFrame) -> pd.DataFrame:
    """How many relations of each report ended how: a row a report, a column a verdict."""
    keys = [found["school"].astype(str), found["report_year"]]
    counted = pd.crosstab(keys, found["verdict"].astype(str))
    return counted.reindex(columns=list(VERDICTS), fill_value=0)


def as_text(found: pd.DataFrame) -> str:
    """How many relations of each report ended how, a line a report, the most contradictions first."""
    counted = tally(found).rename(columns=VERDICTS)
    worst = counted.sort_values(list(counted.columns), ascending=False, kind="stable")
    lines = ["学校/年份\t" + "\t".join(worst.columns)]
    for report, row in zip(worst.index, worst.to_numpy(), strict=True):
        lines.append("/".join(map(str, report)) + "\t" + "\t".join(map(str, row)))
    return "\n".join([*lines, f"共 {len(worst)} 份报告，{len(found)} 项关系。"])


def as_json(found: pd.DataFrame) -> str:
    """Every relation that does not agree: the fields of a finding, with school and report year."""
    doubtful = found[~found["verdict"].isin(AGREE)]
    return json.dumps(doubtful.to_dict("records"), ensure_ascii=False, indent=2, default=str)


@contextlib.contextmanager
def _refreshed(data: Path | str | None, jobs: int | None) -> Iterator[Path]:
    """The file of figures, brought up to date; a temporary one where it cannot be written.

    Raises:
        BadData: files of any report break their schema.
    """
    folder = loading.data_folder(data)
    path, wanted = folder / store.FILE, store.fingerprints(folder)
    if store.stored_fingerprints(path) != wanted:
        table = _renewed(folder, path, wanted, jobs)
        try:
            store.write(table, wanted, path)
        except OSError:
            path = store.write(table, wanted, Path(mkdtemp(prefix="qzanalysis-panel-"), store.FILE))
    try:
        yield path
    finally:
        if path.parent != folder:
            shutil.rmtree(path.parent, ignore_errors=True)


def _renewed(folder: Path, path: Path, wanted: Mapping[str, str], jobs: int | None) -> pa.Table:
    """All rows: those of reports that are as they were from the file, the others read anew."""
    known = store.stored(path, store.FIGURES, wanted)
    stale = [name for name in wanted if name not in known]
    parts = [stale[at : at + _AT_A_TIME] for at in range(0, len(stale), _AT_A_TIME)]
    problems: list[Problem] = []
    for table, found in _in_processes(partial(store.read_figures, folder), parts, jobs):
        known |= store.by_report(table)
        problems += found
    if problems:
        raise BadData(problems)
    tables = [known[name] for name in wanted if name in known]
    return pa.concat_tables(tables).unify_dictionaries() if tables else store.FIGURES.empty_table()


def _with_earlier(reports: Mapping[str, str]) -> dict[str, str]:
    """Report → what its findings follow from: its own fingerprint, and that of the one before."""
    found, before = {}, ("", "")
    for name, own in reports.items():
        school = _school(name)
        found[name] = own + (before[1] if before[0] == school else "")
        before = school, own
    return found


def _in_processes(
    task: Callable[[Any], Any], parts: Sequence[Any], jobs: int | None
) -> Iterator[Any]:
    at_once = min(jobs or min(2, os.cpu_count() or 1), len(parts))
    if at_once < 2:
        yield from map(task, parts)
        return
    # pyarrow has threads, which no fork survives
    yield from processes.mapped(task, parts, at_once, "spawn")


def _tested_groups(
    path: Path, stale: AbstractSet[str], jobs: int | None, decided: bool
) -> Iterator[pa.Table]:
    file = pq.ParquetFile(path)
    groups = [
        group
        for group in range(file.num_row_groups)
        if stale
        & {n for n, _, _ in store.spans(file.read_row_group(group, ["school", "report_year"]))}
    ]
    return _in_processes(partial(_tested_group, path, stale, decided), groups, jobs)


def _tested_group(path: Path, stale: AbstractSet[str], decided: bool, group: int) -> pa.Table:
    """The findings of the stale reports of a row group."""
    rows = pq.ParquetFile(path).read_row_group(group)
    own = store.spans(rows)
    after = [*(name for name, _, _ in own[1:]), ""]
    needed = [  # and of each school the report before
        rows.slice(start, size)
        for (name, start, size), later in zip(own, after, strict=True)
        if name in stale or (later in stale and _school(later) == _school(name))
    ]
    return tested(pa.concat_tables(needed), stale, decided=decided)


def _school(name: str) -> str:
    return name.partition("/")[0]


def tested(rows: pa.Table, wanted: AbstractSet[str], *, decided: bool = False) -> pa.Table:
    """The findings of reports.

    Args:
        rows: figures as `store.FIGURES`, reports whole and those of a school together.
        wanted: the reports that are tested; others are there to be compared with.
        decided: test decided values instead of printed ones.

    Returns:
        A row for each finding (`FINDINGS`), by report.
    """
    text, status = ("read", "status") if decided else ("printed", "printed_status")
    columns = [store.texts(rows, name) for name in (*engine.COLUMNS[:-2], status, text)]
    figures = list(zip(*columns, strict=True))
    lines: list[tuple[Any, ...]] = []
    before: tuple[str, Book | None] = "", None
    for name, start, size in store.spans(rows):
        school, year = _school(name), int(name.partition("/")[2])
        book = engine.book_of(year, map(_row, figures[start : start + size]))
        if name in wanted:
            earlier = before[1] if before[0] == school else None
            lines += [(school, year, *line) for line in _lines(book, earlier)]
        before = school, book
    found = list(zip(*lines, strict=True)) or [()] * len(FINDINGS)
    return pa.table([pa.array(c, f.type) for c, f in zip(found, FINDINGS, strict=True)], FINDINGS)


def _lines(book: Book, earlier: Book | None) -> Iterator[tuple[Any, ...]]:
    """The fields of every finding of a report; what agrees is not put into words."""
    for case in relations.cases(book):
        if case.verdict in AGREE:
            yield (
                case.name,
                case.rule.chapter,
                case.rule.kind,
                case.verdict,
                "none",
                None,
                None,
                None,
            )
        else:
            yield _fields(case.finding)
    yield from map(_fields, engine.others(book, earlier))


def _fields(finding: Finding) -> tuple[Any, ...]:
    fields: tuple[Any, ...] = _FIELDS(finding)
    return (*fields[:_WORDS], None, None, None) if finding.verdict in AGREE else fields


def _row(fields: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as the engine takes it, from one with the text that counts in the last place."""
    *rest, status, text = fields
    return (*rest, status, _quantity(text, rest[0]) if status == "reported" else None)


@cache
def _quantity(text: str, indicator: str) -> Interval:
    return parse(text, count=codebook.is_exact(indicator))
