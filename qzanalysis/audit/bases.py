"""Other denominators: when a share does not follow from the one it names, which one gives it?

A match by chance must not count. Candidates are the report's own counts in the same unit and of
a plausible size (within a quarter of the named one); a match counts only if so many candidates
would be expected to match by chance less than once in five reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.evaluate import Missing, Scope, evaluate
from qzanalysis.audit.expressions import Binary, Call, Node, Number, Term
from qzanalysis.audit.figures import Key, Reading
from qzanalysis.audit.findings import AGREE
from qzanalysis.audit.lookup import unit
from qzanalysis.figures.intervals import HUNDRED, Interval, agreement

PLAUSIBLE: Final = (Decimal("0.75"), Decimal("1.25"))
CHANCE: Final = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class OtherBase:
    """A denominator that gives the printed figure, and how many were tried to find it."""

    reading: Reading
    computed: Interval
    tried: int
    matches: int


def search(claim: Reading, computed: Node, scope: Scope) -> OtherBase | None:
    """The best other denominator of a ratio, or None.

    Args:
        claim: the printed ratio.
        computed: its expression, `share(a, b)` or `a / b` with one figure below.
        scope: report and year.
    """
    parts = _ratio(computed)
    if parts is None:
        return None
    top, bottom, scale = parts
    try:
        numerator = evaluate(top, scope)
        named = evaluate(bottom, scope).readings[0]
    except Missing:
        return None
    tried = candidates(named, numerator.readings, scope)
    found = [(r, q) for r in tried if (q := _fits(claim, numerator.interval, r, scale)) is not None]
    if not found or _chance(claim, numerator.interval, scale, named, len(tried)) > CHANCE:
        return None
    reading, quotient = min(found, key=lambda pair: _distance(pair[0].key, named.key))
    return OtherBase(reading, quotient, len(tried), len(found))


def candidates(named: Reading, used: Iterable[Reading], scope: Scope) -> list[Reading]:
    """Counts in the unit of the named denominator and of plausible size, one for each value."""
    own_unit = unit(named.key.indicator)
    low, high = (named.interval.value * factor for factor in PLAUSIBLE)
    taken = {reading.key for reading in used} | {named.key}
    values: dict[Decimal, Reading] = {}
    inside = [
        reading for reading in scope.book.counts(own_unit, low, high) if reading.key not in taken
    ]
    for reading in sorted(inside, key=lambda reading: _distance(reading.key, named.key)):
        if reading.interval.value != named.interval.value:
            values.setdefault(reading.interval.value, reading)
    return list(values.values())


def _distance(key: Key, named: Key) -> tuple[bool, bool, bool, int, Key]:
    """The same quantity in another year first, then its wholes, then the rest."""
    whole = codebook.indicator(named.indicator)["part_of"]
    return (
        key.indicator != named.indicator,
        key.indicator != whole,
        bool(key.breakdown),
        abs(key.year - named.year),
        key,
    )


def _ratio(node: Node) -> tuple[Node, Term, Decimal] | None:
    if isinstance(node, Call) and node.function == "share":
        top, bottom = node.arguments
        return (top, bottom, HUNDRED) if isinstance(bottom, Term) else None
    if isinstance(node, Binary) and node.operator == "/" and isinstance(node.right, Term):
        return node.left, node.right, Decimal(1)
    if isinstance(node, Binary) and node.operator == "*" and isinstance(node.right, Number):
        scaled = _ratio(node.left)
        return scaled and (scaled[0], scaled[1], scaled[2] * node.right.value)
    return None


def _fits(claim: Reading, top: Interval, bottom: Reading, scale: Decimal) -> Interval | None:
    quotient = top / bottom.interval * Interval.exact(scale)
    return quotient if agreement(claim.interval, quotient) in AGREE else None


def _chance(claim: Reading, top: Interval, scale: Decimal, named: Reading, tried: int) -> Decimal:
    """How many of the candidates would match if their sizes were random."""
    if claim.interval.low <= 0:
        return Decimal(tried)
    fitting = top * Interval.exact(scale) / claim.interval
    width = max(fitting.high - fitting.low, Decimal(1))
    low, high = PLAUSIBLE
    return tried * width / (named.interval.value * (high - low))
