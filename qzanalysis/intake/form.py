"""Names shared by the writer and the reader of the workbook: sheets, columns, instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from qzanalysis import codebook

FORMAT: Final = "qzanalysis-form"
VERSION: Final = "1"

GUIDE_SHEET: Final = "填写说明"
TEXT_SHEET: Final = "正文数字"
CODE_SHEET: Final = "代码本"
META_SHEET: Final = "_meta"
UNPLACED_SHEET: Final = "未归位"
PROSE_SHEET: Final = "正文摘录"
SHEETS: Final = (GUIDE_SHEET, TEXT_SHEET, CODE_SHEET, META_SHEET, UNPLACED_SHEET, PROSE_SHEET)

# A form to fill in (possibly by an extractor first), or one filled from existing data.
NEW: Final = "new"
DATA: Final = "data"

YES: Final = "是"
NO: Final = "否"

_COLUMNS: Final = Path(__file__).with_name("columns.csv")
_GUIDE: Final = Path(__file__).with_name("guide.csv")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet, as `columns.csv` describes it.

    Attributes:
        width: in characters.
        open: a person fills it in; hidden: it is for the import; wrapped: its texts take several lines.
    """

    key: str
    heading: str
    width: int
    open: bool
    hidden: bool
    wrapped: bool


@cache
def columns(sheet: str, year: int) -> tuple[Column, ...]:
    """The columns of a `table`'s sheet or of the sheet of running `text`, left to right.

    In a table, `before` and `now` are the columns of the two years; running text has one figure a row.
    """
    years = {"year": year, "before": year - 1}
    return tuple(
        Column(key, heading.format(**years), int(width), *(flag == "yes" for flag in flags))
        for name, key, heading, width, *flags in codebook.read_table(_COLUMNS).to_numpy()
        if name == sheet
    )


def sheet_name(title: str) -> str:
    """A title as a sheet may be called: no `[]:*?/\\\\`, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31]


def guide(school: str, year: int, edition: str, extracted: str = "") -> list[tuple[str, str]]:
    """The instructions, as pairs of heading and text.

    Args:
        extracted: a summary of the figures an extractor has filled in; empty if none.
    """
    about = {"school": school, "year": year, "before": year - 1, "edition": edition}
    listed = codebook.read_table(_GUIDE).to_numpy()
    pairs = [(heading, text.format(**about)) for heading, text in listed]
    return [*pairs[:3], *([("提取结果", extracted)] if extracted else []), *pairs[3:]]
