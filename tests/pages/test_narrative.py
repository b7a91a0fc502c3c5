"""Sentences whose wording depends on the data: each wording, and what is said when nothing is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from qzanalysis import measures
from qzanalysis.audit import Finding
from qzanalysis.figures.facts import constant
from qzanalysis.pages import narrative
from qzanalysis.reports.report import Report

Edit = Callable[..., Report]
Build = Callable[..., Report]


def test_a_standard_that_is_missed_is_named(report: Report) -> None:
    assert narrative.standards(report).text == (
        "可判定的 13 项国家标准中 12 项达到，未达到的是生均纸质图书（17.9 册，标准 30 册）。"
    )


def test_when_all_standards_are_met_it_says_so(report: Report, edit: Edit) -> None:
    enough = edit(report, "printed_books", 2021, "150000")
    assert narrative.standards(enough).text == "可判定的 13 项国家标准全部达到。"


def test_two_missed_standards_are_listed(report: Report, edit: Edit) -> None:
    few = edit(report, "teaching_computers", 2021, "300")
    assert (
        "11 项达到，未达到的是生均纸质图书（17.9 册，标准 30 册）、每百生计算机（6.1 台，标准 15 台）"
        in (narrative.standards(few).text)
    )


def test_skill_tests_count_the_programmes_with_a_rate(report: Report) -> None:
    table = measures.programme_table(report, "skill_test_pass_rate")
    assert narrative.tests(table).text == (
        "表列 7 个专业，2021 年有合格率的 1 个，2020 年 4 个；其余未开考或改考证书。"
    )


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (15, "按国家标准 15:1，仍缺教师 59 人。"),
        (20, "按国家标准 20:1，不缺教师，还多出 23 人。"),
    ],
)
def test_short_of_teachers_or_not(report: Report, ratio: float, text: str) -> None:
    missing = measures.shortage(report.fact("students"), report.fact("teachers"), ratio)
    assert narrative.against_ratio(missing, ratio).text == text


def test_an_unknown_shortage_is_not_judged(report: Report) -> None:
    missing = measures.shortage(report.fact("students", 1999), report.fact("teachers"), 20)
    said = narrative.against_ratio(missing, 20)
    assert "未提供" in said.text
    assert not said.complete


def test_the_appropriation_was_divided_by_another_years_students(report: Report) -> None:
    assert narrative.appropriation(report).text == (
        "报告所印的生均拨款，要用 2020 年的拨款除以 2021 年的在校生才能得出；若用同年在校生，"
        "为 16\u202f992.09 元。"
    )


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("16992.09", "报告所印的生均拨款与 2020 年的拨款和在校生一致。"),
        ("20000.00", "用 2020 年的拨款除以任何一年的在校生，都得不出报告所印的生均拨款。"),
    ],
)
def test_the_appropriation_fits_its_own_year_or_none(
    report: Report, edit: Edit, printed: str, text: str
) -> None:
    assert (
        narrative.appropriation(edit(report, "appropriation_per_student", 2021, printed)).text
        == text
    )


@pytest.mark.parametrize(
    ("indicator", "year"), [("appropriation", 2020), ("appropriation_per_student", 2021)]
)
def test_without_the_money_nothing_is_said_to_agree(
    report: Report, edit: Edit, indicator: str, year: int
) -> None:
    said = narrative.appropriation(edit(report, indicator, year, ""))
    assert "未提供" in said.text
    assert "一致" not in said.text
    assert not said.complete


def test_completeness_counts_cells_text_and_gaps(report: Report) -> None:
    rows = report.observations
    text = narrative.completeness(report).text
    assert f"共录入 {len(rows)} 个数字，其中表格 255 格、正文 {len(rows) - 255} 处" in text
    assert f"没有数值的 {int((rows['status'] != 'reported').sum())} 格" in text


def test_the_audit_with_and_without_contradictions(findings: list[Finding]) -> None:
    good = [finding for finding in findings if finding.verdict == "holds"][:5]
    assert narrative.audit(good).text == "核验 5 项关系，没有发现矛盾。"
    mixed = [
        *good,
        replace(good[0], verdict="contradiction"),
        replace(good[1], verdict="implausible"),
        replace(good[2], verdict="undecided"),
    ]
    assert narrative.audit(mixed).text == "核验 8 项关系，1 项矛盾，1 项不合情理，1 项无法判定。"
    assert narrative.audit([]).text == "核验 0 项关系，没有发现矛盾。"


def test_coverage_adds_up(report: Report, findings: list[Finding]) -> None:
    numbers = re.findall(r"\d+", narrative.coverage(report, findings).text)
    everything, related, untested = map(int, numbers)
    assert everything == related + untested
    assert everything == int((report.observations["status"] == "reported").sum())


def test_tiles_show_a_figure_and_its_change(report: Report) -> None:
    tiles = {name: (fact.text(), note.text) for name, fact, note in narrative.key_figures(report)}
    assert tiles["全日制在校生数"] == ("4902", "比上年增加 50 人")
    assert tiles["对口就业率"] == ("91", "比上年下降 1 个百分点")


def test_tiles_without_last_year_say_so(build: Build) -> None:
    alone = build([("students", "", 2021, "4902", "附表1#28")])
    notes = {note.text for _, _, note in narrative.key_figures(alone)}
    assert notes == {"没有上年数"}


def test_zero_shortage_is_no_shortage() -> None:
    none = constant(0, "人", "缺口")
    assert "不缺教师" in narrative.against_ratio(none, 20).text


def test_rates_of_different_doses_are_not_ranked(report: Report, build: Build) -> None:
    said = narrative.vaccination(measures.vaccination(report))
    assert said.text == (
        "疫苗接种完成率：教职工 95.23%（未写明针次）、学生 99.44%（第一针）、后勤人员 96.75%（第一针）"
        "；针次不同，不能比较高低。"
    )
    assert [fact.printed for fact in said.facts] == ["95.23%", "99.44%", "96.75%"]
    plain = build([("vaccination_rate", "population=staff", 2021, "90%", "§6.3")])
    assert narrative.vaccination(measures.vaccination(plain)).text == "疫苗接种完成率：教职工 90%。"
    assert not narrative.vaccination(measures.vaccination(build([]))).complete
