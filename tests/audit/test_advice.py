"""Which figure is probably wrong, and the value that would restore agreement."""

from __future__ import annotations

import pytest

from .small_reports import Check, Row, one


def _suggested(check: Check, name: str, *rows: Row) -> str:
    return check(*rows)[name].suggestion or ""


def test_the_value_that_would_restore_agreement_is_in_the_printed_unit(check: Check) -> None:
    """100 000 m² over 1000 are 100 a head, 80 are printed; 80 a head would be 8.0万, or between
    99 500 ÷ 80.5 = 1236.02 and 100 500 ÷ 79.5 = 1264.2 students."""
    told = _suggested(
        check, "ratio-land_per_student-2021",
        one("land_per_student", "80", "附表1#29"), one("land_area", "10.0万", "§1.1"),
        one("students", "1000", "附表1#28"), one("students", "1000", "§1.2"),
    )  # fmt: skip
    assert told == (
        "仅凭算术分不清是哪一个有误：附表1#29的 2021 年生均校园占地面积“80”，应为 100；"
        "或§1.1的 2021 年校园占地面积“10.0万”，应为 8 万；"
        "或附表1#28、§1.2的 2021 年全日制在校生数“1000”，应在 1237 至 1264 之间。"
    )


def test_a_bound_names_the_most_or_the_least(check: Check) -> None:
    """12 of 10: at most 10, or at least 12."""
    told = _suggested(
        check, "within-pe_teachers-2021", one("pe_teachers", "12", "§2"), one("teachers", "10")
    )
    assert told == (
        "仅凭算术分不清是哪一个有误：§2的 2021 年体育课专任教师数“12”，应不大于 10；"
        "或§1的 2021 年专任教师数“10”，应不小于 12。"
    )


@pytest.mark.parametrize(("number", "told"), [("100", True), ("99", False)])
def test_a_sum_that_is_another_figure_is_told_from_a_hundred_on(
    check: Check, number: str, told: bool
) -> None:
    """Employed graduates that add up to the interns were perhaps entered from that row."""
    half = int(number) // 2
    found = check(
        one("graduates_employed", str(half), "附表1#14", "employer=above_scale"),
        one("graduates_employed", str(int(number) - half), "附表1#15", "employer=small_medium"),
        one("progression", "50", "附表1#17"), one("graduates_placed", "60", "附表1#13"),
        one("interns", number, "§2.4"),
    )  # fmt: skip
    suggestion = found["employed-and-progressed-2021"].suggestion or ""
    assert (f"= {number} 恰等于 2021 年顶岗实习学生数" in suggestion) is told
