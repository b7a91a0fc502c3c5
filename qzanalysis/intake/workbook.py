"""Writes the workbook that a person fills in: `new-year`, and the same form filled from data.

The same inputs give the same bytes: fixed dates in the document and in the zip. Every cell is
text, so that a spreadsheet turns no `3-2` into a date and runs no `=1+1`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.documents.document import Unplaced
from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.intake import form, layout, shapes, store
from qzanalysis.intake.cells import TEXT, Cell, Layout, Row, Table
from qzanalysis.intake.placing import Filling, placed
from qzanalysis.intake.sheets import Line, Painter, pack
from qzanalysis.reports import atomic, loading

_CERTAINTY: Final = {"sure": "确定", "check": "请核对"}


def blank(
    school: str,
    year: int,
    edition: str | None = None,
    data: Path | None = None,
    cells: Iterable[Cell] = (),
    unplaced: Sequence[Unplaced] = (),
) -> bytes:
    """The form for a new report, as XLSX; with `cells` (from an extractor) already in place.

    Raises:
        UsageError: unknown school, impossible year, unknown edition.
    """
    store.check_slug(school)
    plan = layout.layout(school, year, edition, data)
    return write(plan, layout.known_school(school, data).name, cells, unplaced)


def filled(school: str, year: int, data: Path | None = None) -> bytes:
    """The form filled from an existing year's data: importing it gives the same data again.

    Raises:
        UsageError: unknown school, or a year without data.
    """
    store.check_slug(school)
    report = loading.load(school, year, data)
    plan, cells = layout.of_data(report, data)
    return write(plan, report.school.name, cells, kind=form.DATA)


def save(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write a workbook file whole or not at all.

    Raises:
        UsageError: the file exists (somebody may be filling it in) and `force` is not given.
        RunFailed: it cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"工作簿的扩展名应为 .xlsx，而不是“{path.name or path}”")
    if not path.parent.is_dir():
        raise UsageError(f"没有文件夹 {path.parent}：请先建立它，或用 --out 另指定")
    if store.exists(path) and not force:
        raise UsageError(f"{path} 已存在，可能已填写；要覆盖请加 --force，或用 --out 另取文件名")
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
        prose: figures of running text that an extractor saw: place, figure, the words around it.
    """
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    painter = Painter(book)
    listed = list(cells)
    extracted = _extracted(listed, unplaced, prose)
    painter.guide(form.guide(school_name, plan.year, plan.edition, extracted))
    filling = placed(plan, listed)
    names = _sheet_names(plan)
    for table in plan.tables:
        columns = form.table_columns(plan.year)
        lines = [*_table_lines(table, plan, filling), *_spare_lines(table, plan, filling)]
        painter.sheet(names[table.name], columns, lines)
    text = [*_text_lines(plan, filling, kind), *[Line({}) for _ in range(form.SPARE_TEXT_ROWS)]]
    painter.sheet(form.TEXT_SHEET, form.text_columns(plan.year), text)
    if unplaced:
        painter.listing(
            form.UNPLACED_SHEET,
            ("原文", "位置", "原因"),
            [(it.text, it.origin, it.reason) for it in unplaced],
            widths=(40, 44, 60),
        )
    if prose:
        painter.listing(form.PROSE_SHEET, ("位置", "所印", "前后文"), prose, widths=(24, 16, 90))
    painter.listing(
        form.CODE_SHEET, ("指标", "编号", "单位", "细分", "细分名称"), _codes(), hidden=True
    )
    painter.listing(form.META_SHEET, ("key", "value"), _meta(plan, kind), hidden=True)
    return pack(book)


def _extracted(
    cells: Sequence[Cell], unplaced: Sequence[Unplaced], prose: Sequence[tuple[str, str, str]]
) -> str:
    """What an extractor has done, for the person who goes on; empty where none has."""
    sure = sum(cell.certainty == "sure" for cell in cells)
    check = sum(cell.certainty == "check" for cell in cells)
    if not sure + check:
        return ""
    return (
        f"已从报告文件放入 {sure + check} 格：确定 {sure}，请核对（黄底）{check}；"
        f"“未归位”{len(unplaced)} 处；“正文摘录”{len(prose)} 处。"
        "空着的格子是没有提取到的，请照报告补上。"
    )


def _sheet_names(plan: Layout) -> dict[str, str]:
    """A sheet name for each table: its title, or its own name where two titles read alike."""
    names: dict[str, str] = {}
    for table in plan.tables:
        name = form.sheet_name(table.title)
        taken = {
            form.GUIDE_SHEET,
            form.TEXT_SHEET,
            form.CODE_SHEET,
            form.META_SHEET,
            form.UNPLACED_SHEET,
            form.PROSE_SHEET,
            "",
            *names.values(),
        }
        names[table.name] = name if name not in taken else form.sheet_name(table.name)
    return names


def picked(indicator: str) -> str:
    """An indicator as the list shows it: `全日制在校生数 students`."""
    return f"{codebook.indicator(indicator)['name']} {indicator}"


