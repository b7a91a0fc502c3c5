"""Tables of a page whose cells are kept apart by rules.

A table is a connected set of horizontal and vertical rules; cells that no rule separates are one
merged cell.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

from qzanalysis.documents.lines import Glyph, Line, lines
from qzanalysis.documents.model import DOWN, RIGHT, Cell, Place, Table

SNAP: Final = 3.0  # points: rules nearer than this are one rule
THIN: Final = 2.5  # points: a shape this thin is a rule
_WORDS: Final = 3  # cells with text that a table has at least; fewer are a frame around text
_PADDING: Final = 8.0  # points between the text and the rules of a cell, on both sides together

Rule = tuple[float, float, float]  # position across, start and end along
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules of a page, its filled rectangles, and the number of its pictures."""

    across: Sequence[Rule]
    down: Sequence[Rule]
    filled: Sequence[Rectangle] = ()
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Edges of columns and of rows, and the rules between cells."""

    lefts: Sequence[float]
    tops: Sequence[float]
    across: Sequence[Rule]
    down: Sequence[Rule]

    def holds(self, glyph: Glyph) -> bool:
        """Whether a character stands within the outer edges."""
        x = (glyph.left + glyph.right) / 2
        inside = self.lefts[0] <= x <= self.lefts[-1]
        return inside and self.tops[0] <= glyph.middle <= self.tops[-1]


def tables(
    ruling: Ruling, glyphs: Sequence[Glyph], page: int
) -> tuple[list[tuple[float, Table]], list[Glyph]]:
    """The tables of a page, each with its upper edge, and the characters outside of them."""
    found: list[tuple[float, Table]] = []
    outside = list(glyphs)
    for grid in _grids(ruling):
        inside = [glyph for glyph in outside if grid.holds(glyph)]
        if table := _table(grid, inside, page):
            found.append((grid.tops[0], table))
            outside = [glyph for glyph in outside if not grid.holds(glyph)]
    return found, outside


def _grids(ruling: Ruling) -> Iterator[Grid]:
    """One grid for each connected set of rules with two columns."""
    across, down = _continued(ruling.across), _continued(ruling.down)
    crossings = (
        (i, len(across) + j)
        for (i, (y, left, right)), (j, (x, top, bottom)) in product(
            enumerate(across), enumerate(down)
        )
        if left - SNAP <= x <= right + SNAP and top - SNAP <= y <= bottom + SNAP
    )
    root = _components(len(across) + len(down), crossings)
    for key in dict.fromkeys(root):
        own_across = [rule for rule, group in zip(across, root, strict=False) if group == key]
        own_down = [
            rule for rule, group in zip(down, root[len(across) :], strict=True) if group == key
        ]
        if own_across and own_down:
            grid = _grid(own_across, own_down, ruling.filled)
            if len(grid.lefts) > 2:
                yield grid


def _grid(across: list[Rule], down: list[Rule], filled: Iterable[Rectangle]) -> Grid:
    """Rows and columns between some rules; shaded cells may have no rules of their own."""
    ends = [x for _, left, right in across for x in (left, right)]
    tips = [y for _, top, bottom in down for y in (top, bottom)]
    lefts = _clustered([*(x for x, _, _ in down), min(ends), max(ends)])
    for left, top, right, bottom in filled:
        within = min(tips) - SNAP <= top and bottom <= max(tips) + SNAP
        if within and _aligned(left, lefts) and _aligned(right, lefts):
            across += [(top, left, right), (bottom, left, right)]
            down += [(left, top, bottom), (right, top, bottom)]
    return Grid(lefts, _clustered([*(y for y, _, _ in across), min(tips), max(tips)]), across, down)


def _components(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `count` items the smallest one that pairs connect it with."""
    owner = list(range(count))

    def root(n: int) -> int:
        while owner[n] != n:
            owner[n] = n = owner[owner[n]]
        return n

    for pair in pairs:
        low, high = sorted(map(root, pair))
        owner[high] = low
    return [root(n) for n in range(count)]


def _aligned(value: float, edges: Sequence[float]) -> bool:
    return any(abs(value - edge) <= SNAP for edge in edges)


