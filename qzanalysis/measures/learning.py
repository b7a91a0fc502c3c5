"""Tests and health: pass rates by cohort and course, vaccination by population."""

from __future__ import annotations

import pandas as pd

from qzanalysis import codebook
from qzanalysis.measures.common import by_dimension
from qzanalysis.reports.loading import Report

_RATE = "academic_pass_rate"


def courses(report: Report) -> pd.DataFrame:
    """Pass rates: a row for each year and cohort that was tested, a column a course."""
    rows = report.observations[report.observations["indicator"] == _RATE]
    keyed = [
        (year, codebook.parse_breakdown(text))
        for year, text in zip(rows["year"], rows["breakdown"], strict=True)
    ]
    keyed = [(year, key) for year, key in keyed if "course" in key]
    groups = list(dict.fromkeys((year, key["cohort"]) for year, key in keyed))
    names = list(dict.fromkeys(key["course"] for _, key in keyed))
    return pd.DataFrame(
        {
            codebook.value_name("course", course): [
                report.fact(_RATE, year, cohort=cohort, course=course) for year, cohort in groups
            ]
            for course in names
        },
        index=pd.Index(
            [f"{year} 年 {codebook.value_name('cohort', cohort)}" for year, cohort in groups],
            name="时间与年级",
        ),
        dtype=object,
    )


def vaccination(report: Report) -> pd.DataFrame:
    """Vaccination by population: people, vaccinated, and the printed rate."""
    columns = {
        "统计人数": "vaccination_population",
        "完成接种": "vaccinated",
        "完成率": "vaccination_rate",
    }
    found = {
        name: by_dimension(report, indicator, "population")[report.year]
        for name, indicator in columns.items()
    }
    return pd.DataFrame(found, dtype=object).rename_axis("人群")
