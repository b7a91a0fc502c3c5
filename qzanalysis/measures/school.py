"""The school: teachers and their qualifications, funds per student, and places by programme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, quotient, share
from qzanalysis.figures.frames import numeric
from qzanalysis.measures.common import (
    Selected,
    grand_total,
    last_known,
    pick,
    programme_name,
    total_places,
)
from qzanalysis.reports.report import Report

# name → what is counted, over what it is a share, and that whole's name
_STRUCTURE: Final[Mapping[str, tuple[Selected, str, str]]] = {
    "编内人员": (("staff", {"post": "established"}), "staff", "教职员工"),
    "编外人员": (("staff", {"post": "contract"}), "staff", "教职员工"),
    "专任教师": ("teachers", "staff", "教职员工"),
    "专业课教师": ("specialised_teachers", "teachers", "专任教师"),
    "“双师”素质专业课教师": ("dual_qualified_teachers", "specialised_teachers", "专业课教师"),
    "持高级工以上证书教师": ("certified_teachers", "specialised_teachers", "专业课教师"),
    "思想政治课专任教师": ("political_teachers", "teachers", "专任教师"),
    "体育课专任教师": ("pe_teachers", "teachers", "专任教师"),
    "美育课专任教师": ("arts_teachers", "teachers", "专任教师"),
    "兼职教师": ("part_time_teachers", "teachers", "专任教师"),
}
_ABROAD = frozenset({"nippon-kogyo", "bowei"})


@numeric
def staff_structure(report: Report) -> pd.DataFrame:
    """Teachers and staff of the report year by kind.

    Returns:
        `人数` (people), the whole (`分母`, its name) and the share of it in per cent (`占比`).

    >>> staff_structure(report)["占比"].round(1).loc["专业课教师"]
    np.float64(51.5)
    """
    rows = {}
    for name, (what, whole_id, whole_name) in _STRUCTURE.items():
        count, whole = pick(report, what), report.fact(whole_id)
        rows[name] = {
            "人数": count,
            "分母": whole_name,
            "占比": share(count, whole, f"{name}占{whole_name}的比例", decimals=1),
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("类别")


@numeric
def training_modes(report: Report, year: int) -> pd.DataFrame:
    """Participants in teacher training by mode, and those in person by place: one column `人数`.

    >>> training_modes(report, 2020)["人数"].to_list()
    [21, 106, 66, 40]
    """
    rows: Mapping[str, dict[str, str]] = {
        "线上": {"mode": "online"},
        "线下": {"mode": "in_person"},
        "线下：市内": {"mode": "in_person", "location": "city"},
        "线下：省内": {"mode": "in_person", "location": "province"},
    }
    facts = {
        name: report.fact("teacher_training_participants", year, **parts)
        for name, parts in rows.items()
    }
    return pd.DataFrame({"人数": facts}, dtype=object).rename_axis("培训形式")


@numeric
def per_student_appropriation(report: Report) -> pd.DataFrame:
    """The latest appropriation over each year's students, below the printed value, in yuan a student.

    The report gives the appropriation of one year and not the year of the students it divides by.

    >>> per_student_appropriation(report)["元/生"].round(2).to_list()
    [16818.77, 16992.09, 16818.77]
    """
    money, money_year = last_known(report, "appropriation")
    printed = report.fact("appropriation_per_student")
    rows: dict[str, Fact] = {"报告所印的生均拨款": printed}
    for year in report.years:
        label = f"{money_year} 年财政拨款 ÷ {year} 年在校生"
        rows[label] = quotient(money, report.fact("students", year), "元", label)
    return pd.DataFrame({"元/生": rows}, dtype=object).rename_axis("算法")


def appropriation_base(report: Report) -> dict[str, str | Fact]:
    """The years of the appropriation and of the students that give the printed amount per student.

    Returns:
        `money` and `students` (years as text; `students` is empty if none fits) and `same`, the
        amount over the students of the appropriation's own year.

    >>> appropriation_base(report)["students"]
    '2021'
    """
    table = per_student_appropriation(report).facts["元/生"]
    _, money_year = last_known(report, "appropriation")
    printed = report.fact("appropriation_per_student")
    fits = [
        str(year)
        for year, fact in zip(report.years, table.iloc[1:], strict=True)
        if fact.text() == printed.text()
    ]
    same = table.iloc[1 + report.years.index(money_year)]
    return {"money": str(money_year), "students": fits[0] if fits else "", "same": same}


@numeric
def places_by_programme(report: Report) -> pd.DataFrame:
    """Places of the programme table, in people: a row for each programme, a column for each track.

    >>> places_by_programme(report).shape
    (13, 4)
    """
    table = report.observations[report.observations["indicator"] == "programme_places"]
    keys = [codebook.parse_breakdown(text) for text in table["breakdown"]]
    programmes = list(dict.fromkeys(key["programme"] for key in keys))
    tracks = list(dict.fromkeys(key["track"] for key in keys))
    rows = {}
    for programme in programmes:
        name = programme_name(report, "programme_places", programme)
        rows[name] = {
            codebook.value_name("track", track): total_places(
                report,
                [key for key in keys if (key["programme"], key["track"]) == (programme, track)],
                f"{name}{codebook.value_name('track', track)}人数",
            )
            for track in tracks
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("专业")


@numeric
def places_by_department(report: Report) -> pd.DataFrame:
    """Number of programmes (`专业数`) and places (`人数`) of each department.

    >>> places_by_department(report)["专业数"].to_list()
    [5, 2, 3, 3]
    """
    places = places_by_programme(report).facts
    homes = codebook.programmes()["department"].rename(
        lambda programme: programme_name(report, "programme_places", programme)
    )
    rows = {
        department: {
            "专业数": len(group),
            "人数": grand_total(group, f"{department}合计人数"),
        }
        for department, group in places.groupby(homes.reindex(places.index).to_numpy(), sort=False)
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("学部")


@numeric
def partner_colleges(report: Report) -> pd.DataFrame:
    """Places shared with a partner college, one row each; `国际` is `是` where it is abroad.

    >>> partner_colleges(report)["国际"].value_counts().to_dict()
    {'否': 14, '是': 2}
    """
    table = report.observations[report.observations["indicator"] == "programme_places"]
    keys = [codebook.parse_breakdown(text) for text in table["breakdown"]]
    shared = [key for key in keys if "partner" in key]
    rows = [
        {
            "合作院校": codebook.value_name("partner", key["partner"]),
            "学制": codebook.value_name("track", key["track"]),
            "人数": report.fact("programme_places", None, **key),
            "国际": "是" if key["partner"] in _ABROAD else "否",
        }
        for key in shared
    ]
    names = [programme_name(report, "programme_places", key["programme"]) for key in shared]
    columns = ["合作院校", "学制", "人数", "国际"]
    return pd.DataFrame(rows, index=pd.Index(names, name="专业"), columns=columns, dtype=object)
