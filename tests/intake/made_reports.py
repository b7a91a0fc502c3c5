"""Made-up reports: the figures of `data/` printed again as Word, PDF, web page and plain text.

What the tables say, and in which look, is in `made_tables`.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from qzanalysis.intake.layout import file_of

from .made_tables import (
    LOOKS,
    PLAIN,
    SCHOOL,
    YEAR,
    Figures,
    Look,
    Printed,
    PrintedTable,
    Truth,
    figures_of,
    filled,
    pieces,
    positions,
    tables,
    truth,
    width,
)

__all__ = [
    "FORMATS",
    "LOOKS",
    "PLAIN",
    "SCHOOL",
    "YEAR",
    "Figures",
    "Look",
    "Printed",
    "PrintedTable",
    "Score",
    "Truth",
    "as_docx",
    "as_html",
    "as_pdf",
    "as_text",
    "figures_of",
    "filled",
    "pieces",
    "positions",
    "score",
    "tables",
    "truth",
    "width",
]


def as_html(made: Sequence[PrintedTable], look: Look = PLAIN) -> bytes:
    """A web page."""
    parts = [
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>虚构报告</title></head><body>"
    ]
    for table in made:
        for piece in pieces(table, look):
            parts.append(f"<h3>{html.escape(piece.title)}</h3>" if piece.title else "")
            rows = "".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in piece.rows)
            parts.append(f"<table>{rows}</table>")
    return "".join([*parts, "</body></html>"]).encode()


def _td(cell: Printed) -> str:
    spans = f' colspan="{cell.across}"' * (cell.across > 1) + f' rowspan="{cell.down}"' * (
        cell.down > 1
    )
    return f"<td{spans}>{html.escape(cell.text)}</td>"


def as_docx(made: Sequence[PrintedTable], look: Look = PLAIN) -> bytes:
    """A Word file with merged cells."""
    from docx import Document  # noqa: PLC0415

    document = Document()
    document.add_paragraph("虚构报告，仅供测试")
    for table in made:
        for piece in pieces(table, look):
            if piece.title:
                document.add_paragraph(piece.title)
            _docx_table(document, piece)
            document.add_paragraph("")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _docx_table(document: object, piece: PrintedTable) -> None:
    placed = positions(piece.rows)
    width = max(c + cell.across for (_, c), cell in placed.items())
    table = document.add_table(rows=len(piece.rows), cols=width)  # type: ignore[attr-defined]
    grid = [list(row.cells) for row in table.rows]
    for (r, c), cell in placed.items():
        target = grid[r][c]
        if cell.across > 1 or cell.down > 1:
            target = target.merge(grid[r + cell.down - 1][c + cell.across - 1])
        target.text = cell.text


def as_text(made: Sequence[PrintedTable], look: Look = PLAIN, form: str = "tabs") -> bytes:
    """Plain text: columns kept apart by `tabs`, `bars` or `spaces`."""
    lines: list[str] = []
    for table in made:
        parts = [filled(piece.rows) for piece in pieces(table, look)]
        widths = [
            max(width(row[c]) for part in parts for row in part) + 3
            for c in range(len(parts[0][0]))
        ]
        for n, part in enumerate(parts):
            lines += ["", table.title, ""] if n == 0 else [""]
            lines += [_WRITERS[form](row, widths) for row in part]
    return "\n".join(lines).encode()


def _spaced(row: list[str], widths: list[int]) -> str:
    return "".join(
        text + " " * (w - width(text)) for text, w in zip(row, widths, strict=True)
    ).rstrip()


_WRITERS: dict[str, Callable[[list[str], list[int]], str]] = {
    "tabs": lambda row, _: "\t".join(row),
    "bars": lambda row, _: f"| {' | '.join(row)} |",
    "spaces": _spaced,
}


def as_pdf(
    made: Sequence[PrintedTable], look: Look = PLAIN, ruling: str = "grid", head: str = ""
) -> bytes:
    """A PDF; `ruling` is `grid`, `lines` (three horizontal ones) or `none`; `head` on every page."""
    from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    style = _style()
    story: list[object] = []
    for table in made:
        widths = _pdf_widths(table, 190 if ruling == "grid" else 300)
        for n, piece in enumerate(pieces(table, look)):
            if n:
                story.append(PageBreak())
            if piece.title:
                story.append(Paragraph(piece.title, style))
            story += [_pdf_table(piece, ruling, style, widths), Spacer(1, 24)]
    buffer = io.BytesIO()
    page = _page_head(head)
    document = SimpleDocTemplate(buffer, pagesize=landscape(A4), invariant=1)
    document.build(story, onFirstPage=page, onLaterPages=page)
    return buffer.getvalue()


def _page_head(head: str) -> Callable[[Any, Any], None]:
    """Draws the head and the number of a page."""

    def draw(canvas: Any, document: Any) -> None:
        if head:
            canvas.setFont("STSong-Light", 9)
            canvas.drawString(80, 560, head)
            canvas.drawString(400, 30, f"- {document.page} -")

    return draw


def _style() -> object:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return ParagraphStyle("body", fontName="STSong-Light", fontSize=9, leading=12, wordWrap="CJK")


def _pdf_widths(table: PrintedTable, most: float) -> list[float]:
    """Widths that hold for all pages of a table, in points."""
    texts = filled(table.rows)
    columns = range(len(texts[0]))
    widths = [
        min(most, 16 + 9.5 * max(1.0, *(width(row[c]) / 2 for row in texts))) for c in columns
    ]
    return [width * min(1.0, 760 / sum(widths)) for width in widths]


def _pdf_table(piece: PrintedTable, ruling: str, style: object, widths: list[float]) -> object:
    from reportlab.lib import colors  # noqa: PLC0415
    from reportlab.platypus import Paragraph, Table  # noqa: PLC0415

    texts = filled(piece.rows)
    spans = [
        ("SPAN", (c, r), (c + cell.across - 1, r + cell.down - 1))
        for (r, c), cell in positions(piece.rows).items()
        if cell.across > 1 or cell.down > 1
    ]
    data = [
        [Paragraph(html.escape(text), style) if ruling == "grid" else text for text in row]
        for row in texts
    ]
    lines = {
        "grid": [("GRID", (0, 0), (-1, -1), 0.5, colors.black)],
        "lines": [("LINEABOVE", (0, n), (-1, n), 1, colors.black) for n in (0, len(piece.head))]
        + [("LINEBELOW", (0, -1), (-1, -1), 1, colors.black)],
        "none": [],
    }[ruling]
    font = [("FONT", (0, 0), (-1, -1), "STSong-Light", 9)]
    if ruling == "lines":  # merged labels at the top of their cell, else at the bottom
        font.append(("VALIGN", (0, len(piece.head)), (-1, -1), "TOP"))
    return Table(data, colWidths=widths, style=[*font, *spans, *lines])


Maker = Callable[[Sequence[PrintedTable], Look], bytes]
FORMATS: dict[str, tuple[str, Maker]] = {
    "docx": (".docx", as_docx),
    "html": (".html", as_html),
    "tabs": (".txt", as_text),
    "bars": (".txt", lambda made, look: as_text(made, look, "bars")),
    "spaces": (".txt", lambda made, look: as_text(made, look, "spaces")),
    "pdf": (".pdf", as_pdf),
    "pdf-head": (".pdf", lambda made, look: as_pdf(made, look, head="某某学校质量年度报告")),
    "pdf-lines": (".pdf", lambda made, look: as_pdf(made, look, "lines")),
    "pdf-none": (".pdf", lambda made, look: as_pdf(made, look, "none")),
}


@dataclass
class Score:
    """How an extraction compares with the truth."""

    total: int = 0
    right: int = 0
    sure: int = 0
    wrong: list[str] = field(default_factory=list)
    wrong_and_sure: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Right and placed, of all there are."""
        return self.right / self.total


def score(cells: Iterable[object], expected: Truth) -> Score:
    """Compare placed cells with what was printed."""
    found = {(file_of(c.source), c.indicator, c.breakdown, c.year): c for c in cells}  # type: ignore[attr-defined]
    result = Score(total=len(expected))
    for key, cell in found.items():
        result.sure += cell.certainty == "sure"  # type: ignore[attr-defined]
        if expected.get(key) == cell.printed:  # type: ignore[attr-defined]
            result.right += 1
            continue
        words = f"{key}: {cell.printed} ≠ {expected.get(key)} ({cell.origin})"  # type: ignore[attr-defined]
        (result.wrong_and_sure if cell.certainty == "sure" else result.wrong).append(words)  # type: ignore[attr-defined]
    result.left = [f"{key}: {expected[key]}" for key in expected if key not in found]
    return result
