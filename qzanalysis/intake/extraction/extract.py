"""A report's tables → cells of the form, each with where it was found and how sure it is.

Sure means: the label is word for word a known one, the year is written, the value is a plain figure
or a known status, the row fits its heading, and nothing in the document speaks against it. Anything
less is `check`, with the reason. What has no place is listed with the reason, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from qzanalysis import codebook
from qzanalysis.documents import guard, numbers
from qzanalysis.documents.model import DOWN, RIGHT, Place, Table
from qzanalysis.documents.plain import is_value as numeric
from qzanalysis.intake.extraction import facets, form, targets
from qzanalysis.intake.extraction.aims import Aims, Refusal, Target
from qzanalysis.intake.extraction.kinds import kind_of
from qzanalysis.intake.extraction.records import Record, Sheet, has_values, misfit, sheet
from qzanalysis.intake.extraction.values import Unreadable, Value, read, same_unit
from qzanalysis.intake.layout import FORM, Cell, Layout, Unplaced, file_of

SURE = "sure"
CHECK = "check"
MAX_MENTIONS = 2_000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a document gave.

    Attributes:
        cells: placed, in the document's order, each `sure` or `check`.
        unplaced: listed for a person.
        mentions: the figures of the running text; more: how many others are not listed.
    """

    cells: tuple[Cell, ...]
    unplaced: tuple[Unplaced, ...]
    mentions: tuple[numbers.Mention, ...] = ()
    more: int = 0

    @property
    def sure(self) -> int:
        """How many cells need no second look."""
        return sum(cell.certainty == SURE for cell in self.cells)

    def summary(self) -> list[str]:
        """Lines for the person at the terminal: the counts, then what found no place."""
        check = len(self.cells) - self.sure
        counts = f"放入 {len(self.cells)} 格：确定 {self.sure}，请核对 {check}；未放入 {len(self.unplaced)} 处"
        listed = [f"  未放入：{it.text}（{it.origin}）：{it.reason}" for it in self.unplaced]
        return [counts, *listed, *self._prose()]

    def _prose(self) -> list[str]:
        if not self.mentions:
            return []
        more = f"，另有 {self.more} 处过多未列" if self.more else ""
        return [f"正文里的数字 {len(self.mentions)} 处，列在“正文摘录”，不归位{more}"]


@dataclass(slots=True)
class _Harvest:
    cells: list[Cell] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)


def extract(path: Path, layout: Layout) -> Extraction:
    """Read the tables of a report.

    Args:
        path: a .docx, .pdf, .html or .txt file.
        layout: the tables the report should have; names its school, year and edition.

    Raises:
        BadData: the document cannot be read within the limits; says why.
    """
    document = guard.read(path)
    figures = list(numbers.mentions(numbers.read(document).passages))
    listed, more = figures[:MAX_MENTIONS], len(figures) - MAX_MENTIONS
    return replace(place(document.tables, layout), mentions=tuple(listed), more=max(0, more))


def place(grids: Iterable[Table], layout: Layout) -> Extraction:
    """Grids → cells; the part of the work that knows no file format."""
    known = form.Form(layout)
    harvest = _Harvest()
    for grid in grids:
        understood = sheet(grid, layout.year, lambda text: known.knows(text) or facets.names(text))
        kind = kind_of(understood, known) if understood else ""
        if understood is None or not kind or grid.skewed:
            harvest.unplaced += _unknown_table(grid, understood)
            continue
        found = (
            form.aims(understood, known)
            if kind == FORM
            else targets.aims(kind, understood, layout.year)
        )
        _gather(understood, found, harvest)
    return _without_conflicts(harvest)


def _gather(understood: Sheet, found: Aims, harvest: _Harvest) -> None:
    """Cells of one sheet; a reason that holds for a whole row or column is told once."""
    harvest.unplaced += _shifted(understood)
    told: set[tuple[str, object]] = set()
    for record, column, aim in found:
        wrong = record.refused
        if not wrong and isinstance(aim, Target):
            wrong = misfit(record, understood.columns)
        if isinstance(aim, Refusal) and record.astray:
            wrong = "合并的名称没有框线，不知属于哪几行"
        fitting = Refusal(wrong, "row") if wrong else aim
        slot = record.slots[column]
        if isinstance(fitting, Refusal):
            if slot.text.strip():
                harvest.unplaced += _told_once(understood, record, column, fitting, told)
            continue
        result = _cell(understood, record, column, fitting)
        if isinstance(result, Unreadable):
            if slot.text.strip():
                harvest.unplaced.append(Unplaced(_short(slot.text), str(slot.place), result.reason))
        elif result.printed or result.certainty == SURE or has_values(record, understood.columns):
            harvest.cells.append(result)  # a blank in a doubtful row without values says nothing


