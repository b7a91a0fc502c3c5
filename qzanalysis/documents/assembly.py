"""Blocks in reading order put together as a document: cells laid out, tables whole, captions theirs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qzanalysis.documents.model import (
    DOWN,
    MISSING,
    RIGHT,
    Block,
    Cell,
    Document,
    Paragraph,
    Place,
    Rows,
    Table,
)
from qzanalysis.documents.plain import CAPTION, bare, headings, is_contents, is_value

MAX_COLUMNS: Final = 60
MAX_CELLS: Final = 200_000
MAX_HEADER: Final = 5
_WORD: Final = re.compile(r"[^\W\d_]{2}")
_APART: Final = 60  # characters of text between two tables that keep them from being one
_ABOVE: Final = 4
_TITLE: Final = 30  # characters of a title without a number at most
_NAMING: Final = ("label", "number", "unit")
_YEAR: Final = re.compile(r"20\d\d年?度?")
_CONTINUED: Final = re.compile(r"[（(]?\s*(?:续上?表|接上?表|续)\s*\d*\s*[)）]?|第?\s*\d+\s*页")
_BLANK: Final = " \t\n\r-—–=+:|_·.　"


@dataclass(frozen=True, slots=True)
class Box:
    """A cell before it is laid out.

    Attributes:
        across, down: the columns and rows it covers, itself counted.
        column: where it begins, from 0; None for the next free column.
    """

    text: str
    across: int = 1
    down: int = 1
    column: int | None = None


def lay_out(boxes: Sequence[Sequence[Box]], page: int = 0) -> Rows:
    """Rows of boxes → a rectangle of cells, each with its page, row and column.

    Spans that leave the table are cut: a page may claim `rowspan=99999`.

    Raises:
        OverflowError: more than `MAX_CELLS` cells.
    """
    taken: dict[tuple[int, int], tuple[str, str]] = {}
    for r, row in enumerate(boxes):
        c = 0
        for box in row:
            c = c if box.column is None else box.column
            while (r, c) in taken:
                c += 1
            for down in range(max(1, min(box.down, len(boxes) - r))):
                for across in range(max(1, min(box.across, MAX_COLUMNS - c))):
                    span = RIGHT if across else DOWN if down else ""
                    taken.setdefault((r + down, c + across), (box.text, span))
            if len(taken) > MAX_CELLS:
                raise OverflowError("table")
    width = max((c for _, c in taken), default=-1) + 1
    return tuple(
        tuple(_cell(*taken.get((r, c), ("", MISSING)), page, r, c) for c in range(width))
        for r in range(len(boxes))
    )


def _cell(text: str, span: str, page: int, row: int, column: int) -> Cell:
    return Cell(text, Place(page=page, row=row + 1, column=column + 1), span)


def assemble(kind: str, blocks: Iterable[Block], pages: int = 0, unread: int = 0) -> Document:
    """Blocks in reading order → a document without name: tables whole, with the lines above them."""
    whole: list[Block] = []
    last = -1  # the position of the last table
    introduced = list(_introduced(blocks))
    running = _running(block for block in introduced if isinstance(block, Table))
    for block in introduced:
        if isinstance(block, Table):
            before = whole[last] if last >= 0 else None
            joined = _joined(before, block, running) if isinstance(before, Table) else None
            if joined is not None:
                whole[last] = joined
                continue
            last = len(whole)
        whole.append(block)
    unread += sum("\ufffd" in text for block in whole for text in _texts(block))
    return Document("", "", kind, pages, unread, tuple(numbered(whole)))


def _texts(block: Block) -> Iterable[str]:
    if isinstance(block, Paragraph):
        return [block.text]
    return (cell.text for row in block.rows for cell in row if cell.own)


def _introduced(blocks: Iterable[Block]) -> Iterator[Block]:
    """Tables with their captions and the lines above them; entries of contents left out."""
    above: list[str] = []
    waiting: Paragraph | None = None  # it may be the caption of what comes next
    for block in _inked(blocks):
        if isinstance(block, Paragraph):
            yield from [waiting] if waiting else []
            waiting = block
            above.append(" ".join(block.text.split()))
            continue
        title = waiting if waiting and _is_caption(waiting, block) else None
        yield from [waiting] if waiting and not title else []
        yield replace(
            block,
            caption=title.text if title else block.caption,
            above=(*above, *block.above)[-_ABOVE:],
            apart=sum(map(len, above)) > _APART,
        )
        above, waiting = [], None
    yield from [waiting] if waiting else []


def _is_caption(line: Paragraph, table: Table) -> bool:
    """True for `表 3 …`, and on the page of the table for a short line that is no sentence."""
    if CAPTION.match(line.text):
        return True
    return line.place.page == table.rows[0][0].place.page and _is_title(line.text)


def _is_title(line: str) -> bool:
    """True for a short line of words that is no sentence."""
    return len(line) < _TITLE and bool(_WORD.search(line)) and not line.endswith(("。", "；"))


def _inked(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks with text, paragraphs numbered on their page; of one column only: paragraphs.

    Blank rows and rows of dashes are left out. Blank columns stay: on the next page of a broken
    table they keep the others apart.
    """
    numbers: Counter[int] = Counter()
    for block in blocks:
        if isinstance(block, Table):
            rows = [row for row in block.rows if any(c.text.strip(_BLANK) for c in row)]
            if rows and len(rows[0]) > 1:
                yield block.with_rows(rows)
                continue
            texts = [
                Paragraph(row[0].text, Place(page=row[0].place.page)) for row in rows if row[0].own
            ]
        else:
            texts = [block]
        for text in texts:
            if text.text.strip() and not is_contents(text.text):
                page = text.place.page
                numbers[page] += 1
                yield replace(text, place=Place(page=page, paragraph=numbers[page]))


