"""Builds the `Layout` of a new report: from the edition, and from the shape of an earlier report."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import UsageError, nearest
from qzanalysis.intake import store
from qzanalysis.intake.cells import FORM, SECTION_TABLES, TEXT, Cell, Layout, Row, Table, file_of
from qzanalysis.intake.shapes import (
    Shape,
    in_printed_order,
    latest,
    past_of,
    row,
    rows_of,
    section_tables,
    text_rows,
    title_of,
    with_past,
)
from qzanalysis.reports import loading

FIRST_YEAR: Final = 2001  # the year before must fit the schema too
LAST_YEAR: Final = 2100
_FORM_TABLE: Final = "附表1"


def layout(
    school: str,
    year: int,
    edition: str | None = None,
    data: Path | None = None,
) -> Layout:
    """The tables that one school's report of one year will have.

    Args:
        school: slug of `schools.csv`.
        year: the new report's year.
        edition: a year of `codebook/editions/`, or the path of such a mapping; by default the
            latest edition that is not later than `year`.
        data: the data folder.

    Raises:
        UsageError: unknown school, impossible year, unknown edition.
        BadData: the earlier report's files break their schema.
    """
    known_school(school, data)
    known_year(year)
    name, mapping = edition_for(year, edition)
    shape = latest(school, year, data)
    tables = [*form_tables(mapping, year, shape)]
    if shape is not None:
        tables += section_tables(shape, year, school, data)
    text = text_rows(shape, year) if shape is not None and shape.own else ()
    return Layout(school, year, name, tuple(tables), text)


def known_school(school: str, data: Path | None) -> loading.School:
    """The school of this slug.

    Raises:
        UsageError: no such school; names the nearest.
    """
    known = loading.schools(data)
    if school not in known:
        raise UsageError(
            f"没有学校“{school}”；{nearest(school, known)}。新学校先用 qzanalysis new-school 登记"
        )
    return known[school]


def known_year(year: int) -> None:
    """Stop at a year no report can have.

    Raises:
        UsageError: the year is out of range.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UsageError(f"报告年份（year）“{year}”应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")


def edition_for(year: int, edition: str | None = None) -> tuple[str, pd.DataFrame]:
    """An edition's name and its mapping: item → indicator, breakdown.

    Raises:
        UsageError: no edition that early, or the mapping named is not one.
    """
    if edition is not None and edition.endswith(".csv"):
        return Path(edition).stem, _mapping(Path(edition))
    known = sorted(int(path.stem) for path in (codebook.FOLDER / "editions").glob("[0-9]*.csv"))
    if edition is not None:
        if edition not in map(str, known):
            listed = "、".join(map(str, known))
            raise UsageError(f"没有版本（edition）“{edition}”的数据表对照；已有：{listed}")
        return edition, codebook.edition(int(edition))
    chosen = max((each for each in known if each <= year), default=known[0])
    return str(chosen), codebook.edition(chosen)


def _mapping(path: Path) -> pd.DataFrame:
    if not store.exists(path):
        raise UsageError(f"没有版本对照文件（edition mapping）{path}")
    try:
        frame = codebook.read_table(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"版本对照文件 {path} 无法读取：应为 UTF-8 编码的 CSV") from error
    missing = [name for name in ("item", "indicator", "breakdown") if name not in frame.columns]
    if missing:
        raise UsageError(f"版本对照文件 {path} 缺少列：{'、'.join(missing)}")
    for indicator in frame["indicator"]:
        codebook.indicator(indicator)
    return frame


def form_tables(mapping: pd.DataFrame, year: int, shape: Shape | None) -> list[Table]:
    """The tables of the national form; an edition with several has a column `table` (附表2)."""
    past = past_of(shape, year)
    rows: dict[str, list[Row]] = {}
    titles: dict[str, str] = {}
    for record in mapping.to_dict("records"):
        table = str(record.get("table") or _FORM_TABLE)
        titles.setdefault(table, str(record.get("table_title") or f"{table} 数据表"))
        source = f"{table}#{record['item']}"
        found = row(str(record["item"]), record["indicator"], record["breakdown"], source)
        rows.setdefault(table, []).append(with_past(found, year, past))
    return [Table(file_of(f"{table}#1"), titles[table], tuple(rows[table])) for table in rows]


def of_data(report: loading.Report, data: Path | None = None) -> tuple[Layout, list[Cell]]:
    """The layout that an existing report's figures have, and the figures: nothing else, in order."""
    frame = report.observations
    files = frame["source"].map(file_of)
    shape = latest(report.school.slug, report.year, data)
    past = past_of(shape, report.year)
    tables = []
    for name in sorted(set(files), key=_table_order):
        if name.startswith(TEXT):
            continue
        here = frame[(files == name) & frame["year"].isin((report.year - 1, report.year))]
        rows = tuple(with_past(each, report.year, past) for each in rows_of(here))
        title = title_of(name) if name in SECTION_TABLES else _form_title(name)
        tables.append(Table(name, title, rows))
    cells = [
        Cell(
            it["indicator"],
            it["breakdown"],
            int(it["year"]),
            it["printed"],
            it["source"],
            it["note"],
        )
        for it in in_printed_order(frame).to_dict("records")
    ]
    edition, _ = edition_for(report.year)
    return Layout(report.school.slug, report.year, edition, tuple(tables)), cells


def _table_order(name: str) -> tuple[int, str]:
    """The form's tables, then the sections' in printed order, then running text."""
    sections = list(SECTION_TABLES)
    if name in sections:
        return sections.index(name) + 1, name
    return (0 if name.startswith(FORM) else 99), name


def _form_title(name: str) -> str:
    return f"附表{name.removeprefix(FORM).lstrip('-') or 1} 数据表"
