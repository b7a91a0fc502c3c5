"""Percentages and the people behind them: which can be, and of how many."""

from __future__ import annotations

import pytest

from .small_reports import Check, one, table


@pytest.mark.parametrize(
    ("printed", "teachers", "verdict", "said", "number"),
    [
        ("33.33%", "3", "holds", "以 3 为分母", "1"),
        ("34%", "3", "implausible", "没有任何整数除以 3 能得出", None),
        ("50%", "300", "holds", "149 至 151 人可得", "149、150、151"),
    ],
)
def test_a_share_of_a_known_number(
    check: Check, printed: str, teachers: str, verdict: str, said: str, number: str | None
) -> None:
    """50 % of 300 with no decimals is 148.5 to 151.5 people."""
    found = check(one("senior_title_share", printed), one("teachers", teachers))
    finding = found["grim-senior_title_share-2021"]
    assert (finding.verdict, finding.recomputed) == (verdict, number)
    assert said.replace("以 3 为", "以 3 人为") in finding.statement
    assert finding.severity == ("none" if verdict == "holds" else "medium")
    assert len(finding.figures) == 2


def test_a_share_of_nobody_knows_how_many_is_not_tested(check: Check) -> None:
    """Of "more than 300" people some count gives any percentage."""
    found = check(one("senior_title_share", "34%"), one("teachers", "300以上"))
    assert "grim-senior_title_share-2021" not in found


def test_a_share_whose_counts_are_printed_is_tested_as_a_ratio_only(check: Check) -> None:
    found = check(
        one("senior_title_share", "34%"), one("teachers", "3"), one("senior_teachers", "1")
    )
    assert "grim-senior_title_share-2021" not in found


@pytest.mark.parametrize(("graduates", "verdict"), [("1818", "implausible"), ("1819", "holds")])
def test_a_rate_needs_so_many_people(check: Check, graduates: str, verdict: str) -> None:
    """99.95 % with two decimals: 1818 of 1819 is the first that gives it."""
    found = check(*table("employment_rate", ["99.95"]), one("graduates", graduates))
    finding = found["grim-employment_rate-programme=cnc-2021"]
    assert (finding.verdict, finding.recomputed) == (verdict, "1819")
    assert f"至少要有 1819 人才能得出，报告所及人数最多 {graduates} 人" in finding.statement


@pytest.mark.parametrize(("printed", "verdict"), [("66.67", "holds"), ("75.00", "undecided")])
def test_a_rate_against_the_size_of_its_programme(check: Check, printed: str, verdict: str) -> None:
    """Of one place a year at most three graduates: 2 of 3 can be, 3 of 4 cannot."""
    place = one("programme_places", "1", "§4表#1", "programme=cnc;track=three_year")
    finding = check(*table("employment_rate", [printed]), place)[
        "size-employment_rate-programme=cnc-2021"
    ]
    assert (finding.verdict, finding.recomputed) == (verdict, "3" if verdict == "holds" else "4")
    assert "该专业一年设置人数为 1，" in finding.statement
    assert len(finding.figures) == 2


def test_everybody_placed_says_nothing_about_size(check: Check) -> None:
    place = one("programme_places", "1", "§4表#1", "programme=cnc;track=three_year")
    found = check(*table("employment_rate", ["100"]), place)
    assert "size-employment_rate-programme=cnc-2021" not in found
