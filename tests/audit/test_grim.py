"""Which counts can give a printed percentage."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from qzanalysis.audit.grim import smallest_cohort


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 2))
def test_the_smallest_cohort_is_never_larger_than_the_true_one(
    part: int, whole: int, places: int
) -> None:
    """A percentage that counts gave is always feasible for them."""
    share = Fraction(min(part, whole), whole)
    half = Fraction(1, 2 * 10 ** (places + 2))
    assert smallest_cohort(share - half, share + half) <= whole


@given(st.integers(1, 999), st.integers(1, 40))
def test_no_smaller_cohort_would_do(thousandths: int, width: int) -> None:
    """Checked against trying every size."""
    low = Fraction(thousandths, 1000)
    high = low + Fraction(width, 10_000)
    least = smallest_cohort(low, high)
    sizes = (n for n in range(1, least + 1) if -(-low * n // 1) <= high * n)
    assert next(sizes) == least


def test_a_rate_close_to_all_needs_many_people() -> None:
    """99.96 % with two decimals: 2 222 of 2 223."""
    assert smallest_cohort(Fraction(99955, 100_000), Fraction(99965, 100_000)) == 2223
