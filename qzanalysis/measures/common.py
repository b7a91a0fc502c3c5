"""Ways to lay facts out in a frame."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, absent, growth, mean, share, total
from qzanalysis.reports.loading import Report

CHANGE: Final = "比上年"
NOBODY: Final = "—"  # the name of the row that stands out where there are no rows
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
    """The same frame with the change of its last year from the one before."""
    before, now = frame.columns[-2:]
    return frame.assign(**{CHANGE: frame[now] - frame[before]})


def extreme(column: pd.Series) -> tuple[str, Fact]:
    """The row that stands out most, by size without sign: its name and its fact.

    Like `lowest` and `cell`, an absent fact stands for a row that is not there, so that a sentence
    about it says what the report does not give.
    """
    return _chosen(column, key=lambda fact: -abs(float(fact)))


def lowest(column: pd.Series) -> tuple[str, Fact]:
    """The row with the smallest value: its name and its fact."""
    return _chosen(column, key=float)


def cell(frame: pd.DataFrame, name: str, column: Hashable) -> Fact:
    """One cell of a frame of facts; absent where the row is missing."""
    nothing = _breakdown(frame.index) if name == NOBODY else absent(f"{name}的数字", "")
    return frame[column].get(name, nothing) if column in frame else nothing


def row(frame: pd.DataFrame, name: str) -> list[Fact]:
    """One row of a frame of facts; absent facts where the row is missing."""
    return [cell(frame, name, column) for column in frame.columns]


def smallest(frame: pd.DataFrame) -> Fact:
    """The smallest known fact of a frame."""
    known = [fact for line in frame.to_numpy() for fact in line if fact.known]
    return min(known, key=float, default=_breakdown(frame.index))


def _chosen(column: pd.Series, key: Callable[[Fact], float]) -> tuple[str, Fact]:
    known = [(str(name), fact) for name, fact in column.items() if fact.known]
    nothing = (NOBODY, _breakdown(column.index))
    return min(known, key=lambda pair: key(pair[1]), default=nothing)


def _breakdown(rows: pd.Index) -> Fact:
    """The absent fact for a whole list of rows."""
    return absent(f"按{rows.name or '项目'}分列的数字", "")


def growths(frame: pd.DataFrame, **names: str) -> dict[str, Fact]:
    """Growth in per cent of the last column over the one before: keyword → row name."""
    first, last = frame.columns[-2:]
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
    return int((values > values.get(name, float("nan"))).sum()) + 1


def share_of_row(frame: pd.DataFrame, column: str, whole: str) -> Fact:
    """In the last row, one column as a share of the row's total."""
    if column not in frame or frame.empty:
        return absent(f"各项占{whole}的比例", "")
    last = frame.iloc[-1]
    return share(last[column], total(last, whole), f"{column}占{whole}的比例", decimals=1)


def grand_total(frame: pd.DataFrame, label: str) -> Fact:
    """The sum of every known cell."""
    return total([fact for line in frame.to_numpy() for fact in line if fact.known], label)


def largest_row(frame: pd.DataFrame) -> dict[str, str | Fact]:
    """The row with the largest total: its `name` and its `total`."""
    totals = {
        str(name): total([fact for fact in line if fact.known], f"{name}合计")
        for name, line in frame.iterrows()
    }
    name, most = extreme(pd.Series(totals, dtype=object))
    return {"name": name, "total": most}
