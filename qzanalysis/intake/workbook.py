"""Writes the workbook that a person fills in: `new-year`, and the same form filled from data.

The same inputs give the same bytes. Every cell is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.errors import RunFailed
from qzanalysis.intake import form, layout, store, styling
from qzanalysis.intake.faults import refusal
from qzanalysis.intake.layout import Cell, Layout, Row, Unplaced, file_of
from qzanalysis.intake.styling import Line
from qzanalysis.reports import atomic, loading
from qzanalysis.reports.report import sorted_key

SPARE_ROWS: Final = 20
SPARE_TEXT_ROWS: Final = 200
_CERTAINTY: Final = {"sure": "确定", "check": "请核对"}


def blank(school: str, year: int, edition: str | None = None, data: Path | None = None) -> bytes:
    """The form for a new report, as XLSX.

    Raises:
        UsageError: unknown school, impossible year, unknown edition.
    """
    store.check_slug(school)
    plan = layout.layout(school, year, edition, data)
    return write(plan, layout.known_school(school, data).name)


def filled(school: str, year: int, data: Path | None = None) -> bytes:
    """The form filled from an existing year's data: importing it gives the same data again.

    Raises:
        UsageError: unknown school, or a year without data.
    """
    store.check_slug(school)
    report = loading.load(school, year, data)
    plan, cells = layout.of_report(report)
    return write(plan, report.school.name, cells, kind=form.DATA)


def save(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write a workbook file whole or not at all.

    Raises:
        UsageError: the file exists (somebody may be filling it in) and `force` is not given.
        RunFailed: it cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise refusal("suffix", name=path.name or str(path))
    if not path.parent.is_dir():
        raise refusal("no_folder", folder=path.parent)
    if store.exists(path) and not force:
        raise refusal("form_exists", path=path)
    try:
        atomic.save(path, content)
    except RunFailed as error:
        hint = "；如果它正在 Excel、WPS 或 LibreOffice 中打开，请先关闭"
        raise RunFailed(f"{error}{hint if store.exists(path) else ''}") from error


def write(
    plan: Layout,
    school_name: str,
    cells: Iterable[Cell] = (),
    unplaced: Sequence[Unplaced] = (),
    kind: str = form.NEW,
    prose: Sequence[tuple[str, str, str]] = (),
) -> bytes:
    """A layout as XLSX, with these cells in place.

    Args:
        unplaced: figures for which an extractor found no row.
        prose: figures of running text that an extractor found: place, figure, the words around it.
    """
    cells = list(cells)
    names, book = _sheet_names(plan), styling.new_book()
    tables, text = _lines(plan, cells, kind)
    last = 1 + len(codebook.indicators())
    guide = form.guide(
        school_name, plan.year, plan.edition, _summary(cells, len(unplaced), len(prose))
    )

    def add(sheet: str, name: str, lines: Sequence[Line], **options: Any) -> None:
        styling.table(book, name, form.columns(sheet, plan.year), lines, **options)

    def listed(sheet: str, rows: Iterable[Sequence[str]]) -> list[Line]:
        keys = [column.key for column in form.columns(sheet, plan.year)]
        return [Line(dict(zip(keys, row, strict=False))) for row in rows]

    add("guide", form.GUIDE_SHEET, listed("guide", guide))
    for table, lines in tables.items():
        add("table", names[table], [*lines, *_spare(SPARE_ROWS)], indicators=f"$B$2:$B${last}")
    add("text", form.TEXT_SHEET, [*text, *_spare(SPARE_TEXT_ROWS)], indicators=f"$A$2:$A${last}")
    if unplaced:
        rows = [(it.text, it.origin, it.reason) for it in unplaced]
        add("unplaced", form.UNPLACED_SHEET, listed("unplaced", rows))
    if prose:
        add("prose", form.PROSE_SHEET, listed("prose", prose))
    add("codes", form.CODE_SHEET, listed("codes", _codes()), hidden=True)
    add("meta", form.META_SHEET, listed("meta", _meta(plan, names, kind)), hidden=True)
    return styling.pack(book)


def _spare(count: int) -> list[Line]:
    return [Line(spare=True) for _ in range(count)]


def _summary(cells: Sequence[Cell], unplaced: int, prose: int) -> str:
    """The results of an extractor, for the person who goes on; empty where none was used."""
    sure, check = (sum(it.certainty == name for it in cells) for name in _CERTAINTY)
    if not sure + check:
        return ""
    return (
        f"已从报告文件放入 {sure + check} 格：确定 {sure}，请核对（黄底）{check}；"
        f"“未归位”{unplaced} 处；“正文摘录”{prose} 处。"
        "空着的格子是没有提取到的，请照报告补上。"
    )


def _sheet_names(plan: Layout) -> dict[str, str]:
    """A sheet name for each table: its title, or its own name where two titles read alike."""
    names: dict[str, str] = {}
    for table in plan.tables:
        name = form.sheet_name(table.title)
        taken = {*form.SHEETS, "", *names.values()}
        names[table.name] = name if name not in taken else form.sheet_name(table.name)
    return names


def _lines(
    plan: Layout, cells: Iterable[Cell], kind: str
) -> tuple[dict[str, list[Line]], list[Line]]:
    """The lines of every table and of the running text, with each cell in its line.

    A cell goes to the row of its own place; else to a row of the same figure in the same table;
    else to a line of its own.
    """
    tables = {it.name: [_table_line(row, plan) for row in it.rows] for it in plan.tables}
    text = [_text_line(row) for row in plan.text]
    places: dict[tuple[str, str, str], list[tuple[Row, Line]]] = {}
    for it in plan.tables:
        for row, line in zip(it.rows, tables[it.name], strict=True):
            key = (it.name, row.indicator, sorted_key(row.breakdown))
            places.setdefault(key, []).append((row, line))
    for cell in cells:
        name, column = file_of(cell.source), "before" if cell.year == plan.years[0] else "now"
        same = places.get((name, cell.indicator, sorted_key(cell.breakdown)), [])
        rows = sorted(same, key=lambda it: it[0].source != cell.source)
        free = (line for row, line in rows if cell.year in row.years and _free(line, cell, column))
        own = Row("", cell.indicator, cell.breakdown, cell.source, (cell.year,))
        if place := next(free, None):
            _put(place, cell, column)
        elif name in tables and cell.year in plan.years:
            line = replace(_line(own, indicator=cell.indicator), spare=True)
            tables[name].append(_put(line, cell, column))
        else:
            present = form.YES if kind == form.DATA else ""
            text.append(_put(_text_line(own, present=present), cell, "printed"))
    return tables, text


def _line(row: Row, **values: str) -> Line:
    about = codebook.indicator(row.indicator)
    common = {
        "label": row.label,
        "name": row.name,
        "unit": about["unit"],
        "previous": row.previous,
        "previous_note": row.note,
        "source": row.source,
        "breakdown": row.breakdown,
    }
    signed = "change=" in row.breakdown
    return Line(common | values, percent=about["unit"] == "%", signed=signed)


def _table_line(row: Row, plan: Layout) -> Line:
    line = _line(
        row,
        indicator=row.indicator,
        present=form.YES,
        definition=codebook.indicator(row.indicator)["definition"],
        years=" ".join(map(str, row.years)),
    )
    columns = zip(("before", "now"), plan.years, strict=True)
    line.closed |= {key for key, year in columns if year not in row.years}
    return line


def _text_line(row: Row, **values: str) -> Line:
    year = str(row.years[0])
    return _line(row, indicator=_picked(row.indicator), year=year, **values)


def _free(line: Line, cell: Cell, column: str) -> bool:
    """True if the column is empty, and a figure in the other one is from the same place."""
    used = {"before", "now"} & line.values.keys()
    return column not in used and (not used or line.values["source"] == cell.source)


def _put(line: Line, cell: Cell, column: str) -> Line:
    note = "note" if column == "printed" else f"note_{column}"
    line.values |= {column: cell.printed, note: cell.note, "source": cell.source}
    if cell.certainty == "check":
        line.doubtful.add(column)
    if cell.origin or cell.certainty:
        certainty = f"（{_CERTAINTY[cell.certainty]}）" if cell.certainty else ""
        origin = f"{cell.year}：{cell.origin}{certainty}"
        line.values["origin"] = "；".join(filter(None, (line.values.get("origin"), origin)))
    return line


def _picked(indicator: str) -> str:
    """An indicator as the list shows it: `全日制在校生数 students`."""
    return f"{codebook.indicator(indicator)['name']} {indicator}"


def _codes() -> list[tuple[str, ...]]:
    """Indicators to pick from, and beside them the values a breakdown may take."""
    indicators = codebook.indicators().reset_index().sort_values(["chapter", "id"])
    left = [(f"{it.name} {it.id}", it.id, it.unit) for it in indicators.itertuples(index=False)]
    values = codebook.dimensions().query("value != '*'").itertuples()
    right = [
        *((f"{it.dimension}={it.value}", it.name) for it in values),
        *((f"programme={it}", codebook.programme_label(it)) for it in codebook.programmes().index),
    ]
    pairs = zip_longest(left, right)
    return [(*(one or ("",) * 3), *(other or ("",) * 2)) for one, other in pairs]


def _meta(plan: Layout, names: Mapping[str, str], kind: str) -> list[tuple[str, ...]]:
    """The report that the form is of; then every printed row, so that a lost one is noticed."""
    rows: list[tuple[str, ...]] = [
        ("format", form.FORMAT),
        ("version", form.VERSION),
        ("school", plan.school),
        ("year", str(plan.year)),
        ("edition", plan.edition),
        ("kind", kind),
    ]
    for table in plan.tables:
        rows.append(("table", table.name, names[table.name]))
        rows += [("row", table.name, row.indicator, row.breakdown) for row in table.rows]
    return rows