def _table_lines(table: Table, plan: Layout, filling: Filling) -> list[Line]:
    return [
        _line(row, filling.by_row.get((table.name, at), ()), plan)
        for at, row in enumerate(table.rows)
    ]


def _line(row: Row, cells: Sequence[Cell], plan: Layout) -> Line:
    """One row of a table with its figures."""
    line = Line(
        {
            "label": row.label,
            "name": row.name,
            "unit": row.unit,
            "previous": row.previous,
            "source": cells[0].source if cells else row.source,
            "present": form.YES,
            "definition": row.definition,
            "indicator": row.indicator,
            "breakdown": row.breakdown,
            "years": " ".join(map(str, row.years)),
        },
        closed={
            key
            for key, year in zip(("before", "now"), plan.years, strict=True)
            if year not in row.years
        }
        | {"indicator", "breakdown"},
        percent=row.unit == "%",
        signed="change=" in row.breakdown,
    )
    for cell in cells:
        _put(line, cell, "before" if cell.year == plan.years[0] else "now")
    return line


def _put(line: Line, cell: Cell, key: str) -> None:
    line.values[key] = cell.printed
    line.values[f"note_{key}" if key != "printed" else "note"] = cell.note
    if cell.certainty == "check":
        line.doubtful.add(key)
    if cell.origin or cell.certainty:
        sure = _CERTAINTY.get(cell.certainty, "")
        found = f"{cell.year}：{cell.origin}" + (f"（{sure}）" if sure else "")
        line.values["origin"] = "；".join(filter(None, (line.values.get("origin", ""), found)))


def _spare_lines(table: Table, plan: Layout, filling: Filling) -> list[Line]:
    """Figures of this table that no printed row expects, then empty rows."""
    lines = []
    for cell in filling.spare.get(table.name, ()):
        row = shapes.row("", cell.indicator, cell.breakdown, cell.source)
        line = Line(
            {
                "name": row.name,
                "unit": row.unit,
                "source": cell.source,
                "indicator": cell.indicator,
                "breakdown": cell.breakdown,
            },
            percent=row.unit == "%",
            signed="change=" in cell.breakdown,
        )
        _put(line, cell, "before" if cell.year == plan.years[0] else "now")
        lines.append(line)
    return lines + [Line({}) for _ in range(form.SPARE_ROWS)]


def _text_lines(plan: Layout, filling: Filling, kind: str) -> list[Line]:
    waiting = list(filling.spare.get(TEXT, ()))
    lines = []
    for row in plan.text:
        line = Line(
            {
                "indicator": picked(row.indicator),
                "breakdown": row.breakdown,
                "name": row.name,
                "unit": row.unit,
                "previous": row.previous,
                "previous_note": row.note,
                "year": str(row.years[0]),
                "source": row.source,
            },
            percent=row.unit == "%",
            signed="change=" in row.breakdown,
        )
        lines.append(line)
    for cell in waiting:
        lines.append(_text_line(cell, kind))
    return lines


def _text_line(cell: Cell, kind: str) -> Line:
    row = shapes.row("", cell.indicator, cell.breakdown, cell.source)
    line = Line(
        {
            "indicator": picked(cell.indicator),
            "breakdown": cell.breakdown,
            "name": row.name,
            "unit": row.unit,
            "year": str(cell.year),
            "source": cell.source,
            "present": form.YES if kind == form.DATA else "",
        },
        percent=row.unit == "%",
        signed="change=" in cell.breakdown,
    )
    _put(line, cell, "printed")
    return line


def _codes() -> list[tuple[str, ...]]:
    """Indicators to pick from, and beside them the values a breakdown may take."""
    units = codebook.indicators()["unit"]
    names = sorted(codebook.indicators().index, key=lambda it: (_chapter(it), it))
    left = [(picked(name), name, str(units[name])) for name in names]
    right = [
        (f"{dimension}={value}", str(name))
        for dimension, value, name in codebook.dimensions()[["dimension", "value", "name"]].values
        if value != "*"
    ]
    right += [
        (f"programme={programme}", codebook.programme_label(str(programme)))
        for programme in codebook.programmes().index
    ]
    length = max(len(left), len(right))
    left += [("", "", "")] * (length - len(left))
    right += [("", "")] * (length - len(right))
    return [(*one, *other) for one, other in zip(left, right, strict=True)]


def _chapter(indicator: str) -> str:
    return str(codebook.indicator(indicator)["chapter"])


def _meta(plan: Layout, kind: str) -> list[tuple[str, ...]]:
    """What the form is of; then every printed row, so that a lost one is noticed."""
    head: list[tuple[str, ...]] = [
        ("format", form.FORMAT),
        ("version", form.VERSION),
        ("school", plan.school),
        ("year", str(plan.year)),
        ("edition", plan.edition),
        ("kind", kind),
    ]
    names = _sheet_names(plan)
    for table in plan.tables:
        head.append(("table", table.name, names[table.name]))
        head += [("row", table.name, row.indicator, row.breakdown) for row in table.rows]
    return head
