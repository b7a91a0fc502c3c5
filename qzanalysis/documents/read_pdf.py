"""Paragraphs and tables of a PDF: by ruling where there is one, else by the places of the words.

Characters and paths come from PDFium, which reads a hundred pages in two seconds; from pdfplumber
come the cells that ruling lines enclose, and the characters of fonts that PDFium lacks.
"""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product
from typing import Any, Final

from qzanalysis.documents.lines import Line, Piece
from qzanalysis.documents.model import Document, Paragraph, Place, Table
from qzanalysis.documents.stream import blocks
from qzanalysis.documents.tables import Box, assemble, lay_out

MAX_PAGES: Final = 300
MAX_EDGES: Final = 5_000  # of the ruling on one page; more are a drawing
_MIN_TEXT: Final = 20  # characters a page of text has at least, on average over ten pages
_MIN_HEAD: Final = 4  # characters a page's head has at least, its number not counted
_SNAP: Final = 3.0  # points: edges closer than this are one, shapes thinner than this are lines
_WORD_GAP: Final = 2.0  # points between characters of one word at most
_UNREADABLE: Final = re.compile(r"\(cid:\d+\)|[\ufffd\ufffe\x00-\x08]")
_LATIN: Final = re.compile(
    rb"(?:Times|Arial|Helvetica|Courier|Calibri|Cambria|Georgia|Tahoma|Verdana)"
)
_SENTENCE_ENDS: Final = ("。", "！", "？", "；", "：")
_BEGINS: Final = re.compile(
    r"\d+(?:\.\d+)*[\s、.]|第.{1,3}[章节]|[一二三四五六七八九十]+、|[（(]|附?[表图]\s*\d"
)
_PAGE_NUMBER: Final = re.compile(r"[-—–\s]*(第\s*)?\d{1,3}\s*(页|/\s*\d+)?[-—–\s]*")


Rectangle = tuple[float, float, float, float]  # left, top, right, bottom


class TooManyPages(ValueError):
    """More pages than a report has; the number is the message."""


class NoText(ValueError):
    """The pages are pictures, or their text cannot be read."""


@dataclass(frozen=True, slots=True)
class Char:
    """A character and its box, in points from the top left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    spaced: bool  # a blank stands before it

    @property
    def middle(self) -> float:
        """Half-way between its upper and lower edge."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """Lines outside ruled tables, and ruled tables with their upper edges."""

    number: int
    lines: tuple[Line, ...]
    tables: tuple[tuple[float, Table], ...]


def read(content: bytes) -> Document:
    """Every page in reading order, without page numbers and the heads and feet of pages.

    Raises:
        NoText: pictures, or text in fonts without characters.
        TooManyPages: more than `MAX_PAGES`.
    """
    import pdfplumber  # noqa: PLC0415
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(content)
    if len(document) > MAX_PAGES:
        raise TooManyPages(str(len(document)))
    plumber = cache(lambda: pdfplumber.open(io.BytesIO(content)))
    pages = [_page(document[n], n + 1, plumber) for n in range(len(document))]
    _insist_on_text(pages)
    repeated = _heads_and_feet(pages)
    made = assemble("pdf", _blocks(pages, repeated), len(pages))
    return replace(made, paragraphs=tuple(_paragraphs(made.paragraphs)))


def _blocks(pages: Iterable[Page], repeated: frozenset[str]) -> Iterator[Paragraph | Table]:
    """Ruled tables, and what the lines between them hold."""
    run: list[Line] = []
    for page in pages:
        lines = [line for line in page.lines if _is_said(line.text, repeated)]
        for top, table in page.tables:
            run += [line for line in lines if line.top < top]
            lines = [line for line in lines if line.top >= top]
            yield from blocks(run)
            yield table
            run = []
        run += lines
    yield from blocks(run)


def _is_said(text: str, repeated: frozenset[str]) -> bool:
    return not _PAGE_NUMBER.fullmatch(text) and _without_numbers(text) not in repeated


def _heads_and_feet(pages: Sequence[Page]) -> frozenset[str]:
    """The first and last lines that several pages share; more than two pieces may be columns."""
    edges: Counter[str] = Counter()
    for page in pages:
        ends = {*page.lines[:2], *page.lines[-2:]}
        edges.update({_without_numbers(line.text) for line in ends if len(line.pieces) < 3})
    return frozenset(line for line, times in edges.items() if times > 1 and len(line) >= _MIN_HEAD)


def _without_numbers(line: str) -> str:
    """A line without blanks and numbers: page numbers differ."""
    return re.sub(r"[\s\d]", "", unicodedata.normalize("NFKC", line))


def _insist_on_text(pages: Sequence[Page]) -> None:
    whole = "".join(
        text
        for page in pages
        for text in (
            *(line.text for line in page.lines),
            *(cell.text for _, table in page.tables for row in table.rows for cell in row),
        )
    )
    broken = len(_UNREADABLE.findall(whole))
    letters = len(re.sub(r"\s", "", whole)) - broken
    if letters < _MIN_TEXT * max(1, len(pages) // 10) or broken > letters:
        raise NoText


def _paragraphs(lines: Iterable[Paragraph]) -> list[Paragraph]:
    """Lines of a page put together where a sentence goes on; numbered on their page."""
    whole: list[Paragraph] = []
    for line in lines:
        page = line.place.page
        last = whole[-1] if whole and whole[-1].place.page == page else None
        if last and not last.text.endswith(_SENTENCE_ENDS) and not _BEGINS.match(line.text):
            whole[-1] = Paragraph(last.text + line.text, last.place)
        else:
            number = last.place.paragraph + 1 if last else 1
            whole.append(Paragraph(line.text, Place(page=page, paragraph=number)))
    return whole


def _page(page: Any, number: int, plumber: Callable[[], Any]) -> Page:
    from pdfplumber import table as ruling  # noqa: PLC0415

    edges = ruling.merge_edges(_edges(page), _SNAP, _SNAP, _SNAP, _SNAP)
    cells = ruling.intersections_to_cells(ruling.edges_to_intersections(edges, _SNAP, _SNAP))
    chars = _chars(page, lambda: plumber().pages[number - 1])
    page.close()
    tables: list[tuple[float, Table]] = []
    for group in sorted(ruling.cells_to_tables(cells), key=lambda each: each[0][1::-1]):
        if len({left for left, *_ in group}) > 1:
            place = Place(page=number, table=len(tables) + 1)
            table, chars = _ruled(group, chars, place)
            tables.append((min(top for _, top, *_ in group), table))
    return Page(number, tuple(_lines(chars, number)), tuple(tables))


def _transform(page: Any) -> Callable[[float, float], tuple[float, float]]:
    """Points of the page's own space → points from the top left corner, as the page is shown."""
    width, height = page.get_size()
    return {
        0: lambda x, y: (x, height - y),
        90: lambda x, y: (y, x),
        180: lambda x, y: (width - x, y),
        270: lambda x, y: (width - y, height - x),
    }[page.get_rotation()]


