"""Lines of words with their edges: what tables without ruling and without tabs are read from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_VALUE: Final = re.compile(r"[+\-−]?\d[\d,.]*\s*[%‰]?|\d[\d.]*\s*[:：]\s*\d[\d.]*|/")
_YEAR: Final = re.compile(r"20\d\d")
_DATED: Final = re.compile(r"(?:^|\D)20\d\d(?:年.{3,}|年?度?$)")
_HEAD_WORDS: Final = frozenset(
    {
        "序号",
        "指标",
        "单位",
        "专业",
        "学制",
        "人数",
        "年级",
        "备注",
        "合作院校",
        "变化情况",
        "指标名称",
    }
)


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
    place: str
    part: int = 0  # its page

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


def numeric(text: str) -> bool:
    """Whether a piece looks like a value of a table: a number that is not a year."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_VALUE.fullmatch(plain)) and not _YEAR.fullmatch(plain)


def heads(line: Line) -> bool:
    """Whether a line is one of the heading: it names years or columns and holds no value."""
    texts = ["".join(piece.text.split()) for piece in line.pieces]
    named = any(_DATED.search(text) or text in _HEAD_WORDS for text in texts)
    return named and not any(numeric(text) for text in texts)


def valued(line: Line) -> bool:
    return any(numeric(piece.text) for piece in line.pieces)
