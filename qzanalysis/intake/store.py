"""Writes one report's figures into the data folder: all of them or none.

The year's folder is built beside its place, read back through the schema, and swapped in by one
rename. Files other than figures (the register of corrections) are kept.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from qzanalysis.errors import RunFailed, shown
from qzanalysis.intake.faults import refusal
from qzanalysis.intake.layout import Cell, file_of
from qzanalysis.reports import atomic, datapackage, loading, schema


def check_slug(school: str) -> None:
    """Check that a slug can be a folder's name.

    Raises:
        UsageError: with the rule.
    """
    if not schema.known_slug(school):
        raise refusal("slug", slug=shown(school), rule=schema.SCHOOL_RULES[0].expected)


def exists(path: Path) -> bool:
    """True if there is such a file or folder; a name that no system accepts does not exist."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def folder_for(school: str, year: int, data: Path | None = None) -> Path:
    """The folder of one report's figures, inside the data folder.

    Raises:
        UsageError: the slug breaks the rule, or a link leads out of the data folder.
    """
    check_slug(school)
    root = loading.data_folder(data)
    target = root / school / str(year)
    for folder in (target.parent, target):
        if folder.is_symlink() or not folder.resolve().is_relative_to(root.resolve()):
            raise refusal("link", folder=folder)
    return target


def save(
    school: str, year: int, cells: Sequence[Cell], data: Path | None, *, replace: bool
) -> list[Path]:
    """Write the figures and refresh `datapackage.json`; returns the paths written.

    Raises:
        UsageError: the year has data already and `replace` is not given.
        BadData: the files written do not pass the schema (then nothing is changed).
        RunFailed: they could not be written; the existing figures are unchanged.
    """
    target = folder_for(school, year, data)
    if target.exists() and not replace:
        raise refusal("exists", school=school, year=year, folder=target)
    contents = as_files(cells)
    try:
        with atomic.locked(target):
            _swap_in(target, contents)
        described = datapackage.write(data)
    except OSError as error:
        raise RunFailed(
            f"无法写入 {target}：{error.strerror or error}。原有数据保持不变"
        ) from error
    return [*(target / name for name in sorted(contents)), described]


def as_files(cells: Sequence[Cell]) -> Mapping[str, bytes]:
    """The observation files for these figures, by name; rows keep their order."""
    frame = pd.DataFrame(cells)
    columns = list(schema.OBSERVATION_COLUMNS)
    return {
        f"{name}.csv": part[columns].to_csv(index=False, lineterminator="\n").encode()
        for name, part in frame.groupby(frame["source"].map(file_of), sort=False)
    }


def _swap_in(target: Path, contents: Mapping[str, bytes]) -> None:
    building = target.with_name(f".{target.name}.building-{os.getpid()}")
    try:
        atomic.write(building, contents)
        schema.observations(tuple(sorted(contents.items())))
        if target.exists():
            skip = partial(_figure_files, target)
            shutil.copytree(target, building, symlinks=True, ignore=skip, dirs_exist_ok=True)
        atomic.swap(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _figure_files(report: Path, folder: str, names: list[str]) -> list[str]:
    """The observation files of a report, which are not copied."""
    own = Path(folder) == report
    return [it for it in names if own and it.endswith(".csv") and it not in loading.REGISTERS]
