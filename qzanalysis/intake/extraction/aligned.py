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

from qzanalysis.intake.extraction import measured
from qzanalysis.intake.extraction.grids import FAR, Grid, Slot, tidy
from qzanalysis.intake.extraction.measured import Mark

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


@dataclass(slots=True)
class Stream:
    """Takes lines one by one, also over page breaks, and gives a grid when a table has ended."""

    before: list[str] = field(default_factory=list)
    run: list[Line] = field(default_factory=list)
    above: list[Line] = field(default_factory=list)  # lines before the run, since the last table
    said: list[Line] = field(default_factory=list)  # all lines that are no table's
    filled: bool = False  # whether the run has lines with values

    def feed(self, line: Line) -> Grid | None:
        """The table that ended before this line, if one did."""
        if heads(line) and self.filled and len(line.pieces) > 1:  # alone, a year is a label
            ended = self.flush(line.left)
            self._begin(line)
            return ended
        if len(line.pieces) >= 3 or (self.run and line.pieces and _short(line)):
            self._begin(line)
            self.filled = self.filled or any(numeric(piece.text) for piece in line.pieces)
            return None
        ended = self.flush()
        self._say(*self.run, line)
        self.run = []
        return ended

    def _say(self, *lines: Line) -> None:
        """Lines of text before a table."""
        spoken = [line for line in lines if line.pieces]
        self.above += spoken
        self.said += spoken
        self.before += [_text(line) for line in spoken]

    def _begin(self, line: Line, left: float | None = None) -> None:
        """One more line of the run; its first one brings the first lines of wrapped headings.

        Args:
            left: the left edge of the table, if more of its lines are known.
        """
        if not self.run:
            rest = _wrapped_above(self.above, line, left if left is not None else line.left)
            self.run += rest
            self.before = self.before[: len(self.before) - len(rest)]
        self.run.append(line)

    def flush(self, left: float = float("inf")) -> Grid | None:
        """The table so far; lines without values at its end begin the next: its title, its heading.

        Args:
            left: the left edge of the line that comes next.
        """
        run = self.run
        kept = _end(run)
        run, loose = run[:kept], run[kept:]
        made = grid(run, self.before, run[0].place) if run else None
        if made is None:
            self.said += run
        if made is not None:
            made = replace(made, apart=sum(map(len, self.before)) > FAR)
            self.before, self.above = [], []
        titles = max((n for n, line in enumerate(loose, 1) if len(line.pieces) < 2), default=0)
        self._say(*loose[:titles])
        self.run, self.filled = [], False
        for line in loose[titles:]:
            self._begin(line, min(left, *(each.left for each in loose[titles:])))
        return made


def _wrapped_above(above: Sequence[Line], line: Line, left: float) -> list[Line]:
    """The lines right above a heading that are the first lines of its cells.

    Lines of one cell are nearer to each other than half their height; a title is further away, or
    begins where the table does.
    """
    rest: list[Line] = []
    for upper in reversed(above):
        near = line.top - upper.bottom < (upper.bottom - upper.top) / 2
        inside = len(upper.pieces) > 1 or upper.left > left
        if upper.part != line.part or upper.bottom <= upper.top or not near or not inside:
            break
        rest.insert(0, upper)
        line, left = upper, min(left, upper.left)
    return rest


def _end(run: Sequence[Line]) -> int:
    """How many lines of a run are the table's: to its last figure, and what stands as close below.

    A rest of the last label is nearer to it than rows are; a row of words alone, of several pieces,
    is not further off than they are. Titles and headings of the next table are.
    """
    valued = [n for n, line in enumerate(run) if _valued(line)]
    end = valued[-1] + 1 if valued else 0
    columns = _all_columns(run[:end]) if valued else []
    gap = _row_gap(run[:end], columns) if len(columns) > 1 else 0.0
    most = max((_gap_above(run[:end], n) for n in range(1, end)), default=0.0)
    while gap > measured.ROUNDING and end < len(run) and run[end].part == run[end - 1].part:
        below = _gap_above(run, end)
        row = len(run[end].pieces) > 1 and not heads(run[end]) and below <= most
        if not row and below >= gap - measured.ROUNDING:
            break
        end += 1
    return end


def _gap_above(lines: Sequence[Line], number: int) -> float:
    """How far a line stands below the lines before it, on the same page."""
    line = lines[number]
    return line.top - max(
        (each.bottom for each in lines[:number] if each.part == line.part), default=line.top
    )


