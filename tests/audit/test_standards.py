"""Printed and computed figures against the national standards."""

from __future__ import annotations

import pytest

from .small_reports import Check, one


@pytest.mark.parametrize(
    ("printed", "verdict", "severity", "said"),
    [
        ("19:1", "holds", "none", "，达到。"),
        ("20:1", "undecided", "medium", "因四舍五入无法判定是否达到"),
        ("21:1", "holds", "medium", "，未达到。"),
    ],
)
def test_a_printed_figure_against_its_threshold(
    check: Check, printed: str, verdict: str, severity: str, said: str
) -> None:
    """20:1 may be 20.4."""
    finding = check(one("student_teacher_ratio", printed))[
        "standard-student_teacher_ratio_maximum-2021"
    ]
    assert finding.verdict == verdict
    assert said in finding.statement and f"§1印 {printed}" in finding.statement
    assert finding.severity == ("low" if verdict == "undecided" else severity)
    value = int(printed[:2])
    assert (finding.recomputed, finding.difference) == (str(value), str(value - 20))


def test_a_standard_is_judged_from_the_parts_where_nothing_is_printed(check: Check) -> None:
    """200 students, 10 teachers: exactly 20. 29 computers for 200 students: 14.5 a hundred."""
    found = check(
        one("students", "200"), one("teachers", "10"), one("teaching_computers", "29"),
    )  # fmt: skip
    ratio = found["standard-student_teacher_ratio_maximum-2021"]
    assert (ratio.verdict, ratio.severity, ratio.recomputed) == ("holds", "none", "20")
    computers = found["standard-computers_per_100_minimum-2021"]
    assert (computers.severity, computers.recomputed, computers.difference) == (
        "medium", "14.5", "-0.5",
    )  # fmt: skip
    assert found["standard-teachers_minimum-2021"].difference == "-50"


def test_about_is_no_judgement(check: Check) -> None:
    finding = check(one("part_time_share", "30%"))["standard-part_time_about-2021"]
    assert (finding.verdict, finding.severity) == ("holds", "none")
    assert "标准只说“约”，供参考" in finding.statement


def test_a_printed_ratio_per_hundred_agrees_with_its_parts(check: Check) -> None:
    """1431 computers for 4902 students are 29.2 per 100; 38.44 books per student are no count."""
    found = check(
        one("teaching_computers", "1431"), one("students", "4902"),
        one("computers_per_100_students", "29.2"), one("printed_books", "188450"),
        one("books_per_student", "38.44"),
    )  # fmt: skip
    assert found["ratio-computers_per_100_students-2021"].verdict == "rounded"
    assert found["ratio-books_per_student-2021"].verdict == "rounded"
    standard = found["standard-computers_per_100_minimum-2021"]
    assert (standard.verdict, standard.recomputed) == ("holds", "29.2")
    assert "1431 ÷ 4902 × 100）" in standard.statement
    assert {f.verdict for f in found.values()} <= {"holds", "rounded", "not_checkable"}


def test_a_ratio_per_hundred_that_is_wrong_is_found(check: Check) -> None:
    found = check(
        one("teaching_computers", "1431"), one("students", "4902"),
        one("computers_per_100_students", "39.2"),
    )  # fmt: skip
    wrong = found["ratio-computers_per_100_students-2021"]
    assert (wrong.verdict, wrong.recomputed) == ("contradiction", "29.192")
    assert wrong.suggestion is not None and "应为 29.2" in wrong.suggestion
