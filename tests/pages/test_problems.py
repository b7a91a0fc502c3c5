"""The register of problems: what gets in, how severe it is, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from qzanalysis import codebook
from qzanalysis.audit import Finding
from qzanalysis.audit.book import Key
from qzanalysis.pages import problems, questions
from qzanalysis.reports.report import Report

Build = Callable[..., Report]
Edit = Callable[..., Report]


@pytest.fixture(scope="module")
def found(report: Report, findings: list[Finding]) -> pd.DataFrame:
    return problems.register(report, findings)


def statements(register: pd.DataFrame, kind: str) -> dict[str, str]:
    rows = register[register["kind"] == kind]
    return {
        str(said): severity
        for said, severity in zip(rows["statement"], rows["severity"], strict=True)
    }


def two_years(build: Build, indicator: str, before: str, now: str, breakdown: str = "") -> Report:
    """A report of one indicator in two years of the form."""
    return build(
        [
            (indicator, breakdown, 2020, before, "附表1#1"),
            (indicator, breakdown, 2021, now, "附表1#1"),
        ]
    )


# --- the real report ------------------------------------------------------------------------------


def test_the_problems_of_the_school_people_first(found: pd.DataFrame) -> None:
    """Unplaced 1664 − 1615 = 49 and 1474 − 1466 = 8; books 87816 ÷ 4902 = 17.9."""
    assert [*zip(found["severity"], found["statement"].map(str), strict=True)] == [
        ("high", "既未就业也未升学的毕业生 49 人，上年 8 人。"),
        ("high", "学校自述教师缺口 65 人。"),
        ("high", "生均纸质图书 17.9 册，未达到标准 30 册。"),
        ("low", "对口就业率下降 1 个百分点。"),
        ("low", "研究生学历专任教师占比下降 0.10 个百分点。"),
    ]


def test_one_matter_stands_in_the_register_once(found: pd.DataFrame) -> None:
    """The shortage, the teachers and the ratio are one problem."""
    teachers = found[found["subject"] == "教师数量"]
    assert len(teachers) == 1
    evidence = str(found.set_index("subject").loc["教师数量", "evidence"])
    assert "缺口为 59 人" in evidence
    assert "生师比上升 0.45" in evidence
    assert "专任教师数减少 4 人" in evidence


def test_different_matters_of_one_subject_stay_apart(build: Build) -> None:
    rows = [
        (indicator, "", year, text, "附表1#1")
        for indicator in ("academic_pass_rate", "fitness_pass_rate")
        for year, text in ((2020, "99.00"), (2021, "90.00"))
    ]
    assert len(problems.register(build(rows))) == 2


def test_undergraduate_places_are_no_adverse_change(found: pd.DataFrame) -> None:
    """128 against 129 by the form, 166 against 129 with the joint track."""
    assert not found["statement"].map(str).str.contains("本科").any()


def test_a_change_within_the_rounding_is_low_and_says_so(build: Build) -> None:
    """92 may be 91.5 and 91 may be 91.5, or 92.5 and 90.5."""
    row = problems.register(two_years(build, "job_match_rate", "92", "91")).iloc[0]
    assert row["severity"] == "low"
    assert "实际变化可在 −2 至 0 个百分点之间" in str(row["evidence"])
    exact = problems.register(two_years(build, "job_match_rate", "92.0", "91.0")).iloc[0]
    assert exact["severity"] == "medium"
    assert "之间" not in str(exact["evidence"])


def test_a_range_of_a_change_stands_apart_from_its_words(build: Build) -> None:
    """19:1 is 18.5 to 19.5, 20:1 is 19.5 to 20.5; a ratio's change has no unit."""
    row = problems.register(two_years(build, "student_teacher_ratio", "19:1", "20:1")).iloc[0]
    assert "实际变化可在 0 至 +2 之间" in str(row["evidence"])


def test_low_severity_comes_last_and_people_before_books(found: pd.DataFrame) -> None:
    for register in (found, questions.register([])):
        low = (register["severity"] == "low").to_list()
        assert low == sorted(low)
        assert list(register.index) == list(range(len(register)))
    order = [
        codebook.subject(name).rank for name in ("graduates_placed", "teachers", "printed_books")
    ]
    assert order == sorted(order)


