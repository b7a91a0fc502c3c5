"""Text made safe for pages and spreadsheets."""

from __future__ import annotations

from typing import Final

from qzanalysis.errors import STEERING

# A spreadsheet would run these as formulas, some of them in full width too.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_LEFT_OUT: Final = dict.fromkeys(STEERING)


def visible(text: str) -> str:
    """Text without characters that would steer or mislead whoever reads it."""
    return text.translate(_LEFT_OUT)
