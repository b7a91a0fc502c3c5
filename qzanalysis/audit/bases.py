"""Other denominators: when a share does not follow from the one it names, which one gives it?

A match by chance must not count. Candidates are the report's own counts in the same unit and of
a plausible size (within a quarter of the named one); a match counts only if so many candidates
would be expected to match by chance less than once in five reports.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from decimal import Decimal
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit import evaluate, expressions
from qzanalysis.audit.book import Book, Key, Reading, unit
from qzanalysis.audit.evaluate import Scope, Stated
from qzanalysis.audit.expressions import YEAR, Node, Term
from qzanalysis.audit.findings import AGREE
from qzanalysis.audit.spans import Span, agreement

PLAUSIBLE: Final = (Decimal("0.75"), Decimal("1.25"))
CHANCE: Final = Decimal("0.2")


def search(claim: Reading, computed: Node, scope: Scope) -> tuple[Stated, str] | None:
    """The ratio over the best other denominator, and how that was searched; None where there is none.

    Args:
        claim: the printed ratio.
        computed: its expression, which has a value: a ratio with one figure below.
    """
    found = expressions.ratio(computed)
    if found is None or claim.interval.low <= 0:
        return None
    above, below, scale = found
    if not isinstance(below, Term) or below.indicator == YEAR:
        return None
    numerator = evaluate.value(above, scope) * Span.exact(scale)
    named = scope.readings(below)[0]
    used = {reading.key for reading in evaluate.words(above, scope).readings}
    others = candidates(named, used, scope.book)
    matches = [
        (reading, quotient)
        for reading in others
        if agreement(claim.span, quotient := numerator / reading.span) in AGREE
    ]
    if not matches or _chance(claim, numerator, named, len(others)) > CHANCE:
        return None
    base, quotient = min(matches, key=lambda pair: _distance(pair[0].key, named.key))
    only = "仅此一个相符" if len(matches) == 1 else f"{len(matches)} 个相符，取最相近的"
    formula = f"分母改用 {base.key.label} {base.printed}"
    tried = f"试了报告所载 {len(others)} 个可能的分母，{only}"
    return Stated(quotient.interval(), formula, (base,)), tried


def candidates(named: Reading, used: set[Key], book: Book) -> list[Reading]:
    """Counts in the unit of the named denominator and of plausible size, one for each value."""
    counts = book.counts.get(unit(named.key.indicator), [])
    low, high = (named.interval.value * factor for factor in PLAUSIBLE)
    first = bisect_left(counts, low, key=_value)
    inside = counts[first : bisect_right(counts, high, key=_value)]
    values: dict[Decimal, Reading] = {named.interval.value: named}
    for reading in sorted(inside, key=lambda reading: _distance(reading.key, named.key)):
        if reading.key not in used and reading.key != named.key:
            values.setdefault(reading.interval.value, reading)
    return list(values.values())[1:]


def _value(reading: Reading) -> Decimal:
    return reading.interval.value


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


def _chance(claim: Reading, numerator: Span, named: Reading, tried: int) -> Decimal:
    """How many of the candidates would match if their sizes were random."""
    fitting = (numerator / claim.span).interval()
    width = max(fitting.high - fitting.low, Decimal(1))
    low, high = PLAUSIBLE
    return tried * width / (named.interval.value * (high - low))
