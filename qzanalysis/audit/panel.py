"""Many reports at once: the figures of every school and year, and every rule over them.

    figures = panel.observations()
    found = panel.findings()

Figures and findings are stored beside the data (see `store`); what has changed is read and tested
again, several processes at a time. Needs the extra `panel` (pyarrow).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache, partial
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa

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
_AT_A_TIME: Final = 10  # reports that one task reads, schools that one task tests


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
    folder = loading.data_folder(data)
    table = _figures(folder, store.fingerprints(folder), None)
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
    folder = loading.data_folder(data)
    kept, prints = folder / FILES[decided], store.fingerprints(folder)
    wanted = {name: prints[name] + prints.get(last, "") for name, last in _before(prints).items()}
    known = store.stored(kept, FINDINGS, wanted)
    if stale := frozenset(wanted.keys() - known.keys()):
        parts = _parts(_figures(folder, prints, jobs), stale)
        for part in _in_processes(partial(_tested_part, stale, decided), parts, jobs):
            known |= store.by_report(part)
    table = pa.concat_tables(
        [FINDINGS.empty_table(), *(known[name] for name in wanted if name in known)]
    )
    if stale or store.stored_fingerprints(kept) != wanted:
        store.write(table, wanted, kept)
    frame: pd.DataFrame = table.to_pandas(categories=["school", "rule", "verdict", "severity"])
    return frame


def as_text(found: pd.DataFrame) -> str:
    """How many relations of each report ended how, a line a report, the most contradictions first."""
    keys = [found["school"].astype(str), found["report_year"]]
    counted = pd.crosstab(keys, found["verdict"].astype(str))
    counted = counted.reindex(columns=list(VERDICTS), fill_value=0).rename(columns=VERDICTS)
    worst = counted.sort_values(list(counted.columns), ascending=False, kind="stable")
    lines = ["学校/年份\t" + "\t".join(worst.columns)]
    for report, row in zip(worst.index, worst.to_numpy(), strict=True):
        lines.append("/".join(map(str, report)) + "\t" + "\t".join(map(str, row)))
    return "\n".join([*lines, f"共 {len(worst)} 份报告，{len(found)} 项关系。"])


def as_json(found: pd.DataFrame) -> str:
    """Every relation that does not agree: the fields of a finding, with school and report year."""
    doubtful = found[~found["verdict"].isin(AGREE)]
    return json.dumps(doubtful.to_dict("records"), ensure_ascii=False, indent=2, default=str)


def _figures(folder: Path, wanted: Mapping[str, str], jobs: int | None) -> pa.Table:
    """All rows: those of reports that are as they were from the file, the others read anew.

    Args:
        wanted: report → fingerprint.

    Raises:
        BadData: files of any report break their schema.
    """
    path = folder / store.FILE
    known = store.stored(path, store.FIGURES, wanted)
    stale = [name for name in wanted if name not in known]
    some = [stale[at : at + _AT_A_TIME] for at in range(0, len(stale), _AT_A_TIME)]
    problems: list[Problem] = []
    for table, found in _in_processes(partial(store.read_figures, folder), some, jobs):
        known |= store.by_report(table)
        problems += found
    if problems:
        raise BadData(problems)
    tables = [store.FIGURES.empty_table(), *(known[name] for name in wanted if name in known)]
    whole = pa.concat_tables(tables).unify_dictionaries()
    if stale or store.stored_fingerprints(path) != wanted:
        store.write(whole, wanted, path)
    return whole


def _before(names: Iterable[str]) -> dict[str, str]:
    """Report → the school's report before it; empty for the first.

    Args:
        names: of the reports, those of a school together and in order.
    """
    pairs = pairwise(["", *names])
    return {name: last if _school(last) == _school(name) else "" for last, name in pairs}


def _in_processes(
    task: Callable[[Any], Any], parts: Sequence[Any], jobs: int | None
) -> Iterator[Any]:
    at_once = min(jobs or min(2, os.cpu_count() or 1), len(parts))
    if at_once < 2:
        yield from map(task, parts)
        return
    # pyarrow has threads, which no fork survives
    yield from processes.mapped(task, parts, at_once, "spawn")


def _parts(rows: pa.Table, stale: AbstractSet[str]) -> list[bytes]:
    """The rows of the schools of some reports, some schools together, as another process takes them.

    A slice that is pickled would take the whole table along; Arrow's stream takes its own rows.
    """
    reports, packed = store.by_report(rows), list[bytes]()
    schools = sorted({_school(name) for name in stale})
    for at in range(0, len(schools), _AT_A_TIME):
        some, sink = frozenset(schools[at : at + _AT_A_TIME]), pa.BufferOutputStream()
        own = [part for name, part in reports.items() if _school(name) in some]
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(pa.concat_tables(own).combine_chunks())
        packed.append(sink.getvalue().to_pybytes())
    return packed


def _tested_part(stale: AbstractSet[str], decided: bool, packed: bytes) -> pa.Table:
    return tested(pa.ipc.open_stream(packed).read_all(), wanted=stale, decided=decided)


def _school(name: str) -> str:
    return name.partition("/")[0]


def _year(name: str) -> int:
    return int(name.partition("/")[2])


@engine.uncollected()
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
    names = [*engine.COLUMNS[:-2], status, text]
    columns = (rows.column(name).to_pandas().to_list() for name in names)
    figures = list(zip(*columns, strict=True))
    at = {name: slice(start, start + size) for name, start, size in store.spans(rows)}

    @lru_cache(maxsize=3)  # the one before is asked for last
    def book(name: str) -> Book:
        return engine.book_of(_year(name), map(_row, figures[at[name]]))

    lines = [
        (_school(name), _year(name), *line)
        for name, earlier in _before(at).items()
        if name in wanted
        for line in _lines(book(name), book(earlier) if earlier else None)
    ]
    found = list(zip(*lines, strict=True)) or [()] * len(FINDINGS)
    return pa.table([pa.array(c, f.type) for c, f in zip(found, FINDINGS, strict=True)], FINDINGS)


def _lines(book: Book, earlier: Book | None) -> Iterator[tuple[Any, ...]]:
    """The fields of every finding of a report; what agrees is not put into words."""
    for case in relations.cases(book):
        agrees, rule = case.verdict in AGREE, case.rule
        bare = Finding(case.name, rule.chapter, rule.kind, case.verdict, "none", "", ())
        yield _fields(bare if agrees else case.finding)
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
