"""Columns out of lines whose words only stand below each other: no ruling, no tabs.

Every word group has a left and a right edge. Groups of the body lines that overlap from line to
line form a column; groups of the heading lines belong to the columns they stand over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qzanalysis.documents import measured
from qzanalysis.documents.lines import Line, Piece, heads, valued
from qzanalysis.documents.model import Cell, Place, Rows, Table
from qzanalysis.documents.plain import is_value


def gap_above(lines: Sequence[Line], number: int) -> float:
    """How far a line stands below the lines before it, on the same page."""
    line = lines[number]
    return line.top - max(
        (each.bottom for each in lines[:number] if each.page == line.page), default=line.top
    )


def row_gap(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> float:
    """The gap that keeps rows apart; in a table of one row, what keeps it from the heading."""
    filled = [n for n, line in enumerate(lines) if valued(line)]
    if len(filled) > 1:
        marks = _marks(lines[filled[0] : filled[-1] + 1], columns)
        return measured.body_rows(marks, len(columns))[1]
    return gap_above(lines, _widest(lines)) if len(lines) > 1 else 0.0


def _widest(lines: Sequence[Line]) -> int:
    """The line with the widest gap above, between the last known one of the heading and the end."""
    named = [n for n, line in enumerate(lines[:-1]) if heads(line)] or [0]
    return max(range(named[-1] + 1, len(lines)), key=lambda n: gap_above(lines, n))


def table(lines: Sequence[Line]) -> Table | None:
    """A grid from lines, or None where they are not a table."""
    if not any(is_value(p.text) for line in lines for p in line.pieces):
        return None
    columns = all_columns(lines)
    if not 2 <= len(columns) <= 60:
        return None
    rows, skewed = _measured(lines, columns) or _line_by_line(lines, columns)
    return Table(_placed(rows), ruled=False, spans=False, skewed=skewed, edges=tuple(columns))


def _placed(rows: Iterable[Sequence[Cell]]) -> Rows:
    """The same cells, each with its row and column."""
    return tuple(
        tuple(
            replace(cell, place=replace(cell.place, row=r, column=c))
            for c, cell in enumerate(row, start=1)
        )
        for r, row in enumerate(rows, start=1)
    )


def all_columns(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The columns of the body, and of words of the heading that stand over none of them."""
    first = next(n for n, line in enumerate(lines) if valued(line))
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


Laid = tuple[tuple[tuple[Cell, ...], ...], bool]


def _line_by_line(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Laid:
    """A row for each line, and whether the heading does not fit the columns."""
    return tuple(_row(line, columns) for line in lines), _skew(lines, columns) > 0


def _measured(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Laid | None:
    """Rows by the heights of the words; None where they have none, or rows are not apart."""
    first = next(n for n, line in enumerate(lines) if valued(line))
    gap = row_gap(lines, columns)
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
    apart = [n for n in below if gap_above(lines, n) >= gap - measured.ROUNDING]
    return apart[0] if apart else _widest(lines)


def _marks(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[Piece]:
    return [
        replace(piece, page=line.page, column=_under(piece, columns)[0], value=is_value(piece.text))
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
    lowest = next((n for n, line in enumerate(lines) if not heads(line) and valued(line)), 0) - 1
    if lowest < 0:
        return 0
    under = [_under(piece, columns) for piece in lines[lowest].pieces]
    return sum(len(each) != 1 for each in under) + len(under) - len({tuple(each) for each in under})


def _used(line: Line, columns: Sequence[tuple[float, float]]) -> set[int]:
    return {number for piece in line.pieces for number in _under(piece, columns)[:1]}


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
    if piece.bottom <= piece.top or is_value(piece.text):
        return False
    return any(
        len(other.pieces) == len(line.pieces) + 1
        and sum(each.left < piece.right and each.right > piece.left for each in other.pieces) == 2
        for other in lines
    )


def _row(line: Line, columns: Sequence[tuple[float, float]]) -> tuple[Cell, ...]:
    texts = [""] * len(columns)
    for piece in line.pieces:
        for number in _under(piece, columns):
            texts[number] = f"{texts[number]} {piece.text}".strip()
    return tuple(Cell(text, Place(page=line.page)) for text in texts)


def _under(piece: Piece, columns: Sequence[tuple[float, float]]) -> list[int]:
    """The columns a piece stands over; the nearest if it stands over none."""
    over = [n for n, (a, b) in enumerate(columns) if piece.left < b and piece.right > a]
    if over:
        return over
    middle = (piece.left + piece.right) / 2
    return [min(range(len(columns)), key=lambda n: abs(sum(columns[n]) / 2 - middle))]
