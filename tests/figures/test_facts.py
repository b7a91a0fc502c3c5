"""Numbers that keep their origin, and the arithmetic on them."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qzanalysis.figures import facts
from qzanalysis.figures.facts import Fact, Origin
from qzanalysis.figures.quantities import parse

D = Decimal
SLACK = D("1e-18")  # Decimal keeps 28 digits; a quotient's last one is rounded


def origin(row: int, printed: str = "1") -> Origin:
    return Origin("students", "", 2021, printed, f"附表1#{row}", "x.csv", row)


def fact(
    printed: str, unit: str = "人", row: int = 2, label: str = "甲", *, count: bool = True
) -> Fact:
    """A printed figure as a fact."""
    found = parse(printed, count=count)
    return Fact(
        found.value, unit, found.decimals, label, found.low, found.high,
        (origin(row, printed),), printed=printed,
    )  # fmt: skip


def missing(unit: str = "人", status: str = "missing") -> Fact:
    return Fact(None, unit, 0, "乙", origins=(origin(9, ""),), status=status)


def rate(printed: str, row: int = 2) -> Fact:
    return fact(printed, "%", row, count=False)


# --- arithmetic -----------------------------------------------------------------------------------


def test_a_difference_of_counts_is_exact_and_says_how_it_was_made() -> None:
    change = fact("4902", row=2) - fact("4852", row=3)
    assert (change.value, change.low, change.high, change.unit) == (50, 50, 50, "人")
    assert change.formula == "4902 − 4852"
    assert [o.row for o in change.origins] == [2, 3]


def test_percentages_differ_by_percentage_points_and_grow_by_per_cent() -> None:
    now, before = rate("97.47%"), rate("95.76%", 3)
    assert ((now - before).value, (now - before).unit) == (D("1.71"), "百分点")
    grown = facts.growth(now, before, "增长")
    assert grown.unit == "%"
    assert grown.text() == "1.8"
    assert grown.formula == "(97.47% − 95.76%) ÷ 95.76%"


def test_rounded_inputs_widen_the_result() -> None:
    change = rate("97.47%") - rate("95.76%", 3)
    assert (change.low, change.high) == (D("1.70"), D("1.72"))


def test_sum_and_total_agree_and_keep_every_origin() -> None:
    parts = [fact(str(n), row=n) for n in (865, 86, 38, 420)]
    whole = facts.total(parts, "升学")
    assert whole == sum(parts)
    assert (whole.value, whole.label) == (1409, "升学")
    assert [o.row for o in whole.origins] == [865, 86, 38, 420]
    assert whole.formula == "865 + 86 + 38 + 420"


def test_only_what_could_be_misread_stands_in_brackets() -> None:
    small, large = fact("3", row=2), fact("26", row=3)
    assert (large - (small - large)).formula == "26 − (3 − 26)"
    negative = facts.quotient(small - large, fact("1"), "人", "差", 0)
    assert (large - negative).formula == "26 − ((3 − 26) ÷ 1)"


def test_an_origin_used_twice_is_named_once() -> None:
    assert len((fact("3") + fact("3")).origins) == 1


def test_share_quotient_and_mean() -> None:
    assert facts.share(fact("138"), fact("268"), "占比").text() == "51.49"
    assert facts.share(fact("138"), fact("268"), "占比").formula == "138 ÷ 268 × 100%"
    per = facts.quotient(fact("1431"), fact("4902"), "台", "每百生", 1, scale=100)
    assert (per.text(), per.unit, per.formula) == ("29.2", "台", "1431 ÷ 4902 × 100")
    average = facts.mean([rate("92%"), rate("91%", 3)], "平均", 1)
    assert (average.text(), average.unit, average.formula) == ("91.5", "%", "2 个数的简单平均")


@pytest.mark.parametrize("status", ["missing", "not_held", "pilot"])
def test_a_missing_input_makes_the_result_missing_with_its_status_and_origins(status: str) -> None:
    none = missing(status=status)
    results = [
        fact("3") + none, none - fact("3"), facts.share(none, fact("3"), "x"), facts.total([none, fact("3")], "x"),
        facts.quotient(fact("3"), none, "人", "x"), facts.growth(none, fact("3"), "x"), facts.mean([none], "x"),
    ]  # fmt: skip
    for result in results:
        assert (result.known, bool(result), result.status, result.text()) == (
            False,
            False,
            status,
            "—",
        )
        assert 9 in {o.row for o in result.origins}
        assert math.isnan(float(result))


def test_what_is_missing_names_the_printed_figures_it_would_have_needed() -> None:
    result = facts.share(missing() - fact("3"), fact("5") + missing().named("丙"), "占比")
    assert result.lacks == ("乙", "丙")


def test_nothing_to_add_up_is_no_number() -> None:
    assert not facts.total([], "合计").known
    assert not facts.mean([], "平均").known


def test_a_reviewers_remark_stays_with_what_is_computed() -> None:
    decided = replace(fact("97"), remark="更正")
    assert (decided + fact("3", row=3)).remark == "更正"
    assert facts.share(decided, fact("268", row=3), "占比").remark == "更正"
    assert facts.merge_remarks(decided, decided, fact("3")) == "更正"


def test_nothing_is_divided_by_zero() -> None:
    assert not facts.share(fact("3"), fact("0", row=3), "x").known


def test_a_divisor_that_may_be_zero_leaves_the_quotient_without_bound() -> None:
    result = facts.quotient(fact("3"), fact("近1", row=3), "", "x")
    assert (result.low, result.high) == (D("-Infinity"), D("Infinity"))


def test_open_ended_figures_can_be_divided() -> None:
    """`800以上` over `50以上` may be anything from nought up."""
    result = facts.quotient(fact("800以上"), fact("50以上", row=3), "", "x")
    assert (result.value, result.low, result.high) == (16, 0, D("Infinity"))


def test_facts_refuse_plain_numbers() -> None:
    with pytest.raises(TypeError):
        fact("3") + 3  # type: ignore[operator]
    with pytest.raises(TypeError):
        3 + fact("3")  # type: ignore[operator]


def test_facts_are_equal_by_value_and_unit_and_sort_by_value() -> None:
    assert fact("5", row=2) == fact("5.0", row=3, count=False)
    assert fact("5") != fact("5", "%")
    assert len({fact("5", row=2), fact("5", row=3)}) == 1
    assert [f.text() for f in sorted([fact("9"), fact("-3"), fact("5")])] == ["−3", "5", "9"]


ends = st.decimals(-(10**6), 10**6, allow_nan=False, places=3)
spans = st.tuples(ends, ends, st.integers(0, 100), st.integers(0, 100))


def spanned(span: tuple[Decimal, Decimal, int, int]) -> tuple[Fact, Decimal]:
    """A fact over an interval, and a true value inside it."""
    a, b, shown_at, true_at = span
    low, high = min(a, b), max(a, b)
    shown, true = (low + (high - low) * at / 100 for at in (shown_at, true_at))
    return Fact(shown, "人", 3, "x", low, high), true


def test_the_interval_of_a_negative_change_is_turned_round_with_its_sign() -> None:
    size = Fact(D("-3.8"), "%", 1, "x", D("-3.9"), D("-3.7")).magnitude()
    assert (size.value, size.low, size.high) == (D("3.8"), D("3.7"), D("3.9"))


@given(spans)
def test_a_magnitude_covers_every_true_size(span: tuple[Decimal, Decimal, int, int]) -> None:
    found, true = spanned(span)
    size = found.magnitude()
    assert size.low is not None
    assert size.high is not None
    assert size.low <= abs(true) <= size.high
    assert size.low <= size.value <= size.high


@given(spans, spans)
def test_sums_and_differences_cover_every_true_value(
    left: tuple[Decimal, Decimal, int, int], right: tuple[Decimal, Decimal, int, int]
) -> None:
    (a, x), (b, y) = spanned(left), spanned(right)
    for result, true in ((a + b, x + y), (a - b, x - y)):
        assert result.low <= true <= result.high
        assert result.low <= result.value <= result.high


@given(spans, spans)
def test_quotients_cover_every_true_value(
    left: tuple[Decimal, Decimal, int, int], right: tuple[Decimal, Decimal, int, int]
) -> None:
    (a, x), (b, y) = spanned(left), spanned(right)
    assume(abs(y) > D("0.01") and abs(b.value or 0) > D("0.01"))
    result = facts.quotient(a, b, "", "x", scale=100)
    assert result.low - SLACK <= result.value <= result.high + SLACK
    slack = abs(100 * x / y) * D("1e-20") + SLACK
    assert result.low - slack <= 100 * x / y <= result.high + slack


# --- how a number is shown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        ("4902", "人", 0, "4902"),
        ("87816", "册", 0, "87\u202f816"),
        ("-12345.6", "人", 1, "−12\u202f345.6"),
        ("0.5", "人", 0, "1"),
        ("58.8", "人", 0, "59"),
        ("-0.04", "%", 1, "0.0"),
        ("18.2910447761", ":1", 2, "18.29"),
        ("82445600", "元", 2, "8244.56"),
        ("99999", "元", 0, "99\u202f999"),
    ],
)
def test_rounding_grouping_and_sign(value: str, unit: str, decimals: int, text: str) -> None:
    assert Fact(D(value), unit, decimals, "x").text() == text


@pytest.mark.parametrize(
    ("value", "text"), [("50", "+50"), ("-125", "−125"), ("0", "0"), ("0.2", "0")]
)
def test_a_sign_on_request_and_none_on_zero(value: str, text: str) -> None:
    assert Fact(D(value), "人", 0, "x").text(sign=True) == text


@pytest.mark.parametrize(
    ("printed", "unit", "shown"),
    [
        ("90余", "人", "90余人"), ("430亩", "平方米", "430亩"), ("13.85万", "平方米", "13.85万平方米"),
        ("二十余", "次", "二十余次"), ("第五", "名", "第五"), ("近5000", "人", "近5000人"), ("超8%", "%", "超8%"),
    ],
)  # fmt: skip
def test_figures_in_words_are_shown_as_printed(printed: str, unit: str, shown: str) -> None:
    found = fact(printed, unit)
    assert found.literal
    assert found.text() + found.shown_unit == shown


@pytest.mark.parametrize("printed", ["62%", "18.3:1", "+50", "-125", "1,234", "五"])
def test_plain_figures_are_shown_as_numbers(printed: str) -> None:
    assert not fact(printed).literal


def test_large_sums_are_shown_in_ten_thousands_with_the_unit() -> None:
    money = Fact(D("82445600"), "元", 2, "拨款")
    assert (money.text(), money.shown_unit) == ("8244.56", "万元")
    assert Fact(D("87816"), "册", 0, "图书").shown_unit == "册"


def test_a_constant_has_no_origin_and_no_needless_decimals() -> None:
    assert facts.constant(15.0, ":1", "目标").text() == "15"
    assert facts.constant("2.50", "%", "x").text() == "2.5"
    assert facts.constant(40000, "人", "x").text() == "40\u202f000"
    assert facts.constant(15, ":1", "目标").origins == ()


def test_renaming_and_other_decimals_leave_the_number_alone() -> None:
    found = fact("268")
    assert found.named("教师").label == "教师"
    assert found.shown(2).text() == "268.00"
    assert found.named("教师") == found.shown(2) == found


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=4), st.integers(0, 3))
def test_what_is_shown_is_the_number_rounded(value: Decimal, decimals: int) -> None:
    text = Fact(value, "人", decimals, "x").text()
    shown = D(text.replace("\u202f", "").replace("−", "-"))
    assert abs(shown - value) <= D(1).scaleb(-decimals) / 2
    assert not (text.startswith("−") and shown == 0)
    assert "-" not in text


# --- what a change can say, and numbers for files --------------------------------------------------


def test_a_difference_of_ratios_is_no_ratio() -> None:
    """18.29:1 is 0.45 above 17.84:1, not 0.45:1."""
    change = fact("18.29:1", ":1", count=False) - fact("17.84:1", ":1", 3, count=False)
    assert (change.value, change.unit, change.formula) == (D("0.45"), "", "18.29 − 17.84")


def test_a_formula_is_of_printed_figures_and_not_of_rounded_results() -> None:
    now = facts.share(fact("1409"), fact("1664", row=3), "升学率")
    before = facts.share(fact("931", row=4), fact("1474", row=5), "升学率")
    change = now - before
    assert change.text() == "21.51"
    assert change.formula == "(1409 ÷ 1664 × 100%) − (931 ÷ 1474 × 100%)"


@pytest.mark.parametrize(
    ("before", "now", "coarse"),
    [("92", "91", True), ("92.0", "91.0", False), ("92", "90", False), ("92", "92", False)],
)
def test_a_change_of_one_in_the_last_place_may_be_almost_nothing(
    before: str, now: str, coarse: bool
) -> None:
    assert (rate(now) - rate(before, 3)).coarse is coarse


def test_a_change_of_counts_is_never_coarse() -> None:
    assert not (fact("128") - fact("129", row=3)).coarse


def test_a_number_for_files_has_four_digits_more_than_shown() -> None:
    """1409 ÷ 1664 = 84.6754807…"""
    share = facts.share(fact("1409"), fact("1664", row=3), "升学率")
    assert (share.text(), share.exported) == ("84.68", "84.675481")
    assert fact("5.00", "%", count=False).exported == "5"
    land = facts.quotient(fact("860000"), fact("3", row=3), "平方米", "占地", 0)
    assert replace(land, formula="").exported == "286666.6667"  # 430 亩
    assert missing().exported == ""


def test_a_portion_is_of_the_whole() -> None:
    """33.46 % of 272 is 91.0112."""
    held = facts.portion(rate("33.46"), fact("272", row=3), "高级职称人数")
    assert (held.exported, held.text(), held.formula) == ("91.0112", "91", "33.46% × 272")
    assert not facts.portion(missing("%"), fact("272"), "人数").known
