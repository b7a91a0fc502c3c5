"""The same figure printed twice: which differences are told, and how."""

from __future__ import annotations

import pytest

from .small_reports import Check, one


@pytest.mark.parametrize(
    ("other", "gap", "severity"),
    [("105", "5", "high"), ("104", "4", "medium"), ("90", "-10", "high")],
)
def test_two_printings_differ_severely_from_five_per_cent_on(
    check: Check, other: str, gap: str, severity: str
) -> None:
    found = check(one("students", "100", "附表1#28"), one("students", other, "§1.2"))
    finding = found["same-students-2021-differs"]
    assert (finding.verdict, finding.severity) == ("contradiction", severity)
    assert (finding.recomputed, finding.difference) == ("100", gap)
    assert f"附表1#28印作 100，§1.2印作 {other}，相差 {gap.lstrip('-')}" in finding.statement
    assert "same-students-2021" not in found


@pytest.mark.parametrize(
    ("first", "other", "recomputed", "gap", "severity"),
    [
        ("0", "7", "0", "7", "medium"),  # from nothing, nobody can say by how much
        ("1.23456", "2.5", "1.2346", "1.2654", "high"),  # told to four digits
    ],
)
def test_a_difference_from_nothing_and_one_of_many_digits(
    check: Check, first: str, other: str, recomputed: str, gap: str, severity: str
) -> None:
    found = check(one("building_area", first, "附表1#28"), one("building_area", other, "§1.2"))[
        "same-building_area-2021-differs"
    ]
    assert (found.recomputed, found.difference, found.severity) == (recomputed, gap, severity)
    assert len(found.figures) == 2


def test_each_place_that_differs_is_told_and_those_that_agree_together(check: Check) -> None:
    found = check(
        one("students", "100", "§1.2"), one("students", "100", "附表1#28"),
        one("students", "103", "§2"), one("students", "90", "§3"),
    )  # fmt: skip
    assert found["same-students-2021-differs"].difference == "3"
    assert found["same-students-2021-differs-2"].difference == "-10"
    same = found["same-students-2021"]
    assert (same.verdict, same.recomputed, len(same.figures)) == ("holds", "100", 2)
    assert "在 2 处印出（附表1#28、§1.2），均为 100" in same.statement


def test_two_precisions_of_one_number_agree_after_rounding(check: Check) -> None:
    found = check(
        one("student_teacher_ratio", "18.3:1", "§1.3"),
        one("student_teacher_ratio", "18.29:1", "附表1#40"),
    )
    same = found["same-student_teacher_ratio-2021"]
    assert (same.verdict, same.severity, same.recomputed) == ("rounded", "none", "18.29")
    assert "18.29:1、18.3:1，精度不同但不矛盾" in same.statement


def test_a_figure_printed_once_is_not_compared_with_itself(check: Check) -> None:
    assert not [name for name in check(one("students", "100")) if name.startswith("same-")]


@pytest.mark.parametrize(
    ("before", "now", "where", "told"),
    [
        ("1681.77", "1681.77", "§1", True),  # six digits
        ("168.77", "168.77", "§1", False),  # five: two measurements may agree
        ("168177", "168177", "§1", False),  # a round sum may be given twice
        ("1681.77", "1681.78", "§1", False),
        ("1681.77", "1681.77", "附表1#32", False),  # one line of one table gives both years
    ],
)
def test_a_long_number_under_two_years_has_a_wrong_year(
    check: Check, before: str, now: str, where: str, told: bool
) -> None:
    name = "appropriation_per_student"
    found = check((name, "", 2020, before, "附表1#32"), (name, "", 2021, now, where))
    assert (f"same-{name}-2021-as-2020" in found) is told
    if told:
        finding = found[f"same-{name}-2021-as-2020"]
        assert (finding.verdict, finding.severity) == ("undecided", "medium")
        assert "在§1属 2021 年，在附表1#32属 2020 年，印的是同一个数 1681.77" in finding.statement
        assert len(finding.figures) == 2
