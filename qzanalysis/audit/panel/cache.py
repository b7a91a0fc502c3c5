"""The tidy figures of all reports in one Parquet file, which follows the data folder by itself.

Beside every report stands the fingerprint of its files. What has changed is read from its CSV files
again, validated and decided upon as `qzanalysis.load` does it; the rest comes from the file. The
file saves time and no more: without it, or where it cannot be written, the result is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qzanalysis.audit.panel import kept
from qzanalysis.errors import BadData, Problem
from qzanalysis.reports import corrections, loading, schema
from qzanalysis.reports.loading import Report, School

FILE: Final = ".panel.parquet"
PACKAGE: Final = Path(__file__).parents[2]
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
        data: the data folder; see `loading.data_folder`.

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
    folder = loading.data_folder(data)
    path, wanted = folder / FILE, fingerprints(folder)
    if kept.fingerprints(path) != wanted:
        table = _renewed(folder, path, wanted)
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
        for slug, school in loading.schools(folder).items()
        for year in loading.years(slug, folder)
    ]


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


def _renewed(folder: Path, path: Path, wanted: Mapping[str, str]) -> pa.Table:
    """All rows: those of reports that are as they were from the file, the others read anew."""
    same = kept.rows(path, COLUMNS, wanted)
    problems: list[Problem] = []
    tables = []
    for place in places(folder):
        try:
            tables.append(same[place.name] if place.name in same else _read(folder, place))
        except BadData as error:
            problems += error.problems
    if problems:
        raise BadData(problems)
    return pa.concat_tables(tables).unify_dictionaries() if tables else COLUMNS.empty_table()


def _read(folder: Path, place: Place) -> pa.Table:
    slug, year = place.school.slug, place.year
    texts = schema.read_observations(loading.files(slug, year, folder), folder)
    report = Report(place.school, year, loading.understand(texts))
    return rows_of(slug, year, corrections.apply(report, corrections.read(slug, year, folder)))


def rows_of(school: str, year: int, report: Report) -> pa.Table:
    """The rows of one report as the file has them."""
    frame = report.observations
    quantities = frame["quantity"].to_list()
    frame = frame.assign(
        school=school,
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


def as_printed(table: pa.Table) -> pa.Table:
    """The same rows without decisions: every figure means what its printed text says."""
    tables = []
    for name, start, size in kept.spans(table):
        rows = table.slice(start, size)
        slug, _, year = name.partition("/")
        if any(rows.column("correction").to_pylist()):
            frame = rows.to_pandas().astype({"year": int, "row": int})
            texts = frame.astype(dict.fromkeys(("printed", "indicator", "note"), object))
            school = School(slug, "", "", "")
            report = Report(school, int(year), loading.understand(texts).assign(correction=""))
            rows = rows_of(slug, int(year), report)
        tables.append(rows)
    return pa.concat_tables(tables).unify_dictionaries() if tables else table


def _written(table: pa.Table, wanted: Mapping[str, str], folder: Path) -> Path:
    """The file; where the data folder takes none, a temporary one."""
    try:
        return kept.write(table, wanted, folder / FILE)
    except OSError:
        return kept.write(table, wanted, Path(mkdtemp(prefix="qzanalysis-panel-"), FILE))
