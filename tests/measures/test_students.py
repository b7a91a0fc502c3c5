"""Enrolment, progression, tests and health, against values worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

from qzanalysis import measures
from qzanalysis.pages.tables import plain_frame
from qzanalysis.reports.report import Report

Build = Callable[..., Report]


def test_stock_and_flow_leave_a_gap_of_148(report: Report) -> None:
    """4852 + 1566 − 1664 = 4754; 4902 − 4754 = 148."""
    flow = measures.stock_flow(report).facts["人数"]
    assert [int(fact.value) for fact in flow] == [4852, 1566, 1664, 4754, 4902, 148]
    assert {o.year for o in flow["未说明的差额"].origins} == {2020, 2021}
    assert flow["推算在校生"].label == "由上年推算的 2021 年在校生数"
    assert flow["未说明的差额"].label == "2021 年在校生数中未说明的差额"
    assert flow["未说明的差额"].formula == "4902 − (4852 + 1566 − 1664)"


def test_nine_in_ten_are_in_classes_for_further_study(report: Report) -> None:
    """4423 ÷ 4902 and 479 ÷ 4902; 4033 ÷ 4852 and 819 ÷ 4852 the year before."""
    assert plain_frame(measures.class_shares(report)).to_numpy().tolist() == [
        ["83.1", "16.9"],
        ["90.2", "9.8"],
    ]


def test_classes_add_up_to_the_students(report: Report) -> None:
    assert [int(sum(row).value) for row in measures.classes(report).facts.to_numpy()] == [
        4852,
        4902,
    ]


def test_long_track_classes(report: Report) -> None:
    """1331, 124 more than 1207: 10.3 %; 1331 ÷ 4902 = 27.2 %."""
    found = {key: fact.text() for key, fact in measures.long_track(report).items()}
    assert found == {"college": "1331", "change": "124", "growth": "10.3", "share": "27.2"}


def test_routes_add_up_and_empty_ones_are_left_out(report: Report) -> None:
    routes = measures.progression_by_route(report).facts
    assert routes.shape == (2, 4)
    assert [int(sum(row).value) for row in routes.to_numpy()] == [931, 1409]


def test_what_became_of_the_graduates(report: Report) -> None:
    """1664 = 1409 + 206 + 49 and 1474 = 931 + 535 + 8; shares of the graduates."""
    outcome = plain_frame(measures.progression_outcome(report))
    assert outcome[2020].tolist() == ["1474", "931", "535", "8", "63.16", "99.46"]
    assert outcome[2021].tolist() == ["1664", "1409", "206", "49", "84.68", "97.06"]


def test_the_total_of_the_routes_stands_in_for_a_total_that_is_not_printed(build: Build) -> None:
    routes = [
        "vocational_gaokao",
        "college_track",
        "independent",
        "bachelor_track",
        "exempt",
        "other",
    ]
    rows = [("progression", f"route={route}", 2021, "10", "附表1#17") for route in routes]
    rows += [
        ("graduates", "", 2021, "100", "附表1#12"),
        ("graduates_placed", "", 2021, "90", "附表1#13"),
    ]
    outcome = measures.progression_outcome(build(rows)).facts[2021]
    assert [int(fact.value) for fact in outcome] == [100, 60, 30, 10, 60, 90]


def test_pass_rates_by_cohort_and_course_say_where_no_test_was_held(report: Report) -> None:
    courses = plain_frame(measures.courses(report))
    assert courses.shape == (4, 4)
    assert courses.to_numpy().tolist()[0] == ["99.64", "99.40", "99.58", "/"]
    assert courses.to_numpy().tolist()[3] == ["100.00", "99.35", "99.94", "99.81"]


def test_vaccination_table(report: Report) -> None:
    assert plain_frame(measures.vaccination(report)).to_numpy().tolist() == [
        ["294", "280", "95.23", "未写明针次"],
        ["4645", "4619", "99.44", "第一针"],
        ["154", "149", "96.75", "第一针"],
    ]
