"""Lines of words → lines of text and tables, also over page breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from qzanalysis.documents import measured
from qzanalysis.documents.aligned import all_columns, gap_above, row_gap, table
from qzanalysis.documents.lines import Line, heads, valued
from qzanalysis.documents.model import Table

SHORT: Final = 24  # characters of a line of a table at most, where it has fewer than three pieces


def blocks(lines: Iterable[Line]) -> Iterator[Line | Table]:
    """The tables of some lines, and the lines outside of them."""
    stream = _Stream()
    for line in lines:
        yield from stream.feed(line)
    yield from stream.end()
    stream.above += stream.run
    yield from stream.spoken()


@dataclass(slots=True)
class _Stream:
    run: list[Line] = field(default_factory=list)  # lines of a table that has not ended
    above: list[Line] = field(default_factory=list)  # lines of text since the last table

    def feed(self, line: Line) -> Iterator[Line | Table]:
        """The table that ended before this line, if one did, and the text above it."""
        filled = any(map(valued, self.run))
        if heads(line) and filled and len(line.pieces) > 1:  # alone, a year is a label
            yield from self.end(line.left)
            self._begin(line)
        elif len(line.pieces) >= 3 or (self.run and line.pieces and _short(line)):
            self._begin(line)
        else:
            yield from self.end()
            self.above += [*self.run, line]
            self.run = []

    def _begin(self, line: Line, left: float | None = None) -> None:
        """One more line of the run; its first one brings the first lines of wrapped headings.

        Args:
            left: the left edge of the table, if more of its lines are known.
        """
        if not self.run:
            rest = _wrapped_above(self.above, line, left if left is not None else line.left)
            self.run += rest
            del self.above[len(self.above) - len(rest) :]
        self.run.append(line)

    def spoken(self) -> Iterator[Line]:
        """The lines of text since the last table."""
        yield from self.above
        self.above = []

    def end(self, left: float = float("inf")) -> Iterator[Line | Table]:
        """The table so far; lines without values at its end begin the next: its title, its heading.

        Args:
            left: the left edge of the line that comes next.
        """
        kept = _end(self.run)
        run, loose = self.run[:kept], self.run[kept:]
        made = table(run) if run else None
        if made is not None:
            yield from self.spoken()
            yield made
        else:
            self.above += run
        titles = max((n for n, line in enumerate(loose, 1) if len(line.pieces) < 2), default=0)
        self.above += loose[:titles]
        self.run = []
        for line in loose[titles:]:
            self._begin(line, min(left, *(each.left for each in loose[titles:])))


def _short(line: Line) -> bool:
    return sum(len(piece.text) for piece in line.pieces) <= SHORT


def _wrapped_above(above: Sequence[Line], line: Line, left: float) -> list[Line]:
    """The lines right above a heading that are the first lines of its cells.

    Lines of one cell are nearer to each other than half their height; a title is further away, or
    begins where the table does.
    """
    rest: list[Line] = []
    for upper in reversed(above):
        near = line.top - upper.bottom < (upper.bottom - upper.top) / 2
        inside = len(upper.pieces) > 1 or upper.left > left
        if upper.page != line.page or upper.bottom <= upper.top or not near or not inside:
            break
        rest.insert(0, upper)
        line, left = upper, min(left, upper.left)
    return rest


def _end(run: Sequence[Line]) -> int:
    """The number of lines of a run that are the table's.

    To its last value, and what stands as close below: a rest of the last label is nearer to it than
    rows are; a row of words alone, of several pieces, is not further off than they are. Titles and
    headings of the next table are.
    """
    filled = [n for n, line in enumerate(run) if valued(line)]
    end = filled[-1] + 1 if filled else 0
    columns = all_columns(run[:end]) if filled else []
    gap = row_gap(run[:end], columns) if len(columns) > 1 else 0.0
    most = max((gap_above(run[:end], n) for n in range(1, end)), default=0.0)
    while gap > measured.ROUNDING and end < len(run) and run[end].page == run[end - 1].page:
        below = gap_above(run, end)
        row = len(run[end].pieces) > 1 and not heads(run[end]) and below <= most
        if not row and below >= gap - measured.ROUNDING:
            break
        end += 1
    return end
