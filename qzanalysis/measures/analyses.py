"""Analyses across chapters: posts, growth of further study, programmes, funds, references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, constant, portion, quotient, share, total
from qzanalysis.figures.frames import Table, numeric
from qzanalysis.measures.common import (
    CHANGE,
    Selected,
    last_known,
    latest,
    programme_name,
    total_places,
)
from qzanalysis.measures.shortage import shortage
from qzanalysis.measures.standards import indicator_value
from qzanalysis.measures.students import bachelor_definitions, progression_by_route
from qzanalysis.reports.report import Report

_COLLEGE: Final = {"class": "college_track"}
_OUTCOMES: Final = {
    "就业率": "employment_rate",
    "对口就业率": "job_match_rate",
    "初次就业起薪": "starting_salary",
    "技能合格率": "skill_test_pass_rate",
}
_LONG_TRACK: Final[Mapping[str, Selected]] = {
    "中高职一体班学生": ("students", _COLLEGE),
    "长学制后段年数": "long_track_college_years",
    "班级": "classes",
    "专任教师": "teachers",
    "研究生学历专任教师占比": "postgraduate_share",
    "“双师”素质专业课教师": "dual_qualified_teachers",
    "校舍建筑面积": "building_area",
    "实训楼": "training_buildings",
    "生均教学仪器设备值": "equipment_per_student",
    "企业提供的设备总值": "partner_equipment_value",
}
_COOPERATION: Final[Mapping[str, Selected]] = {
    "当年新签合作企业": "new_partner_enterprises",
    "合作企业教师实践基地": "partner_teacher_bases",
    "合作企业接收实习学生的比例": "partner_internship_share",
    "企业提供的设备总值": "partner_equipment_value",
    "生均企业实习补贴": "partner_internship_subsidy",
    "“双师”素质专业课教师": "dual_qualified_teachers",
    "技师及相当水平的兼职教师": "part_time_technicians",
    "国（境）外来访": "international_visitors",
    "双元制学习场所": "dual_system_sites",
}
_TABLES: Final = ("programme_places", *_OUTCOMES.values())


@numeric
def posts(report: Report, ratio: float) -> pd.DataFrame:
    """The shortage before and after the vacant posts are filled, and what grew meanwhile.

    Args:
        ratio: students for each teacher aimed at.

    Returns:
        One column, `数值`, in people.

    >>> posts(report, 15)["数值"].round(0).head(3).to_list()
    [59.0, 17.0, 42.0]
    """
    missing = shortage(report.fact("students"), report.fact("teachers"), ratio)
    vacant = report.fact("posts_vacant")
    rows = {
        f"教师缺口（按 {ratio:g}:1）": missing,
        "余编": vacant,
        "余编全部补为专任教师后的缺口": (missing - vacant).named("余编全部用完后的教师缺口"),
        "当年新招教师使用编制": report.fact("posts_newly_used"),
        "专任教师比上年": report.change("teachers"),
        "中高职一体班学生比上年": report.change("students", **_COLLEGE),
        "平均每班学生": quotient(
            report.fact("students"), report.fact("classes"), "人", "在校生数除以班级数", 0
        ),
    }
    return pd.DataFrame({"数值": rows}, dtype=object).rename_axis("项目")


def long_track_conditions(report: Report) -> Table:
    """Printed figures of teachers, classes, rooms, equipment and money: one column, `数值`.

    Returns:
        Each row in its indicator's unit; see `latest`.

    >>> long_track_conditions(report).shape
    (10, 1)
    """
    return latest(report, _LONG_TRACK)


def cooperation_conditions(report: Report) -> Table:
    """Printed figures of enterprises, qualified teachers and foreign partners: one column, `数值`.

    Returns:
        Each row in its indicator's unit; see `latest`.

    >>> cooperation_conditions(report).shape
    (9, 1)
    """
    return latest(report, _COOPERATION)


def senior_expected(report: Report) -> Fact:
    """Teachers with senior titles: those of the year before and the newly promoted."""
    before = report.year - 1
    held = portion(
        report.fact("senior_title_share", before),
        report.fact("teachers", before),
        "上年高级职称人数",
    )
    promoted = report.fact("title_promotions", title="senior")
    return (held + promoted).named("上年高级职称人数加新晋人数")


@numeric
def progression_growth(report: Report) -> pd.DataFrame:
    """The growth of further study by route.

    Returns:
        A row for each route; both years and the change in people, its share of all growth in per cent.

    >>> progression_growth(report)["比上年"].to_list()
    [325, 85, 30, 38]
    """
    routes = progression_by_route(report).facts.T.set_axis(report.years, axis=1)
    before, now = report.years[-2:]
    changes = routes[now] - routes[before]
    whole = total(changes, "升学人数的增加")
    shares = [share(one, whole, f"{name}占增加人数的比例", 1) for name, one in changes.items()]
    return (
        routes[[before, now]]
        .assign(**{CHANGE: changes, "占增加人数": pd.Series(shares, routes.index, dtype=object)})
        .rename_axis("升学渠道")
    )


@numeric
def bachelor_shares(report: Report) -> pd.DataFrame:
    """The share of undergraduate places among those who went on, in per cent.

    Returns:
        A row for each definition, a column for each year.

    >>> bachelor_shares(report)[2021].round(1).to_list()
    [9.1, 11.8]
    """
    counts = bachelor_definitions(report).facts
    for year in report.years:
        whole = report.fact("progression", year)
        if not whole.known:
            college = report.fact("progression", year, institution="college")
            whole = counts[year].iloc[0] + college
        label = f"{year} 年升入本科占升学人数的比例"
        shares = [share(count, whole, label, 1) for count in counts[year]]
        counts[year] = pd.Series(shares, counts.index, dtype=object)
    return counts


@numeric
def programme_matrix(report: Report) -> pd.DataFrame:
    """One row for each programme over all tables of the report year.

    Returns:
        Rows named by the catalogue; `所印名称` where tables print others; places in all and by track
        (people), partners, employment, match and skill tests (per cent), salary (yuan).

    >>> int(programme_matrix(report)["设置人数"].sum())
    1555
    """
    programmes = dict.fromkeys(
        one for table in _TABLES for one in report.members_of("programme", table)
    )
    keys = [
        codebook.parse_breakdown(text)
        for text in report.observations.query("indicator == 'programme_places'")["breakdown"]
    ]
    tracks = list(dict.fromkeys(key["track"] for key in keys if "track" in key))
    rows = {
        codebook.value_name("programme", one): _programme(
            report, one, [key for key in keys if key.get("programme") == one], tracks
        )
        for one in programmes
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("专业")
    always = ["所印名称", "设置人数", "合作院校", *_OUTCOMES]  # where no table lists one, too
    return frame.reindex(columns=list(dict.fromkeys([*frame.columns, *always])))


def _programme(
    report: Report, programme: str, keys: list[dict[str, str]], tracks: list[str]
) -> dict[str, Fact | str]:
    name = codebook.value_name("programme", programme)
    printed = (programme_name(report, table, programme).partition("（")[0] for table in _TABLES)
    partners = (codebook.value_name("partner", key["partner"]) for key in keys if "partner" in key)
    places = {track: [key for key in keys if key["track"] == track] for track in tracks}
    return {
        "所印名称": "、".join(dict.fromkeys(one for one in printed if one != name)),
        "设置人数": total_places(report, keys, f"{name}设置人数"),
        **{
            codebook.value_name("track", track): total_places(report, own, f"{name}设置人数")
            for track, own in places.items()
        },
        "合作院校": "、".join(dict.fromkeys(partners)),
        **{
            column: _listed(report.fact(indicator, None, programme=programme))
            for column, indicator in _OUTCOMES.items()
        },
    }


def _listed(fact: Fact) -> Fact:
    """A figure of a table; one that the table does not list at all is none to fill in."""
    return fact if fact.origins else replace(fact, status="not_offered")


@numeric
def funds(report: Report) -> pd.DataFrame:
    """The latest funds: amount and amount per student (yuan), share of the total (per cent).

    Returns:
        A row for each source; a column per student for each of the last two years of the form.

    >>> funds(report)["2020 年金额"].head(2).to_list()
    [101274500.0, 82445600.0]
    """
    whole, year = last_known(report, "total_funds")
    grant = report.fact("appropriation", year)
    amounts = {
        "总经费": whole,
        "财政拨款": grant,
        "总经费中未说明来源的部分": (whole - grant).named("总经费减财政拨款"),
        "年度项目投资": report.fact("project_investment", year),
    }
    rows = {
        name: {
            f"{year} 年金额": amount,
            "占总经费": share(amount, whole, f"{name}占总经费的比例", 1),
            **{
                f"每名学生（{when} 年在校生）": quotient(
                    amount, report.fact("students", when), "元", f"{name}除以 {when} 年在校生"
                )
                for when in report.years[-2:]
            },
        }
        for name, amount in amounts.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("项目")


@numeric
def references(report: Report) -> pd.DataFrame:
    """The school's figures beside published ones of the nearest year, each with its document.

    Returns:
        A row for each indicator, both figures in its unit.

    >>> references(report).columns.to_list()
    ['学校', '参照', '参照的范围与年份', '依据']
    """
    table = codebook.references()
    distance = (table["year"].astype(int) - report.year).abs()
    nearest = table.loc[distance.groupby(table["indicator"]).idxmin()].sort_index()
    rows = [
        {
            "学校": indicator_value(report, row["indicator"]),
            "参照": constant(row["value"], row["unit"], f"{row['area']} {row['year']} 年"),
            "参照的范围与年份": f"{row['area']} {row['year']} 年",
            "依据": f"{row['document']}，{row['place']}（{row['how']}）",
        }
        for row in nearest.to_dict("records")
    ]
    names = [codebook.label(indicator) for indicator in nearest["indicator"]]
    return pd.DataFrame(rows, index=pd.Index(names, name="指标"), dtype=object)
