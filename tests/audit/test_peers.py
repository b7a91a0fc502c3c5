"""One programme among its peers, and the whole among its parts."""

from __future__ import annotations

import pytest

from qzanalysis import codebook

from .small_reports import PROGRAMMES, Check, one, table, two

OFFERED = [
    one("programme_places", "40", f"§4.4.2表#{row}", f"programme={name};track=three_year")
    for row, name in enumerate(PROGRAMMES[:7], start=1)
]


@pytest.mark.parametrize(("salary", "far"), [("3360", True), ("3359", False), ("2640", True)])
def test_a_level_is_far_at_six_spreads(check: Check, salary: str, far: bool) -> None:
    """Equal peers at 3000: the least spread is 2 % of it, 60; six of them are 360."""
    found = check(*table("starting_salary", ["3000"] * 6 + [salary]))
    name = "peers-starting_salary-2021-tourism"
    assert (name in found) is far
    if far:
        assert (found[name].verdict, found[name].recomputed) == ("implausible", "3000")
        assert found[name].difference == str(int(salary) - 3000)
        assert "其余 6 个专业在 3000 至 3000 之间，须核实" in found[name].statement
        assert len(found[name].figures) == 7
    rest = found["peers-starting_salary-2021"]
    assert (rest.verdict, rest.recomputed) == ("holds", "3000")
    assert f"{6 if far else 7} 个专业没有离群值" in rest.statement


def test_the_people_behind_an_outlier_are_counted(check: Check) -> None:
    """90 placed less 20 who study on are 70 in seven programmes: 10 each, one of them 10 points."""
    found = check(
        *table("job_match_rate", ["90.0"] * 7, 2020),
        *table("job_match_rate", ["90.0"] * 6 + ["70.0"]),
        one("graduates_placed", "90", "附表1#13"), one("progression", "20", "§3.2"),
    )  # fmt: skip
    said = found["peers-change-job_match_rate-2021-tourism"].statement
    assert "直接就业 70 人（90 − 20）平均到 7 个专业，每个约 10 人，1 人约合 10 个百分点" in said
    assert "倍" not in said


def test_six_peers_are_too_few(check: Check) -> None:
    found = check(*table("starting_salary", ["3000"] * 5 + ["9000"]))
    assert not [name for name in found if name.startswith("peers-")]


def test_the_spread_of_the_peers_counts(check: Check) -> None:
    """2000…8000 in thousands: median 5000, deviations 3000 2000 1000 0 1000 2000 3000, of which
    2000 is the median; 2000 ÷ 0.6745 = 2965.16, so nobody is far."""
    values = ["2000", "3000", "4000", "5000", "6000", "7000", "8000"]
    found = check(*table("starting_salary", values))
    assert found["peers-starting_salary-2021"].recomputed == "5000"
    assert not [name for name in found if name.startswith("peers-starting_salary-2021-")]


@pytest.mark.parametrize(("now", "far"), [("3090", True), ("3089", False)])
def test_a_change_of_an_amount_is_far_in_per_cent(check: Check, now: str, far: bool) -> None:
    """Six that do not change; half a per cent is the least spread, so 3 % is six of them."""
    before = table("starting_salary", ["3000"] * 7, 2020)
    found = check(*before, *table("starting_salary", ["3000"] * 6 + [now]))
    name = "peers-change-starting_salary-2021-tourism"
    assert (name in found) is far
    if far:
        assert (found[name].recomputed, found[name].difference) == ("0", "3")
        assert "（3000 → 3090）的变动为 3%，" in found[name].statement
        assert len(found[name].figures) == 14
    assert "peers-change-starting_salary-2020" not in found


@pytest.mark.parametrize(("now", "far"), [("93.0", True), ("92.9", False)])
def test_a_change_of_a_rate_is_far_in_points(check: Check, now: str, far: bool) -> None:
    before = table("job_match_rate", ["90.0"] * 7, 2020)
    found = check(*before, *table("job_match_rate", ["90.0"] * 6 + [now]))
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
    rates = table("employment_rate", ["90", *["98"] * 6])
    finding = check(*rates, *OFFERED, one("employment_rate", whole, "§2"))[
        "mixture-employment_rate-2021"
    ]
    assert finding.verdict == verdict
    name = codebook.value_name("programme", "cnc")
    assert said.replace("数控技术应用", name) in finding.statement
    assert finding.recomputed == "90 至 98"
    assert len(finding.figures) == 8


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ([], "表中是否列出全部专业，报告没有写明"),
        ([one("programme_places", "40", "§4.4.2表#1", "programme=nursing;track=three_year")], "表中没有列出护理，人数也没有印出"),
    ],
)  # fmt: skip
def test_programmes_that_are_not_listed_leave_the_whole_open(
    check: Check, offered: list[tuple[str, str, int, str, str]], said: str
) -> None:
    """Seven programmes at 98 and above cannot give 93, but others may."""
    rates = table("employment_rate", ["98"] * 7)
    finding = check(*rates, *offered, one("employment_rate", "93", "§2"))[
        "mixture-employment_rate-2021"
    ]
    assert (finding.verdict, finding.severity) == ("undecided", "low")
    assert said in finding.statement


def test_an_overall_rate_near_the_highest_needs_the_highest(check: Check) -> None:
    """97 between 90 (six) and 98: 7 ÷ 8 of all."""
    rates = table("employment_rate", ["98", *["90"] * 6])
    finding = check(*rates, *OFFERED, one("employment_rate", "97", "§2"))[
        "mixture-employment_rate-2021"
    ]
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
        *table("employment_rate", ["95.0"] * 7, 2020), *table("employment_rate", [now] * 7),
        *two("employment_rate", *whole, source="§2"),
    )  # fmt: skip
    finding = found["direction-employment_rate-2021"]
    assert (finding.verdict, finding.severity) == (verdict, "none" if verdict == "holds" else "low")
    assert finding.recomputed == f"{float(whole[1]) - float(whole[0]):.1g}"
    assert f"7 个专业的变动在 {changed} 至 {changed} 个百分点之间" in finding.statement
    assert len(finding.figures) == 16


def test_where_some_programmes_fall_the_whole_may_rise(check: Check) -> None:
    """Seven programmes, one falls and one rises: nothing is odd about either direction."""
    now = ["94.0", "96.0", *["95.0"] * 5]
    for whole in (("94", "95"), ("95", "94")):
        found = check(
            *table("employment_rate", ["95.0"] * 7, 2020), *table("employment_rate", now),
            *two("employment_rate", *whole, source="§2"),
        )  # fmt: skip
        assert found["direction-employment_rate-2021"].verdict == "holds"