def _chars(page: Any, again: Callable[[], Any]) -> list[Char]:
    boxes = _by_pdfium(page) if _fonts_are_complete(page) else _by_pdfminer(again())
    chars: list[Char] = []
    spaced = False
    for letter, left, top, right, bottom in boxes:
        if not letter.isspace():
            chars.append(Char(letter, left, top, right, bottom, spaced))
        spaced = letter.isspace()
    return chars


def _fonts_are_complete(page: Any) -> bool:
    """Every font is embedded, or one of those that PDFium has itself.

    It replaces other fonts, and leaves out the characters that the replacement lacks.
    """
    from pypdfium2 import raw  # noqa: PLC0415

    name = ctypes.create_string_buffer(128)
    for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=3):
        font = raw.FPDFTextObj_GetFont(text)
        raw.FPDFFont_GetBaseFontName(font, name, len(name))
        if raw.FPDFFont_GetIsEmbedded(font) != 1 and not _LATIN.match(name.value):
            return False
    return True


def _by_pdfminer(page: Any) -> Iterator[tuple[str, float, float, float, float]]:
    for char in page.chars:
        yield char["text"], char["x0"], char["top"], char["x1"], char["bottom"]
    page.close()


def _by_pdfium(page: Any) -> Iterator[tuple[str, float, float, float, float]]:
    from pypdfium2 import raw  # noqa: PLC0415

    text, shown = page.get_textpage(), _transform(page)
    for n in range(text.count_chars()):
        x0, y0, x1, y1 = text.get_charbox(n, loose=True)
        (a, b), (c, d) = shown(x0, y0), shown(x1, y1)
        letter = chr(raw.FPDFText_GetUnicode(text, n))
        yield letter, min(a, c), min(b, d), max(a, c), max(b, d)


def _edges(page: Any) -> list[dict[str, Any]]:
    """The ruling of a page: outlines, and filled shapes thin enough to be lines; no shading."""
    from pypdfium2 import raw  # noqa: PLC0415

    shown = _transform(page)
    edges: list[dict[str, Any]] = []
    for path in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(path, fill, stroke)
        for points in _outlines(path, shown):
            xs, ys = [x for x, _ in points], [y for _, y in points]
            ends = pairwise(points) if stroke.value else [((min(xs), min(ys)), (max(xs), max(ys)))]
            edges += [edge for start, end in ends if (edge := _edge(start, end))]
        if len(edges) > MAX_EDGES:
            return []
    return edges


