"""Students: enrolment, tests and health, further study, and employment by programme."""

from __future__ import annotations

from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import (
    Fact,
    constant,
    growth,
    quotient,
    share,
    total,
)
from qzanalysis.figures.frames import Table, as_facts, numeric
from qzanalysis.measures.common import by_dimension, over_years, parts, programme_name
from qzanalysis.reports.report import Report

_SCALE = {"在校生": "students", "招生": "intake", "毕业生": "graduates"}
_RATE = "academic_pass_rate"
_ROUTES: Final = [
    "vocational_gaokao",
    "college_track",
    "independent",
    "bachelor_track",
    "exempt",
    "other",
]


def enrolment(report: Report) -> Table:
    """Students, intake and graduates: a row each, a column for each year, in people.

    >>> enrolment(report)[2021].to_list()
    [4902, 1566, 1664]
    """
    return over_years(report, _SCALE)


@numeric
def stock_flow(report: Report) -> pd.DataFrame:
    """Last year's students plus intake minus graduates, against the printed number.

    The gap is what joined or left otherwise (transfers, returns, drop-outs), which the report does
    not print; its size says how much of the change stays unexplained.

    Returns:
        One column, `人数`, in people.

    >>> stock_flow(report).loc[["推算在校生", "未说明的差额"], "人数"].to_list()
    [4754, 148]
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


def classes(report: Report) -> Table:
    """Students in classes for further study and for work: a row for each year, in people.

    >>> classes(report).loc["2021 年"].to_dict()
    {'升学班': 4423, '就业班': 479}
    """
    return parts(report, "students", "class", ["progression", "employment"])


def long_track(report: Report) -> dict[str, Fact]:
    """Classes that run on into a college.

    Returns:
        Facts: `college` and `change` in people, `growth` in per cent of the year before, `share` in
        per cent of all students.

    >>> long_track(report)["share"].text()
    '27.2'
    """
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


@numeric
def class_shares(report: Report) -> pd.DataFrame:
    """Share of students in classes for further study and for work, in per cent of all students.

    Returns:
        A row for each year, a column for each kind of class.

    >>> class_shares(report).loc["2021 年"].round(1).to_dict()
    {'升学班': 90.2, '就业班': 9.8}
    """
    counts = classes(report).facts
    whole = [report.fact("students", year) for year in report.years]
    return counts.apply(
        lambda column: [
            share(part, students, f"{when}{column.name}占在校生的比例", decimals=1)
            for when, part, students in zip(counts.index, column, whole, strict=True)
        ]
    )


@numeric
def courses(report: Report) -> pd.DataFrame:
    """Pass rates in per cent: a row for each year and cohort that was tested, a column for each course.

    >>> courses(report).index.to_list()
    ['2020 年 18级', '2020 年 19级', '2021 年 19级', '2021 年 20级']
    """
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


@numeric
def vaccination(report: Report) -> pd.DataFrame:
    """Vaccination by population: people, vaccinated, the printed rate, and of which dose it is.

    Returns:
        A row for each population; the rate in per cent; `针次` is the note of the rate, `—` where it
        has none.

    >>> vaccination(report)["完成率"].to_list()
    [95.23, 99.44, 96.75]
    """
    columns = {
        "统计人数": "vaccination_population",
        "完成接种": "vaccinated",
        "完成率": "vaccination_rate",
    }
    numbers = {
        name: by_dimension(report, indicator, "population").facts[report.year]
        for name, indicator in columns.items()
    }
    rows = report.observations
    rates = rows[(rows["indicator"] == "vaccination_rate") & (rows["year"] == report.year)]
    notes = dict(zip(rates["breakdown"], rates["note"], strict=True))
    doses = [
        notes.get(f"population={value}") or "—"
        for value in report.members("vaccination_rate", "population")
    ]
    frame = pd.DataFrame(numbers, dtype=object).rename_axis("人群")
    return frame.assign(针次=doses) if len(doses) == len(frame) else frame


@numeric
def progression_by_route(report: Report) -> pd.DataFrame:
    """Students going on by route, in people: a row for each year, a column for each route anyone took.

    >>> progression_by_route(report)["中本贯通"].to_list()
    [0, 38]
    """
    table = parts(report, "progression", "route", _ROUTES).facts
    taken = [name for name in table.columns if table[name].map(float).fillna(0).gt(0).any()]
    return table[taken]


@numeric
def progression_outcome(report: Report) -> pd.DataFrame:
    """The graduates by destination: further study, work, neither; counts, and rates in per cent.

    Returns:
        Columns are years; the rows add up to the graduates.

    >>> progression_outcome(report)[2021].head(4).to_list()
    [1664.0, 1409.0, 206.0, 49.0]
    """
    columns = {}
    for year in report.years:
        graduates = report.fact("graduates", year)
        placed = report.fact("graduates_placed", year)
        onward = report.fact("progression", year)
        if not onward.known:
            routes = [report.fact("progression", year, route=route) for route in _ROUTES]
            onward = total(routes, f"{year} 年升学人数")
        columns[year] = [
            graduates,
            onward,
            (placed - onward).named(f"{year} 年直接就业人数"),
            (graduates - placed).named(f"{year} 年未就业也未升学人数"),
            share(onward, graduates, f"{year} 年{codebook.indicator('progression_rate')['name']}"),
            share(placed, graduates, f"{year} 年就业（含升学）率"),
        ]
    names = ["毕业生", "升学", "直接就业", "未就业也未升学", "升学率", "就业（含升学）率"]
    return pd.DataFrame(columns, index=pd.Index(names, name="去向"), dtype=object)


@numeric
def destinations(report: Report) -> pd.DataFrame:
    """The graduates by destination: further study by route, work, neither; people, a column a year.

    Where the routes do not add up to those who went on, further study is one row.

    >>> destinations(report)[2021].tail(2).to_list()
    [206, 49]
    """
    outcome = progression_outcome(report).facts
    routes = progression_by_route(report).facts.T.set_axis(report.years, axis=1)
    whole = [total(routes[year], "升学人数") for year in routes.columns]
    onward = outcome.loc[["升学"]].rename({"升学": "升学（全部渠道）"})
    if not routes.empty and whole == list(outcome.loc["升学"]):
        onward = routes.rename(lambda name: f"升学：{name}")
    rows = [onward, outcome.loc[["直接就业", "未就业也未升学"]]]
    return pd.concat(rows).rename_axis("去向")


@numeric
def bachelor_definitions(report: Report) -> pd.DataFrame:
    """Those who entered undergraduate study by year: as the form counts, and with the joint track.

    A form may count students of the joint track of secondary school and university elsewhere.

    Returns:
        A row for each definition, a column for each year, in people.

    >>> bachelor_definitions(report)[2021].to_list()
    [128, 166]
    """
    columns = {}
    for year in report.years:
        form = report.fact("progression", year, institution="bachelor")
        joint = report.fact("progression", year, route="bachelor_track")
        both = (form + joint).named(f"{year} 年升入本科院校与中本贯通升学人数")
        columns[year] = [form, both]
    rows = ["升入本科院校（国家表）", "升入本科院校，另加中本贯通"]
    return pd.DataFrame(columns, index=pd.Index(rows, name="口径"), dtype=object)


def programme_table(report: Report, indicator: str) -> Table:
    """One indicator by programme and year; programmes as that table prints their names.

    Returns:
        A row for each programme, a column for each year, in the indicator's unit.

    Raises:
        UsageError: no such indicator.

    >>> programme_table(report, "job_match_rate").shape
    (11, 2)
    """
    table = report.table(indicator, "programme").facts
    names = [programme_name(report, indicator, programme) for programme in table.index]
    return Table(table.set_axis(pd.Index(names, name="专业")))


@numeric
def contributions(table: pd.DataFrame) -> pd.DataFrame:
    """Each row's part in the last change of the unweighted mean: its own change over their number.

    The report prints no head-counts by programme, so a weighted mean cannot be formed. The
    contributions add up to the change of the unweighted mean exactly.

    Args:
        table: a row for each programme, at least two columns of years.

    Returns:
        One column, `贡献`, in the unit of the change (percentage points for rates), the most
        negative first; rows without a change are left out.

    >>> contributions(programme_table(report, "job_match_rate"))["贡献"].round(2).iloc[0]
    np.float64(-0.35)
    """
    facts = as_facts(table)
    first, last = facts.columns[-2:]
    count = constant(len(facts), "个", "专业数")
    parts_of_change = {
        name: quotient(change, count, change.unit, f"{name}对平均数变化的贡献", decimals=2)
        for name, change in (facts[last] - facts[first]).items()
        if change.known
    }
    column = pd.Series(parts_of_change, dtype=object)
    return column.sort_values(key=lambda cells: cells.map(float)).to_frame("贡献")


@numeric
def match_and_salary(report: Report) -> pd.DataFrame:
    """Change of the job-match rate (points) against growth of the starting salary (per cent).

    Returns:
        A row for each programme, these two columns.

    >>> match_and_salary(report).loc["会计电算化（会计事务）"].round(1).to_list()
    [-3.8, 41.8]
    """
    match = programme_table(report, "job_match_rate").facts
    salary = programme_table(report, "starting_salary").facts.reindex(match.index)
    first, last = match.columns[-2:]
    return pd.DataFrame(
        {
            "对口就业率变化（百分点）": match[last] - match[first],
            "初次就业起薪增长（%）": [
                growth(row[last], row[first], f"{name}初次就业起薪的增长率")
                for name, row in salary.iterrows()
            ],
        },
        index=match.index,
        dtype=object,
    )
