"""Each sheet of a workbook as a table; what formulas gave when it was saved."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from qzanalysis.documents.assembly import MAX_CELLS, Box, assemble, lay_out
from qzanalysis.documents.model import Document, Table
from qzanalysis.documents.plain import formatted


def read(content: bytes) -> Document:
    """Sheets in their order; pictures are counted as unread.

    Raises:
        OverflowError: a sheet has more than `MAX_CELLS` cells.
    """
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        pictures = sum(name.startswith("xl/media/") for name in package.namelist())
    return assemble("xlsx", map(_table, book.worksheets), len(book.worksheets), pictures)


def _table(sheet: Any) -> Table:
    if sheet.max_row * sheet.max_column > MAX_CELLS:
        raise OverflowError("cells")
    areas = {(area.min_row, area.min_col): area.size for area in sheet.merged_cells.ranges}
    covered = {at for area in sheet.merged_cells.ranges for at in area.cells} - set(areas)
    rows = [
        [
            _box(cell, areas.get((cell.row, cell.column), {}))
            for cell in row
            if (cell.row, cell.column) not in covered
        ]
        for row in sheet.iter_rows()
    ]
    return Table(lay_out(rows), sheet.title, (sheet.title,))


def _box(cell: Any, size: Mapping[str, int]) -> Box:
    text = formatted(cell.value, str(cell.number_format)).strip()
    return Box(text, size.get("columns", 1), size.get("rows", 1), cell.column - 1)
