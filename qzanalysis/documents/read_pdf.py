"""Paragraphs and tables of a PDF with a text layer, read with PDFium (about 20 ms a page).

Characters of fonts that PDFium lacks come from pdfplumber.

Tables by their rules where there are rules, else by the places of the words. Running heads, page
numbers and contents pages are left out.
"""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any, Final

from qzanalysis.documents.assembly import assemble
from qzanalysis.documents.lines import Glyph, Line, lines
from qzanalysis.documents.model import Block, Document, Paragraph, Place, Table
from qzanalysis.documents.plain import CAPTION, is_contents
from qzanalysis.documents.ruling import THIN, Rectangle, Rule, Ruling, tables
from qzanalysis.documents.stream import blocks

MAX_PAGES: Final = 1_000
MAX_RULES: Final = 5_000  # on one page; more are a drawing
_PICTURE: Final = 60.0  # points: the sides of a picture; smaller ones are signs
_EDGE: Final = 0.15  # of the height of a page: where running heads and page numbers stand
_MIN_TEXT: Final = 20  # characters a page of text has at least, on average over ten pages
_MIN_HEAD: Final = 4  # characters of a running head at least, its number not counted
_SKIPPED: Final = frozenset({0xAD, 0xFFFE})  # hyphens of word division
_NO_TEXT: Final = 2  # bytes of a text without characters: its end
_LATIN: Final = re.compile(  # PDFium has these fonts itself
    rb"(?:Times|Arial|Helvetica|Courier|Calibri|Cambria|Georgia|Tahoma|Verdana)"
)
_BROKEN: Final = re.compile(r"[\ufffd\x00-\x08]")
_PAGE_NUMBER: Final = re.compile(r"[-—–\s]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d+)?[-—–\s]*")
_TITLE: Final = re.compile(r"\s*(?:续?表|附表|图)\s*\d")
_NEW: Final = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]\D|第.{1,3}[章节]|[●■◆·•])"
)

Point = tuple[float, float]


class TooManyPages(ValueError):
    """More pages than are read; the number is the message."""


class NoText(ValueError):
    """The pages are pictures, or their text cannot be read."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines outside ruled tables and ruled tables from top to bottom; height in points."""

    number: int
    parts: tuple[Line | Table, ...]
    height: float
    pictures: int

    @property
    def lines(self) -> list[Line]:
        """The lines outside ruled tables."""
        return [part for part in self.parts if isinstance(part, Line)]

    def at_edge(self, line: Line) -> bool:
        """Whether a line stands where running heads and page numbers do."""
        return min(line.top, self.height - line.bottom) < _EDGE * self.height


def read(content: bytes) -> Document:
    """Every page in reading order.

    Raises:
        NoText: pictures, or text in fonts without characters.
        TooManyPages: more than `MAX_PAGES`.
    """
    import pypdfium2  # noqa: PLC0415

    @cache
    def plumber() -> Any:
        import pdfplumber  # noqa: PLC0415

        return pdfplumber.open(io.BytesIO(content))

    document = pypdfium2.PdfDocument(content)
    try:
        if len(document) > MAX_PAGES:
            raise TooManyPages(str(len(document)))
        pages = [_page(document[n], n + 1, plumber) for n in range(len(document))]
    finally:
        document.close()
    _insist_on_text(pages)
    running = _running(pages)
    kept = [_without_edges(page, running) for page in pages]
    margins = {page.number: max((e.right for e in page.lines), default=0.0) for page in kept}
    pictures = sum(page.pictures for page in pages)
    return assemble("pdf", _paragraphs(_parts(kept), margins), len(pages), pictures)