def _outlines(
    path: Any, shown: Callable[[float, float], tuple[float, float]]
) -> Iterator[list[tuple[float, float]]]:
    """The corners of each part of a path, the first one again at the end of a closed part."""
    from pypdfium2 import raw  # noqa: PLC0415

    matrix, container = path.get_matrix(), path.container
    while container is not None:
        matrix, container = matrix.multiply(container.get_matrix()), container.container
    points: list[tuple[float, float]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for n in range(min(raw.FPDFPath_CountSegments(path), MAX_EDGES)):
        segment = raw.FPDFPath_GetPathSegment(path, n)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
            yield points
            points = []
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(shown(*matrix.on_point(x.value, y.value)))
        if raw.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points:
        yield points


def _edge(start: tuple[float, float], end: tuple[float, float]) -> dict[str, Any] | None:
    """A line along one axis as pdfplumber describes it; None for other lines and for areas."""
    (x0, x1), (top, bottom) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    width, height = x1 - x0, bottom - top
    if min(width, height) > _SNAP or max(width, height) < _SNAP:
        return None
    if width < height:
        x0 = x1 = (x0 + x1) / 2
    else:
        top = bottom = (top + bottom) / 2
    return {
        "x0": x0,
        "x1": x1,
        "top": top,
        "bottom": bottom,
        "width": x1 - x0,
        "height": bottom - top,
        "orientation": "v" if width < height else "h",
    }


def _ruled(
    cells: Sequence[Rectangle], chars: Iterable[Char], place: Place
) -> tuple[Table, list[Char]]:
    """The table of these cells, with the spans that their edges show; the characters outside."""
    lefts = sorted({left for left, *_ in cells})
    tops = sorted({top for _, top, *_ in cells})
    inside: list[list[Char]] = [[] for _ in cells]
    owner: dict[tuple[int, int], int] = {}
    spans: list[tuple[int, int]] = []
    for n, (left, top, right, bottom) in enumerate(cells):
        r, c = tops.index(top), lefts.index(left)
        rows, columns = range(r, bisect_left(tops, bottom)), range(c, bisect_left(lefts, right))
        spans.append((len(rows), len(columns)))
        owner |= dict.fromkeys(product(rows, columns), n)
    outside: list[Char] = []
    for char in chars:
        middle = (char.left + char.right) / 2
        at = owner.get((bisect_right(tops, char.middle) - 1, bisect_right(lefts, middle) - 1), -1)
        beyond = at < 0 or char.middle > cells[at][3] or middle > cells[at][2]
        (outside if beyond else inside[at]).append(char)
    boxes: list[list[Box]] = [[] for _ in tops]
    for (left, top, *_), (down, across), own in zip(cells, spans, inside, strict=True):
        text = "\n".join(line.text for line in _lines(own, place.page))
        boxes[tops.index(top)].append(Box(text, across, down, lefts.index(left)))
    return Table(lay_out(boxes, place)), outside


def _lines(chars: Iterable[Char], page: int) -> list[Line]:
    """Characters grouped by their height on the page, then by the gaps between them.

    The lines of a cell with two of them stand half a line above and below the words beside it:
    characters that differ by less than that, less a little for other fonts, share a line.
    """
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda each: each.middle):
        most = 0.4 * (char.bottom - char.top)
        if rows and abs(char.middle - rows[-1][0].middle) <= most:
            rows[-1].append(char)
        else:
            rows.append([char])
    return [
        Line(_pieces(sorted(row, key=lambda char: char.left)), Place(page=page, row=n))
        for n, row in enumerate(rows, start=1)
    ]


def _pieces(chars: Iterable[Char]) -> tuple[Piece, ...]:
    """Groups of characters, less than six tenths of their height apart."""
    pieces: list[Piece] = []
    for char in chars:
        gap = char.left - pieces[-1].right if pieces else 0.0
        if pieces and gap < (char.bottom - char.top) * 0.6:
            last = pieces.pop()
            blank = " " if char.spaced or gap > _WORD_GAP else ""
            low, high = min(last.top, char.top), max(last.bottom, char.bottom)
            right = max(last.right, char.right)
            pieces.append(Piece(f"{last.text}{blank}{char.text}", last.left, right, low, high))
        else:
            pieces.append(Piece(char.text, char.left, char.right, char.top, char.bottom))
    return tuple(pieces)
