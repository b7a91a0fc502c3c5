"""One printed figure as somebody typed it: tidied where that loses nothing, doubted where it may.

What has two readings is asked about, never assumed. A figure that is readable but cannot be right
(a share above 100 %, fewer than no persons) stops the import too, unless its note begins with
照印: then the report does print it so, and the checks will say what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.figures.intervals import Interval
from qzanalysis.figures.quantities import NotAFigure, parse

AS_PRINTED: Final = "照印"
LONGEST: Final = 60
LARGEST: Final = Decimal(10) ** 15

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
_STEERING: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
    "|[\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text is not taken: what was expected, and how to mend it."""

    expected: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A readable figure beside what it is a figure of."""

    quantity: Interval
    text: str
    unit: str
    count: bool
    change: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes into the data: the text and its note; or the doubt that keeps it out."""

    printed: str
    note: str
    doubt: Doubt | None = None


_EXCUSE: Final = f"若报告确实这样印，在说明中以“{AS_PRINTED}”开头写明"
_BAD_TEXT: Final[tuple[tuple[Callable[[str], bool], Doubt], ...]] = (
    (
        lambda text: len(text) > LONGEST,
        Doubt(f"不超过 {LONGEST} 个字符的数字", "只填数字，说明写在说明栏"),
    ),
    (
        lambda text: bool(_STEERING.search(text)),
        Doubt("不含不可见的控制字符", "删去后重新输入"),
    ),
    (
        lambda text: bool(_DATE.fullmatch(text)),
        Doubt("数字，而不是日期", "Excel 可能把输入变成了日期：把单元格设为“文本”格式后重新输入"),
    ),
    (
        lambda text: bool(_DECIMAL_COMMA.fullmatch(text)),
        Doubt("用点作小数点、用逗号分隔千位", "有两种读法（小数逗号，或千位逗号）：按原意改写"),
    ),
    (
        lambda text: bool(_APART.search(text)) and not _THOUSANDS.fullmatch(text),
        Doubt("一个数字", "数字之间有空格，可能是两个数：按原意改写"),
    ),
    (
        lambda text: any(unicodedata.normalize("NFKC", c) != c for c in text if not c.isspace()),
        Doubt("普通数字", "有上标、带圈等特殊字符：改用普通数字"),
    ),
)
_BAD_FIGURE: Final[tuple[tuple[Callable[[Figure], bool], Doubt], ...]] = (
    (
        lambda it: "‰" in it.text and it.unit != "%",
        Doubt("与指标单位一致的数字", "千分号只用于百分数指标；换算后填写"),
    ),
    (
        lambda it: "%" in it.text and it.unit not in {"%", "百分点"},
        Doubt("与指标单位一致的数字", f"该指标不是百分数：核对行与列；{_EXCUSE}"),
    ),
    (
        lambda it: ":" in it.text and it.unit != ":1",
        Doubt("与指标单位一致的数字", f"该指标不是比：核对行与列；{_EXCUSE}"),
    ),
    (
        lambda it: it.unit == "%" and not it.change and it.quantity.value > 100,
        Doubt("0 至 100 的百分数", f"核对小数点与行列；{_EXCUSE}"),
    ),
    (
        lambda it: it.quantity.value < 0 and not it.change,
        Doubt("不小于 0 的数", f"核对符号；{_EXCUSE}"),
    ),
    (
        lambda it: it.count and it.quantity.value != it.quantity.value.to_integral_value(),
        Doubt("整数（该指标是计数）", f"核对小数点与行列；{_EXCUSE}"),
    ),
)


def tidy(text: str) -> str:
    """Full-width signs to half-width, outer blanks off: nothing that carries meaning.

    >>> tidy(" １８．３：１ "), tidy("／"), tidy("“1+X”证书试点")
    ('18.3:1', '/', '“1+X”证书试点')
    """
    return text.translate(_FULL_WIDTH).strip()


def steering(text: str) -> bool:
    """Whether a text holds characters that nobody sees and that mislead a page or a terminal."""
    return bool(_STEERING.search(text))


def take(indicator: str, breakdown: str, printed: str, note: str, dash: str | None = None) -> Taken:
    """Judge one printed figure of a known indicator.

    Args:
        indicator, breakdown: what it is a figure of; both must be known to the codebook.
        printed, note: as typed.
        dash: what a lone dash means: `missing`, `zero`, or nobody has said.
    """
    text = tidy(printed)
    if text in codebook.statuses().index:
        return Taken(text, note)
    if _DASH.fullmatch(text):
        return _dashed(text, note, dash)
    for fails, doubt in _BAD_TEXT:
        if fails(text):
            return Taken(text, note, doubt)
    try:
        quantity = parse(text, count=_about(indicator)[1])
    except NotAFigure:
        return Taken(text, note, _UNREADABLE)
    return Taken(text, note, _figure_doubt(text, quantity, indicator, breakdown, note))


_UNREADABLE: Final = Doubt(
    "报告所印的数字，或状态文字（空、/、工种取消等）",
    "照原样抄录数字，不带单位；若不是数字，先在状态表 statuses.csv 登记其含义",
)


@cache
def _about(indicator: str) -> tuple[str, bool]:
    """An indicator's unit, and whether it counts whole things."""
    return str(codebook.indicator(indicator)["unit"]), codebook.is_exact(indicator)


def _figure_doubt(
    text: str, quantity: Interval, indicator: str, breakdown: str, note: str
) -> Doubt | None:
    if abs(quantity.value) >= LARGEST:
        return Doubt(f"小于 {LARGEST:.0e} 的数", "核对位数与单位")
    if note.startswith(AS_PRINTED):
        return None
    change = "change" in codebook.parse_breakdown(breakdown)
    figure = Figure(quantity, text, *_about(indicator), change)
    return next((doubt for fails, doubt in _BAD_FIGURE if fails(figure)), None)


def _dashed(text: str, note: str, dash: str | None) -> Taken:
    rest = f"；{note}" if note else ""
    if dash == "missing":
        return Taken("", f"missing：印作 {text}{rest}")
    if dash == "zero":
        return Taken("0", f"印作 {text}{rest}")
    return Taken(
        text,
        note,
        Doubt(
            "明确的含义",
            "横线可以是“未填报”，也可以是“零”：改填空白或 0，或用 --dash missing、--dash zero 说明全部横线的含义",
        ),
    )