def test_every_problem_has_rule_evidence_chapter_and_link(
    found: pd.DataFrame, findings: list[Finding]
) -> None:
    for register in (found, questions.register(findings)):
        assert register.notna().all().all()
        assert register["rule"].ne("").all() and register["office"].ne("").all()
        assert register["link"].str.fullmatch(r"0\d-[a-z-]+\.html(#finding-.+)?").all()
        assert register["statement"].map(str).ne("").all()


def test_the_schools_own_statement_is_recomputed(found: pd.DataFrame) -> None:
    own = found[found["kind"] == "statement"].iloc[0]
    assert "15:1" in own["evidence"].text
    assert "59 人" in own["evidence"].text


def test_every_doubted_check_is_in_one_question(findings: list[Finding]) -> None:
    asked = questions.register(findings)
    listed = [finding.id for group in asked["findings"] for finding in group]
    doubtful = [
        f.id
        for f in findings
        if f.verdict in ("contradiction", "implausible", "other_base", "undecided")
    ]
    assert sorted(listed) == sorted(doubtful)
    assert len(asked) < len(doubtful)


def test_the_questions_of_the_report_people_first(findings: list[Finding]) -> None:
    asked = questions.register(findings)
    first = asked[asked["severity"] != "low"]
    assert first["subject"].iloc[0] == "毕业生去向"
    assert first["subject"].iloc[-1] == "图书与网络"
    assert "515 + 176 = 691 恰等于 2021 年顶岗实习学生数" in str(first["evidence"].iloc[0])
    accounting = asked["findings"].map(lambda group: any("accounting" in f.id for f in group))
    assert accounting.sum() == 1  # its match rate and its salary are one question


def test_the_correction_sheet_names_both_figures_and_leaves_a_blank(
    findings: list[Finding],
) -> None:
    sheet = questions.correction_sheet(questions.register(findings))
    books = sheet.loc["2021 年电子图书数"]
    assert books["甲：所印（出处）"] == "5500（附表1#34）"
    assert books["乙：对照（出处）"] == "2021 年电子图书数 5000（§1.4）"
    assert "应为 5000" in books["怎样才一致"]
    assert set(sheet["学校答复"]) == {""}
    assert "2020 年就业率（建筑工程施工（又名工业与民用建筑））" in sheet.index
    accounting = sheet.filter(like="会计电算化", axis=0)["乙：对照（出处）"]
    assert accounting.to_list() == ["2020 年对口就业率（会计事务） 75.1（§2.4表#8）"]


def test_counts_agree_with_the_register(found: pd.DataFrame, findings: list[Finding]) -> None:
    counts = problems.count_by_severity(found).astype(int)
    assert int(counts.to_numpy().sum()) == len(found)
    assert counts.loc["未达标准", "高"] == 1
    assert counts.loc["不利变化"].to_list() == [1, 2]
    verdicts = questions.count_by_verdict(findings).astype(int)
    assert int(verdicts["合计"].sum()) == len(findings)


def test_untested_figures_say_where_they_stand(report: Report, findings: list[Finding]) -> None:
    table = questions.untested(report, findings)
    assert len(table) > 0
    assert table["出处"].ne("").all()


# --- thresholds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        ("100.00", "95.00", "high"),  # exactly 5 %
        ("100.00", "95.01", "medium"),
        ("100.00", "99.00", "medium"),  # exactly 1 %
        ("100.00", "99.01", "low"),
        ("100", "10", "high"),
    ],
)
def test_an_adverse_change_weighs_by_the_earlier_value(
    build: Build, before: str, now: str, severity: str
) -> None:
    register = problems.register(two_years(build, "retention_rate", before, now))
    assert list(register["kind"]) == ["adverse"]
    assert list(register["severity"]) == [severity]


@pytest.mark.parametrize(
    ("before", "now"), [("95", "100"), ("95", "95"), ("", "95"), ("95", ""), ("0", "0")]
)
def test_no_problem_where_it_got_better_or_nothing_is_known(
    build: Build, before: str, now: str
) -> None:
    assert problems.register(two_years(build, "retention_rate", before, now)).empty


