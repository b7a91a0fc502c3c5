"""Exact interval arithmetic over many cases at once.

The ends of an interval are rational numbers: whole numerators over whole denominators, in arrays of
64-bit integers. Before each operation the largest possible result is worked out; where 64 bits could
overflow, the same operation runs on arrays of Python's integers. An infinite end is ±1/0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qzanalysis.figures.intervals import Interval

Whole: TypeAlias = NDArray[Any]  # int64, or object holding Python integers
Truths: TypeAlias = NDArray[np.bool_]
_SAFE: Final = 2**62
_FEW: Final = 64
_DIGITS: Final = 28  # of a decimal that was divided: one that does not terminate
_LOW, _VALUE, _HIGH = 0, 1, 2
_CORNERS: Final = ([_LOW, _LOW, _HIGH, _HIGH, _VALUE], [_LOW, _HIGH, _LOW, _HIGH, _VALUE])


def rational(number: Decimal) -> Fraction:
    """The number a finite decimal stands for: a third of something, where 28 digits do not suffice.

    >>> rational(Decimal(200) / 3), rational(Decimal("1.25"))
    (Fraction(200, 3), Fraction(5, 4))
    """
    exact = Fraction(number)
    divided = len(number.as_tuple().digits) >= _DIGITS
    return exact.limit_denominator(3 * 10**9) if divided else exact


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Intervals, one for each case: arrays of low end, value and high end (3 rows).

    `over` is the denominator of each end, or one for all.
    """

    ends: Whole
    over: Whole | int = 1

    @classmethod
    def of(cls, intervals: Sequence[Interval]) -> Spans:
        """The given intervals over their least common denominator."""
        numbers = [(i.low, i.value, i.high) for i in intervals]
        known = {n: rational(n) for ends in numbers for n in ends if n.is_finite()}
        over = lcm(*{fraction.denominator for fraction in known.values()})
        whole = {n: f.numerator * (over // f.denominator) for n, f in known.items()}
        table = [[whole.get(n, 1 if n > 0 else -1) for n in ends] for ends in numbers]
        ends = _array(table).reshape(-1, 3).T
        if len(known) == len({n for row in numbers for n in row}):
            return cls(ends, over)
        finite = np.array([[n.is_finite() for n in row] for row in numbers]).T
        return cls(ends, _checked(np.where(finite, _array([over]), 0)))

    @classmethod
    def exact(cls, numbers: Whole | int, over: int = 1) -> Spans:
        """One value only in each case."""
        return cls(np.stack([np.atleast_1d(np.asarray(numbers))] * 3), over)

    def take(self, index: NDArray[np.int64]) -> Spans:
        """The intervals at some places, in the shape of the index.

        Few of them are Python's integers from here on, because these need no guard.
        """
        ends = self.ends[:, index]
        over = self.over if isinstance(self.over, int) else self.over[:, index]
        return Spans(ends.astype(object) if index.size <= _FEW else ends, over)

    def end(self, which: int) -> tuple[Whole, Whole | int]:
        """Numerators and denominators of the low ends (0), values (1) or high ends (2)."""
        return self.ends[which], self.over if isinstance(self.over, int) else self.over[which]

    def only(self, which: int) -> Spans:
        """Each end alone as an interval."""
        ends, over = self.end(which)
        return Spans(np.stack([ends] * 3), over if isinstance(over, int) else np.stack([over] * 3))

    def interval(self, case: int) -> Interval:
        """One case in decimals of 28 digits."""
        low, value, high = (self._decimal(which, case) for which in (_LOW, _VALUE, _HIGH))
        return Interval(value, low, high)

    def _decimal(self, which: int, case: int) -> Decimal:
        ends, over = self.end(which)
        at = case if len(ends) > 1 else 0
        under = over if isinstance(over, int) else int(over[at])
        if under == 0:
            return Decimal("Infinity").copy_sign(int(ends[at]))
        return Decimal(int(ends[at])) / under

    def __neg__(self) -> Spans:
        over = self.over if isinstance(self.over, int) else self.over[::-1]
        return Spans(-self.ends[::-1], over)

    def __add__(self, other: Spans) -> Spans:
        if isinstance(self.over, int) and isinstance(other.over, int):
            common = lcm(self.over, other.over)
            mine, its = common // self.over, common // other.over
            return Spans(_plus(_times(self.ends, mine), _times(other.ends, its)), common)
        ends = _plus(_times(self.ends, other.over), _times(other.ends, self.over))
        both = np.equal(self.over, 0) & np.equal(other.over, 0)
        if np.any(both):
            ends = np.where(both, self.ends, ends)
        return _normal(ends, _times(self.over, other.over))

    def __sub__(self, other: Spans) -> Spans:
        return self + -other

    def __mul__(self, other: Spans) -> Spans:
        return _combined(self, other, _product)

    def __truediv__(self, other: Spans) -> Spans:
        """The quotient; any number where the divisor may be zero."""
        return _combined(self, other, _quotient)

    def may_be_zero(self) -> Truths:
        """True where the interval holds zero."""
        found: Truths = (self.ends[_LOW] <= 0) & (self.ends[_HIGH] >= 0)
        return found

    def rounded(self) -> Spans:
        """Every end as a whole number, halves away from zero."""
        twice, over = _plus(_times(np.abs(self.ends), 2), self.over), _times(self.over, 2)
        whole = np.sign(self.ends) * (twice // np.maximum(over, 1))
        infinite = np.equal(self.over, 0)
        if not np.any(infinite):
            return Spans(whole)
        return Spans(np.where(infinite, self.ends, whole), np.where(infinite, 0, 1))

    def whole_within(self) -> Truths:
        """True where some whole number lies within the interval; meaningless without bounds."""
        (low, under), (high, over) = self.low, self.high
        low, high = -low // np.maximum(under, 1), high // np.maximum(over, 1)
        found: Truths = -low <= high
        return found

    def exact_only(self) -> Truths:
        """True where one value only is possible."""
        return equal(self.end(_LOW), self.end(_HIGH))

    def meets(self, other: Spans) -> Truths:
        """True where some value is in both intervals."""
        return at_most(self.low, other.high) & at_most(other.low, self.high)

    @property
    def low(self) -> tuple[Whole, Whole | int]:
        """The low ends."""
        return self.end(_LOW)

    @property
    def value(self) -> tuple[Whole, Whole | int]:
        """The values."""
        return self.end(_VALUE)

    @property
    def high(self) -> tuple[Whole, Whole | int]:
        """The high ends."""
        return self.end(_HIGH)


def total(spans: Spans, there: Truths) -> Spans:
    """The sum over the last axis of the intervals that are there (cases by members)."""
    shown = np.where(there, spans.ends, 0)
    if isinstance(spans.over, int):
        return Spans(_sum(shown), spans.over)
    infinite = np.equal(spans.over, 0) & there
    over = int(np.max(spans.over, initial=1))
    without = np.any(infinite, axis=-1)
    return _infinite(np.where(without, 1, _sum(np.where(infinite, 0, shown))), over, without)


def extreme(spans: Spans, there: Truths, *, least: bool) -> Spans:
    """The smallest or largest of the intervals that are there, end by end."""
    pick, beyond = (np.min, 1) if least else (np.max, -1)
    infinite = np.equal(spans.over, 0)
    over = int(np.max(spans.over, initial=1))
    limit = _peak(spans.ends) * 2 + 1
    ends = np.where(infinite, np.sign(spans.ends) * limit, spans.ends)
    ends = pick(np.where(there, ends, beyond * limit), axis=-1)
    return _infinite(ends, over, np.abs(ends) == limit)


def at_most(first: tuple[Whole, Whole | int], second: tuple[Whole, Whole | int]) -> Truths:
    """True where one rational number is no greater than another, by cross-multiplication."""
    return _compared(first, second, np.less_equal)


def less(first: tuple[Whole, Whole | int], second: tuple[Whole, Whole | int]) -> Truths:
    """True where one rational number is smaller than another."""
    return _compared(first, second, np.less)


def equal(first: tuple[Whole, Whole | int], second: tuple[Whole, Whole | int]) -> Truths:
    """True where two rational numbers are equal."""
    return _compared(first, second, np.equal)


def _compared(
    first: tuple[Whole, Whole | int], second: tuple[Whole, Whole | int], test: Callable[..., Any]
) -> Truths:
    (a, over_a), (b, over_b) = first, second
    if isinstance(over_a, int) and isinstance(over_b, int) and over_a == over_b:
        found: Truths = test(a, b).astype(np.bool_)
        return found
    found = test(_times(a, over_b), _times(b, over_a)).astype(np.bool_)
    both = np.equal(over_a, 0) & np.equal(over_b, 0)
    return np.where(both, test(a, b), found).astype(np.bool_) if np.any(both) else found


def _combined(first: Spans, second: Spans, join: Callable[..., Spans]) -> Spans:
    """Value by value, and the least and the greatest of that and the four corners."""
    corners = join(_rows(first, _CORNERS[0]), _rows(second, _CORNERS[1]))
    picked = [_pick(corners, at_most), corners.end(4), _pick(corners, _at_least)]
    ends = np.stack([end for end, _ in picked])
    if isinstance(corners.over, int):
        return Spans(ends, corners.over)
    return Spans(ends, np.stack([over for _, over in picked]))


def _rows(spans: Spans, which: list[int]) -> Spans:
    return Spans(
        spans.ends[which], spans.over if isinstance(spans.over, int) else spans.over[which]
    )


def _product(first: Spans, second: Spans) -> Spans:
    return _normal(_times(first.ends, second.ends), _times(first.over, second.over))


def _quotient(first: Spans, second: Spans) -> Spans:
    mine, its = first.over, second.over
    if isinstance(mine, int) and isinstance(its, int):
        mine, its = mine // gcd(mine, its), its // gcd(mine, its)
    top = _times(_times(first.ends, its), np.sign(second.ends))
    return _normal(top, _times(mine, np.abs(second.ends)))


def _normal(ends: Whole, over: Whole | int) -> Spans:
    """Zero over zero, which an infinite number times zero or over another one gives, is zero."""
    if isinstance(over, int):
        return Spans(ends, over)
    over = np.broadcast_to(over, ends.shape)
    neither = (ends == 0) & np.equal(over, 0)
    return Spans(ends, np.where(neither, 1, over) if np.any(neither) else over)


def _at_least(first: tuple[Whole, Whole | int], second: tuple[Whole, Whole | int]) -> Truths:
    return at_most(second, first)


def _pick(corners: Spans, better: Callable[..., Truths]) -> tuple[Whole, Whole | int]:
    def of_two(
        first: tuple[Whole, Whole | int], second: tuple[Whole, Whole | int]
    ) -> tuple[Whole, Whole | int]:
        keep = better(first, second)
        ends = np.where(keep, first[0], second[0])
        if isinstance(first[1], int):
            return ends, first[1]
        return ends, np.where(keep, first[1], second[1])

    return reduce(of_two, (corners.end(row) for row in range(5)))


def _infinite(ends: Whole, over: int, where: Truths) -> Spans:
    if not np.any(where):
        return Spans(ends, over)
    return Spans(np.where(where, np.sign(ends), ends), np.where(where, 0, over))


def _peak(numbers: Whole | int) -> int:
    """The largest absolute value."""
    if isinstance(numbers, int):
        return abs(numbers)
    return max(abs(int(numbers.max())), abs(int(numbers.min()))) if numbers.size else 0


def _unbounded(numbers: Whole | int) -> bool:
    """True for Python's integers in an array: whatever they are combined with is one as well."""
    return not isinstance(numbers, int) and numbers.dtype == object


def _times(first: Whole | int, second: Whole | int) -> Any:
    if _unbounded(first) or _unbounded(second) or _peak(first) * _peak(second) < _SAFE:
        return first * second
    return np.asarray(first, object) * np.asarray(second, object)


def _plus(first: Whole | int, second: Whole | int) -> Any:
    if _unbounded(first) or _unbounded(second) or _peak(first) + _peak(second) < _SAFE:
        return first + second
    return np.asarray(first, object) + np.asarray(second, object)


def _sum(numbers: Whole) -> Whole:
    if not _unbounded(numbers) and _peak(numbers) * numbers.shape[-1] >= _SAFE:
        numbers = numbers.astype(object)
    found: Whole = numbers.sum(axis=-1)
    return found


def _array(numbers: Any) -> Whole:
    return _checked(np.array(numbers, object))


def _checked(numbers: Whole) -> Whole:
    """Whole numbers in 64 bits if all of them are safe there."""
    return numbers.astype(np.int64) if _peak(numbers) < _SAFE else numbers
