"""The rules that tie figures together linearly, as error localisation needs them.

A ratio `p = a / b` is not linear in all three, but with p as printed it is:
low * b <= a <= high * b. If p is what is wrong, the constraint goes. So a ratio's claim enters as
a switch only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qzanalysis.audit.evaluate import Missing, linear
from qzanalysis.audit.expressions import Binary, Call, Node, Number
from qzanalysis.audit.figures import Book, Key, Reading
from qzanalysis.audit.findings import SUPPORTED
from qzanalysis.audit.judge import Tested
from qzanalysis.figures.intervals import HUNDRED

_NONE = Key("", "", 0)
_USED = SUPPORTED | {"contradiction"}
Weights = dict[Key | None, Decimal]


@dataclass(frozen=True)
class Constraint:
    """`low <= weights · figures <= high`, dropped if the reading `switch` is what is wrong.

    Attributes:
        finding: the id of the finding it came from.
        broken: whether the printed figures violate it.
    """

    finding: str
    weights: tuple[tuple[Key, Decimal], ...]
    low: Decimal
    high: Decimal
    switch: Reading | None = None
    broken: bool = False

    @property
    def keys(self) -> frozenset[Key]:
        """Every figure it ties, the switch included."""
        own = {key for key, _ in self.weights}
        return frozenset(own | ({self.switch.key} if self.switch else set()))


def constraints(tested: Iterable[Tested]) -> list[Constraint]:
    """Every linear constraint among relations that must hold, or that hold exactly.

    Open questions impose nothing: neither those that are open here, nor inequalities that would
    be if they failed.
    """
    tested = list(tested)
    open_ = {_question(one) for one in tested if one.finding.verdict not in _USED}
    found: list[Constraint] = []
    for one in tested:
        binding = one.rule.otherwise == "contradiction" or one.rule.relation == "="
        if binding and _question(one) not in open_:
            try:
                found += _of(one)
            except Missing:
                continue
    return found


def _question(one: Tested) -> tuple[str, int]:
    """A rule in one year: open for one reading of its claim is open for all."""
    return one.rule.id, one.scope.year


def readings_in_conflict(book: Book) -> set[Key]:
    """Keys printed with values that cannot both be true."""
    return {
        key
        for key in book.by_key
        if any(
            not other.interval.meets(readings[0].interval)
            for readings in (book.readings(key),)
            for other in readings[1:]
        )
    }


def _of(one: Tested) -> list[Constraint]:
    parts = _ratio(one.rule.right)
    if parts is not None and one.claim is not None and one.rule.relation == "=":
        return _ratio_constraints(one, *parts)
    left, right = linear(one.rule.left, one.scope), linear(one.rule.right, one.scope)
    if left is None or right is None:
        return []
    low = Decimal("-Infinity") if one.rule.relation == "<=" else Decimal(0)
    high = Decimal("Infinity") if one.rule.relation == ">=" else Decimal(0)
    made = _constraint(one, _minus(left, right), low, high, None)
    return [made] if made else []


def _ratio(node: Node) -> tuple[Node, Node, Decimal] | None:
    if isinstance(node, Call) and node.function == "share":
        return node.arguments[0], node.arguments[1], HUNDRED
    if isinstance(node, Binary) and node.operator == "/" and not isinstance(node.right, Number):
        return node.left, node.right, Decimal(1)
    if isinstance(node, Binary) and node.operator == "*" and isinstance(node.right, Number):
        scaled = _ratio(node.left)
        return scaled and (scaled[0], scaled[1], scaled[2] * node.right.value)
    return None


def _ratio_constraints(one: Tested, top: Node, bottom: Node, scale: Decimal) -> list[Constraint]:
    claim = one.claim
    above, below = linear(top, one.scope), linear(bottom, one.scope)
    if claim is None or above is None or below is None:
        return []
    low, high = span(claim, truncated=one.finding.verdict == "truncated")
    scaled = {key: weight * scale for key, weight in above.items()}
    infinite = Decimal("Infinity")
    made = [
        _constraint(one, _minus(scaled, _times(below, low)), Decimal(0), infinite, claim),
        _constraint(one, _minus(scaled, _times(below, high)), -infinite, Decimal(0), claim),
    ]
    return [constraint for constraint in made if constraint]


def span(reading: Reading, *, truncated: bool) -> tuple[Decimal, Decimal]:
    """The true values behind a reading; digits that were cut off allow a whole step more."""
    interval = reading.interval
    if truncated:
        return interval.value, interval.value + (interval.high - interval.low)
    return interval.low, interval.high


def _constraint(
    one: Tested, weights: Weights, low: Decimal, high: Decimal, switch: Reading | None
) -> Constraint | None:
    constant = weights.get(None, Decimal(0))
    terms = tuple((key, w) for key, w in weights.items() if key is not None and w)
    if not terms:
        return None
    broken = one.finding.verdict == "contradiction"
    return Constraint(one.finding.id, terms, low - constant, high - constant, switch, broken)


def _minus(left: Weights, right: Weights) -> Weights:
    keys = left.keys() | right.keys()
    zero = Decimal(0)
    found = {key: left.get(key, zero) - right.get(key, zero) for key in keys}
    return dict(sorted(found.items(), key=lambda item: (item[0] is None, item[0] or _NONE)))


def _times(weights: Weights, factor: Decimal) -> Weights:
    return {key: weight * factor for key, weight in weights.items()}
