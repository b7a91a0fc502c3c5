"""Where messages are raised: a folder with a tiny school's data, and room for anything else."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from publishing.conftest import write_notebook
from typer.testing import CliRunner

from qzanalysis import cli
from qzanalysis.audit import rules
from qzanalysis.errors import QzAnalysisError
from qzanalysis.intake import workbook
from qzanalysis.publishing.jobs import Request

Case = Callable[["Place"], tuple[int, str]]


@dataclass(frozen=True)
class Place:
    """A folder with a tiny school's data, and room for anything else."""

    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def annex(self) -> Path:
        return self.data / "tiny" / "2021" / "annex.csv"

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def cli(self, *arguments: object) -> tuple[int, str]:
        """Status and message of a command; data are the tiny school's."""
        done = CliRunner().invoke(cli.app, [*map(str, arguments), "--data", str(self.data)])
        return done.exit_code, done.stderr

    def notebooks(self, *sources: str, declared: str = "", name: str = "00-summary") -> Path:
        folder = self / "notebooks"
        folder.mkdir(exist_ok=True)
        write_notebook(folder / f"{name}.ipynb", "摘要", *sources, declared=declared)
        return folder

    def render(self, *arguments: object) -> tuple[int, str]:
        """A render of the notebooks made before."""
        where = ("--notebooks", self / "notebooks", "--out", self / "reports")
        return self.cli("render", *where, *arguments)

    def request(self) -> Request:
        return Request(
            "tiny", 2021, data=self.data, notebooks=self.notebooks("1"), out=self / "reports"
        )

    def catalogue(self, change: Callable[[list[list[str]]], object]) -> Path:
        """The catalogue of rules, changed."""
        with rules.CATALOGUE.open(encoding="utf-8-sig", newline="") as lines:
            table = list(csv.reader(lines))
        change(table)
        with (self / "rules.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)
        return self / "rules.csv"

    def file(self, content: bytes, name: str = "x.xlsx") -> Path:
        (self / name).write_bytes(content)
        return self / name

    def zipped(self, **parts: bytes) -> Path:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {"xl__workbook.xml": b"<a/>", **parts}.items():
                archive.writestr(name.replace("__", "/"), content)
        return self.file(buffer.getvalue())

    def book(self, change: Callable[[Workbook], object]) -> Path:
        """The tiny school's form, changed."""
        book = load_workbook(io.BytesIO(workbook.filled("tiny", 2021, self.data)))
        change(book)
        book.save(self / "form.xlsx")
        return self / "form.xlsx"

    def brought(self, path: Path, *arguments: object) -> tuple[int, str]:
        return self.cli("import", path, *arguments)


def raised(action: Callable[[], object]) -> tuple[int, str]:
    """Status and message of a call."""
    with pytest.raises(QzAnalysisError) as error:
        action()
    return error.value.exit_code, str(error.value)


def verified(place: Place, break_it: Callable[[Path], object]) -> tuple[int, str]:
    place.notebooks("1")
    assert place.render()[0] == 0
    folder = place / "reports" / "tiny" / "2021"
    break_it(folder / "manifest.json")
    return place.cli("verify", folder, "--notebooks", place / "notebooks")
