"""The index behind the search box: headings and running text of every chapter, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, Final

from qzanalysis.publishing.markup import Attributes, Rewriter

BUDGET: Final = 40_000  # bytes of the index on one page
_LENGTHS: Final = (4000, 2000, 1200, 800, 500, 300, 200, 120, 60, 0)
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_READ: Final = _HEADINGS | {"p", "li", "figcaption", "caption", "th", "dt", "dd", "h4"}
_SKIPPED_CLASSES: Final = frozenset({"code", "notes", "downloads", "source", "out"})

Section = list[str]  # anchor, heading, text: a list, because it goes to JSON as it stands


class _Reader(Rewriter):
    """Collects the text of each section; what it copies is thrown away."""

    drawings = False

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[Section] = []
        self._silent: list[int] = []
        self._heading = False

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        if _SKIPPED_CLASSES & set(attributes.get("class", "").split()) or tag == "script":
            self._silent.append(len(self.stack))
        if tag in _HEADINGS and not self._silent:
            self.sections.append([attributes.get("id", ""), "", ""])
            self._heading = True
        elif tag in _READ and self.sections:
            self.sections[-1][2] += " "
        return ""

    def end(self, tag: str, raw: str) -> str:
        if self._silent and len(self.stack) <= self._silent[-1]:
            self._silent.pop()
        if tag in _HEADINGS:
            self._heading = False
        return ""

    def text(self, raw: str) -> str:
        if self.sections and not self._silent and _READ & set(self.stack):
            self.sections[-1][1 if self._heading else 2] += unescape(raw)
        return ""


def sections(markup: str) -> list[Section]:
    """Anchor, heading and text of every section of a page's body."""
    reader = _Reader()
    reader.rewrite(markup)
    return [
        [anchor, " ".join(heading.split()), " ".join(text.split())]
        for anchor, heading, text in reader.sections
    ]


def index(
    titles: Mapping[str, str], bodies: Mapping[str, Sequence[Section]], budget: int = BUDGET
) -> list[list[Any]]:
    """The index of a report, cut evenly until it fits its budget.

    Args:
        titles: chapter titles by page name, in order.
        bodies: the sections of main parts by page name.
        budget: bytes it may take.

    Returns:
        For each page: its name, its title, its sections.
    """
    pages: list[tuple[str, str, list[Section]]] = [
        (page, title, list(bodies[page])) for page, title in titles.items()
    ]
    for length in _LENGTHS:
        shortened: list[list[Any]] = [
            [page, title, _cut(found, length)] for page, title, found in pages
        ]
        if size(shortened) <= budget:
            break
    return shortened


def size(content: Sequence[object]) -> int:
    """Bytes the index takes on a page."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _cut(found: Sequence[Section], length: int) -> list[Section]:
    return [[anchor, heading, text[:length]] for anchor, heading, text in found]
