"""Printed texts, and what they say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qzanalysis.figures.quantities import INFINITY, NotAFigure, parse

D = Decimal
MU = D(2000) / D(3)  # square metres

# printed, value, decimals, low, high
MEASURES = [
    ("62%", "62", 0, "61.5", "62.5"),
    ("36.19%", "36.19", 2, "36.185", "36.195"),
    ("100.00%", "100", 2, "99.995", "100.005"),
    ("5.00", "5", 2, "4.995", "5.005"),
    ("5", "5", 0, "4.5", "5.5"),
    ("18.3:1", "18.3", 1, "18.25", "18.35"),
    ("17.84:1", "17.84", 2, "17.835", "17.845"),
    ("1:15", "15", 0, "14.5", "15.5"),
    ("1：15", "15", 0, "14.5", "15.5"),
    ("-1.5", "-1.5", 1, "-1.55", "-1.45"),
    ("13.85万", "138500", 2, "138450", "138550"),
    ("10127.45万", "101274500", 2, "101274450", "101274550"),
    ("334万", "3340000", 0, "3335000", "3345000"),
    ("2亿", "200000000", 0, "150000000", "250000000"),
    ("万兆", "10000", 0, "9999.5", "10000.5"),
    ("千兆", "1000", 0, "999.5", "1000.5"),
    ("1,234.50", "1234.5", 2, "1234.495", "1234.505"),
    ("６２．５％", "62.5", 1, "62.45", "62.55"),
    ("超8%", "8", 0, "8", "Infinity"),
    ("超过50%", "50", 0, "50", "Infinity"),
    ("50%以上", "50", 0, "50", "Infinity"),
]

COUNTS = [
    ("268", "268", "268", "268"),
    ("0", "0", "0", "0"),
    ("+50", "50", "50", "50"),
    ("-125", "-125", "-125", "-125"),
    ("−125", "-125", "-125", "-125"),
    ("１２，３４５", "12345", "12345", "12345"),
    ("1 234", "1234", "1234", "1234"),
    ("两", "2", "2", "2"),
    ("十", "10", "10", "10"),
    ("二十五", "25", "25", "25"),
    ("90余", "90", "90", "100"),
    ("140余", "140", "140", "150"),
    ("100余", "100", "100", "200"),
    ("二十余", "20", "20", "30"),
    ("千余", "1000", "1000", "2000"),
    ("3000多", "3000", "3000", "4000"),
    ("60余万", "600000", "600000", "700000"),
    ("28928万余", "289280000", "289280000", "289290000"),
    ("近5000", "5000", "4000", "5000"),
    ("近20", "20", "10", "20"),
    ("不足100", "100", "0", "100"),
    ("约300", "300", "250", "350"),
    ("800以上", "800", "800", "Infinity"),
    ("五万以上", "50000", "50000", "Infinity"),
    ("30以下", "30", "20", "30"),
]

WORDS = [
    ("第五", 5, 5, 5),
    ("第11", 11, 11, 11),
    ("第三批", 3, 3, 3),
    ("第44届", 44, 44, 44),
    ("第二次", 2, 2, 2),
    ("第一名", 1, 1, 1),
    ("前十", 10, 1, 10),
    ("前3", 3, 1, 3),
    ("50强", 50, 1, 50),
    ("首批", 1, 1, 1),
    ("首个", 1, 1, 1),
    ("最多", 1, 1, 1),
    ("持平", 0, 0, 0),
    ("没有增加", 0, 0, 0),
]


@pytest.mark.parametrize(("printed", "value", "decimals", "low", "high"), MEASURES)
def test_measures_stand_for_the_interval_that_rounds_to_them(
    printed: str, value: str, decimals: int, low: str, high: str
) -> None:
    found = parse(printed)
    assert (found.value, found.low, found.high) == (D(value), D(low), D(high))
    assert (found.decimals, found.printed, found.is_exact) == (decimals, printed, False)


@pytest.mark.parametrize(("printed", "value", "low", "high"), COUNTS)
def test_counts_are_exact_unless_the_words_say_otherwise(
    printed: str, value: str, low: str, high: str
) -> None:
    found = parse(printed, count=True)
    assert (found.value, found.low, found.high) == (D(value), D(low), D(high))
    assert found.is_exact is (low == high)


@pytest.mark.parametrize(("printed", "value", "low", "high"), WORDS)
@pytest.mark.parametrize("count", [True, False])
def test_ranks_and_no_change(printed: str, value: int, low: int, high: int, count: bool) -> None:
    found = parse(printed, count=count)
    assert (found.value, found.low, found.high) == (value, low, high)


def test_mu_become_square_metres() -> None:
    """430 mu, printed to the whole mu."""
    found = parse("430亩")
    assert found.value == 430 * MU
    assert abs(found.low - D("429.5") * MU) < D("1e-20")
    assert abs(found.high - D("430.5") * MU) < D("1e-20")


def test_a_count_in_ten_thousands_is_still_rounded() -> None:
    assert not parse("13.85万", count=True).is_exact


@pytest.mark.parametrize(
    "text",
    ["", " ", "/", "工种取消", "“1+X”证书试点", "2:3", "1,2345", "约", "余", "+", "%", "3 人", "12a", "1.2.3",
     "第", "前", "强", "第名", "前-5", "万万", "一亿一", "二十〇", "nan", "inf", "1e5"],
)  # fmt: skip
def test_other_texts_are_refused_by_name(text: str) -> None:
    with pytest.raises(NotAFigure, match=r"“.*”不是"):
        parse(text)


@pytest.mark.parametrize("text", ["第" * 3000 + "五", "前" * 3000 + "十", "九" * 3000, "9" * 3000])
def test_long_texts_neither_crash_nor_hang(text: str) -> None:
    try:
        found = parse(text)
    except NotAFigure:
        return
    assert found.low <= found.value <= found.high


numbers = st.decimals(0, 10**7, allow_nan=False, places=3).flatmap(
    lambda n: st.integers(0, 3).map(lambda places: f"{n:.{places}f}")
)
approximate = st.tuples(
    st.sampled_from(["", "近", "约", "超", "不足"]),
    numbers,
    st.sampled_from(["", "余", "万", "万余", "%"]),
).map("".join)
ALPHABET = "0123456789.,:：%+-−余多近约超以上下第前强名批届次首最持平万千百十亿零〇一二两三九亩兆TB /１，％"


@given(st.one_of(numbers, approximate), st.booleans())
def test_the_value_lies_in_its_interval(text: str, count: bool) -> None:
    try:
        found = parse(text, count=count)
    except NotAFigure:
        return
    assert found.low <= found.value <= found.high


@given(numbers)
def test_a_measure_is_one_unit_of_its_last_place_wide(text: str) -> None:
    found = parse(text)
    assert found.high - found.low == D(1).scaleb(-found.decimals)


@given(st.integers(0, 10**9))
def test_a_count_has_no_width(number: int) -> None:
    found = parse(str(number), count=True)
    assert found.is_exact
    assert found.value == number


@given(st.decimals(0, 10**6, allow_nan=False, places=4))
def test_more_decimals_never_widen_the_interval(number: Decimal) -> None:
    found = [parse(f"{number:.{places}f}") for places in range(5)]
    widths = [quantity.high - quantity.low for quantity in found]
    assert widths == sorted(widths, reverse=True)


@given(st.decimals(0, 10**6, allow_nan=False, places=4), st.integers(0, 3))
def test_the_true_value_lies_in_the_interval_of_its_rounding(number: Decimal, places: int) -> None:
    found = parse(f"{number:.{places}f}")
    assert found.low <= number <= found.high


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=12), st.text(ALPHABET, max_size=8)), st.booleans())
def test_any_text_is_a_figure_or_refused(text: str, count: bool) -> None:
    """Nothing but `NotAFigure` leaves the parser, and what it reads lies in its interval."""
    try:
        found = parse(text, count=count)
    except NotAFigure:
        return
    assert found.low <= found.value <= found.high
    assert found.high <= INFINITY


@pytest.mark.parametrize(
    ("printed", "value", "low", "high"),
    [
        ("100兆", "100", "99.5", "100.5"),
        ("2TB", "2", "1.5", "2.5"),
        ("5‰", "0.5", "0.45", "0.55"),
        ("3百", "300", "250", "350"),
        ("1.5亿", "150000000", "145000000", "155000000"),
        ("2百万", "2000000", "1500000", "2500000"),
    ],
)
def test_units_and_magnitudes_scale_the_value_and_its_interval(
    printed: str, value: str, low: str, high: str
) -> None:
    found = parse(printed)
    assert (found.value, found.low, found.high) == (Decimal(value), Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, "九" * 5000, "9亿亿亿", "1:" + "1" * 400])
def test_what_is_too_long_or_too_large_is_no_figure(text: str) -> None:
    """Refused before it is converted; a number of eighteen digits is still read."""
    with pytest.raises(NotAFigure):
        parse(text)
    assert parse("9" * 18, count=True).value == 10**18 - 1
