"""What a report was made from and what it consists of: `manifest.json`, without time stamps."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports import loading

FILE: Final = "manifest.json"
PACKAGE: Final = Path(__file__).parents[1]
# The libraries that shape what a page holds.
LIBRARIES: Final = ("pandas", "seaborn", "matplotlib", "papermill", "nbconvert", "jinja2", "numpy")
_PACKAGE_FILES: Final = frozenset({".py", ".csv", ".j2", ".css", ".js", ".json"})


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


def inputs(school: str, year: int, data: Path | None, chapters: Iterable[Chapter]) -> Inputs:
    """Fingerprints of the inputs of one report."""
    folder = loading.data_folder(data)
    earlier = [past for past in loading.years(school, folder) if past <= year]
    reports = [folder / school / str(past) for past in earlier]
    files = [
        folder / "schools.csv",
        *(p for one in reports for p in one.iterdir() if p.suffix in {".csv", ".toml"}),
    ]
    package = [path for path in PACKAGE.rglob("*") if path.suffix in _PACKAGE_FILES]
    tables = {p for p in package if p.is_relative_to(PACKAGE / "codebook") and p.suffix == ".csv"}
    return Inputs(
        data=digests(files, folder, "data/"),
        codebook=digests(tables, PACKAGE, "qzanalysis/"),
        notebooks={f"notebooks/{c.path.name}": digest(c.path.read_bytes()) for c in chapters},
        package=digests([p for p in package if p not in tables], PACKAGE, "qzanalysis/"),
    )


def digests(paths: Iterable[Path], root: Path, prefix: str) -> dict[str, str]:
    """SHA-256 of files, by path relative to `root` with `prefix` before it, in order."""
    return {
        prefix + path.relative_to(root).as_posix(): digest(path.read_bytes())
        for path in sorted(paths)
        if "__pycache__" not in path.parts
    }


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def combined(parts: Mapping[str, str]) -> str:
    """One short fingerprint of many."""
    lines = "".join(f"{name} {value}\n" for name, value in sorted(parts.items()))
    return digest(lines.encode())[:12]


def versions() -> dict[str, str]:
    """Python (major.minor, so that patch releases agree) and the libraries that shape output."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = ""
    return found


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
        "inputs": {
            "data": dict(made.data),
            "codebook": dict(made.codebook),
            "notebooks": dict(made.notebooks),
            "package": dict(made.package),
        },
    }


def text(content: Mapping[str, Any]) -> str:
    """The manifest as JSON."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(folder: Path) -> dict[str, Any] | None:
    """The manifest of a published report; None where there is none.

    Raises:
        UsageError: there is one that cannot be read.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        checked = {part: dict(content[part]) for part in ("chapters", "outputs")}
        return {**content, **checked}
    except (ValueError, KeyError, TypeError, OSError) as error:
        remedy = "可删去该报告文件夹后重新渲染"
        raise UsageError(f"{path} 不是可读的清单（manifest）；{remedy}") from error


def intact(folder: Path, content: Mapping[str, Any]) -> bool:
    """Whether every file the manifest lists is there, as it lists it."""
    return all(
        (folder / name).is_file() and digest((folder / name).read_bytes()) == value
        for name, value in content["outputs"].items()
    )
