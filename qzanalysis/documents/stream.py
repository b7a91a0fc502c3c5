"""Which lines are a table: taken one by one, also over page breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qzanalysis.documents import measured
from qzanalysis.documents.aligned import all_columns, gap_above, grid, row_gap
from qzanalysis.documents.grids import FAR, Grid
from qzanalysis.documents.lines import Line, heads, numeric, valued


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
    filled = [n for n, line in enumerate(run) if valued(line)]
    end = filled[-1] + 1 if filled else 0
    columns = all_columns(run[:end]) if filled else []
    gap = row_gap(run[:end], columns) if len(columns) > 1 else 0.0
    most = max((gap_above(run[:end], n) for n in range(1, end)), default=0.0)
    while gap > measured.ROUNDING and end < len(run) and run[end].part == run[end - 1].part:
        below = gap_above(run, end)
        row = len(run[end].pieces) > 1 and not heads(run[end]) and below <= most
        if not row and below >= gap - measured.ROUNDING:
            break
        end += 1
    return end


def _short(line: Line) -> bool:
    return sum(len(piece.text) for piece in line.pieces) <= 24


def _text(line: Line) -> str:
    return " ".join(piece.text for piece in line.pieces)
