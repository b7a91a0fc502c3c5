"""Text and ruled tables of a PDF with a text layer, read with PDFium (about 20 ms a page).

A table is a connected set of horizontal and vertical rules; cells that no rule separates are one
merged cell. Lines outside tables become paragraphs. Running heads, page numbers and contents pages
are left out; a table that goes on over a page break is one table.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any, Final

from qzanalysis.documents.content import Block, Content, Paragraph, Table, merged

SNAP: Final = 3.0  # points: rules nearer than this are one rule
EDGE: Final = 0.15  # of the height of a page: where running heads and page numbers stand
THIN: Final = 2.5  # points: a rectangle this thin is a rule
_CONTENTS: Final = re.compile(r"[.．…·]{4,}\s*\d{1,4}\s*$")
_PAGE_NUMBER: Final = re.compile(r"[-—–\s]*(?:第\s*)?\d{1,4}\s*(?:页|/\s*\d+)?[-—–\s]*")
_CAPTION: Final = re.compile(r"^\s*(?:续?表|附表)\s*[\d一二三四五六七八九十.\-－—]*")
_TITLE: Final = re.compile(r"^\s*(?:续?表|附表|图)\s*\d")
_NEW: Final = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]\D|第.{1,3}[章节]|[●■◆·•])"
)


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box, in points from the upper left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


Rule = tuple[float, float, float]  # position across, start and end along
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs at one height, as text."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """Lines and tables of a page from top to bottom, and how many pictures it has."""

    number: int
    parts: tuple[tuple[float, Line | Table], ...]
    height: float
    pictures: int


class TooManyPages(ValueError):
    """More pages than are read; the number is the message."""


class NoText(ValueError):
    """The pages are pictures."""


def read(content: bytes, most: int = 300) -> Content:
    """Paragraphs and tables of a PDF in reading order.

    Args:
        content: the bytes of the file.
        most: the number of pages that are read at most.

    Raises:
        TooManyPages: it has more pages.
        NoText: it has no text layer.
    """
    import pypdfium2  # noqa: PLC0415

    document = pypdfium2.PdfDocument(content)
    try:
        if len(document) > most:
            raise TooManyPages(str(len(document)))
        pages = [_page(document[number], number + 1) for number in range(len(document))]
    finally:
        document.close()
    if not any(page.parts for page in pages):
        raise NoText
    heads = _running(pages)
    blocks: list[Block] = []
    for page in pages:
        blocks += _blocks(page, heads)
    broken = sum(_unreadable(block) for block in blocks)
    return Content(
        tuple(_joined(blocks)), len(pages), sum(page.pictures for page in pages) + broken
    )


def _unreadable(block: Block) -> bool:
    return isinstance(block, Paragraph) and "\ufffd" in block.text


# --- one page ------------------------------------------------------------------------------------


def _page(page: Any, number: int) -> Page:
    height = page.get_height()
    glyphs = _glyphs(page.get_textpage(), height)
    across, down, filled, pictures = _rules(page, height)
    parts: list[tuple[float, Line | Table]] = []
    for lefts, tops, table_across, table_down in _grids(across, down, filled):
        inside = [g for g in glyphs if _inside(g, lefts, tops)]
        if not inside:
            continue
        if table := _table(inside, lefts, tops, table_across, table_down, number):
            parts.append((tops[0], table))
            taken = set(map(id, inside))
            glyphs = [g for g in glyphs if id(g) not in taken]
    parts += [(line.top, line) for line in _lines(glyphs)]
    page.close()
    return Page(number, tuple(sorted(parts, key=lambda part: part[0])), height, pictures)


def _glyphs(text: Any, height: float) -> list[Glyph]:
    from pypdfium2 import raw  # noqa: PLC0415

    box = raw.FS_RECTF()
    glyphs: list[Glyph] = []
    for n in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, n)
        if code > ord(" ") and code not in (0xA0, 0x3000, 0xAD, 0xFFFE):
            raw.FPDFText_GetLooseCharBox(text, n, box)
            character = chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"
            glyphs.append(
                Glyph(character, box.left, height - box.top, box.right, height - box.bottom)
            )
    return glyphs


def _rules(page: Any, height: float) -> tuple[list[Rule], list[Rule], list[Box], int]:
    """Horizontal and vertical rules, filled boxes, and the number of pictures."""
    across: list[Rule] = []
    down: list[Rule] = []
    filled: list[Box] = []
    pictures = 0
    for each in page.get_objects(filter=[2, 3], max_depth=4):  # 2: a path, 3: a picture
        left, bottom, right, top = each.get_bounds()
        upper, lower = height - top, height - bottom
        if each.type == 3:
            pictures += right - left > 60 and lower - upper > 60
        elif lower - upper <= THIN:
            across.append(((upper + lower) / 2, left, right))
        elif right - left <= THIN:
            down.append(((left + right) / 2, upper, lower))
        elif _stroked(each):
            for (x0, y0), (x1, y1) in _strokes(each, height):
                if abs(y0 - y1) <= THIN:
                    across.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
                elif abs(x0 - x1) <= THIN:
                    down.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
        else:
            filled.append((left, upper, right, lower))
    return across, down, filled, pictures


def _stroked(path: Any) -> bool:
    from pypdfium2 import raw  # noqa: PLC0415

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    return bool(stroke.value)


def _strokes(path: Any, height: float) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight strokes of a path, in points of the page."""
    from pypdfium2 import raw  # noqa: PLC0415

    matrix = path.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for n in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, n)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        at_x, at_y = matrix.on_point(x.value, y.value)
        point = (at_x, height - at_y)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        if raw.FPDFPathSegment_GetClose(segment):
            yield point, start
        last = point


