"""Fingerprints of what a result rests on: files, folders, the package and the installed libraries.

A file under the data or the notebook folder of a request is named by its place in that folder
(`data/schools.csv`), so that the same content counts as the same wherever the folder lies. Every
other file is named by its absolute path.
"""

# Paths stay as they were written, not resolved.
# ruff: noqa: PTH100, PTH112, PTH113, PTH116, PTH118, PTH208

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).parents[2]
_PACKAGE_FILES: Final = frozenset({".py", ".csv", ".j2", ".css", ".js", ".json"})
# Top-level modules whose files decide about the bytes of a page. Every other installed library is
# known by its version alone.
SHAPING: Final = (
    *("pandas", "numpy", "dateutil", "seaborn", "matplotlib", "PIL", "pylopdf_fonts_zh_cn"),
    *("papermill", "IPython", "traitlets", "nbformat", "nbconvert", "jinja2", "markupsafe"),
    *("mistune", "pygments", "bleach", "lxml"),
)


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of a request: the figures, and the notebooks."""

    data: Path
    notebooks: Path

    def name(self, path: str) -> str:
        """The name of an absolute path: relative to the folder it lies in, else the path itself."""
        for root, folder in self._folders():
            for start in (os.path.abspath(folder), os.path.realpath(folder)):
                if is_under(path, (start,)):
                    return f"{root}/{Path(path).relative_to(start).as_posix()}"
        return path

    def path(self, name: str) -> Path:
        """The path a name stands for in these folders."""
        for root, folder in self._folders():
            if name.startswith(f"{root}/"):
                return folder / name.removeprefix(f"{root}/")
        return Path(name)

    def _folders(self) -> tuple[tuple[str, Path], ...]:
        return ("data", self.data), ("notebooks", self.notebooks)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def of_json(content: Any) -> str:
    """SHA-256 of a value that JSON can hold."""
    return digest(json.dumps(content, sort_keys=True, default=str).encode())


def combined(parts: Mapping[str, str]) -> str:
    """The first twelve characters of one SHA-256 over many."""
    lines = (f"{name} {value}\n" for name, value in sorted(parts.items()))
    return digest("".join(lines).encode())[:12]


def of_path(path: Path) -> str:
    """SHA-256 of a file, or of the names in a folder; empty for what cannot be read."""
    try:
        if path.is_dir():
            return digest("\0".join(sorted(set(os.listdir(path)) - {"__pycache__"})).encode())
        return digest(path.read_bytes()) if path.is_file() else ""
    except OSError:
        return ""


def of_rows(path: Path, column: str, wanted: Collection[str]) -> str:
    """SHA-256 of those rows of a CSV that have one of the wanted values in a column."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return of_json([row for row in csv.DictReader(lines) if row[column] in wanted])


def of_files(paths: Iterable[Path], root: Path, prefix: str) -> dict[str, str]:
    """SHA-256 of files, by path relative to `root` with `prefix` before it, in order."""
    return {prefix + p.relative_to(root).as_posix(): of_path(p) for p in sorted(paths)}


@cache
def package() -> Mapping[str, str]:
    """SHA-256 of the package's files, as this process first found them: modules, tables, templates."""
    files = (p for p in PACKAGE.rglob("*") if p.suffix in _PACKAGE_FILES)
    return of_files((p for p in files if "__pycache__" not in p.parts), PACKAGE, "qzanalysis/")


@cache
def code() -> Mapping[str, str]:
    """The fingerprints of the program that runs: the package, and Python with what is installed."""
    lines = [sys.version, *sorted(_versions()), *(line for n in SHAPING for line in _library(n))]
    return {"package": combined(package()), "libraries": digest("\n".join(lines).encode())}


def _versions() -> Iterator[str]:
    """Every installed distribution, with size and time of its metadata and its list of files."""
    for place in {os.path.realpath(place) for place in sys.path if place and os.path.isdir(place)}:
        for entry in os.scandir(place):
            if entry.name.endswith((".dist-info", ".egg-info")):
                yield entry.name
                for name in ("METADATA", "RECORD"):
                    if os.path.isfile(path := os.path.join(entry.path, name)):
                        yield _state(entry.name, os.stat(path))


def _library(name: str) -> Iterator[str]:
    """Size and time of every file of an installed library, its tests left out."""
    found = find_spec(name)
    for folder in (found and found.submodule_search_locations) or ():
        yield from _states(folder)


def _states(folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir() and entry.name not in {"__pycache__", "tests"}:
            yield from _states(entry.path)
        elif entry.is_file():
            yield _state(entry.name, entry.stat())


def _state(name: str, state: os.stat_result) -> str:
    return f"{name} {state.st_size} {state.st_mtime_ns}"


def is_under(path: str, folders: Iterable[str]) -> bool:
    """True if a path is one of the folders or lies in one."""
    return any(path == one or path.startswith(one.rstrip(os.sep) + os.sep) for one in folders)
