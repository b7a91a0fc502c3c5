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
