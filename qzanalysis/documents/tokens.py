"""Number tokens: every one of a document, with its place and the words around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qzanalysis.documents.model import Document, Paragraph, Place, Table

AROUND: Final = 20  # characters before and after a number
MAX_TEXT: Final = 1_000_000  # characters of paragraphs that are looked through
_VALUE: Final = re.compile(r"[+\-−]?\d[\d,.]*\s*[%‰]?|\d[\d.]*\s*[:：]\s*\d[\d.]*|/")
_YEAR: Final = re.compile(r"20\d\d")
_NUMBER: Final = re.compile(
    r"(?:(?<![\w.\-/:：])[+\-−])?(?<![\w.])"
    r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[:：]\d+(?:\.\d+)?)?\s?[%％‰]?(?:余|多)?[万亿]?",
    re.ASCII,
)
_SECTION: Final = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){1,3})(?![\d%％.])[\s、.]*(?=\S)")
_HALF_WIDTH: Final = {ord(c): ord(c) - 0xFEE0 for c in "０１２３４５６７８９．％＋－"}
_SENTENCE_END: Final = re.compile(r"(?<=[。！？；!?;])")
_JOINED: Final = re.compile(r"[\w.\-/:：]$", re.ASCII)  # the end of a range, a ratio, a date
# Text before or after a number that counts nothing: dates, places in a list, names of tables.
_DATE: Final = re.compile(r"\s*(?:学?年|月|日|号|级|届)")
_YEARS: Final = re.compile(r"(?:19|20)\d\d")
_TO_YEAR: Final = re.compile(r"\s*[-–—~至/]\s*(?:19|20)?\d\d\s*(?:学?年|级|届)")
_LISTED: Final = re.compile(r"\s*[、)）]|\s*[.．](?!\d)")
_OPENED: Final = re.compile(r"[〔\[（(]\s*$")
_CLOSED: Final = re.compile(r"\s*[〕\]）)]")
_NAMED: Final = re.compile(r"(?:第|表|图|附件)\s*$")


@dataclass(frozen=True, slots=True)
class Number:
    """A number token.

    Attributes:
        printed: as printed, in half-width digits, with its percent sign or 万.
        words: the text around it; in a table, the headings over it and the labels of its row.
        section: the number of the section heading above (`1.3`), where the text has one.
        quantity: False for dates, numbers of lists and sections, and names of tables.
    """

    printed: str
    place: Place
    words: str
    section: str = ""
    quantity: bool = True

    @property
    def where(self) -> str:
        """Section and place, for a person."""
        return f"§{self.section}，{self.place}" if self.section else str(self.place)


def is_value(text: str) -> bool:
    """True for a whole text that is a value of a table: a number other than a year, or `/`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_VALUE.fullmatch(plain)) and not _YEAR.fullmatch(plain)


def numbers(document: Document) -> Iterator[Number]:
    """Every number token: those of the paragraphs, then those of the tables, merged cells once.

    >>> text = Paragraph("2021年有268人，占33%。", Place(paragraph=1))
    >>> [number.printed for number in numbers(Document(paragraphs=(text,))) if number.quantity]
    ['268', '33%']
    """
    yield from in_paragraphs(document.paragraphs)
    for table in document.tables:
        yield from _in_table(table)


def in_paragraphs(paragraphs: Iterable[Paragraph]) -> Iterator[Number]:
    """The number tokens of paragraphs, of at most `MAX_TEXT` characters."""
    section, read = "", 0
    for paragraph in paragraphs:
        text = " ".join(paragraph.text.translate(_HALF_WIDTH).split())
        read += len(text)
        if read > MAX_TEXT:
            return
        if heading := _SECTION.match(text):
            section = heading["number"]
            yield Number(section, paragraph.place, text[:AROUND], section, quantity=False)
            text = text[heading.end() :]
        for sentence in _SENTENCE_END.split(text):
            yield from _in_text(sentence, paragraph.place, section)


def _in_text(sentence: str, place: Place, section: str = "") -> Iterator[Number]:
    for match in _NUMBER.finditer(sentence):
        before, after = sentence[: match.start()], sentence[match.end() :]
        parts = (before[-AROUND:], match[0], after[:AROUND])
        words = "…" * (len(before) > AROUND) + "".join(parts) + "…" * (len(after) > AROUND)
        printed = match[0].strip()
        yield Number(printed, place, words, section, _is_quantity(printed, before, after))


def _in_table(table: Table) -> Iterator[Number]:
    for r, row in enumerate(table.rows):
        for c, cell in enumerate(row):
            if cell.span:
                continue
            path = " / ".join(table.header_path(r, c))
            text = " ".join(cell.text.translate(_HALF_WIDTH).split())
            for number in _in_text(text, cell.place):
                yield Number(number.printed, cell.place, path or number.words, "", number.quantity)


def _is_quantity(printed: str, before: str, after: str) -> bool:
    if _JOINED.search(before):
        return False
    if not printed.isdecimal():
        return True
    dated = _DATE.match(after) or (_YEARS.fullmatch(printed) and _TO_YEAR.match(after))
    listed = not before.strip() and _LISTED.match(after)
    between = _OPENED.search(before) and _CLOSED.match(after)
    return not (dated or listed or between or _NAMED.search(before))
