"""Bounds, magnitudes and wording: where each begins and ends."""

from __future__ import annotations

import pytest

from .small_reports import Check, one, two


@pytest.mark.parametrize(
    ("indicator", "printed", "accused"),
    [
        ("fitness_pass_rate", "0", False),
        ("fitness_pass_rate", "100.00", False),
        ("fitness_pass_rate", "100.01", True),
        ("fitness_pass_rate", "-0.01", True),
        ("teachers", "0", False),
        ("teachers", "-1", True),
        ("teachers", "2.5", True),
        ("teachers", "近5", False),
    ],
)
def test_bounds_begin_beyond_their_ends(
    check: Check, indicator: str, printed: str, accused: bool
) -> None:
    kind = "percent" if indicator == "fitness_pass_rate" else "count"
    found = check(one(indicator, printed))
    name = f"bounds-{kind}-{indicator}-2021"
    assert (name in found, f"bounds-{kind}" in found) == (accused, not accused)
    if accused:
        assert (found[name].verdict, found[name].severity) == ("contradiction", "high")
        assert f"在§1印作 {printed}" in found[name].statement
        assert [figure.printed for figure in found[name].figures] == [printed]


def test_what_is_within_bounds_is_counted_once_for_all(check: Check) -> None:
    """Two printings of one figure are two numbers."""
    found = check(
        one("fitness_pass_rate", "95"), one("fitness_pass_rate", "95.0", "§2"),
        one("myopia_rate", "101"),
    )  # fmt: skip
    assert "2 个数字均在范围内" in found["bounds-percent"].statement
    assert "bounds-percent-myopia_rate-2021" in found


@pytest.mark.parametrize(
    ("before", "now", "ratio"),
    [
        ("8000", "1000", "0.125"),
        ("8000", "1001", None),
        ("1000", "8000", "8"),
        ("1000", "7999", None),
        ("2", "19", None),  # small numbers leap
        ("2", "20", "10"),
        ("0", "5000", None),  # nothing to compare with
    ],
)
def test_a_leap_is_eightfold_or_more(
    check: Check, before: str, now: str, ratio: str | None
) -> None:
    found = check(*two("printed_books", before, now))
    leap = found.get("magnitude-printed_books-2021")
    assert (leap and leap.recomputed) == ratio
    if leap:
        assert (leap.verdict, leap.severity) == ("implausible", "medium")
        assert f"（{before} → {now}）" in leap.statement
        assert len(leap.figures) == 2


@pytest.mark.parametrize("indicator", ["famous_school_rank"])
def test_places_in_an_order_may_leap(check: Check, indicator: str) -> None:
    assert "magnitude-famous_school_rank-2021" not in check(*two(indicator, "2", "第40"))


def test_points_called_per_cent_are_told_with_both_readings(check: Check) -> None:
    """97.10 − 96.50 = 0.60 points; 0.60 ÷ 96.50 = 0.62 %."""
    change = one("retention_rate", "0.60%", "§1.2", "change=increase")
    finding = check(*two("retention_rate", "96.50", "97.10"), change)["wording-retention_rate-2021"]
    assert (finding.verdict, finding.severity) == ("other_base", "low")
    assert finding.recomputed == "0.60 个百分点；0.62%"
    assert "“0.60 个百分点”，若真按百分比计算为 0.62%" in finding.statement
    assert len(finding.figures) == 3
    assert check(change)["wording-retention_rate-2021"].recomputed == "0.60 个百分点"


@pytest.mark.parametrize("known", [("", "97.10"), ("96.50", ""), ("0", "97.10")])
def test_points_called_per_cent_are_told_where_no_per_cent_can_be_worked_out(
    check: Check, known: tuple[str, str]
) -> None:
    """Without the year before, without this year, or from nothing."""
    rows = [
        ("retention_rate", "", year, printed, "§1")
        for year, printed in zip((2020, 2021), known, strict=True)
        if printed
    ]
    found = check(*rows, one("retention_rate", "0.60%", "§1.2", "change=increase"))
    finding = found["wording-retention_rate-2021"]
    assert finding.recomputed == "0.60 个百分点"
    assert "若真按" not in finding.statement
    assert len(finding.figures) == 1 + len(rows)


def test_points_called_points_and_growth_of_counts_are_left_alone(check: Check) -> None:
    found = check(
        *two("retention_rate", "96.50", "97.10"),
        one("retention_rate", "0.60", "§1.2", "change=increase"),
    )
    assert not [name for name in found if name.startswith("wording")]
