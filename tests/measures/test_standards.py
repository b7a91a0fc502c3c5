"""The school against the official standards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qzanalysis import codebook, measures
from qzanalysis.figures.facts import constant
from qzanalysis.reports.report import Report

Edit = Callable[..., Report]

# worked out by hand from the printed figures
VALUES = {
    "teachers_minimum": "268",
    "student_teacher_ratio_maximum": "18.29",
    "senior_title_minimum": "36.19",
    "specialised_minimum": "51.49",
    "dual_qualified_minimum": "87.68",  # 121 ÷ 138
    "part_time_about": "16.42",  # 44 ÷ 268
    "land_minimum": "430亩",
    "land_per_student_minimum": "51.00",
    "building_minimum": "13.85万",
    "building_per_student_minimum": "28.07",
    "books_per_student_minimum": "17.9",  # 87816 ÷ 4902
    "equipment_per_student_minimum": "14\u202f147.29",
    "equipment_per_student_engineering": "14\u202f147.29",
    "computers_per_100_minimum": "29.2",  # 1431 ÷ 49.02
}


def test_values_are_the_printed_ones_or_computed_by_definition(report: Report) -> None:
    table = measures.standards(report).facts
    assert {name: fact.text() for name, fact in table["value"].items()} == VALUES


def test_only_the_books_fall_short_and_about_is_not_judged(report: Report) -> None:
    met = measures.standards(report)["met"]
    assert [name for name, value in met.items() if value is False] == ["books_per_student_minimum"]
    assert [name for name, value in met.items() if value is None] == ["part_time_about"]


# a change of one figure that turns one standard round
FLIPS = [
    ("printed_books", "150000", "books_per_student_minimum", True),
    ("printed_books", "147060", "books_per_student_minimum", True),  # exactly 30
    ("printed_books", "147059", "books_per_student_minimum", False),
    ("teachers", "59", "teachers_minimum", False),
    ("teachers", "60", "teachers_minimum", True),
    ("student_teacher_ratio", "20:1", "student_teacher_ratio_maximum", True),
    ("student_teacher_ratio", "20.01:1", "student_teacher_ratio_maximum", False),
    ("senior_title_share", "19.99", "senior_title_minimum", False),
    ("land_area", "59亩", "land_minimum", False),
    ("land_area", "60亩", "land_minimum", True),  # 60 mu are 40000 square metres exactly
    ("equipment_per_student", "2999", "equipment_per_student_engineering", False),
    ("equipment_per_student", "2999", "equipment_per_student_minimum", True),
    ("teaching_computers", "735", "computers_per_100_minimum", False),
    ("teaching_computers", "736", "computers_per_100_minimum", True),
    ("printed_books", "", "books_per_student_minimum", None),
]


@pytest.mark.parametrize(("indicator", "printed", "standard", "met"), FLIPS)
def test_one_figure_turns_its_standard_round(
    report: Report, edit: Edit, indicator: str, printed: str, standard: str, met: bool | None
) -> None:
    assert measures.standards(edit(report, indicator, 2021, printed))["met"][standard] is met


def test_the_level_is_100_at_the_threshold_whichever_way_is_better(
    report: Report, edit: Edit
) -> None:
    exact = edit(report, "student_teacher_ratio", 2021, "20:1")
    assert float(measures.standards(exact).facts["level"]["student_teacher_ratio_maximum"]) == 100
    level = measures.standards(report).facts["level"]
    assert level["books_per_student_minimum"].text() == "60"
    assert level["student_teacher_ratio_maximum"].text() == "109"


def test_what_is_drawn_is_judged_relative_and_worst_first(report: Report) -> None:
    levels = measures.standards_levels(report)
    assert levels.index[0] == "生均纸质图书"
    assert levels["level"].map(float).is_monotonic_increasing
    assert "专任教师数" not in levels.index
    assert "兼职教师占比" not in levels.index


def test_the_table_names_document_and_article(report: Report) -> None:
    table = measures.standards_table(report)
    assert len(table) == 14
    assert set(table["结果"]) == {"达到", "未达到", "参考"}
    assert table["依据"].str.contains("教职成").all()


def test_the_ratio_from_its_parts(report: Report) -> None:
    """4902 ÷ 268 = 18.291, 430 mu ÷ 4902 = 58.48, 138500 ÷ 4902 = 28.25."""
    assert round(float(measures.computed(report, "student_teacher_ratio")), 3) == 18.291
    assert measures.computed(report, "land_per_student").text() == "58.48"
    assert measures.computed(report, "building_per_student").text() == "28.25"


def test_a_printed_indicator_is_taken_as_printed_else_computed(report: Report) -> None:
    assert measures.indicator_value(report, "student_teacher_ratio").printed == "18.29:1"
    assert measures.indicator_value(report, "employment_rate").text() == "97.06"  # 1615 ÷ 1664
    assert not measures.indicator_value(report, "retention_rate", 1999).known


def test_comparisons_include_the_threshold() -> None:
    limit, below, above = (constant(n, "%", "x") for n in (20, 19, 21))
    compare = measures.compare
    assert [compare(v, "at_least", limit) for v in (below, limit, above)] == [False, True, True]
    assert [compare(v, "at_most", limit) for v in (below, limit, above)] == [True, True, False]
    assert compare(limit, "about", limit) is None


@pytest.mark.parametrize("standard", codebook.standards().index)
def test_every_threshold_can_be_had_alone(standard: str) -> None:
    assert measures.threshold(standard).known