def _running(tables: Iterable[Table]) -> frozenset[str]:
    """Lines above several tables: heads and feet of pages."""
    lines = Counter(line for table in tables for line in set(map(bare, table.above)))
    return frozenset(line for line, times in lines.items() if times > 1)


def numbered(blocks: Iterable[Block]) -> Iterator[Block]:
    """Tables with their number in every place, without empty columns, halves below each other."""
    number = 0
    for block in blocks:
        if isinstance(block, Table):
            number += 1
            rows = [
                [replace(cell, place=replace(cell.place, table=number)) for cell in row]
                for row in block.rows
            ]
            yield _trimmed(_unfolded(block.with_rows(rows)))
        else:
            yield block


def _trimmed(table: Table) -> Table:
    keep = [c for c in range(table.width) if any(row[c].text.strip() for row in table.rows)]
    return table.with_rows([row[c] for c in keep] for row in table.rows)


# --- tables that a page break, or a second half side by side, has cut ----------------------------


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


def _joined(before: Table, table: Table, running: frozenset[str]) -> Table | None:
    """Both as one: if the second repeats the first one's heading, or has none and its columns."""
    if table.width > before.width or (table.width < before.width and table.ruled and table.spans):
        return None
    if _titled_anew(before, table, running):
        return None
    last = before.rows[-1][0].place
    lack = before.width - table.width
    rows = [(*row, *[Cell("", row[-1].place, MISSING)] * lack) for row in table.rows]
    head = header_rows(before)
    repeated = bool(head) and len(rows) > head and _words(rows[:head]) == _words(before.rows[:head])
    if not repeated and (
        table.apart or _has_heading(table) or not head or not _same_places(before, table)
    ):
        return None
    below = rows[head:] if repeated else rows
    shift = last.row + 1 - below[0][0].place.row
    return before.with_rows([*before.rows, *(_moved(row, shift) for row in below)])


def _moved(row: Sequence[Cell], down: int) -> list[Cell]:
    return [replace(cell, place=replace(cell.place, row=cell.place.row + down)) for cell in row]


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


def _titled_anew(before: Table, table: Table, running: frozenset[str]) -> bool:
    """The second has a title of its own: not the first one's, continued, nor a page's head.

    On another page, footnotes of the first one stand between them.
    """
    above = {bare(line) for line in before.above}
    turned = before.rows[-1][0].place.page < table.rows[0][0].place.page
    lines = [line for line in table.above if not turned or _is_title(line)]
    own = {bare(_CONTINUED.sub("", line)) for line in lines} - running - above - {""}
    return any(not any(line in title for title in above) for line in own)


def _words(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    return [[bare(cell.text) for cell in row] for row in rows]


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
