"""Exact interval arithmetic: whole ends over one whole denominator.

A sum, product or quotient of printed figures is computed without rounding, and two results are
compared by cross-multiplication, so a boundary case is decided exactly. An end that is not bounded
(`380以上`) is an infinite float.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import isinf, lcm
from typing import Final, TypeAlias

from qzanalysis.figures.intervals import INFINITY, Interval

Whole: TypeAlias = int | float  # a whole number, or an infinite one
_DIGITS: Final = 28  # of a decimal that was divided: one that does not terminate


def rational(number: Decimal) -> Fraction:
    """The number a finite decimal stands for: a third of something, where 28 digits do not suffice.

    >>> rational(Decimal(200) / 3), rational(Decimal("1.25"))
    (Fraction(200, 3), Fraction(5, 4))
    """
    exact = Fraction(number)
    divided = len(number.as_tuple().digits) >= _DIGITS
    return exact.limit_denominator(3 * 10**9) if divided else exact


@dataclass(slots=True, eq=False)
class Span:
    """The possible values of a figure or of a result: `low / over` to `high / over`.

    Attributes:
        low, value, high: numerators of the ends and of the number at face value.
        over: the denominator, positive.
    """

    low: Whole
    value: Whole
    high: Whole
    over: int = 1

    @classmethod
    def exact(cls, number: Decimal | int) -> Span:
        """One value only."""
        numerator, over = rational(Decimal(number)).as_integer_ratio()
        return cls(numerator, numerator, numerator, over)

    @classmethod
    def of(cls, ends: Iterable[Whole], over: int = 1) -> Span:
        """The interval with these ends: low, value, high."""
        low, value, high = ends
        return cls(low, value, high, over)

    @property
    def is_exact(self) -> bool:
        """True where one value only is possible."""
        return self.low == self.high

    def interval(self) -> Interval:
        """The same in decimals of 28 digits."""
        value, low, high = (self._decimal(end) for end in (self.value, self.low, self.high))
        return Interval(value, low, high)

    def _decimal(self, end: Whole) -> Decimal:
        return INFINITY.copy_sign(Decimal(end)) if isinf(end) else Decimal(end) / self.over

    def __neg__(self) -> Span:
        return Span(-self.high, -self.value, -self.low, self.over)

    def __add__(self, other: Span) -> Span:
        over = self.over if self.over == other.over else lcm(self.over, other.over)
        mine, its = over // self.over, over // other.over
        return Span(
            self.low * mine + other.low * its,
            self.value * mine + other.value * its,
            self.high * mine + other.high * its,
            over,
        )

    def __sub__(self, other: Span) -> Span:
        return self + -other

    def __mul__(self, other: Span) -> Span:
        corners = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        value = self.value * other.value
        return Span(min(corners), value, max(corners), self.over * other.over)

    def __truediv__(self, other: Span) -> Span:
        """Raises ZeroDivisionError if the divisor may be zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        return self * other._inverse() if other.low > 0 else -self / -other

    def _inverse(self) -> Span:
        """One divided by a positive interval."""
        low, value = int(self.low), int(self.value)
        if isinf(self.high):
            return Span(0, low * self.over, value * self.over, low * value)
        high = int(self.high)
        over = lcm(low, value, high)
        return Span.of((over // end * self.over for end in (high, value, low)), over)

    def face_value(self) -> Span:
        """The number at face value alone."""
        return Span(self.value, self.value, self.value, self.over)

    def rounded(self) -> Span:
        """Every end as a whole number, halves away from zero."""
        return Span.of(map(self._rounded, (self.low, self.value, self.high)))

    def _rounded(self, end: Whole) -> Whole:
        if isinf(end):
            return end
        size = (2 * abs(int(end)) + self.over) // (2 * self.over)
        return size if end > 0 else -size

    def at_most(self, other: Span) -> bool:
        """True where some value is no greater than some value of the other."""
        return self.low * other.over <= other.high * self.over

    def meets(self, other: Span) -> bool:
        """True where some value is in both intervals."""
        return self.at_most(other) and other.at_most(self)

    def same_value(self, other: Span) -> bool:
        """True where both are equal at face value."""
        return self.value * other.over == other.value * self.over


def _times(first: Whole, second: Whole) -> Whole:
    """A product; zero times an infinite number is zero."""
    return first * second if first and second else 0


@lru_cache(maxsize=100_000)
def span_of(interval: Interval) -> Span:
    """The span of a printed figure."""
    ends = interval.low, interval.value, interval.high
    finite = [rational(end) if end.is_finite() else None for end in ends]
    over = lcm(*(end.denominator for end in finite if end is not None))
    return Span.of(
        (
            float(end) if exact is None else exact.numerator * (over // exact.denominator)
            for end, exact in zip(ends, finite, strict=True)
        ),
        over,
    )


def extreme(spans: list[Span], *, least: bool) -> Span:
    """The smallest or largest of several, end by end."""
    pick, over = min if least else max, lcm(*(span.over for span in spans))
    scaled = [
        tuple(end * (over // span.over) for end in (span.low, span.value, span.high))
        for span in spans
    ]
    return Span.of(map(pick, zip(*scaled, strict=True)), over)


def agreement(printed: Span, computed: Span) -> str:
    """The agreement of a printed figure with a computed one.

    Returns:
        `holds` (the same number), `rounded` (within the interval it stands for), `truncated`
        (the surplus digits were cut off instead of rounded), or nothing (no agreement).
    """
    if printed.meets(computed):
        return "holds" if printed.same_value(computed) else "rounded"
    return "truncated" if not printed.is_exact and _cut(printed, computed) else ""


def _cut(printed: Span, computed: Span) -> bool:
    """True where a value prints so when digits are cut off: up to the next figure, not at it."""
    following = printed.value + printed.high - printed.low
    if isinf(following) or printed.value < 0:
        return False
    return (
        computed.low * printed.over < following * computed.over
        and printed.value * computed.over <= computed.high * printed.over
    )
