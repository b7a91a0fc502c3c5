"""Tables that a page break, or a second half side by side, has cut: put together again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from qzanalysis.documents.grids import LOST, Grid, Slot, trim
from qzanalysis.intake.extraction import headers
from qzanalysis.intake.extraction.wording import bare

_CONTINUED: Final = re.compile(r"[（(]?\s*(?:续上?表|接上?表|续)\s*\d*\s*[)）]?|第?\s*\d+\s*页")


def stitch(grids: Iterable[Grid]) -> list[Grid]:
    """Whole tables, in reading order."""
    listed = list(grids)
    lines = Counter(line for grid in listed for line in set(map(bare, grid.before)))
    running = {line for line, times in lines.items() if times > 1}  # heads and feet of pages
    whole: list[Grid] = []
    for grid in listed:
        joined = _joined(whole[-1], grid, running) if whole else None
        if joined is not None:
            whole[-1] = joined
        else:
            whole.append(grid)
    return [trim(unfold(grid)) for grid in whole]


def _joined(before: Grid, grid: Grid, running: set[str]) -> Grid | None:
    """Both as one: if the second has the first one's heading again, or none and the same columns."""
    if grid.width > before.width or (grid.width < before.width and grid.ruled and grid.spans):
        return None
    if _titled_anew(before, grid, running):
        return None
    rows = _widened(grid, before.width)
    head = headers.height(before)
    if head and len(rows) > head and _words(rows[:head]) == _words(before.rows[:head]):
        return before.with_rows([*before.rows, *rows[head:]])
    if grid.apart or headers.height(grid) or not head or not _same_places(before, grid):
        return None
    return before.with_rows([*before.rows, *rows])


def _same_places(before: Grid, grid: Grid) -> bool:
    """Whether columns that were measured stand below each other, one by one."""
    if not before.edges and not grid.edges:
        return True
    return len(before.edges) == len(grid.edges) and all(
        left < other_right and right > other_left
        for (left, right), (other_left, other_right) in zip(before.edges, grid.edges, strict=True)
    )


def _titled_anew(before: Grid, grid: Grid, running: set[str]) -> bool:
    """Whether the second has a title of its own: not the first one's, continued, nor a page's head."""
    above = {bare(line) for line in before.before}
    own = {bare(_CONTINUED.sub("", line)) for line in grid.before} - running - above - {""}
    return any(not any(line in title for title in above) for line in own)


def _words(rows: Sequence[Sequence[Slot]]) -> list[list[str]]:
    return [[bare(slot.text) for slot in row] for row in rows]


def _widened(grid: Grid, width: int) -> list[tuple[Slot, ...]]:
    return [(*row, *[Slot("", LOST, row[-1].place)] * (width - len(row))) for row in grid.rows]


def unfold(grid: Grid) -> Grid:
    """A table printed in two halves side by side, as one: left half first."""
    head = headers.height(grid)
    if not head:
        return grid
    words = [bare(text) for text in grid.texts(head - 1)]
    for parts in (2, 3):
        size, rest = divmod(len(words), parts)
        starts = range(0, len(words), size or 1)
        if (
            not rest
            and size > 2
            and words[0]
            and all(words[:size] == words[s : s + size] for s in starts)
        ):
            return _stacked(grid, head, size)
    return grid


def _stacked(grid: Grid, head: int, size: int) -> Grid:
    rows: list[Sequence[Slot]] = [row[:size] for row in grid.rows[:head]]
    for start in range(0, grid.width, size):
        for row in grid.rows[head:]:
            part = list(row[start : start + size])
            if any(slot.text.strip() for slot in part):
                part[0] = replace(
                    part[0], merged="" if part[0].merged == "right" else part[0].merged
                )
                rows.append(part)
    return grid.with_rows(rows)
