"""Tables of a web page (or of a page that Word saved as one)."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any, Final

from qzanalysis.documents.document import Document, Spoken
from qzanalysis.documents.grids import FAR, Box, Grid, lay_out, tidy
from qzanalysis.documents.plain import decode

MAX_TABLES: Final = 500
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_SILENT: Final = ("script", "style", "template", "noscript", "head", "del", "svg")
_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


def read(content: bytes) -> Document:
    """Every table of the page, innermost tables for themselves, and the blocks of text outside."""
    soup = _soup(content)
    grids: list[Grid] = []
    said: list[str] = []
    heard: list[str] = []
    number = 0
    for element in soup.find_all(
        ["table", "p", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "div", "li"]
    ):
        if element.name != "table":
            lines = _lines(element)
            said += lines
            heard += lines
            continue
        number += 1
        if number > MAX_TABLES:
            raise OverflowError("tables")
        if grid := _grid(element, number, heard):
            grids.append(grid)
            heard = []
    spoken = (Spoken(line, f"第 {n} 段") for n, line in enumerate(said, start=1))
    return Document(tuple(grids), tuple(spoken))


def _soup(content: bytes) -> Any:
    from bs4 import BeautifulSoup  # noqa: PLC0415

    declared = _CHARSET.search(content[:4096])
    text = decode(content, declared[1].decode("ascii", "ignore") if declared else "")
    # lxml closes the cells that a page leaves open; without it only tidy pages can be read
    soup = BeautifulSoup(text, "lxml" if find_spec("lxml") else "html.parser")
    for element in soup(_SILENT):
        element.decompose()
    for element in soup.find_all(style=_HIDDEN) + soup.find_all(hidden=True):
        if not element.decomposed:
            element.decompose()
    return soup


def _lines(element: Any) -> list[str]:
    """The text of a block that is not inside a table and holds no blocks of its own."""
    if element.name != "caption" and element.find_parent("table"):
        return []
    if element.find(["table", "p", "div", "li", "h1", "h2", "h3", "h4"]):
        return []
    text = " ".join(element.get_text().split())
    return [text] if text else []


def _grid(table: Any, number: int, heard: list[str]) -> Grid | None:
    place = f"表 {number}"
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    boxes = [[_box(cell) for cell in row.find_all(["td", "th"], recursive=False)] for row in rows]
    title = table.find("caption")
    before = [*heard, *([" ".join(title.get_text().split())] if title else [])]
    apart = sum(map(len, heard)) > FAR
    return tidy(Grid(lay_out(boxes, place), tuple(before[-4:]), place, apart=apart))


def _box(cell: Any) -> Box:
    for line_break in cell.find_all("br"):
        line_break.replace_with("\n")
    for inner in cell.find_all("table"):
        inner.extract()
    return Box(cell.get_text().strip(), _span(cell.get("colspan")), _span(cell.get("rowspan")))


def _span(text: str | None) -> int:
    digits = re.match(r"\s*(\d{1,5})", text or "")
    return int(digits[1]) if digits else 1
