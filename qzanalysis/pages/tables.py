"""Frames of facts as HTML tables, as CSV, and as plain text."""

from __future__ import annotations

import base64
import csv
import html
import io
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import sourced
from qzanalysis.figures.sentences import Sentence, number, sentence
from qzanalysis.figures.signs import FORMULA_STARTS, visible

_SHORT: Final = 9  # characters of a cell that stay in one line where there is room


def to_html(data: pd.DataFrame, caption: str, *, long: bool = False, download: bool = True) -> str:
    top = "".join(_column_head(data[column]) for column in data.columns)
    corner = html.escape(str(data.index.name or "项目"))
    decimals = [_decimals(data[column]) for column in data.columns]
    body = "".join(
        f'<tr><th scope="row">{html.escape(heading(name))}</th>'
        + "".join(_cell(cell, places) for cell, places in zip(row, decimals, strict=True))
        + "</tr>"
        for name, row in zip(data.index, data.itertuples(index=False, name=None), strict=True)
    )
    kind = "data sortable" if long else "data"
    return (
        f'<div class="table-wrap"><table class="{kind}"><caption>{html.escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{corner}</th>{top}</tr></thead><tbody>{body}</tbody></table></div>'
        f"{_download(data, caption) if download else ''}"
    )


def sources(data: pd.DataFrame) -> str:
    """The places a table's figures were printed, shortened to the tables and sections."""
    facts = [cell for row in data.to_numpy() for cell in row if isinstance(cell, Fact)]
    places = dict.fromkeys(
        origin.source.partition("#")[0] for fact in facts for origin in fact.origins
    )
    if not places:
        return ""
    computed = "；未印出的数由本项目据此计算" if any(fact.formula for fact in facts) else ""
    return (
        f'<p class="source">来源：学校质量年度报告 {html.escape("、".join(places))}{computed}。</p>'
    )


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
    """What to write where a figure has no number: 未填报, 未开考, 证书试点."""
    table = codebook.statuses()
    found = table.loc[table["status"] == fact.status, "name"]
    return str(found.iloc[0]) if len(found) else "—"


def _column_head(column: pd.Series) -> str:
    """A column's head: its name, with the unit where all its facts share one; numbers stand right."""
    units = {fact.shown_unit for fact in column if isinstance(fact, Fact) and fact.known}
    shared = units.pop() if len(units) == 1 else ""
    name = heading(column.name)
    told = name.endswith(f"（{shared}）")
    unit = f'<span class="unit">（{html.escape(shared)}）</span>' if shared and not told else ""
    side = ' class="num"' if any(isinstance(cell, Fact | Real) for cell in column) else ""
    return f'<th scope="col"{side}>{html.escape(name)}{unit}</th>'


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


def _cell(cell: Any, decimals: int | None) -> str:
    if isinstance(cell, Real) or cell is pd.NA:
        return f'<td class="num">{_text(cell)}</td>'
    if not isinstance(cell, Fact):
        text = cell.html if isinstance(cell, Sentence) else html.escape(str(cell))
        short = " short" if len(_text(cell)) <= _SHORT else ""
        return f'<td class="text{short}">{text}</td>'
    if not cell.known:
        return f'<td class="num none">{number(cell, status_name(cell))}</td>'
    if decimals is not None:
        return f'<td class="num">{number(cell.shown(decimals))}</td>'
    return f'<td class="num">{sentence("{fact}", fact=cell).html}</td>'


def _text(cell: Any) -> str:
    if isinstance(cell, Fact):
        return cell.text() if cell.known else status_name(cell)
    if cell is pd.NA or (isinstance(cell, float) and pd.isna(cell)):
        return "—"
    if isinstance(cell, float):
        return f"{cell:.12g}"
    return str(cell.text if isinstance(cell, Sentence) else cell)


def _download(data: pd.DataFrame, caption: str) -> str:
    """The table as a CSV inside the page: tidy, with sources, safe to open in a spreadsheet."""
    encoded = base64.b64encode(to_csv(data).encode("utf-8-sig")).decode("ascii")
    name = html.escape(caption[:40].rstrip("。"))
    return (
        f'<p class="downloads"><a download="{name}.csv" '
        f'href="data:text/csv;charset=utf-8;base64,{encoded}">下载 CSV</a></p>'
    )


def _long_rows(data: pd.DataFrame) -> Iterable[Sequence[str]]:
    for name, row in zip(data.index, data.itertuples(index=False, name=None), strict=True):
        for column, cell in zip(data.columns, row, strict=True):
            yield [_safe(heading(name)), _safe(heading(column)), *_long_cell(cell)]


def _long_cell(cell: Any) -> Sequence[str]:
    if not isinstance(cell, Fact):
        return [_safe(_text(cell)), "", "", "", ""]
    value = format(cell.value, "f") if cell.value is not None else status_name(cell)
    sources = "；".join(dict.fromkeys(origin.source for origin in cell.origins))
    return [value, cell.unit, _safe(cell.printed), _safe(sources), _safe(cell.formula)]


def _safe(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    seen = visible(text)
    return f"'{seen}" if seen.startswith(FORMULA_STARTS) else seen
