"""A document before anything in it has a meaning: paragraphs and tables, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

RIGHT: Final = "right"  # continues the cell on its left
DOWN: Final = "down"  # continues the cell above
MISSING: Final = "missing"  # not in the document: its row has fewer cells than others


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a document; every number counts from 1, and is 0 where it does not apply.

    Attributes:
        page: 0 where the format has no pages.
        table: in the document.
        paragraph: on its page, or in a document without pages.
        row, column: in the table, all its parts put together.

    >>> str(Place(page=12, table=7, row=10, column=4))
    '第12页 表7 第10行第4列'
    """

    page: int = 0
    table: int = 0
    paragraph: int = 0
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        cell = f"第{self.row}行" * bool(self.row) + f"第{self.column}列" * bool(self.column)
        words = (("第{}页", self.page), ("表{}", self.table), ("第{}段", self.paragraph))
        return " ".join([*(text.format(n) for text, n in words if n), *([cell] if cell else [])])


@dataclass(frozen=True, slots=True)
class Cell:
    """One position of a table.

    Attributes:
        text: a merged cell repeats its text at every position it covers.
        span: `right` or `down` where the position only continues another one, `missing` where the
            row has no such cell; else empty.
        lines: number of printed lines put together for it.
        top, bottom: in points from the top of the page; both 0 where nothing was measured.
    """

    text: str
    place: Place = Place()
    span: str = ""
    lines: int = 1
    top: float = 0.0
    bottom: float = 0.0

    @property
    def own(self) -> bool:
        """Whether the text begins here; False where the position continues another one."""
        return self.span not in {RIGHT, DOWN}


Rows = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table, also where page breaks cut it into several.

    Attributes:
        rows: cells, every row equally long.
        caption: its title; no paragraph of the document.
        above: up to four lines of text before it, nearest last, its title among them.
        ruled: the document itself tells where cells begin and end.
        spans: the document tells which cells are merged; if not, blanks may stand for it.
        apart: more running text than a title stands between it and the table before.
        skewed: its headings do not stand over its columns one by one.
        edges: left and right edge of each column in points, where they were measured.
    """

    rows: Rows
    caption: str = ""
    above: tuple[str, ...] = ()
    ruled: bool = True
    spans: bool = True
    apart: bool = True
    skewed: bool = False
    edges: tuple[tuple[float, float], ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def place(self) -> Place:
        """Its page and number; nowhere if it is empty."""
        return replace(self.rows[0][0].place, row=0, column=0) if self.width else Place()

    def texts(self, row: int) -> tuple[str, ...]:
        """The texts of one row, cells merged to the right once and blanks elsewhere."""
        return tuple("" if cell.span == RIGHT else cell.text for cell in self.rows[row])

    def extent(self, row: int, column: int) -> tuple[int, int]:
        """The number of columns and of rows that the cell beginning at a position covers."""
        beside = (cell.span == RIGHT for cell in self.rows[row][column + 1 :])
        below = (cells[column].span == DOWN for cells in self.rows[row + 1 :])
        return 1 + _leading(beside), 1 + _leading(below)

    def with_rows(self, rows: Iterable[Sequence[Cell]]) -> Table:
        """The same table with other rows."""
        return replace(self, rows=tuple(tuple(row) for row in rows))


def _leading(flags: Iterable[bool]) -> int:
    return next((n for n, flag in enumerate([*flags, False]) if not flag), 0)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or a line outside the tables."""

    text: str
    place: Place = Place()


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Document:
    """Paragraphs and tables in reading order.

    Attributes:
        name: the file's name; sha256: of its bytes, in hexadecimal.
        kind: `docx`, `pdf`, `html`, `txt` or `xlsx`.
        pages: of a PDF; 0 where the format has none.
        unread: number of places that could not be read: pictures, text without characters.
    """

    name: str = ""
    sha256: str = ""
    kind: str = ""
    pages: int = 0
    unread: int = 0
    blocks: tuple[Block, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs in reading order."""
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))


def plain(part: Document | Block | Cell | Place) -> list[Any]:
    """The fields of a part of a document: `json.dumps(document, default=plain)`."""
    return [getattr(part, name) for name in part.__slots__]


def from_json(fields: Sequence[Any]) -> Document:
    """The document of which `json.dumps(document, default=plain)` gave these fields."""
    name, sha256, kind, pages, unread, blocks = fields
    return Document(name, sha256, kind, pages, unread, tuple(_block(*each) for each in blocks))


def _block(first: Any, *rest: Any) -> Block:
    if isinstance(first, str):
        return Paragraph(first, Place(*rest[0]))
    caption, above, ruled, spans, apart, skewed, edges = rest
    rows = tuple(tuple(Cell(text, Place(*at), *more) for text, at, *more in row) for row in first)
    pairs = tuple((left, right) for left, right in edges)
    return Table(rows, caption, tuple(above), ruled, spans, apart, skewed, pairs)
