"""Completeness: how many figures each part of the report has, and which cells hold none."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.reports.loading import Report

_NUMERALS: Final = str.maketrans("一二三四五六七八九", "123456789")  # §8案例二


def completeness(report: Report) -> pd.DataFrame:
    """Cells of each part (table or section) by status: a row a part, a column a status."""
    rows = report.observations
    part = rows["source"].str.replace(r"#.*", "", regex=True)
    names = _status_names()
    counts = pd.crosstab(part, rows["status"].map(names))
    order = [name for name in names.values() if name in counts.columns]
    return (
        counts.reindex(index=sorted(set(part), key=_place), columns=order)
        .assign(合计=lambda frame: frame.sum(axis=1))
        .rename_axis(index="出处", columns=None)
    )


def _place(part: str) -> tuple[int, list[int], str]:
    """The order of reading: the preface, sections by their numbers, annexes."""
    kind = 1 if part.startswith("§") else 2 if part.startswith("附") else 0
    numbers = re.findall(r"\d+", part.translate(_NUMERALS))
    return kind, [int(number) for number in numbers], part


def unreported(report: Report) -> pd.DataFrame:
    """Every cell without a number: what it is, where, as printed, and what that means."""
    rows = report.observations[report.observations["status"] != "reported"]
    return pd.DataFrame(
        {
            "年份": rows["year"].map(str).to_list(),
            "原样": [text or "（空白）" for text in rows["printed"]],
            "含义": rows["status"].map(_status_names()).to_list(),
            "出处": rows["source"].to_list(),
            "说明": [note.partition("：")[2] for note in rows["note"]],
        },
        index=pd.Index(
            [
                codebook.label(i, b)
                for i, b in zip(rows["indicator"], rows["breakdown"], strict=True)
            ],
            name="指标",
        ),
    )


def _status_names() -> dict[str, str]:
    """Status id → name, reported first."""
    table = codebook.statuses().drop_duplicates("status")
    return {"reported": "已报告", **dict(zip(table["status"], table["name"], strict=True))}
