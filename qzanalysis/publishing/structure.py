"""The structure of a chapter's body: sections, stable anchors, ids that are unique.

Headings get ASCII ids in their order (`sec-1`, `sec-2`), because Chinese ones would be percent-
encoded. Ids inside a drawing stay only where something refers to them, with a prefix for each
drawing: matplotlib names the parts of every figure alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from lxml import etree

from qzanalysis.publishing.markup import Element, text_of

_ASCII_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_LEVELS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_URL: Final = re.compile(r"""url\((['"]?)#([^)'"]+)""")
_ID_LISTS: Final = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")
_LINKS: Final = ("href", "xlink:href")
_NAMING: Final = frozenset({"id", *_ID_LISTS, *_LINKS})
_DRAWINGS: Final = etree.XPath(".//svg[not(ancestor::svg)]")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a page: its level (1 to 6), anchor and text."""

    level: int
    anchor: str
    text: str


def structure(body: Element) -> tuple[Heading, ...]:
    """Give headings anchors, each h2 a `section`, and drawings ids of their own.

    Returns:
        The headings, in order.
    """
    for number, drawing in enumerate(_DRAWINGS(body), 1):
        _drop_unused(drawing)
        prefix(drawing, f"c{number}-")
    headings: list[Heading] = []
    for element in body.iter(*_LEVELS):
        if not _ASCII_ID.fullmatch(element.get("id", "")):
            number = sum(heading.level > 1 for heading in headings) + 1
            element.set("id", "title" if element.tag == "h1" else f"sec-{number}")
        headings.append(Heading(int(element.tag[1]), element.get("id"), text_of(element)))
    _sections(body)
    return tuple(headings)


def prefix(body: Element, name: str, link: Callable[[str], str] | None = None) -> None:
    """Put a prefix before every id and whatever refers to one.

    Args:
        body: any element.
        name: the prefix, such as `ch03-`.
        link: the new target of the `href` of an `a`; None treats it like any other.
    """
    for element, attribute, value in _names(body):
        if attribute == "id" or attribute in _ID_LISTS:
            changed = " ".join(name + one for one in value.split())
        elif attribute not in _LINKS:
            changed = _URL.sub(rf"url(\1#{name}\2", value)
        else:
            own = re.sub("^#", f"#{name}", value)
            changed = link(value) if link and element.tag == "a" else own
        element.set(attribute, changed)


def unlink(body: Element, pages: Collection[str]) -> None:
    """Turn links to these pages into plain text."""
    for element in list(body.iter("a")):
        if element.get("href", "").partition("#")[0] in pages:
            element.tag = "span"
            element.attrib.clear()
            element.set("class", "unavailable")


def lower(body: Element) -> None:
    """Move every heading down one level."""
    for element in list(body.iter(*_LEVELS[:-1])):
        element.tag = f"h{int(element.tag[1]) + 1}"


def _sections(body: Element) -> None:
    """A `section` from each h2 of the body to the next."""
    section = None
    for child in list(body):
        if child.tag == "h2":
            section = etree.Element("section", {"aria-labelledby": child.get("id")})
            child.addprevious(section)
        if section is not None:
            section.append(child)


def _drop_unused(drawing: Element) -> None:
    """Remove the ids of a drawing that nothing in it refers to."""
    names = _names(drawing)
    used: set[str] = set()
    for _, attribute, value in names:
        if attribute != "id":
            used |= {*value.lstrip("#").split(), *(target for _, target in _URL.findall(value))}
    for element, attribute, value in names:
        if attribute == "id" and value not in used:
            del element.attrib["id"]


def _names(body: Element) -> list[tuple[Element, str, str]]:
    """Every attribute that gives an id or refers to one: element, name, value."""
    return [
        (element, name, value)
        for element in body.iter(etree.Element)
        for name, value in element.items()
        if name in _NAMING or "url(" in value
    ]
