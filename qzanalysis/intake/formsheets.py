"""The sheets of a returned workbook: rows by heading, and every fault of headings and cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qzanalysis.errors import Problem, nearest
from qzanalysis.intake import reading, values
from qzanalysis.intake.entries import ENOUGH, shown
from qzanalysis.intake.form import Column
from qzanalysis.intake.guard import letters

_CODES = ("indicator", "breakdown", "years")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet: its cells by column key."""

    number: int
    cells: dict[str, reading.Shown]

    def text(self, key: str) -> str:
        """What stands in one column."""
        cell = self.cells.get(key)
        return cell.text if cell else ""

    def filled(self, *keys: str) -> bool:
        """Whether any of these columns holds more than blanks."""
        return any(values.tidy(self.text(key)) for key in keys)

    def sound(self, *keys: str) -> bool:
        """Whether all of these columns hold texts or numbers."""
        return not any(self.cells[key].fault for key in keys if key in self.cells)


@dataclass(slots=True)
class Sheets:
    """The sheets of one workbook, and the faults found in them.

    Attributes:
        file: the workbook's file name, for messages.
        by_name: the sheets.
        problems: filled as the sheets are read.
    """

    file: str
    by_name: dict[str, reading.Sheet]
    problems: list[Problem] = field(default_factory=list)

    def place(self, sheet: str) -> str:
        """A sheet as messages name it."""
        return f"{self.file} 的工作表“{shown(sheet)}”"

    def fault(
        self,
        sheet: str,
        at: tuple[int | None, str | None],
        value: str,
        expected: str,
        remedy: str,
    ) -> None:
        """Note a fault at a row and a column of a sheet, while anybody still reads them."""
        if len(self.problems) > ENOUGH:
            return
        self.problems.append(Problem(self.place(sheet), *at, shown(value), expected, remedy))

    def lines(self, name: str, columns: Sequence[Column]) -> list[Line]:
        """The rows of a sheet below its headings; none where its headings cannot be trusted."""
        sheet = self.by_name.get(name)
        if sheet is None:
            hint = nearest(name, self.by_name)
            remedy = f"恢复工作表的名称（{hint}），或重新生成工作簿"
            self.fault(name, (None, None), "（没有这张工作表）", "new-year 生成的工作表", remedy)
            return []
        for area in sheet.merged:
            expected = "没有合并的单元格（merged cells）"
            self.fault(name, (None, None), area, expected, "取消合并，每格各填各的数")
        keys = self._keys(sheet, columns)
        lines = [
            Line(number, {key: cells[at] for at, key in keys.items() if at < len(cells)})
            for number, cells in sheet.rows.items()
            if number > 1 and keys
        ]
        for line in lines:
            self._cell_faults(name, line, columns)
        return lines

    def strangers(self, known: set[str]) -> None:
        """Note sheets that somebody added and filled: their figures would be lost."""
        for name, sheet in self.by_name.items():
            if name not in known and not sheet.hidden and sheet.rows:
                remedy = "把数字填到原有的表中，删去这张表"
                self.fault(name, (None, None), name, "只有 new-year 生成的工作表", remedy)

    def _keys(self, sheet: reading.Sheet, columns: Sequence[Column]) -> dict[int, str]:
        """Which column holds what. Columns may stand in another order, but each once."""
        by_heading = {values.tidy(column.heading): column.key for column in columns}
        found: dict[int, str] = {}
        before = len(self.problems)
        width = max((len(row) for row in sheet.rows.values()), default=0)
        first = sheet.rows.get(1, [reading.EMPTY] * width)
        for at, cell in enumerate(first):
            heading = values.tidy(cell.text)
            key = by_heading.get(heading)
            if key is None:
                if heading or _used(sheet, at):
                    self._unknown_heading(sheet.name, f"{letters(at + 1)}1", cell.text, columns)
            elif key in found.values():
                at_cell = (1, cell.reference)
                self.fault(sheet.name, at_cell, heading, "每列一次", "删去重复的列")
            else:
                found[at] = key
        for column in columns:
            if column.key not in found.values():
                place = (1, column.heading)
                remedy = "恢复这一列及其表头"
                self.fault(sheet.name, place, "（缺少这一列）", column.heading, remedy)
        return found if len(self.problems) == before else {}

    def _unknown_heading(
        self, sheet: str, reference: str, heading: str, columns: Sequence[Column]
    ) -> None:
        hint = nearest(heading, [column.heading for column in columns])
        remedy = f"恢复列名或删去这一列；{hint}"
        self.fault(sheet, (1, reference), heading or "（空）", "表头里的列名", remedy)

    def _cell_faults(self, sheet: str, line: Line, columns: Sequence[Column]) -> None:
        """Cells that hold something else than text or a number, where it matters."""
        for column in columns:
            cell = line.cells.get(column.key)
            if cell and cell.fault and (column.open or column.key in _CODES):
                place = (line.number, f"{column.heading}（{cell.reference}）")
                remedy = f"这里是{cell.fault}：设为“文本”格式后照原样输入"
                self.fault(sheet, place, cell.text, "文本或数字", remedy)


def _used(sheet: reading.Sheet, at: int) -> bool:
    return any(len(row) > at and row[at].text for row in sheet.rows.values())
