"""Frames of facts as HTML tables, as CSV, and as plain text."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import sourced
from qzanalysis.figures.sentences import sentence
from qzanalysis.figures.signs import cell_text

_SHORT: Final = 9  # characters of a cell that stay in one line where there is room


_TABLE: Final = Markup(
    '<div class="table-wrap"><table class="{kind}"><caption>{caption}</caption>'
    '<thead><tr><th scope="col">{corner}</th>{heads}</tr></thead>'
    "<tbody>{rows}</tbody></table></div>"
)
_ROW: Final = Markup('<tr><th scope="row">{}</th>{}</tr>')
_DOWNLOAD: Final = Markup(
    '<p class="downloads"><a download="{}.csv" '
    'href="data:text/csv;charset=utf-8;base64,{}">下载 CSV</a></p>'
)


def to_html(
    data: pd.DataFrame, caption: str, *, long: bool = False, download: bool = True
) -> Markup:
    """A frame of facts and words as a table.

    Args:
        data: the index holds the row heads, columns the column heads.
        caption: the name of the table.
        long: let the reader sort and filter it.
        download: add the table as CSV, with sources.
    """
    columns = [data[name] for name in data.columns]
    decimals = [_decimals(column) for column in columns]
    table = _TABLE.format(
        kind="data sortable" if long else "data",
        caption=caption,
        corner=str(data.index.name or "项目"),
        heads=Markup("").join(map(_column_head, columns)),
        rows=Markup("").join(
            _ROW.format(heading(name), Markup("").join(map(_cell, row, decimals)))
            for name, row in _rows(data)
        ),
    )
    encoded = base64.b64encode(to_csv(data).encode("utf-8-sig")).decode("ascii")
    return table + _DOWNLOAD.format(caption[:40].rstrip("。"), encoded) if download else table


def sources(data: pd.DataFrame) -> Markup:
    """The places a table's figures were printed, shortened to the tables and sections."""
    facts = [cell for row in data.to_numpy() for cell in row if isinstance(cell, Fact)]
    places = dict.fromkeys(
        origin.source.partition("#")[0] for fact in facts for origin in fact.origins
    )
    if not places:
        return Markup()
    computed = "；未印出的数由本项目据此计算" if any(fact.formula for fact in facts) else ""
    text = Markup('<p class="source">来源：学校质量年度报告 {}{}。</p>')
    return text.format("、".join(places), computed)


def to_csv(data: pd.DataFrame) -> str:
    """A frame of facts as CSV: one row a cell, with unit, source and formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("项目", "列", "数值", "单位", "原样", "出处", "算法"))
    writer.writerows(_long_rows(data))
    return buffer.getvalue()


def plain_frame(data: pd.DataFrame) -> pd.DataFrame:
    """A frame of facts as text, for terminals and tests."""
    return sourced(data).map(_text).rename_axis(index=None, columns=None)


def status_name(fact: Fact) -> str:
    """What stands for a figure without a number: its text as printed (`/`, `工种取消`, `0`), or 未填报."""
    if fact.printed:
        return fact.printed
    table = codebook.statuses()
    names = table.loc[table["status"] == fact.status, "name"]
    return str(next(iter(names), "—"))


def _column_head(column: pd.Series) -> Markup:
    """A column's head: its name, with the unit where all its facts share one; numbers stand right."""
    units = {fact.shown_unit for fact in column if isinstance(fact, Fact) and fact.known}
    shared = units.pop() if len(units) == 1 else ""
    name = heading(column.name)
    shown = shared and not name.endswith(f"（{shared}）")
    unit = Markup('<span class="unit">（{}）</span>').format(shared) if shown else ""
    numeric = any(isinstance(cell, Fact | Real) for cell in column)
    side = Markup(' class="num"') if numeric else ""
    return Markup('<th scope="col"{}>{}{}</th>').format(side, name, unit)


def heading(name: object) -> str:
    """A row's or a column's name as it is shown: a year says that it is one."""
    is_year = isinstance(name, int) and 1900 < name < 2200
    return f"{name} 年" if is_year else str(name)


def _decimals(column: pd.Series) -> int | None:
    """The decimals all numbers of a column with one unit are shown with; None leaves each as it is."""
    facts = [cell for cell in column if isinstance(cell, Fact) and cell.known]
    if not facts or len({fact.shown_unit for fact in facts}) > 1:
        return None
    return max(fact.decimals for fact in facts)


def _cell(cell: Any, decimals: int | None) -> Markup:
    """A cell; a known fact with the decimals of its column, else with its unit."""
    kind, shown = "num", cell
    if isinstance(cell, Fact):
        if not cell.known:
            kind, shown = "num none", cell.marked(status_name(cell))
        elif decimals is not None:
            rounded = cell.shown(decimals)
            shown = rounded.marked(rounded.text())
        else:
            shown = sentence("{fact}", fact=cell)
    elif isinstance(cell, Real) or cell is pd.NA:
        shown = _text(cell)
    else:
        kind = "text short" if len(_text(cell)) <= _SHORT else "text"
    return Markup('<td class="{}">{}</td>').format(kind, shown)


def _text(cell: Any) -> str:
    if isinstance(cell, Fact):
        return cell.text() if cell.known else status_name(cell)
    if cell is pd.NA or (isinstance(cell, float) and pd.isna(cell)):
        return "—"
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def _rows(data: pd.DataFrame) -> Iterable[tuple[Any, tuple[Any, ...]]]:
    """The name of each row and its cells."""
    return zip(data.index, data.itertuples(index=False, name=None), strict=True)


def _long_rows(data: pd.DataFrame) -> Iterable[Sequence[str]]:
    for name, row in _rows(data):
        for column, cell in zip(data.columns, row, strict=True):
            value, unit, *texts = _long_cell(cell)
            names = (heading(name), heading(column))
            yield [*map(cell_text, names), value, unit, *map(cell_text, texts)]


def _long_cell(cell: Any) -> Sequence[str]:
    """Value, unit, printed text, places and formula of a cell."""
    if not isinstance(cell, Fact):
        return [cell_text(_text(cell)), "", "", "", ""]
    # A text as printed is in its own column: a printed 0 may be no number.
    value = cell.exported if cell.known or cell.printed else status_name(cell)
    places = "；".join(dict.fromkeys(origin.source for origin in cell.origins))
    return [value, cell.unit, cell.printed, places, cell.formula]
