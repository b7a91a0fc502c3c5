"""Brings in a year's figures: a workbook or hand-made CSV becomes the files of a report, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qzanalysis.errors import BadData, Problem, UsageError
from qzanalysis.intake import entries, handmade, layout, returned, store
from qzanalysis.intake.cells import Cell

_BOOKS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".et", ".ods"})
_REPORTS: Final = frozenset({".docx", ".doc", ".wps", ".pdf", ".html", ".htm", ".txt", ".md"})
_LOCKS: Final = ("~$", ".~lock.")


@dataclass(frozen=True, slots=True)
class Done:
    """What an import wrote, and what a person should know about it."""

    paths: tuple[Path, ...]
    notices: tuple[str, ...]


def bring_in(
    file: Path,
    school: str | None = None,
    year: int | None = None,
    data: Path | None = None,
    *,
    dash: str | None = None,
    replace: bool = False,
) -> Done:
    """Read, examine and write one report's figures.

    Args:
        file: a workbook, a CSV file, or a folder of CSV files.
        school, year: whose figures; a workbook says so itself, and must agree.
        data: the data folder.
        dash: what a lone dash means; see `values.take`.
        replace: whether to replace figures that are there already.

    Raises:
        UsageError: the file cannot be read, or whose figures they are is not clear.
        BadData: with every problem of every sheet or file; nothing was written.
        RunFailed: the figures could not be written; what was there stays.
    """
    if not store.exists(file):
        raise UsageError(f"没有文件或文件夹 {entries.shown(str(file))}")
    _insist_on_figures(file)
    cells, problems, notices, school, year = _read(file, school, year, data, dash)
    if problems:
        raise BadData(_limited(problems))
    if not cells:
        raise UsageError(f"{file.name} 里没有填写任何数字，未写出任何文件")
    _insist_on_year(file, cells, year)
    paths = store.save(school, year, cells, data, replace=replace)
    return Done(tuple(paths), tuple(notices))


def _insist_on_figures(file: Path) -> None:
    """Files that somebody may take for the workbook, and what to do with each."""
    name = entries.shown(file.name)
    if file.name.startswith(_LOCKS):
        raise UsageError(
            f"{name} 是办公软件打开文件时的临时文件：请先关闭该文件，再导入文件名前没有“~$”的那一个"
        )
    if file.is_file() and file.suffix.lower() in _REPORTS:
        raise UsageError(
            f"{name} 是报告，不是工作簿：请先用 qzanalysis extract 提取其中的表，核对后再导入"
        )


def _insist_on_year(file: Path, cells: Sequence[Cell], year: int) -> None:
    """A report prints figures of its own year; one of another year has only those of the year before."""
    printed = {cell.year for cell in cells if cell.printed}
    if printed and year not in printed:
        found = "、".join(map(str, sorted(printed)))
        raise UsageError(
            f"{file.name} 里没有 {year} 年的数字，只有 {found} 年的：核对报告年份，未写出任何文件"
        )


def _read(
    file: Path, school: str | None, year: int | None, data: Path | None, dash: str | None
) -> tuple[list[Cell], list[Problem], list[str], str, int]:
    if file.is_file() and file.suffix.lower() in _BOOKS:
        book = returned.read(file)
        school, year = _agreed(file, book.meta, school, year)
        _known(school, year, data)
        cells, found = entries.examine(book.entries, year, dash)
        return cells, [*book.problems, *found], book.notices, school, year
    if school is None or year is None:
        raise UsageError("导入 CSV 时要用 --school 和 --year 说明是哪所学校、哪一年的报告")
    _known(school, year, data)
    typed, problems, notices = handmade.read(file)
    if problems and not typed:
        raise BadData(_limited(problems))
    cells, found = entries.examine(typed, year, dash)
    return cells, [*problems, *found], notices, school, year


def _agreed(
    file: Path, meta: returned.Meta, school: str | None, year: int | None
) -> tuple[str, int]:
    for asked, written, what in ((school, meta.school, "学校"), (year, meta.year, "年份")):
        if asked is not None and asked != written:
            raise UsageError(
                f"{file.name} 是{what}“{written}”的工作簿，与所给的“{asked}”不同：核对文件"
            )
    return meta.school, meta.year


def _known(school: str, year: int, data: Path | None) -> None:
    store.check_slug(school)
    layout.known_year(year)
    layout.known_school(school, data)
    store.folder_for(school, year, data)


def _limited(problems: Sequence[Problem]) -> list[Problem]:
    """All problems, but no more than anybody reads; the last line says that some were left out."""
    if len(problems) <= entries.ENOUGH:
        return list(problems)
    left = len(problems) - entries.ENOUGH
    rest = Problem(
        "其余", None, None, f"至少另有 {left} 处", "先改正以上各处", "改正后重新导入，会列出余下的"
    )
    return [*problems[: entries.ENOUGH], rest]
