"""Interval arithmetic never loses the true value, and agreement follows the printed precision."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qzanalysis.audit import spans
from qzanalysis.audit.spans import span_of
from qzanalysis.figures.intervals import Interval, shown, whole_numbers
from qzanalysis.figures.quantities import parse

from . import plain


def agreement(printed: Interval, computed: Interval) -> str | None:
    """The verdict of the audit, which is that of plain decimals."""
    verdict = spans.agreement(span_of(printed), span_of(computed)) or None
    assert verdict == plain.agreement(printed, computed)
    return verdict


NUMBERS = st.decimals(-10_000, 10_000, places=3)


@st.composite
def known(draw: st.DrawFn) -> tuple[Decimal, Interval]:
    """A true value and an interval that holds it."""
    true, down, up = draw(NUMBERS), abs(draw(NUMBERS)), abs(draw(NUMBERS))
    return true, Interval(true, true - down, true + up)


@given(known(), known())
def test_sums_differences_and_products_hold_the_true_result(
    left: tuple[Decimal, Interval], right: tuple[Decimal, Interval]
) -> None:
    """Whatever the true values are, the true result is inside."""
    (a, first), (b, second) = left, right
    for true, result in (
        (a + b, first + second),
        (a - b, first - second),
        (a * b, first * second),
    ):
        assert result.low <= true <= result.high


@given(known(), known())
def test_quotients_hold_the_true_result(
    left: tuple[Decimal, Interval], right: tuple[Decimal, Interval]
) -> None:
    """So does a quotient; a divisor that may be zero is refused."""
    (a, first), (b, second) = left, right
    if second.low <= 0 <= second.high:
        with pytest.raises(ZeroDivisionError):
            first / second
    else:
        quotient = first / second
        assert quotient.low <= a / b <= quotient.high


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(0, 3))
def test_a_share_rounded_from_its_counts_always_agrees(part: int, whole: int, places: int) -> None:
    """No honest rounding is accused."""
    exact = Interval.exact(part) / Interval.exact(whole) * Interval.exact(100)
    printed = parse(f"{exact.value:.{places}f}%")
    assert agreement(printed, exact) in ("holds", "rounded")


@pytest.mark.parametrize(
    ("printed", "computed", "verdict"),
    [
        ("84.67%", "84.675", "rounded"),
        ("84.67%", "84.6755", "truncated"),
        ("84.68%", "84.6755", "rounded"),
        ("84.66%", "84.6755", None),
        ("62%", "62.08", "rounded"),
        ("5.00", "5", "holds"),
        ("近5000", "4902", "rounded"),
        ("90余", "95", "rounded"),
        ("90余", "89", None),
        ("380以上", "4000", "rounded"),
    ],
)
def test_agreement(printed: str, computed: str, verdict: str | None) -> None:
    """The verdict follows from what the printed text can stand for."""
    assert agreement(parse(printed), Interval.exact(Decimal(computed))) == verdict


def test_whole_numbers_within_an_interval() -> None:
    """Ends count; an interval between two whole numbers holds none."""
    assert list(whole_numbers(Interval(Decimal(3), Decimal("2.5"), Decimal(4)))) == [3, 4]
    assert not whole_numbers(Interval(Decimal("2.6"), Decimal("2.5"), Decimal("2.9")))


def test_numbers_for_people() -> None:
    """No trailing zeros, no minus zero."""
    assert [shown(Decimal(x)) for x in ("58.4795", "300", "-0.001")] == ["58.48", "300", "0"]


def test_a_number_for_people_has_at_most_the_digits_asked_for() -> None:
    """Half away from zero; whole numbers keep their noughts; what has no end is ∞."""
    numbers = [("2.345", 2), ("2.5", 0), ("100", 0), ("0.00004", 4), ("Infinity", 2), ("-2.5", 0)]
    assert [shown(Decimal(value), digits) for value, digits in numbers] == [
        "2.35", "3", "100", "0", "∞", "-3",
    ]  # fmt: skip


def test_an_interval_holds_its_value() -> None:
    with pytest.raises(ValueError, match="5 is not within 1 to 3"):
        Interval(Decimal(5), Decimal(1), Decimal(3))


def test_a_figure_without_an_upper_end_divides_to_nothing() -> None:
    """100 ÷ (20 or more) is at most 5."""
    quotient = Interval.exact(100) / parse("20以上")
    assert (quotient.low, quotient.value, quotient.high) == (0, 5, 5)


@pytest.mark.parametrize(
    ("low", "high", "numbers"),
    [("2.5", "4", [3, 4]), ("-1.5", "0.5", [-1, 0]), ("3", "3", [3]), ("3.1", "3.9", [])],
)
def test_whole_numbers_are_those_between_the_ends(low: str, high: str, numbers: list[int]) -> None:
    assert list(whole_numbers(Interval(Decimal(low), Decimal(low), Decimal(high)))) == numbers


@pytest.mark.parametrize(
    ("printed", "computed", "verdict"),
    [
        ("-1.5", "-1.56", None),  # cutting digits off a negative number is not looked for
        ("0.5", "0.599", "truncated"),
        ("0.5", "0.59999999999", "truncated"),  # up to the next figure, and not at it
        ("0.5", "0.6", None),
        ("380以上", "379", None),
    ],
)
def test_digits_cut_off_lie_above_the_printed_ones(
    printed: str, computed: str, verdict: str | None
) -> None:
    assert agreement(parse(printed), Interval.exact(Decimal(computed))) == verdict
