"""A report's tables → cells of the form, each with its place in the document and its certainty.

Sure means: the label is word for word a known one, the year is written, the value is a plain figure
or a known status, the row fits its heading, and nothing in the document speaks against it. Anything
less is `check`, with the reason. What has no place is listed with the reason, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.documents import guard, numbers
from qzanalysis.documents.model import DOWN, RIGHT, Table
from qzanalysis.documents.plain import is_value as numeric
from qzanalysis.errors import BadData, Problem
from qzanalysis.intake import layout, store, workbook
from qzanalysis.intake.extraction import meanings
from qzanalysis.intake.extraction.placing import Form, Target, aims
from qzanalysis.intake.extraction.records import Record, Sheet, has_values, misfit, sheet
from qzanalysis.intake.extraction.tables import kind_of
from qzanalysis.intake.extraction.values import Refused, read, same_unit
from qzanalysis.intake.layout import CHECK, SURE, Cell, Layout, Unplaced, file_of

MAX_MENTIONS: Final = 2_000
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Extraction:
    """The figures of a document.

    Attributes:
        cells: placed, in the document's order, each `sure` or `check`.
        unplaced: listed for a person.
        mentions: the figures of the running text; more: the number of those that are not listed.
    """

    cells: tuple[Cell, ...]
    unplaced: tuple[Unplaced, ...]
    mentions: tuple[numbers.Mention, ...] = ()
    more: int = 0

    def summary(self) -> list[str]:
        """Lines for the person at the terminal: the counts, then what found no place."""
        sure = sum(cell.certainty == SURE for cell in self.cells)
        counts = f"放入 {len(self.cells)} 格：确定 {sure}，请核对 {len(self.cells) - sure}"
        lines = [f"{counts}；未放入 {len(self.unplaced)} 处"]
        lines += [f"  未放入：{it.text}（{it.origin}）：{it.reason}" for it in self.unplaced]
        if self.mentions:
            more = f"，另有 {self.more} 处过多未列" if self.more else ""
            count = len(self.mentions)
            lines.append(f"正文里的数字 {count} 处，列在“正文摘录”，不归位{more}")
        return lines


def into_workbook(
    document: Path,
    path: Path,
    report: tuple[str, int, str | None],
    data: Path | None = None,
    *,
    force: bool = False,
) -> Extraction:
    """Fill the form of a new year from a report's own tables.

    Args:
        document: the report: .docx, .pdf, .html or .txt.
        path: the XLSX to write.
        report: school, year, and edition of the form (None: the latest not later than the year).
        data: the data folder; it is only read.
        force: overwrite an existing workbook.

    Raises:
        BadData: the document cannot be read, or holds none of the known tables.
        UsageError: unknown school or edition, impossible year, or the workbook exists.
    """
    school, year, edition = report
    store.check_slug(school)
    plan = layout.layout(school, year, edition, data)
    done = extract(document, plan)
    _check_years(document, year, done)
    name = layout.known_school(school, data).name
    prose = [(each.where, each.printed, each.words) for each in done.mentions]
    content = workbook.write(plan, name, done.cells, done.unplaced, prose=prose)
    workbook.save(path, content, force=force)
    return done


def extract(path: Path, plan: Layout) -> Extraction:
    """Read the tables of a report.

    Args:
        path: a .docx, .pdf, .html or .txt file.
        plan: the tables the report should have; names its school, year and edition.

    Raises:
        BadData: the document cannot be read within the limits; says why.
    """
    document = guard.read(path)
    figures = list(numbers.mentions(numbers.read(document).passages))
    listed, more = figures[:MAX_MENTIONS], len(figures) - MAX_MENTIONS
    return replace(place(document.tables, plan), mentions=tuple(listed), more=max(0, more))


def place(grids: Iterable[Table], plan: Layout) -> Extraction:
    """Grids → cells; the part of the work that knows no file format."""
    form = Form(plan)
    harvest = _Harvest()
    for grid in grids:
        understood = sheet(grid, plan.year, lambda t: form.knows(t) or meanings.value_named(t))
        kind = kind_of(understood, form) if understood and not grid.skewed else ""
        if understood and kind:
            harvest.gather(understood, kind, form)
        else:
            harvest.unplaced += _unknown_table(grid, understood)
    return _without_conflicts(harvest)


def _check_years(document: Path, year: int, done: Extraction) -> None:
    """Refuse a document without any placed figure, or without one of the report's own year."""
    years = {cell.year for cell in done.cells if cell.printed}
    if not done.cells:
        reasons = dict.fromkeys(f"{each.text}：{each.reason}" for each in done.unplaced)
        listed = "；".join(list(reasons)[:5])
        value = f"（没有可放入的数据）{listed}" if listed else "（没有数据表）"
        expected = "含有已知数据表的报告"
        remedy = "核对 --year 与文件是否相符；或用 qzanalysis new-year 填表"
    elif year not in years:
        others = "、".join(map(str, sorted(years))) or "其他"
        value, expected = f"（没有 {year} 年的数字，只有 {others} 年的）", f"{year} 年的报告"
        remedy = "核对 --year：它是报告的年份，即各表两个年份中较晚的一个"
    else:
        return
    raise BadData([Problem(document.name, None, None, value, expected, remedy)])


