"""Data folders to import into, and the commands as a user runs them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qzanalysis.cli import app
from qzanalysis.intake import workbook

REPOSITORY = Path(__file__).parents[2]
HEADER = "indicator,breakdown,year,printed,source,note\n"
Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The repository's data, to change."""
    folder = tmp_path / "data"
    shutil.copytree(REPOSITORY / "data", folder)
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A data folder with one small school and one small report."""
    return make_tiny(tmp_path / "data")


def make_tiny(folder: Path) -> Path:
    """One school, a report of six figures."""
    (folder / "tiny" / "2021").mkdir(parents=True)
    (folder / "schools.csv").write_text(
        "school,name,short_name,region\ntiny,小小中专,小中专,某省某市\n", encoding="utf-8"
    )
    rows = (
        "students,,2020,100,附表1#28,\nstudents,,2021,120,附表1#28,\n"
        "job_match_rate,,2020,90.5%,附表1#16,\njob_match_rate,,2021,91.0%,附表1#16,\n"
    )
    (folder / "tiny/2021/annex.csv").write_text(HEADER + rows, encoding="utf-8")
    text = HEADER + "students,,2021,120,§1.1,\nstaff,,2021,20余,§1.1,\n"
    (folder / "tiny/2021/text-school.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def run() -> Run:
    """Run a command; an exception that is not a message fails the test."""

    def call(*arguments: object, **options: object) -> Result:
        result = CliRunner().invoke(app, [str(each) for each in arguments], **options)  # type: ignore[arg-type]
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture(scope="session")
def tiny_book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The small school's 2021 data as a workbook."""
    return workbook.filled("tiny", 2021, make_tiny(tmp_path_factory.mktemp("tiny") / "data"))


def state(folder: Path) -> dict[str, str]:
    """Every path under a folder, with what is in it."""
    return {
        path.relative_to(folder).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        )
        for path in sorted(folder.rglob("*"))
    }
