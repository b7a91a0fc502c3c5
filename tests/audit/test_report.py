"""What a reviewer of the 2021 report must be told, and must not be told."""

from __future__ import annotations

import json
import re
import time

import pandas as pd
import pytest

from qzanalysis.audit import (
    KINDS,
    SEVERITIES,
    VERDICTS,
    Finding,
    as_json,
    as_text,
    coverage,
    frame,
    run,
    summary,
)
from qzanalysis.figures.quantities import parse
from qzanalysis.reports.report import Report

BROKEN = {
    "ratio-land_per_student-2021": "contradiction",
    "ratio-building_per_student-2021": "contradiction",
    "ratio-senior_title_share-2021": "contradiction",
    "same-ebooks-2021-differs": "contradiction",
    "same-backbone_bandwidth-2021-differs": "contradiction",
    "employed-and-progressed-2021": "contradiction",
    "bachelor-entered-2021": "contradiction",
    "grim-employment_rate-programme=construction-2020": "implausible",
    "grim-employment_rate-programme=construction-2021": "implausible",
    "mixture-employment_rate-2021": "undecided",
    "peers-change-job_match_rate-2021-accounting": "implausible",
    "peers-change-starting_salary-2021-accounting": "implausible",
    "ratio-progression_rate-2021": "truncated",
    "ratio-vaccination_rate-population=staff-2021": "truncated",
    "match-mean-2021": "undecided",
    "ratio-appropriation_per_student-2020": "other_base",
    "appropriation-year-2021": "other_base",
    "psych-c-share-2021": "other_base",
    "papers-share-2021": "other_base",
    "shortage-2021": "other_base",
    "clubs-stars-2021": "other_base",
    "wording-retention_rate-2021": "other_base",
    "wording-myopia_rate-2020": "other_base",
    "students-stock-flow-2021": "undecided",
    "vaccination-staff-2021": "undecided",
    "vaccination-students-2021": "undecided",
    "bachelor-record-2021": "undecided",
    "places-intake-2021": "undecided",
    "psych-b-participants-2021": "undecided",
    "training-listed-2020": "undecided",
    "direction-employment_rate-2021": "undecided",
    "size-employment_rate-programme=cnc-2021": "undecided",
    "same-appropriation_per_student-2021-as-2020": "undecided",
}
SOUND = [
    "sum-students-class-2021",
    "sum-students-class-2020",
    "sum-progression-route-2021",
    "sum-progression-institution-2020",
    "ratio-student_teacher_ratio-2021",
    "ratio-student_teacher_ratio-2020",
    "change-retention_rate-difference-2021",
    "ratio-part_time_technician_share-2021",
    "local-internship-2021",
    "academic-mean-2020",
    "academic-mean-2021",
    "books-stock-flow-2021",
    "sum-staff-post-2021",
    "posts-vacant-2021",
    "sum-teacher_training_participants-mode-2020",
    "projects-awards-2021",
    "clubs-flow-2021",
    "bachelor-composition-2021",
    "progression-change-parts-2021",
    "grim-postgraduate_share-2021",
    "programmes-listed-2021",
]


@pytest.mark.parametrize(("name", "verdict"), BROKEN.items())
def test_what_is_broken_is_told(by_id: dict[str, Finding], name: str, verdict: str) -> None:
    """Each with the verdict it deserves and a severity that is not "none"."""
    assert (by_id[name].verdict, by_id[name].severity != "none") == (verdict, True)


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_not_accused(by_id: dict[str, Finding], name: str) -> None:
    """Sound relations hold, exactly or after rounding."""
    assert by_id[name].verdict in ("holds", "rounded")


def test_no_other_contradiction(findings: list[Finding]) -> None:
    """Every contradiction and every implausible figure of this report is one listed above."""
    accused = {f.id for f in findings if f.verdict in ("contradiction", "implausible")}
    others = {"magnitude-backbone_bandwidth-2021"}
    assert accused - BROKEN.keys() == others


def test_the_base_that_gives_the_figure_is_named(by_id: dict[str, Finding]) -> None:
    """Which denominator, and how many were tried."""
    found = by_id["psych-c-share-2021"]
    assert "278" in (found.recomputed or "")
    assert re.search(r"试了报告所载 \d+ 个可能的分母，仅此一个相符", found.statement)


