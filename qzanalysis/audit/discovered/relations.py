"""Relations between printed numbers, in whole millionths: do they hold, and what would make them.

Three forms cover everything that is discovered: a sum of terms that is nothing (totals, differences,
equal figures, weighted means), a quotient (shares, rates, growth, ratios), and a percentage that
some whole number of a base must give. A printed number counts as every value that rounds to it or
that prints so when digits are cut off: the milder reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2
from typing import Final

from qzanalysis.audit.grim import smallest_cohort
from qzanalysis.figures.located import SCALE, SUMMED, Located

Range = tuple[int, int]  # lowest and highest value, in millionths
BITS: Final = 14.0  # the most that one agreement says


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """`sum(weight * term) + constant = 0`; the first term is the claim.

    Attributes:
        kind: a kind of finding.
        terms: weights and numbers.
        constant: in millionths of the weighted unit, as a range.
    """

    kind: str
    terms: tuple[tuple[int, Located], ...]
    constant: Range = (0, 0)
    guess: str = ""

    @property
    def numbers(self) -> tuple[Located, ...]:
        """The terms."""
        return tuple(number for _, number in self.terms)

    def range(self, values: dict[Located, int], without: Located | None = None) -> Range:
        """The range of the sum, of all terms or of all but one."""
        low, high = self.constant
        for weight, number in self.terms:
            if number is not without:
                bottom, top = bounds(number, values)
                low += weight * (bottom if weight > 0 else top)
                high += weight * (top if weight > 0 else bottom)
        return low, high

    def holds(self, values: dict[Located, int]) -> bool:
        """Whether some true values of the terms add up to nothing."""
        low, high = self.range(values)
        return low <= 0 <= high

    def allowed(self, number: Located, values: dict[Located, int]) -> Range | None:
        """The values of one term with which it holds."""
        low, high = self.range(values, number)
        weight = sum(w for w, each in self.terms if each is number)
        if weight == 0:
            return None
        ends = sorted((-low // weight, -high // weight))
        return ends[0], ends[1] + (abs(weight) > 1)

    def bits(self) -> float:
        """How much its holding says beyond chance: little if all but one part are nothing."""
        claim, parts = self.terms[0][1], self.terms[1:]
        if self.kind == "parts_total" and sum(bool(number.value) for _, number in parts) < 2:
            return 0.3
        low, high = self.range({})
        spread = 2 * abs(claim.value) * abs(self.terms[0][0])
        unit = SCALE * abs(self.terms[0][0]) if high == low else high - low
        return min(BITS, log2(1 + spread / unit)) if unit else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Quotient:
    """`claim = factor * top / bottom - shift`; a base that is computed is given as a range.

    Attributes:
        kind: a kind of finding.
        claim, top: printed numbers.
        bottom: the printed base, or the range of a base that no number prints.
        factor: 100 for percentages, 1 for plain quotients.
        shift: 100 for growth in per cent.
    """

    kind: str
    claim: Located
    top: Located
    bottom: Located | Range
    factor: int = 100
    shift: int = 0
    guess: str = ""

    @property
    def numbers(self) -> tuple[Located, ...]:
        """Claim, numerator and, where printed, base."""
        base = () if isinstance(self.bottom, tuple) else (self.bottom,)
        return (self.claim, self.top, *base)

    def _base(self, values: dict[Located, int]) -> Range:
        return self.bottom if isinstance(self.bottom, tuple) else bounds(self.bottom, values)

    def computed(self, values: dict[Located, int]) -> Range | None:
        """The quotient, in millionths; None where the base may be nothing."""
        top, base = bounds(self.top, values), self._base(values)
        if base[0] <= 0:
            return None
        move = self.shift * SCALE
        scale = self.factor * SCALE
        return top[0] * scale // base[1] - move, -(-top[1] * scale // base[0]) - move

    def holds(self, values: dict[Located, int]) -> bool:
        """Whether some true values of numerator and base give the claim."""
        computed = self.computed(values)
        low, high = bounds(self.claim, values)
        return computed is not None and computed[0] <= high and low <= computed[1]

    def allowed(self, number: Located, values: dict[Located, int]) -> Range | None:
        """The values of one of its numbers with which it holds."""
        if number is self.claim:
            return self.computed(values)
        low, high = (end + self.shift * SCALE for end in bounds(self.claim, values))
        scale = self.factor * SCALE
        if low <= 0:
            return None
        if number is self.top:
            base = self._base(values)
            return -(-low * base[0] // scale), high * base[1] // scale
        top = bounds(self.top, values)
        return -(-top[0] * scale // high), top[1] * scale // low

    def base(self) -> Range | None:
        """The range of bases of which the numerator is the claimed share."""
        low, high = (end + self.shift * SCALE for end in bounds(self.claim, {}))
        top, scale = bounds(self.top, {}), self.factor * SCALE
        return (-(-top[0] * scale // high), top[1] * scale // low) if low > 0 else None

    def bits(self) -> float:
        """How much its holding says beyond chance; nothing and all say nothing."""
        computed = self.computed({})
        if not self.top.value or computed is None or self.claim.value in (0, 100 * SCALE):
            return 0.3
        low, high = bounds(self.claim, {})
        spread = max(100 * SCALE if self.claim.percent else self.claim.value, high - low)
        sharp = log2(1 + spread / max(1, high - low + computed[1] - computed[0]))
        return min(
            BITS, sharp, log2(1 + self._base({})[1] / SCALE)
        )  # few fractions of a small base


@dataclass(frozen=True, slots=True, eq=False)
class Feasible:
    """A percentage that some whole number out of a printed base, or of a part of it, must give."""

    kind: str
    claim: Located
    bottom: Located
    guess: str = ""
    part: bool = False

    @property
    def numbers(self) -> tuple[Located, ...]:
        """Percentage and base."""
        return (self.claim, self.bottom)

    def holds(self, values: dict[Located, int]) -> bool:
        """Whether a whole number of the base gives the percentage."""
        low, high = bounds(self.claim, values)
        base = values.get(self.bottom, self.bottom.value)
        if self.part:
            return self.smallest(low, high) * SCALE <= base
        unit = 100 * SCALE * SCALE
        return -(-low * base // unit) * unit <= high * base

    def smallest(self, low: int, high: int) -> int:
        """The smallest number of people of whom some share lies between two ends."""
        return smallest_cohort(Fraction(low, 100 * SCALE), Fraction(high, 100 * SCALE))

    def allowed(self, number: Located, values: dict[Located, int]) -> Range | None:
        """Nothing in particular: many values would do."""
        return None

    def bits(self) -> float:
        """How rare a percentage is that the base can give; every second base gives a half."""
        low, high = bounds(self.claim, {})
        chance = self.bottom.value * (high - low + 1) / (100 * SCALE * SCALE)
        if chance <= 0 or not self.claim.value % (100 * SCALE):
            return 0.0
        return min(-log2(min(1.0, chance)), log2(self.smallest(low, high)))


Relation = Sum | Quotient | Feasible


def bounds(number: Located, values: dict[Located, int]) -> Range:
    """The lowest and highest true value of a number as printed, or as it is repaired."""
    move = values.get(number, number.value) - number.value
    return number.low + move, number.top + move


@dataclass(frozen=True, slots=True)
class Family:
    """One relation in all rows or columns in which it may stand.

    Attributes:
        relations: one for each row.
        lines: what it relates, to compare it with others: any hashable names.
    """

    relations: tuple[Relation, ...]
    lines: frozenset[object]
    held: int
    broken: int
    bits: float


def family(relations: Sequence[Relation], *lines: object) -> Family:
    """Relations of one kind with how many hold, how many fail, and what the holding ones say.

    A relation between the same values as another one says nothing more.
    """
    held = [each for each in relations if each.holds({})]
    different = {tuple(number.value for number in each.numbers): each for each in held}
    telling = [bits for each in different.values() if (bits := each.bits()) >= 1]
    return Family(
        tuple(relations),
        frozenset(lines),
        len(telling),
        len(relations) - len(held),
        sum(telling),
    )


def believed(each: Family, tried: int) -> bool:
    """Whether a family holds for most of its rows, beyond chance given how many were tried."""
    enough = each.bits - 2 * each.broken > 14 + log2(max(1, tried))
    return enough and each.held >= 2 * each.broken


# --- numbers -----------------------------------------------------------------------------------


def kind(number: Located) -> str:
    """Which numbers may be added to or compared with each other."""
    if number.role == "change":
        return "change"
    if number.percent:
        return "percent"
    return "count" if number.role in SUMMED else "number"


def common(ranges: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The range that lies in most of the ranges; None where no two have anything in common."""
    events = sorted([(low, 0) for low, _ in ranges] + [(high, 1) for _, high in ranges])
    depth = most = 0
    found: tuple[int, int] | None = None
    for n, (at, closing) in enumerate(events):
        depth += -1 if closing else 1
        if not closing and depth > most and n + 1 < len(events):
            most, found = depth, (at, events[n + 1][0])
    return found if most > 1 else None


def slip(number: Located, value: int | None) -> bool:
    """Whether a value differs from the printed one in one digit, or by two digits exchanged."""
    if value is None:
        return False
    step = SCALE // 10 ** min(number.quantity.decimals, 6)
    is_now, was = str(abs(number.value) // step), str(abs(value) // step)
    width = max(len(is_now), len(was))
    pairs = [(a, b) for a, b in zip(is_now.zfill(width), was.zfill(width), strict=True) if a != b]
    swapped = len(pairs) == 2 and pairs[0] == pairs[1][::-1]
    return len(pairs) == 1 or swapped or is_now.rstrip("0") == was.rstrip("0")


def slipped(relation: Relation, numbers: Sequence[Located] = ()) -> bool:
    """Whether one wrong digit, or two exchanged, in claim or numerator explains that it fails."""
    for number in numbers or relation.numbers[:2]:
        allowed = relation.allowed(number, {})
        if allowed is not None:
            step = SCALE // 10**number.quantity.decimals
            first = -(-allowed[0] // step) * step
            values = range(first - step, allowed[1] + step + 1, step)
            if any(slip(number, value) for value in values[:100] if value != number.value):
                return True
    return False
