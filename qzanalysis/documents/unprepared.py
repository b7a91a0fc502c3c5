"""Any document as paragraphs and tables, read in a process of its own within fixed limits.

A PDF is read by its rules (`pages_pdf`), a workbook as one table a sheet, everything else by the
reader of its kind. Run as a module (`python -m … KIND FILE`) it prints the content as JSON.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import sys
import zipfile
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from qzanalysis.documents import guard, model
from qzanalysis.documents.content import Block, Cell, Content, Paragraph, Table, merged
from qzanalysis.documents.model import DOWN, RIGHT, Document
from qzanalysis.documents.reader import fault, limit_memory

SECONDS: Final = 60.0
MAX_PAGES: Final = 1_000
MAX_CELLS: Final = 200_000
_FULL: Final = 30  # characters of a line of a plain text that may go on below
_OPEN: Final = re.compile(r"[^。！？!?；;：:）)”\"…\s]\s*$")
_BEGINS: Final = re.compile(
    r"\s*(?:第?[\d一二三四五六七八九十]+[章节、.．)）]|[（(]|[表图附]\s*\d)"
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file as the answer names it."""

    name: str
    sha256: str
    kind: str


def read(path: Path) -> tuple[Source, Content]:
    """The content of a document of any kind that is read.

    Args:
        path: a `.docx`, `.pdf`, `.html`, `.txt` or `.xlsx` file.

    Raises:
        BadData: it is absent, too big, protected, damaged, a picture, or of another kind.
    """
    content = guard.content_of(path)
    kind = "xlsx" if _is_workbook(path, content) else guard.kind_of(path, content)
    answer = guard.answer_of("unprepared", path, kind, SECONDS)
    if "fault" in answer:
        raise guard.refusal(path, answer["fault"])
    source = Source(path.name, hashlib.sha256(content).hexdigest(), kind)
    return source, _from_json(answer)


def _is_workbook(path: Path, content: bytes) -> bool:
    if path.suffix.lower() != ".xlsx" or not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise guard.refusal(path, "damaged") from None
    if sum(each.file_size for each in members) > guard.MAX_UNPACKED:
        raise guard.refusal(path, "bomb")
    return any(each.filename == "xl/workbook.xml" for each in members)


def main(kind: str, path: str) -> dict[str, Any]:
    """The content of a file, or what is wrong with it."""
    limit_memory()
    try:
        return asdict(_content(kind, Path(path).read_bytes()))
    except (MemoryError, OverflowError, RecursionError):
        return {"fault": "too_big"}
    except Exception as error:
        return {"fault": fault(error)}


def _content(kind: str, content: bytes) -> Content:
    if kind == "pdf":
        return import_module("qzanalysis.documents.pages_pdf").read(content, MAX_PAGES)  # type: ignore[no-any-return]
    if kind == "xlsx":
        return _workbook(content)
    name = "text" if kind == "txt" else kind
    document = import_module(f"qzanalysis.documents.read_{name}").read(content)
    return _of_document(document)


def _of_document(document: Document) -> Content:
    """Paragraphs, then tables: the readers keep each in order, but not one among the other."""
    captions = {table.above[-1] for table in document.tables if table.above}
    paragraphs: list[Paragraph] = []
    for number, each in enumerate(document.paragraphs, start=1):
        last = paragraphs[-1].text if paragraphs and document.kind == "txt" else ""
        if len(last) > _FULL and _OPEN.search(last) and not _BEGINS.match(each.text):
            paragraphs[-1] = replace(paragraphs[-1], text=last + each.text)
        elif each.text not in captions:
            paragraphs.append(Paragraph(each.text, 0, number))
    tables = [_table(table) for table in document.tables]
    return Content((*paragraphs, *tables), 0, 0)


def _table(table: model.Table) -> Table:
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(table.rows):
        for c, cell in enumerate(row):
            left, above = owners.get((r, c - 1)), owners.get((r - 1, c))
            owners[r, c] = (cell.span == RIGHT and left) or (cell.span == DOWN and above) or (r, c)
    texts = {(r, c): cell.text for r, row in enumerate(table.rows) for c, cell in enumerate(row)}
    lines = [[owners[r, c] for c in range(len(row))] for r, row in enumerate(table.rows)]
    return Table(table.above[-1] if table.above else "", merged(lines, texts), 0)


def _workbook(content: bytes) -> Content:
    """Each sheet of a workbook as a table; what formulas gave when it was saved."""
    import openpyxl  # noqa: PLC0415

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    blocks: list[Block] = []
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > MAX_CELLS:
            raise OverflowError("cells")
        owner = {
            (r - 1, c - 1): (area.min_row - 1, area.min_col - 1)
            for area in sheet.merged_cells.ranges
            for r, c in ((r, c) for cells in area.rows for r, c in cells)
        }
        rows = list(sheet.iter_rows())
        texts = {(r, c): _shown(cell) for r, row in enumerate(rows) for c, cell in enumerate(row)}
        grid = [[owner.get((r, c), (r, c)) for c in range(len(row))] for r, row in enumerate(rows)]
        if any(texts.values()):
            blocks.append(Table(sheet.title, merged(grid, texts), 0))
    return Content(tuple(blocks), len(book.worksheets), 0)


def _shown(cell: Any) -> str:
    """A cell as its number format shows it, for percentages and decimals."""
    value, pattern = cell.value, str(cell.number_format)
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        digits = len(pattern.partition(".")[2].partition(";")[0].replace("%", "").rstrip("_) "))
        if "%" in pattern:
            return f"{value:.{digits}%}"
        if "0." in pattern:
            return f"{value:.{digits}f}"
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _from_json(answer: dict[str, Any]) -> Content:
    blocks: list[Block] = []
    for each in answer["blocks"]:
        if "rows" in each:
            rows = tuple(tuple(Cell(**cell) for cell in row) for row in each.pop("rows"))
            blocks.append(Table(rows=rows, **each))
        else:
            blocks.append(Paragraph(**each))
    return Content(tuple(blocks), answer["pages"], answer["unread"])


if __name__ == "__main__":
    with contextlib.redirect_stdout(
        sys.stderr
    ):  # messages of libraries must not mix with the answer
        found = main(*sys.argv[1:3])
    sys.stdout.write(json.dumps(found))
