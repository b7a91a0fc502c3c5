"""Other denominators: when a share does not follow from the one it names, which one gives it?

A match by chance must not count. Candidates are the report's own counts in the same unit and of
a plausible size (within a quarter of the named one); a match counts only if so many candidates
would be expected to match by chance less than once in five reports.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit import expressions
from qzanalysis.audit.evaluate import Expression
from qzanalysis.audit.expressions import Slot
from qzanalysis.audit.findings import AGREE
from qzanalysis.audit.lookup import unit
from qzanalysis.audit.table import Book, Key, Reading
from qzanalysis.figures.intervals import Interval, agreement

PLAUSIBLE: Final = (Decimal("0.75"), Decimal("1.25"))
CHANCE: Final = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class OtherBase:
    """A denominator that gives the printed figure, and how many were tried to find it."""

    reading: Reading
    computed: Interval
    tried: int
    matches: int


def search(claim: Reading, computed: Expression) -> OtherBase | None:
    """The best other denominator of a ratio, or None.

    Args:
        claim: the printed ratio.
        computed: its expression in one case: a ratio with one figure below.
    """
    found = expressions.ratio(computed.shape)
    if found is None or not isinstance(found[1], Slot) or claim.interval.low <= 0:
        return None
    top, bottom = (computed.at(0, part) for part in found[:2])
    if not (top.known[0] and bottom.known[0]):
        return None
    numerator = top.interval() * Interval.exact(found[2])
    named = bottom.words().readings[0]
    book = computed.cases.table.book(int(computed.cases.report[0]))
    tried = candidates(named, {reading.key for reading in top.words().readings}, book)
    matches = [
        (reading, quotient)
        for reading in tried
        if agreement(claim.interval, quotient := numerator / reading.interval) in AGREE
    ]
    if not matches or _chance(claim, numerator, named, len(tried)) > CHANCE:
        return None
    reading, quotient = min(matches, key=lambda pair: _distance(pair[0].key, named.key))
    return OtherBase(reading, quotient, len(tried), len(matches))


def candidates(named: Reading, used: set[Key], book: Book) -> list[Reading]:
    """Counts in the unit of the named denominator and of plausible size, one for each value."""
    counts = book.counts.get(unit(named.key.indicator), [])
    low, high = (named.interval.value * factor for factor in PLAUSIBLE)
    inside = counts[bisect_left(counts, (low, 0)) : bisect_left(counts, (high, inf))]
    values: dict[Decimal, Reading] = {named.interval.value: named}
    readings = (book.table.reading(row) for _, row in inside)
    for reading in sorted(readings, key=lambda reading: _distance(reading.key, named.key)):
        if reading.key not in used and reading.key != named.key:
            values.setdefault(reading.interval.value, reading)
    return list(values.values())[1:]


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


def _chance(claim: Reading, numerator: Interval, named: Reading, tried: int) -> Decimal:
    """How many of the candidates would match if their sizes were random."""
    fitting = numerator / claim.interval
    width = max(fitting.high - fitting.low, Decimal(1))
    low, high = PLAUSIBLE
    return tried * width / (named.interval.value * (high - low))
