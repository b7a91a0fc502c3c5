"""Properties of an indicator that the rules ask the codebook for."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from qzanalysis import codebook
from qzanalysis.audit.expressions import Binary, Call, Node, Number, Term


@cache
def unit(indicator: str) -> str:
    """Its unit."""
    return codebook.indicator(indicator)["unit"]


@cache
def chapter(indicator: str) -> int:
    """The chapter of the report it belongs to."""
    return int(codebook.indicator(indicator)["chapter"])


def term(indicator: str, breakdown: str = "", year: int = 0) -> Term:
    """The figure of one part, so many years from the rule's year."""
    return Term(indicator, tuple(sorted(codebook.parse_breakdown(breakdown).items())), year)


@cache
def ratio(indicator: str, breakdown: str = "") -> Node | None:
    """The expression an indicator is defined by, of one part; None where it is no ratio."""
    found = codebook.ratio(indicator)
    if found is None:
        return None
    top, bottom = term(found.numerator, breakdown), term(found.denominator, breakdown)
    if unit(indicator) == "%":
        return Call("share", (top, bottom))
    quotient = Binary("/", top, bottom)
    return quotient if found.scale == 1 else Binary("*", quotient, Number(Decimal(found.scale)))
