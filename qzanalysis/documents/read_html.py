"""Paragraphs and tables of a web page (or of a page that Word saved as one)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from qzanalysis.documents.assembly import Box, assemble, lay_out
from qzanalysis.documents.model import Block, Document, Paragraph, Table
from qzanalysis.documents.plain import decode

MAX_TABLES: Final = 500
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_SILENT: Final = "//script|//style|//template|//noscript|//head|//del|//comment()|//*[@hidden]"
_BEGINNING: Final = frozenset(  # elements that begin a paragraph
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


def read(content: bytes) -> Document:
    """The visible page, the words of its drawings (SVG) too; a table inside a cell is one itself.

    Raises:
        OverflowError: more than `MAX_TABLES` tables.
    """
    root = _visible(content)
    if root.xpath("count(//table)") > MAX_TABLES:
        raise OverflowError("tables")
    return assemble("html", _blocks(_parts(root)), unread=int(root.xpath("count(//img)")))


def _visible(content: bytes) -> Any:
    from lxml import html  # noqa: PLC0415

    declared = _CHARSET.search(content[:4096])
    text = decode(content, declared[1].decode("ascii", "ignore") if declared else "")
    root = html.document_fromstring(re.sub(r"[\x00-\x08\x0b\x0e-\x1f]", "", text) or "<p>")
    styled = [each for each in root.xpath("//*[@style]") if _HIDDEN.search(each.get("style"))]
    for element in [*root.xpath(_SILENT), *styled]:
        if element.getparent() is not None:
            element.drop_tree()
    return root


def _blocks(parts: Iterable[str | Block | None]) -> Iterator[Block]:
    """Words up to the next block as a paragraph."""
    words: list[str] = []
    for part in (*parts, None):
        if isinstance(part, str):
            words.append(part)
            continue
        if text := " ".join("".join(words).split()):
            yield Paragraph(text)
        words = []
        if part is not None:
            yield part


def _parts(element: Any) -> Iterator[str | Block | None]:
    """Words, tables and drawings; None where a paragraph begins or ends."""
    yield element.text or ""
    for child in element:
        if child.tag == "table":
            yield from _table(child)
        elif child.tag == "svg":
            yield Paragraph(" ".join("".join(text.itertext()) for text in child.iter("text")))
        elif child.tag == "br":
            yield "\n"
        else:
            edge = [None] if child.tag in _BEGINNING else []
            yield from (*edge, *_parts(child), *edge)
        yield child.tail or ""


def _table(table: Any) -> Iterator[Block]:
    """A table after its caption, then the tables and drawings inside its cells."""
    inner: list[Block] = []
    rows = [
        [_box(cell, inner) for cell in row if cell.tag in {"td", "th"}]
        for row in table.iter("tr")
        if next(row.iterancestors("table")) is table
    ]
    for caption in table.iterchildren("caption"):
        yield Paragraph(" ".join(caption.text_content().split()))
    yield Table(lay_out(rows))
    yield from inner


def _box(cell: Any, inner: list[Block]) -> Box:
    """A cell; what it holds beside text is added to `inner`."""
    words: list[str] = []
    for part in _parts(cell):
        if isinstance(part, (Paragraph, Table)):
            inner.append(part)
        else:
            words.append("\n" if part is None else part)
    lines = (" ".join(line.split()) for line in "".join(words).splitlines())
    text = "\n".join(line for line in lines if line)
    return Box(text, _span(cell.get("colspan")), _span(cell.get("rowspan")))


def _span(text: str | None) -> int:
    digits = re.match(r"\s*(\d{1,5})", text or "")
    return int(digits[1]) if digits else 1
