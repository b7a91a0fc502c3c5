"""Codebook facts about an indicator as plain text, looked up thousands of times in one run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from qzanalysis import codebook

COUNTED: Final = frozenset("人|人次|个|项|册|种|场|次|门|家|支|批|件|间|处|台|篇".split("|"))  # noqa: SIM905


@cache
def _table() -> dict[str, dict[str, str]]:
    rows = codebook.indicators().to_dict("index")
    return {str(name): {str(k): str(v) for k, v in row.items()} for name, row in rows.items()}


def about(indicator: str) -> Mapping[str, str]:
    """The columns of the codebook for one indicator."""
    return _table()[indicator]


def unit(indicator: str) -> str:
    """Its unit."""
    return _table()[indicator]["unit"]


def chapter(indicator: str) -> int:
    """The chapter of the report it belongs to."""
    return int(_table()[indicator]["chapter"])
