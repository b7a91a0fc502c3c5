"""What the rules ask the codebook of an indicator."""

from __future__ import annotations

from typing import Final

from qzanalysis import codebook

COUNTED: Final = frozenset("人|人次|个|项|册|种|场|次|门|家|支|批|件|间|处|台|篇".split("|"))  # noqa: SIM905


def unit(indicator: str) -> str:
    """Its unit."""
    return codebook.indicator(indicator)["unit"]


def chapter(indicator: str) -> int:
    """The chapter of the report it belongs to."""
    return int(codebook.indicator(indicator)["chapter"])
