"""Gives a chapter's body its structure: sections, stable anchors, ids that are unique.

Headings get ASCII ids in their order (`sec-1`, `sec-2`), because Chinese ones would be percent-
encoded. Ids inside an SVG are kept only where something refers to them, and made unique per chart:
matplotlib names the parts of every figure alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Container
from dataclasses import dataclass
from html import unescape
from typing import Final

from qzanalysis.publishing import search
from qzanalysis.publishing.markup import Attributes, Rewriter, with_attributes, without_attribute

_ASCII_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_HEADING: Final = re.compile(r"h[1-6]")
_REFERENCE: Final = re.compile(r"""url\(['"]?#([^)'"]+)['"]?\)|href\s*=\s*["']#([^"']+)["']""")
_ID_LISTS: Final = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a page: its level (1 to 6), anchor and text."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """A chapter's main part: markup with anchors and sections, its headings, and what search finds."""

    markup: str
    headings: tuple[Heading, ...]
    text: tuple[search.Section, ...]


def structured(markup: str) -> Body:
    """The same markup with anchors on headings, a `section` for each h2, and unique SVG ids."""
    sections = _Sections()
    result = sections.rewrite(separate_charts(markup))
    complete = result + sections.closing
    return Body(complete, tuple(sections.headings), tuple(search.sections(complete)))


def separate_charts(markup: str) -> str:
    """The markup with the ids of each SVG made its own."""
    counter = iter(range(1, 10_000))
    return re.sub(
        r"<svg\b.*?</svg>",
        lambda match: _own_ids(match[0], f"c{next(counter)}-"),
        markup,
        flags=re.DOTALL,
    )


def prefixed(markup: str, prefix: str, link: Callable[[str], str]) -> str:
    """The markup with every id, and what refers to it, prefixed; links go through `link`.

    Args:
        markup: a chapter's body.
        prefix: such as `c03-`.
        link: the new target of an `href`.
    """
    return _Prefixed(prefix, link).rewrite(markup)


def unlinked(markup: str, pages: Collection[str]) -> str:
    """The markup with links to these pages turned into plain text."""
    return _Unlinked(pages).rewrite(markup) if pages else markup


class _Unlinked(Rewriter):
    def __init__(self, pages: Container[str]) -> None:
        super().__init__()
        self._pages = pages
        self._closing = "</a>"

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        if tag != "a":
            return raw
        gone = attributes.get("href", "").partition("#")[0] in self._pages
        self._closing = "</span>" if gone else "</a>"
        return '<span class="unavailable">' if gone else raw

    def end(self, tag: str, raw: str) -> str:
        return self._closing if tag == "a" else raw


class _Sections(Rewriter):
    drawings = False

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[Heading] = []
        self.closing = ""
        self._current: list[str] | None = None

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        if not _HEADING.fullmatch(tag):
            return raw
        self._current = []
        anchor = attributes.get("id", "")
        if not _ASCII_ID.fullmatch(anchor):
            anchor = f"sec-{sum(heading.level > 1 for heading in self.headings) + 1}"
            anchor = "title" if tag == "h1" else anchor
            raw = with_attributes(without_attribute(raw, "id"), {"id": anchor})
        self.headings.append(Heading(int(tag[1]), anchor, ""))
        if tag != "h2" or self.stack:
            return raw
        opened = f'{self.closing}<section aria-labelledby="{anchor}">{raw}'
        self.closing = "</section>"
        return opened

    def end(self, tag: str, raw: str) -> str:
        if _HEADING.fullmatch(tag) and self._current is not None:
            last = self.headings[-1]
            text = " ".join(unescape("".join(self._current)).split())
            self.headings[-1] = Heading(last.level, last.anchor, text)
            self._current = None
        return raw

    def text(self, raw: str) -> str:
        if self._current is not None:
            self._current.append(raw)
        return raw


class _Prefixed(Rewriter):
    def __init__(self, prefix: str, link: Callable[[str], str]) -> None:
        super().__init__()
        self._prefix = prefix
        self._link = link

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        raw = _replace(raw, "id", lambda value: self._prefix + value)
        for name in _ID_LISTS:
            if name in attributes:
                raw = _replace(raw, name, self._each)
        raw = re.sub(r"url\((['\"]?)#", rf"url(\1#{self._prefix}", raw)
        if tag == "a":
            return _replace(raw, "href", self._link)
        return re.sub(r"""href=(["'])#""", rf"href=\1#{self._prefix}", raw)

    def _each(self, value: str) -> str:
        return " ".join(self._prefix + part for part in value.split())


def _replace(raw: str, name: str, change: Callable[[str], str]) -> str:
    pattern = rf"""(\s{name}=)(["'])(.*?)\2"""
    return re.sub(pattern, lambda m: f"{m[1]}{m[2]}{change(m[3])}{m[2]}", raw, flags=re.DOTALL)


def _own_ids(svg: str, prefix: str) -> str:
    used = {first or second for first, second in _REFERENCE.findall(svg)}
    labels = " ".join(re.findall(r'aria-(?:labelledby|describedby)="([^"]*)"', svg)).split()

    def own(match: re.Match[str]) -> str:
        name = match[2]
        if name in labels:
            return match[0]
        return f'{match[1]}"{prefix}{name}"' if name in used else ""

    svg = re.sub(r'(\sid=)"([^"]*)"', own, svg)
    svg = re.sub(r"""url\((['"]?)#""", rf"url(\1#{prefix}", svg)
    return re.sub(r"""href=(["'])#""", rf"href=\1#{prefix}", svg)
