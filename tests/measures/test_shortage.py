"""The teacher shortage as a function of what it depends on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from qzanalysis import measures
from qzanalysis.figures.facts import Fact, constant
from qzanalysis.pages.tables import plain_frame
from qzanalysis.reports.report import Report

Build = Callable[..., Report]
D = Decimal


@pytest.fixture
def students(report: Report) -> Fact:
    return report.fact("students")


@pytest.fixture
def teachers(report: Report) -> Fact:
    return report.fact("teachers")


@pytest.mark.parametrize(
    ("ratio", "value", "shown"),
    [(15, "58.8", "59"), (20, "-22.9", "−23"), (18, "4.33", "4"), (14.5, "70.07", "70")],
)
def test_students_over_the_ratio_less_the_teachers(
    students: Fact, teachers: Fact, ratio: float, value: str, shown: str
) -> None:
    """4902 ÷ 15 − 268 = 58.8."""
    found = measures.shortage(students, teachers, ratio)
    assert round(float(found), 2) == float(value)
    assert (found.text(), found.unit) == (shown, "人")
    assert found.formula == f"4902 ÷ {ratio:g} − 268"
    assert len(found.origins) == 2


def test_the_reports_65_needs_4995_students(report: Report, teachers: Fact) -> None:
    """(65 + 268) × 15 = 4995; 65 is rounded, so half a teacher more or less."""
    found = measures.students_for_shortage(report.fact("teacher_shortage"), teachers, 15)
    assert (found.value, found.low, found.high) == (4995, D("4987.5"), D("5002.5"))
    assert measures.shortage(found, teachers, 15).value == 65


def test_the_reports_own_point_is_the_rough_number_of_its_challenge(report: Report) -> None:
    point = measures.report_point(report)
    assert (point.printed, point.value) == ("近5000", 5000)
    shortage = measures.shortage(point, report.fact("teachers"), 15)
    assert shortage.text() == "65"  # 5000 ÷ 15 − 268 = 65.3


def test_without_such_a_place_the_enrolled_number_is_used(build: Build) -> None:
    alone = build([("students", "", 2021, "4902", "附表1#28")])
    assert measures.report_point(alone).printed == "4902"


def test_the_grid_of_both_assumptions(report: Report) -> None:
    """Columns: 5 % fewer, enrolled, the report's rough number, 5 % more."""
    grid = measures.sensitivity(report, 15, 20)
    assert list(grid.columns) == [
        "4657（−5%）", "4902（实有）", "近5000（报告所用）", "5147（+5%）",
    ]  # fmt: skip
    assert list(grid.index) == ["15:1", "16:1", "17:1", "18:1", "19:1", "20:1"]
    assert plain_frame(grid).loc["15:1"].tolist() == ["42", "59", "65", "75"]
    assert plain_frame(grid).loc["20:1"].tolist() == ["−35", "−23", "−18", "−11"]


def test_the_marked_cells_are_the_two_reckonings(report: Report) -> None:
    grid = measures.sensitivity(report, 15, 20)
    assert measures.grid_marks(grid, report, 15) == [(0, 2, "报告的算法"), (0, 1, "按实有在校生")]


@pytest.mark.parametrize(
    ("target", "national", "rows"),
    [
        (15.5, 20, ["15.5:1", "16:1", "17:1", "18:1", "19:1", "20:1"]),
        (20, 15, 6),
        (18, 18, ["18:1"]),
        (12, 12.5, 2),
    ],
)
def test_any_pair_of_ratios_gives_a_grid(
    report: Report, target: float, national: float, rows: list[str] | int
) -> None:
    grid = measures.sensitivity(report, target, national)
    assert list(grid.index) == rows or len(grid) == rows
    assert measures.grid_marks(grid, report, target)


def test_the_span_of_the_targets(report: Report, students: Fact) -> None:
    """4902 ÷ 15 − 4902 ÷ 20 = 81.7."""
    found = measures.range_of_targets(measures.sensitivity(report, 15, 20), students)
    assert (found["strict"], found["loose"]) == ("15:1", "20:1")
    assert isinstance(found["range"], Fact)
    assert round(float(found["range"]), 1) == 81.7


def test_what_if_there_are_more_students_and_more_teachers(report: Report) -> None:
    """4902 × 1.03 = 5049; 268 + 20 = 288; 5049 ÷ 15 − 288 = 48.6."""
    cases = plain_frame(measures.scenarios(report, 15, 3, 20))
    assert cases["在校生"].tolist() == ["4902", "5049", "4902", "5049"]
    assert cases["专任教师"].tolist() == ["268", "268", "288", "288"]
    assert cases["生师比"].tolist() == ["18.29", "18.84", "17.02", "17.53"]
    assert cases["教师缺口"].tolist() == ["59", "69", "39", "49"]


def test_growth_can_be_negative_or_none(report: Report) -> None:
    assert plain_frame(measures.scenarios(report, 15, -10, 0))["在校生"].tolist() == [
        "4902",
        "4412",
        "4902",
        "4412",
    ]
    assert len(measures.scenarios(report, 15, 0, 0)) == 4


def test_nothing_known_nothing_computed(teachers: Fact) -> None:
    nothing = Fact(None, "人", 0, "在校生", status="missing")
    assert not measures.shortage(nothing, teachers, 15).known
    assert not measures.students_for_shortage(nothing, teachers, 15).known
    assert measures.shortage(constant(300, "人", "x"), constant(20, "人", "y"), 15).value == 0
