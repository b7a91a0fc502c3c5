"""Which number is wrong: the fewest changes that make broken relations hold and break none.

A number can be the cause only if some other value of it satisfies all the relations that hold now,
and one or more that do not. The one that mends most is taken first; what no single change can mend
is given up, because then the relation is more likely misunderstood than two numbers are wrong.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from qzanalysis.audit.discovered.relations import Feasible, Quotient, Relation, common, kind, slip
from qzanalysis.figures.located import SCALE, Located

WIDEST: Final = 10**24
MOST_SUSPECTS: Final = 400


Values = dict[Located, int]  # numbers taken for wrong, with the value they should have


@dataclass(frozen=True, slots=True)
class Cause:
    """A number that is probably wrong, or two that are exchanged.

    Attributes:
        number: as printed.
        value: in millionths, with which all its relations hold; None where many values would do.
        broken: the relations that it breaks, the one that says most about it first.
        rivals: other numbers of that relation that could as well be wrong.
        other: the number it is exchanged with.
    """

    number: Located
    value: int | None
    broken: tuple[Relation, ...]
    rivals: tuple[Located, ...] = ()
    other: Located | None = None

    @property
    def values(self) -> Values:
        """The numbers it is about, with their proper values as far as they are known."""
        if self.other is not None:
            return {self.number: self.other.value, self.other: self.number.value}
        return {self.number: self.number.value if self.value is None else self.value}


def causes(relations: Sequence[Relation]) -> tuple[list[Cause], list[Relation]]:
    """The numbers that are probably wrong, and the broken relations that no change explains."""
    of: dict[Located, list[Relation]] = {}
    for relation in relations:
        for number in dict.fromkeys(relation.numbers):
            of.setdefault(number, []).append(relation)
    values: Values = {}
    broken = [each for each in relations if not each.holds(values)]
    found: list[Cause] = []
    while broken:
        suspects = dict.fromkeys(n for each in broken for n in each.numbers if n not in values)
        repairs = [each for n in suspects if (each := _repair(n, of[n], values))]
        repairs += _exchanges(list(suspects), of, values)
        best = max(repairs, key=_rank, default=None)
        if best is None:
            break
        equal = {r.number for r in repairs if _rank(r)[:2] == _rank(best)[:2]}
        found.append(replace(best, rivals=tuple(_rivals(best, equal))))
        values |= best.values
        mended = set(best.broken)
        broken = [each for each in broken if each not in mended and not each.holds(values)]
    return found, broken


def _rivals(cause: Cause, equal: Container[Located]) -> Iterator[Located]:
    """Numbers as likely wrong; a quotient alone does not tell its claim from its numerator."""
    relation = cause.broken[0]
    for number in dict.fromkeys(relation.numbers):
        quotient = isinstance(relation, Quotient) and number in relation.numbers[:2]
        if number is not cause.number and (quotient or number in equal):
            yield number


def _rank(cause: Cause) -> tuple[int, bool, bool, float]:
    """More relations mended for each change, then a slip of one digit, then the claim."""
    mended = len(cause.broken) - (cause.other is not None)
    claim = cause.broken[0].numbers[0] is cause.number
    return mended, slip(cause.number, cause.value), claim, cause.broken[0].bits()


def _repair(number: Located, relations: Iterable[Relation], values: Values) -> Cause | None:
    """The value that satisfies what holds, and as much as possible of what does not."""
    held = [each for each in relations if each.holds(values)]
    broken = [each for each in relations if not each.holds(values)]
    spans = [span for each in held if (span := each.allowed(number, values))]
    low = max((span[0] for span in spans), default=-WIDEST)
    high = min((span[1] for span in spans), default=WIDEST)
    wanted = [
        (max(low, span[0]), min(high, span[1]))
        for each in broken
        if (span := each.allowed(number, values)) and max(low, span[0]) <= min(high, span[1])
    ]
    tried = [value for span in _overlaps(wanted) if (value := nearest(number, *span)) is not None]
    if any(isinstance(each, Feasible) and each.claim is number for each in broken):
        tried += _slips(number)
    best: Cause | None = None
    for value in tried:
        changed = {**values, number: value}
        if value != number.value and all(each.holds(changed) for each in held):
            mended = [each for each in broken if each.holds(changed)]
            if mended and (best is None or len(mended) > len(best.broken)):
                best = Cause(number, value, _ordered(mended, number))
    if best is None and low == -WIDEST:
        free = [each for each in broken if isinstance(each, Feasible) and each.claim is number]
        return Cause(number, None, _ordered(free, number)) if free else None
    return best


def _overlaps(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The range that lies in most of the ranges, then each range of its own."""
    most = common(spans)
    return [most, *spans] if most else list(spans)


def _ordered(relations: Iterable[Relation], number: Located) -> tuple[Relation, ...]:
    """Relations in which the number is the claim first, then the most telling."""
    return tuple(sorted(relations, key=lambda r: (r.numbers[0] is not number, -r.bits())))


def _exchanges(
    suspects: Sequence[Located], of: Mapping[Located, Sequence[Relation]], values: Values
) -> Iterator[Cause]:
    """Two numbers of one table or paragraph that mend two relations or more if exchanged."""
    groups: dict[object, list[Located]] = {}
    for number in suspects[:MOST_SUSPECTS]:
        form = (number.part, kind(number), number.quantity.decimals)
        groups.setdefault(form, []).append(number)
    for one, other in (pair for group in groups.values() for pair in combinations(group, 2)):
        changed = {**values, one: other.value, other: one.value}
        around = dict.fromkeys((*of[one], *of[other]))
        if one.value != other.value and all(each.holds(changed) for each in around):
            mended = [each for each in around if not each.holds(values)]
            if len(mended) > 1:
                yield Cause(one, other.value, _ordered(mended, one), (), other)


def _slips(number: Located) -> Iterator[int]:
    """The values that differ from the printed one in one digit."""
    step = SCALE // 10 ** min(number.quantity.decimals, 6)
    digits = str(number.value // step)
    for at in range(len(digits)):
        for digit in "0123456789":
            yield int(digits[:at] + digit + digits[at + 1 :]) * step


def nearest(number: Located, low: int, high: int) -> int | None:
    """A value in a range, printed as the number is: a slip of one digit where one fits."""
    step = SCALE // 10 ** min(number.quantity.decimals, 6)
    first = -(-low // step) * step
    if first > high:
        return None if number.exact else round((low + high) / 2 / step) * step
    if first < 0 <= number.value:
        return None if high < 0 else 0
    shown = range(first, min(high, first + 50 * step) + 1, step)
    return next((each for each in shown if slip(number, each)), shown[len(shown) // 2])
