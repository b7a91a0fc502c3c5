"""Figures of running text: listed with their place and the words around them, never placed.

Which figure a sentence states, only a person can say. A person who reads a list overlooks less than
one who reads the report again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from qzanalysis.documents.document import Spoken

MAX_MENTIONS: Final = 2_000
MAX_SPOKEN: Final = 1_000_000  # signs of text that are looked through
AROUND: Final = 20  # signs before and after a figure
_FIGURE: Final = re.compile(
    r"(?<![\w.\-/:：])[+\-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[:：]\d+(?:\.\d+)?)?\s?[%％‰]?(?:余|多)?[万亿]?",
    re.ASCII,
)
_HEADING: Final = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})(?![\d%％.])[\s、.]*(?=\S)")
_HALF_WIDTH: Final = {ord(c): ord(c) - 0xFEE0 for c in "０１２３４５６７８９．％＋－"}
_END: Final = re.compile(r"(?<=[。！？；!?;])")
# What follows or precedes a number that counts nothing: dates, places in a list, names of tables.
_DATE: Final = re.compile(r"\s*(?:学?年|月|日|号|级|届)")
_YEARS: Final = re.compile(r"(?:19|20)\d\d")
_TO_YEAR: Final = re.compile(r"\s*[-–—~至/]\s*(?:19|20)?\d\d\s*(?:学?年|级|届)")
_LISTED: Final = re.compile(r"\s*[、)）]|\s*[.．](?!\d)")
_OPENED: Final = re.compile(r"[〔\[（(]\s*$")
_CLOSED: Final = re.compile(r"\s*[〕\]）)]")
_NAMED: Final = re.compile(r"(?:第|表|图|附件)\s*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure of the running text: as printed, where, and the words around it."""

    printed: str
    place: str
    words: str


def mentions(spoken: Sequence[Spoken]) -> tuple[list[Mention], int]:
    """The figures of running text in order, and how many more there are than are listed."""
    listed: list[Mention] = []
    more = 0
    for mention in _all(spoken):
        if len(listed) < MAX_MENTIONS:
            listed.append(mention)
        else:
            more += 1
    return listed, more


def _all(spoken: Sequence[Spoken]) -> Iterator[Mention]:
    section, read = "", 0
    for part in spoken:
        text = " ".join(part.text.translate(_HALF_WIDTH).split())
        read += len(text)
        if read > MAX_SPOKEN:
            return
        if heading := _HEADING.match(text):
            section, text = f"§{heading['number']}", text[heading.end() :]
        place = "，".join(filter(None, (section, part.place)))
        for sentence in _END.split(text):
            yield from _in_sentence(sentence, place)


def _in_sentence(sentence: str, place: str) -> Iterator[Mention]:
    for found in _FIGURE.finditer(sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        if not _counts(found[0], before, after):
            continue
        left, right = before[-AROUND:], after[:AROUND]
        words = "".join(
            ("…" * (len(before) > AROUND), left, found[0], right, "…" * (len(after) > AROUND))
        )
        yield Mention(found[0].strip(), place, words)


def _counts(figure: str, before: str, after: str) -> bool:
    """Whether a number is a figure: no date, no number of a list, a section or a table."""
    bare = figure.strip()
    if not bare.isdecimal():
        return True
    dated = _DATE.match(after) or (_YEARS.fullmatch(bare) and _TO_YEAR.match(after))
    listed = not before.strip() and _LISTED.match(after)
    between = _OPENED.search(before) and _CLOSED.match(after)
    return not (dated or listed or between or _NAMED.search(before))
