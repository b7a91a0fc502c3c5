"""A document before anything in it has a meaning: paragraphs and tables, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, Final

RIGHT: Final = "right"  # continues the cell on its left
DOWN: Final = "down"  # continues the cell above
MISSING: Final = "missing"  # not in the document: its row has fewer cells than others
CAPTION: Final = 60  # characters a caption has at most


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a document; every number counts from 1, and is 0 where it does not apply.

    Attributes:
        page: 0 where the format has no pages.
        table: on its page, or in a document without pages; 0 in a table without ruling.
        paragraph: on its page, or in the document.
        row, column: in the table; `row` is the printed line where there is no ruling.

    >>> str(Place(page=12, table=7, row=10, column=4))
    '第 12 页，表 7，第 10 行，第 4 列'
    """

    page: int = 0
    table: int = 0
    paragraph: int = 0
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        words = ("第 {} 页", "表 {}", "第 {} 段", "第 {} 行", "第 {} 列")
        return "，".join(w.format(n) for w, n in zip(words, astuple(self), strict=True) if n)


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


@dataclass(frozen=True, slots=True)
class Table:
    """One table, also where page breaks cut it into several.

    Attributes:
        rows: cells, every row equally long.
        above: up to four lines of text before it, nearest last.
        ruled: the document itself tells where cells begin and end.
        spans: the document tells which cells are merged; if not, blanks may stand for it.
        apart: more running text than a title stands between it and the table before.
        skewed: its headings do not stand over its columns one by one.
        edges: left and right edge of each column in points, where they were measured.
        header: number of heading rows.
    """

    rows: tuple[tuple[Cell, ...], ...]
    above: tuple[str, ...] = ()
    ruled: bool = True
    spans: bool = True
    apart: bool = True
    skewed: bool = False
    edges: tuple[tuple[float, float], ...] = ()
    header: int = 0

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def place(self) -> Place:
        """The place of a ruled table, or of the first line of another; nowhere if it is empty."""
        if not self.width:
            return Place()
        first = self.rows[0][0].place
        return replace(first, column=0, row=0 if first.table else first.row)

    @property
    def caption(self) -> str:
        """The line right above, where it is short enough for a title; else empty."""
        return self.above[-1] if self.above and len(self.above[-1]) <= CAPTION else ""

    def texts(self, row: int) -> tuple[str, ...]:
        """The texts of one row, cells merged to the right once and blanks elsewhere."""
        return tuple("" if cell.span == RIGHT else cell.text for cell in self.rows[row])

    def header_path(self, row: int, column: int) -> tuple[str, ...]:
        """The headings over a position from top to bottom, then the labels of its row."""
        over = [cells[column].text for cells in self.rows[: self.header]]
        beside = [cell.text for cell in self.rows[row][:column] if not _has_digit_first(cell.text)]
        words = (" ".join(text.split()) for text in (*over, *beside))
        return tuple(dict.fromkeys(text for text in words if text))

    def with_rows(self, rows: Iterable[Sequence[Cell]]) -> Table:
        """The same table with other rows."""
        return replace(self, rows=tuple(tuple(row) for row in rows))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or a line outside the tables."""

    text: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Document:
    """Paragraphs and tables in reading order.

    Attributes:
        name: the file's name; sha256: of its bytes, in hexadecimal.
        kind: `docx`, `pdf`, `html` or `txt`.
        pages: 0 where the format has none.
    """

    name: str = ""
    sha256: str = ""
    kind: str = ""
    pages: int = 0
    paragraphs: tuple[Paragraph, ...] = ()
    tables: tuple[Table, ...] = ()


def _has_digit_first(text: str) -> bool:
    return text.strip()[:1].isdigit()


def to_json(document: Document) -> list[Any]:
    """A document as nested lists, to pass between processes."""
    return list(astuple(document))


def from_json(plain: Sequence[Any]) -> Document:
    """The inverse of `to_json`."""
    name, sha256, kind, pages, paragraphs, tables = plain
    read = tuple(Paragraph(text, Place(*place)) for text, place in paragraphs)
    return Document(name, sha256, kind, pages, read, tuple(_table(*fields) for fields in tables))


def _table(rows: Any, above: Any, *flags: Any) -> Table:
    *known, edges, header = flags
    cells = tuple(
        tuple(Cell(text, Place(*place), *more) for text, place, *more in row) for row in rows
    )
    pairs = tuple((left, right) for left, right in edges)
    return replace(Table(cells, tuple(above), *known), edges=pairs, header=header)
