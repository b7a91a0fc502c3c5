"""Writes one report's figures into the data folder: all of them or none.

The year's folder is built beside its place, read back through the schema, and swapped in by one
rename. Files other than figures (the register of corrections) are kept.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.intake.layout import Cell, file_of
from qzanalysis.reports import atomic, datapackage, loading, schema

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 60


def check_slug(school: str) -> None:
    """Check that a slug can be a folder's name.

    Raises:
        UsageError: with the rule.
    """
    if not _SLUG.fullmatch(school) or len(school) > _LONGEST_SLUG:
        raise UsageError(
            f"学校代号（slug）“{school[:_LONGEST_SLUG]}”不合规则：只用小写字母、数字和单个横线，"
            f"不超过 {_LONGEST_SLUG} 个字符，如 quzhou-zhongzhuan"
        )


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
            raise UsageError(
                f"{folder} 是链接（symbolic link），可能指向数据文件夹之外；请改为普通文件夹"
            )
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
        raise UsageError(
            f"{school} 已有 {year} 年的数据（{target}）；确认要替换时加 --replace，"
            "先用 qzanalysis new-year --from-data 可保存一份"
        )
    contents = as_files(cells)
    try:
        with atomic.locked(target):
            _swap_in(target, contents)
        described = describe(data)
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


def describe(data: Path | None) -> Path:
    """Refresh `datapackage.json`, whole or not at all."""
    path = loading.data_folder(data) / "datapackage.json"
    text = json.dumps(datapackage.describe(data), ensure_ascii=False, indent=2)
    atomic.save(path, f"{text}\n".encode())
    return path


def _swap_in(target: Path, contents: Mapping[str, bytes]) -> None:
    building = target.with_name(f".{target.name}.building-{os.getpid()}")
    try:
        atomic.write(building, contents)
        schema.read_observations([building / name for name in sorted(contents)], building)
        _copy_others(target, building)
        atomic.swap(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _copy_others(target: Path, building: Path) -> None:
    """Copy everything that is not an observation file into the new folder."""
    for path in target.iterdir() if target.exists() else ():
        if path.suffix == ".csv" and path.name not in loading.REGISTERS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, building / path.name, symlinks=True)
        else:
            shutil.copy2(path, building / path.name, follow_symlinks=False)
