"""Tables of a Word file (.docx), read from its XML: also inside content controls and text boxes.

No entity is ever expanded: a Word file has no DOCTYPE, so one that has is refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from qzanalysis.documents.document import Document, Spoken
from qzanalysis.documents.grids import FAR, Box, Grid, lay_out, tidy

MAIN: Final = "word/document.xml"
MAX_XML: Final = 60_000_000
_MAX_DEPTH: Final = 400
_SKIPPED: Final = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "footnoteReference", "rt"}
)
_AS_TEXT: Final = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


class HasDoctype(ValueError):
    """The XML declares a document type, which a Word file never does."""


def read(content: bytes) -> Document:
    """Every table of the document body, and the paragraphs outside the tables."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        root = parse(_member(package))
    grids: list[Grid] = []
    said: list[str] = []
    heard: list[str] = []
    for number, block in enumerate(_blocks(root, heard), start=1):
        said += heard
        place = f"表 {number}"
        rows = lay_out(_boxes(block), place)
        apart = sum(map(len, heard)) > FAR
        if grid := tidy(Grid(rows, tuple(heard[-4:]), place, apart=apart)):
            grids.append(grid)
        heard.clear()
    said += heard
    spoken = (Spoken(text, f"第 {n} 段") for n, text in enumerate(said, start=1))
    return Document(tuple(grids), tuple(spoken))


def parse(xml: bytes) -> ET.Element:
    """XML → elements named without namespace.

    Raises:
        HasDoctype: it has a DOCTYPE (entities, external files).
        OverflowError: nested too deep.
        expat.ExpatError: not well-formed.
    """
    builder, reader = ET.TreeBuilder(), expat.ParserCreate(namespace_separator="}")
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise OverflowError("xml")
        builder.start(_local(name), {_local(k): v for k, v in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(name))

    def forbid(*_: object) -> None:
        raise HasDoctype

    reader.buffer_text = True
    reader.StartElementHandler, reader.EndElementHandler = start, end
    reader.CharacterDataHandler = builder.data
    reader.StartDoctypeDeclHandler = forbid
    reader.EntityDeclHandler = forbid
    reader.Parse(xml, True)
    return builder.close()


def _member(package: zipfile.ZipFile) -> bytes:
    with package.open(MAIN) as stream:
        xml = stream.read(MAX_XML + 1)
    if len(xml) > MAX_XML:
        raise OverflowError("xml")
    return xml


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _blocks(element: ET.Element, heard: list[str]) -> Iterator[ET.Element]:
    """Outer tables in order; `heard` collects the paragraphs since the last one."""
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == "tbl":
            yield child
            yield from _inner_tables(child)
        elif child.tag == "p":
            if text := " ".join(_text(child).split()):
                heard.append(text)
            yield from _boxed_tables(child)
        else:
            yield from _blocks(child, heard)


def _inner_tables(table: ET.Element) -> Iterator[ET.Element]:
    return (inner for inner in table.iter("tbl") if inner is not table)


def _boxed_tables(paragraph: ET.Element) -> Iterator[ET.Element]:
    """Tables in text boxes of a paragraph; the fallback copy Word keeps beside them is left out."""
    for choice in paragraph.iter("Choice"):
        yield from choice.iter("tbl")


def _boxes(table: ET.Element) -> list[list[Box]]:
    laid = [_positions(_row_cells(row)) for row in _children(table, "tr")]
    covered: set[tuple[int, int]] = set()
    rows = []
    for r, row in enumerate(laid):
        boxes = []
        for at, span, cell, merge in row:
            if merge == "continue" and (r, at) in covered:
                continue
            height = _height(laid, r, at) if merge else 1
            covered |= {(r + down, at) for down in range(1, height)}
            boxes.append(Box(_cell_text(cell), span, height))
        rows.append(boxes)
    return rows


def _children(element: ET.Element, tag: str) -> Iterator[ET.Element]:
    """Children of this tag, also through content controls and insertions."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in {"sdt", "sdtContent", "ins", "moveTo", "customXml"}:
            yield from _children(child, tag)


def _row_cells(row: ET.Element) -> list[tuple[ET.Element | None, int, str]]:
    """Cells of a row with column span and vertical merge; leading gaps as empty cells."""
    gap = row.find("trPr/gridBefore")
    cells: list[tuple[ET.Element | None, int, str]] = []
    if gap is not None:
        cells.append((None, _number(gap.get("val")), ""))
    for cell in _children(row, "tc"):
        span, merge = cell.find("tcPr/gridSpan"), cell.find("tcPr/vMerge")
        state = "" if merge is None else merge.get("val", "continue")
        cells.append((cell, 1 if span is None else _number(span.get("val")), state))
    return cells


Positioned = list[tuple[int, int, "ET.Element | None", str]]


def _positions(cells: list[tuple[ET.Element | None, int, str]]) -> Positioned:
    at, placed = 0, []
    for cell, span, merge in cells:
        placed.append((at, span, cell, merge))
        at += span
    return placed


def _height(laid: list[Positioned], row: int, at: int) -> int:
    """How many rows a cell covers: those below whose cell at the same place continues it."""
    height = 1
    for below in laid[row + 1 :]:
        if not any(a == at and merge == "continue" for a, _, _, merge in below):
            break
        height += 1
    return height


def _number(text: str | None) -> int:
    return max(1, min(int(text), 60)) if text and text.isdecimal() else 1


def _cell_text(cell: ET.Element | None) -> str:
    if cell is None:
        return ""
    return "\n".join(_text(p) for p in _children(cell, "p")).strip()


def _text(element: ET.Element) -> str:
    """Text of runs; deleted, moved-away and hidden text is not text."""
    parts: list[str] = []
    for child in element:
        if child.tag in _SKIPPED or child.tag in {"tbl", "txbxContent"}:
            continue
        if child.tag == "t":
            parts.append(child.text or "")
        elif child.tag in _AS_TEXT:
            parts.append(_AS_TEXT[child.tag])
        elif child.tag != "r" or not _hidden(child):
            parts.append(_text(child))
    return "".join(parts)


def _hidden(run: ET.Element) -> bool:
    mark = run.find("rPr/vanish")
    return mark is not None and mark.get("val", "true") not in {"0", "false", "none"}
