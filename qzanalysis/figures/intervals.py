"""The value type: the interval of exact decimals that a printed figure, or a result, may truly be.

A result computed from rounded inputs is an interval too. Nothing here knows a tolerance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

INFINITY: Final = Decimal("Infinity")
HUNDRED: Final = Decimal(100)
ZERO: Final = Decimal(0)
_NEGATIVE: Final = re.compile(r"(?<![\w.\-])-(?=\d)")


@dataclass(frozen=True, slots=True)
class Interval:
    """The closed interval of possible values of a printed figure or of a result.

    `low <= value <= high` always; `high` may be infinite (`380以上`).

    Attributes:
        value: the number at face value.
        low, high: the ends.
        printed: the text, untouched; empty for a result.
        decimals: digits printed after the point.
    """

    value: Decimal
    low: Decimal
    high: Decimal
    printed: str = ""
    decimals: int = 0

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} is not within {self.low} to {self.high}")

    @classmethod
    def exact(cls, value: Decimal | int) -> Interval:
        """One value only."""
        number = Decimal(value)
        return cls(number, number, number)

    @property
    def is_exact(self) -> bool:
        """True where one value only is possible."""
        return self.low == self.high

    def __neg__(self) -> Interval:
        return Interval(-self.value, -self.high, -self.low)

    def __abs__(self) -> Interval:
        bounds = sorted((abs(self.low), abs(self.high)))
        low = ZERO if self.low < 0 < self.high else bounds[0]
        return Interval(abs(self.value), low, bounds[1])

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        corners = [_product(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(self.value * other.value, min(corners), max(corners))

    def __truediv__(self, other: Interval) -> Interval:
        """Raises ZeroDivisionError if the divisor may be zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        corners = [_quotient(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        value = self.value / other.value
        return Interval(value, min(*corners, value), max(*corners, value))

    def meets(self, other: Interval) -> bool:
        """True where some value is in both."""
        return self.low <= other.high and other.low <= self.high


def _product(left: Decimal, right: Decimal) -> Decimal:
    return ZERO if not left or not right else left * right


def _quotient(top: Decimal, bottom: Decimal) -> Decimal:
    if bottom.is_infinite():
        return ZERO
    return top / bottom


def shown(value: Decimal, decimals: int = 2) -> str:
    """A computed number for people: at most `decimals` digits after the point."""
    if value.is_infinite():
        return "∞"
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def signed(text: str) -> str:
    """Numbers as a page shows them, negative ones with a minus sign; the JSON keeps its hyphen.

    >>> signed("印作 -38（128 − 166）"), signed("2020-2021")
    ('印作 −38（128 − 166）', '2020-2021')
    """
    return _NEGATIVE.sub("−", text)


def whole_numbers(interval: Interval) -> range:
    """The whole numbers within a bounded interval."""
    low = interval.low.to_integral_value(ROUND_DOWN)
    first = int(low) if low >= interval.low else int(low) + 1
    high = interval.high.to_integral_value(ROUND_DOWN)
    last = int(high) if high <= interval.high else int(high) - 1
    return range(first, last + 1)


__all__ = ["HUNDRED", "INFINITY", "Interval", "shown", "signed", "whole_numbers"]
