"""Ways to lay facts out in a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.dataset import Report
from qzanalysis.facts import Fact

CHANGE: Final = "变化"
Selection = Mapping[str, str | tuple[str, Mapping[str, str]]]


def pick(report: Report, what: str | tuple[str, Mapping[str, str]], year: int | None = None) -> Fact:
    """A fact by indicator, or by indicator and breakdown."""
    indicator, breakdown = (what, {}) if isinstance(what, str) else what
    return report.fact(indicator, year, **breakdown)


def over_years(report: Report, rows: Selection) -> pd.DataFrame:
    """Named figures over the years of the form: a row each, a column a year."""
    return pd.DataFrame(
        {year: [pick(report, what, year) for what in rows.values()] for year in report.years},
        index=pd.Index(list(rows), name="指标"),
        dtype=object,
    )


def latest(report: Report, rows: Selection) -> pd.DataFrame:
    """Named figures as last printed: one column `数值`.

    A figure that the report prints for another year than its own comes with that year in its name.
    """
    found = [_last(report, what) for what in rows.values()]
    names = [
        name if not year or year == report.year else f"{name}（{year} 年）"
        for name, (_, year) in zip(rows, found, strict=True)
    ]
    return pd.DataFrame(
        {"数值": [fact for fact, _ in found]}, index=pd.Index(names, name="指标"), dtype=object
    )


def _last(report: Report, what: str | tuple[str, Mapping[str, str]]) -> tuple[Fact, int | None]:
    for year in sorted({*report.years, report.year}, reverse=True):
        if (fact := pick(report, what, year)).known:
            return fact, year
    return pick(report, what), None


def parts(report: Report, indicator: str, dimension: str, values: list[str]) -> pd.DataFrame:
    """One indicator's parts over the years: a row a year, a column a part."""
    return pd.DataFrame(
        {
            codebook.value_name(dimension, value): [
                report.fact(indicator, year, **{dimension: value}) for year in report.years
            ]
            for value in values
        },
        index=pd.Index([f"{year} 年" for year in report.years], name="年份"),
        dtype=object,
    )


def by_dimension(report: Report, indicator: str, by: str, **fixed: str) -> pd.DataFrame:
    """One indicator over a dimension, rows named in Chinese, a column a year."""
    table = report.table(indicator, by, **fixed)
    names = [codebook.value_name(by, value) for value in table.index]
    dimension = codebook.dimensions().set_index("dimension")["dimension_name"].to_dict()[by]
    return table.set_axis(pd.Index(names, name=dimension))


def with_change(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame with the change from its first to its last year."""
    first, last = frame.columns[0], frame.columns[-1]
    return frame.assign(**{CHANGE: frame[last] - frame[first]}) if first != last else frame
