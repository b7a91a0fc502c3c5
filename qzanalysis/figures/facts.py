"""A number with its origin, and the arithmetic that keeps it.

A `Fact` is what a page shows: a printed figure, or a value computed from printed figures. Adding,
subtracting or dividing facts gives a fact that keeps the origins of every figure it was computed from, and the formula,
so that any number on a page can be walked back to its file and row. Facts live in pandas frames
(object columns): `table[2021] - table[2020]` works cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from typing import Final

from markupsafe import Markup

from qzanalysis import codebook
from qzanalysis.figures.intervals import INFINITY, Interval

PERCENT: Final = "%"
POINTS: Final = "百分点"
RATIO: Final = ":1"
_OF_DIFFERENCES: Final = {PERCENT: POINTS, RATIO: ""}  # 18.29:1 is 0.45 above 17.84:1
_EXPORTED: Final = 4  # digits of a computed number beyond those shown
_BOUND: Final = re.compile(r"(.+?)(以上|以下|以内)")
TEN_THOUSAND: Final = Decimal(10_000)
_HUNDRED: Final = Decimal(100)
_SELF_CONTAINED: Final = re.compile(
    r".*(亩|兆|TB|%|‰|强)(以上|以下|以内)?|[第前首].*|最多|持平|没有增加"
)
_NUMERALS: Final = frozenset("零一二两三四五六七八九十")
_DECIDED: Final = '<sup class="decided" title="分析采用了更正后的数字">更正</sup>'


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of one printed figure: its key in the data, its place in the report and in the file."""

    indicator: str
    breakdown: str
    year: int
    printed: str
    source: str
    file: str
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One number, or its absence, with where it comes from.

    Attributes:
        value: the number in `unit`; None when the report gives none.
        unit: a unit of the codebook, or 百分点.
        decimals: digits after the point to show.
        label: what it is, in Chinese.
        low, high: the closed interval of true values the printed inputs allow.
        origins: the printed figures it rests on.
        formula: how it was computed, in printed figures; empty for a printed figure.
        status: `reported`, `not_held`, `pilot` or `missing`.
        printed: the text as printed; empty for a computed value.
        remark: a reviewer's decision on the figure, or on one it was computed from.
        lacks: for an absent fact, the labels of the figures whose absence it comes from.
    """

    value: Decimal | None
    unit: str
    decimals: int
    label: str
    low: Decimal | None = None
    high: Decimal | None = None
    origins: tuple[Origin, ...] = ()
    formula: str = ""
    status: str = "reported"
    printed: str = ""
    lacks: tuple[str, ...] = ()
    remark: str = ""

    @property
    def known(self) -> bool:
        """True if there is a number."""
        return self.value is not None

    def __float__(self) -> float:
        return float("nan") if self.value is None else float(self.value)

    def __bool__(self) -> bool:
        return self.known

    def __add__(self, other: Fact) -> Fact:
        return self._with(other, "+", self.unit)

    def __sub__(self, other: Fact) -> Fact:
        return self._with(other, "−", _OF_DIFFERENCES.get(self.unit, self.unit))

    def __radd__(self, other: object) -> Fact:
        if isinstance(other, int) and other == 0:  # so that sum() works
            return self
        return NotImplemented

    def __lt__(self, other: Fact) -> bool:
        return float(self) < float(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fact) and (self.value, self.unit) == (other.value, other.unit)

    def __hash__(self) -> int:
        return hash((self.value, self.unit))

    @property
    def interval(self) -> Interval:
        """The values the printed inputs allow.

        Raises:
            ValueError: the number is absent.
        """
        if self.value is None:
            raise ValueError(f"{self.label} is absent")
        low, high = self.low, self.high
        return Interval(
            self.value, self.value if low is None else low, self.value if high is None else high
        )

    def named(self, label: str) -> Fact:
        """The same number under another name."""
        return replace(self, label=label)

    def shown(self, decimals: int) -> Fact:
        """The same number, shown with another number of decimals."""
        return replace(self, decimals=decimals)

    def magnitude(self) -> Fact:
        """The same number without its sign, for sentences that name the direction in words."""
        if self.value is None:
            return self
        size = abs(self.interval)
        return replace(self, value=size.value, low=size.low, high=size.high)

    @property
    def literal(self) -> bool:
        """True if it is shown as printed, because digits would say more or less (`90余`, `13.85万`)."""
        digits = self.printed.strip("%+-").replace(".", "").replace(":", "").replace(",", "")
        plain = digits.isdigit() or set(digits) <= _NUMERALS
        return bool(self.printed) and self.value is not None and not plain

    def text(self, *, sign: bool = False) -> str:
        """The number as shown, without its unit: `36.19`, `+50`, `90余`; a dash where there is none."""
        if self.value is None:
            return "—"
        if self.literal:
            return self.printed
        scaled = self.value / self.scale
        rounded = scaled.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        if rounded == 0:
            rounded = abs(rounded)
        # GB/T 15835: groups of three from five digits on, with a narrow space
        form = ("+" if sign and rounded else "") + ("," if abs(rounded) >= 10_000 else "") + "f"
        return format(rounded, form).replace("-", "−").replace(",", "\u202f")

    @property
    def coarse(self) -> bool:
        """True for a change whose size the printed digits leave open: it may be almost nothing."""
        low, high = self.low, self.high
        return bool(
            self.value
            and low is not None
            and high is not None
            and (abs(self.value) <= (high - low) / 2 != 0)
        )

    @property
    def exported(self) -> str:
        """The number for files, to four digits more than shown."""
        if self.value is None:
            return ""
        step = Decimal(1).scaleb(-self.decimals - _EXPORTED)
        return f"{self.value.quantize(step, ROUND_HALF_UP).normalize():f}"

    @property
    def bound(self) -> tuple[str, str]:
        """A printed bound as its number and its word (`5 万`, `以上`), between which the unit stands."""
        match = _BOUND.fullmatch(self.printed) if self.literal else None
        if match is None or self.value is None:
            return "", ""
        number = match[1]
        if number[-1] == "万" and set(number[:-1]) <= _NUMERALS:
            number = f"{self.value / TEN_THOUSAND:f} 万"
        return number, match[2]

    @property
    def scale(self) -> Decimal:
        """Ten thousand for sums of money and areas too long to read, else one."""
        if self.value is None or abs(self.value) < 100_000:
            return Decimal(1)
        large = codebook.unit(self.unit)["large"] and not self.literal
        return TEN_THOUSAND if large else Decimal(1)

    @property
    def shown_unit(self) -> str:
        """The unit to write after `text()`; empty where the printed text carries it."""
        if self.literal and _SELF_CONTAINED.fullmatch(self.printed):
            return ""
        return f"万{self.unit}" if self.scale > 1 else self.unit

    def marked(self, text: str) -> Markup:
        """A text as an HTML element that holds what a reader needs to check the number."""
        keys = (f"{o.indicator}|{o.breakdown}|{o.year}" for o in self.origins)
        attributes = {
            "class": "fact",
            "value": "" if self.value is None else format(self.value.normalize(), "f")[:24],
            "data-label": self.label,
            "data-printed": "；".join(dict.fromkeys(o.printed for o in self.origins if o.printed)),
            "data-source": "；".join(dict.fromkeys(o.source for o in self.origins)),
            "data-how": self.formula,
            "data-remark": self.remark,
            "data-keys": " ".join(dict.fromkeys(keys)),
            "data-rows": " ".join(dict.fromkeys(f"{o.file}:{o.row}" for o in self.origins)),
        }
        marks = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items() if value)
        return Markup(f"<data {marks}>{escape(text)}</data>{_DECIDED if self.remark else ''}")

    def _with(self, other: Fact, operator: str, unit: str) -> Fact:
        if not isinstance(other, Fact):
            return NotImplemented
        label = f"{self.label}{operator}{other.label}"
        if None in (self.value, other.value):
            return absent(label, unit, self, other)
        one, two = self.interval, other.interval
        result = one + two if operator == "+" else one - two
        decimals = max(self.decimals, other.decimals)
        formula = f"{_leading(self)} {operator} {_following(other)}"
        return _computed(result, unit, decimals, label, formula, self, other)


def absent(label: str, unit: str, *inputs: Fact) -> Fact:
    """A number that cannot be given, because an input has none.

    >>> absent("差额", "人").text()
    '—'
    """
    unknown = [fact for fact in inputs if not fact.known]
    return Fact(
        None,
        unit,
        0,
        label,
        origins=merge_origins(*inputs),
        status=unknown[0].status if unknown else "missing",
        lacks=tuple(
            dict.fromkeys(name for fact in unknown for name in fact.lacks or (fact.label,))
        ),
    )


def constant(value: float | int | str | Decimal, unit: str, label: str) -> Fact:
    """A number that is an assumption (a parameter or a standard), not a printed figure.

    >>> constant(15.0, ":1", "目标").text()
    '15'
    """
    number = Decimal(str(value)).normalize()
    exponent = number.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return Fact(number, unit, decimals, label, number, number)


def quotient(
    top: Fact, bottom: Fact, unit: str, label: str, decimals: int = 2, scale: int = 1
) -> Fact:
    """`top` divided by `bottom`, with the interval the printed inputs allow.

    Args:
        unit: of the result; both inputs keep their own.
        decimals: to show.
        scale: multiplies the result (100 for "per hundred students").

    Returns:
        The quotient; absent where an input is, or where the divisor is zero.

    >>> quotient(constant(3, "次", "甲"), constant(2, "人", "乙"), "次", "平均", 1).text()
    '1.5'
    """
    return _divide(top, bottom, unit, label, decimals, Decimal(scale))


def share(part: Fact, whole: Fact, label: str, decimals: int = 2) -> Fact:
    """`part` in per cent of `whole`; the denominator is named by `whole.label`.

    >>> share(constant(1, "人", "甲"), constant(8, "人", "乙"), "占比").formula
    '1 ÷ 8 × 100%'
    """
    return _divide(part, whole, PERCENT, label, decimals, _HUNDRED)


def growth(new: Fact, old: Fact, label: str, decimals: int = 1) -> Fact:
    """The change from `old` to `new` in per cent of `old`.

    >>> growth(constant(9, "人", "今年"), constant(8, "人", "去年"), "增长").text()
    '12.5'
    """
    fact = _divide(new - old, old, PERCENT, label, decimals, _HUNDRED)
    return replace(fact, formula=f"({_term(new)} − {_term(old)}) ÷ {_term(old)}") if fact else fact


def portion(rate: Fact, whole: Fact, label: str, decimals: int = 0) -> Fact:
    """The number that a rate in per cent is of a whole."""
    if not (rate.known and whole.known):
        return absent(label, whole.unit, rate, whole)
    result = rate.interval * whole.interval / Interval.exact(_HUNDRED)
    formula = f"{_term(rate).rstrip('%')}% × {_term(whole)}"
    return _computed(result, whole.unit, decimals, label, formula, rate, whole)


def total(facts: Iterable[Fact], label: str) -> Fact:
    """The sum, in the unit of its parts; absent if any part is, or if there are none.

    >>> total([constant(1, "人", "甲"), constant(8, "人", "乙")], "合计").text()
    '9'
    """
    parts = list(facts)
    if not parts:
        return absent(label, "")
    result = parts[0]
    for part in parts[1:]:
        result = result + part
    return result.named(label)


def mean(facts: Iterable[Fact], label: str, decimals: int = 2) -> Fact:
    """The unweighted mean; its unit is that of its members.

    >>> mean([constant(1, "人", "甲"), constant(8, "人", "乙")], "平均").text()
    '4.50'
    """
    parts = list(facts)
    if not parts:
        return absent(label, "")
    whole = total(parts, label)
    result = _divide(
        whole, constant(len(parts), "个", "个数"), parts[0].unit, label, decimals, Decimal(1)
    )
    return replace(result, formula=f"{len(parts)} 个数的简单平均")


def merge_origins(*facts: Fact) -> tuple[Origin, ...]:
    """The origins of all facts, each once, in order."""
    return tuple(dict.fromkeys(origin for fact in facts for origin in fact.origins))


def merge_remarks(*facts: Fact) -> str:
    """The decisions on all facts, each once."""
    return "；".join(dict.fromkeys(fact.remark for fact in facts if fact.remark))


def _divide(top: Fact, bottom: Fact, unit: str, label: str, decimals: int, scale: Decimal) -> Fact:
    if top.value is None or bottom.value is None or bottom.value == 0:
        return absent(label, unit, top, bottom)
    result = _quotient(top.interval * Interval.exact(scale), bottom.interval)
    percent = " × 100%" if unit == PERCENT else f" × {scale}" if scale != 1 else ""
    formula = f"{_term(top)} ÷ {_term(bottom)}{percent}"
    return _computed(result, unit, decimals, label, formula, top, bottom)


def _computed(
    result: Interval, unit: str, decimals: int, label: str, formula: str, *inputs: Fact
) -> Fact:
    """A fact that keeps the origins of, and the decisions on, what it was computed from."""
    value, low, high = result.value, result.low, result.high
    origins, remark = merge_origins(*inputs), merge_remarks(*inputs)
    return Fact(value, unit, decimals, label, low, high, origins, formula, remark=remark)


def _quotient(top: Interval, bottom: Interval) -> Interval:
    """The quotient; without bounds where the divisor may be zero."""
    if bottom.low <= 0 <= bottom.high:
        return Interval(top.value / bottom.value, -INFINITY, INFINITY)
    return top / bottom


def _leading(fact: Fact) -> str:
    """The first of a sum or a difference: what is added up from the left needs no brackets."""
    summed = " ÷ " not in fact.formula and re.search(" [+−] ", fact.formula)
    return fact.formula if summed else _term(fact)


def _following(fact: Fact) -> str:
    """The second term of a sum or a difference: a negative number in brackets."""
    term = _term(fact)
    return f"({term})" if term.startswith("−") else term


def _term(fact: Fact) -> str:
    """A fact as a term of another one's formula: printed figures, never rounded results."""
    if fact.formula:
        return f"({fact.formula})"
    return fact.text() if fact.unit == RATIO else fact.printed or fact.text()
