"""All observations of a report as one tidy table, to take away: CSV or XLSX.

Cells come from outside: one that a spreadsheet would run as a formula is written as text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from qzanalysis import codebook, measures
from qzanalysis.figures.signs import FORMULA_STARTS, visible
from qzanalysis.reports.loading import Report

_COPIED: Final = ("printed", "status", "source", "note", "file", "row")
_NUMBER: Final = re.compile(r"[+-]?\d[\d,.]*%?")


def observations(report: Report) -> pd.DataFrame:
    """One row a printed figure.

    Columns: school, report_year, indicator, name, breakdown, year, value (a number in `unit`, empty
    where none is reported), unit, printed, status, source, note, file, row.
    """
    frame = report.observations
    names = codebook.indicators().loc[frame["indicator"], ["name", "unit"]]
    values = [None if q is None else format(q.value.normalize(), "f") for q in frame["quantity"]]
    return pd.DataFrame(
        {
            "school": report.school.slug,
            "report_year": report.year,
            "indicator": frame["indicator"].to_numpy(),
            "name": names["name"].to_numpy(),
            "breakdown": frame["breakdown"].to_numpy(),
            "year": frame["year"].to_numpy(),
            "value": pd.Series(values, dtype=object),
            "unit": names["unit"].to_numpy(),
            **{column: frame[column].to_numpy() for column in _COPIED},
        }
    )


def everything(report: Report) -> pd.DataFrame:
    """The observations, then the derived measures (status `derived`, the formula in `note`)."""
    computed = measures.derived(report)
    added = pd.DataFrame(
        {
            "school": report.school.slug,
            "report_year": report.year,
            "indicator": "",
            "name": computed["label"],
            "breakdown": computed["group"] + "：" + computed["row"] + "：" + computed["column"],
            "year": report.year,
            "value": computed["value"],
            "unit": computed["unit"],
            "status": "derived",
            "source": computed["source"],
            "note": computed["formula"],
        }
    )
    printed = observations(report).astype(object)
    return pd.concat([printed, added.astype(object)], ignore_index=True).fillna("")


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
    if not isinstance(cell, str):
        return cell
    seen = visible(cell)
    risky = seen.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(seen)
    return f"'{seen}" if risky else seen
