"""Small reports whose measures can be worked out on paper, and what is shown where figures lack."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from qzanalysis import measures
from qzanalysis.figures.facts import Fact
from qzanalysis.pages.tables import plain_frame
from qzanalysis.reports.report import Report

Build = Callable[..., Report]


def texts(frame: pd.DataFrame) -> list[list[str]]:
    return plain_frame(frame).to_numpy().tolist()


@pytest.fixture
def empty(build: Build) -> Report:
    """A report that prints nothing but its students."""
    return build([("students", "", 2021, "100", "附表1#28")])


# --- names of rows: what a table's first column says ----------------------------------------------


def test_tables_name_what_their_rows_are(report: Report) -> None:
    """The head of the first column."""
    names = {
        "专业": [
            measures.partner_colleges(report), measures.places_by_programme(report),
            measures.match_and_salary(report),
        ],
        "学部": [measures.places_by_department(report)],
        "指标": [measures.listed(report, "student_clubs"), measures.case_figures(report, "§8案例二"),
                 measures.unreported(report), measures.enrolment(report)],
        "目标生师比": [measures.sensitivity(report, 15, 20)],
        "标准的内容": [measures.standards_table(report)],
        "情景": [measures.scenarios(report, 15, 3, 20)],
        "去向": [measures.progression_outcome(report)],
        "时间与年级": [measures.courses(report)],
        "人群": [measures.vaccination(report)],
        "项目": [measures.stock_flow(report)],
        "类别": [measures.staff_structure(report)],
        "出处": [measures.completeness(report)],
        "算法": [measures.per_student_appropriation(report)],
        "培训形式": [measures.training_modes(report, 2020)],
        "年份": [measures.classes(report), measures.class_shares(report)],
    }  # fmt: skip
    found = {name: [table.index.name for table in tables] for name, tables in names.items()}
    assert found == {name: [name] * len(tables) for name, tables in names.items()}


def test_rows_are_named_as_the_report_names_them(report: Report) -> None:
    assert list(measures.courses(report).index) == [
        "2020 年 18级", "2020 年 19级", "2021 年 19级", "2021 年 20级",
    ]  # fmt: skip
    assert list(measures.courses(report).columns) == ["语文", "数学", "英语", "计算机"]
    assert list(measures.vaccination(report).index) == ["教职工", "学生", "后勤人员"]
    assert list(measures.listed(report, "student_clubs", year=2021).index) == [
        "学生社团数", "四星级", "三星级", "二星级", "一星级", "停办", "新增",
    ]  # fmt: skip
    assert list(measures.case_figures(report, "§8案例二").index[:2]) == [
        "心理健康辅导中心政府投资", "心理健康辅导中心室内面积",
    ]  # fmt: skip
    partners = measures.partner_colleges(report).facts
    assert (partners.index[0], *texts(partners)[0]) == (
        "数控技术应用", "浙江科技学院", "中本一体", "40", "否",
    )  # fmt: skip


# --- what lacks -----------------------------------------------------------------------------------


def test_an_absent_row_is_a_fact_that_says_what_is_absent(report: Report) -> None:
    """So that a sentence about it does."""
    match = measures.programme_table(report, "job_match_rate")
    nothing = measures.cell(match, "考古", 2021)
    assert (nothing.label, nothing.status, nothing.unit) == ("考古的数字", "missing", "")
    routes = measures.progression_by_route(report)
    absent = measures.share_of_row(routes, "不存在的渠道", "升学人数")
    assert (absent.label, absent.status) == ("各项占升学人数的比例", "missing")
    assert not measures.share_of_row(routes.iloc[:0], routes.columns[0], "升学人数").known


def test_tables_of_a_report_without_the_figures_keep_their_columns(empty: Report) -> None:
    """A page shows an empty table, not a broken one."""
    assert list(measures.partner_colleges(empty).columns) == ["合作院校", "学制", "人数", "国际"]
    assert measures.partner_colleges(empty).empty
    assert measures.courses(empty).shape == (0, 0)
    assert list(measures.derived(empty).columns) == [
        "group", "row", "column", "label", "value", "unit", "source", "formula",
    ]  # fmt: skip


def test_no_shortage_of_an_unknown_number(empty: Report) -> None:
    """And no most and least of a grid that lacks the number."""
    unknown = Fact(None, "人", 0, "在校生", status="missing")
    needed = measures.students_for_shortage(unknown, empty.fact("students"), 15)
    assert (needed.status, needed.unit) == ("missing", "人")
    assert needed.label == "使缺口等于报告所述数的在校生数（按 15:1）"
    grid = measures.sensitivity(empty, 15, 20)
    assert measures.range_of_targets(grid, unknown) == {"strict": "", "loose": "", "range": unknown}


# --- by hand --------------------------------------------------------------------------------------


def test_one_dimension_with_another_held(report: Report) -> None:
    """The courses of one cohort."""
    table = measures.by_dimension(report, "academic_pass_rate", "course", cohort="2019").facts
    assert table.loc["数学", 2020].printed == "98.99%"
    assert table.loc["数学", 2021].printed == "99.34%"


def test_the_money_of_the_latest_year_that_has_it(build: Build) -> None:
    """Both years printed: the later one; over 100 students 12 000 a head, over 80 15 000."""
    rows = [
        ("appropriation", "", 2020, "100万", "§4.1"), ("appropriation", "", 2021, "120万", "§4.1"),
        ("students", "", 2020, "80", "附表1#28"), ("students", "", 2021, "100", "附表1#28"),
        ("appropriation_per_student", "", 2021, "15000", "附表1#32"),
    ]  # fmt: skip
    table = measures.per_student_appropriation(build(rows)).facts
    assert list(table.index) == [
        "报告所印的生均拨款", "2021 年财政拨款 ÷ 2020 年在校生", "2021 年财政拨款 ÷ 2021 年在校生",
    ]  # fmt: skip
    assert [float(fact) for fact in table["元/生"]] == [15000, 15000, 12000]
    base = measures.appropriation_base(build(rows))
    assert isinstance(base["same"], Fact)
    assert (base["money"], float(base["same"])) == ("2021", 12000)


def test_an_indicator_of_another_year_says_so(report: Report) -> None:
    """1466 ÷ 1474 in 2020."""
    before = measures.indicator_value(report, "employment_rate", 2020)
    assert (before.label, before.text()) == ("2020 年就业率", "99.46")
    assert measures.indicator_value(report, "employment_rate").label == "2021 年就业率"


def test_a_route_that_nobody_took_is_left_out(build: Build) -> None:
    """One student is enough to stay."""
    rows = [
        ("progression", f"route={route}", year, printed, "附表1#17")
        for route, numbers in {"college_track": "11", "exempt": "00", "other": "01"}.items()
        for year, printed in zip((2020, 2021), numbers, strict=True)
    ]
    assert measures.progression_by_route(build(rows)).shape == (2, 2)


def test_the_rank_counts_larger_values_only(report: Report) -> None:
    """100, then 99.5 twice, then 98.8; the last of eleven."""
    column = measures.programme_table(report, "job_match_rate")[2021]
    names = [
        "工业分析与检测（分析检验技术）",
        "数控技术应用",
        "机电一体化（机电技术应用）",
        "学前教育（幼儿保育）",
        "会计电算化（会计事务）",
    ]
    assert [measures.rank(column, name) for name in names] == [1, 2, 2, 4, 11]


def test_a_shortage_keeps_its_interval_and_sources(build: Build) -> None:
    """5000, said as "nearly", is 4000 to 5000: between 4000 ÷ 20 − 100 and 5000 ÷ 20 − 100."""
    made = build(
        [("students", "", 2021, "近5000", "§7.1"), ("teachers", "", 2021, "100", "附表1#38")]
    )
    found = measures.shortage(made.fact("students"), made.fact("teachers"), 20)
    assert (found.low, found.value, found.high) == (100, 150, 150)
    assert (found.label, found.decimals) == ("按 20:1 计算的教师缺口", 0)
    assert found.formula == "近5000 ÷ 20 − 100"
    assert [origin.source for origin in found.origins] == ["§7.1", "附表1#38"]


def test_grown_students_are_whole_and_say_how_they_grew(report: Report) -> None:
    """4902 × 1.05 = 5147.1."""
    grown = measures.scenarios(report, 15, 5, 0).facts.loc["在校生变化 +5%", "在校生"]
    assert (grown.value, grown.low, grown.high, grown.unit) == (5147, 5147, 5147, "人")
    assert grown.formula == "4902 × (1 +5%)"
    assert list(measures.scenarios(report, 15, 5, 3).index) == [
        "现状", "在校生变化 +5%", "新增教师 3 人", "两者同时",
    ]  # fmt: skip
    ratio = measures.scenarios(report, 15, 5, 0).facts.loc["现状", "生师比"]
    assert (ratio.unit, ratio.label) == (":1", "现状的生师比")


def test_contributions_are_to_the_last_change_of_several(build: Build) -> None:
    """Three years: 80, 90, 94 and 70, 70, 68: 4 ÷ 2 and −2 ÷ 2."""
    rows = [
        ("job_match_rate", f"programme={name}", year, value, "§2.4表#1")
        for name, values in {"cnc": ("80", "90", "94"), "tourism": ("70", "70", "68")}.items()
        for year, value in zip((2019, 2020, 2021), values, strict=True)
    ]
    parts = measures.contributions(measures.programme_table(build(rows), "job_match_rate")).facts[
        "贡献"
    ]
    assert [float(fact) for fact in parts] == [-1, 2]
