"""Bytes to text: UTF-8 with or without a mark, UTF-16 with one, GB18030; nothing is guessed away."""

from __future__ import annotations

import codecs
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAME: Final = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030"}


def decode(content: bytes, declared: str = "") -> str:
    """The text of a file.

    Args:
        declared: the encoding the file itself names; tried after UTF-8.

    Raises:
        UnicodeError: it is in none of the encodings this package reads.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding)
    for encoding in ("utf-8", _SAME.get(declared.lower(), declared.lower()), "gb18030"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnicodeError("neither UTF-8 nor GB18030")
