"""Every computed number of the chapters in one long table, for those who take data with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from qzanalysis.figures.facts import Fact
from qzanalysis.measures.common import with_change
from qzanalysis.measures.employment import contributions, match_and_salary, programme_table
from qzanalysis.measures.enrolment import class_shares, enrolment, stock_flow
from qzanalysis.measures.finance import per_student_appropriation
from qzanalysis.measures.progression import progression_by_route, progression_outcome
from qzanalysis.measures.staff import staff_structure
from qzanalysis.measures.standards import standards
from qzanalysis.reports.loading import Report

_FRAMES: Final[Mapping[str, Callable[[Report], pd.DataFrame]]] = {
    "规模": lambda report: with_change(enrolment(report)),
    "存量与流量": stock_flow,
    "班级构成": class_shares,
    "教师队伍": staff_structure,
    "国家标准": lambda report: standards(report)[["value", "level"]],
    "毕业生去向": lambda report: with_change(progression_outcome(report)),
    "升学渠道": progression_by_route,
    "对口就业率": lambda report: with_change(programme_table(report, "job_match_rate")),
    "初次就业起薪": lambda report: with_change(programme_table(report, "starting_salary")),
    "对口率与起薪的变化": match_and_salary,
    "对平均对口率的贡献": lambda report: contributions(
        programme_table(report, "job_match_rate")
    ).to_frame("贡献"),
    "生均拨款": per_student_appropriation,
}


def computed(report: Report) -> dict[tuple[str, str, str], Fact]:
    """The computed facts of a report's measures, by group, row and column."""
    return {
        (group, str(name), str(column)): fact
        for group, measure in _FRAMES.items()
        for name, line in measure(report).iterrows()
        for column, fact in line.items()
        if isinstance(fact, Fact) and fact.value is not None and fact.formula
    }


def derived(report: Report) -> pd.DataFrame:
    """Every computed number of a report's measures; printed figures are left out.

    Args:
        report: with decided values (`qzanalysis.load`), or without (`report.as_printed()`).

    Returns:
        One row a number, all columns text: `group`, `row`, `column`, `label`, `value`, `unit`,
        `source`, `formula`.
    """
    rows = [
        {
            **dict(zip(("group", "row", "column"), key, strict=True)),
            "label": fact.label,
            "value": f"{fact.value:f}",
            "unit": fact.unit,
            "source": "；".join(dict.fromkeys(origin.source for origin in fact.origins)),
            "formula": fact.formula,
        }
        for key, fact in computed(report).items()
    ]
    columns = ["group", "row", "column", "label", "value", "unit", "source", "formula"]
    return pd.DataFrame(rows, columns=columns)
