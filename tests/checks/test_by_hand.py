"""Small reports whose findings can be worked out on paper: where each check begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from qzanalysis import codebook
from qzanalysis.checks import Finding, run
from qzanalysis.dataset import Report

Row = tuple[str, str, int, str, str]
Found = dict[str, Finding]
Check = Callable[..., Found]
PROGRAMMES = (
    "cnc", "mechatronics", "construction", "childcare", "art_design", "computing", "tourism",
    "accounting",
)  # fmt: skip


@pytest.fixture
def check(build: Callable[..., Report]) -> Check:
    """The findings of a report of these rows, by id."""
    return lambda *rows: {finding.id: finding for finding in run(build(rows))}


def _now(indicator: str, printed: str, source: str = "§1", breakdown: str = "") -> Row:
    return indicator, breakdown, 2021, printed, source


def _two(indicator: str, before: str, now: str, source: str = "§1") -> list[Row]:
    return [(indicator, "", 2020, before, source), (indicator, "", 2021, now, source)]


def _table(indicator: str, values: Sequence[str], year: int = 2021) -> list[Row]:
    """One value a programme."""
    return [
        (indicator, f"programme={name}", year, value, f"§2.4表#{row}")
        for row, (name, value) in enumerate(zip(PROGRAMMES, values, strict=False), start=1)
    ]


# --- bounds, magnitudes, wording ------------------------------------------------------------------


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
    found = check(_now(indicator, printed))
    name = f"bounds-{kind}-{indicator}-2021"
    assert (name in found, f"bounds-{kind}" in found) == (accused, not accused)
    if accused:
        assert (found[name].verdict, found[name].severity) == ("contradiction", "high")
        assert f"在§1印作 {printed}" in found[name].statement
        assert [figure.printed for figure in found[name].figures] == [printed]


def test_what_is_within_bounds_is_counted_once_for_all(check: Check) -> None:
    """Two printings of one figure are two numbers."""
    found = check(
        _now("fitness_pass_rate", "95"), _now("fitness_pass_rate", "95.0", "§2"),
        _now("myopia_rate", "101"),
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
    found = check(*_two("printed_books", before, now))
    leap = found.get("magnitude-printed_books-2021")
    assert (leap and leap.recomputed) == ratio
    if leap:
        assert (leap.verdict, leap.severity) == ("implausible", "medium")
        assert f"（{before} → {now}）" in leap.statement
        assert len(leap.figures) == 2


@pytest.mark.parametrize("indicator", ["famous_school_rank"])
def test_places_in_an_order_may_leap(check: Check, indicator: str) -> None:
    assert "magnitude-famous_school_rank-2021" not in check(*_two(indicator, "2", "第40"))


def test_points_called_per_cent_are_told_with_both_readings(check: Check) -> None:
    """97.10 − 96.50 = 0.60 points; 0.60 ÷ 96.50 = 0.62 %."""
    change = _now("retention_rate", "0.60%", "§1.2", "change=increase")
    finding = check(*_two("retention_rate", "96.50", "97.10"), change)[
        "wording-retention_rate-2021"
    ]
    assert (finding.verdict, finding.severity) == ("other_base", "low")
    assert finding.recomputed == "0.60 个百分点；0.62%"
    assert "“0.60 个百分点”，若真按百分比计算为 0.62%" in finding.statement
    assert len(finding.figures) == 3
    assert check(change)["wording-retention_rate-2021"].recomputed == "0.60 个百分点"


def test_points_called_points_and_growth_of_counts_are_left_alone(check: Check) -> None:
    found = check(
        *_two("retention_rate", "96.50", "97.10"),
        _now("retention_rate", "0.60", "§1.2", "change=increase"),
    )
    assert not [name for name in found if name.startswith("wording")]


# --- the same figure twice ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "gap", "severity"),
    [("105", "5", "high"), ("104", "4", "medium"), ("90", "-10", "high")],
)
def test_two_printings_differ_severely_from_five_per_cent_on(
    check: Check, other: str, gap: str, severity: str
) -> None:
    found = check(_now("students", "100", "附表1#28"), _now("students", other, "§1.2"))
    finding = found["same-students-2021-differs"]
    assert (finding.verdict, finding.severity) == ("contradiction", severity)
    assert (finding.recomputed, finding.difference) == ("100", gap)
    assert f"附表1#28印作 100，§1.2印作 {other}，相差 {gap.lstrip('-')}" in finding.statement
    assert "same-students-2021" not in found


def test_each_place_that_differs_is_told_and_those_that_agree_together(check: Check) -> None:
    found = check(
        _now("students", "100", "§1.2"), _now("students", "100", "附表1#28"),
        _now("students", "103", "§2"), _now("students", "90", "§3"),
    )  # fmt: skip
    assert found["same-students-2021-differs"].difference == "3"
    assert found["same-students-2021-differs-2"].difference == "-10"
    same = found["same-students-2021"]
    assert (same.verdict, same.recomputed, len(same.figures)) == ("holds", "100", 2)
    assert "在 2 处印出（附表1#28、§1.2），均为 100" in same.statement


def test_two_precisions_of_one_number_agree_after_rounding(check: Check) -> None:
    found = check(
        _now("student_teacher_ratio", "18.3:1", "§1.3"),
        _now("student_teacher_ratio", "18.29:1", "附表1#40"),
    )
    same = found["same-student_teacher_ratio-2021"]
    assert (same.verdict, same.severity, same.recomputed) == ("rounded", "none", "18.29")
    assert "18.29:1、18.3:1，精度不同但不矛盾" in same.statement


def test_a_figure_printed_once_is_not_compared_with_itself(check: Check) -> None:
    assert not [name for name in check(_now("students", "100")) if name.startswith("same-")]


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


# --- what is not there ----------------------------------------------------------------------------


def test_every_item_of_the_form_is_asked_for_in_both_its_years(check: Check) -> None:
    """55 lines, two years each; an empty cell counts as missing, a number does not."""
    lines = len(codebook.edition(2021))
    found = check(("students", "", 2021, "", "附表1#28"), ("students", "", 2020, "5", "附表1#28"))
    empty = {name: one for name, one in found.items() if name.startswith("empty-")}
    assert len(empty) == 2 * lines - 1
    assert "empty-students-2020" not in empty
    finding = empty["empty-students-2021"]
    assert (finding.verdict, finding.severity, finding.rule) == (
        "not_checkable", "low", "completeness",
    )  # fmt: skip
    assert [figure.source for figure in finding.figures] == ["附表1#28"]


def test_programmes_offered_and_programmes_placed(check: Check) -> None:
    """Each list's own are named; equal lists, or one list only, are no finding."""
    places = [
        _now("programme_places", "30", f"§4表#{n}", f"programme={name};track=three_year")
        for n, name in enumerate(("cnc", "nursing"))
    ]
    rates = [
        _now("employment_rate", "96", f"§2表#{n}", f"programme={name}")
        for n, name in enumerate(("cnc", "tourism"))
    ]
    finding = check(*places, *rates)["programme-lists-2021"]
    names = [codebook.value_name("programme", name) for name in ("nursing", "tourism")]
    assert f"前者有而后者没有的是{names[0]}，后者有而前者没有的是{names[1]}；" in finding.statement
    assert [figure.source for figure in finding.figures] == ["§4表#1", "§2表#1"]
    assert (finding.verdict, finding.severity) == ("undecided", "low")
    only = check(*places, rates[0])["programme-lists-2021"].statement
    assert f"没有的是{names[0]}，后者有而前者没有的是无；" in only
    for rows in (places, rates, [places[0], rates[0]]):
        assert "programme-lists-2021" not in check(*rows)


