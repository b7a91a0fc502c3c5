"""A table as a document shows it: slots with text, and where each was found. No meaning yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any, Final

RIGHT: Final = "right"  # continues the slot on its left
DOWN: Final = "down"  # continues the slot above
LOST: Final = "lost"  # not in the document: its row has fewer cells than others
FAR: Final = 60  # letters of text between two tables that keep them from being one
MAX_COLUMNS: Final = 60
MAX_SLOTS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Slot:
    """One position of a grid.

    Attributes:
        text: what stands there; a merged cell repeats its text at every position it covers.
        merged: `right` or `down` where the position only continues another one, `lost` where the
            row has no such cell; else empty.
        place: where it was found, for a person (`表 3，第 5 行，第 2 列`).
        lines: how many printed lines were put together for it.
        part: the page or block of the document; top, bottom: where on it, growing downwards. All 0
            where the document tells its cells and nobody need measure.
    """

    text: str
    merged: str = ""
    place: str = ""
    lines: int = 1
    part: int = 0
    top: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True, slots=True)
class Grid:
    """One table.

    Attributes:
        rows: slots, every row equally long.
        before: the lines of text right above it (title, section heading), nearest last.
        place: where it begins, for a person.
        ruled: whether the document itself says where cells begin and end.
        spans: whether the document says which cells are merged; if not, blanks may stand for it.
        skewed: whether its headings do not stand over its columns one by one.
        edges: left and right edge of each column, where they were measured.
        apart: whether running text stands between it and the table before.
    """

    rows: tuple[tuple[Slot, ...], ...]
    before: tuple[str, ...] = ()
    place: str = ""
    ruled: bool = True
    spans: bool = True
    apart: bool = True
    skewed: bool = False
    edges: tuple[tuple[float, float], ...] = ()

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0

    def texts(self, row: int) -> tuple[str, ...]:
        """The texts of one row, each merged cell once and blanks elsewhere."""
        return tuple("" if slot.merged == RIGHT else slot.text for slot in self.rows[row])

    def with_rows(self, rows: Iterable[Sequence[Slot]]) -> Grid:
        """The same table with other rows."""
        return replace(self, rows=tuple(tuple(row) for row in rows))


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of a document's table before it is laid out: text and how far it reaches."""

    text: str
    across: int = 1
    down: int = 1


def lay_out(boxes: Sequence[Sequence[Box]], place: str) -> tuple[tuple[Slot, ...], ...]:
    """Cells with spans → a full grid. `place` is the table's own; each slot adds row and column."""
    taken: dict[tuple[int, int], Slot] = {}
    for r, row in enumerate(boxes):
        c = 0
        for box in row:
            while (r, c) in taken:
                c += 1
            _cover(taken, r, c, _bounded(box, len(boxes) - r, c), place)
            c += 1
    if not taken:
        return ()
    width = max(c for _, c in taken) + 1
    return tuple(
        tuple(taken.get((r, c), Slot("", LOST, spot(place, r, c))) for c in range(width))
        for r in range(len(boxes))
    )


def spot(place: str, row: int, column: int) -> str:
    """The words for one position, counted from 1."""
    return f"{place}，第 {row + 1} 行，第 {column + 1} 列"


def tidy(grid: Grid) -> Grid | None:
    """Without blank rows and rows of dashes; None if that leaves no table.

    Blank columns stay: on the next page of a broken table they are needed to keep the others apart.
    """
    rows = [row for row in grid.rows if any(_inked(slot.text) for slot in row)]
    return grid.with_rows(rows) if rows and len(rows[0]) > 1 else None


def trim(grid: Grid) -> Grid:
    """Without the columns that hold nothing at all."""
    keep = [c for c in range(grid.width) if any(row[c].text.strip() for row in grid.rows)]
    return grid.with_rows([row[c] for c in keep] for row in grid.rows)


def to_json(grid: Grid) -> dict[str, Any]:
    """A grid as plain lists, to hand over between processes."""
    rows = [[astuple(slot) for slot in row] for row in grid.rows]
    return {
        "rows": rows,
        "before": list(grid.before),
        "place": grid.place,
        "ruled": grid.ruled,
        "spans": grid.spans,
        "apart": grid.apart,
        "skewed": grid.skewed,
        "edges": grid.edges,
    }


def from_json(plain: Mapping[str, Any]) -> Grid:
    """The inverse of `to_json`."""
    rows = tuple(tuple(Slot(*slot) for slot in row) for row in plain["rows"])
    fields = {name: plain[name] for name in ("place", "ruled", "spans", "apart", "skewed")}
    edges = tuple((left, right) for left, right in plain["edges"])
    return Grid(rows, tuple(plain["before"]), edges=edges, **fields)


def _cover(taken: dict[tuple[int, int], Slot], r: int, c: int, box: Box, place: str) -> None:
    for down in range(box.down):
        for across in range(box.across):
            merged = RIGHT if across else DOWN if down else ""
            at = (r + down, c + across)
            taken.setdefault(at, Slot(box.text, merged, spot(place, *at)))
    if len(taken) > MAX_SLOTS:
        raise OverflowError("table")


def _bounded(box: Box, rows_left: int, column: int) -> Box:
    """Spans that reach out of the table are cut: a page may claim `rowspan=99999`."""
    across = max(1, min(box.across, MAX_COLUMNS - column))
    return Box(box.text, across, max(1, min(box.down, rows_left)))


def _inked(text: str) -> bool:
    return bool(text.strip(" \t\n\r-—–=+:|_·.　"))
