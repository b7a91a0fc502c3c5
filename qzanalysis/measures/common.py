"""Ways to lay facts out in a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.dataset import Report
from qzanalysis.facts import Fact, growth, mean, share, total

CHANGE: Final = "变化"
Selection = Mapping[str, str | tuple[str, Mapping[str, str]]]


def pick(
    report: Report, what: str | tuple[str, Mapping[str, str]], year: int | None = None
) -> Fact:
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


def extreme(column: pd.Series) -> tuple[str, Fact]:
    """The row that stands out most: its name and its fact, by size without sign."""
    known = column[column.map(lambda fact: fact.known)]
    name = str(known.map(lambda fact: abs(float(fact))).idxmax())
    return name, known[name]


def smallest(frame: pd.DataFrame) -> Fact:
    """The smallest known fact of a frame."""
    known: list[Fact] = [cell for row in frame.to_numpy() for cell in row if cell.known]
    return min(known, key=float)


def growths(frame: pd.DataFrame, **names: str) -> dict[str, Fact]:
    """Growth in per cent from the first to the last column, for named rows: keyword → row name."""
    first, last = frame.columns[0], frame.columns[-1]
    return {
        key: growth(frame[last][name], frame[first][name], f"{name}的增长率")
        for key, name in names.items()
    }


def column_means(frame: pd.DataFrame) -> pd.Series:
    """The unweighted mean of each column."""
    return pd.Series(
        {name: mean(column, f"{name} 年各项的简单平均") for name, column in frame.items()},
        dtype=object,
    )


def rank(column: pd.Series, name: str) -> int:
    """The place of one row, counted from the largest value."""
    values = column.map(float)
    return int((values > values[name]).sum()) + 1


def share_of_row(frame: pd.DataFrame, column: str, whole: str) -> Fact:
    """In the last row, one column as a share of the row's total."""
    row = frame.iloc[-1]
    return share(row[column], total(row, whole), f"{column}占{whole}的比例", decimals=1)


def grand_total(frame: pd.DataFrame, label: str) -> Fact:
    """The sum of every known cell."""
    return total([cell for row in frame.to_numpy() for cell in row if cell.known], label)


def largest_row(frame: pd.DataFrame) -> dict[str, str | Fact]:
    """The row with the largest total: its `name` and its `total`."""
    totals = {
        str(name): total([cell for cell in row if cell.known], f"{name}合计")
        for name, row in frame.iterrows()
    }
    name = max(totals, key=lambda key: float(totals[key]))
    return {"name": name, "total": totals[name]}
