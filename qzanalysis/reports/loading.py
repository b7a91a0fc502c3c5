"""The data folder: the schools, their report years and files, and one report read from them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from qzanalysis.errors import UsageError, nearest
from qzanalysis.reports import schema
from qzanalysis.reports.memory import contents
from qzanalysis.reports.report import Report, School

REGISTERS: Final = frozenset({"corrections.csv"})  # files of a report's folder that hold no figures


def data_folder(data: Path | str | None = None) -> Path:
    """The folder of the figures: the argument, else `QZANALYSIS_DATA`, else the repository's `data/`."""
    if data is not None:
        return Path(data)
    if set_by_hand := os.environ.get("QZANALYSIS_DATA"):
        return Path(set_by_hand)
    return Path(__file__).parents[2] / "data"


def schools(data: Path | str | None = None) -> dict[str, School]:
    """The schools there are, by slug.

    Raises:
        UsageError: the data folder has no list of schools.
        BadData: the list breaks its schema.
    """
    folder = data_folder(data)
    if not (folder / "schools.csv").is_file():
        raise UsageError(
            f"数据文件夹 {folder} 里没有 schools.csv；用 --data 指定数据文件夹，"
            "或先用 qzanalysis new-school 登记学校"
        )
    table = schema.read_schools(folder / "schools.csv")
    return {
        str(slug): School(str(slug), *map(str, row))
        for slug, row in zip(table.index, table.values, strict=True)
    }


def years(school: str, data: Path | str | None = None) -> list[int]:
    """The report years a school has figures for."""
    folder = data_folder(data) / school
    return sorted(int(path.name) for path in folder.glob("[0-9]" * 4) if any(path.glob("*.csv")))


def files(school: str, year: int, data: Path | str | None = None) -> list[Path]:
    """The observation files of one report, in a fixed order."""
    folder = data_folder(data) / school / str(year)
    return sorted(path for path in folder.glob("*.csv") if path.name not in REGISTERS)


def chosen(school: str | None, year: int | None, data: Path | str | None = None) -> tuple[str, int]:
    """The school and year asked for; by default the first school and its latest year.

    Raises:
        UsageError: the data hold no school.
    """
    known = schools(data)
    if school is None and not known:
        raise UsageError("schools.csv 中没有学校；请先登记一所")
    school = school or next(iter(known))
    available = years(school, data) if school in known else []
    return school, available[-1] if year is None and available else year or 0


def load(school: str, year: int, data: Path | str | None = None) -> Report:
    """One school's report of one year.

    Args:
        school: slug of `schools.csv`, such as `quzhou-zhongzhuan`.
        year: the report's year.
        data: the data folder; see `data_folder`.

    Raises:
        UsageError: unknown school or year; the message lists what there is.
        BadData: a file breaks its schema; the message lists every problem.
    """
    known = schools(data)
    if school not in known:
        raise UsageError(f"没有学校“{school}”；{nearest(school, known)}")
    available = years(school, data)
    if year not in available:
        listed = "、".join(map(str, available)) or "（无）"
        raise UsageError(f"{known[school].name}没有 {year} 年的数据；已有年份：{listed}")
    frame = schema.observations(contents(files(school, year, data), data_folder(data)))
    earlier = [other for other in available if other < year]
    previous = load(school, max(earlier), data) if earlier else None
    return Report(known[school], year, frame.copy(deep=False), previous)