# --- standards ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "verdict", "severity", "said"),
    [
        ("19:1", "holds", "none", "，达到。"),
        ("20:1", "undecided", "medium", "因四舍五入无法判定是否达到"),
        ("21:1", "holds", "medium", "，未达到。"),
    ],
)
def test_a_printed_figure_against_its_threshold(
    check: Check, printed: str, verdict: str, severity: str, said: str
) -> None:
    """20:1 may be 20.4."""
    finding = check(_now("student_teacher_ratio", printed))[
        "standard-student_teacher_ratio_maximum-2021"
    ]
    assert finding.verdict == verdict
    assert said in finding.statement and f"§1印 {printed}" in finding.statement
    assert finding.severity == ("low" if verdict == "undecided" else severity)
    value = int(printed[:2])
    assert (finding.recomputed, finding.difference) == (str(value), str(value - 20))


def test_a_standard_is_judged_from_the_parts_where_nothing_is_printed(check: Check) -> None:
    """200 students, 10 teachers: exactly 20. 29 computers for 200 students: 14.5 a hundred."""
    found = check(
        _now("students", "200"), _now("teachers", "10"), _now("teaching_computers", "29"),
    )  # fmt: skip
    ratio = found["standard-student_teacher_ratio_maximum-2021"]
    assert (ratio.verdict, ratio.severity, ratio.recomputed) == ("holds", "none", "20")
    computers = found["standard-computers_per_100_minimum-2021"]
    assert (computers.severity, computers.recomputed, computers.difference) == (
        "medium", "14.5", "-0.5",
    )  # fmt: skip
    assert found["standard-teachers_minimum-2021"].difference == "-50"


