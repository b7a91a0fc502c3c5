"""The text of one cell: a figure or a status as the data files keep it, or why it is neither."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.documents.plain import squeeze
from qzanalysis.figures.quantities import is_figure
from qzanalysis.intake import values
from qzanalysis.intake.extraction.meanings import words

_PLAIN: Final = re.compile(
    r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?[%‰]?|\d+(?:\.\d+)?:\d+(?:\.\d+)?"
)
# Why a value is listed, by the fault that an import would report.
_REASONS: Final = {
    "dash": "只有横线：是未填报还是零，请人工填写",
    "date": "像是日期，不是数字",
    "apart": "一格里有两个数",
    "ratio": "是比，而这里应为数",
    "percent": "带百分号，而这里应为数",
    "permille": "带千分号，而这里应为数",
    "part": "不是整数，而这里应为整数",
    "negative": "是负数，而这里应不小于 0",
}


class Refused(Exception):
    """A value has no place; `whole` (`row`, `column` or empty) if that holds for all values of it."""

    def __init__(self, reason: str, whole: str = "") -> None:
        super().__init__(reason)
        self.reason, self.whole = reason, whole


def read(text: str, indicator: str, breakdown: str) -> tuple[str, str]:
    """The text of a cell for the data files, half-width, and why a person should look at it.

    Args:
        text: of the cell.
        indicator, breakdown: the figure it should be.

    Raises:
        Refused: it is neither one figure of this kind nor a known status.
    """
    raw, plain = values.tidy(" ".join(text.split())), squeeze(text).replace("−", "-")
    if not plain or plain in _statuses():
        return _statuses().get(plain, ""), ""
    unit = str(codebook.indicator(indicator)["unit"])
    names = (name for name in (unit, "名", "㎡", "m2") if name not in {"", "%", ":1"})
    ending = next((name for name in names if plain.endswith(name)), "")
    printed = plain.removesuffix(ending) or plain  # %, 亩 and 万 stay
    fault = values.text_fault(raw) or values.figure_fault(printed, indicator, breakdown)
    if fault not in {"", "above"}:
        raise Refused(_REASONS.get(fault, "不是可读的数字"))
    if re.search(r"\d \d", raw):
        return printed, "以空格分节的数字"
    if printed != plain:
        return printed, f"原文为“{plain}”"
    if not _PLAIN.fullmatch(printed):
        return printed, "不是单纯的数字"
    if unit == "%" and re.fullmatch(r"0?\.\d*[1-9]\d*", printed):
        return printed, "可能是小数形式的百分数"
    return printed, "百分数大于 100" if fault else ""


def is_readable(text: str) -> bool:
    """True for a text that is a status, or a figure of some unit."""
    plain = squeeze(text)
    return plain in _statuses() or (not values.text_fault(values.tidy(text)) and is_figure(plain))


def same_unit(printed: str, expected: str) -> bool | None:
    """True if a printed unit is the codebook's; None if figures in it would be read wrongly."""
    one, other = _usual(printed), _usual(expected)
    if not one or one == other:
        return True
    return None if "%" in (one, other) or {one, other} <= words("scaled_unit").keys() else False


def _usual(unit: str) -> str:
    plain = squeeze(unit).lower()
    return words("unit_wording").get(plain, plain)


@cache
def _statuses() -> dict[str, str]:
    """Status texts by their squeezed form, with straight, curled or no quotes."""
    known = {squeeze(text): text for text in codebook.statuses().index if text}
    return {
        key.replace("“", opening).replace("”", closing): text
        for opening, closing in (("", ""), ('"', '"'), ("“", "”"))
        for key, text in known.items()
    }
