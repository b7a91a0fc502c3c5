"""Numbers of many reports at once, in floating point, each with a bound on its error.

What such numbers say about a relation is certain or it is not said: every comparison is true only
where no error within the bounds could make it false. NaN stands for "not known", and compares so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]
ROUNDING: Final = 2.0**-53  # of one operation, relative
EXACT: Final = 2.0**50  # whole numbers below are floats, and so are their halves
LEAST: Final = float(np.finfo(np.float64).tiny)  # where numbers are too small for that
MARGIN: Final = 4.0  # times the bound: it is computed with rounding itself
DIGITS: Final = 15  # a sum of numbers with no more is exact in `Decimal` too, which has 28


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """Numbers, and how far at most the true ones are away."""

    at: Floats
    off: Floats

    @classmethod
    def exact(cls, number: Decimal | float) -> Near:
        """One number."""
        return cls.of([Decimal(number)])

    @classmethod
    def of(cls, numbers: Iterable[Decimal]) -> Near:
        """Exact decimals, as near as floats come."""
        exact = list(numbers)
        at = np.array([float(number) for number in exact], np.float64)
        same = [_is_float(number, near) for number, near in zip(exact, at.tolist(), strict=True)]
        return cls(at, np.where(same, 0.0, np.abs(at) * ROUNDING + LEAST))

    def take(self, index: NDArray[np.int64]) -> Near:
        """Those at some places; a last one stands for "not known"."""
        return Near(self.at[index], self.off[index])

    def known(self, where: Truths) -> Near:
        """These where they are known."""
        return Near(np.where(where, self.at, np.nan), self.off)

    def where(self, chosen: Truths, other: Near) -> Near:
        """These where chosen, others elsewhere."""
        return Near(np.where(chosen, self.at, other.at), np.where(chosen, self.off, other.off))

    def __neg__(self) -> Near:
        return Near(-self.at, self.off)

    def __abs__(self) -> Near:
        return Near(np.abs(self.at), self.off)

    def __add__(self, other: Near) -> Near:
        at = self.at + other.at
        part = at - self.at  # the rounding error of a sum is itself a float (Møller, Knuth)
        lost = np.abs((self.at - (at - part)) + (other.at - part))
        return Near(at, self.off + other.off + np.where(np.isinf(at), 0.0, lost))

    def __sub__(self, other: Near) -> Near:
        return self + -other

    def __mul__(self, other: Near) -> Near:
        at = self.at * other.at
        off = np.abs(self.at) * other.off + np.abs(other.at) * self.off + self.off * other.off
        return Near(at, off + np.abs(at) * ROUNDING + LEAST)

    def __truediv__(self, other: Near) -> Near:
        """The quotient; not known where the divisor may be zero."""
        least = np.abs(other.at) - other.off
        least = np.where(least > MARGIN * other.off, least, np.nan)
        at = np.where(np.isnan(least), np.nan, self.at / other.at)
        off = (self.off + np.abs(at) * other.off) / least
        return Near(at, off + np.abs(at) * ROUNDING + LEAST)

    def at_most(self, other: Near) -> Truths:
        """Where these are certainly no greater."""
        gap, doubt = other.at - self.at, self.off + other.off
        certain: Truths = ((gap >= 0) & (doubt == 0)) | (gap > MARGIN * doubt)
        return certain

    def less(self, other: Near) -> Truths:
        """Where these are certainly smaller."""
        gap, doubt = other.at - self.at, self.off + other.off
        certain: Truths = gap > MARGIN * doubt
        return certain

    def same(self, other: Near) -> Truths:
        """Where these are certainly equal."""
        certain: Truths = (self.at == other.at) & (self.off + other.off == 0)
        return certain

    def rounded(self) -> Near:
        """To whole numbers, halves away from zero; not known where that is too close to call."""
        raised = np.abs(self.at) + 0.5
        away = np.abs(raised - np.rint(raised))
        known = ((away > MARGIN * (self.off + raised * ROUNDING)) | (self.off == 0)) & (
            raised < EXACT
        )
        at = np.where(known, np.copysign(np.floor(raised), self.at), np.nan)
        return Near(at, np.zeros_like(at))


def _is_float(number: Decimal, near: float) -> bool:
    if not number.is_finite():
        return True
    return len(number.as_tuple().digits) <= DIGITS and Decimal(near) == number


def least(numbers: Sequence[Near]) -> Near:
    """The smallest of several, place by place."""
    return _extreme(np.minimum.reduce, numbers)


def most(numbers: Sequence[Near]) -> Near:
    """The greatest of several, place by place."""
    return _extreme(np.maximum.reduce, numbers)


def _extreme(pick: Callable[..., Floats], numbers: Sequence[Near]) -> Near:
    ats = np.broadcast_arrays(*(number.at for number in numbers))
    offs = np.broadcast_arrays(*(number.off for number in numbers))
    return Near(pick(ats), np.maximum.reduce(offs))


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """What `intervals.Interval` is for one report, for many: the same arithmetic, nearly."""

    value: Near
    low: Near
    high: Near

    @classmethod
    def exact(cls, number: Decimal | float) -> Span:
        """One number, the same everywhere."""
        return cls.at(Near.exact(number))

    @classmethod
    def at(cls, value: Near) -> Span:
        """One value only."""
        return cls(value, value, value)

    def take(self, index: NDArray[np.int64]) -> Span:
        """Those at some places."""
        return Span(self.value.take(index), self.low.take(index), self.high.take(index))

    def where(self, chosen: Truths, other: Span) -> Span:
        """These where chosen, others elsewhere."""
        return Span(
            self.value.where(chosen, other.value),
            self.low.where(chosen, other.low),
            self.high.where(chosen, other.high),
        )

    def __add__(self, other: Span) -> Span:
        return Span(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other: Span) -> Span:
        return Span(self.value - other.value, self.low - other.high, self.high - other.low)

    def __mul__(self, other: Span) -> Span:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(self.value * other.value, least(corners), most(corners))

    def __truediv__(self, other: Span) -> Span:
        """The quotient; not known where the divisor may be zero."""
        zero = Near.exact(0)
        apart = zero.less(other.low) | other.high.less(zero)
        value = (self.value / other.value).known(apart)
        corners = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        corners = [value, *(corner.known(apart) for corner in corners)]
        return Span(value, least(corners), most(corners))

    def meets(self, other: Span) -> Truths:
        """Where some true value is certainly in both."""
        return self.low.at_most(other.high) & other.low.at_most(self.high)
