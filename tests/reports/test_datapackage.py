"""The descriptor of the data folder, and what the standard's own tool says about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qzanalysis.reports import datapackage, loading

DATA = Path(__file__).parents[2] / "data"
FOLDER = "quzhou-zhongzhuan/2021"


def test_the_stored_descriptor_is_the_one_the_data_give() -> None:
    """If this fails: python -m qzanalysis.reports.datapackage."""
    stored = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
    assert stored == datapackage.describe(DATA)


def test_every_csv_is_described() -> None:
    described = {resource["path"] for resource in datapackage.describe(DATA)["resources"]}
    files = {
        path.relative_to(DATA).as_posix()
        for path in DATA.rglob("*.csv")
        if path.name not in loading.REGISTERS
    }
    assert described == files


def test_resources_have_unique_names_the_standard_allows() -> None:
    names = [resource["name"] for resource in datapackage.describe(DATA)["resources"]]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() and "/" not in name and " " not in name for name in names)


def _errors(folder: Path) -> list[list[object]]:
    frictionless = pytest.importorskip("frictionless")
    package = frictionless.Package(str(folder / "datapackage.json"))
    found: list[list[object]] = package.validate().flatten(["type", "rowNumber", "fieldName"])
    return found


def test_frictionless_finds_the_data_valid() -> None:
    assert _errors(DATA) == []


def test_frictionless_finds_a_bad_year_and_a_bad_source(
    data_copy: Path, set_cell: Callable[..., None]
) -> None:
    """The descriptor is not so loose that it accepts anything."""
    set_cell(data_copy / FOLDER / "students.csv", 3, "year", "21")
    set_cell(data_copy / FOLDER / "students.csv", 4, "source", "第二节")
    assert sorted(map(str, _errors(data_copy))) == [
        "['constraint-error', 3, 'year']",
        "['constraint-error', 4, 'source']",
    ]


def test_writing_gives_the_same_bytes_twice(data_copy: Path) -> None:
    first = datapackage.write(data_copy).read_bytes()
    assert datapackage.write(data_copy).read_bytes() == first
    assert first.endswith(b"}\n")
    assert "衢州中等专业学校" in first.decode("utf-8")
