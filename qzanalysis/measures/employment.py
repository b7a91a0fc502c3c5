"""Employment by programme: changes, what each programme contributes, and who stands apart."""

from __future__ import annotations

from decimal import Decimal
from statistics import median
from typing import Final

import pandas as pd

from qzanalysis.figures.facts import Fact, absent, constant, growth, quotient
from qzanalysis.measures.common import by_dimension
from qzanalysis.reports.loading import Report

# 1.4826 × the median absolute deviation estimates the standard deviation of normal data
# (Rousseeuw & Croux 1993).
MAD_TO_SIGMA: Final = Decimal("1.4826")


def programme_table(report: Report, indicator: str) -> pd.DataFrame:
    """One indicator by programme and year."""
    return by_dimension(report, indicator, "programme")


def contributions(table: pd.DataFrame) -> pd.Series:
    """What each row adds to the last change of the unweighted mean: its own change over their number.

    The report prints no head-counts by programme, so a weighted mean cannot be formed. The
    contributions add up to the change of the unweighted mean exactly.

    Returns:
        Facts in percentage points, the most negative first.
    """
    first, last = table.columns[-2:]
    count = constant(len(table), "个", "专业数")
    changes = table[last] - table[first]
    found = {
        name: quotient(change, count, change.unit, f"{name}对平均数变化的贡献", decimals=2)
        for name, change in changes.items()
        if change.known
    }
    return pd.Series(found, dtype=object).sort_values(key=lambda column: column.map(float))


def match_and_salary(report: Report) -> pd.DataFrame:
    """Change of the job-match rate (points) against growth of the starting salary (per cent)."""
    match = programme_table(report, "job_match_rate")
    salary = programme_table(report, "starting_salary").reindex(match.index)
    first, last = match.columns[-2:]
    return pd.DataFrame(
        {
            "对口就业率变化（百分点）": match[last] - match[first],
            "初次就业起薪增长（%）": [
                growth(row[last], row[first], f"{name}初次就业起薪的增长率")
                for name, row in salary.iterrows()
            ],
        },
        index=match.index,
        dtype=object,
    )


def robust_distance(values: pd.Series, name: str) -> Fact:
    """How far one row stands from the median of the others, in robust standard deviations.

    The others' median absolute deviation, scaled by 1.4826; robust, so that one far value cannot
    hide itself. Absent when the others do not differ at all.
    """
    others = [fact for key, fact in values.items() if key != name and fact.known]
    label = f"{name}与其余专业中位数的距离"
    own: Fact | None = values.get(name)
    if own is None or own.value is None or not others:
        return absent(label, "倍")
    numbers = [fact.value for fact in others if fact.value is not None]
    centre = median(numbers)
    spread = median(abs(number - centre) for number in numbers) * MAD_TO_SIGMA
    distance = None if not spread else abs(own.value - centre) / spread
    origins = tuple(dict.fromkeys(o for fact in (own, *others) for o in fact.origins))
    return Fact(
        distance, "倍", 0, label, origins=origins, formula="与中位数之差 ÷（1.4826 × 绝对中位差）"
    )


def employed_directly(report: Report, year: int | None = None) -> Fact:
    """Graduates placed in work: those placed minus those who went on to study."""
    year = report.year if year is None else year
    direct = report.fact("graduates_placed", year) - report.fact("progression", year)
    return direct.named(f"{year} 年直接就业的毕业生数")
