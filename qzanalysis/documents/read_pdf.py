"""Tables of a PDF: by their ruling where they have one, else by how words stand below each other."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from qzanalysis.documents.document import Document, Spoken
from qzanalysis.documents.grids import FAR, Box, Grid, lay_out, tidy
from qzanalysis.documents.lines import Line, Piece
from qzanalysis.documents.stream import Stream

MAX_PAGES: Final = 300
_MIN_TEXT: Final = 20  # characters a page of text has at least, on average over ten pages
_MIN_PATHS: Final = 4
_TABULAR: Final = ((2, 3), (1, 5))  # values on a line, and lines: a short table, a narrow one
_MIN_HEAD: Final = 4  # signs a page's head has at least, its number not counted
_VALUE: Final = re.compile(r"(?:^|\s)[+\-−]?\d[\d.,:：]*%?(?=\s|$)")
_UNREADABLE: Final = re.compile(r"\(cid:\d+\)|\ufffd")
_SENTENCE_ENDS: Final = ("。", "！", "？", "；", "：")
_SECTION: Final = re.compile(r"\d+(?:\.\d+)*[\s、.]|第.{1,3}[章节]|[一二三四五六七八九十]+、|[（(]")
_PAGE_NUMBER: Final = re.compile(r"[-—–\s]*(第\s*)?\d{1,3}\s*(页|/\s*\d+)?[-—–\s]*")


class TooManyPages(ValueError):
    """More pages than a report has; the number is the message."""


class NoText(ValueError):
    """The pages are pictures, or their text cannot be read."""


def read(content: bytes) -> Document:
    """Every table, page by page, and the text outside the tables."""
    texts, worth = _survey(content)
    import pdfplumber  # noqa: PLC0415

    fixed = _fixed_lines(texts)
    grids: list[Grid | None] = []
    stream, last = Stream(), -1
    said = {
        n: _spoken(text.splitlines(), fixed) for n, text in enumerate(texts) if n not in set(worth)
    }
    with pdfplumber.open(io.BytesIO(content), pages=[n + 1 for n in worth]) as document:
        for page in document.pages:
            number = page.page_number - 1
            if number != last + 1:
                grids.append(stream.flush())
                stream.before = _tail(texts[number - 1], fixed)
            grids += _page(page, page.page_number, stream, fixed, said.setdefault(number, []))
            last = number
            page.close()
    grids.append(stream.flush())
    for line in stream.said:
        said.setdefault(line.part - 1, []).append(" ".join(piece.text for piece in line.pieces))
    spoken = (Spoken(text, f"第 {n + 1} 页") for n in sorted(said) for text in _paragraphs(said[n]))
    return Document(tuple(grid for grid in grids if grid is not None), tuple(spoken))


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines of a page put together where a sentence goes on."""
    whole: list[str] = []
    for line in lines:
        if whole and not whole[-1].endswith(_SENTENCE_ENDS) and not _SECTION.match(line):
            whole[-1] += line
        else:
            whole.append(line)
    return whole


