"""Several schools side by side: the spread and not only the order, standards, shared problems, bases.

Every function takes reports of one year, by school slug.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from statistics import median
from typing import Any

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, merge_origins
from qzanalysis.figures.frames import numeric
from qzanalysis.measures.standards import standards
from qzanalysis.reports.report import Report

Reports = Mapping[str, Report]
ENOUGH = 3  # schools before a middle and a spread say anything


@numeric
def indicator_spread(reports: Reports) -> pd.DataFrame:
    """The form's indicators that have a direction: a row each, a column a school, then the spread.

    `中位数` and `最低至最高` describe the schools that give the figure; with fewer than three of
    them the middle is left out.

    Args:
        reports: of one year, by school slug.

    >>> indicator_spread({"x": report}).columns.to_list()
    ['衢州中专', '中位数', '最低至最高']
    """
    table = codebook.indicators()
    listed = dict.fromkeys(
        row["indicator"]
        for report in reports.values()
        for row in report.observations.to_dict("records")
        if str(row["source"]).startswith("附表") and not row["breakdown"]
    )
    names = {i: str(table["name"][i]) for i in listed if table["direction"][i] != "neither"}
    rows: dict[str, list[Any]] = {
        name: [one.fact(str(i)) for one in reports.values()] for i, name in names.items()
    }
    rows = {name: facts for name, facts in rows.items() if any(fact.known for fact in facts)}
    columns = [report.school.short_name for report in reports.values()]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=object)
    spread: dict[str, Any] = {
        "中位数": [_middle(facts) for facts in rows.values()],
        "最低至最高": [_range(facts) for facts in rows.values()],
    }
    return frame.assign(**spread).rename_axis("指标")


@numeric
def standards_by_school(reports: Reports) -> pd.DataFrame:
    """Each school's level in per cent of each standard (100 or more is met): a row for each standard.

    >>> standards_by_school({"x": report}).shape
    (14, 1)
    """
    levels = {
        r.school.short_name: standards(r).facts.set_index("rule")["level"] for r in reports.values()
    }
    return pd.DataFrame(levels, dtype=object).rename_axis("标准")


def shared_problems(registers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Kinds and chapters of problems by school, those of most schools first.

    Args:
        registers: school name → its register of problems (`problems.register`).

    Returns:
        Counts: a row for each kind and chapter, a column for each school.

    >>> one = pd.DataFrame({"kind_name": ["数字矛盾"], "chapter_name": ["数据核验"]})
    >>> shared_problems({"某校": one, "邻校": one}).loc["数字矛盾：数据核验"].to_list()
    [1, 1]
    """
    counts = {
        school: register.groupby(["kind_name", "chapter_name"]).size()
        for school, register in registers.items()
    }
    frame = pd.DataFrame(counts).fillna(0).astype(int)
    order = (frame > 0).sum(axis=1).sort_values(ascending=False, kind="stable").index
    frame = frame.loc[order]
    frame.index = pd.Index([f"{kind}：{chapter}" for kind, chapter in frame.index], name="问题")
    return frame


def _middle(facts: list[Fact]) -> Fact:
    known = [fact for fact in facts if fact.value is not None]
    unit = known[0].unit if known else ""
    if len(known) < ENOUGH:
        return Fact(None, unit, 0, "中位数", status="too_few")
    value = median(fact.value for fact in known if fact.value is not None)
    decimals = max(fact.decimals for fact in known)
    return Fact(Decimal(value), unit, decimals, "中位数", origins=merge_origins(*known),
                formula=f"{len(known)} 所学校的中位数")  # fmt: skip


def _range(facts: list[Fact]) -> str:
    known = sorted((fact for fact in facts if fact.known), key=float)
    return f"{known[0].text()} 至 {known[-1].text()}" if len(known) > 1 else "—"
