"""Relations between figures: their verdicts and their words."""

from __future__ import annotations

import pytest

from .small_reports import Check, one, two


def test_a_relation_that_fails_says_by_how_much_and_within_what(check: Check) -> None:
    """60 ÷ 300: 20.00 % exactly; 21.50 is printed."""
    found = check(
        one("senior_title_share", "21.50%"), one("senior_teachers", "60"),
        one("teachers", "300"),
    )  # fmt: skip
    finding = found["ratio-senior_title_share-2021"]
    assert (finding.verdict, finding.recomputed, finding.difference) == (
        "contradiction",
        "20",
        "1.5",
    )
    assert "印作 21.50%，算得 20（60 ÷ 300 × 100%），不符，相差 1.5。" in finding.statement
    assert finding.severity == "high"  # 7.5 % of 20, and of the form
    assert [figure.printed for figure in finding.figures] == ["21.50%", "60", "300"]


def test_rounded_inputs_give_an_interval(check: Check) -> None:
    """1.0万 m² is 9500 to 10500; over 100 students 95 to 105, not 120."""
    found = check(one("land_per_student", "120"), one("land_area", "1万"), one("students", "100"))
    finding = found["ratio-land_per_student-2021"]
    assert "相差 20（计入四舍五入，应在 50 至 150 之间）" not in finding.statement
    assert finding.verdict == "rounded"  # 1万 may be anything from 5000 to 15000
    finding = check(
        one("land_per_student", "120"), one("land_area", "1.0万"), one("students", "100")
    )["ratio-land_per_student-2021"]
    assert (finding.verdict, finding.recomputed, finding.difference) == (
        "contradiction",
        "100",
        "20",
    )
    assert "不符，相差 20（计入四舍五入，应在 95 至 105 之间）" in finding.statement


def test_a_part_above_its_whole_says_by_how_much(check: Check) -> None:
    found = check(one("pe_teachers", "12"), one("teachers", "10"))
    finding = found["within-pe_teachers-2021"]
    assert (finding.verdict, finding.recomputed, finding.difference) == ("contradiction", "10", "2")
    assert "印作 12，对照 10，反而超出 2。" in finding.statement
    assert check(one("pe_teachers", "10"), one("teachers", "10"))[
        "within-pe_teachers-2021"
    ].verdict == "holds"  # fmt: skip


def test_a_stated_direction_that_fails_is_severe(check: Check) -> None:
    """However small: 95.00 after 95.02 is no rise; after 95.01 it may be, rounded."""
    found = check(*two("academic_pass_rate", "95.02", "95.00"))
    finding = found["academic-rising-2021"]
    assert (finding.verdict, finding.severity, finding.difference) == (
        "contradiction",
        "high",
        "-0.02",
    )
    assert "尚不足 0.02" in finding.statement


def test_a_change_without_its_year_before_cannot_be_checked(check: Check) -> None:
    change = one("students", "+50", "§1.2", "change=difference")
    finding = check(one("students", "100"), change)["change-students-difference-2021"]
    assert (finding.verdict, finding.severity) == ("not_checkable", "low")
    assert finding.recomputed is None and finding.difference is None
    assert "缺“2020 年全日制在校生数”，不能核对" in finding.statement


@pytest.mark.parametrize(
    ("change", "printed", "verdict"),
    [
        ("difference", "+50", "holds"),
        ("increase", "50", "holds"),
        ("decrease", "50", "contradiction"),
        ("difference", "-50", "contradiction"),
    ],
)
def test_a_change_is_now_less_before(check: Check, change: str, printed: str, verdict: str) -> None:
    found = check(
        *two("students", "100", "150"), one("students", printed, "§1.2", f"change={change}")
    )
    assert found[f"change-students-{change}-2021"].verdict == verdict


def test_every_value_a_figure_is_printed_with_is_tested(check: Check) -> None:
    """The second reading has a number of its own."""
    found = check(
        *two("students", "100", "150", source="附表1#28"), one("students", "160", "§1.2"),
        one("intake", "60"), one("graduates", "10"),
    )  # fmt: skip
    assert found["students-stock-flow-2021"].verdict == "holds"
    second = found["students-stock-flow-2021-2"]
    assert (second.verdict, second.recomputed, second.difference) == ("undecided", "150", "10")


def test_no_other_denominator_is_offered_where_many_would_do(check: Check) -> None:
    """The named one in another year first; and the number of those that were tried."""
    found = check(
        one("senior_title_share", "24.29%", "附表1#42"), one("senior_teachers", "51"),
        *two("teachers", "210", "170", source="附表1#38"), one("staff", "211"),
    )  # fmt: skip
    finding = found["ratio-senior_title_share-2021"]
    assert finding.verdict == "other_base"
    assert finding.recomputed == "24.2857（分母改用 2020 年专任教师数 210）"
    assert "试了报告所载 2 个可能的分母，仅此一个相符" in finding.statement
    assert finding.difference == "-5.71"


def test_a_fall_is_measured_against_the_size_of_the_fall(check: Check) -> None:
    """−60 is due and −50 printed: a sixth too little, and of the form, so it is severe."""
    found = check(
        *two("students", "160", "100", source="附表1#28"),
        one("students", "-50", "§1.2", "change=difference"),
    )
    finding = found["change-students-difference-2021"]
    assert (finding.recomputed, finding.difference, finding.severity) == ("-60", "10", "high")