def _row_gap(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> float:
    """The gap that keeps rows apart; in a table of one row, what keeps it from the heading."""
    valued = [n for n, line in enumerate(lines) if _valued(line)]
    if len(valued) > 1:
        marks = _marks(lines[valued[0] : valued[-1] + 1], columns)
        return measured.body_rows(marks, len(columns))[1]
    return _gap_above(lines, _widest(lines)) if len(lines) > 1 else 0.0


def _widest(lines: Sequence[Line]) -> int:
    """The line with the widest gap above, between the last known one of the heading and the end."""
    named = [n for n, line in enumerate(lines[:-1]) if heads(line)] or [0]
    return max(range(named[-1] + 1, len(lines)), key=lambda n: _gap_above(lines, n))


def _short(line: Line) -> bool:
    return sum(len(piece.text) for piece in line.pieces) <= 24


def _text(line: Line) -> str:
    return " ".join(piece.text for piece in line.pieces)


def grid(lines: Sequence[Line], before: Sequence[str], place: str) -> Grid | None:
    """A grid from lines, or None where they are not a table."""
    if not any(numeric(p.text) for line in lines for p in line.pieces):
        return None
    columns = _all_columns(lines)
    if not 2 <= len(columns) <= 60:
        return None
    rows, skewed = _measured(lines, columns) or _line_by_line(lines, columns)
    made = Grid(rows, tuple(before)[-4:], place, ruled=False, spans=False, skewed=skewed)
    return tidy(replace(made, edges=tuple(columns)))


def _all_columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns of the body, and of words of the heading that stand over none of them."""
    first = next(n for n, line in enumerate(lines) if _valued(line))
    named = [n for n, line in enumerate(lines[:first]) if heads(line)]
    body = [line for line in lines[named[-1] + 1 if named else 0 :] if not heads(line)]
    columns = _columns(body)
    single = [line for line in body if len(line.pieces) == 1 and line.bottom > line.top]
    lowest = [line for line in lines[:first] if heads(line)][-1:]
    for line in (*single, *(each for each in lowest if each.bottom > each.top)):
        columns = _with_own(columns, line.pieces)
    return columns


def _with_own(
    columns: Sequence[tuple[float, float]], pieces: Sequence[Piece]
) -> list[tuple[float, float]]:
    """The columns, and one more for each piece that stands over none of them."""
    own = [
        (piece.left, piece.right)
        for piece in pieces
        if not any(piece.left < right and piece.right > left for left, right in columns)
    ]
    return sorted([*columns, *own])


Laid = tuple[tuple[tuple[Slot, ...], ...], bool]


def _line_by_line(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Laid:
    """A row for each line, and whether the heading does not fit the columns."""
    return tuple(_row(line, columns) for line in lines), _skew(lines, columns) > 0


def _measured(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Laid | None:
    """Rows by the heights of the words; None where they have none, or rows are not apart."""
    first = next(n for n, line in enumerate(lines) if _valued(line))
    gap = _row_gap(lines, columns)
    if gap <= measured.ROUNDING:
        return None
    start = _body_start(lines[: first + 1], gap)
    body, found = measured.body_rows(_marks(lines[start:], columns), len(columns))
    gap = found or gap
    if not start:
        return tuple(body), False
    heading = _marks(lines[:start], columns)
    head = measured.head_row(heading, columns, gap, lambda mark: _under(mark, columns))
    if head is not None:
        return (head, *body), False
    above, skewed = _line_by_line(lines[: first + 1], columns)
    return (*above[:start], *body), skewed


def _body_start(lines: Sequence[Line], gap: float) -> int:
    """Where the heading ends: at the first gap of rows below its last known line.

    Args:
        lines: those up to the first figure, with its own.
        gap: what keeps rows apart.
    """
    named = [n for n, line in enumerate(lines) if heads(line)]
    if not named:
        return 0
    below = range(named[-1] + 1, len(lines))
    apart = [n for n in below if _gap_above(lines, n) >= gap - measured.ROUNDING]
    return apart[0] if apart else _widest(lines)


def _marks(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[Mark]:
    return [
        Mark(
            piece.text,
            piece.left,
            piece.right,
            piece.top,
            piece.bottom,
            line.part,
            line.place,
            _under(piece, columns)[0],
            numeric(piece.text),
        )
        for line in lines
        for piece in line.pieces
    ]


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
    standing = [line for line in body if len(line.pieces) > 1]
    edges = sorted(
        (piece.left, piece.right)
        for line in standing
        for piece in line.pieces
        if not _bridges(piece, line, standing)
    )
    columns: list[tuple[float, float]] = []
    for left, right in edges:
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _bridges(piece: Piece, line: Line, lines: Sequence[Line]) -> bool:
    """Whether some words stand over two columns, as a line with one piece more shows."""
    if piece.bottom <= piece.top or numeric(piece.text):
        return False
    return any(
        len(other.pieces) == len(line.pieces) + 1
        and sum(each.left < piece.right and each.right > piece.left for each in other.pieces) == 2
        for other in lines
    )


def _row(line: Line, columns: Sequence[tuple[float, float]]) -> tuple[Slot, ...]:
    texts = [""] * len(columns)
    for piece in line.pieces:
        for number in _under(piece, columns):
            texts[number] = f"{texts[number]} {piece.text}".strip()
    return tuple(Slot(text, "", f"{line.place}，第 {n + 1} 列") for n, text in enumerate(texts))


def _under(piece: Piece | Mark, columns: Sequence[tuple[float, float]]) -> list[int]:
    """The columns a piece stands over; the nearest if it stands over none."""
    over = [n for n, (a, b) in enumerate(columns) if piece.left < b and piece.right > a]
    if over:
        return over
    middle = (piece.left + piece.right) / 2
    return [min(range(len(columns)), key=lambda n: abs(sum(columns[n]) / 2 - middle))]
