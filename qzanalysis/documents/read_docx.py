"""Paragraphs and tables of a Word file (.docx): also inside content controls and text boxes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from qzanalysis.documents.model import Document, Paragraph, Place, Table
from qzanalysis.documents.tables import Box, assemble, lay_out

MAIN: Final = "word/document.xml"
MAX_XML: Final = 60_000_000
_SKIPPED: Final = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "footnoteReference", "rt"}
)
_NOT_OF_CELL: Final = _SKIPPED | {"tbl", "txbxContent"}
_WRAPPERS: Final = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml"})
_AS_TEXT: Final = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(content: bytes) -> Document:
    """The document body. Deleted, moved-away and hidden text is left out.

    Raises:
        DTDForbidden: the XML declares a document type, which a Word file never does.
        OverflowError: it is too large; RecursionError: nested too deep.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open(MAIN) as stream:
        xml = stream.read(MAX_XML + 1)
    if len(xml) > MAX_XML:
        raise OverflowError("xml")
    root = fromstring(xml, forbid_dtd=True)
    for element in root.iter():  # names without namespace
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {key.rpartition("}")[2]: text for key, text in element.attrib.items()}
    return assemble("docx", _numbered(root))


def _numbered(root: ET.Element) -> Iterator[Paragraph | Table]:
    paragraphs = tables = 0
    for element in _blocks(root):
        if element.tag == "tbl":
            tables += 1
            yield Table(lay_out(_boxes(element), Place(table=tables)))
        elif text := " ".join(_text(element).split()):
            paragraphs += 1
            yield Paragraph(text, Place(paragraph=paragraphs))


def _blocks(element: ET.Element) -> Iterator[ET.Element]:
    """Outer paragraphs and all tables in order; Word's fallback copies of text boxes left out."""
    for child in element:
        if child.tag == "tbl":
            yield from child.iter("tbl")
        elif child.tag == "p":
            yield child
            for choice in child.iter("Choice"):
                yield from choice.iter("tbl")
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _boxes(table: ET.Element) -> list[list[Box]]:
    """Rows of boxes; a cell that continues the one above adds a row to that one's span."""
    rows: list[list[Box]] = []
    above: dict[int, tuple[list[Box], int]] = {}  # by column: row and index of the last merged cell
    for row in _children(table, "tr"):
        at = _number(row.find("trPr/gridBefore"))
        boxes = [Box("", at)] if at else []
        merged = {}
        for cell in _children(row, "tc"):
            across = max(1, _number(cell.find("tcPr/gridSpan")))
            merge = cell.find("tcPr/vMerge")
            state = "" if merge is None else merge.get("val", "continue")
            if state == "continue" and at in above:
                cells, index = merged[at] = above[at]
                cells[index] = replace(cells[index], down=cells[index].down + 1)
            else:
                if state:
                    merged[at] = (boxes, len(boxes))
                text = "\n".join(map(_text, _children(cell, "p"))).strip()
                boxes.append(Box(text, across, 1, at))
            at += across
        above = merged
        rows.append(boxes)
    return rows


def _children(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    """Children of this tag, also through content controls and insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, tag)


def _number(element: ET.Element | None) -> int:
    text = "" if element is None else element.get("val", "")
    return min(int(text), 60) if text.isdecimal() else 0


def _text(element: ET.Element) -> str:
    """Text of runs."""
    parts: list[str] = []
    for child in element:
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag in _AS_TEXT:
            parts.append(_AS_TEXT[child.tag])
        elif child.tag not in _NOT_OF_CELL and not _hidden(child):
            parts.append(_text(child))
    return "".join(parts)


def _hidden(element: ET.Element) -> bool:
    mark = element.find("rPr/vanish")
    return mark is not None and mark.get("val", "true") not in {"0", "false", "none"}