def test_about_is_no_judgement(check: Check) -> None:
    finding = check(_now("part_time_share", "30%"))["standard-part_time_about-2021"]
    assert (finding.verdict, finding.severity) == ("holds", "none")
    assert "标准只说“约”，供参考" in finding.statement


# --- percentages and the people behind them -------------------------------------------------------


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
    found = check(_now("senior_title_share", printed), _now("teachers", teachers))
    finding = found["grim-senior_title_share-2021"]
    assert (finding.verdict, finding.recomputed) == (verdict, number)
    assert said.replace("以 3 为", "以 3 人为") in finding.statement
    assert finding.severity == ("none" if verdict == "holds" else "medium")
    assert len(finding.figures) == 2


def test_a_share_of_nobody_knows_how_many_is_not_tested(check: Check) -> None:
    """Of "more than 300" people some count gives any percentage."""
    found = check(_now("senior_title_share", "34%"), _now("teachers", "300以上"))
    assert "grim-senior_title_share-2021" not in found


def test_a_share_whose_counts_are_printed_is_tested_as_a_ratio_only(check: Check) -> None:
    found = check(
        _now("senior_title_share", "34%"), _now("teachers", "3"), _now("senior_teachers", "1")
    )
    assert "grim-senior_title_share-2021" not in found


@pytest.mark.parametrize(("graduates", "verdict"), [("1818", "implausible"), ("1819", "holds")])
def test_a_rate_needs_so_many_people(check: Check, graduates: str, verdict: str) -> None:
    """99.95 % with two decimals: 1818 of 1819 is the first that gives it."""
    found = check(*_table("employment_rate", ["99.95"]), _now("graduates", graduates))
    finding = found["grim-employment_rate-programme=cnc-2021"]
    assert (finding.verdict, finding.recomputed) == (verdict, "1819")
    assert f"至少要有 1819 人才能得出，报告所及人数最多 {graduates} 人" in finding.statement


@pytest.mark.parametrize(("printed", "verdict"), [("66.67", "holds"), ("75.00", "undecided")])
def test_a_rate_against_the_size_of_its_programme(check: Check, printed: str, verdict: str) -> None:
    """Of one place a year at most three graduates: 2 of 3 can be, 3 of 4 cannot."""
    place = _now("programme_places", "1", "§4表#1", "programme=cnc;track=three_year")
    finding = check(*_table("employment_rate", [printed]), place)[
        "size-employment_rate-programme=cnc-2021"
    ]
    assert (finding.verdict, finding.recomputed) == (verdict, "3" if verdict == "holds" else "4")
    assert "该专业一年设置人数为 1，" in finding.statement
    assert len(finding.figures) == 2


def test_everybody_placed_says_nothing_about_size(check: Check) -> None:
    place = _now("programme_places", "1", "§4表#1", "programme=cnc;track=three_year")
    found = check(*_table("employment_rate", ["100"]), place)
    assert "size-employment_rate-programme=cnc-2021" not in found


# --- one programme among its peers ----------------------------------------------------------------


