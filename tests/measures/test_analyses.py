"""The analyses across chapters, on values worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

from qzanalysis import codebook, measures
from qzanalysis.pages.tables import plain_frame
from qzanalysis.reports.report import Report

Build = Callable[..., Report]


def test_vacant_posts_against_the_shortage(report: Report) -> None:
    """4902 ÷ 15 − 268 = 58.8; less 17 free posts 41.8; 4902 over 100 and some classes."""
    table = plain_frame(measures.posts(report, 15))["数值"]
    assert table.to_list() == ["59", "17", "42", "2", "−4", "124", "49"]


def test_the_senior_teachers_expected(report: Report) -> None:
    """33.46 % of 272 is 91.0112; 6 were promoted."""
    fact = measures.senior_expected(report)
    assert (fact.exported, fact.text()) == ("97.0112", "97")
    assert fact.formula == "(33.46% × 272) + 6"


def test_the_growth_of_further_study_by_route(report: Report) -> None:
    """325 + 85 + 30 + 38 = 478; 325 ÷ 478 = 68.0 %."""
    table = measures.progression_growth(report)
    assert table["比上年"].to_list() == [325, 85, 30, 38]
    assert table["占增加人数"].round(1).to_list() == [68.0, 17.8, 6.3, 7.9]
    assert measures.progression_growth(report).facts["比上年"].iloc[0].formula == "865 − 540"


def test_the_share_of_undergraduate_places_in_both_definitions(report: Report) -> None:
    """128 and 166 of 1409; 129 of 931."""
    table = measures.bachelor_shares(report)
    assert table[2021].round(1).to_list() == [9.1, 11.8]
    assert table[2020].round(1).to_list() == [13.9, 13.9]
    assert measures.bachelor_definitions(report).to_numpy().tolist() == [[129, 128], [129, 166]]


def test_the_destinations_add_up_to_the_graduates(report: Report, build: Build) -> None:
    assert measures.destinations(report).sum().to_dict() == {2020: 1474, 2021: 1664}
    whole = build(
        [
            ("graduates", "", 2021, "10", "附表1#12"),
            ("graduates_placed", "", 2021, "9", "附表1#13"),
            ("progression", "", 2021, "6", "§3.2"),
        ]
    )
    table = measures.destinations(whole)
    assert table[2021].to_dict() == {"升学（全部渠道）": 6, "直接就业": 3, "未就业也未升学": 1}


def test_the_matrix_joins_the_tables_by_programme(report: Report) -> None:
    table = measures.programme_matrix(report)
    assert len(table) == 14  # 13 offered, and one with employment figures only
    row = plain_frame(table).loc["会计事务"]
    assert (row["所印名称"], row["设置人数"], row["三年"], row["中高职一体"]) == (
        "会计电算化", "120", "45", "75",
    )  # fmt: skip
    assert (row["对口就业率"], row["初次就业起薪"], row["技能合格率"]) == (
        "71.3", "3800", "“1+X”证书试点",
    )  # fmt: skip
    assert plain_frame(table).loc["护理", ["就业率", "技能合格率"]].to_list() == ["—", "0"]
    assert table["设置人数"].sum() == 1555


def test_the_funds_and_what_is_left_of_them(report: Report) -> None:
    """10127.45 − 8244.56 = 1882.89; over 4852 and 4902 students."""
    table = plain_frame(measures.funds(report))
    assert table.loc["总经费中未说明来源的部分"].to_list() == [
        "1882.89", "18.6", "3880.65", "3841.06",
    ]  # fmt: skip


def test_references_are_of_the_nearest_year_and_cite_their_document(report: Report) -> None:
    """1311.81 ÷ 69.54 = 18.86."""
    table = measures.references(report)
    assert table.loc["生师比", "参照的范围与年份"] == "全国 2021 年"
    assert table.loc["生师比", "参照"] == 18.86
    assert table.loc["“双师”素质教师占比", "参照的范围与年份"] == "全国 2022 年"
    listed = codebook.references()
    assert listed[["document", "place", "how"]].ne("").all(axis=None)
    assert set(listed["indicator"]) <= set(codebook.indicators().index)


def test_a_report_without_figures_gives_empty_analyses(build: Build) -> None:
    empty = build([("students", "", 2021, "100", "附表1#28")])
    assert not measures.posts(empty, 15).facts["数值"].iloc[0].known
    assert measures.programme_matrix(empty).empty
    assert measures.progression_growth(empty).empty
    assert not measures.senior_expected(empty).known
    assert measures.destinations(empty).facts.map(lambda fact: fact.known).sum().sum() == 0


def test_a_report_without_programmes_has_the_columns_of_the_matrix(build: Build) -> None:
    """A notebook that chooses some of them still runs."""
    table = measures.programme_matrix(build([("students", "", 2021, "5", "附表1#28")]))
    assert table.empty and {"设置人数", "对口就业率", "初次就业起薪"} <= set(table.columns)


def test_a_programme_is_shown_under_its_printed_name(report: Report) -> None:
    assert measures.programme_name(report, "job_match_rate", "mechatronics") == (
        "机电一体化（机电技术应用）"
    )
    assert measures.programme_name(report, "programme_places", "mechatronics") == "机电技术应用"
    label = report.fact("job_match_rate", 2021, programme="accounting").label
    assert label == "2021 年对口就业率（会计电算化，即会计事务）"


def test_a_school_year_is_not_a_calendar_year(report: Report) -> None:
    rows = measures.latest(report, {"咨询": "individual_counselling", "近视率": "myopia_rate"})
    assert list(rows.index) == ["咨询（2020 学年）", "近视率（2020 年）"]
    training = report.fact("teacher_training_participants", 2020)
    assert measures.period(report, training, 2020) == "2020 年下半年至 2021 年上半年"
