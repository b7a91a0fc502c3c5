"""Further study: routes, levels, and what is left for those who do not go on."""

from __future__ import annotations

from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import share, total
from qzanalysis.measures.common import parts
from qzanalysis.reports.loading import Report

_ROUTES: Final = [
    "vocational_gaokao",
    "college_track",
    "independent",
    "bachelor_track",
    "exempt",
    "other",
]


def progression_by_route(report: Report) -> pd.DataFrame:
    """Students going on by route: a row a year, a column for each route anyone took."""
    table = parts(report, "progression", "route", _ROUTES)
    taken = [name for name in table.columns if table[name].map(float).fillna(0).gt(0).any()]
    return table[taken]


def progression_outcome(report: Report) -> pd.DataFrame:
    """What became of the graduates: gone on, in work, neither; counts and the share going on.

    Returns:
        Columns are years; the rows add up to the graduates.
    """
    columns = {}
    for year in report.years:
        graduates = report.fact("graduates", year)
        placed = report.fact("graduates_placed", year)
        onward = report.fact("progression", year)
        if not onward.known:
            routes = [report.fact("progression", year, route=route) for route in _ROUTES]
            onward = total(routes, f"{year} 年升学人数")
        columns[year] = [
            graduates,
            onward,
            (placed - onward).named(f"{year} 年直接就业人数"),
            (graduates - placed).named(f"{year} 年未就业也未升学人数"),
            share(onward, graduates, f"{year} 年{codebook.indicator('progression_rate')['name']}"),
            share(placed, graduates, f"{year} 年就业（含升学）率"),
        ]
    names = ["毕业生", "升学", "直接就业", "未就业也未升学", "升学率", "就业（含升学）率"]
    return pd.DataFrame(columns, index=pd.Index(names, name="去向"), dtype=object)