@pytest.mark.parametrize(("salary", "far"), [("3360", True), ("3359", False), ("2640", True)])
def test_a_level_is_far_at_six_spreads(check: Check, salary: str, far: bool) -> None:
    """Equal peers at 3000: the least spread is 2 % of it, 60; six of them are 360."""
    found = check(*_table("starting_salary", ["3000"] * 6 + [salary]))
    name = "peers-starting_salary-2021-tourism"
    assert (name in found) is far
    if far:
        assert (found[name].verdict, found[name].recomputed) == ("implausible", "3000")
        assert found[name].difference == str(int(salary) - 3000)
        assert (
            "其余 6 个专业在 3000 至 3000 之间，偏离中位数的程度是通常差异的 6 倍"
            in found[name].statement
        )
        assert len(found[name].figures) == 7
    rest = found["peers-starting_salary-2021"]
    assert (rest.verdict, rest.recomputed) == ("holds", "3000")
    assert f"{6 if far else 7} 个专业没有离群值" in rest.statement


def test_six_peers_are_too_few(check: Check) -> None:
    found = check(*_table("starting_salary", ["3000"] * 5 + ["9000"]))
    assert not [name for name in found if name.startswith("peers-")]


def test_the_spread_of_the_peers_counts(check: Check) -> None:
    """2000…8000 in thousands: median 5000, deviations 3000 2000 1000 0 1000 2000 3000, of which
    2000 is the median; 2000 ÷ 0.6745 = 2965.16, so nobody is far."""
    values = ["2000", "3000", "4000", "5000", "6000", "7000", "8000"]
    found = check(*_table("starting_salary", values))
    assert found["peers-starting_salary-2021"].recomputed == "5000"
    assert not [name for name in found if name.startswith("peers-starting_salary-2021-")]


@pytest.mark.parametrize(("now", "far"), [("3090", True), ("3089", False)])
def test_a_change_of_an_amount_is_far_in_per_cent(check: Check, now: str, far: bool) -> None:
    """Six that do not change; half a per cent is the least spread, so 3 % is six of them."""
    before = _table("starting_salary", ["3000"] * 7, 2020)
    found = check(*before, *_table("starting_salary", ["3000"] * 6 + [now]))
    name = "peers-change-starting_salary-2021-tourism"
    assert (name in found) is far
    if far:
        assert (found[name].recomputed, found[name].difference) == ("0", "3")
        assert "（3000 → 3090）的变动为 3%，" in found[name].statement
        assert len(found[name].figures) == 14
    assert "peers-change-starting_salary-2020" not in found


@pytest.mark.parametrize(("now", "far"), [("93.0", True), ("92.9", False)])
def test_a_change_of_a_rate_is_far_in_points(check: Check, now: str, far: bool) -> None:
    before = _table("job_match_rate", ["90.0"] * 7, 2020)
    found = check(*before, *_table("job_match_rate", ["90.0"] * 6 + [now]))
    name = "peers-change-job_match_rate-2021-tourism"
    assert (name in found) is far
    if far:
        assert "的变动为 3 个百分点，" in found[name].statement


@pytest.mark.parametrize(
    ("whole", "verdict", "said"),
    [
        ("94", "holds", "落在 90 至 98 之间"),
        ("93", "implausible", "除非最低的数控技术应用（90）占全部人数的 63% 以上"),
        ("89", "implausible", "除非最低的数控技术应用（90）占全部人数，否则得不出"),  # 89.5 both
        ("88", "implausible", "总体不在各专业最低与最高之间"),
        ("99", "holds", "计入四舍五入，落在 90 至 98 之间"),  # 98.5 both
        ("100", "implausible", "总体不在各专业最低与最高之间"),
    ],
)
def test_an_overall_rate_is_a_weighted_mean(
    check: Check, whole: str, verdict: str, said: str
) -> None:
    """Lowest 90, next 98: 94 needs half of all people in the lowest, 93 needs 5 ÷ 8."""
    rates = _table("employment_rate", ["90", *["98"] * 6])
    finding = check(*rates, _now("employment_rate", whole, "§2"))["mixture-employment_rate-2021"]
    assert finding.verdict == verdict
    name = codebook.value_name("programme", "cnc")
    assert said.replace("数控技术应用", name) in finding.statement
    assert finding.recomputed == "90 至 98"
    assert len(finding.figures) == 8


