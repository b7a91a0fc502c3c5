"""Rows of many reports in a Parquet file, which follows the data folder by itself.

Beside the rows of every report stands the fingerprint of what they follow from; only reports whose
fingerprint has changed are made again. A file saves time and no more: without it, or where it
cannot be written, the result is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qzanalysis.audit.table import Coded
from qzanalysis.errors import BadData, Problem
from qzanalysis.reports import corrections, loading, schema
from qzanalysis.reports.loading import Report, School

FILE: Final = ".panel.parquet"
PACKAGE: Final = Path(__file__).parents[1]
GROUP: Final = 50_000  # rows of one row group, or a little more: a school is never divided
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_TEXTS: Final = ("printed", "source", "note", "file")
FIGURES: Final = pa.schema(
    [
        ("school", _TEXT),
        ("report_year", pa.int16()),
        ("indicator", _TEXT),
        ("breakdown", _TEXT),
        ("year", pa.int16()),
        *((name, _TEXT) for name in _TEXTS),
        ("row", pa.int32()),
        ("printed_status", _TEXT),  # of the printed text, whatever was decided
        *((name, _TEXT) for name in ("status", "correction", "read")),
    ]
)


def fingerprints(folder: Path) -> dict[str, str]:
    """Report → SHA-256 of what its figures follow from: its files, the package, the list of schools."""
    common = hashlib.sha256(_package() + (folder / "schools.csv").read_bytes()).digest()
    return {
        f"{slug}/{year}": _fingerprint(folder / slug / str(year), common)
        for slug in loading.schools(folder)
        for year in loading.years(slug, folder)
    }


def _fingerprint(folder: Path, common: bytes) -> str:
    whole = hashlib.sha256(common)
    for path in sorted(folder.glob("*.csv")):
        content = path.read_bytes()
        whole.update(f"{path.name} {len(content)} ".encode() + content)
    return whole.hexdigest()


@cache
def _package() -> bytes:
    whole = hashlib.sha256()
    for path in sorted(p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".csv"}):
        whole.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return whole.digest()


def read_figures(folder: Path, names: Sequence[str]) -> tuple[pa.Table, list[Problem]]:
    """The figures of reports (`school/year`) from their CSV files, and everything wrong with them.

    `read` is the text whose value counts: what was decided, else what is printed; empty for none.
    """
    places = [(name.partition("/")[0], int(name.partition("/")[2])) for name in names]
    paths = [path for slug, year in places for path in loading.files(slug, year, folder)]
    try:
        frame = schema.read_observations(paths, folder)
    except BadData as error:
        return FIGURES.empty_table(), list(error.problems)
    status = [
        schema.status_of(*cells) for cells in zip(frame["printed"], frame["note"], strict=True)
    ]
    printed = frame["printed"].where(pd.Series(status, index=frame.index) == "reported", "")
    report = frame["file"].str.rpartition("/")[0]
    frame = frame.assign(
        school=report.str.partition("/")[0],
        report_year=report.str.partition("/")[2].astype(int),
        year=frame["year"].astype(int),
        printed_status=status,
        status=status,
        correction="",
        read=printed,
    )
    problems: list[Problem] = []
    for slug, year in places:
        if (folder / slug / str(year) / corrections.FILE).exists():
            try:
                frame = _decided(frame, report == f"{slug}/{year}", folder, slug, year)
            except BadData as error:
                problems += error.problems
    return _arrow(frame), problems


def _decided(
    frame: pd.DataFrame, own: pd.Series, folder: Path, slug: str, year: int
) -> pd.DataFrame:
    """The rows with the decisions on one report."""
    figures = loading.understand(frame.loc[own, [*schema.OBSERVATION_COLUMNS, "file", "row"]])
    report = Report(School(slug, "", "", ""), year, figures)
    found = corrections.apply(report, corrections.read(slug, year, folder)).observations
    read = [quantity.printed if quantity else "" for quantity in found["quantity"]]
    frame.loc[own, ["status", "correction"]] = found[["status", "correction"]]
    frame.loc[own, "read"] = pd.Series(read, index=found.index)
    return frame


def _arrow(frame: pd.DataFrame) -> pa.Table:
    arrays = [
        pa.array(frame[field.name].to_numpy(object), pa.string()).dictionary_encode()
        if field.type == _TEXT
        else pa.array(frame[field.name].to_numpy(), field.type)
        for field in FIGURES
    ]
    return pa.table(arrays, schema=FIGURES)


def stored_fingerprints(path: Path) -> dict[str, str]:
    """Report → the fingerprint it was stored with; none where the file is missing or not readable."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        found: dict[str, str] = json.loads(metadata[b"reports"])
        return found
    except (OSError, KeyError, ValueError):
        return {}


def stored(path: Path, columns: pa.Schema, wanted: Mapping[str, str]) -> dict[str, pa.Table]:
    """Report → its rows, for every report whose stored fingerprint is the wanted one.

    Args:
        path: the file.
        columns: of the rows; a file of other columns holds nothing.
        wanted: report → the fingerprint of what its rows follow from.
    """
    before = stored_fingerprints(path)
    same = {name for name, value in wanted.items() if before.get(name) == value}
    if same:
        with contextlib.suppress(OSError, ValueError):
            found = by_report(pq.read_table(path).cast(columns))
            return {name: found.get(name, columns.empty_table()) for name in same}
    return {}


def by_report(table: pa.Table) -> dict[str, pa.Table]:
    """The rows of each report of a table, in which they stand together."""
    return {name: table.slice(start, size) for name, start, size in spans(table)}


def spans(table: pa.Table) -> list[tuple[str, int, int]]:
    """Name, first row and number of rows of each report in a table."""
    if not table.num_rows:
        return []
    codes, schools = coded_column(table.column("school"))
    years = table.column("report_year").to_numpy()
    changes = np.flatnonzero((codes[1:] != codes[:-1]) | (years[1:] != years[:-1])) + 1
    bounds = [0, *changes.tolist(), table.num_rows]
    return [
        (f"{schools[codes[start]]}/{years[start]}", start, end - start)
        for start, end in pairwise(bounds)
    ]


def coded_column(column: pa.ChunkedArray) -> Coded:
    """A column of texts as codes, and the text of each code."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    unified = pa.table({"": column}).unify_dictionaries().column(0)
    whole = pa.concat_arrays(unified.chunks)
    return whole.indices.to_numpy().astype(np.int64), whole.dictionary.to_pylist()


def write(table: pa.Table, reports: Mapping[str, str], path: Path) -> Path:
    """Write rows with the fingerprints of their reports, whole or not at all.

    Raises:
        OSError: the folder takes no file.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    described = table.replace_schema_metadata({"reports": json.dumps(dict(reports))})
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
