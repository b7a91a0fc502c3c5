"""Where a value belongs, or why it has no place; the doubts on the way; the year of a position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qzanalysis.documents.plain import bare
from qzanalysis.intake.extraction import facets
from qzanalysis.intake.extraction.records import Record, Sheet
from qzanalysis.intake.extraction.wording import Match
from qzanalysis.intake.layout import SECTION_TABLES


@dataclass(frozen=True, slots=True)
class Target:
    """The figure that one value cell gives.

    Attributes:
        doubts: why a person should look; sure if there are none.
        unit: the unit the document names for it.
    """

    indicator: str
    breakdown: str
    year: int
    source: str
    doubts: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value cell has no place; `whole` if that holds for all values of the row or column."""

    reason: str
    whole: str = ""  # "row", "column", or empty


Aim = Target | Refusal


@dataclass(slots=True)
class Doubts:
    """Collects what is not certain while a target is put together."""

    found: list[str] = field(default_factory=list)

    def take(self, match: Match[str], label: str) -> str:
        """The value of a match; a doubt if it was not an exact one."""
        if not match.sure:
            self.found.append(f"名称“{' '.join(label.split())}”与登记的略有不同")
        return match.target


Aims = Iterator[tuple[Record, int, Aim]]


def year_at(sheet: Sheet, record: Record, column: int, report_year: int) -> tuple[int, bool] | None:
    """The year of one position: from its column, else its row, else the title; None if they differ."""
    head = sheet.columns[column]
    named = [(head.year, head.sure)] if head.year else []
    for text in record.labels.values():
        found = facets.find_year(text, report_year)
        if found and not bare(found.rest):
            named.append((found.year, found.sure))
    if not named and not record.astray and (context := sheet.context_year()):
        named.append((context, False))
    if len({year for year, _ in named}) != 1:
        return None
    return named[0][0], all(sure for _, sure in named)


def dated(
    sheet: Sheet, record: Record, column: int, report_year: int, doubts: Doubts
) -> int | Refusal:
    """The year of a position as a number that fits the report, or why there is none."""
    found = year_at(sheet, record, column, report_year)
    if found is None:
        return Refusal("表头没有写明年份，或写法互相矛盾", "column")
    year, sure = found
    if year not in (report_year - 1, report_year):
        return Refusal(f"{year} 年不在 {report_year} 年报告的两年之内", "column")
    if not sure:
        doubts.found.append(f"年份按 {year} 年理解")
    return year


def source_of(kind: str, record: Record) -> str:
    """`§2.4表#8`."""
    return f"{SECTION_TABLES[kind]}表#{record.index}"


def finish(
    kind: str, record: Record, key: tuple[str, str, int], doubts: Doubts, unit: str = ""
) -> Target:
    """The target, with every doubt that was collected on the way."""
    if record.mended:
        doubts.found.append("名称由两行拼成")
    return Target(*key, source_of(kind, record), tuple(dict.fromkeys(doubts.found)), unit)
