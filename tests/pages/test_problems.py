"""The register of problems: what gets in, how severe it is, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from qzanalysis.audit import SEVERITIES, Finding
from qzanalysis.pages import problems
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


def test_all_four_kinds_are_found(found: pd.DataFrame) -> None:
    assert set(found["kind"]) == set(problems.KINDS)


def test_the_books_the_shortage_and_accounting_are_high(found: pd.DataFrame) -> None:
    assert statements(found, "standard") == {"生均纸质图书 17.9 册，未达到标准 30 册。": "high"}
    assert statements(found, "statement") == {"学校自述教师缺口 65 人。": "high"}
    adverse = statements(found, "adverse")
    assert adverse["对口就业率（会计事务）下降 3.8 个百分点。"] == "high"  # 5.06 % of 75.1
    assert adverse["专任教师数减少 4 人。"] == "medium"  # 1.5 % of 272
    assert adverse["研究生学历专任教师占比下降 0.10 个百分点。"] == "low"  # 0.6 % of 18.01


def test_order_is_by_severity_then_kind(found: pd.DataFrame) -> None:
    severities, kinds = list(SEVERITIES), list(problems.KINDS)
    ranks = [
        (severities.index(row.severity), kinds.index(row.kind))
        for row in found.itertuples(index=False)
    ]
    assert ranks == sorted(ranks)
    assert list(found.index) == list(range(len(found)))


def test_every_problem_has_rule_evidence_chapter_and_link(found: pd.DataFrame) -> None:
    assert found.notna().all().all()
    assert found["rule"].ne("").all()
    assert found["link"].str.fullmatch(r"0\d-[a-z-]+\.html(#finding-.+)?").all()
    assert found["statement"].map(str).ne("").all()


def test_the_schools_own_statement_is_recomputed(found: pd.DataFrame) -> None:
    own = found[found["kind"] == "statement"].iloc[0]
    assert "15:1" in own["evidence"].text
    assert "59 人" in own["evidence"].text


def test_contradictions_are_those_of_the_checks(
    found: pd.DataFrame, findings: list[Finding]
) -> None:
    doubtful = [f for f in findings if f.verdict in ("contradiction", "implausible")]
    listed = found[found["kind"] == "contradiction"]
    assert sorted(map(str, listed["statement"])) == sorted(f.statement for f in doubtful)


def test_without_findings_there_are_no_contradictions(report: Report) -> None:
    assert "contradiction" not in set(problems.register(report)["kind"])


def test_counts_agree_with_the_register(found: pd.DataFrame, findings: list[Finding]) -> None:
    counts = problems.count_by_severity(found).astype(int)
    assert int(counts.to_numpy().sum()) == len(found)
    assert counts.loc["未达标准", "高"] == 1
    verdicts = problems.count_by_verdict(findings).astype(int)
    assert int(verdicts["合计"].sum()) == len(findings)


def test_untested_figures_say_where_they_stand(report: Report, findings: list[Finding]) -> None:
    table = problems.untested(report, findings)
    assert len(table) > 0
    assert table["出处"].ne("").all()


# --- thresholds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "severity"),
    [
        ("100", "95", "high"),  # exactly 5 %
        ("100", "95.01", "medium"),
        ("100", "99", "medium"),  # exactly 1 %
        ("100", "99.01", "low"),
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


def test_a_derived_rate_counts_although_it_is_not_printed(build: Build) -> None:
    """Employment rate 90 % → 80 %, from graduates and placed."""
    register = problems.register(
        build(
            [
                ("graduates", "", 2020, "100", "附表1#12"), ("graduates", "", 2021, "100", "附表1#12"),
                ("graduates_placed", "", 2020, "90", "附表1#13"), ("graduates_placed", "", 2021, "80", "附表1#13"),
            ]
        )
    )  # fmt: skip
    assert "就业率下降 10.00 个百分点。" in set(map(str, register["statement"]))


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


def test_a_contradiction_keeps_the_severity_of_its_check_and_leads_to_it(
    build: Build, findings: list[Finding]
) -> None:
    wrong = replace(
        findings[0], verdict="contradiction", severity="low", statement="甲 < 乙", id="x-1"
    )
    fine = replace(findings[0], verdict="holds", severity="none")
    row = problems.register(build([]), [wrong, fine])
    assert list(row["severity"]) == ["low"]
    assert row["statement"].iloc[0].html == "甲 &lt; 乙"
    assert row["link"].iloc[0] == "09-data-quality.html#finding-x-1"
