"""Ways to lay facts out in a frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from qzanalysis import measures
from qzanalysis.figures.facts import Fact
from qzanalysis.pages.tables import plain_frame
from qzanalysis.reports.report import Report

Build = Callable[..., Report]


def texts(frame: pd.DataFrame) -> list[list[str]]:
    return plain_frame(frame).to_numpy().tolist()


def test_named_figures_over_years_with_their_change(report: Report) -> None:
    rows = {"教师": "teachers", "升学班": ("students", {"class": "progression"})}
    frame = measures.with_change(measures.over_years(report, rows))
    assert list(frame.index) == ["教师", "升学班"]
    assert texts(frame) == [["272", "268", "−4"], ["4033", "4423", "390"]]
    assert list(frame.columns[:2]) == [2020, 2021]


def test_a_figure_of_another_year_says_so_in_its_name(report: Report) -> None:
    frame = measures.latest(report, {"经费": "total_funds", "教师": "teachers"})
    assert list(frame.index) == ["经费（2020 年）", "教师"]
    assert texts(frame) == [["10127.45万"], ["268"]]


def test_a_figure_of_no_year_stays_absent(build: Build) -> None:
    alone = build([("students", "", 2021, "5", "附表1#28")])
    frame = measures.latest(alone, {"经费": "total_funds"})
    assert not frame.facts["数值"].iloc[0].known


def test_parts_have_a_row_a_year_and_chinese_names(report: Report) -> None:
    frame = measures.parts(report, "progression", "institution", ["bachelor", "college"])
    assert list(frame.index) == ["2020 年", "2021 年"]
    assert texts(frame) == [["129", "802"], ["128", "1281"]]


def test_by_dimension_names_rows_and_the_dimension(report: Report) -> None:
    frame = measures.by_dimension(report, "starting_salary", "programme")
    assert frame.index.name == "专业"
    assert frame.facts.loc["会计事务", 2021].printed == "3800"


def test_what_stands_out_most_ignores_the_sign_and_the_unknown(report: Report) -> None:
    match = measures.programme_table(report, "job_match_rate").facts
    name, fact = measures.extreme(match[2021] - match[2020])
    assert (name, fact.text()) == ("会计电算化（会计事务）", "−3.8")


def test_one_cell_or_row_is_absent_where_the_row_is_missing(report: Report) -> None:
    match = measures.programme_table(report, "job_match_rate")
    assert measures.cell(match, "会计电算化（会计事务）", 2021).printed == "71.3"
    assert measures.lowest(match[2021])[0] == "会计电算化（会计事务）"
    assert [fact.printed for fact in measures.row(match, "会计电算化（会计事务）")] == [
        "75.1",
        "71.3",
    ]
    for nothing in (
        measures.cell(match, "考古", 2021),
        measures.cell(match, "会计电算化（会计事务）", 1999),
    ):
        assert not nothing.known
    assert not any(measures.row(match, "考古"))


def test_nothing_stands_out_of_nothing(build: Build) -> None:
    empty = measures.programme_table(build([]), "job_match_rate")
    assert not measures.extreme(empty[2021])[1].known
    assert not measures.lowest(empty[2021])[1].known
    assert not measures.smallest(empty).known
    assert not measures.grand_total(empty, "合计").known
    assert measures.contributions(empty).empty


def test_smallest_rank_and_means(report: Report) -> None:
    match = measures.programme_table(report, "job_match_rate")
    assert measures.smallest(match).printed == "71.3"
    salary = measures.programme_table(report, "starting_salary")
    assert [measures.rank(salary[year], "会计电算化（会计事务）") for year in (2020, 2021)] == [
        9,
        3,
    ]
    means = measures.column_means(match)
    # 1013.0 and 1011.1 over 11 programmes, added by hand
    assert [round(float(means[year]) * 11, 6) for year in (2020, 2021)] == [1013.0, 1011.1]


def test_growth_of_named_rows(report: Report) -> None:
    rates = measures.growths(measures.enrolment(report), intake="招生", graduates="毕业生")
    # −125 ÷ 1691, 190 ÷ 1474
    assert (rates["intake"].text(), rates["graduates"].text()) == ("−7.4", "12.9")


def test_share_of_the_last_row(report: Report) -> None:
    routes = measures.progression_by_route(report)
    share = measures.share_of_row(routes, routes.columns[0], "升学人数")
    assert share.text() == "61.4"  # 865 ÷ 1409
    assert "升学人数" in share.label


def test_totals_leave_unknown_cells_out(report: Report) -> None:
    places = measures.places_by_programme(report)
    assert measures.grand_total(places, "合计").value == 1555
    largest = measures.largest_row(places)
    assert isinstance(largest["total"], Fact)
    assert (largest["name"], largest["total"].value) == ("幼儿保育", 165)


@pytest.mark.parametrize("name", ["unknown row"])
def test_an_unknown_row_is_an_error(report: Report, name: str) -> None:
    with pytest.raises(KeyError):
        measures.growths(measures.enrolment(report), x=name)
