"""Employment by programme: contributions and the programme that stands apart."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

import pandas as pd
import pytest

from qzanalysis import measures
from qzanalysis.reports.loading import Report

Build = Callable[..., Report]
FOCUS = "会计事务"


def test_contributions_add_up_to_the_change_of_the_mean(report: Report) -> None:
    table = measures.programme_table(report, "job_match_rate")
    parts = measures.contributions(table).facts["贡献"]
    means = measures.column_means(table).facts
    whole = means[2021] - means[2020]
    assert float(sum(parts)) == pytest.approx(float(whole), abs=1e-12)
    assert float(whole) == pytest.approx((1011.1 - 1013.0) / 11, abs=1e-9)


def test_contributions_come_worst_first_in_percentage_points(report: Report) -> None:
    parts = measures.contributions(measures.programme_table(report, "job_match_rate")).facts["贡献"]
    assert parts.index[0] == FOCUS
    assert (parts.iloc[0].text(), parts.iloc[0].unit) == ("−0.35", "百分点")  # −3.8 ÷ 11
    assert parts.map(float).is_monotonic_increasing


def test_match_against_salary(report: Report) -> None:
    pair = measures.match_and_salary(report).facts
    own = pair.loc[FOCUS]
    assert (own.iloc[0].text(), own.iloc[0].unit) == ("−3.8", "百分点")
    assert (own.iloc[1].text(), own.iloc[1].unit) == ("41.8", "%")  # 1120 ÷ 2680
    assert len(pair) == 11


def _by_another_route(values: pd.Series, name: str) -> float:
    others = [float(value) for key, value in values.items() if key != name]
    centre = median(others)
    return abs(float(values[name]) - centre) / (1.4826 * median(abs(x - centre) for x in others))


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("name", [FOCUS, "幼儿保育", "建筑工程施工"])
def test_robust_distance_by_a_second_route(report: Report, column: int, name: str) -> None:
    values = measures.match_and_salary(report).facts.iloc[:, column]
    found = measures.robust_distance(values, name)
    assert float(found) == pytest.approx(_by_another_route(values, name), rel=1e-6)
    assert found.unit == "倍"


def test_accounting_stands_far_outside(report: Report) -> None:
    """3.95 points from the median of the others, whose median deviation is 0.05: 53 of them."""
    match = measures.match_and_salary(report).facts.iloc[:, 0]
    assert float(measures.robust_distance(match, FOCUS)) == pytest.approx(
        3.95 / (0.05 * 1.4826), rel=1e-9
    )


def test_no_distance_where_the_others_do_not_differ_or_the_value_is_unknown(build: Build) -> None:
    programmes = ["accounting", "cnc", "nursing", "tourism"]
    rows = [
        ("job_match_rate", f"programme={name}", year, text, "§2.4表#1")
        for name, texts in zip(
            programmes, (("80", "70"), ("90", "91"), ("90", "91"), ("90", "/")), strict=True
        )
        for year, text in zip((2020, 2021), texts, strict=True)
    ]
    table = measures.programme_table(build(rows), "job_match_rate").facts
    changes = table[2021] - table[2020]
    assert not measures.robust_distance(changes, FOCUS).known
    assert not measures.robust_distance(changes, changes.index[3]).known
    assert not measures.robust_distance(changes, "没有的专业").known
    alone = measures.robust_distance(changes.loc[[FOCUS]], FOCUS)
    assert (alone.known, alone.unit, alone.origins) == (False, "倍", ())
