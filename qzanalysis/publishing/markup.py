"""Walks HTML and copies it byte for byte, save where a subclass says otherwise.

No tree is built and nothing is serialised anew: what a notebook wrote is what a reader gets.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import ClassVar, Final

from qzanalysis.errors import REORDERING

Attributes = dict[str, str]

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_DRAWING: Final = re.compile(r"(<svg\b.*?</svg>)", re.DOTALL)
_MISLEADING: Final = re.compile(f"[{''.join(map(chr, REORDERING))}]")


class Rewriter(HTMLParser):
    """Copies markup; subclasses change start tags, end tags or text as they pass.

    Attributes:
        drawings: whether to walk through drawings (`svg`) too; most of a page's tags are in them.
        stack: the open elements, outermost first. While a start tag is handled, its own element
            is not yet on the stack; while an end tag is handled, it is no longer.
        unclosed: elements that were still open when one around them ended.
        stray: end tags of elements that were not open.
    """

    drawings: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.stack: list[str] = []
        self.unclosed: list[str] = []
        self.stray: list[str] = []
        self._out: list[str] = []

    def rewrite(self, markup: str) -> str:
        """The markup with this class's changes."""
        for number, part in enumerate([markup] if self.drawings else _DRAWING.split(markup)):
            if number % 2:
                self._out.append(part)
            else:
                self.feed(part)
                self.close()
        return "".join(self._out)

    # What a subclass may change -------------------------------------------------------------

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        """What replaces a start tag, given as it stands in `raw`."""
        return raw

    def end(self, tag: str, raw: str) -> str:
        """What replaces an end tag."""
        return raw

    def text(self, raw: str) -> str:
        """What replaces a run of text or a character reference."""
        return raw

    # What the standard library calls --------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start tags, and void elements."""
        self._out.append(self.start(tag, _attributes(attrs), self.get_starttag_text() or ""))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements that close themselves, as SVG writes them."""
        self._out.append(self.start(tag, _attributes(attrs), self.get_starttag_text() or ""))

    def handle_endtag(self, tag: str) -> None:
        """End tags; those of elements left open in between are taken as given."""
        if tag in self.stack:
            while (open_ := self.stack.pop()) != tag:
                self.unclosed.append(open_)
        else:
            self.stray.append(tag)
        self._out.append(self.end(tag, f"</{tag}>"))

    def handle_data(self, data: str) -> None:
        """Text."""
        self._out.append(self.text(data))

    def handle_entityref(self, name: str) -> None:
        """`&amp;` and its like."""
        self._out.append(self.text(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """`&#39;` and its like."""
        self._out.append(self.text(f"&#{name};"))


def without_misleading(markup: str) -> str:
    """The markup without characters that reorder or hide text."""
    return _MISLEADING.sub("", markup)


def with_attributes(raw: str, added: Attributes) -> str:
    """A start tag with further attributes."""
    end = "/>" if raw.endswith("/>") else ">"
    extra = "".join(f' {name}="{escape(value)}"' for name, value in added.items())
    return f"{raw[: -len(end)].rstrip()}{extra}{end}"


def without_attribute(raw: str, name: str) -> str:
    """A start tag that loses one attribute."""
    return re.sub(rf"""\s{re.escape(name)}\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", "", raw, flags=re.I)


def _attributes(attrs: list[tuple[str, str | None]]) -> Attributes:
    return {name: value or "" for name, value in attrs}