def _survey(content: bytes) -> tuple[list[str], list[int]]:
    """The text of every page, and the pages that have ruling or lines ending in values."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415

    document = pypdfium2.PdfDocument(content)
    if len(document) > MAX_PAGES:
        raise TooManyPages(str(len(document)))
    texts: list[str] = []
    worth: set[int] = set()
    for number in range(len(document)):
        page = document[number]
        texts.append(page.get_textpage().get_text_range())
        if any(_tabular(texts[-1], *least) for least in _TABULAR) or _paths(page) >= _MIN_PATHS:
            worth.add(number)
        page.close()
    _insist_on_text(texts)
    beside = {number + step for number in worth for step in (-1, 1)} & set(range(len(texts)))
    worth |= {number for number in beside if _tabular(texts[number], 1, 1)}
    return texts, sorted(worth)


def _fixed_lines(texts: Sequence[str]) -> frozenset[str]:
    """Heads and feet: what the first and last lines of several pages have in common.

    Lines of several words are left out: they may be the columns of a table.
    """
    edges: Counter[str] = Counter()
    for text in texts:
        lines = [line for line in text.splitlines() if line.strip()]
        few_words = {_plain(each) for each in (*lines[:2], *lines[-2:]) if len(each.split()) < 3}
        edges.update(line for line in few_words if len(line) >= _MIN_HEAD)
    return frozenset(line for line, pages in edges.items() if pages > 1)


def _plain(line: str) -> str:
    """A line without blanks and numbers: page numbers differ."""
    return re.sub(r"[\s\d]", "", unicodedata.normalize("NFKC", line))


def _tail(text: str, fixed: frozenset[str]) -> list[str]:
    """The last lines of a page, for the title of a table that begins the next."""
    return _spoken([line for line in text.splitlines() if line.strip()][-4:], fixed)


def _spoken(lines: Iterable[str], fixed: frozenset[str]) -> list[str]:
    """Lines without page numbers, heads and feet."""
    return [
        line.strip()
        for line in lines
        if not _PAGE_NUMBER.fullmatch(line) and _plain(line) not in fixed
    ]


def _tabular(text: str, values: int, lines: int) -> bool:
    """Whether so many lines hold so many values of their own: a table without ruling."""
    plain = unicodedata.normalize("NFKC", text)
    return sum(len(_VALUE.findall(line)) >= values for line in plain.splitlines()) >= lines


def _paths(page: Any) -> int:
    count = 0
    for count, _ in enumerate(page.get_objects(filter=[2], max_depth=2), start=1):  # 2: a path
        if count >= _MIN_PATHS:
            break
    return count


def _insist_on_text(texts: Sequence[str]) -> None:
    whole = "".join(texts)
    letters = len(re.sub(r"\s", "", _UNREADABLE.sub("", whole)))
    broken = len(_UNREADABLE.findall(whole))
    if letters < _MIN_TEXT * max(1, len(texts) // 10) or broken > letters:
        raise NoText


def _page(
    page: Any, number: int, stream: Stream, fixed: frozenset[str], said: list[str]
) -> list[Grid | None]:
    """The tables of one page; what comes after the last one waits in the stream.

    Args:
        said: takes the lines outside ruled tables.
    """
    tables = [table for table in page.find_tables() if _is_table(table)]
    if not tables:
        return [stream.feed(line) for line in _lines(page, number, fixed)]
    grids = [stream.flush()]
    top = page.bbox[1]
    for order, table in enumerate(sorted(tables, key=lambda t: (t.bbox[1], t.bbox[0])), start=1):
        between = _text_between(page, top, table.bbox[1], fixed)
        before = [*stream.before, *between]
        said += between
        top, place = table.bbox[3], f"第 {number} 页，表 {order}"
        if grid := tidy(Grid(_slots(table, place), tuple(before[-4:]), place)):
            grids.append(replace(grid, apart=sum(map(len, before)) > FAR))
            stream.before = []
    after = _text_between(page, top, page.bbox[3], fixed)
    stream.before += after
    said += after
    return grids


def _is_table(table: Any) -> bool:
    return len(table.rows) >= 1 and max(len(row.cells) for row in table.rows) >= 2


def _text_between(page: Any, top: float, bottom: float, fixed: frozenset[str]) -> list[str]:
    """Lines above a table."""
    if bottom - top < 4:
        return []
    left, upper, right, lower = page.bbox
    area = page.crop((left, max(top, upper), right, min(bottom, lower)), strict=False)
    return _spoken((area.extract_text() or "").splitlines(), fixed)


def _slots(table: Any, place: str) -> Any:
    """Cells with the spans that their rectangles show."""
    lefts = _edges(cell[0] for cell in table.cells)
    tops = _edges(cell[1] for cell in table.cells)
    texts = table.extract()
    boxes = []
    for row, words in zip(table.rows, texts, strict=True):
        boxes.append(
            [
                Box(text or "", _reach(cell[0], cell[2], lefts), _reach(cell[1], cell[3], tops))
                for cell, text in zip(row.cells, words, strict=True)
                if cell is not None
            ]
        )
    return lay_out(boxes, place)


def _edges(values: Any) -> list[float]:
    return sorted(set(values))


def _reach(start: float, end: float, edges: Sequence[float]) -> int:
    return sum(start - 1 <= edge < end - 1 for edge in edges)


def _lines(page: Any, number: int, fixed: frozenset[str]) -> list[Line]:
    """Words grouped by their height on the page, then by the gaps between them."""
    words = page.extract_words(x_tolerance=2, y_tolerance=3)
    rows: dict[float, list[Any]] = {}
    for word in words:
        rows.setdefault(_row_of(word, rows), []).append(word)
    lines = [
        Line(
            _pieces(sorted(rows[top], key=lambda w: w["x0"])), f"第 {number} 页，第 {n} 行", number
        )
        for n, top in enumerate(sorted(rows), start=1)
    ]
    return [line for line in lines if _spoken([" ".join(p.text for p in line.pieces)], fixed)]


def _row_of(word: Any, rows: dict[float, list[Any]]) -> float:
    """The middle of the line of a word.

    The lines of a cell with two of them stand half a line above and below the words beside it: so
    words that differ by less than that, less a little for fonts that differ, share a line.
    """
    middle = (word["top"] + word["bottom"]) / 2
    most = 0.4 * (word["bottom"] - word["top"])
    return next((row for row in rows if abs(row - middle) <= most), middle)


def _pieces(words: Sequence[Any]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for word in words:
        top, bottom = word["top"], word["bottom"]
        if pieces and word["x0"] - pieces[-1].right < (bottom - top) * 0.6:
            last = pieces.pop()
            text = f"{last.text} {word['text']}"
            low, high = min(last.top, top), max(last.bottom, bottom)
            pieces.append(Piece(text, last.left, word["x1"], low, high))
        else:
            pieces.append(Piece(word["text"], word["x0"], word["x1"], top, bottom))
    return tuple(pieces)


__all__ = ["NoText", "TooManyPages", "read"]
