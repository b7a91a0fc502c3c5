"""A report to check beside the real one: a made-up school of another edition that agrees with itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import pytest

from qzanalysis.audit import Finding, run
from qzanalysis.reports.report import Report, School
from qzanalysis.reports.schema import with_figures

from .small_reports import Check

Line = tuple[str, str, int, str, str]

_NOW, _BEFORE = 2023, 2022


def _both(indicator: str, before: str, now: str, source: str, breakdown: str = "") -> list[Line]:
    return [
        (indicator, breakdown, _BEFORE, before, source),
        (indicator, breakdown, _NOW, now, source),
    ]


def _now(indicator: str, now: str, source: str, breakdown: str = "") -> list[Line]:
    return [(indicator, breakdown, _NOW, now, source)]


SCHOOL: list[Line] = [
    *_both("students", "3000", "3050", "附表2#1"),
    *_now("students", "+50", "§1.2表#1", "change=difference"),
    *_both("students", "1900", "2000", "附表2#2", "class=progression"),
    *_both("students", "1100", "1050", "附表2#3", "class=employment"),
    *_both("intake", "1040", "1050", "附表2#4"),
    *_both("graduates", "980", "1000", "附表2#5"),
    *_both("retention_rate", "96.50%", "97.10%", "附表2#6"),
    *_now("retention_rate", "0.60", "§1.2", "change=increase"),
    *_both("staff", "205", "210", "附表3#1"),
    *_now("staff", "190", "§1.3", "post=established"),
    *_now("staff", "20", "§1.3", "post=contract"),
    *_now("posts_established", "200", "附表3#2"),
    *_now("posts_vacant", "10", "§4.2"),
    *_both("teachers", "160", "170", "附表3#3"),
    *_both("student_teacher_ratio", "18.75:1", "17.94:1", "附表3#4"),
    *_now("student_teacher_ratio", "17.9:1", "§1.3"),
    *_now("senior_teachers", "51", "§1.3"),
    *_now("senior_title_share", "30.00%", "附表3#5"),
    *_now("specialised_teachers", "102", "§1.3"),
    *_now("specialised_teacher_share", "60.00%", "§1.3"),
    *_now("dual_qualified_teachers", "61", "附表3#6"),
    *_now("pe_teachers", "12", "附表3#7"),
    *_now("land_area", "120000", "§1.1"),
    *_now("land_per_student", "39.34", "附表4#1"),
    *_now("building_area", "8.00万", "§1.1"),
    *_now("building_per_student", "26.23", "附表4#2"),
    *_both("printed_books", "92000", "94000", "附表4#3"),
    *_now("printed_books_withdrawn", "1000", "§1.4"),
    *_now("printed_books_acquired", "3000", "§1.4"),
    *_both("ebooks", "5800", "6000", "附表4#4"),
    *_now("ebooks", "6000", "§1.4"),
    *_both("partner_equipment_value", "230", "237", "附表4#5"),
    *_both("head_teacher_studios", "2", "3", "附表5#1"),
    *_both("head_teacher_studios", "0", "0", "附表5#1", "level=national"),
    *_both("head_teacher_studios", "1", "1", "附表5#1", "level=provincial"),
    *_both("head_teacher_studios", "1", "2", "附表5#1", "level=municipal"),
    *_both("fitness_pass_rate", "95.67", "96.01", "附表5#2"),
    *_both("graduates_placed", "936", "960", "附表6#1"),
    *_both("progression", "580", "600", "附表6#2"),
    *_now("progression", "180", "附表6#3", "institution=bachelor"),
    *_now("progression", "420", "附表6#4", "institution=college"),
    *_now("progression_rate", "60.00%", "§3.2"),
    *_now("graduates_employed", "270", "附表6#5", "employer=above_scale"),
    *_now("graduates_employed", "90", "附表6#6", "employer=small_medium"),
    *_now("interns", "400", "§2.4"),
    *_now("interns", "150", "§2.4", "found_by=self"),
    *_now("interns", "250", "§2.4", "found_by=school"),
    *_now("appropriation", "5490万", "§4.1"),
    *_now("appropriation_per_student", "18000.00", "附表4#6"),
]
RATES: Mapping[str, tuple[str, str, str, str]] = {
    "cnc": ("95.0", "96.0", "4000", "4080"),
    "mechatronics": ("96.0", "96.5", "3900", "3980"),
    "construction": ("95.5", "96.0", "3300", "3350"),
    "childcare": ("96.2", "96.4", "2800", "2850"),
    "art_design": ("95.0", "95.2", "2700", "2760"),
    "computing": ("96.0", "96.2", "3200", "3260"),
    "tourism": ("96.4", "96.6", "3400", "3470"),
    "accounting": ("95.8", "96.0", "2900", "2960"),
}
for _row, (_programme, _rates) in enumerate(RATES.items(), start=1):
    _part, _place = f"programme={_programme}", f"§2.4表#{_row}"
    SCHOOL += _both("employment_rate", _rates[0], _rates[1], _place, _part)
    SCHOOL += _both("starting_salary", _rates[2], _rates[3], _place, _part)


def made_up(lines: list[Line]) -> Report:
    """A report from lines."""
    rows = [
        {
            "indicator": indicator,
            "breakdown": breakdown,
            "year": str(year),
            "printed": printed,
            "source": source,
            "note": "",
            "file": "other/2023/all.csv",
            "row": row,
        }
        for row, (indicator, breakdown, year, printed, source) in enumerate(lines, start=2)
    ]
    school = School("other", "另一所学校", "另校", "另市")
    return Report(school, _NOW, with_figures(pd.DataFrame(rows)).astype({"year": int}))


def changed(*changes: tuple[str, str, int, str, str]) -> list[Line]:
    """The made-up school with other printed texts: (indicator, breakdown, year, source, text)."""
    texts = {change[:4]: change[4] for change in changes}
    lines = [
        (i, b, y, texts.pop((i, b, y, source), printed), source)
        for i, b, y, printed, source in SCHOOL
    ]
    assert not texts, f"no such figure: {texts}"
    return lines


@pytest.fixture(scope="session")
def by_id(findings: list[Finding]) -> dict[str, Finding]:
    """The findings of the real report, by id."""
    return {finding.id: finding for finding in findings}


@pytest.fixture
def check_school() -> Callable[..., dict[str, Finding]]:
    """Check the made-up school with some texts changed; findings by id."""

    def check(*changes: tuple[str, str, int, str, str]) -> dict[str, Finding]:
        return {finding.id: finding for finding in run(made_up(changed(*changes)))}

    return check


@pytest.fixture
def check(build: Callable[..., Report]) -> Check:
    """The findings of a report of these rows, by id."""
    return lambda *rows: {finding.id: finding for finding in run(build(rows))}
