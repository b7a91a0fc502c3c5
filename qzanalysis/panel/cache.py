"""The tidy figures of all reports in one Parquet file, which follows the data folder by itself.

Beside every report stands the fingerprint of its files. What has changed is read from its CSV files
again, validated and decided upon as `qzanalysis.load` does it; the rest comes from the file. The
file saves time and no more: without it, or where it cannot be written, the result is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qzanalysis import corrections, dataset, schema
from qzanalysis.dataset import Report, School
from qzanalysis.errors import BadData, Problem
from qzanalysis.quantities import Quantity

FILE: Final = ".panel.parquet"
GROUP: Final = 20_000  # rows of one row group, or a little more: a school is never torn apart
PACKAGE: Final = Path(__file__).parents[1]
_TEXTS: Final = (
    "school", "indicator", "breakdown", "printed", "source", "note", "file", "status",
    "correction", "read", "value", "low", "high",
)  # fmt: skip
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
COLUMNS: Final = pa.schema(
    [
        ("school", _TEXT),
        ("report_year", pa.int16()),
        ("indicator", _TEXT),
        ("breakdown", _TEXT),
        ("year", pa.int16()),
        *((name, _TEXT) for name in ("printed", "source", "note", "file")),
        ("row", pa.int32()),
        *((name, _TEXT) for name in ("status", "correction", "read", "value", "low", "high")),
        ("decimals", pa.int16()),
    ]
)


@dataclass(frozen=True, slots=True)
class Place:
    """One report of the data folder."""

    school: School
    year: int

    @property
    def name(self) -> str:
        """How the file calls it."""
        return f"{self.school.slug}/{self.year}"


def observations(data: Path | str | None = None) -> pd.DataFrame:
    """Every figure of every report, a row each.

    Args:
        data: the data folder; see `dataset.data_folder`.

    Returns:
        The columns of the contract, with `school` and `report_year` before them; then `file`, `row`,
        `status`, `correction` (what was decided about it), and `value`, `low`, `high` (floats;
        missing where there is no number) with `decimals`. Texts are categories.

    Raises:
        BadData: files of any report break their schema; every problem of all of them.
    """
    with refreshed(data) as path:
        frame: pd.DataFrame = pq.read_table(path).to_pandas()
    numbers = {name: _numbers(frame[name]) for name in ("value", "low", "high")}
    return frame.drop(columns="read").assign(**numbers)


@contextlib.contextmanager
def refreshed(data: Path | str | None = None) -> Iterator[Path]:
    """The Parquet file, brought up to date; a temporary one where it cannot be written.

    Raises:
        BadData: files of any report break their schema.
    """
    folder = dataset.data_folder(data)
    path, wanted = folder / FILE, fingerprints(folder)
    before = known(path)
    if before != wanted:
        table = _renewed(folder, path, before, wanted)
        path = _written(table, wanted, folder)
    try:
        yield path
    finally:
        if path.parent != folder:
            shutil.rmtree(path.parent, ignore_errors=True)


def fingerprints(folder: Path) -> dict[str, str]:
    """Report → SHA-256 of what its rows follow from: its files, the package, the list of schools."""
    common = hashlib.sha256(_package() + (folder / "schools.csv").read_bytes()).digest()
    return {place.name: _fingerprint(folder, place, common) for place in places(folder)}


def places(folder: Path) -> list[Place]:
    """Every report there is, the years of a school together, earlier first."""
    return [
        Place(school, year)
        for slug, school in dataset.schools(folder).items()
        for year in dataset.years(slug, folder)
    ]


def reports(table: pa.Table) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each report's name, and its rows as `Report.observations` has them, with exact quantities."""
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    parts = ("read", "value", "low", "high", "decimals")
    columns["quantity"] = list(map(_quantity, *(columns.pop(name) for name in parts)))
    names = list(columns)
    for name, start, length in spans(table):
        cells = (column[start : start + length] for column in columns.values())
        yield name, [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)]