def _shifted(understood: Sheet) -> Iterator[Unplaced]:
    """Rows whose figure stands in a column of labels while their value columns are blank."""
    for record in understood.records:
        strays = [n for n, text in record.labels.items() if numeric(text) and text.strip() != "/"]
        if strays and not has_values(record, understood.columns):
            slot = record.slots[strays[0]]
            yield Unplaced(_short(slot.text), str(slot.place), "数字在名称列里，本行可能错位")


def _told_once(
    understood: Sheet, record: Record, column: int, aim: Refusal, told: set[tuple[str, object]]
) -> Iterator[Unplaced]:
    at: object = {"row": record.index, "column": column}.get(aim.whole, (record.index, column))
    if (aim.whole, at) in told:
        return
    told.add((aim.whole, at))
    slot = record.slots[column]
    if aim.whole == "row":
        values = [record.slots[n].text for n in understood.values if record.slots[n].text.strip()]
        yield Unplaced(_short("；".join(values)), str(slot.place), aim.reason)
    elif aim.whole == "column":
        texts = [each.slots[column].text for each in understood.records]
        filled = [text for text in texts if text.strip()]
        yield Unplaced(
            _short("；".join(filled)), str(slot.place), f"{aim.reason}（共 {len(filled)} 格）"
        )
    else:
        yield Unplaced(_short(slot.text), str(slot.place), aim.reason)


def _cell(understood: Sheet, record: Record, column: int, target: Target) -> Cell | Unreadable:
    """The cell for one value, if the value can be read and its merged cell is its own."""
    slot = record.slots[column]
    if slot.span in {RIGHT, DOWN} or _shared(understood, record, column):
        return Unreadable("合并单元格：一个值占了几行或几列，不知属于哪一格")
    unit = str(codebook.indicator(target.indicator)["unit"])
    fits = same_unit(target.unit, unit)
    if fits is None:
        return Unreadable(f"单位印作“{target.unit}”，而本项以“{unit}”计")
    value = read(slot.text, unit)
    if isinstance(value, Unreadable):
        return value
    doubts = list(target.doubts)
    if not fits:
        doubts.append(f"单位印作“{target.unit}”，本项为“{unit}”")
    doubts += _layout_doubts(understood, record, value)
    return _made(target, value, slot.place, [each for each in doubts if each])


def _layout_doubts(understood: Sheet, record: Record, value: Value) -> list[str]:
    gaps = any(
        not slot.text.strip() and column.role in {"value", "label", "change"}
        for slot, column in zip(record.slots, understood.columns, strict=True)
    )
    aligned = "没有框线，按位置对齐" if gaps and not understood.grid.ruled else ""
    return [value.doubt, record.doubt, "" if record.doubt else aligned]


def _made(target: Target, value: Value, where: Place, doubts: list[str]) -> Cell:
    origin = "；".join([str(where), *dict.fromkeys(doubts)])
    return Cell(
        target.indicator,
        target.breakdown,
        target.year,
        value.printed,
        target.source,
        origin=origin,
        certainty=CHECK if doubts else SURE,
    )


def _shared(understood: Sheet, record: Record, column: int) -> bool:
    """Whether the next position, right or below, continues this one."""
    slots = record.slots
    if column + 1 < len(slots) and slots[column + 1].span == RIGHT:
        return True
    below = [each for each in understood.records if each.index == record.index + 1]
    return bool(below) and below[0].slots[column].span == DOWN


def _unknown_table(grid: Table, understood: Sheet | None) -> list[Unplaced]:
    """One line for a table that is none of those known, if it holds values at all."""
    first = " ".join(text for text in grid.texts(0) if text.strip())
    if grid.skewed:
        return [Unplaced(_short(first), str(grid.place), "各列与表头对不齐")]
    if understood is None:
        return [Unplaced(_short(first), str(grid.place), "表没有可认的表头")]
    if not any(has_values(record, understood.columns) for record in understood.records):
        return []
    return [Unplaced(_short(first), str(grid.place), "不是已知的表")]


def _without_conflicts(harvest: _Harvest) -> Extraction:
    """The same figure found twice: once if both agree, in the list if they do not."""
    by_figure: dict[tuple[str, str, str, int], list[Cell]] = {}
    for cell in harvest.cells:
        key = (file_of(cell.source), cell.indicator, cell.breakdown, cell.year)
        by_figure.setdefault(key, []).append(cell)
    kept: list[Cell] = []
    for cells in by_figure.values():
        if len({cell.printed for cell in cells}) == 1:
            kept.append(min(cells, key=lambda cell: cell.certainty != SURE))
            continue
        harvest.unplaced += [
            Unplaced(cell.printed, cell.origin, "同一格在文件中有不同的值")
            for cell in cells
            if cell.printed
        ]
    return Extraction(tuple(kept), tuple(harvest.unplaced))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