def test_the_suspect_and_its_value_are_named(by_id: dict[str, Finding]) -> None:
    """96 senior teachers against a share printed three times: 97."""
    advice = by_id["ratio-senior_title_share-2021"].suggestion or ""
    assert advice.startswith("最可能有误的是§4.4.3")
    assert "“96”，应为 97" in advice


def test_ties_are_told_as_ties(by_id: dict[str, Finding]) -> None:
    """Two e-book counts, no third figure to decide."""
    assert "分不清" in (by_id["same-ebooks-2021-differs"].suggestion or "")


def test_a_telling_coincidence_is_told(by_id: dict[str, Finding]) -> None:
    """Employed graduates add up to the interns."""
    assert "恰等于" in (by_id["employed-and-progressed-2021"].suggestion or "")


def test_findings_are_unique_ordered_and_from_the_vocabulary(findings: list[Finding]) -> None:
    """Worst first; every id once; only known words."""
    ranks = [list(SEVERITIES).index(f.severity) for f in findings]
    assert ranks == sorted(ranks)
    assert len({f.id for f in findings}) == len(findings)
    for finding in findings:
        assert finding.rule in KINDS and finding.verdict in VERDICTS
        assert finding.figures or finding.verdict == "not_checkable"
        assert finding.statement.endswith("。") and "\n" not in finding.statement


def test_the_order_of_the_files_does_not_matter(report: Report, findings: list[Finding]) -> None:
    """The same figures in another order give the same findings, byte for byte."""
    shuffled = report.observations.sample(frac=1, random_state=1)
    again = run(report.with_observations(shuffled))
    assert as_json(again) == as_json(findings)


@pytest.mark.parametrize("seed", range(4))
def test_gaps_and_zeros_never_stop_the_run(report: Report, seed: int) -> None:
    """A report with a third of its figures, some of them zero, is checked like any other."""
    some = report.observations.sample(frac=0.35, random_state=seed)
    numbers = some.index[some["quantity"].notna()][::5]
    zero = [parse("0", count=True) if i in numbers else q for i, q in some["quantity"].items()]
    texts = some["printed"].where(~some.index.isin(numbers), "0")
    broken = some.assign(printed=texts, quantity=pd.Series(zero, index=some.index, dtype=object))
    found = run(report.with_observations(broken))
    assert as_text(found) and as_json(found)


def test_json_has_the_fields_of_the_contract(findings: list[Finding]) -> None:
    """Readable Chinese, strings or null, five fields a figure."""
    text = as_json(findings)
    assert "矛盾" in text or "不符" in text
    for item in json.loads(text):
        assert list(item) == [
            "id", "chapter", "rule", "verdict", "severity", "statement", "figures",
            "recomputed", "difference", "suggestion",
        ]  # fmt: skip
        for figure in item["figures"]:
            assert list(figure) == ["indicator", "breakdown", "year", "printed", "source"]
        for name in ("recomputed", "difference", "suggestion"):
            assert item[name] is None or isinstance(item[name], str)


def test_text_counts_at_top_and_end_and_begins_with_the_worst(findings: list[Finding]) -> None:
    """A reader knows where to stop."""
    lines = as_text(findings).strip().splitlines()
    assert lines[0] == lines[-1] == summary(findings)
    assert lines[2].startswith("[高]")


def test_frame_has_one_row_a_finding(findings: list[Finding]) -> None:
    """For researchers."""
    assert len(frame(findings)) == len(findings)


def test_the_form_and_the_main_tables_are_covered(report: Report, findings: list[Finding]) -> None:
    """At least 85 % of their figures are related to other figures, not only within bounds."""
    covered = coverage(report, findings)
    assert covered.share("附表1", "§1.2表", "§2.1.2表", "§2.4表") >= 0.85
    assert covered.share("附表1") >= 0.85
    assert {"source", "printed", "file", "row"} <= set(covered.untested.columns)


def test_one_report_takes_less_than_a_second(report: Report) -> None:
    """After imports; of the processor, which others may keep busy."""
    start = time.process_time()
    run(report)
    assert time.process_time() - start < 1


def test_nothing_is_written_past_python(report: Report, capfd: pytest.CaptureFixture[str]) -> None:
    """The solver's banner would spoil the JSON."""
    run(report)
    assert capfd.readouterr().out == ""
