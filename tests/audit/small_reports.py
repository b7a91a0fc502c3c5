"""Rows of small reports whose findings can be worked out on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qzanalysis.audit import Finding

Row = tuple[str, str, int, str, str]
Found = dict[str, Finding]
Check = Callable[..., Found]
PROGRAMMES = (
    "cnc", "mechatronics", "construction", "childcare", "art_design", "computing", "tourism",
    "accounting",
)  # fmt: skip


def one(indicator: str, printed: str, source: str = "§1", breakdown: str = "") -> Row:
    return indicator, breakdown, 2021, printed, source


def two(indicator: str, before: str, now: str, source: str = "§1") -> list[Row]:
    return [(indicator, "", 2020, before, source), (indicator, "", 2021, now, source)]


def table(indicator: str, values: Sequence[str], year: int = 2021) -> list[Row]:
    """One value a programme."""
    return [
        (indicator, f"programme={name}", year, value, f"§2.4表#{row}")
        for row, (name, value) in enumerate(zip(PROGRAMMES, values, strict=False), start=1)
    ]
