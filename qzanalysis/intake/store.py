"""Writes one report's figures into the data folder: all of them or none.

The year's folder is built aside, read back through the schema, and swapped in by one rename. What
stands in an existing folder beside the figures (the register of corrections) is kept.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.intake.cells import Cell, file_of
from qzanalysis.reports import atomic, datapackage, loading, schema

SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG: Final = 60


def check_slug(school: str) -> None:
    """Stop at a slug that is not fit for a folder's name.

    Raises:
        UsageError: with the rule.
    """
    if not SLUG.fullmatch(school) or len(school) > _LONGEST_SLUG:
        raise UsageError(
            f"学校代号（slug）“{school[:_LONGEST_SLUG]}”不合规则：只用小写字母、数字和单个横线，"
            f"不超过 {_LONGEST_SLUG} 个字符，如 quzhou-zhongzhuan"
        )


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; a name no system takes is not there."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def folder_for(school: str, year: int, data: Path | None = None) -> Path:
    """The folder of one report's figures, certainly inside the data folder.

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


def free(school: str, year: int, data: Path | None, *, replace: bool) -> Path:
    """The folder to write to.

    Raises:
        UsageError: the year has data already and `replace` is not given.
    """
    target = folder_for(school, year, data)
    if target.exists() and not replace:
        raise UsageError(
            f"{school} 已有 {year} 年的数据（{target}）；确认要替换时加 --replace，"
            "先用 qzanalysis new-year --from-data 可保存一份"
        )
    return target


def save(
    school: str, year: int, cells: Sequence[Cell], data: Path | None, *, replace: bool
) -> list[Path]:
    """Write the figures and refresh `datapackage.json`; the paths written.

    Raises:
        UsageError: the year has data already and `replace` is not given.
        BadData: the files written do not pass the schema (then nothing is changed).
        RunFailed: they could not be written; what was there stays.
    """
    target = free(school, year, data, replace=replace)
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
    grouped: dict[str, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(f"{file_of(cell.source)}.csv", []).append(cell)
    return {name: _as_csv(rows) for name, rows in grouped.items()}


def _as_csv(cells: Sequence[Cell]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(schema.OBSERVATION_COLUMNS)
    for it in cells:
        writer.writerow((it.indicator, it.breakdown, it.year, it.printed, it.source, it.note))
    return buffer.getvalue().encode("utf-8")


def _swap_in(target: Path, contents: Mapping[str, bytes]) -> None:
    building = target.with_name(f".{target.name}.building-{os.getpid()}")
    try:
        atomic.write(building, contents)
        schema.read_observations([building / name for name in sorted(contents)], building)
        _keep_others(target, building)
        atomic.swap(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _keep_others(target: Path, building: Path) -> None:
    """Whatever is not an observation file stays with the report."""
    if not target.exists():
        return
    for path in target.iterdir():
        if path.suffix == ".csv" and path.name not in loading.REGISTERS:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, building / path.name, symlinks=True)
        else:
            shutil.copy2(path, building / path.name, follow_symlinks=False)


def describe(data: Path | None) -> Path:
    """Refresh `datapackage.json`, whole or not at all."""
    path = loading.data_folder(data) / "datapackage.json"
    text = json.dumps(datapackage.describe(data), ensure_ascii=False, indent=2)
    atomic.save(path, f"{text}\n".encode())
    return path
