"""Columns out of lines whose words only stand below each other: no ruling, no tabs.

Every word group has a left and a right edge. Groups of the body lines that overlap from line to
line form a column; groups of the heading lines belong to the columns they stand over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from qzanalysis.intake.extraction.grids import FAR, Grid, Slot, tidy

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
    """A group of words on one line, with its left and right edge."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of pieces from left to right, and where it stands."""

    pieces: tuple[Piece, ...]
    place: str


def numeric(text: str) -> bool:
    """Whether a piece looks like a value of a table: a number that is not a year."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_VALUE.fullmatch(plain)) and not _YEAR.fullmatch(plain)


@dataclass(slots=True)
class Stream:
    """Takes lines one by one, also over page breaks, and gives a grid when a table has ended."""

    before: list[str] = field(default_factory=list)
    run: list[Line] = field(default_factory=list)
    filled: bool = False  # whether the run has lines with values

    def feed(self, line: Line) -> Grid | None:
        """The table that ended before this line, if one did."""
        if heads(line) and self.filled:
            ended = self.flush()
            self.run.append(line)
            return ended
        if len(line.pieces) >= 3 or (self.run and line.pieces and _short(line)):
            self.run.append(line)
            self.filled = self.filled or any(numeric(piece.text) for piece in line.pieces)
            return None
        ended = self.flush()
        self.before += [_text(each) for each in (*self.run, line) if each.pieces]
        self.run = []
        return ended

    def flush(self) -> Grid | None:
        """The table so far; lines without values at its end begin the next: its title, its heading."""
        run = self.run
        loose: list[Line] = []
        while run and not any(numeric(piece.text) for piece in run[-1].pieces):
            loose.insert(0, run.pop())
        made = grid(run, self.before, run[0].place) if run else None
        if made is not None:
            made = replace(made, apart=sum(map(len, self.before)) > FAR)
            self.before = []
        titles = max((n for n, line in enumerate(loose, 1) if len(line.pieces) < 2), default=0)
        self.before += [_text(line) for line in loose[:titles]]
        self.run, self.filled = loose[titles:], False
        return made


def _short(line: Line) -> bool:
    return sum(len(piece.text) for piece in line.pieces) <= 24


def _text(line: Line) -> str:
    return " ".join(piece.text for piece in line.pieces)


def grid(lines: Sequence[Line], before: Sequence[str], place: str) -> Grid | None:
    """A grid from lines, or None where they are not a table."""
    if not any(numeric(p.text) for line in lines for p in line.pieces):
        return None
    body = [line for line in lines if not heads(line)]
    columns = _columns(body)
    if not 2 <= len(columns) <= 60:
        return None
    rows = tuple(_row(line, columns) for line in lines)
    skewed = _skew(lines, columns) > 0
    return tidy(Grid(rows, tuple(before)[-4:], place, ruled=False, spans=False, skewed=skewed))


def misfits(lines: Sequence[Line]) -> int:
    """How badly the lines stand in columns: pieces over several columns, or several over one."""
    columns = _columns([line for line in lines if not heads(line)])
    crowded = sum(len(_used(line, columns)) < len(line.pieces) for line in lines)
    return 100 * _skew(lines, columns) + 10 * crowded + len(columns)


def _skew(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> int:
    """How many pieces of the lowest heading line do not stand over one column of their own."""
    lowest = next((n for n, line in enumerate(lines) if not heads(line) and _valued(line)), 0) - 1
    if lowest < 0:
        return 0
    under = [_under(piece, columns) for piece in lines[lowest].pieces]
    return sum(len(each) != 1 for each in under) + len(under) - len({tuple(each) for each in under})


def _used(line: Line, columns: Sequence[tuple[float, float]]) -> set[int]:
    return {number for piece in line.pieces for number in _under(piece, columns)[:1]}


def _valued(line: Line) -> bool:
    return any(numeric(piece.text) for piece in line.pieces)


def heads(line: Line) -> bool:
    """Whether a line is one of the heading: it names years or columns and holds no value."""
    texts = ["".join(piece.text.split()) for piece in line.pieces]
    named = any(_DATED.search(text) or text in _HEAD_WORDS for text in texts)
    return named and not any(numeric(text) for text in texts)


def _columns(body: Sequence[Line]) -> list[tuple[float, float]]:
    """Connected stretches of the horizontal axis that the pieces of the body cover."""
    edges = sorted((p.left, p.right) for line in body if len(line.pieces) > 1 for p in line.pieces)
    columns: list[tuple[float, float]] = []
    for left, right in edges:
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _row(line: Line, columns: Sequence[tuple[float, float]]) -> tuple[Slot, ...]:
    texts = [""] * len(columns)
    for piece in line.pieces:
        for number in _under(piece, columns):
            texts[number] = f"{texts[number]} {piece.text}".strip()
    return tuple(Slot(text, "", f"{line.place}，第 {n + 1} 列") for n, text in enumerate(texts))


def _under(piece: Piece, columns: Sequence[tuple[float, float]]) -> list[int]:
    """The columns a piece stands over; the nearest if it stands over none."""
    over = [n for n, (a, b) in enumerate(columns) if piece.left < b and piece.right > a]
    if over:
        return over
    middle = (piece.left + piece.right) / 2
    return [min(range(len(columns)), key=lambda n: abs(sum(columns[n]) / 2 - middle))]
