"""Text made safe for pages and spreadsheets."""

from __future__ import annotations

import re
from typing import Final

from qzanalysis.errors import STEERING

# A spreadsheet would run these as formulas, some of them in full width too.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_NUMBER: Final = re.compile(r"[+-]?\d[\d,.]*%?")
_LEFT_OUT: Final = dict.fromkeys(STEERING)


def visible(text: str) -> str:
    """Text without characters that would steer or mislead whoever reads it."""
    return text.translate(_LEFT_OUT)


def cell_text(text: str, *, numbers: bool = False) -> str:
    """Text that a spreadsheet shows as it is: one it would run as a formula begins with a quote.

    Args:
        text: of one cell.
        numbers: leave a number with a sign as it is; a spreadsheet reads it as that number.

    >>> cell_text("=1+1"), cell_text("-12.5%", numbers=True)
    ("'=1+1", '-12.5%')
    """
    seen = visible(text)
    risky = seen.startswith(_FORMULA_STARTS) and not (numbers and _NUMBER.fullmatch(seen))
    return f"'{seen}" if risky else seen
