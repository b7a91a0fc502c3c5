"""Figures as the report prints them, one row each, and which cells hold no number."""

from __future__ import annotations

import re
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import numeric
from qzanalysis.measures.common import cell, last_known, named, period
from qzanalysis.reports.report import Report

_NUMERALS: Final = str.maketrans("一二三四五六七八九", "123456789")  # §8案例二


@numeric
def listed(report: Report, *indicators: str, year: int | None = None) -> pd.DataFrame:
    """Every part of some indicators: a row for each figure, in printed order; one column `数值`.

    Args:
        year: of the figures; None for the latest year that has each (another than the report's is
            added to the name of the row).

    >>> listed(report, "interns")["数值"].to_dict()
    {'本地': 429, '顶岗实习学生数': 691, '自谋': 165, '学校推荐': 526}
    """
    years = [year] if year else {*report.observations["year"]}
    rows: dict[str, Fact] = {}
    for indicator in indicators:
        for breakdown in _breakdowns(report, indicator, year):
            what = indicator, codebook.parse_breakdown(breakdown)
            fact, _ = last_known(report, what, years)
            name = _name(indicator, breakdown, alone=len(indicators) == 1)
            printed = fact.origins[0].year if fact.origins else report.year
            rows[name if year else named(name, period(report, fact, printed), report)] = fact
    return pd.DataFrame({"数值": rows}, dtype=object).rename_axis("指标")


@numeric
def case_figures(report: Report, source: str) -> pd.DataFrame:
    """Every figure of one section of the text, in printed order: `数值` and the note `说明`.

    Left out are counts of the parts of a slogan (`…_elements`): they measure nothing.

    Args:
        source: as in the data files.

    >>> len(case_figures(report, "§8案例二"))
    8
    """
    rows = report.observations[report.observations["source"] == source].drop_duplicates(
        ["indicator", "breakdown", "year"]
    )
    rows = rows[~rows["indicator"].str.endswith("_elements")]
    keys = list(zip(rows["indicator"], rows["breakdown"], rows["year"], strict=True))
    facts = [_at(report, *key, source) for key in keys]
    names = [codebook.label(indicator, breakdown) for indicator, breakdown, _ in keys]
    return pd.DataFrame(
        {"数值": facts, "说明": rows["note"].to_list()},
        index=pd.Index(names, name="指标"),
        dtype=object,
    )


def named_cells(column: pd.Series, **names: str) -> dict[str, Fact]:
    """Cells of a column.

    Args:
        names: key of the result → name of the row.

    >>> named_cells(report.table("interns", "found_by")[2021], own="self")["own"].text()
    '165'
    """
    frame = column.to_frame("值")
    return {key: cell(frame, name, "值") for key, name in names.items()}


def _at(report: Report, indicator: str, breakdown: str, year: int, source: str) -> Fact:
    printings = report.printings(indicator, year, **codebook.parse_breakdown(breakdown))
    return next(fact for fact in printings if fact.origins[0].source == source)


def _name(indicator: str, breakdown: str, *, alone: bool) -> str:
    """The name of a row: in a list of one indicator, of its part only."""
    parts = [codebook.value_name(d, v) for d, v in codebook.parse_breakdown(breakdown).items()]
    return "，".join(parts) if alone and parts else codebook.label(indicator, breakdown)


def _breakdowns(report: Report, indicator: str, year: int | None) -> list[str]:
    rows = report.observations
    chosen = rows[(rows["indicator"] == indicator) & ~rows["breakdown"].str.contains("change=")]
    if year is not None:
        chosen = chosen[chosen["year"] == year]
    return list(dict.fromkeys(chosen["breakdown"]))


def completeness(report: Report) -> pd.DataFrame:
    """Number of cells by part of the report (table or section, rows) and status (columns).

    >>> int(completeness(report)["合计"].sum()) == len(report.observations)
    True
    """
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
    """Every cell without a number: its year, text as printed, meaning, place and note.

    >>> unreported(report)["含义"].value_counts().to_dict()
    {'无数值': 9, '未填报': 7, '证书试点': 3}
    """
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
