"""The manifest of a report: `manifest.json`, without time stamps and without paths of this machine."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.ledger import fingerprints
from qzanalysis.publishing.ledger.records import MANIFEST
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports import loading

# The libraries that determine the content of a page.
LIBRARIES: Final = ("pandas", "seaborn", "matplotlib", "papermill", "nbconvert", "jinja2", "numpy")
_CODEBOOK: Final = "qzanalysis/codebook/"
_PROGRAMMES: Final = f"{_CODEBOOK}programmes.csv"


@dataclass(frozen=True, slots=True)
class Inputs:
    """SHA-256 of everything a report was made from, by relative path with `/`.

    Of two tables that all schools share, only the rows of this report count, which `?` in the name
    says: its school's row of `schools.csv`, and the programmes that its figures name.
    """

    data: Mapping[str, str]
    codebook: Mapping[str, str]
    notebooks: Mapping[str, str]
    package: Mapping[str, str]

    @property
    def data_version(self) -> str:
        """Twelve characters that stand for the data and the codebook together."""
        return fingerprints.combined({**self.data, **self.codebook})

    @property
    def code_version(self) -> str:
        """Twelve characters that stand for the package and the notebooks together."""
        return fingerprints.combined({**self.package, **self.notebooks})


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
    schools = sorted({school for school, _ in years})
    row = fingerprints.of_rows(folder / "schools.csv", "school", schools)
    words = {word for path in files for word in re.findall(rb"\w+", path.read_bytes())}
    package = dict(fingerprints.package())
    tables = {n: package.pop(n) for n in list(package) if re.match(f"{_CODEBOOK}.*[.]csv$", n)}
    del tables[_PROGRAMMES]
    used = fingerprints.of_rows(
        fingerprints.PACKAGE.parent / _PROGRAMMES, "id", {word.decode() for word in words}
    )
    return Inputs(
        data={
            f"data/schools.csv?school={','.join(schools)}": row,
            **fingerprints.of_files(files, folder, "data/"),
        },
        codebook={**tables, f"{_PROGRAMMES}?used": used},
        notebooks={f"notebooks/{c.path.name}": fingerprints.of_path(c.path) for c in chapters},
        package=package,
    )


def plan(
    school: str, year: int, values: Mapping[int, Values], chapters: Iterable[Chapter], made: Inputs
) -> dict[str, Any]:
    """The part of a manifest that is known before anything runs.

    Of Python's version it names major and minor, so that patch releases agree.
    """
    return {
        "school": school,
        "year": year,
        "data_version": made.data_version,
        "code_version": made.code_version,
        "versions": {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            **{library: version(library) for library in LIBRARIES},
        },
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
