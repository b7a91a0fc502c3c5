"""Figures as the report prints them, one row each, for tables that only list."""

from __future__ import annotations

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact
from qzanalysis.measures.common import cell
from qzanalysis.reports.loading import Report


def listed(report: Report, *indicators: str, year: int | None = None) -> pd.DataFrame:
    """Every part of some indicators: a row a figure, in printed order, one column `数值`.

    Without a year, each figure comes with the latest year that has it; an earlier one is named.
    """
    rows: dict[str, Fact] = {}
    for indicator in indicators:
        for breakdown in _breakdowns(report, indicator, year):
            fact = _latest(report, indicator, breakdown, year)
            name = _name(indicator, breakdown, alone=len(indicators) == 1)
            printed = fact.origins[0].year if fact.origins else report.year
            rows[name if printed == report.year or year else f"{name}（{printed} 年）"] = fact
    return pd.DataFrame({"数值": rows}, dtype=object).rename_axis("指标")


def case_figures(report: Report, source: str) -> pd.DataFrame:
    """Every figure of one section of the text, in printed order, with its remark."""
    rows = report.observations[report.observations["source"] == source].drop_duplicates(
        ["indicator", "breakdown", "year"]
    )
    keys = list(zip(rows["indicator"], rows["breakdown"], rows["year"], strict=True))
    facts = [_at(report, *key, source) for key in keys]
    names = [codebook.label(indicator, breakdown) for indicator, breakdown, _ in keys]
    return pd.DataFrame(
        {"数值": facts, "说明": rows["note"].to_list()},
        index=pd.Index(names, name="指标"),
        dtype=object,
    )


def named_cells(column: pd.Series, **names: str) -> dict[str, Fact]:
    """Cells of a column by keyword: `named_cells(column, national="国家级")`."""
    frame = column.to_frame("值")
    return {key: cell(frame, name, "值") for key, name in names.items()}


def _at(report: Report, indicator: str, breakdown: str, year: int, source: str) -> Fact:
    printings = report.printings(indicator, year, **codebook.parse_breakdown(breakdown))
    return next(fact for fact in printings if fact.origins[0].source == source)


def _name(indicator: str, breakdown: str, *, alone: bool) -> str:
    """In a list of one indicator the parts need not repeat its name."""
    parts = [codebook.value_name(d, v) for d, v in codebook.parse_breakdown(breakdown).items()]
    return "，".join(parts) if alone and parts else codebook.label(indicator, breakdown)


def _breakdowns(report: Report, indicator: str, year: int | None) -> list[str]:
    rows = report.observations
    chosen = rows[(rows["indicator"] == indicator) & ~rows["breakdown"].str.contains("change=")]
    if year is not None:
        chosen = chosen[chosen["year"] == year]
    return list(dict.fromkeys(chosen["breakdown"]))


def _latest(report: Report, indicator: str, breakdown: str, year: int | None) -> Fact:
    parts = codebook.parse_breakdown(breakdown)
    years = [year] if year else sorted({*report.observations["year"]}, reverse=True)
    found = [report.fact(indicator, when, **parts) for when in years]
    return next((fact for fact in found if fact.known), found[0])
