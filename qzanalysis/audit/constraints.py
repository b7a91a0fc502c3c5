"""The rules that tie figures together linearly, as error localisation needs them.

A ratio `p = a / b` is not linear in all three, but with p as printed it is:
low * b <= a <= high * b. If p is what is wrong, the constraint goes. So a ratio's claim enters as
a switch only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from qzanalysis.audit import expressions
from qzanalysis.audit.book import Book, Key, Reading
from qzanalysis.audit.evaluate import Weights, difference, scaled, weights
from qzanalysis.audit.expressions import Node
from qzanalysis.audit.findings import SUPPORTED
from qzanalysis.audit.relations import Case

_USED = SUPPORTED | {"contradiction"}


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

    @cached_property
    def keys(self) -> frozenset[Key]:
        """Every figure it ties, the switch included."""
        own = {key for key, _ in self.weights}
        return frozenset(own | ({self.switch.key} if self.switch else set()))


def constraints(tested: Iterable[Case]) -> list[Constraint]:
    """Every linear constraint among relations that must hold, or that hold exactly.

    Open questions impose nothing: neither those that are open here, nor inequalities that would
    be if they failed.
    """
    tested = list(tested)
    open_ = {_question(one) for one in tested if one.finding.verdict not in _USED}
    return [
        constraint
        for one in tested
        if (one.rule.otherwise == "contradiction" or one.rule.relation == "=")
        and _question(one) not in open_
        and one.absent is None
        for constraint in _of(one)
    ]


def _question(one: Case) -> tuple[str, int]:
    """A rule in one year: open for one reading of its claim is open for all."""
    return one.rule.id, one.scope.year


def readings_in_conflict(book: Book) -> set[Key]:
    """Keys printed with values that cannot both be true."""
    return {
        key
        for key, readings in book.by_key.items()
        if not all(other.interval.meets(readings[0].interval) for other in readings[1:])
    }


def _of(one: Case) -> list[Constraint]:
    parts = expressions.ratio(one.rule.computed)
    if parts is not None and one.claim is not None and one.rule.relation == "=":
        return _ratio_constraints(one, *parts)
    left, right = weights(one.rule.claim, one.scope), weights(one.rule.computed, one.scope)
    if left is None or right is None:
        return []
    low = Decimal("-Infinity") if one.rule.relation == "<=" else Decimal(0)
    high = Decimal("Infinity") if one.rule.relation == ">=" else Decimal(0)
    return _constraints(one, difference(left, right), low, high)


def _ratio_constraints(one: Case, top: Node, bottom: Node, scale: Decimal) -> list[Constraint]:
    claim, above, below = one.claim, weights(top, one.scope), weights(bottom, one.scope)
    if claim is None or above is None or below is None:
        return []
    low, high = span(claim, truncated=one.finding.verdict == "truncated")
    over, infinite = scaled(above, scale), Decimal("Infinity")
    return [
        *_constraints(one, difference(over, scaled(below, low)), Decimal(0), infinite, claim),
        *_constraints(one, difference(over, scaled(below, high)), -infinite, Decimal(0), claim),
    ]


def span(reading: Reading, *, truncated: bool) -> tuple[Decimal, Decimal]:
    """The true values behind a reading; digits that were cut off allow a whole step more."""
    interval = reading.interval
    if truncated:
        return interval.value, interval.value + (interval.high - interval.low)
    return interval.low, interval.high


def _constraints(
    one: Case, own: Weights, low: Decimal, high: Decimal, switch: Reading | None = None
) -> list[Constraint]:
    """The constraint on a weighted sum; none where no figure is left in it."""
    constant = own.get(None, Decimal(0))
    terms = tuple((key, w) for key, w in own.items() if key is not None and w)
    broken = one.finding.verdict == "contradiction"
    made = Constraint(one.finding.id, terms, low - constant, high - constant, switch, broken)
    return [made] if terms else []