@lru_cache(maxsize=100_000)
def _quantity(read: str, value: str, low: str, high: str, decimals: int | None) -> Quantity | None:
    if decimals is None:
        return None
    return Quantity(read, Decimal(value), decimals, Decimal(low), Decimal(high))


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.astype(str), errors="coerce")


@cache
def _package() -> bytes:
    whole = hashlib.sha256()
    for path in sorted(p for p in PACKAGE.rglob("*") if p.suffix in {".py", ".csv"}):
        whole.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return whole.digest()


def _fingerprint(folder: Path, place: Place, common: bytes) -> str:
    whole = hashlib.sha256(common)
    for path in sorted((folder / place.name).glob("*.csv")):
        content = path.read_bytes()
        whole.update(f"{path.name} {len(content)} ".encode() + content)
    return whole.hexdigest()


def known(path: Path) -> dict[str, str]:
    """The fingerprints a file was written with; none where it is missing or not readable."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        found: dict[str, str] = json.loads(metadata[b"reports"])
        return found
    except (OSError, KeyError, ValueError):
        return {}


def _renewed(
    folder: Path, path: Path, before: Mapping[str, str], wanted: Mapping[str, str]
) -> pa.Table:
    """All rows: those of reports that are as they were from the file, the others read anew."""
    same = {name for name, value in wanted.items() if before.get(name) == value}
    kept = _kept(path, same)
    problems: list[Problem] = []
    tables = []
    for place in places(folder):
        try:
            tables.append(kept[place.name] if place.name in kept else _read(folder, place))
        except BadData as error:
            problems += error.problems
    if problems:
        raise BadData(problems)
    return pa.concat_tables(tables).unify_dictionaries() if tables else COLUMNS.empty_table()


def _kept(path: Path, same: Set[str]) -> dict[str, pa.Table]:
    """The rows of these reports, as the file has them."""
    with contextlib.suppress(OSError, ValueError):
        table = pq.read_table(path).cast(COLUMNS)
        found = spans(table)
        return {name: table.slice(start, length) for name, start, length in found if name in same}
    return {}


def spans(table: pa.Table) -> list[tuple[str, int, int]]:
    """Name, first row and number of rows of each report in a table."""
    schools = table.column("school").to_pylist()
    years = table.column("report_year").to_pylist()
    found: list[tuple[str, int, int]] = []
    for at, (school, year) in enumerate(zip(schools, years, strict=True)):
        name = f"{school}/{year}"
        if not found or found[-1][0] != name:
            found.append((name, at, 0))
        found[-1] = (name, found[-1][1], at + 1 - found[-1][1])
    return found


def _read(folder: Path, place: Place) -> pa.Table:
    slug, year = place.school.slug, place.year
    texts = schema.read_observations(dataset.files(slug, year, folder), folder)
    report = Report(place.school, year, dataset.understand(texts))
    frame = corrections.apply(report, corrections.read(slug, year, folder)).observations
    quantities = frame["quantity"].to_list()
    frame = frame.assign(
        school=slug,
        report_year=year,
        read=[q.printed if q else "" for q in quantities],
        value=[str(q.value) if q else "" for q in quantities],
        low=[str(q.low) if q else "" for q in quantities],
        high=[str(q.high) if q else "" for q in quantities],
        decimals=pd.array([q.decimals if q else None for q in quantities], dtype="Int16"),
    )
    columns = [
        frame[name].astype(object if name in _TEXTS else frame[name].dtype)
        for name in COLUMNS.names
    ]
    arrays = [
        pa.array(column, type=pa.string()).dictionary_encode()
        if name in _TEXTS
        else pa.array(column, type=COLUMNS.field(name).type)
        for name, column in zip(COLUMNS.names, columns, strict=True)
    ]
    return pa.table(arrays, names=COLUMNS.names).cast(COLUMNS)


def _written(table: pa.Table, wanted: Mapping[str, str], folder: Path) -> Path:
    """The file; where the data folder takes none, a temporary one."""
    try:
        return write(table, wanted, folder / FILE)
    except OSError:
        return write(table, wanted, Path(mkdtemp(prefix="qzanalysis-panel-"), FILE))


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
