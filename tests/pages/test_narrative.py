"""Sentences whose wording depends on the data: each wording, and what is said when nothing is known."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from qzanalysis import measures
from qzanalysis.audit import Finding
from qzanalysis.figures.facts import constant
from qzanalysis.pages import narrative, questions
from qzanalysis.publishing import provenance
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
        "表列 7 个专业，2021 年有合格率的 1 个，2020 年 4 个；其余见表中所印。"
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
    none = "矛盾 0 项，存疑 0 项，缺数不能核对 0 项。"
    assert narrative.audit(good).text == f"核验 5 项关系：相符 5 项，{none}"
    mixed = [
        *good,
        replace(good[0], verdict="contradiction"),
        replace(good[1], verdict="implausible"),
        replace(good[2], verdict="undecided"),
    ]
    text = "核验 8 项关系：相符 5 项，矛盾 1 项，存疑 2 项，缺数不能核对 0 项。"
    assert narrative.audit(mixed).text == text
    assert provenance.status(mixed) == ["矛盾 1 项", "存疑 2 项"]
    assert provenance.status(good) == ["没有矛盾或存疑"]
    assert narrative.audit([]).text == f"核验 0 项关系：相符 0 项，{none}"


def test_every_place_counts_alike(findings: list[Finding]) -> None:
    """The sentence of the chapter, the badge and the register."""
    said = narrative.audit(findings).text
    asked = questions.register(findings)
    assert "矛盾 7 项，存疑 47 项" in said
    assert provenance.status(findings) == ["矛盾 7 项", "存疑 47 项"]
    assert sum(map(len, asked["findings"])) == 7 + 47
    assert "由 7 项矛盾和 47 项存疑" in narrative.registered(asked, findings).text


def test_coverage_adds_up(report: Report, findings: list[Finding]) -> None:
    numbers = re.findall(r"\d+", narrative.coverage(report, findings).text)
    everything, related, untested = map(int, numbers)
    assert everything == related + untested
    assert everything == int((report.observations["status"] == "reported").sum())


def test_tiles_show_a_figure_and_its_change(report: Report) -> None:
    tiles = {name: (fact.text(), note.text) for name, fact, note in narrative.key_figures(report)}
    assert tiles["全日制在校生数"] == ("4902", "比上年增加 50 人")
    assert tiles["对口就业率"] == ("91", "上年 92%；所印位数少，增减不能确定")
    assert tiles["生师比"] == ("18.29", "比上年上升 0.45")


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


def test_both_definitions_of_undergraduate_study_are_given(report: Report, build: Build) -> None:
    """128 and 129 by the form; 128 + 38 = 166 and 129 + 0 = 129 with the joint track."""
    said = narrative.bachelor(report).text
    assert said.startswith(
        "国家表的升入本科院校 128 人，上年 129 人；另加中本贯通升学，为 166 人，上年 129 人。"
    )
    assert "一减一增" in said and "“本科上线” 166 人" in said
    rows = [
        ("progression", "institution=bachelor", y, n, "附表1#22")
        for y, n in ((2020, "5"), (2021, "9"))
    ]
    rows += [("progression", "route=bachelor_track", y, "2", "附表1#19") for y in (2020, 2021)]
    assert narrative.bachelor(build(rows)).text == (
        "国家表的升入本科院校 9 人，上年 5 人；另加中本贯通升学，为 11 人，上年 7 人。"
    )


def test_the_vacant_posts_cover_the_shortage_or_not(report: Report, edit: Edit) -> None:
    """4902 ÷ 15 − 268 = 58.8, less 17 = 41.8; at 20:1 nobody lacks."""
    assert "余编 17 个全部补为专任教师，仍缺 42 人" in narrative.posts(report, 15).text
    many = edit(report, "posts_vacant", 2021, "80")
    assert "余编 80 个，足以补上" in narrative.posts(many, 15).text


def test_the_senior_teachers_expected_and_printed(report: Report, edit: Edit) -> None:
    """33.46 % of 272 is 91.01, and 6 more."""
    assert narrative.senior(report).text.startswith(
        "上年的高级职称教师加新晋 6 人，约为 97 人；报告所印为 96 人。调动和退休"
    )
    agreeing = edit(report, "senior_teachers", 2021, "97")
    assert narrative.senior(agreeing).text.endswith("报告所印为 97 人。")


def test_what_stands_out_among_the_programmes(report: Report, build: Build) -> None:
    said = [one.text for one in narrative.programmes(report)]
    assert said == [
        "设置人数最多的是幼儿保育（165 人），起薪 2300 元，在 11 个有起薪的专业中列第 11 位。",
        "对口就业率最低的是会计事务（71.3%），仍设置 120 人。",
        "以就业为目的的学制只有分析检验技术。",
        "有设置人数而没有就业数字的专业：工业机器人技术应用、护理、国际商务。",
        "设置人数合计 1555 人，招生 1566 人，相差 11 人；设置人数是计划还是实际，报告没有写明。",
    ]
    assert not narrative.programmes(build([]))[0].complete


def test_funds_without_a_stated_source(report: Report) -> None:
    """10127.45 − 8244.56 = 1882.89; ÷ 10127.45 = 18.6 %; 1725.05 ÷ 10127.45 = 17.0 %."""
    assert narrative.funds(report).text.startswith(
        "总经费除财政拨款外还有 1882.89 万元，占 18.6%，报告没有说明来源；年度项目投资相当于总经费的 17.0%"
    )


def test_programmes_that_the_table_does_not_list(report: Report, build: Build) -> None:
    assert "没有列出工业机器人技术应用、护理、国际商务" in narrative.not_listed(report).text
    assert "没有列出" not in narrative.not_listed(build([])).text
