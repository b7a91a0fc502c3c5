"""Lines of words with their edges: what tables without ruling and without tabs are read from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from qzanalysis.documents.model import Place
from qzanalysis.documents.plain import headings
from qzanalysis.documents.tokens import is_value

_DATED: Final = re.compile(r"(?:^|\D)20\d\d(?:年.{3,}|年?度?$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A group of words on one line, with its edges; without height where only its line is known."""

    text: str
    left: float
    right: float
    top: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of pieces from left to right, and where it stands."""

    pieces: tuple[Piece, ...]
    place: Place

    @property
    def part(self) -> int:
        """Its page."""
        return self.place.page

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def left(self) -> float:
        """The left edge of its words."""
        return min((piece.left for piece in self.pieces), default=0.0)

    @property
    def top(self) -> float:
        """The upper edge of its words."""
        return min((piece.top for piece in self.pieces), default=0.0)

    @property
    def bottom(self) -> float:
        """The lower edge of its words."""
        return max((piece.bottom for piece in self.pieces), default=0.0)


def heads(line: Line) -> bool:
    """Whether a line is one of the heading: it names years or columns and holds no value."""
    texts = ["".join(piece.text.split()) for piece in line.pieces]
    named = any(_DATED.search(text) or text in headings("line") for text in texts)
    return named and not any(is_value(text) for text in texts)


def valued(line: Line) -> bool:
    return any(is_value(piece.text) for piece in line.pieces)
