"""Bytes to text, text to its bare words, values, and the words of headings of tables."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any, Final

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAME: Final = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}
_NUMBERING: Final = re.compile(
    r"[（(]\s*[\d一二三四五六七八九十]+\s*[)）]|[①-⑳❶-❿]|[\d一二三四五六七八九十]+\s*[.、．)）](?!\d)"
)
_OF_WHICH: Final = re.compile(r"其\s*中\s*[:：,，]?")
_NOISE: Final = re.compile(r"[\s\W_]+")
_VALUE: Final = re.compile(r"[+\-−]?\d[\d,.]*\s*[%‰]?|\d[\d.]*\s*[:：]\s*\d[\d.]*|/")
_CONTENTS: Final = re.compile(r"[.．…·]{4,}\s*\d{1,4}\s*$")
CAPTION: Final = re.compile(r"\s*(?:续?表|附表)\s*[\d一二三四五六七八九十.\-－—]*")
_YEAR: Final = re.compile(r"20\d\d")


def decode(content: bytes, declared: str = "") -> str:
    """The text of a file in UTF-8 (with or without a mark), UTF-16 (with one) or GB18030.

    Args:
        declared: the encoding the file itself names; tried after UTF-8.

    Raises:
        UnicodeError: it is in none of these encodings.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding)
    for encoding in ("utf-8", _SAME.get(declared.lower(), declared.lower()), "gb18030"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnicodeError("neither UTF-8 nor GB18030")


def squeeze(text: str) -> str:
    """Half-width, without white space and invisible characters; at most 400 characters are read."""
    plain = unicodedata.normalize("NFKC", text[:400])
    return "".join(
        c for c in plain if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"}
    )


def unnumbered(text: str) -> str:
    """Without `3.`, `（一）`, `①` and `其中：` in front."""
    stripped = text.strip()
    for _ in range(2):
        for pattern in (_NUMBERING, _OF_WHICH):
            if (match := pattern.match(stripped)) and len(stripped) > match.end():
                stripped = stripped[match.end() :].strip()
    return stripped


def bare(text: str) -> str:
    """The words alone, in lower case: no spacing, punctuation, numbering or 其中.

    >>> bare("其中：（1） 国家级 ")
    '国家级'
    """
    return _NOISE.sub("", squeeze(unnumbered(text))).lower()


def is_contents(line: str) -> bool:
    """True for an entry of contents: leaders, then the number of a page."""
    return bool(_CONTENTS.search(line[-40:]))


def is_value(text: str) -> bool:
    """True for a whole text that is a value of a table: a number other than a year, or `/`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(_VALUE.fullmatch(plain)) and not _YEAR.fullmatch(plain)


def formatted(value: Any, pattern: str) -> str:
    """A value as a number format shows it, for percentages and decimals.

    >>> formatted(0.45372, "0.00%"), formatted(5.0, "General"), formatted(None, "0")
    ('45.37%', '5', '')
    """
    if value is None:
        return ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        digits = len(pattern.partition(".")[2].partition(";")[0].replace("%", "").rstrip("_) "))
        if "%" in pattern:
            return f"{value:.{digits}%}"
        if "0." in pattern:
            return f"{value:.{digits}f}"
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    return str(value)


@cache
def vocabulary(path: Path) -> dict[str, tuple[str, ...]]:
    """The words of a CSV file with the columns `role` and `word`, by role, in the file's order."""
    words: defaultdict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            words[row["role"]].append(row["word"])
    return {role: tuple(listed) for role, listed in words.items()}


def headings(*roles: str) -> frozenset[str]:
    """The words that head columns of these roles (`number`, `unit`, `note`, `label`, `change`)."""
    words = vocabulary(Path(__file__).with_name("words.csv"))
    return frozenset(word for role in roles for word in words[role])
