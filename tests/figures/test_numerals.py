"""Numerals in Chinese characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qzanalysis.figures import numerals


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("零", 0), ("两", 2), ("十", 10), ("十五", 15), ("一十五", 15), ("二十", 20), ("百", 100),
        ("一百零五", 105), ("一百五十", 150), ("一千零一", 1001), ("一千零一十", 1010), ("千", 1000),
        ("万", 10_000), ("一万零三", 10_003), ("十万", 100_000), ("两百五十万", 2_500_000),
        ("一亿零三百", 100_000_300), ("二〇二一", 2021), ("二零", 20),
    ],
)  # fmt: skip
def test_numerals_are_read(text: str, number: int) -> None:
    assert numerals.read(text) == number


@pytest.mark.parametrize(
    "text",
    ["一百二", "百五", "万万", "二十〇", "一亿一", "二三百", "零十", "十十", "万亿千", "人", ""],
)
def test_what_is_not_written_in_full_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        numerals.read(text)


@given(st.integers(0, 10**12 - 1))
def test_what_is_written_is_read_again(number: int) -> None:
    assert numerals.read(numerals.spell(number)) == number
