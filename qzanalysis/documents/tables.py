"""Cells with spans laid out as a rectangle, and blocks in reading order put together as a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qzanalysis.documents.continuation import whole_tables
from qzanalysis.documents.model import DOWN, MISSING, RIGHT, Cell, Document, Paragraph, Place, Table

APART: Final = 60  # characters of text between two tables that keep them from being one
ABOVE: Final = 4
MAX_COLUMNS: Final = 60
MAX_CELLS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Box:
    """A cell before it is laid out.

    Attributes:
        across, down: the columns and rows it covers, itself counted.
        column: where it begins, from 0; None for the next free column.
    """

    text: str
    across: int = 1
    down: int = 1
    column: int | None = None


def lay_out(boxes: Sequence[Sequence[Box]], table: Place) -> tuple[tuple[Cell, ...], ...]:
    """Rows of boxes → a rectangle of cells; every cell has the table's place, its row and column.

    Spans that leave the table are cut: a page may claim `rowspan=99999`.

    Raises:
        OverflowError: more than `MAX_CELLS` cells.
    """
    taken: dict[tuple[int, int], Cell] = {}
    for r, row in enumerate(boxes):
        c = 0
        for box in row:
            c = c if box.column is None else box.column
            while (r, c) in taken:
                c += 1
            for down in range(max(1, min(box.down, len(boxes) - r))):
                for across in range(max(1, min(box.across, MAX_COLUMNS - c))):
                    span = RIGHT if across else DOWN if down else ""
                    at = (r + down, c + across)
                    taken.setdefault(at, Cell(box.text, _at(table, *at), span))
            if len(taken) > MAX_CELLS:
                raise OverflowError("table")
    width = max((c for _, c in taken), default=-1) + 1
    return tuple(
        tuple(taken.get((r, c), Cell("", _at(table, r, c), MISSING)) for c in range(width))
        for r in range(len(boxes))
    )


def _at(table: Place, row: int, column: int) -> Place:
    return replace(table, row=row + 1, column=column + 1)


def assemble(kind: str, blocks: Iterable[Paragraph | Table], pages: int = 0) -> Document:
    """Blocks in reading order → a document without name; every table with the lines above it."""
    paragraphs: list[Paragraph] = []
    tables: list[Table] = []
    above: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            paragraphs.append(block)
            above.append(" ".join(block.text.split()))
        elif (table := _inked_rows(block)) is not None:
            apart = sum(map(len, above)) > APART
            tables.append(replace(table, above=tuple([*above, *block.above][-ABOVE:]), apart=apart))
            above = []
    return Document("", "", kind, pages, tuple(paragraphs), tuple(whole_tables(tables)))


def _inked_rows(table: Table) -> Table | None:
    """Without blank rows and rows of dashes; None if that leaves no table.

    Blank columns stay: on the next page of a broken table they keep the others apart.
    """
    rows = [row for row in table.rows if any(c.text.strip(" \t\n\r-—–=+:|_·.　") for c in row)]
    return table.with_rows(rows) if rows and len(rows[0]) > 1 else None
