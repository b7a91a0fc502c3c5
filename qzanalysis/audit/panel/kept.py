"""What was found for each report, kept in a file for as long as the report is as it was.

A file holds the rows of many reports, and beside them a fingerprint of each. It saves time and no
more: what is not there, or not readable, is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

GROUP: Final = 50_000  # rows of one row group, or a little more: a school is never torn apart


def fingerprints(path: Path) -> dict[str, str]:
    """Report → the fingerprint it was kept with; none where the file is missing or not readable."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        found: dict[str, str] = json.loads(metadata[b"reports"])
        return found
    except (OSError, KeyError, ValueError):
        return {}


def rows(path: Path, columns: pa.Schema, wanted: Mapping[str, str]) -> dict[str, pa.Table]:
    """Report → its rows, for every report whose fingerprint is the wanted one.

    Args:
        path: the file.
        columns: what the rows have to look like; a file of other columns holds nothing.
        wanted: report → the fingerprint of what its rows follow from.
    """
    before = fingerprints(path)
    same = {name for name, value in wanted.items() if before.get(name) == value}
    if not same:
        return {}
    with contextlib.suppress(OSError, ValueError):
        table = pq.read_table(path).cast(columns)
        found = {name: table.slice(start, size) for name, start, size in spans(table)}
        return {name: found.get(name, columns.empty_table()) for name in same}
    return {}


def spans(table: pa.Table) -> list[tuple[str, int, int]]:
    """Name, first row and number of rows of each report in a table."""
    if not table.num_rows:
        return []
    codes, schools = coded(table.column("school"))
    years = table.column("report_year").to_numpy()
    changes = np.flatnonzero((codes[1:] != codes[:-1]) | (years[1:] != years[:-1])) + 1
    ends = [*changes.tolist(), table.num_rows]
    starts = [0, *ends[:-1]]
    return [
        (f"{schools[codes[start]]}/{years[start]}", start, end - start)
        for start, end in zip(starts, ends, strict=True)
    ]


def coded(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str]]:
    """A column of texts as codes, and the text of each code."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    unified = pa.table({"": column}).unify_dictionaries().column(0)
    whole = pa.concat_arrays(unified.chunks)
    return whole.indices.to_numpy().astype(np.int64), whole.dictionary.to_pylist()


def write(table: pa.Table, fingerprints: Mapping[str, str], path: Path) -> Path:
    """Write a table with the fingerprints of its reports, whole or not at all."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    described = table.replace_schema_metadata({"reports": json.dumps(dict(fingerprints))})
    try:
        with pq.ParquetWriter(aside, described.schema) as writer:
            for start, length in _groups(table):
                writer.write_table(described.slice(start, length), row_group_size=length)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path


def _groups(table: pa.Table) -> Iterator[tuple[int, int]]:
    """First row and length of each row group: whole schools."""
    first, before = 0, ""
    for name, start, _ in spans(table):
        school = name.partition("/")[0]
        if school != before and start - first >= GROUP:
            yield first, start - first
            first = start
        before = school
    if table.num_rows > first:
        yield first, table.num_rows - first
