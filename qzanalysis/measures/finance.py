"""Money and places: funds per student over which students, and where the places are."""

from __future__ import annotations

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, quotient, total
from qzanalysis.measures.common import grand_total
from qzanalysis.reports.loading import Report

_ABROAD = frozenset({"nippon-kogyo", "bowei"})


def per_student_appropriation(report: Report) -> pd.DataFrame:
    """The year's appropriation over each year's students, beside the printed value.

    The report gives the money of one year and does not say which year's students it divides by.
    """
    money, money_year = _latest_known(report, "appropriation")
    printed = report.fact("appropriation_per_student")
    rows: dict[str, Fact] = {"报告所印的生均拨款": printed}
    for year in report.years:
        label = f"{money_year} 年财政拨款 ÷ {year} 年在校生"
        rows[label] = quotient(money, report.fact("students", year), "元", label)
    return pd.DataFrame({"元/生": rows}, dtype=object).rename_axis("算法")


def appropriation_base(report: Report) -> dict[str, str | Fact]:
    """Which year's money over which year's students gives the printed amount.

    Returns:
        `money` and `students` (years as text; empty if none fits) and `same`, the
        amount over the students of the money's own year.
    """
    table = per_student_appropriation(report)["元/生"]
    _, money_year = _latest_known(report, "appropriation")
    printed = report.fact("appropriation_per_student")
    fits = [
        str(year)
        for year, fact in zip(report.years, table.iloc[1:], strict=True)
        if fact.text() == printed.text()
    ]
    same = table.iloc[1 + report.years.index(money_year)]
    return {"money": str(money_year), "students": fits[0] if fits else "", "same": same}


def places_by_programme(report: Report) -> pd.DataFrame:
    """Places of the programme table: a row a programme with its department, a column a track."""
    table = report.observations[report.observations["indicator"] == "programme_places"]
    keys = [codebook.parse_breakdown(text) for text in table["breakdown"]]
    programmes = list(dict.fromkeys(key["programme"] for key in keys))
    tracks = list(dict.fromkeys(key["track"] for key in keys))
    rows = {}
    for programme in programmes:
        name = codebook.value_name("programme", programme)
        rows[name] = {
            codebook.value_name("track", track): _sum(
                report,
                [key for key in keys if (key["programme"], key["track"]) == (programme, track)],
                f"{name}{codebook.value_name('track', track)}人数",
            )
            for track in tracks
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("专业")


def places_by_department(report: Report) -> pd.DataFrame:
    """Programmes and places of each department."""
    places = places_by_programme(report)
    homes = codebook.programmes().set_index("name")["department"]
    rows = {
        department: {
            "专业数": len(group),
            "人数": grand_total(group, f"{department}合计人数"),
        }
        for department, group in places.groupby(homes.reindex(places.index).to_numpy(), sort=False)
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("学部")


def partner_colleges(report: Report) -> pd.DataFrame:
    """Places shared with a partner college, one row each; `国际` says whether it is abroad."""
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
    names = [codebook.value_name("programme", key["programme"]) for key in shared]
    columns = ["合作院校", "学制", "人数", "国际"]
    return pd.DataFrame(rows, index=pd.Index(names, name="专业"), columns=columns, dtype=object)


def _sum(report: Report, keys: list[dict[str, str]], label: str) -> Fact:
    if not keys:
        return Fact(None, "人", 0, label, status="not_offered")
    return total([report.fact("programme_places", None, **key) for key in keys], label)


def _latest_known(report: Report, indicator: str) -> tuple[Fact, int]:
    for year in reversed(report.years):
        if (fact := report.fact(indicator, year)).known:
            return fact, year
    return report.fact(indicator), report.year
