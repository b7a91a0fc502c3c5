"""The catalogue, the generated rules and the verdicts they lead to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from qzanalysis import codebook
from qzanalysis.audit import Finding, generic
from qzanalysis.audit.engine import book
from qzanalysis.audit.findings import severity
from qzanalysis.audit.relations import cases, rules_for
from qzanalysis.audit.rules import COLUMNS, catalogue
from qzanalysis.errors import UsageError
from qzanalysis.reports.report import Report

Check = Callable[..., dict[str, Finding]]
N = 2023


def written(tmp_path: Path, **fields: str) -> Path:
    """A catalogue of one line."""
    line = {
        "id": "a", "chapter": "1", "kind": "subset", "claim": "teachers", "relation": "<=",
        "computed": "staff", "bases": "", "otherwise": "", "severity": "", "statement": "s",
        "reason": "",
    } | fields  # fmt: skip
    path = tmp_path / "catalogue.csv"
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(line[c] for c in COLUMNS) + "\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("field", "text", "hint"),
    [
        ("kind", "subsets", "最接近的是 subset"),
        ("claim", "teacher", "最接近的是 teachers"),
        ("relation", "<", "relation"),
        ("otherwise", "contradict", "最接近的是 contradiction"),
        ("computed", "staff +", "不合语法"),
        ("severity", "hihg", "最接近的是 high"),
    ],
)
def test_a_slip_in_the_catalogue_is_named(tmp_path: Path, field: str, text: str, hint: str) -> None:
    """The message says what is wrong and what is close."""
    with pytest.raises(UsageError, match=hint):
        catalogue(written(tmp_path, **{field: text}))


def test_an_equation_needs_a_figure_as_its_claim(tmp_path: Path) -> None:
    """A sum has no printed precision to agree with."""
    with pytest.raises(UsageError, match="claim"):
        catalogue(written(tmp_path, claim="teachers + staff", relation="="))


def test_the_catalogue_is_sound_and_its_ids_are_plain(report: Report) -> None:
    """ASCII ids, no id twice, chapters of the report."""
    rules = catalogue()
    assert all(rule.id.isascii() and 1 <= rule.chapter <= 8 for rule in rules)
    named = [case.name for case in cases(book(report))]
    assert len(set(named)) == len(named)


def test_every_exception_still_softens_a_rule(report: Report) -> None:
    """An exception whose rule is gone would hide nothing and mislead."""
    table = codebook.read_table(Path(generic.__file__).parent / "exceptions.csv")
    softened = {reason for _, _, reason in table.itertuples(index=False, name=None)}
    used = {rule.reason for rule in rules_for(tuple(book(report).printed))}
    skipped = set(table.loc[table["otherwise"] == "skip", "reason"])
    assert softened - used == skipped


def test_another_base_is_found_with_the_number_of_candidates(check_school: Check) -> None:
    """12 % of 210 staff printed as the share of teachers."""
    found = check_school(("senior_title_share", "", N, "附表3#5", "24.29%"))
    share = found["ratio-senior_title_share-2023"]
    assert share.verdict == "other_base"
    assert "210" in (share.recomputed or "") and "个可能的分母" in share.statement


def test_a_coarse_percentage_does_not_match_a_base_by_chance(check_school: Check) -> None:
    """24 % has no decimals: many denominators would do, so none is offered."""
    found = check_school(("senior_title_share", "", N, "附表3#5", "24%"))
    assert found["ratio-senior_title_share-2023"].verdict == "contradiction"


def test_cut_off_digits_are_told_with_the_rounded_value(check_school: Check) -> None:
    """52 of 170 is 30.588… %: 30.58 is cut off, not rounded."""
    found = check_school(
        ("senior_teachers", "", N, "§1.3", "52"), ("senior_title_share", "", N, "附表3#5", "30.58%")
    )
    finding = found["ratio-senior_title_share-2023"]
    assert finding.verdict == "truncated"
    assert "30.59" in (finding.suggestion or "")


def test_an_empty_cell_cannot_be_checked(check_school: Check) -> None:
    """The relation is told as not checkable, with the figure that is missing."""
    found = check_school(("senior_teachers", "", N, "§1.3", ""))
    finding = found["ratio-senior_title_share-2023"]
    assert finding.verdict == "not_checkable"
    assert "高级职称专任教师数" in finding.statement


def test_a_standard_judged_both_ways_is_a_contradiction(check_school: Check) -> None:
    """Printed land meets 33 m² a student, total land does not."""
    found = check_school(("land_area", "", N, "§1.1", "90000"))
    finding = found["standard-land_per_student_minimum-2023"]
    assert (finding.verdict, finding.severity) == ("contradiction", "high")


@pytest.mark.parametrize(
    ("verdict", "indicator", "change", "expected"),
    [
        ("holds", "students", None, "none"),
        ("contradiction", "students", "0.06", "high"),
        ("contradiction", "students", "0.01", "medium"),
        ("contradiction", "student_clubs", "0.5", "medium"),
        ("implausible", "employment_rate", None, "medium"),
        ("other_base", "appropriation_per_student", "0.01", "medium"),
        ("other_base", "paper_share", "0.1", "low"),
        ("undecided", "students", "0.06", "medium"),
        ("undecided", "students", "0.01", "low"),
        ("truncated", "students", None, "low"),
        ("not_checkable", "students", None, "low"),
    ],
)
def test_severity_follows_one_rule(
    verdict: str, indicator: str, change: str | None, expected: str
) -> None:
    """What it does to a reader's conclusion."""
    assert severity(verdict, [indicator], Decimal(change) if change else None) == expected


def test_a_direction_turned_round_is_severe() -> None:
    """However small the difference."""
    assert severity("contradiction", ["paper_share"], Decimal("0.001"), turns=True) == "high"
