"""Every rule over every report, several processes at a time; what is known of a report is kept.

Beside the findings of a report stands the fingerprint of its figures and of those of the school's
report before it: only where that is another one the rules are tested again.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qzanalysis.audit import VERDICTS
from qzanalysis.audit.findings import AGREE
from qzanalysis.audit.panel import cache, kept
from qzanalysis.audit.panel.tested import COLUMNS, tested

FILES: Final = {False: ".panel-findings.parquet", True: ".panel-findings-decided.parquet"}
_NAMES: Final = ["school", "report_year"]


def findings(
    data: Path | str | None = None, jobs: int | None = None, *, decided: bool = False
) -> pd.DataFrame:
    """What the rules find in every report, a row for each tested relation.

    Args:
        data: the data folder; see `dataset.data_folder`.
        jobs: processes at the same time; two, or one where there is one processor, if left out.
        decided: test the values that `corrections.csv` decided on instead of the printed ones.

    Returns:
        `school`, `report_year` and the fields of a finding, but for its figures and its suggestion
        (`checks.run` of one report has them). What agrees has no statement.

    Raises:
        BadData: files of any report break their schema; every problem of all of them.
    """
    at_once = jobs or min(2, os.cpu_count() or 1)
    with cache.refreshed(data) as path:
        kept_in = path.with_name(FILES[decided])
        wanted = _fingerprints(kept.fingerprints(path))
        known = kept.rows(kept_in, COLUMNS, wanted)
        stale = wanted.keys() - known.keys()
        for part in _each(path, frozenset(stale), at_once, decided) if stale else ():
            table = _unpacked(part)
            found = {name: table.slice(start, size) for name, start, size in kept.spans(table)}
            known = {**known, **found}
        table = pa.concat_tables([COLUMNS.empty_table(), *(known[n] for n in wanted if n in known)])
        if stale or kept.fingerprints(kept_in) != wanted:
            with contextlib.suppress(OSError):  # it saves time, and nothing rests on it
                kept.write(table, wanted, kept_in)
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


def _fingerprints(reports: Mapping[str, str]) -> dict[str, str]:
    """Report → what its findings follow from: its own fingerprint, and that of the one before."""
    found, before = {}, ("", "")
    for name, own in reports.items():
        school = _school(name)
        found[name] = own + (before[1] if before[0] == school else "")
        before = school, own
    return found


def _each(path: Path, stale: frozenset[str], at_once: int, decided: bool) -> Iterator[bytes]:
    file = pq.ParquetFile(path)
    groups = [
        group
        for group in range(file.num_row_groups)
        if stale & {name for name, _, _ in kept.spans(file.read_row_group(group, _NAMES))}
    ]
    if at_once == 1 or len(groups) < 2:
        yield from (_checked(str(path), group, stale, decided) for group in groups)
        return
    context = multiprocessing.get_context("spawn")  # pyarrow has threads, which no fork survives
    with ProcessPoolExecutor(at_once, context) as pool:
        yield from pool.map(partial(_checked, str(path), stale=stale, decided=decided), groups)


def _checked(path: str, group: int, stale: AbstractSet[str], decided: bool) -> bytes:
    """The findings of a row group's stale reports, as Arrow stores them."""
    gc.disable()  # a million small objects, none of them in a cycle
    table = pq.ParquetFile(path).read_row_group(group)
    needed = _needed(table, stale)
    made = tested(needed if decided else cache.as_printed(needed), stale)
    gc.enable()
    packed = pa.BufferOutputStream()
    with pa.ipc.new_stream(packed, made.schema) as stream:
        stream.write_table(made)
    result: bytes = packed.getvalue().to_pybytes()
    return result


def _needed(table: pa.Table, stale: AbstractSet[str]) -> pa.Table:
    """The stale reports, and of each school the one before them."""
    found = kept.spans(table)
    after = [*(name for name, _, _ in found[1:]), ""]
    chosen = [
        table.slice(start, size)
        for (name, start, size), later in zip(found, after, strict=True)
        if name in stale or (later in stale and _school(later) == _school(name))
    ]
    return pa.concat_tables(chosen)


def _school(name: str) -> str:
    return name.partition("/")[0]


def _unpacked(part: bytes) -> pa.Table:
    return pa.ipc.open_stream(part).read_all()
