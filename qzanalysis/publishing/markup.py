"""Markup as a tree (lxml): parsed once, proved to close what it opens, written once.

What the package writes is XML and is parsed as XML, which proves it well formed and keeps the case
of names in drawings. Other HTML may leave end tags out: its tags are matched by `_Tags`, because
an HTML parser repairs them without a word.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any, Final

from lxml import etree

from qzanalysis.errors import REORDERING

Element = Any  # lxml has no types of its own

_MISLEADING: Final = re.compile(f"[{''.join(map(chr, REORDERING))}]")
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_MAY_STAY_OPEN: Final = frozenset(
    {"html", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"}
)


def parsed(markup: str) -> tuple[Element, list[str]]:
    """A `body` element that holds the markup, and the tags that do not match, in words."""
    whole = f"<body>{markup}</body>"
    if "xmlns" not in markup:  # names stay plain names
        try:
            return etree.fromstring(whole, etree.XMLParser(resolve_entities=False)), []
        except etree.XMLSyntaxError:
            pass
    return page(whole).find("body"), _Tags(markup).faults()


def page(markup: str) -> Element:
    """The `html` element of a whole page."""
    return etree.fromstring(markup or "<html>", etree.HTMLParser(huge_tree=True))


def written(body: Element) -> str:
    """The content of a `body` element as HTML."""
    text: str = etree.tostring(body, method="html", encoding="unicode", with_tail=False)
    return text[text.index(">") + 1 : -len("</body>")]


def text_of(element: Element) -> str:
    """The text inside an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def classes(element: Element) -> list[str]:
    """The classes of an element."""
    names: str = element.get("class", "")
    return names.split()


def without_misleading(markup: str) -> str:
    """The markup without characters that reorder or hide text."""
    return _MISLEADING.sub("", markup)


class _Tags(HTMLParser):
    """Matches the tags of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._open: list[str] = []
        self._unclosed: set[str] = set()
        self._stray: list[str] = []
        self.feed(markup)
        self.close()

    def faults(self) -> list[str]:
        """Elements left open that must not be, and end tags without a start."""
        left = {*self._unclosed, *self._open} - _MAY_STAY_OPEN
        return [
            *(f"<{tag}> 没有闭合" for tag in sorted(left)),
            *(f"多余的 </{tag}>" for tag in self._stray),
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens an element."""
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens and closes an element."""

    def handle_endtag(self, tag: str) -> None:
        """Closes an element, and those inside it that were left open."""
        if tag not in self._open:
            self._stray.append(tag)
            return
        while (last := self._open.pop()) != tag:
            self._unclosed.add(last)
