"""The manifest of a report: `manifest.json`, without time stamps and without paths of this machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.ledger.fingerprints import combined, of_files, of_path, package
from qzanalysis.publishing.ledger.records import MANIFEST
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports import loading

# The libraries that shape what a page holds.
LIBRARIES: Final = ("pandas", "seaborn", "matplotlib", "papermill", "nbconvert", "jinja2", "numpy")


@dataclass(frozen=True, slots=True)
class Inputs:
    """SHA-256 of everything a report was made from, by relative path with `/`."""

    data: Mapping[str, str]
    codebook: Mapping[str, str]
    notebooks: Mapping[str, str]
    package: Mapping[str, str]

    @property
    def data_version(self) -> str:
        """Twelve characters that stand for the data and the codebook together."""
        return combined({**self.data, **self.codebook})

    @property
    def code_version(self) -> str:
        """Twelve characters that stand for the package and the notebooks together."""
        return combined({**self.package, **self.notebooks})


def inputs(reports: Iterable[tuple[str, int]], folder: Path, chapters: Iterable[Chapter]) -> Inputs:
    """Fingerprints of the inputs of one or more reports.

    Args:
        reports: school and year of each; a report also rests on those of the years before.
        folder: the data folder.
        chapters: all notebooks there are.
    """
    years = {(s, past) for s, year in reports for past in loading.years(s, folder) if past <= year}
    places = [folder / school / str(year) for school, year in years]
    files = [p for one in places for p in one.iterdir() if p.suffix in {".csv", ".toml"}]
    tables = {
        name
        for name in package()
        if name.startswith("qzanalysis/codebook/") and name.endswith(".csv")
    }
    return Inputs(
        data=of_files([folder / "schools.csv", *files], folder, "data/"),
        codebook={name: value for name, value in package().items() if name in tables},
        notebooks={f"notebooks/{c.path.name}": of_path(c.path) for c in chapters},
        package={name: value for name, value in package().items() if name not in tables},
    )


def versions() -> dict[str, str]:
    """Python (major.minor, so that patch releases agree) and the libraries that shape output."""
    known = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for library in LIBRARIES:
        try:
            known[library] = version(library)
        except PackageNotFoundError:
            known[library] = ""
    return known


def plan(
    school: str, year: int, values: Mapping[int, Values], chapters: Iterable[Chapter], made: Inputs
) -> dict[str, Any]:
    """The part of a manifest that is known before anything runs."""
    return {
        "school": school,
        "year": year,
        "data_version": made.data_version,
        "code_version": made.code_version,
        "versions": versions(),
        "chapters": {
            chapter.page: {
                "number": chapter.number,
                "title": chapter.title,
                "data_version": made.data_version,
                "parameters": values[chapter.number],
            }
            for chapter in chapters
        },
        "inputs": asdict(made),
    }


def text(content: Mapping[str, Any]) -> str:
    """The manifest as JSON."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(folder: Path) -> dict[str, Any] | None:
    """The manifest of a published report; None where there is none.

    Raises:
        UsageError: there is one that cannot be read.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        checked = {part: dict(content[part]) for part in ("chapters", "outputs")}
        return {**content, **checked}
    except (ValueError, KeyError, TypeError, OSError, RecursionError) as error:
        remedy = "可删去该报告文件夹后重新渲染"
        raise UsageError(f"{path} 不是可读的清单（manifest）；{remedy}") from error
