"""The index behind the search box: headings and running text of every chapter, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from qzanalysis.publishing.markup import Element, classes, text_of

BUDGET: Final = 40_000  # bytes of the index on one page
_LENGTHS: Final = (4000, 2000, 1200, 800, 500, 300, 200, 120, 60, 0)
_HEADINGS: Final = frozenset({"h1", "h2", "h3"})
_READ: Final = frozenset({"p", "li", "figcaption", "caption", "th", "dt", "dd", "h4"})
_SKIPPED_CLASSES: Final = frozenset({"code", "notes", "downloads", "source", "out"})

Section = list[str]  # anchor, heading, text: a list, because it goes to JSON as it stands


def sections(body: Element) -> list[Section]:
    """Anchor, heading and text of every section of a page's body."""
    read: list[Section] = []
    _read(body, read)
    return [[anchor, heading, " ".join(text.split())] for anchor, heading, text in read]


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
    for length in _LENGTHS:
        shortened: list[list[Any]] = [
            [page, title, [[anchor, head, text[:length]] for anchor, head, text in bodies[page]]]
            for page, title in titles.items()
        ]
        if size(shortened) <= budget:
            break
    return shortened


def size(content: Sequence[object]) -> int:
    """Bytes the index takes on a page."""
    return len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _read(parent: Element, found: list[Section]) -> None:
    for element in filter(_shown, parent):
        if element.tag in _HEADINGS:
            found.append([element.get("id", ""), text_of(element), ""])
        elif element.tag not in _READ:
            _read(element, found)
        elif found:
            found[-1][2] += _text(element)


def _shown(element: Element) -> bool:
    """Text a reader sees: no comment, drawing, script, code, list of sources."""
    plain = isinstance(element.tag, str) and element.tag not in {"svg", "script"}
    return plain and not _SKIPPED_CLASSES & set(classes(element))


def _text(element: Element) -> str:
    inner = element.text or ""
    for child in element:
        inner += (_text(child) if _shown(child) else "") + (child.tail or "")
    return f" {inner}" if element.tag in _READ else inner
