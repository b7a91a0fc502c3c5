"""Which number is wrong: the fewest changes that make broken relations hold and break none.

A number can be the cause only if some other value of it satisfies all the relations that hold now,
and one or more that do not. The one that mends most is taken first; what no single change can mend
is given up, because then the relation is more likely misunderstood than two numbers are wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qzanalysis.audit.discovered.relations import Feasible, Relation, bounds
from qzanalysis.audit.discovered.tables import common, kind
from qzanalysis.figures.located import SCALE, Located

WIDEST = 10**24


@dataclass(frozen=True, slots=True)
class Cause:
    """A number that is probably wrong.

    Attributes:
        number: as printed.
        value: in millionths, with which all its relations hold; None where many values would do.
        broken: the relations that it breaks, the one that says most about it first.
        rivals: other numbers of that relation that could as well be wrong.
    """

    number: Located
    value: int | None
    broken: tuple[Relation, ...]
    rivals: tuple[Located, ...] = ()


def causes(relations: Sequence[Relation]) -> tuple[list[Cause], list[Relation]]:
    """The numbers that are probably wrong, and the broken relations that no one number explains."""
    of: dict[Located, list[Relation]] = {}
    for relation in relations:
        for number in dict.fromkeys(relation.numbers):
            of.setdefault(number, []).append(relation)
    values: dict[Located, int] = {}
    broken = [each for each in relations if not each.holds(values)]
    found: list[Cause] = []
    while broken:
        suspects = dict.fromkeys(number for each in broken for number in each.numbers)
        repairs = [_repair(n, of[n], values) for n in suspects if n not in values]
        best = max((each for each in repairs if each), key=_rank, default=None)
        if best is None:
            break
        equal = [r.number for r in repairs if r and _rank(r)[:2] == _rank(best)[:2]]
        shared = set(best.broken[0].numbers)
        rivals = tuple(n for n in equal if n is not best.number and n in shared)
        found.append(Cause(best.number, best.value, best.broken, rivals))
        values[best.number] = best.number.value if best.value is None else best.value
        mended = set(best.broken)
        broken = [each for each in broken if each not in mended and not each.holds(values)]
    return found, broken


def _rank(cause: Cause) -> tuple[int, bool, bool, float]:
    """More relations mended, then a slip of one digit, then the claim, then the most telling."""
    claim = cause.broken[0].numbers[0] is cause.number
    return len(cause.broken), slip(cause.number, cause.value), claim, cause.broken[0].bits()


def _repair(
    number: Located, relations: Iterable[Relation], values: dict[Located, int]
) -> Cause | None:
    """The value that satisfies what holds, and as much as possible of what does not."""
    low, high = -WIDEST, WIDEST
    held: list[Relation] = []
    ranges: list[tuple[tuple[int, int], Relation]] = []
    free: list[Relation] = []
    for relation in relations:
        allowed = relation.allowed(number, values)
        holds = relation.holds(values)
        if allowed is None:
            (held if holds else free).append(relation)
        elif holds:
            held.append(relation)
            low, high = max(low, allowed[0]), min(high, allowed[1])
        else:
            ranges.append((allowed, relation))
    clipped = [
        ((max(low, a), min(high, b)), r) for (a, b), r in ranges if max(low, a) <= min(high, b)
    ]
    if low > high or not (clipped or free):
        return None
    if not clipped:
        return (
            Cause(number, None, tuple(free))
            if isinstance(free[0], Feasible) and free[0].claim is number and low == -WIDEST
            else None
        )
    span = common([r for r, _ in clipped]) or clipped[0][0]
    mended = tuple(r for (a, b), r in clipped if a <= span[0] and span[1] <= b)
    span = (
        max(a for (a, b), r in clipped if r in mended),
        min(b for (a, b), r in clipped if r in mended),
    )
    value = _value(number, *span)
    if value is None or not mended:
        return None
    changed = {**values, number: value}
    if not all(each.holds(changed) for each in held):
        return None
    mended += tuple(each for each in free if each.holds(changed))
    return Cause(number, value, tuple(sorted(mended, key=lambda r: -_telling(r, number))))


def _telling(relation: Relation, number: Located) -> float:
    return relation.bits() + 100 * (relation.numbers[0] is number)


def _value(number: Located, low: int, high: int) -> int | None:
    """A value in a range, printed as the number is: a slip of one digit where one fits."""
    step = SCALE // 10 ** min(number.quantity.decimals, 6)
    first = -(-low // step) * step
    if first > high:
        middle = (low + high) // 2
        return None if kind(number) == "count" and number.exact else middle
    if first < 0 <= number.value:
        return None if high < 0 else 0
    shown = range(first, min(high, first + 50 * step) + 1, step)
    return next((each for each in shown if slip(number, each)), shown[len(shown) // 2])


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


__all__ = ["Cause", "bounds", "causes", "slip"]