def test_an_overall_rate_near_the_highest_needs_the_highest(check: Check) -> None:
    """97 between 90 (six) and 98: 7 ÷ 8 of all."""
    rates = _table("employment_rate", ["98", *["90"] * 6])
    finding = check(*rates, _now("employment_rate", "97", "§2"))["mixture-employment_rate-2021"]
    assert "除非最高的" in finding.statement and "88% 以上" in finding.statement


@pytest.mark.parametrize(
    ("whole", "changed", "verdict"),
    [
        (("95", "94.5"), "0.1", "undecided"),
        (("95", "94.6"), "0.1", "holds"),
        (("94.5", "95"), "-0.1", "undecided"),
        (("95", "96"), "0.1", "holds"),
        (("95", "94"), "-0.1", "holds"),
    ],
)
def test_the_whole_cannot_well_fall_when_no_programme_does(
    check: Check, whole: tuple[str, str], changed: str, verdict: str
) -> None:
    """Half a point is noticed, less is not."""
    now = f"{95 + float(changed):.1f}"
    found = check(
        *_table("employment_rate", ["95.0"] * 7, 2020), *_table("employment_rate", [now] * 7),
        *_two("employment_rate", *whole, source="§2"),
    )  # fmt: skip
    finding = found["direction-employment_rate-2021"]
    assert (finding.verdict, finding.severity) == (verdict, "none" if verdict == "holds" else "low")
    assert finding.recomputed == f"{float(whole[1]) - float(whole[0]):.1g}"
    assert f"7 个专业的变动在 {changed} 至 {changed} 个百分点之间" in finding.statement
    assert len(finding.figures) == 16


# --- relations and their words --------------------------------------------------------------------


def test_a_relation_that_fails_says_by_how_much_and_within_what(check: Check) -> None:
    """60 ÷ 300: 20.00 % exactly; 21.50 is printed."""
    found = check(
        _now("senior_title_share", "21.50%"), _now("senior_teachers", "60"),
        _now("teachers", "300"),
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
    found = check(
        _now("land_per_student", "120"), _now("land_area", "1万"), _now("students", "100")
    )
    finding = found["ratio-land_per_student-2021"]
    assert "相差 20（计入四舍五入，应在 50 至 150 之间）" not in finding.statement
    assert finding.verdict == "rounded"  # 1万 may be anything from 5000 to 15000
    finding = check(
        _now("land_per_student", "120"), _now("land_area", "1.0万"), _now("students", "100")
    )["ratio-land_per_student-2021"]
    assert (finding.verdict, finding.recomputed, finding.difference) == (
        "contradiction",
        "100",
        "20",
    )
    assert "不符，相差 20（计入四舍五入，应在 95 至 105 之间）" in finding.statement


def test_a_part_above_its_whole_says_by_how_much(check: Check) -> None:
    found = check(_now("pe_teachers", "12"), _now("teachers", "10"))
    finding = found["within-pe_teachers-2021"]
    assert (finding.verdict, finding.recomputed, finding.difference) == ("contradiction", "10", "2")
    assert "印作 12，对照 10，反而超出 2。" in finding.statement
    assert check(_now("pe_teachers", "10"), _now("teachers", "10"))[
        "within-pe_teachers-2021"
    ].verdict == "holds"  # fmt: skip


def test_a_stated_direction_that_fails_is_severe(check: Check) -> None:
    """However small: 95.00 after 95.02 is no rise; after 95.01 it may be, rounded."""
    found = check(*_two("academic_pass_rate", "95.02", "95.00"))
    finding = found["academic-rising-2021"]
    assert (finding.verdict, finding.severity, finding.difference) == (
        "contradiction",
        "high",
        "-0.02",
    )
    assert "尚不足 0.02" in finding.statement


def test_a_change_without_its_year_before_cannot_be_checked(check: Check) -> None:
    change = _now("students", "+50", "§1.2", "change=difference")
    finding = check(_now("students", "100"), change)["change-students-difference-2021"]
    assert (finding.verdict, finding.severity) == ("not_checkable", "low")
    assert finding.recomputed is None and finding.difference is None
    assert "缺2020 年全日制在校生数，不能核对" in finding.statement


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
        *_two("students", "100", "150"), _now("students", printed, "§1.2", f"change={change}")
    )
    assert found[f"change-students-{change}-2021"].verdict == verdict


