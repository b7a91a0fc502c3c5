"""Paragraphs and tables of a web page (or of a page that Word saved as one)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Final

from qzanalysis.documents.model import Document, Paragraph, Place, Table
from qzanalysis.documents.plain import decode
from qzanalysis.documents.tables import Box, assemble, lay_out

MAX_TABLES: Final = 500
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_SILENT: Final = ("script", "style", "template", "noscript", "head", "del", "svg")
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_INNER: Final = ("table", "p", "div", "li", "h1", "h2", "h3", "h4")
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


def read(content: bytes) -> Document:
    """The visible page; a table inside a cell is a table of its own.

    Raises:
        OverflowError: more than `MAX_TABLES` tables.
    """
    return assemble("html", _blocks(_visible(content)))


def _visible(content: bytes) -> Any:
    from bs4 import BeautifulSoup  # noqa: PLC0415

    declared = _CHARSET.search(content[:4096])
    text = decode(content, declared[1].decode("ascii", "ignore") if declared else "")
    # lxml closes the cells that a page leaves open; without it only tidy pages can be read
    soup = BeautifulSoup(text, "lxml" if find_spec("lxml") else "html.parser")
    for element in soup(_SILENT) + soup.find_all(style=_HIDDEN) + soup.find_all(hidden=True):
        if not element.decomposed:
            element.decompose()
    return soup


def _blocks(soup: Any) -> Iterator[Paragraph | Table]:
    """Tables, and blocks of text outside of them that hold no blocks of their own."""
    paragraphs = tables = 0
    for element in soup.find_all(["table", "p", "div", "li", *_HEADINGS]):
        if element.name == "table":
            tables += 1
            if tables > MAX_TABLES:
                raise OverflowError("tables")
        outside = element.name != "table" and not element.find_parent("table")
        text = _plain(element if outside else element.find("caption", recursive=False))
        if text and not (outside and element.find(_INNER)):
            paragraphs += 1
            yield Paragraph(text, Place(paragraph=paragraphs))
        if element.name == "table":
            yield _table(element, Place(table=tables))


def _table(table: Any, place: Place) -> Table:
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    boxes = [[_box(cell) for cell in row.find_all(["td", "th"], recursive=False)] for row in rows]
    return Table(lay_out(boxes, place))


def _plain(element: Any) -> str:
    return " ".join(element.get_text().split()) if element else ""


def _box(cell: Any) -> Box:
    for line_break in cell.find_all("br"):
        line_break.replace_with("\n")
    for inner in cell.find_all("table"):
        inner.extract()
    return Box(cell.get_text().strip(), _span(cell.get("colspan")), _span(cell.get("rowspan")))


def _span(text: str | None) -> int:
    digits = re.match(r"\s*(\d{1,5})", text or "")
    return int(digits[1]) if digits else 1
