"""Employment by programme: contributions and the programme that stands apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qzanalysis import measures
from qzanalysis.reports.report import Report

Build = Callable[..., Report]
FOCUS = "会计电算化（会计事务）"


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
