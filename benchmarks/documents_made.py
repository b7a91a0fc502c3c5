"""Documents for measuring: those of a folder or made-up ones, and their content written to a file."""

# ruff: noqa: PLC0415

from __future__ import annotations

import html
import random
from collections.abc import Iterator
from pathlib import Path

from qzanalysis.documents import guard
from qzanalysis.documents.assembly import Box, assemble, lay_out
from qzanalysis.documents.model import Block, Cell, Document, Paragraph, Table


def contents(folder: Path | None) -> list[tuple[str, Document]]:
    """The documents of a folder, or made-up ones."""
    kinds = {".pdf", ".docx", ".html", ".txt"}
    paths = (
        sorted(p for p in folder.iterdir() if p.suffix in kinds)
        if folder and folder.is_dir()
        else []
    )
    if paths:
        return [(path.name, guard.read(path)) for path in paths]
    print("no documents given: made-up tables are used")
    return [("made-up", made_up(random.Random(7)))]


def made_up(choice: random.Random) -> Document:
    """A document of tables of counts, shares and totals by departments."""
    blocks: list[Block] = []
    for n in range(12):
        counts = [choice.randint(5, 900) for _ in range(choice.randint(4, 20))]
        total = sum(counts)
        rows = [["院系", "人数", "占比"]]
        rows += [
            [f"第{chr(0x4E00 + 40 * n + i)}系", str(c), f"{100 * c / total:.2f}%"]
            for i, c in enumerate(counts)
        ]
        rows.append(["总计", str(total), "100.00%"])
        caption = f"表 {n + 1} 各院系人数"
        cells = lay_out([[Box(text) for text in row] for row in rows])
        blocks += [Paragraph(caption), Table(cells)]
        women = choice.randint(1, total)
        blocks.append(
            Paragraph(
                f"共有学生{total}人，其中女生{women}人，占{100 * women / total:.2f}%；"
                f"男生{total - women}人，占{100 * (total - women) / total:.2f}%。"
            )
        )
    return assemble("txt", blocks)


def through(content: Document, form: str, folder: Path) -> Document:
    """The content as it is read back from a file of some form."""
    if form == "memory":
        return content
    path = folder / f"made.{form}"
    if form == "html":
        path.write_bytes(as_html(content))
    else:
        {"docx": as_docx, "pdf": as_pdf}[form](content, path)
    return guard.read(path)


def as_html(content: Document) -> bytes:
    parts = []
    for block in content.blocks:
        if isinstance(block, Paragraph):
            parts.append(f"<p>{html.escape(block.text)}</p>")
            continue
        parts.append(f"<p>{html.escape(block.caption)}</p><table>")
        for r in range(len(block.rows)):
            cells = "".join(
                f'<td rowspan="{down}" colspan="{across}">{html.escape(cell.text)}</td>'
                for _, cell, down, across in spans(block, r)
            )
            parts.append(f"<tr>{cells}</tr>")
        parts.append("</table>")
    return f"<html><meta charset=utf-8><body>{''.join(parts)}</body></html>".encode()


def as_docx(content: Document, path: Path) -> None:
    import docx

    document = docx.Document()
    for block in content.blocks:
        if isinstance(block, Paragraph):
            document.add_paragraph(block.text.replace("\t", " "))
            continue
        document.add_paragraph(block.caption)
        table = document.add_table(len(block.rows), block.width)
        grid = [list(row.cells) for row in table.rows]
        for r in range(len(block.rows)):
            for c, cell, down, across in spans(block, r):
                at = grid[r][c]
                if down > 1 or across > 1:
                    at = at.merge(grid[r + down - 1][c + across - 1])
                at.text = cell.text
    document.save(str(path))


def as_pdf(content: Document, path: Path) -> None:
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph as Text
    from reportlab.platypus import SimpleDocTemplate, Spacer
    from reportlab.platypus import Table as Grid

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("text", fontName="STSong-Light", wordWrap="CJK", leading=16)
    small = ParagraphStyle("cell", parent=style, fontSize=7, leading=9)
    story: list[object] = []
    for block in content.blocks:
        if isinstance(block, Paragraph):
            story.append(Text(html.escape(block.text), style))
            continue
        story.append(Text(html.escape(block.caption), style))
        commands = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
        cells = [["" for _ in row] for row in block.rows]
        for r in range(len(block.rows)):
            for c, cell, down, across in spans(block, r):
                cells[r][c] = Text(html.escape(cell.text), small)  # type: ignore[call-overload]
                commands.append(("SPAN", (c, r), (c + across - 1, r + down - 1)))  # type: ignore[arg-type]
        story += [Grid(cells, style=commands, repeatRows=1), Spacer(1, 12)]
    SimpleDocTemplate(str(path), leftMargin=40, rightMargin=40).build(story)


def spans(table: Table, r: int) -> Iterator[tuple[int, Cell, int, int]]:
    """The cells that begin in a row: column from 0, cell, how many rows and columns it covers."""
    for c, cell in enumerate(table.rows[r]):
        if cell.own:
            across, down = table.extent(r, c)
            yield c, cell, down, across