# --- tables --------------------------------------------------------------------------------------


def _grids(
    across: Sequence[Rule], down: Sequence[Rule], filled: Sequence[Box]
) -> Iterator[tuple[list[float], list[float], list[Rule], list[Rule]]]:
    """Edges of columns and rows of each connected set of rules, and its rules."""
    across, down = _continued(across), _continued(down)
    group = list(range(len(across) + len(down)))

    def root(n: int) -> int:
        while group[n] != n:
            group[n] = n = group[group[n]]
        return n

    for i, (y, left, right) in enumerate(across):
        for j, (x, top, bottom) in enumerate(down):
            if left - SNAP <= x <= right + SNAP and top - SNAP <= y <= bottom + SNAP:
                group[root(i)] = root(len(across) + j)
    for key in dict.fromkeys(root(n) for n in range(len(group))):
        own_across = [r for i, r in enumerate(across) if root(i) == key]
        own_down = [r for j, r in enumerate(down) if root(len(across) + j) == key]
        if own_across and own_down:
            ends = [x for _, left, right in own_across for x in (left, right)]
            tips = [y for _, top, bottom in own_down for y in (top, bottom)]
            lefts = _clustered([x for x, _, _ in own_down] + [min(ends), max(ends)])
            for left, top, right, bottom in filled:  # shaded cells may have no rules of their own
                within = min(tips) - SNAP <= top and bottom <= max(tips) + SNAP
                if within and _aligned(left, lefts) and _aligned(right, lefts):
                    own_across += [(top, left, right), (bottom, left, right)]
                    own_down += [(left, top, bottom), (right, top, bottom)]
            tops = _clustered([y for y, _, _ in own_across] + [min(tips), max(tips)])
            if len(lefts) > 2 and len(tops) > 2:
                yield lefts, tops, own_across, own_down


def _aligned(value: float, edges: Sequence[float]) -> bool:
    return any(abs(value - edge) <= SNAP for edge in edges)


def _continued(rules: Sequence[Rule]) -> list[Rule]:
    """Rules with the pieces of each put together."""
    joined: list[Rule] = []
    ordered = sorted(rules)
    for run in _runs(ordered, lambda a, b: b[0] - a[0] <= THIN):
        for at, start, end in sorted(run, key=lambda rule: rule[1]):
            if joined and abs(joined[-1][0] - at) <= SNAP and start - joined[-1][2] <= SNAP:
                joined[-1] = (joined[-1][0], joined[-1][1], max(joined[-1][2], end))
            else:
                joined.append((at, start, end))
    return joined


