"""Paragraphs and tables of a document, each with its place: what an audit reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `page` is 0 where a document has none."""

    text: str
    page: int
    number: int

    @property
    def place(self) -> str:
        """Page and paragraph, in Chinese."""
        return (f"第{self.page}页 " if self.page else "") + f"第{self.number}段"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; `row` and `column` are those of its upper left corner, also where it is merged."""

    text: str
    row: int
    column: int
    page: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangular grid of cells; a merged cell stands in each position that it covers."""

    caption: str
    rows: tuple[tuple[Cell, ...], ...]
    page: int
    number: int = 0

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def last_page(self) -> int:
        """The page of the last row."""
        return self.rows[-1][0].page if self.rows else self.page

    def followed_by(self, other: Table) -> Table:
        """This table with the rows of its next part, without the heading repeated there."""
        same = 0
        while (
            same < min(len(self.rows), len(other.rows))
            and [c.text for c in self.rows[same]] == [c.text for c in other.rows[same]]
            and not all(any(map(str.isdigit, c.text)) for c in self.rows[same])
        ):
            same += 1
        shift = len(self.rows) - same
        below = tuple(
            tuple(replace(cell, row=cell.row + shift) for cell in row) for row in other.rows[same:]
        )
        return replace(self, rows=self.rows + below)


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Content:
    """A document: its blocks in reading order, its pages, and how many places cannot be read."""

    blocks: tuple[Block, ...]
    pages: int
    unread: int


def merged(
    owners: Sequence[Sequence[tuple[int, int]]], texts: Mapping[tuple[int, int], str], page: int = 0
) -> tuple[tuple[Cell, ...], ...]:
    """Rows of cells from the upper left corner that owns each position, and the texts of corners."""
    return tuple(tuple(Cell(texts.get(at, "").strip(), *at, page) for at in row) for row in owners)
