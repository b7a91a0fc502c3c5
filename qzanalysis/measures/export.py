"""All observations of a report and its derived measures as one tidy table, as CSV or XLSX.

Cells come from outside: one that a spreadsheet would run as a formula is written as text.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import Table
from qzanalysis.figures.intervals import Interval
from qzanalysis.figures.signs import cell_text
from qzanalysis.measures.common import with_change
from qzanalysis.measures.school import per_student_appropriation, staff_structure
from qzanalysis.measures.standards import standards
from qzanalysis.measures.students import (
    class_shares,
    contributions,
    enrolment,
    match_and_salary,
    programme_table,
    progression_by_route,
    progression_outcome,
    stock_flow,
)
from qzanalysis.reports.report import Report

_COPIED: Final = ("printed", "status", "source", "note", "file", "row")

_FRAMES: Final[Mapping[str, Callable[[Report], Table]]] = {
    "规模": lambda report: with_change(enrolment(report)),
    "存量与流量": stock_flow,
    "班级构成": class_shares,
    "教师队伍": staff_structure,
    "国家标准": lambda report: Table(standards(report).facts[["value", "level"]]),
    "毕业生去向": lambda report: with_change(progression_outcome(report)),
    "升学渠道": progression_by_route,
    "对口就业率": lambda report: with_change(programme_table(report, "job_match_rate")),
    "初次就业起薪": lambda report: with_change(programme_table(report, "starting_salary")),
    "对口率与起薪的变化": match_and_salary,
    "对平均对口率的贡献": lambda report: contributions(programme_table(report, "job_match_rate")),
    "生均拨款": per_student_appropriation,
}


def observations(report: Report) -> pd.DataFrame:
    """Every printed figure of a report, and what was decided about it.

    Returns:
        One row a figure: school, report_year, indicator, name, breakdown, year, value (the number
        as printed, in `unit`; None where none is reported), unit, printed, status, source, note,
        file, row; then decided_value (the number used instead, where the decision is `use`),
        decision (`accept`, `use`, `ask`, or empty) and reason.
    """
    frame, printed = report.observations, report.as_printed().observations
    names = codebook.indicators().loc[frame["indicator"], ["name", "unit"]]
    decisions = frame.reindex(columns=["decision", "reason"], fill_value="")
    return pd.DataFrame(
        {
            "school": report.school.slug,
            "report_year": report.year,
            "indicator": frame["indicator"],
            "name": names["name"].to_numpy(),
            "breakdown": frame["breakdown"],
            "year": frame["year"],
            "value": printed["quantity"].map(_plain),
            "unit": names["unit"].to_numpy(),
            **{column: printed[column] for column in _COPIED},
            "decided_value": frame["quantity"].map(_plain).where(decisions["decision"] == "use"),
            **decisions,
        }
    )


def everything(report: Report) -> pd.DataFrame:
    """The observations, then the derived measures (status `derived`, the formula in `note`).

    Args:
        report: with decided values, as `qzanalysis.load` returns it.

    Returns:
        The columns of `observations`. The `value` of a derived measure rests on printed figures
        only; `decided_value` is the same measure over decided values, where one was used.
    """
    printed, decided = computed(report.as_printed()), computed(report)
    decisions = _decisions(report)
    rows = []
    for key in dict.fromkeys([*printed, *decided]):
        fact, now = printed.get(key), decided.get(key)
        either = fact or now
        assert either is not None
        taken = [decisions[o.file, o.row] for o in either.origins if (o.file, o.row) in decisions]
        used = any(decision == "use" for decision, _ in taken)
        rows.append(
            {
                "name": either.label,
                "breakdown": "：".join(key),
                "value": fact and fact.exported,
                "unit": either.unit,
                "source": "；".join(dict.fromkeys(origin.source for origin in either.origins)),
                "note": either.formula,
                "decided_value": now and now.exported if used else None,
                "decision": "；".join(dict.fromkeys(decision for decision, _ in taken)),
                "reason": "；".join(dict.fromkeys(reason for _, reason in taken)),
            }
        )
    added = pd.DataFrame(rows).assign(
        school=report.school.slug, report_year=report.year, year=report.year, status="derived"
    )
    parts = [observations(report).astype(object), added.astype(object)]
    return pd.concat(parts, ignore_index=True).fillna("")


def _plain(quantity: Interval | None) -> str | None:
    return None if quantity is None else format(quantity.value.normalize(), "f")


def _decisions(report: Report | None) -> dict[tuple[str, int], tuple[str, str]]:
    """Decision and reason by file and row, of a report and those before it."""
    if report is None:
        return {}
    rows = report.observations.reindex(columns=["file", "row", "decision", "reason"], fill_value="")
    own = {(file, row): (d, r) for file, row, d, r in rows.itertuples(index=False) if d}
    return _decisions(report.previous) | own


def computed(report: Report) -> dict[tuple[str, str, str], Fact]:
    """The computed facts of a report's measures, by group, row and column."""
    return {
        (group, str(name), str(column)): fact
        for group, measure in _FRAMES.items()
        for name, line in measure(report).facts.iterrows()
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
            "value": fact.exported,
            "unit": fact.unit,
            "source": "；".join(dict.fromkeys(origin.source for origin in fact.origins)),
            "formula": fact.formula,
        }
        for key, fact in computed(report).items()
    ]
    columns = ["group", "row", "column", "label", "value", "unit", "source", "formula"]
    return pd.DataFrame(rows, columns=columns)


def to_csv(frame: pd.DataFrame) -> bytes:
    """UTF-8 with a mark, so that a spreadsheet reads Chinese."""
    text: str = _safe(frame).to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")


def to_xlsx(frame: pd.DataFrame) -> bytes:
    """One sheet; every cell that is not a number is text, and never a formula."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("observations")
    sheet.append(list(frame.columns))
    for row in _safe(frame).itertuples(index=False, name=None):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


WRITERS: Final[Mapping[str, Callable[[pd.DataFrame], bytes]]] = {"csv": to_csv, "xlsx": to_xlsx}


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.map(_quoted)


def _quoted(cell: object) -> object:
    return cell_text(cell, numbers=True) if isinstance(cell, str) else cell