def _runs(items: Sequence[Any], near: Any) -> Iterator[list[Any]]:
    run: list[Any] = []
    for item in items:
        if run and not near(run[-1], item):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _clustered(values: Iterable[float]) -> list[float]:
    return [sum(run) / len(run) for run in _runs(sorted(values), lambda a, b: b - a <= SNAP)]


def _inside(glyph: Glyph, lefts: Sequence[float], tops: Sequence[float]) -> bool:
    x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return lefts[0] <= x <= lefts[-1] and tops[0] <= y <= tops[-1]


def _table(
    glyphs: Sequence[Glyph],
    lefts: Sequence[float],
    tops: Sequence[float],
    across: Sequence[Rule],
    down: Sequence[Rule],
    page: int,
) -> Table | None:
    """The cells between rules; None for a frame around text."""
    width, height = len(lefts) - 1, len(tops) - 1
    owner = {(r, c): (r, c) for r in range(height) for c in range(width)}

    def root(at: tuple[int, int]) -> tuple[int, int]:
        while owner[at] != at:
            at = owner[at]
        return at

    for r in range(height):
        for c in range(width):
            y, x = (tops[r] + tops[r + 1]) / 2, (lefts[c] + lefts[c + 1]) / 2
            if c + 1 < width and not _crossed(down, lefts[c + 1], y):
                owner[root((r, c + 1))] = root((r, c))
            if r + 1 < height and not _crossed(across, tops[r + 1], x):
                owner[root((r + 1, c))] = root((r, c))
    words: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        r = _slot(tops, (glyph.top + glyph.bottom) / 2)
        c = _slot(lefts, (glyph.left + glyph.right) / 2)
        words.setdefault(root((r, c)), []).append(glyph)
    if len(words) < 4:
        return None
    texts = {at: "".join(line.text for line in _lines(run)) for at, run in words.items()}
    grid = [[root((r, c)) for c in range(width)] for r in range(height)]
    return Table("", merged(grid, texts, page), page)


def _crossed(rules: Sequence[Rule], at: float, along: float) -> bool:
    return any(abs(rule[0] - at) <= SNAP and rule[1] <= along <= rule[2] for rule in rules)


def _slot(edges: Sequence[float], value: float) -> int:
    return max(0, sum(edge <= value for edge in edges[:-1]) - 1)


# --- text ----------------------------------------------------------------------------------------


def _lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Glyphs grouped by height; a gap wider than a third of their height is a blank."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.top + g.bottom) / 2):
        middle = (glyph.top + glyph.bottom) / 2
        if rows:
            last = rows[-1][-1]
            most = 0.4 * min(last.bottom - last.top, glyph.bottom - glyph.top)
            if middle - (last.top + last.bottom) / 2 <= most:
                rows[-1].append(glyph)
                continue
        rows.append([glyph])
    return [_line(sorted(row, key=lambda g: g.left)) for row in rows]


def _line(row: Sequence[Glyph]) -> Line:
    text = row[0].text
    for before, after in pairwise(row):
        gap, size = after.left - before.right, max(1.0, after.bottom - after.top)
        text += ("\t" if gap > 1.2 * size else " " if gap > 0.25 * size else "") + after.text
    return Line(
        text,
        row[0].left,
        min(g.top for g in row),
        row[-1].right,
        max(g.bottom for g in row),
    )


def _plain(text: str) -> str:
    return re.sub(r"[\s\d]", "", text)


