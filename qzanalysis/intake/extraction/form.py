"""The national form: rows by their names first, by their numbers second, sub-items by their parent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from qzanalysis.documents.plain import bare, squeeze
from qzanalysis.intake.extraction import facets
from qzanalysis.intake.extraction.aims import Aim, Aims, Doubts, Refusal, Target, dated
from qzanalysis.intake.extraction.records import Record, Sheet, has_values
from qzanalysis.intake.extraction.wording import match, split_unit, words
from qzanalysis.intake.layout import FORM, Layout, Row, file_of

Figure = tuple[str, str]  # indicator and breakdown


@dataclass(frozen=True)
class Form:
    """The rows of an edition's form, by every wording this package knows for them."""

    layout: Layout

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all tables of the form."""
        tables = [table for table in self.layout.tables if table.name.startswith(FORM)]
        return tuple(row for table in tables for row in table.rows)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Wordings of the rows of this edition."""
        here = {(row.indicator, row.breakdown) for row in self.rows}
        names = {
            name: (indicator, breakdown)
            for name, (indicator, breakdown, _) in facets.named(FORM).items()
            if (indicator, breakdown) in here
        }
        return {bare(row.name): (row.indicator, row.breakdown) for row in self.rows} | names

    def knows(self, label: str) -> bool:
        """Whether a label is, word for word, one of the form's."""
        return (
            bare(split_unit(label)[0]) in self.figures
            or facets.value_of("level", label) is not None
        )

    def names(self, label: str) -> bool:
        """Whether a label names a row of its own (国家级 does not)."""
        return bare(split_unit(label)[0]) in self.figures

    def recognises(self, label: str) -> bool:
        """Whether a label names a row of its own, if perhaps in other words."""
        return match(split_unit(label)[0], self.figures) is not None

    def find(self, label: str, doubts: Doubts) -> Figure | None:
        """The figure a label names; a doubt if it does so in other words."""
        words = split_unit(label)[0]
        found = match(words, self.figures)
        if found is None:
            return None
        loose = facets.named(FORM).get(bare(words), ("", "", True))[2] is False
        if not found.sure or loose:
            doubts.found.append(f"名称“{' '.join(label.split())}”与表中的略有不同")
        return found.target

    def row(self, figure: Figure, table: str) -> Row | Refusal:
        """The one row for a figure; among several, the one of the table with this number."""
        rows = [row for row in self.rows if (row.indicator, row.breakdown) == figure]
        if not rows:
            return Refusal("本版数据表没有这一行", "row")
        if len(rows) > 1 and table:
            named = FORM if table == "1" else f"{FORM}-{table}"
            rows = [row for row in rows if file_of(row.source) == named] or rows
        if len(rows) > 1:
            return Refusal("本版数据表有几处这个指标，不知是哪一处", "row")
        return rows[0]


@dataclass(slots=True)
class _Parent:
    """The item that the sub-items below it belong to."""

    figure: Figure | None = None
    number: str = ""
    doubts: list[str] = field(default_factory=list)


def aims(sheet: Sheet, form: Form) -> Aims:
    """Every value position of a sheet of the form, with its target or the reason it has none."""
    parent = _Parent()
    for record in sheet.records:
        doubts = Doubts()
        found = _row(sheet, record, form, parent, doubts)
        if isinstance(found, Refusal) and not has_values(record, sheet.columns):
            continue
        yield from _across(sheet, record, found, form.layout.year, doubts)


def _across(
    sheet: Sheet, record: Record, found: Row | Refusal, report_year: int, doubts: Doubts
) -> Iterator[tuple[Record, int, Aim]]:
    for column in sheet.values:
        yield record, column, _aim(sheet, record, column, found, report_year, doubts)


def _aim(
    sheet: Sheet,
    record: Record,
    column: int,
    found: Row | Refusal,
    report_year: int,
    doubts: Doubts,
) -> Aim:
    head = sheet.columns[column]
    if head.role == "change" or head.subject:
        return Refusal(f"“{head.head}”不是年份列", "column")
    if isinstance(found, Refusal):
        return found
    own = Doubts(list(doubts.found))
    year = dated(sheet, record, column, report_year, own)
    if isinstance(year, Refusal):
        return year
    unit = record.unit or split_unit(record.last_label)[1] or head.unit
    told = tuple(dict.fromkeys(own.found))
    return Target(found.indicator, found.breakdown, year, found.source, told, unit)


def _row(
    sheet: Sheet, record: Record, form: Form, parent: _Parent, doubts: Doubts
) -> Row | Refusal:
    """The form's row for a record; remembers it as parent of the sub-items that follow."""
    if record.mended:
        doubts.found.append("名称由两行拼成")
    level = facets.value_of("level", split_unit(record.last_label)[0])
    if level is not None:
        return _sub_item(sheet, record, form, parent, doubts)
    figure = _figure(record, form, doubts)
    parent.figure, parent.number, parent.doubts = figure, squeeze(record.number), list(doubts.found)
    if figure is None:
        return Refusal(_unknown(record, form), "row")
    row = form.row(figure, sheet.form_number)
    if isinstance(row, Row):
        _compare_numbers(row, record, doubts)
    return row


def _figure(record: Record, form: Form, doubts: Doubts) -> Figure | None:
    """By the innermost label; by an outer one only where the inner says 合计."""
    labels = list(record.labels.values())
    if len(labels) > 1 and bare(labels[-1]) in words("total"):
        labels = labels[:-1]
    return form.find(labels[-1], doubts) if labels else None


def _sub_item(
    sheet: Sheet, record: Record, form: Form, parent: _Parent, doubts: Doubts
) -> Row | Refusal:
    """国家级, 省级… of the item above, or of the item in a merged cell beside it."""
    outer = [text for text in list(record.labels.values())[:-1] if form.names(text)]
    figure = form.find(outer[-1], doubts) if outer else parent.figure
    if figure is None or record.astray:
        return Refusal(f"“{record.name}”所属的项目不明", "row")
    number = squeeze(record.number)
    if not outer:
        doubts.found += parent.doubts
        if number and number != parent.number:
            return Refusal(f"“{record.name}”的项号与上一项不同，所属不明", "row")
    level = facets.value_of("level", split_unit(record.last_label)[0])
    assert level is not None
    doubts.take(level, record.last_label)
    return form.row((figure[0], f"level={level.target}"), sheet.form_number)


def _compare_numbers(row: Row, record: Record, doubts: Doubts) -> None:
    number = squeeze(record.number).strip(".、")
    if number and number != row.label:
        doubts.found.append(f"项号印作 {number}，本版为 {row.label}")


def _unknown(record: Record, form: Form) -> str:
    """Why a row has no place; names what its number would mean, for the person who decides."""
    number = squeeze(record.number)
    meant = next((row.name for row in form.rows if number and row.label == number), "")
    hint = f"（本版第 {number} 项为“{meant}”）" if meant else ""
    return f"“{record.name or '（空白）'}”不是本版数据表的指标{hint}"