def _insist_on_text(pages: Sequence[Page]) -> None:
    whole = "".join(
        part.text if isinstance(part, Line) else "".join(c.text for row in part.rows for c in row)
        for page in pages
        for part in page.parts
    )
    broken = len(_BROKEN.findall(whole))
    letters = len(re.sub(r"\s", "", whole)) - broken
    if letters < _MIN_TEXT * max(1, len(pages) // 10) or broken > letters:
        raise NoText


# --- one page ------------------------------------------------------------------------------------


def _page(page: Any, number: int, plumber: Callable[[], Any]) -> Page:
    ruling = _ruling(page, _transform(page))
    ruled, rest = tables(ruling, list(_glyphs(page, lambda: plumber().pages[number - 1])), number)
    parts: list[tuple[float, Line | Table]] = [*ruled]
    parts += [(line.top, line) for line in lines(rest, number)]
    ordered = tuple(part for _, part in sorted(parts, key=lambda part: part[0]))
    height = page.get_height()
    page.close()
    return Page(number, ordered, height, ruling.pictures)


def _transform(page: Any) -> Callable[[float, float], Point]:
    """Points of the page's own space → points from the top left corner, as the page is shown."""
    width, height = page.get_size()
    return {
        0: lambda x, y: (x, height - y),
        90: lambda x, y: (y, x),
        180: lambda x, y: (width - x, y),
        270: lambda x, y: (width - y, height - x),
    }[page.get_rotation()]


def _glyphs(page: Any, again: Callable[[], Any]) -> Iterator[Glyph]:
    """The characters of a page with their boxes, blanks left out.

    Args:
        again: the page as pdfplumber reads it, for fonts that PDFium lacks.
    """
    text, spaced = page.get_textpage(), False
    for code, box in _by_pdfminer(again()) if _is_lossy(page, text) else _by_pdfium(page, text):
        letter = "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        if letter.isspace() or code < 0x20:
            spaced = True
        elif code not in _SKIPPED:
            yield Glyph(letter, *box, spaced)
            spaced = False


def _by_pdfium(page: Any, text: Any) -> Iterator[tuple[int, Rectangle]]:
    from pypdfium2 import raw  # noqa: PLC0415

    box, shown = raw.FS_RECTF(), _transform(page)
    for n in range(text.count_chars()):
        raw.FPDFText_GetLooseCharBox(text, n, box)
        corners = (shown(box.left, box.top), shown(box.right, box.bottom))
        yield raw.FPDFText_GetUnicode(text, n), _rectangle(corners)


def _by_pdfminer(page: Any) -> Iterator[tuple[int, Rectangle]]:
    for char in page.chars:
        box = (char["x0"], char["top"], char["x1"], char["bottom"])
        yield from ((ord(letter), box) for letter in char["text"])
    page.close()


def _is_lossy(page: Any, text: Any) -> bool:
    """Whether PDFium leaves out characters: those of a font it lacks that stand alone."""
    from pypdfium2 import raw  # noqa: PLC0415

    name = ctypes.create_string_buffer(128)
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
        font = raw.FPDFTextObj_GetFont(each)
        raw.FPDFFont_GetBaseFontName(font, name, len(name))
        known = raw.FPDFFont_GetIsEmbedded(font) == 1 or _LATIN.match(name.value)
        if not known and raw.FPDFTextObj_GetText(each, text, None, 0) <= _NO_TEXT:
            return True
    return False


def _rectangle(points: Sequence[Point]) -> Rectangle:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _ruling(page: Any, shown: Callable[[float, float], Point]) -> Ruling:
    """Outlines and filled shapes thin enough to be rules, other filled shapes, and pictures."""
    from pypdfium2 import raw  # noqa: PLC0415

    across: list[Rule] = []
    down: list[Rule] = []
    filled: list[Rectangle] = []
    pictures = 0
    for each in page.get_objects(
        filter=[raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE], max_depth=4
    ):
        if each.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, low, right, high = each.get_bounds()
            pictures += min(right - left, high - low) > _PICTURE
            continue
        for box in _shapes(each, shown):
            left, top, right, bottom = box
            if bottom - top <= THIN:
                across.append(((top + bottom) / 2, left, right))
            elif right - left <= THIN:
                down.append(((left + right) / 2, top, bottom))
            else:
                filled.append(box)
        if len(across) + len(down) + len(filled) > MAX_RULES:
            return Ruling((), (), (), pictures)
    return Ruling(across, down, filled, pictures)


def _shapes(path: Any, shown: Callable[[float, float], Point]) -> Iterator[Rectangle]:
    """The straight strokes of an outline; the extent of each part of a filled path."""
    from pypdfium2 import raw  # noqa: PLC0415

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    for points in _outlines(path, shown):
        whole = _rectangle(points)
        thin = min(whole[2] - whole[0], whole[3] - whole[1]) <= THIN
        if thin or not stroke.value:
            yield whole
            continue
        for ends in pairwise(points):
            box = _rectangle(ends)
            if min(box[2] - box[0], box[3] - box[1]) <= THIN:
                yield box


def _outlines(path: Any, shown: Callable[[float, float], Point]) -> Iterator[list[Point]]:
    """The corners of each part of a path, the first one again at the end of a closed part."""
    from pypdfium2 import raw  # noqa: PLC0415

    matrix, container = path.get_matrix(), path.container
    while container is not None:
        matrix, container = matrix.multiply(container.get_matrix()), container.container
    points: list[Point] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for n in range(min(raw.FPDFPath_CountSegments(path), MAX_RULES)):
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


# --- all pages -----------------------------------------------------------------------------------


def _bare(text: str) -> str:
    """Text without blanks and numbers: page numbers differ."""
    return re.sub(r"[\s\d]", "", unicodedata.normalize("NFKC", text))


def _running(pages: Sequence[Page]) -> frozenset[str]:
    """The first and last lines that a tenth of the pages share, two at least; more pieces are columns."""
    edges: Counter[str] = Counter()
    for page in pages:
        ends = {*page.lines[:2], *page.lines[-2:]}
        edges.update(
            {
                _bare(line.text)
                for line in ends
                if page.at_edge(line) and len(line.pieces) < 3 and not CAPTION.match(line.text)
            }
        )
    least = max(2, len(pages) // 10)
    return frozenset(line for line, n in edges.items() if n >= least and len(line) >= _MIN_HEAD)


def _without_edges(page: Page, running: frozenset[str]) -> Page:
    """A page without its head, foot and number; nothing of a page of contents."""
    listed = page.lines
    if sum(is_contents(line.text) for line in listed) > len(listed) / 3:
        return replace(page, parts=())
    parts = [
        part
        for part in page.parts
        if isinstance(part, Table)
        or not page.at_edge(part)
        or not (_bare(part.text) in running or _PAGE_NUMBER.fullmatch(part.text))
    ]
    return replace(page, parts=tuple(parts))


def _parts(pages: Iterable[Page]) -> Iterator[Line | Table]:
    """Ruled tables, and what the lines between them hold."""
    run: list[Line] = []
    for page in pages:
        for part in page.parts:
            if isinstance(part, Line):
                run.append(part)
            else:
                yield from blocks(run)
                yield part
                run = []
    yield from blocks(run)


def _paragraphs(parts: Iterable[Line | Table], margins: dict[int, float]) -> list[Block]:
    """Lines put together where a sentence goes on, also over the end of a page."""
    whole: list[Block] = []
    last: Line | None = None
    tabular = False  # the paragraph begins with a line of columns
    for part in parts:
        if isinstance(part, Table):
            whole.append(part)
            last = None
            continue
        before = whole[-1] if last else None
        if (
            last
            and isinstance(before, Paragraph)
            and not part.tabular
            and (
                _goes_on(last, part, before.text, margins[last.page])
                or (not tabular and _crosses(last, part, before.text))
            )
        ):
            whole[-1] = replace(before, text=before.text + part.text)
        else:
            whole.append(Paragraph(part.text, Place(page=part.page)))
            tabular = part.tabular
        last = part
    return whole


def _goes_on(last: Line, line: Line, text: str, margin: float) -> bool:
    """Whether a line is the next one of a paragraph whose last line reaches the right margin."""
    size = line.bottom - line.top
    ended = _NEW.match(line.text) and text.endswith(("。", "；", "：", "."))
    return (
        last.page == line.page
        and last.right > margin - 2.5 * size
        and line.top - last.bottom < 2.5 * size
        and not ended
        and not CAPTION.match(line.text)
    )


def _crosses(last: Line, line: Line, text: str) -> bool:
    """Whether a paragraph without its end at the foot of a page goes on at the top of the next."""
    return (
        last.page + 1 == line.page
        and len(text) > 20
        and not text.endswith(("。", "：", "；"))
        and not any(_NEW.match(each) or _TITLE.match(each) for each in (text, line.text))
    )
