"""Typed text → the printed figure and the ids of the codebook; a fault where it has two readings.

A figure that is readable but impossible (a share above 100 %, a negative count) is a fault too,
unless its note begins with 照印: then the report prints it so, and the checks report it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.errors import invisible
from qzanalysis.figures.quantities import NotAFigure, parse

AS_PRINTED: Final = "照印"
LONGEST: Final = 60
LARGEST: Final = Decimal(10) ** 15
DETAILS: Final[dict[str, Any]] = {"longest": LONGEST, "largest": LARGEST, "as_printed": AS_PRINTED}

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ",
    0xA0: " ",
    0x2212: "-",
}
_DASH: Final = re.compile(r"[-‐‑‒–—―─－﹣]{1,3}")
_DATE: Final = re.compile(
    r"\d{4}([-/年]\d{1,2}([-/月]\d{1,2}日?|月)?|\.\d{1,2}\.\d{1,2})( \d{1,2}:\d{2}(:\d{2})?)?"
    r"|\d{1,2}[-/]\d{1,2}([-/]\d{2,4})?|\d{1,2}月\d{1,2}日"
)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,(\d{1,2}|\d{4,})[%‰]?|[+-]?(\d{4,}|0+),\d{3}[%‰]?")
_APART: Final = re.compile(r"\d +\d")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}( \d{3})+(\.\d+)?\D*")


# Faults (see faults.csv), each with the condition under which it is found; the first one counts.
_TEXT_FAULTS: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("dash", _DASH.fullmatch),
    ("long", lambda text: len(text) > LONGEST),
    ("invisible", invisible),
    ("date", _DATE.fullmatch),
    ("comma", _DECIMAL_COMMA.fullmatch),
    ("apart", lambda text: _APART.search(text) and not _THOUSANDS.fullmatch(text)),
    ("special", lambda text: any(_is_special(c) for c in text)),
)


def tidy(text: str) -> str:
    """Full-width signs to half-width, outer blanks removed; nothing that carries meaning.

    >>> tidy(" １８．３：１ "), tidy("／"), tidy("“1+X”证书试点")
    ('18.3:1', '/', '“1+X”证书试点')
    """
    return text.translate(_FULL_WIDTH).strip()


def read(
    indicator: str, breakdown: str, printed: str, note: str, dash: str | None = None
) -> tuple[str, str, str]:
    """The text and the note of one figure as they are stored, and the fault that prevents it.

    Args:
        indicator, breakdown: the figure; both must be known to the codebook.
        printed, note: as typed.
        dash: the meaning of a lone dash: `missing`, `zero`, or None (then it is a fault).

    Returns:
        Text, note, and the id of the fault in `faults.csv`; empty if there is none.
    """
    text = tidy(printed)
    if text in codebook.statuses().index:
        return text, note, ""
    if _DASH.fullmatch(text) and dash == "missing":
        return "", "；".join(filter(None, (f"missing：印作 {text}", note))), ""
    if _DASH.fullmatch(text) and dash == "zero":
        return "0", "；".join(filter(None, (f"印作 {text}", note))), ""
    return text, note, text_fault(text) or figure_fault(text, indicator, breakdown, note)


def text_fault(text: str) -> str:
    """The fault of a text that no figure can have, whatever it is of; empty if there is none."""
    return next((name for name, holds in _TEXT_FAULTS if holds(text)), "")


def figure_fault(text: str, indicator: str, breakdown: str, note: str = "") -> str:
    """The fault of a text as a value of one figure; empty if there is none."""
    count = codebook.is_exact(indicator)
    try:
        quantity = parse(text, count=count)
    except NotAFigure:  # digits alone are refused only for their number
        return "large" if text.isascii() and text.isdecimal() else "unreadable"
    if abs(quantity.value) >= LARGEST:
        return "large"
    if note.startswith(AS_PRINTED):
        return ""
    unit, change = codebook.indicator(indicator)["unit"], "change=" in breakdown
    faults = {
        "permille": "‰" in text and unit != "%",
        "percent": "%" in text and unit not in {"%", "百分点"},
        "ratio": ":" in text and unit != ":1",
        "above": unit == "%" and not change and quantity.value > 100,
        "negative": quantity.value < 0 and not change,
        "part": count and quantity.value % 1 != 0,
    }
    return next((name for name, true in faults.items() if true), "")


def indicator_id(text: str) -> str:
    """An indicator's id from its id, its name, or both (`全日制在校生数 students`)."""
    tidied = tidy(text)
    last = tidied.rpartition(" ")[2]
    for name in (tidied, last):
        if name in codebook.indicators().index:
            return name
    return _indicator_ids().get(tidied, tidied)


def breakdown_ids(text: str) -> str:
    """A breakdown with ids in place of the Chinese names that the codebook gives them."""
    pairs = []
    for pair in re.split("[;；]", tidy(text)):
        dimension, equals, value = (part.strip() for part in pair.partition("="))
        dimension = _dimension_ids().get(dimension, dimension)
        value = value_ids().get((dimension, value), value)
        pairs.append(f"{dimension}{equals}{value}")
    return ";".join(pair for pair in pairs if pair)


@cache
def value_ids() -> dict[tuple[str, str], str]:
    """Ids by dimension and tidied Chinese name; names that stand for two values are left out."""
    known: dict[tuple[str, str], set[str]] = {}
    for dimension, _, value, name in codebook.dimensions().to_numpy():
        known.setdefault((dimension, tidy(name)), set()).add(value)
    for programme, row in codebook.programmes().iterrows():
        for name in filter(None, (row["name"], *row["other_names"].split(";"))):
            known.setdefault(("programme", tidy(name)), set()).add(str(programme))
    return {key: next(iter(ids)) for key, ids in known.items() if len(ids) == 1 and "*" not in ids}


@cache
def _indicator_ids() -> dict[str, str]:
    table = codebook.indicators()
    return dict(zip(table["name"].map(tidy), map(str, table.index), strict=True))


@cache
def _dimension_ids() -> dict[str, str]:
    table = codebook.dimensions()
    return dict(zip(table["dimension_name"], table["dimension"], strict=True))


def _is_special(character: str) -> bool:
    return not character.isspace() and unicodedata.normalize("NFKC", character) != character
