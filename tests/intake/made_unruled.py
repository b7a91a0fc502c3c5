"""Made-up PDFs without any ruling line, each drawn by chance: nothing but the place of the words.

Fonts, distances, widths and the place of a label in its merged cell differ from seed to seed, and
so do figures, order and page breaks. Word, LaTeX and browsers break a merged cell in three ways:
its label stays on the first page, is printed again on the next, or stands in the middle of both.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from .made_tables import YEAR, Figures, Look, Printed, PrintedTable, positions, tables, truth

PAGE = (842.0, 595.0)
MARGIN = 50.0
FONT = "STSong-Light"
DOWN = ("top", "middle", "bottom")
ACROSS = ("left", "center")
BROKEN = ("first", "again", "whole")


@dataclass(frozen=True)
class Drawn:
    """How one document is drawn; lengths in points, `most` in signs."""

    down: str
    across: str = "left"
    size: float = 9.0
    leading: float = 11.0
    padding: float = 3.0
    gap: float = 12.0  # between columns
    most: int = 99  # signs on a line of a cell, before it wraps
    foot: float = MARGIN  # where pages end, from below
    repeat_head: bool = False
    broken: str = "first"


def drawn(seed: int, down: str) -> Drawn:
    """A way to draw, by chance; `down` is where labels stand in their merged cells."""
    chance = random.Random(f"{seed} {down}")
    size = chance.choice([7.0, 8.0, 9.0, 10.5, 12.0])
    return Drawn(
        down=down,
        across=chance.choice(ACROSS),
        size=size,
        leading=size * chance.uniform(1.15, 1.4),
        padding=chance.uniform(2.0, 6.0),
        gap=size * chance.uniform(1.0, 2.5),
        most=chance.choice([6, 8, 10, 99, 99]),
        foot=chance.uniform(MARGIN, 200.0),
        repeat_head=chance.random() < 0.5,
        broken=chance.choice(BROKEN),
    )


def looked(seed: int) -> Look:
    """A look of the tables, by chance."""
    chance = random.Random(f"look {seed}")
    return Look(
        newest_first=chance.random() < 0.3,
        half_brackets=chance.random() < 0.3,
        extra_columns=chance.random() < 0.3,
        numbers=chance.random() < 0.7,
    )


def figures(seed: int) -> Figures:
    """Other values than those of `data/`, and the rows of programmes in another order."""
    chance = random.Random(f"figures {seed}")
    listed = [(key, _varied(printed, chance)) for key, printed in truth().items()]
    groups: dict[str, list[int]] = {}
    for n, (key, _) in enumerate(listed):
        name = next((p for p in key[2].split(";") if p.startswith("programme=")), "")
        groups.setdefault(f"{key[0]} {name or n}", []).append(n)
    order = list(groups.values())
    for group in order:
        chance.shuffle(group)
    chance.shuffle(order)
    return Figures(YEAR, dict(listed[n] for group in order for n in group))


def _varied(printed: str, chance: random.Random) -> str:
    """The same figure with other digits after its first one; texts and a round 100 stay."""
    if re.search(r"[^\d.,:%+\-]", printed) or re.match(r"\D?100(?!\d)", printed):
        return printed
    head, ratio, rest = printed.partition(":")
    first = re.search(r"\d", head)
    if first is None:
        return printed
    at = first.end()
    return head[:at] + re.sub(r"\d", lambda _: str(chance.randrange(10)), head[at:]) + ratio + rest


def document(seed: int, down: str) -> tuple[bytes, Figures]:
    """A PDF by chance, and what it prints."""
    shown = figures(seed)
    look = looked(seed)
    return as_unruled(tables(look, seed, shown), drawn(seed, down)), shown


def as_unruled(made: Sequence[PrintedTable], way: Drawn) -> bytes:
    """The tables as a PDF that holds words and nothing else."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    measure = pdfmetrics.stringWidth
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=PAGE, invariant=1)
    pages: dict[int, list[tuple[float, float, str, float]]] = {}
    page, y = 0, PAGE[1] - MARGIN
    for table in made:
        room = 2 * way.leading + 2 * way.padding
        sheet = _Sheet(table, way, lambda text, size: float(measure(text, FONT, size)))
        if y - room - sum(sheet.heights[: len(table.head) + 1]) < way.foot:
            page, y = page + 1, PAGE[1] - MARGIN
        pages.setdefault(page, []).append((MARGIN, y - way.size, table.title, way.size))
        page, y = sheet.draw(pages, page, y - room)
        y -= room
    for number in range(page + 1):
        canvas.setFont(FONT, 9)
        canvas.drawString(400, 25, f"- {number + 1} -")
        for left, low, text, size in pages.get(number, ()):
            canvas.setFont(FONT, size)
            canvas.drawString(left, low, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


Words = dict[int, list[tuple[float, float, str, float]]]


class _Sheet:
    """One table being drawn."""

    def __init__(
        self, table: PrintedTable, way: Drawn, measure: Callable[[str, float], float]
    ) -> None:
        self.way, self.measure, self.head = way, measure, len(table.head)
        self.cells = positions(table.rows)
        self.lines = {at: self._wrapped(cell.text) for at, cell in self.cells.items()}
        self.count = len(table.rows)
        self.widths = self._fitting(1.0)
        self.heights = self._high()

    def _wrapped(self, text: str) -> list[str]:
        """Labels wrap, figures do not."""
        if re.fullmatch(r"[\d.,:%+\-/]*", text):
            return [text]
        return [text[n : n + self.way.most] for n in range(0, len(text), self.way.most)] or [""]

    def _fitting(self, scale: float) -> list[float]:
        columns = max(c + cell.across for (_, c), cell in self.cells.items())
        widths = [0.0] * columns
        for across in (1, 2, 3):
            for (at, cell), lines in zip(self.cells.items(), self.lines.values(), strict=True):
                if cell.across == across:
                    need = max(self.measure(line, self.way.size * scale) for line in lines)
                    here = range(at[1], at[1] + across)
                    lack = need + self.way.gap - sum(widths[c] for c in here)
                    for c in here:
                        widths[c] += max(0.0, lack / across)
        return widths

    def _high(self) -> list[float]:
        heights = [self.way.leading + 2 * self.way.padding] * self.count
        for down in range(1, self.count + 1):
            for (r, c), cell in self.cells.items():
                if cell.down == down:
                    need = len(self.lines[r, c]) * self.way.leading + 2 * self.way.padding
                    heights[r + down - 1] += max(0.0, need - sum(heights[r : r + down]))
        return heights

    def draw(self, pages: Words, page: int, y: float) -> tuple[int, float]:
        """Put the words on their pages; gives where it ended."""
        places: list[tuple[int, float]] = []
        for row in range(self.count):
            if y - self.heights[row] < self.way.foot:
                page, y = page + 1, PAGE[1] - MARGIN
                if self.way.repeat_head:
                    y = self._again(pages, page, y)
            places.append((page, y))
            y -= self.heights[row]
        for (r, c), cell in self.cells.items():
            self._cell(pages, (r, c), cell, places)
        return page, y

    def _again(self, pages: Words, page: int, y: float) -> float:
        places = []
        for row in range(self.head):
            places.append((page, y))
            y -= self.heights[row]
        for (r, c), cell in self.cells.items():
            if r < self.head:
                self._cell(pages, (r, c), cell, places)
        return y

    def _cell(
        self, pages: Words, at: tuple[int, int], cell: Printed, places: list[tuple[int, float]]
    ) -> None:
        rows = range(at[0], at[0] + cell.down)
        parts: dict[int, list[int]] = {}
        for row in rows:
            parts.setdefault(places[row][0], []).append(row)
        for page, top, low in self._boxes(parts, places, len(self.lines[at])):
            self._write(pages, page, (top, low), at, cell)

    def _boxes(
        self, parts: dict[int, list[int]], places: list[tuple[int, float]], lines: int
    ) -> Iterator[tuple[int, float, float]]:
        """Page, upper and lower edge of the boxes that show the text."""
        boxes = [
            (page, places[rows[0]][1], places[rows[-1]][1] - self.heights[rows[-1]])
            for page, rows in parts.items()
        ]
        if self.way.broken == "again":
            yield from boxes
        elif self.way.broken == "first" or len(boxes) == 1 or self.way.down == "top":
            yield boxes[0]
        else:
            yield self._whole(boxes, lines * self.way.leading)

    def _whole(
        self, boxes: list[tuple[int, float, float]], block: float
    ) -> tuple[int, float, float]:
        """A box just around the text where it stands in the middle, or at the end, of all."""
        total = sum(top - low for _, top, low in boxes)
        start = total - block - self.way.padding
        if self.way.down == "middle":
            start = (total - block) / 2
        for page, top, low in boxes:
            if start + block / 2 <= top - low:
                upper = min(top, max(top - start, low + block))
                return page, upper + self.way.padding, upper - block - self.way.padding
            start -= top - low
        return boxes[-1]

    def _write(
        self,
        pages: Words,
        page: int,
        edges: tuple[float, float],
        at: tuple[int, int],
        cell: Printed,
    ) -> None:
        lines, way = self.lines[at], self.way
        top, low = edges[0] - way.padding, edges[1] + way.padding
        block = len(lines) * way.leading
        start = {
            "top": top,
            "middle": (top + low + block) / 2,
            "bottom": low + block,
        }[way.down]
        left = MARGIN + sum(self.widths[: at[1]])
        room = sum(self.widths[at[1] : at[1] + cell.across]) - way.gap
        for n, line in enumerate(lines):
            shift = (room - self.measure(line, way.size)) / 2 if way.across == "center" else 0.0
            base = start - n * way.leading - way.size
            pages.setdefault(page, []).append((left + shift, base, line, way.size))


def seeds(count: int) -> Iterator[tuple[int, str]]:
    """Documents to try: so many of each place of the labels."""
    return ((seed, down) for seed in range(count) for down in DOWN)


def broken(way: Drawn, how: str) -> Drawn:
    """The same way, with another way to break cells."""
    return replace(way, broken=how)