@pytest.mark.parametrize(
    ("before", "now", "adverse"),
    [("18:1", "19:1", True), ("19:1", "18:1", False), ("18:1", "18:1", False)],
)
def test_for_an_indicator_that_should_fall_a_rise_is_adverse(
    build: Build, before: str, now: str, adverse: bool
) -> None:
    register = problems.register(two_years(build, "student_teacher_ratio", before, now))
    assert list(register["kind"]) == (["adverse"] if adverse else [])
    if adverse:
        assert register["rule"].iloc[0] == "该指标越低越好"
        assert "上升" in str(register["statement"].iloc[0])


@pytest.mark.parametrize(("before", "now"), [("5000", "1000"), ("1000", "5000")])
def test_an_indicator_without_a_better_way_is_no_problem(
    build: Build, before: str, now: str
) -> None:
    assert problems.register(two_years(build, "students", before, now)).empty


def test_a_part_counts_as_well_as_the_whole(build: Build) -> None:
    register = problems.register(
        two_years(build, "job_match_rate", "80", "70", "programme=nursing")
    )
    assert "护理" in str(register["statement"].iloc[0])


def test_graduates_without_work_or_study_are_counted_as_people(build: Build) -> None:
    """100 − 90 = 10 → 100 − 80 = 20: one problem, and the rate is its evidence."""
    register = problems.register(
        build(
            [
                ("graduates", "", 2020, "100", "附表1#12"), ("graduates", "", 2021, "100", "附表1#12"),
                ("graduates_placed", "", 2020, "90", "附表1#13"), ("graduates_placed", "", 2021, "80", "附表1#13"),
            ]
        )
    )  # fmt: skip
    (row,) = register.to_dict("records")
    assert str(row["statement"]) == "既未就业也未升学的毕业生 20 人，上年 10 人。"
    assert str(row["evidence"]).startswith("就业（含升学）率 80.00%，上年 90.00%。")
    assert (row["severity"], row["link"]) == ("high", "03-teaching.html")


@pytest.mark.parametrize(
    ("books", "severity"),
    [(2400, "high"), (2401, "medium"), (2999, "medium"), (3000, None), (1, "high")],
)
def test_a_standard_missed_by_a_fifth_is_high(
    build: Build, books: int, severity: str | None
) -> None:
    """100 students need 3000 books; 2400 are exactly four fifths."""
    school = build(
        [
            ("students", "", 2021, "100", "附表1#28"),
            ("printed_books", "", 2021, str(books), "附表1#33"),
        ]
    )
    assert list(problems.register(school)["severity"]) == ([severity] if severity else [])


@pytest.mark.parametrize(("printed", "count"), [("65", 1), ("0", 0), ("", 0)])
def test_the_school_states_a_lack_or_not(build: Build, printed: str, count: int) -> None:
    register = problems.register(build([("teacher_shortage", "", 2021, printed, "§7.1")]))
    assert list(register["kind"]) == ["statement"] * count


def test_a_report_without_problems_gives_an_empty_register(build: Build) -> None:
    register = problems.register(build([("students", "", 2021, "5", "附表1#28")]))
    assert register.empty
    assert {"severity_name", "kind_name", "chapter_name", "link"} <= set(register.columns)


def test_a_question_keeps_the_severity_of_its_check_and_leads_to_it(
    findings: list[Finding],
) -> None:
    wrong = replace(
        findings[0], verdict="contradiction", severity="low", statement="甲 < 乙", id="x-1"
    )
    fine = replace(findings[0], verdict="holds", severity="none")
    row = questions.register([wrong, fine])
    assert list(row["severity"]) == ["low"]
    assert row["statement"].iloc[0].html == "甲 &lt; 乙"
    assert row["link"].iloc[0] == "09-data-quality.html#finding-x-1"


def test_a_doubted_figure_makes_no_adverse_change(build: Build, findings: list[Finding]) -> None:
    report = two_years(build, "retention_rate", "95", "80")
    key = findings[0].figures[0]._replace(key=Key("retention_rate", "", 2021))
    wrong = replace(findings[0], verdict="contradiction", figures=(key,))
    assert problems.register(report, [wrong]).empty
    assert len(problems.register(report)) == 1
