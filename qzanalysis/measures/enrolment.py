"""Students: how many, how they flow, and what they are prepared for."""

from __future__ import annotations

import pandas as pd

from qzanalysis.figures.facts import Fact, growth, share
from qzanalysis.measures.common import over_years, parts
from qzanalysis.reports.loading import Report

_SCALE = {"在校生": "students", "招生": "intake", "毕业生": "graduates"}


def enrolment(report: Report) -> pd.DataFrame:
    """Students, intake and graduates by year."""
    return over_years(report, _SCALE)


def stock_flow(report: Report) -> pd.DataFrame:
    """Last year's students plus intake minus graduates, against the printed number.

    The gap is what joined or left otherwise (transfers, returns, drop-outs), which the report does
    not print; its size says how much of the change stays unexplained.
    """
    before, now = report.fact("students", report.year - 1), report.fact("students")
    arrived, left = report.fact("intake"), report.fact("graduates")
    expected = (before + arrived - left).named(f"由上年推算的 {report.year} 年在校生数")
    gap = (now - expected).named(f"{report.year} 年在校生数中未说明的差额")
    return pd.DataFrame(
        {"人数": [before, arrived, left, expected, now, gap]},
        index=pd.Index(
            ["上年在校生", "加：招生", "减：毕业生", "推算在校生", "报告在校生", "未说明的差额"],
            name="项目",
        ),
        dtype=object,
    )


def classes(report: Report) -> pd.DataFrame:
    """Students in classes for further study and for work: a row a year."""
    return parts(report, "students", "class", ["progression", "employment"])


def long_track(report: Report) -> dict[str, Fact]:
    """Classes that run on into a college: number, change, growth, and share of the students."""
    part = {"class": "college_track"}
    now, before = (
        report.fact("students", None, **part),
        report.fact("students", report.year - 1, **part),
    )
    return {
        "college": now,
        "change": now - before,
        "growth": growth(now, before, "中高职一体班学生的增长率"),
        "share": share(now, report.fact("students"), "中高职一体班占在校生的比例", decimals=1),
    }


def class_shares(report: Report) -> pd.DataFrame:
    """Share of students in classes for further study and for work, over all students."""
    counts = classes(report)
    whole = [report.fact("students", year) for year in report.years]
    return counts.apply(
        lambda column: [
            share(part, students, f"{when}{column.name}占在校生的比例", decimals=1)
            for when, part, students in zip(counts.index, column, whole, strict=True)
        ]
    )