def _running(pages: Sequence[Page]) -> frozenset[str]:
    """Texts of the upper and lower edges that stand on a tenth of the pages, on three at least."""
    edges: Counter[str] = Counter()
    for page in pages:
        lines = [part for _, part in page.parts if isinstance(part, Line) and _at_edge(part, page)]
        edges.update({_plain(line.text) for line in lines if not _CAPTION.match(line.text)})
    least = max(3, len(pages) // 10)
    return frozenset(text for text, count in edges.items() if count >= least and text)


def _at_edge(line: Line, page: Page) -> bool:
    return min(line.top, page.height - line.bottom) < EDGE * page.height


def _blocks(page: Page, heads: frozenset[str]) -> Iterator[Block]:
    """Paragraphs and tables of a page, without head, foot and contents."""
    parts = [part for _, part in page.parts if not _is_edge(part, page, heads)]
    lines = [part for part in parts if isinstance(part, Line)]
    if sum(bool(_CONTENTS.search(line.text)) for line in lines) > len(lines) / 3:
        return
    right = max((line.right for line in lines), default=0.0)
    number = 0
    for kind, run in groupby(parts, lambda part: isinstance(part, Line)):
        if not kind:
            yield from run  # type: ignore[misc]
            continue
        for text in _paragraphs(list(run), right):  # type: ignore[arg-type]
            number += 1
            yield Paragraph(text, page.number, number)


def _is_edge(part: Line | Table, page: Page, heads: frozenset[str]) -> bool:
    if isinstance(part, Table) or not _at_edge(part, page):
        return False
    return _plain(part.text) in heads or bool(_PAGE_NUMBER.fullmatch(part.text))


def _paragraphs(lines: Sequence[Line], right: float) -> list[str]:
    """Lines put together where the one before reaches the right margin."""
    texts: list[str] = []
    last: Line | None = None
    for line in lines:
        size = line.bottom - line.top
        goes_on = (
            last is not None
            and last.right > right - 2.5 * size
            and line.top - last.bottom < 2.5 * size
            and "\t" not in line.text
            and not (_NEW.match(line.text) and texts[-1].endswith(("。", "；", "：", ".")))
            and not _CAPTION.match(line.text)
        )
        if goes_on:
            texts[-1] += line.text
        else:
            texts.append(line.text)
        last = line
    return texts


def _joined(blocks: Sequence[Block]) -> Iterator[Block]:
    """Captions given to their tables; tables over page breaks and sentences over them joined."""
    done: list[Block] = []
    for block in blocks:
        last = done[-1] if done else None
        if isinstance(block, Paragraph):
            if isinstance(last, Paragraph) and _sentence_goes_on(last, block):
                done[-1] = replace(last, text=last.text + block.text)
            else:
                done.append(block)
            continue
        caption = ""
        if isinstance(last, Paragraph) and _is_caption(last, block):
            done.pop()
            caption = last.text
        at = max((n for n, each in enumerate(done) if isinstance(each, Table)), default=-1)
        before = done[at] if at >= 0 else None
        if isinstance(before, Table) and _goes_on(before, done[at + 1 :], block, caption):
            done[at] = before.followed_by(block)
        else:
            done.append(replace(block, caption=caption))
    return iter(done)


def _is_caption(before: Paragraph, table: Table) -> bool:
    near = before.page == table.page or _CAPTION.match(before.text)
    return bool(near and (_CAPTION.match(before.text) or len(before.text) < 30))


def _sentence_goes_on(before: Paragraph, after: Paragraph) -> bool:
    """A paragraph without its end at the foot of a page."""
    return (
        before.page + 1 == after.page
        and len(before.text) > 20
        and not before.text.endswith(("。", "：", "；"))
        and not any(_NEW.match(each.text) or _TITLE.match(each.text) for each in (before, after))
        and "\t" not in after.text + before.text
    )


def _goes_on(table: Table, between: Sequence[Block], after: Table, caption: str) -> bool:
    """A table at the top of a page with as many columns as one at the foot of the page before.

    Footnotes may stand between them where the heading is repeated; a caption must be the same.
    """
    if table.last_page + 1 != after.page or table.width != after.width:
        return False
    if caption and _plain(caption) != _plain(table.caption):
        return False
    head = [cell.text for cell in table.rows[0]] == [cell.text for cell in after.rows[0]]
    return not between or (head and all(each.page == table.last_page for each in between))