def test_every_value_a_figure_is_printed_with_is_tested(check: Check) -> None:
    """The second reading has a number of its own."""
    found = check(
        *_two("students", "100", "150", source="附表1#28"), _now("students", "160", "§1.2"),
        _now("intake", "60"), _now("graduates", "10"),
    )  # fmt: skip
    assert found["students-stock-flow-2021"].verdict == "holds"
    second = found["students-stock-flow-2021-2"]
    assert (second.verdict, second.recomputed, second.difference) == ("undecided", "150", "10")


# --- which one is wrong ---------------------------------------------------------------------------


def _suggested(check: Check, name: str, *rows: Row) -> str:
    return check(*rows)[name].suggestion or ""


def test_the_value_that_would_restore_agreement_is_in_the_printed_unit(check: Check) -> None:
    """100 000 m² over 1000 are 100 a head, 80 are printed; 80 a head would be 8.0万, or between
    99 500 ÷ 80.5 = 1236.02 and 100 500 ÷ 79.5 = 1264.2 students."""
    told = _suggested(
        check, "ratio-land_per_student-2021",
        _now("land_per_student", "80", "附表1#29"), _now("land_area", "10.0万", "§1.1"),
        _now("students", "1000", "附表1#28"), _now("students", "1000", "§1.2"),
    )  # fmt: skip
    assert told == (
        "仅凭算术分不清是哪一个有误：附表1#29的 2021 年生均校园占地面积“80”，应为 100；"
        "或§1.1的 2021 年校园占地面积“10.0万”，应为 8 万；"
        "或附表1#28、§1.2的 2021 年全日制在校生数“1000”，应在 1237 至 1264 之间。"
    )


def test_a_bound_names_the_most_or_the_least(check: Check) -> None:
    """12 of 10: at most 10, or at least 12."""
    told = _suggested(
        check, "within-pe_teachers-2021", _now("pe_teachers", "12", "§2"), _now("teachers", "10")
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
        _now("graduates_employed", str(half), "附表1#14", "employer=above_scale"),
        _now("graduates_employed", str(int(number) - half), "附表1#15", "employer=small_medium"),
        _now("progression", "50", "附表1#17"), _now("graduates_placed", "60", "附表1#13"),
        _now("interns", number, "§2.4"),
    )  # fmt: skip
    suggestion = found["employed-and-progressed-2021"].suggestion or ""
    assert (f"= {number} 恰等于 2021 年顶岗实习学生数" in suggestion) is told


def test_no_other_denominator_is_offered_where_many_would_do(check: Check) -> None:
    """The named one in another year first; and the number of those that were tried."""
    found = check(
        _now("senior_title_share", "24.29%", "附表1#42"), _now("senior_teachers", "51"),
        *_two("teachers", "210", "170", source="附表1#38"), _now("staff", "211"),
    )  # fmt: skip
    finding = found["ratio-senior_title_share-2021"]
    assert finding.verdict == "other_base"
    assert finding.recomputed == "24.2857（分母改用 2020 年专任教师数 210）"
    assert "试了报告所载 2 个可能的分母，仅此一个相符" in finding.statement
    assert finding.difference == "-5.71"


def test_a_fall_is_measured_against_the_size_of_the_fall(check: Check) -> None:
    """−60 is due and −50 printed: a sixth too little, and of the form, so it is severe."""
    found = check(
        *_two("students", "160", "100", source="附表1#28"),
        _now("students", "-50", "§1.2", "change=difference"),
    )
    finding = found["change-students-difference-2021"]
    assert (finding.recomputed, finding.difference, finding.severity) == ("-60", "10", "high")


def test_where_some_programmes_fall_the_whole_may_rise(check: Check) -> None:
    """Seven programmes, one falls and one rises: nothing is odd about either direction."""
    now = ["94.0", "96.0", *["95.0"] * 5]
    for whole in (("94", "95"), ("95", "94")):
        found = check(
            *_table("employment_rate", ["95.0"] * 7, 2020), *_table("employment_rate", now),
            *_two("employment_rate", *whole, source="§2"),
        )  # fmt: skip
        assert found["direction-employment_rate-2021"].verdict == "holds"
