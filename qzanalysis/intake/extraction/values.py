"""The text of one cell: a figure or a status as the data files keep it, or why it is neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.documents.plain import squeeze
from qzanalysis.figures.quantities import NotAFigure, parse
from qzanalysis.intake.extraction.wording import words

_DASHES: Final = re.compile(r"[-—–―‐−_－]+")
_SPACED_GROUPS: Final = re.compile(r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?")
_TWO_NUMBERS: Final = re.compile(r"\d[%％]?\s+[+\-−－]?\d")
_PLAIN: Final = re.compile(
    r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?[%‰]?|\d+(?:\.\d+)?:\d+(?:\.\d+)?"
)
_DATE: Final = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}.*|\d{1,2}[-/月]\d{1,2}日?")


@dataclass(frozen=True, slots=True)
class Value:
    """A readable cell.

    Attributes:
        printed: the text for the data files, half-width.
        doubt: why a person should look; empty if nobody need.
    """

    printed: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that is listed, not placed."""

    reason: str


def read(text: str, unit: str) -> Value | Unreadable:
    """What a cell holds.

    Args:
        unit: the codebook's unit of the figure.
    """
    raw = text.strip()
    plain = squeeze(raw)
    if not plain or plain in _statuses():
        return Value(_statuses().get(plain, ""))
    groups = _SPACED_GROUPS.fullmatch(raw) is not None
    if reason := _not_one_number(raw, plain, groups):
        return Unreadable(reason)
    value = _figure(plain, unit)
    if isinstance(value, Value) and groups:
        return Value(value.printed, "以空格分节的数字")
    return value


def _not_one_number(raw: str, plain: str, groups: bool) -> str:
    """Why a cell cannot be one number at all; empty if it may be."""
    if _DASHES.fullmatch(plain):
        return "只有横线：是未填报还是零，请人工填写"
    if _DATE.fullmatch(plain):
        return "像是日期，不是数字"
    if _TWO_NUMBERS.search(raw) and not groups:
        return "一格里有两个数"
    return ""


def same_unit(printed: str, expected: str) -> bool | None:
    """Whether a printed unit is the codebook's; None if figures in it would be read wrongly."""
    one, other = _usual(printed), _usual(expected)
    if not one or one == other:
        return True
    return None if "%" in (one, other) or {one, other} <= words("scaled_unit").keys() else False


def _usual(unit: str) -> str:
    plain = squeeze(unit).lower()
    return words("unit_wording").get(plain, plain)


@cache
def _statuses() -> dict[str, str]:
    """Status texts by their squeezed form, straight and curled quotes alike."""
    known = {squeeze(text): text for text in codebook.statuses().index if text}
    quoted = {key.translate(str.maketrans("“”", '""')): text for key, text in known.items()}
    bare = {key.strip("“”"): text for key, text in known.items()}
    unquoted = {key.replace("“", "").replace("”", ""): text for key, text in known.items()}
    return {**unquoted, **bare, **quoted, **known}


def _figure(plain: str, unit: str) -> Value | Unreadable:
    printed = plain.replace("−", "-")
    trimmed = _without_unit(printed, unit)
    try:
        number = parse(trimmed)
    except NotAFigure:
        return Unreadable("不是可读的数字")
    doubt = "" if trimmed == printed else f"原文为“{plain}”"
    if not _PLAIN.fullmatch(trimmed):
        doubt = doubt or "不是单纯的数字"
    if (":" in trimmed) != (unit == ":1") and ":" in trimmed:
        return Unreadable("是比，而这里应为数")
    if "%" in trimmed and unit not in {"%", ""}:
        return Unreadable("带百分号，而这里应为数")
    if unit == "%":
        doubt = doubt or _percent_doubt(trimmed, float(number.value))
    return Value(trimmed, doubt)


def _percent_doubt(printed: str, value: float) -> str:
    if value > 100:
        return "百分数大于 100"
    if 0 < value < 1 and "%" not in printed:
        return "可能是小数形式的百分数"
    return ""


def _without_unit(printed: str, unit: str) -> str:
    """`120人` → `120`; units that a figure carries in the data (%, 亩, 万) stay."""
    stripped = printed
    for suffix in (unit, "名", "㎡", "m2"):
        if suffix and suffix not in {"%", ":1"} and printed.endswith(suffix):
            stripped = printed.removesuffix(suffix)
            break
    return stripped or printed
