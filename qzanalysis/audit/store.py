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
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qzanalysis.errors import BadData, Problem
from qzanalysis.reports import corrections, loading, schema
from qzanalysis.reports.memory import contents
from qzanalysis.reports.report import Report, School

FILE: Final = ".panel.parquet"
PACKAGE: Final = Path(__file__).parents[1]
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_NUMBERS: Final = ("value", "low", "high")
FIGURES: Final = pa.schema(
    [
        ("school", _TEXT),
        ("report_year", pa.int16()),
        ("indicator", _TEXT),
        ("breakdown", _TEXT),
        ("year", pa.int16()),
        *((name, _TEXT) for name in ("printed", "source", "note", "file")),
        ("row", pa.int32()),
        ("printed_status", _TEXT),  # of the printed text, whatever was decided
        *((name, _TEXT) for name in ("status", "correction", "read")),
        *((name, pa.float64()) for name in _NUMBERS),
        ("decimals", pa.int16()),
    ]
)


def fingerprints(folder: Path) -> dict[str, str]:
    """Report → SHA-256 of what its figures follow from: its files, the package, the list of schools."""
    schools = loading.schools(folder)
    common = _package() + _digest([folder / "schools.csv"], folder)
    return {
        f"{slug}/{year}": hashlib.sha256(common + _digest(own.glob("*.csv"), own)).hexdigest()
        for slug in schools
        for year in loading.years(slug, folder)
        for own in [folder / slug / str(year)]
    }


@cache
def _package() -> bytes:
    return _digest((p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".csv"}), PACKAGE)


def _digest(paths: Iterable[Path], root: Path) -> bytes:
    whole = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()} {len(content)} ".encode() + content)
    return whole.digest()


def read_figures(folder: Path, names: Sequence[str]) -> tuple[pa.Table, list[Problem]]:
    """The figures of reports (`school/year`) from their CSV files, and everything wrong with them.

    `read` is the text whose value counts: what was decided, else what is printed; empty for none.
    """
    places = [(name.partition("/")[0], int(name.partition("/")[2])) for name in names]
    paths = [path for slug, year in places for path in loading.files(slug, year, folder)]
    try:
        frame = schema.observations(contents(paths, folder))
    except BadData as error:
        return FIGURES.empty_table(), list(error.problems)
    report = frame["file"].str.rpartition("/")[0]
    frame = frame.assign(
        school=report.str.partition("/")[0],
        report_year=report.str.partition("/")[2].astype(int),
        printed_status=frame["status"],
        correction="",
    )
    problems: list[Problem] = []
    for slug, year in places:
        if (folder / slug / str(year) / corrections.FILE).exists():
            own = Report(School(slug, "", "", ""), year, frame[report == f"{slug}/{year}"])
            try:
                decided = corrections.apply(own, corrections.read(slug, year, folder)).observations
            except BadData as error:
                problems += error.problems
            else:
                frame.update(decided[["status", "correction"]])
                frame.loc[decided.index, "quantity"] = decided["quantity"]
    return _arrow(frame), problems


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """Rows with `quantity` as rows of the file."""
    ends = {name: [q and float(getattr(q, name)) for q in frame["quantity"]] for name in _NUMBERS}
    decimals = [q and q.decimals for q in frame["quantity"]]
    read = [q.printed if q else "" for q in frame["quantity"]]
    whole = frame.assign(**ends, decimals=decimals, read=read)
    arrays = (
        pa.array(whole[field.name].to_numpy(object), pa.string()).dictionary_encode()
        if field.type == _TEXT
        else pa.array(whole[field.name], field.type, from_pandas=True)
        for field in FIGURES
    )
    return pa.table(list(arrays), schema=FIGURES)


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
    keys = table.select(["school", "report_year"]).to_pandas()
    codes, names = pd.factorize(pd.MultiIndex.from_frame(keys.astype({"school": str})))
    bounds = np.unique([0, *(np.flatnonzero(np.diff(codes)) + 1), len(codes)]).tolist()
    return [
        ("/".join(map(str, names[codes[start]])), start, end - start)
        for start, end in pairwise(bounds)
    ]


def write(table: pa.Table, reports: Mapping[str, str], path: Path) -> None:
    """Write rows with the fingerprints of their reports, whole or not at all.

    Nothing rests on the file: where the folder takes none, there is none.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    described = table.replace_schema_metadata({"reports": json.dumps(dict(reports))})
    with contextlib.suppress(OSError):
        try:
            pq.write_table(described, aside)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
