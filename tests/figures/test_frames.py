"""Numeric frames: ordinary pandas, with the facts beside the numbers."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

from qzanalysis import charts, measures
from qzanalysis.figures.facts import Fact, absent, constant
from qzanalysis.figures.frames import Column, as_facts, sourced
from qzanalysis.pages import blocks
from qzanalysis.reports.report import Report

Build = Callable[..., Report]


@pytest.fixture(autouse=True)
def _closed() -> object:
    yield
    plt.close("all")


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ([constant(5, "人", "甲"), absent("乙", "人")], "Int64"),
        ([constant("13.5", "人", "甲")], "float64"),  # computed: students ÷ ratio
        ([constant(5, "%", "甲"), absent("乙", "%")], "float64"),
        ([constant(5, "人", "甲"), constant(5, "%", "乙")], "float64"),
        ([absent("甲", "")], "float64"),
        ([1, 2], "int64"),
        (["甲", "乙"], "str"),
    ],
)
def test_counts_are_whole_numbers_and_the_rest_floats(facts: list[object], kind: str) -> None:
    assert str(Column(pd.Series(facts, dtype=object)).dtype) == kind


def test_a_missing_number_is_missing_and_its_fact_says_why(report: Report) -> None:
    table = measures.programme_table(report, "skill_test_pass_rate")
    missing = table.isna()
    assert missing.any().any()
    assert not missing.all().all()
    status = table.facts.map(lambda fact: fact.status)
    assert set(status.to_numpy()[missing.to_numpy()]) == {"not_held", "pilot"}
    assert set(status.to_numpy()[~missing.to_numpy()]) == {"reported"}


def test_a_count_above_what_a_float_holds_keeps_its_last_digit() -> None:
    large = 2**53 + 1
    assert Column(pd.Series([constant(large, "人", "甲")]))[0] == large


def test_pandas_and_seaborn_take_it_as_it_is(report: Report) -> None:
    rates = measures.programme_table(report, "job_match_rate")
    assert isinstance(rates, pd.DataFrame)
    assert rates.plot() is not None and rates[2021].plot.barh() is not None
    assert rates.describe().loc["count", 2021] == 11
    assert rates.groupby(rates.index.str.len())[2021].mean().notna().all()
    sns.heatmap(rates)
    sns.lineplot(rates.T)
    scale = measures.enrolment(report)
    assert scale.dtypes.map(str).unique().tolist() == ["Int64"]
    assert scale.plot.bar() is not None
    assert scale.sum().to_dict() == {2020: 4852 + 1691 + 1474, 2021: 4902 + 1566 + 1664}
    sns.barplot(scale.reset_index(), x="指标", y=2021)
    assert report.series("students").plot() is not None
    assert np.isfinite(rates.to_numpy()).all()


def test_what_is_computed_from_it_is_plain_pandas(report: Report) -> None:
    """So no origin is claimed for a number that is not printed."""
    rates = measures.programme_table(report, "job_match_rate")
    assert type(rates.T) is type(rates.round(1)) is type(rates.head(2)) is pd.DataFrame
    assert type(rates.set_axis([1, 2], axis=1)) is type(rates.rename_axis("x")) is pd.DataFrame
    scale = measures.enrolment(report)
    for frame in (scale * 2, scale[[2021]], scale.copy(), scale.T, scale.assign(x=1)):
        assert type(frame) is pd.DataFrame
    assert type(scale[2021]) is pd.Series


def test_a_changed_number_loses_its_origin_on_the_page(report: Report) -> None:
    scale = measures.enrolment(report)
    before = blocks.table(scale, "规模").html
    assert "附表1#28" in before and 'data-printed="4902"' in before
    scale.loc["在校生", 2021] = 5000
    after = blocks.table(scale, "规模").html
    assert "5000" in after and "附表1" not in after and "data-printed" not in after
    assert "5000" in charts.change(scale, unit="人").alt
    assert scale.facts.loc["在校生", 2021].value == 4902, "the facts are those of the report"


def test_facts_given_out_are_a_copy(report: Report) -> None:
    scale = measures.enrolment(report)
    given = scale.facts
    given.loc["在校生", 2021] = constant(1, "人", "x")
    assert scale.facts.loc["在校生", 2021].value == 4902
    assert sourced(scale).loc["在校生", 2021].value == 4902


def test_it_survives_pickling(report: Report) -> None:
    rates = measures.programme_table(report, "job_match_rate")
    again = pickle.loads(pickle.dumps(rates))
    pd.testing.assert_frame_equal(again, rates)
    assert again.facts.equals(rates.facts)


def test_charts_tables_and_measures_take_a_researchers_own_numbers() -> None:
    own = pd.DataFrame({2020: [1.25, 3.0], 2021: [2.5, float("nan")]}, index=["甲", "乙"])
    assert "甲：2020 年 1.25、2021 年 2.5" in charts.change(own, unit="倍").alt
    shown = blocks.table(own, "自己的数")
    assert '<td class="num">1.25</td>' in shown.html and '<td class="num">—</td>' in shown.html
    name, fact = measures.extreme(own[2020])
    assert (name, fact.value, fact.origins) == ("乙", Decimal(3), ())
    assert measures.with_change(own)[measures.CHANGE].iloc[0] == 1.25


def test_words_and_facts_are_left_as_they_are(report: Report) -> None:
    staff = measures.staff_structure(report)
    assert staff["分母"].tolist()[0] == "教职员工"
    facts = as_facts(staff.facts)
    assert isinstance(facts.loc["专任教师", "人数"], Fact)
    assert as_facts(pd.Series([True, "甲"], dtype=object)).tolist() == [True, "甲"]


# --- the tidy frame -------------------------------------------------------------------------------


def test_every_printed_figure_is_a_row_with_its_interval(report: Report) -> None:
    tidy = report.tidy()
    assert len(tidy) == len(report.observations)
    assert tidy[["value", "low", "high"]].dtypes.map(str).unique().tolist() == ["float64"]
    reported = tidy[tidy["status"] == "reported"]
    assert (reported["low"] <= reported["value"]).all()
    assert (reported["value"] <= reported["high"]).all()
    assert tidy.loc[tidy["status"] != "reported", "value"].isna().all()
    (row,) = tidy.query(
        "indicator == 'job_match_rate' and breakdown == 'programme=accounting' and year == 2021"
        " and source.str.startswith('§2.4表')"
    ).to_dict("records")
    assert (row["value"], row["low"], row["high"], row["printed"]) == (71.3, 71.25, 71.35, "71.3")


def test_a_dimension_becomes_a_column_to_group_by(report: Report) -> None:
    tidy = report.tidy("cohort", "course").query("indicator == 'academic_pass_rate'")
    assert set(tidy["course"]) == {"chinese", "mathematics", "english", "computing"}
    assert tidy.groupby("course")["value"].mean().between(90, 100).all()
    sns.stripplot(tidy, x="course", y="value", hue="cohort")
    with pytest.raises(KeyError):
        report.tidy("programme")["course"]


def test_an_open_interval_is_infinite_and_a_report_may_be_empty(build: Build) -> None:
    tidy = build([("students", "", 2021, "380以上", "§1.2")]).tidy()
    assert tidy[["value", "low", "high"]].iloc[0].tolist() == [380, 380, float("inf")]
    assert build([]).tidy().empty
    assert build([]).tidy("programme").empty