def _continued(rules: Iterable[Rule]) -> list[Rule]:
    """Rules with the pieces of each put together."""
    joined: list[Rule] = []
    for run in _near(sorted(rules), THIN):
        for at, start, end in sorted(run, key=lambda rule: rule[1]):
            if joined and abs(joined[-1][0] - at) <= SNAP and start - joined[-1][2] <= SNAP:
                joined[-1] = (joined[-1][0], joined[-1][1], max(joined[-1][2], end))
            else:
                joined.append((at, start, end))
    return joined


def _near(rules: Sequence[Rule], most: float) -> Iterator[list[Rule]]:
    """Sorted rules in runs, each rule at most so far from the one before."""
    run: list[Rule] = []
    for rule in rules:
        if run and rule[0] - run[-1][0] > most:
            yield run
            run = []
        run.append(rule)
    if run:
        yield run


def _clustered(values: Iterable[float]) -> list[float]:
    runs = _near(sorted((value, 0.0, 0.0) for value in values), SNAP)
    return [sum(value for value, _, _ in run) / len(run) for run in runs]


def _table(grid: Grid, glyphs: Iterable[Glyph], page: int) -> Table | None:
    """The cells between rules; None for a frame around text."""
    height, width = len(grid.tops) - 1, len(grid.lefts) - 1
    owner = _components(height * width, _open_edges(grid))
    words: dict[int, list[Glyph]] = {}
    for glyph in glyphs:
        r = bisect_right(grid.tops[1:-1], glyph.middle)
        c = bisect_right(grid.lefts[1:-1], (glyph.left + glyph.right) / 2)
        words.setdefault(owner[r * width + c], []).append(glyph)
    if len(words) < min(_WORDS, width):
        return None
    widths = {at: _width(grid, owner, at) for at in words}
    texts = {at: _joined(lines(run), widths[at]) for at, run in words.items()}
    return Table(
        tuple(
            tuple(
                Cell(
                    texts.get(owner[r * width + c], ""),
                    Place(page=page, row=r + 1, column=c + 1),
                    _span(owner, r, c, width),
                )
                for c in range(width)
            )
            for r in range(height)
        )
    )


def _open_edges(grid: Grid) -> Iterator[tuple[int, int]]:
    """Pairs of positions, numbered row by row, without a rule between them."""
    height, width = len(grid.tops) - 1, len(grid.lefts) - 1
    for r, c in product(range(height), range(width)):
        y, x = sum(grid.tops[r : r + 2]) / 2, sum(grid.lefts[c : c + 2]) / 2
        at = r * width + c
        if c + 1 < width and not _crossed(grid.down, grid.lefts[c + 1], y):
            yield at, at + 1
        if r + 1 < height and not _crossed(grid.across, grid.tops[r + 1], x):
            yield at, at + width


def _crossed(rules: Iterable[Rule], at: float, along: float) -> bool:
    return any(abs(rule[0] - at) <= SNAP and rule[1] <= along <= rule[2] for rule in rules)


def _span(owner: Sequence[int], row: int, column: int, width: int) -> str:
    at = row * width + column
    if owner[at] == at:
        return ""
    return RIGHT if column and owner[at - 1] == owner[at] else DOWN


def _width(grid: Grid, owner: Sequence[int], cell: int) -> float:
    """The width of a cell, in points."""
    count = len(grid.lefts) - 1
    columns = [n % count for n, own in enumerate(owner) if own == cell]
    return grid.lefts[max(columns) + 1] - grid.lefts[min(columns)]


def _joined(parts: Sequence[Line], width: float) -> str:
    """Lines of a cell as one text; blanks only between Latin words and between figures.

    A figure goes on in the next line only where its line fills the cell.
    """
    whole = ""
    for before, line in pairwise((None, *parts)):
        assert line is not None
        ends = whole[-1:] + line.text[:1]
        blank = ends.isascii() and ends.isalpha()
        if before and ends.isdigit():
            size = line.bottom - line.top
            blank = before.right - before.left < width - 2 * size - _PADDING
        whole += (" " if blank and whole else "") + line.text
    return whole
