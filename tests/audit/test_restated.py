"""A later report that prints another value for an earlier year."""

from __future__ import annotations

from pathlib import Path

from qzanalysis import load
from qzanalysis.audit import run

HEADER = "indicator,breakdown,year,printed,source,note\n"


def two_reports(folder: Path, restated: str) -> Path:
    """A school with a report of 2021 and one of 2022 that prints 2021's students as `restated`."""
    (folder / "schools.csv").write_text("school,name,short_name,region\ns,校,校,地\n", "utf-8")
    rows = {
        2021: "students,,2020,90,附表1#28,\nstudents,,2021,100,附表1#28,\n",
        2022: f"students,,2021,{restated},附表1#28,\nstudents,,2022,110,附表1#28,\n",
    }
    for year, text in rows.items():
        (folder / "s" / str(year)).mkdir(parents=True)
        (folder / "s" / str(year) / "annex.csv").write_text(HEADER + text, "utf-8")
    return folder


def test_a_restatement_is_told_with_both_values_and_places(tmp_path: Path) -> None:
    """Which year, from what to what, where printed, and which one is used."""
    report = load("s", 2022, two_reports(tmp_path, "103"))
    (finding,) = [found for found in run(report) if found.rule == "restated"]
    assert (finding.id, finding.chapter) == ("restated-students-2021", 1)
    assert (finding.verdict, finding.severity) == ("undecided", "low")
    assert (finding.recomputed, finding.difference) == ("100", "3")
    assert [figure.printed for figure in finding.figures] == ["103", "100"]
    assert (
        "：2021 年报告印作 100（附表1#28），2022 年报告改作 103（附表1#28）；" in finding.statement
    )
    for part in ("2021 年全日制在校生数", "印作 100", "改作 103", "分析采用 2022 年报告"):
        assert part in finding.statement
    assert [fact.text() for fact in report.series("students").facts] == ["90", "103", "110"]


def test_the_same_value_again_is_no_finding(tmp_path: Path) -> None:
    """Nothing sound is accused."""
    report = load("s", 2022, two_reports(tmp_path, "100"))
    assert not [found for found in run(report) if found.rule == "restated"]
    assert report.years == [2020, 2021, 2022]


def test_a_restatement_by_five_per_cent_or_more_weighs_more(tmp_path: Path) -> None:
    """Downwards too: 100 to 95."""
    report = load("s", 2022, two_reports(tmp_path, "95"))
    (finding,) = [found for found in run(report) if found.rule == "restated"]
    assert (finding.severity, finding.difference) == ("medium", "-5")
