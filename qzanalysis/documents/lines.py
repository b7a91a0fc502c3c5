"""Characters and words with their edges, and the lines they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from qzanalysis.documents.plain import headings, is_value

_RAISED: Final = 0.8  # of the height of a line: raised figures are smaller
_WORD_GAP: Final = 2.0  # points between characters of one word at most
_DATED: Final = re.compile(r"(?:^|\D)20\d\d(?:年.{3,}|年?度?$)")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box, in points from the top left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    spaced: bool = False  # a blank stands before it

    @property
    def middle(self) -> float:
        """Half-way between its upper and lower edge."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words at one place: a group of words on one line, or lines put together.

    Attributes:
        left, right, top, bottom: edges; without height where only the line is known.
        column: of the table, from 0; value: whether it is a figure, or holds one.
        lines: number of lines put together.
    """

    text: str
    left: float
    right: float
    top: float = 0.0
    bottom: float = 0.0
    page: int = 0
    column: int = 0
    value: bool = False
    lines: int = 1

    @property
    def middle(self) -> float:
        """Half-way between its upper and lower edge."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of pieces from left to right."""

    pieces: tuple[Piece, ...]
    page: int = 0

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def left(self) -> float:
        """The left edge of its words."""
        return min((piece.left for piece in self.pieces), default=0.0)

    @property
    def right(self) -> float:
        """The right edge of its words."""
        return max((piece.right for piece in self.pieces), default=0.0)

    @property
    def top(self) -> float:
        """The upper edge of its words."""
        return min((piece.top for piece in self.pieces), default=0.0)

    @property
    def bottom(self) -> float:
        """The lower edge of its words."""
        return max((piece.bottom for piece in self.pieces), default=0.0)

    @property
    def tabular(self) -> bool:
        """Whether a gap wider than a character stands in it."""
        size = 1.2 * (self.bottom - self.top)
        return any(b.left - a.right > size for a, b in pairwise(self.pieces))


def lines(glyphs: Iterable[Glyph], page: int = 0) -> list[Line]:
    """Characters grouped by their height on the page, then by the gaps between them.

    The lines of a cell with two of them stand half a line above and below the words beside it:
    characters that differ by less than that, less a little for other fonts, share a line.
    """
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda each: each.middle):
        most = 0.4 * (glyph.bottom - glyph.top)
        if rows and abs(glyph.middle - rows[-1][0].middle) <= most:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    ordered = (sorted(row, key=lambda glyph: glyph.left) for row in rows)
    return [Line(tuple(_piece(run) for run in _runs(row)), page) for row in ordered]


def _runs(row: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Groups of characters, less than six tenths of their height apart."""
    right, run = row[0].left, list[Glyph]()
    for glyph in row:
        if run and glyph.left - right >= (glyph.bottom - glyph.top) * 0.6:
            yield run
            right, run = glyph.left, []
        run.append(glyph)
        right = max(right, glyph.right)
    yield run


def _piece(run: Sequence[Glyph]) -> Piece:
    """The words of a group; the mark of a footnote before a figure in square brackets."""
    top, bottom = min(glyph.top for glyph in run), max(glyph.bottom for glyph in run)
    text, right = "", run[0].left
    groups = groupby(run, lambda glyph: _is_raised(glyph, top, bottom))
    parts = [(raised, list(group)) for raised, group in groups]
    for (raised, part), after in zip(parts, [*(each for _, each in parts[1:]), []], strict=True):
        mark = raised and bool(after) and after[0].text.isdigit()
        text += "[" * mark
        for glyph in part:
            blank = text and not raised and (glyph.spaced or glyph.left - right > _WORD_GAP)
            text += (" " if blank else "") + glyph.text
            right = max(right, glyph.right)
        text += "]" * mark
    return Piece(text, run[0].left, right, top, bottom)


def _is_raised(glyph: Glyph, top: float, bottom: float) -> bool:
    size = bottom - top
    small = glyph.bottom - glyph.top < _RAISED * size
    return small and glyph.text.isdigit() and glyph.middle < (top + bottom) / 2 - size / 20


def heads(line: Line) -> bool:
    """Whether a line is one of the heading: it names years or columns and holds no value."""
    texts = ["".join(piece.text.split()) for piece in line.pieces]
    named = any(_DATED.search(text) or text in headings("line") for text in texts)
    return named and not any(is_value(text) for text in texts)


def valued(line: Line) -> bool:
    return any(is_value(piece.text) for piece in line.pieces)
