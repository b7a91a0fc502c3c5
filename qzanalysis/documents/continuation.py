"""Tables that a page break, or a second half side by side, has cut: put together again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from qzanalysis.documents.model import MISSING, RIGHT, Cell, Table
from qzanalysis.documents.plain import bare, headings
from qzanalysis.documents.tokens import is_value

MAX_HEADER: Final = 5
_NAMING: Final = ("label", "number", "unit")
_YEAR: Final = re.compile(r"20\d\d年?度?")
_CONTINUED: Final = re.compile(r"[（(]?\s*(?:续上?表|接上?表|续)\s*\d*\s*[)）]?|第?\s*\d+\s*页")


def header_rows(
    table: Table,
    holds_values: Callable[[Sequence[str]], bool] = lambda own: any(map(is_value, own)),
) -> int:
    """Number of heading rows: those before the first row that holds a value.

    Args:
        holds_values: decides by the texts of a row, blanks and repeated texts left out.
    """
    for number, row in enumerate(table.rows[: MAX_HEADER + 1]):
        if holds_values([c.text for c in row if c.span != RIGHT and c.text.strip()]):
            return number
    # a heading alone, its rows on the next page
    alone = len(table.rows) <= MAX_HEADER and table.rows
    named = alone and not headings(*_NAMING).isdisjoint(map(bare, table.texts(0)))
    return len(table.rows) if named else 0


def whole_tables(tables: Iterable[Table]) -> list[Table]:
    """Tables in reading order, each with its continuations below it, empty columns left out."""
    listed = list(tables)
    lines = Counter(line for table in listed for line in set(map(bare, table.above)))
    running = {line for line, times in lines.items() if times > 1}  # heads and feet of pages
    whole: list[Table] = []
    for table in listed:
        joined = _joined(whole[-1], table, running) if whole else None
        whole[-1:] = [joined] if joined is not None else [*whole[-1:], table]
    return [_finished(table) for table in whole]


def _joined(before: Table, table: Table, running: set[str]) -> Table | None:
    """Both as one: if the second repeats the first one's heading, or has none and its columns."""
    if table.width > before.width or (table.width < before.width and table.ruled and table.spans):
        return None
    if _titled_anew(before, table, running):
        return None
    lack = before.width - table.width
    rows = [(*row, *[Cell("", row[-1].place, MISSING)] * lack) for row in table.rows]
    head = header_rows(before)
    if head and len(rows) > head and _words(rows[:head]) == _words(before.rows[:head]):
        return before.with_rows([*before.rows, *rows[head:]])
    if table.apart or _has_heading(table) or not head or not _same_places(before, table):
        return None
    return before.with_rows([*before.rows, *rows])


def _has_heading(table: Table) -> bool:
    """The rows before the first number name columns or years; labels without numbers do not."""
    texts = [text for n in range(header_rows(table)) for text in map(bare, table.texts(n))]
    return any(text in headings(*_NAMING) or _YEAR.fullmatch(text) for text in texts)


def _same_places(before: Table, table: Table) -> bool:
    """Columns that were measured overlap one by one."""
    return len(before.edges) == len(table.edges) and all(
        left < other_right and right > other_left
        for (left, right), (other_left, other_right) in zip(before.edges, table.edges, strict=True)
    )


def _titled_anew(before: Table, table: Table, running: set[str]) -> bool:
    """The second has a title of its own: not the first one's, continued, nor a page's head."""
    above = {bare(line) for line in before.above}
    own = {bare(_CONTINUED.sub("", line)) for line in table.above} - running - above - {""}
    return any(not any(line in title for title in above) for line in own)


def _words(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[bare(cell.text) for cell in row] for row in rows]


def _finished(table: Table) -> Table:
    """Without empty columns, halves below each other, its heading counted."""
    unfolded = _unfolded(table)
    keep = [c for c in range(unfolded.width) if any(row[c].text.strip() for row in unfolded.rows)]
    trimmed = unfolded.with_rows([row[c] for c in keep] for row in unfolded.rows)
    return replace(trimmed, header=header_rows(trimmed))


def _unfolded(table: Table) -> Table:
    """A table printed in two or three halves side by side, as one: left half first."""
    head = header_rows(table)
    words = [bare(text) for text in table.texts(head - 1)] if head else []
    for parts in (2, 3):
        size, rest = divmod(len(words), parts)
        if rest or size < 3 or not words[0] or words != words[:size] * parts:
            continue
        rows: list[Sequence[Cell]] = [row[:size] for row in table.rows[:head]]
        for start in range(0, table.width, size):
            halves = [row[start : start + size] for row in table.rows[head:]]
            rows += [
                (replace(half[0], span="" if half[0].span == RIGHT else half[0].span), *half[1:])
                for half in halves
                if any(cell.text.strip() for cell in half)
            ]
        return table.with_rows(rows)
    return table
