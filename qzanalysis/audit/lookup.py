"""What the rules ask the codebook of an indicator."""

from __future__ import annotations

from qzanalysis import codebook


def unit(indicator: str) -> str:
    """Its unit."""
    return codebook.indicator(indicator)["unit"]


def ratio(indicator: str, breakdown: str = "") -> str | None:
    """The expression an indicator is defined by, of one part; None where it is no ratio."""
    found = codebook.ratio(indicator)
    if found is None:
        return None
    top, bottom = f"{found.numerator}[{breakdown}]", f"{found.denominator}[{breakdown}]"
    if unit(indicator) == "%":
        return f"share({top}, {bottom})"
    return f"{top} / {bottom}" + (f" * {found.scale}" if found.scale != 1 else "")


def chapter(indicator: str) -> int:
    """The chapter of the report it belongs to."""
    return int(codebook.indicator(indicator)["chapter"])