@dataclass(slots=True)
class _Harvest:
    cells: list[Cell] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)

    def gather(self, understood: Sheet, kind: str, form: Form) -> None:
        """Add the values of one sheet; a reason that holds for a whole row or column once."""
        self.unplaced += _shifted(understood)
        listed: set[tuple[str, object]] = set()
        for record, column, aim in aims(kind, understood, form):
            text = record.slots[column].text.strip()
            try:
                cell = _cell(understood, record, column, aim)
            except Refused as refused:
                at: object = {"row": record.index, "column": column}.get(refused.whole)
                key = (refused.whole, at or (record.index, column))
                if text and key not in listed:
                    listed.add(key)
                    self.unplaced.append(_unplaced(understood, record, column, refused))
                continue
            # A blank in a doubtful row without values says nothing.
            if cell.printed or cell.certainty == SURE or has_values(record, understood.columns):
                self.cells.append(cell)


def _cell(understood: Sheet, record: Record, column: int, aim: Target | Refused) -> Cell:
    """The cell for one value.

    Raises:
        Refused: it has no place, cannot be read, or its merged cell holds several.
    """
    if isinstance(aim, Refused):
        wrong = "合并的名称没有框线，不知属于哪几行" if record.astray else record.refused
        raise Refused(wrong, "row") if wrong else aim
    if wrong := record.refused or misfit(record, understood.columns):
        raise Refused(wrong, "row")
    slot = record.slots[column]
    if slot.span in {RIGHT, DOWN} or _shared(understood, record, column):
        raise Refused("合并单元格：一个值占了几行或几列，不知属于哪一格")
    unit = str(codebook.indicator(aim.indicator)["unit"])
    fits = same_unit(aim.unit, unit)
    if fits is None:
        raise Refused(f"单位印作“{aim.unit}”，而本项以“{unit}”计")
    printed, doubt = read(slot.text, aim.indicator, aim.breakdown)
    doubts = [
        *aim.doubts,
        "" if fits else f"单位印作“{aim.unit}”，本项为“{unit}”",
        doubt,
        record.doubt or _alignment(understood, record),
    ]
    origin = "；".join(dict.fromkeys(filter(None, [str(slot.place), *doubts])))
    certainty = CHECK if any(doubts) else SURE
    figure = (aim.indicator, aim.breakdown, aim.year)
    return Cell(*figure, printed, aim.source, origin=origin, certainty=certainty)


def _alignment(understood: Sheet, record: Record) -> str:
    """A doubt about a row with blanks in a table without ruling."""
    gaps = any(
        not slot.text.strip() and column.role in {"value", "label", "change"}
        for slot, column in zip(record.slots, understood.columns, strict=True)
    )
    return "没有框线，按位置对齐" if gaps and not understood.grid.ruled else ""


def _shared(understood: Sheet, record: Record, column: int) -> bool:
    """True if the next position, right or below, continues this one."""
    slots = record.slots
    if column + 1 < len(slots) and slots[column + 1].span == RIGHT:
        return True
    below = [each for each in understood.records if each.index == record.index + 1]
    return bool(below) and below[0].slots[column].span == DOWN


def _shifted(understood: Sheet) -> Iterator[Unplaced]:
    """Rows whose figure stands in a column of labels while their value columns are blank."""
    for record in understood.records:
        strays = [n for n, text in record.labels.items() if numeric(text) and text.strip() != "/"]
        if strays and not has_values(record, understood.columns):
            slot = record.slots[strays[0]]
            yield Unplaced(_short(slot.text), str(slot.place), "数字在名称列里，本行可能错位")


def _unplaced(understood: Sheet, record: Record, column: int, refused: Refused) -> Unplaced:
    """The entry of the list for a value, or for all values of its row or column."""
    texts, reason = [record.slots[column].text], refused.reason
    if refused.whole == "row":
        texts = [record.slots[n].text for n in understood.values]
    elif refused.whole == "column":
        texts = [each.slots[column].text for each in understood.records]
        reason += f"（共 {sum(bool(text.strip()) for text in texts)} 格）"
    joined = "；".join(text for text in texts if text.strip())
    return Unplaced(_short(joined), str(record.slots[column].place), reason)


def _unknown_table(grid: Table, understood: Sheet | None) -> list[Unplaced]:
    """One line for a table that is none of those known, if it holds values at all."""
    if grid.skewed:
        reason = "各列与表头对不齐"
    elif understood is None:
        reason = "表没有可认的表头"
    elif any(has_values(record, understood.columns) for record in understood.records):
        reason = "不是已知的表"
    else:
        return []
    first = " ".join(text for text in grid.texts(0) if text.strip())
    return [Unplaced(_short(first), str(grid.place), reason)]


def _without_conflicts(harvest: _Harvest) -> Extraction:
    """Figures that are printed twice: once if both agree, in the list if they do not."""
    by_figure: dict[tuple[str, str, str, int], list[Cell]] = {}
    for cell in harvest.cells:
        key = (file_of(cell.source), cell.indicator, cell.breakdown, cell.year)
        by_figure.setdefault(key, []).append(cell)
    placed: list[Cell] = []
    for cells in by_figure.values():
        if len({cell.printed for cell in cells}) == 1:
            placed.append(min(cells, key=lambda cell: cell.certainty != SURE))
        else:
            printed = [cell for cell in cells if cell.printed]
            reason = "同一格在文件中有不同的值"
            harvest.unplaced += [Unplaced(it.printed, it.origin, reason) for it in printed]
    return Extraction(tuple(placed), tuple(harvest.unplaced))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
