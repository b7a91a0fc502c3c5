"""Paragraphs and tables of a Word file (.docx): also text boxes, footnotes and the data of charts."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from qzanalysis.documents.assembly import Box, assemble, lay_out
from qzanalysis.documents.model import Block, Document, Paragraph, Table
from qzanalysis.documents.plain import formatted

MAIN: Final = "word/document.xml"
MAX_XML: Final = 60_000_000
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml")
_LINKS: Final = "word/_rels/document.xml.rels"
_UNSEEN: Final = frozenset(
    {"del", "moveFrom", "Fallback", "rt"}
)  # Fallback: a copy for old programs
_SEPARATORS: Final = ("separator", "continuationSeparator", "continuationNotice")
_PICTURES: Final = frozenset({"pic", "imagedata", "relIds"})
_WRAPPERS: Final = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml"})
_AS_TEXT: Final = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(content: bytes) -> Document:
    """The body, then footnotes. Deleted, moved-away and hidden text, and contents, are left out.

    Raises:
        DTDForbidden: the XML declares a document type, which a Word file never does.
        OverflowError: it is too large; RecursionError: nested too deep.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        body = _xml(package, MAIN)
        notes = [_xml(package, name) for name in _NOTES if name in names]
        charts = dict(_charts(package)) if _LINKS in names else {}
    pictures = sum(element.tag in _PICTURES for element in body.iter())
    blocks = [block for root in (body, *notes) for block in _blocks(root, charts)]
    return assemble("docx", blocks, unread=pictures)


def _xml(package: zipfile.ZipFile, name: str) -> ET.Element:
    """The root of a part: names without namespace, nothing that Word does not show."""
    with package.open(name) as stream:
        xml = stream.read(MAX_XML + 1)
    if len(xml) > MAX_XML:
        raise OverflowError("xml")
    root: ET.Element = fromstring(xml, forbid_dtd=True)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {key.rpartition("}")[2]: text for key, text in element.attrib.items()}
    for element in root.iter():
        element[:] = [child for child in element if not _is_unseen(child)]
    return root


def _is_unseen(element: ET.Element) -> bool:
    mark = element.find("rPr/vanish")
    hidden = mark is not None and mark.get("val", "true") not in {"0", "false", "none"}
    return hidden or element.tag in _UNSEEN or element.get("type") in _SEPARATORS


def _blocks(
    element: ET.Element, charts: Mapping[str, Table], *, of_cell: bool = False
) -> Iterator[Block]:
    """Paragraphs and tables in order; text boxes and charts after what they are anchored in.

    Args:
        of_cell: paragraphs are text of a table, which has it already.
    """
    for child in element:
        if child.tag == "tbl":
            yield Table(lay_out(_boxes(child)))
        elif child.tag == "p" and not of_cell and not _is_contents(child):
            yield Paragraph(" ".join(_text(child).split()))
        elif child.tag == "chart" and child.get("id", "") in charts:
            yield charts[child.get("id", "")]
        inside = (of_cell or child.tag == "tbl") and child.tag != "txbxContent"
        yield from _blocks(child, charts, of_cell=inside)


def _is_contents(paragraph: ET.Element) -> bool:
    """Whether a paragraph is an entry of the table of contents."""
    return any("PAGEREF _Toc" in (field.text or "") for field in paragraph.iter("instrText"))


def _charts(package: zipfile.ZipFile) -> Iterator[tuple[str, Table]]:
    """The data of each chart of the body, by the identifier of its relationship."""
    for link in _xml(package, _LINKS):
        name = f"word/{link.get('Target', '').removeprefix('/word/')}"
        if name.startswith("word/charts/") and name in package.namelist():
            yield link.get("Id", ""), _chart(_xml(package, name))


def _chart(root: ET.Element) -> Table:
    """Categories down, series across; the caption is the title of the chart."""
    series = list(root.iter("ser"))
    values = [_points(each, "val") or _points(each, "yVal") for each in series]
    labels: dict[int, str] = {}
    for each in series:
        labels |= _points(each, "cat") or _points(each, "xVal")
    rows = [["", *("".join(_points(each, "tx").values()) for each in series)]]
    for n in sorted({n for each in values for n in each}):
        rows.append([labels.get(n, ""), *(each.get(n, "") for each in values)])
    title = "".join(text.text or "" for text in root.iterfind(".//chart/title//t"))
    boxes = [[Box(text) for text in row] for row in rows]
    return Table(lay_out(boxes), title, (title,) if title else ())


def _points(series: ET.Element, part: str) -> dict[int, str]:
    """The texts of the points that a chart keeps of one part of a series, by their index."""
    pattern = series.findtext(f"{part}//formatCode", "")
    found: dict[int, str] = {}
    for point in series.iterfind(f"{part}//pt"):
        text = point.findtext("v", "")
        with contextlib.suppress(ValueError):
            text = formatted(float(text), point.get("formatCode", pattern))
        found[int(point.get("idx", "0"))] = text
    return found


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
    """Text of runs, without that of tables and text boxes inside."""
    parts: list[str] = []
    for child in element:
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag in _AS_TEXT:
            parts.append(_AS_TEXT[child.tag])
        elif child.tag not in {"tbl", "txbxContent"}:
            parts.append(_text(child))
    return "".join(parts)
