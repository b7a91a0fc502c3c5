"""The sheets of a workbook as frames of the texts that a person sees in them."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

import pandas as pd
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from qzanalysis.errors import UsageError
from qzanalysis.intake import guard
from qzanalysis.intake.faults import refusal

_PATTERN: Final = re.compile(r"(?P<group>#,##)?[0#]+(?P<decimals>\.0+)?(?P<percent>%)?")
_DECORATION: Final = re.compile(r'\[[^\]]*\]|"[^"]*"|_.|\*.|\\|[¥￥$]')
_PLAIN: Final = frozenset({"General", "@", "GENERAL", "general"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        cells: texts, indexed by row number, one column for each letter; empty rows are left out.
        faults: by row and letter, text and kind of a cell that holds neither text nor number.
        merged: merged areas, such as `B3:C4`.
    """

    hidden: bool
    cells: pd.DataFrame
    faults: dict[tuple[int, str], tuple[str, str]]
    merged: tuple[str, ...]


def read(path: Path) -> dict[str, Sheet]:
    """The sheets of a workbook, by name.

    Raises:
        UsageError: it cannot be opened, or exceeds a limit; see `guard`.
    """
    facts = guard.inspect(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that matter only for display
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                known = [(sheet, _facts(sheet, facts)) for sheet in book.worksheets]
                if sum(it.last_row * it.last_column for _, it in known) > guard.LARGEST_AREA:
                    raise guard.too_large(path.name, "单元格的范围过大")
                return {str(sheet.title): _sheet(sheet, it) for sheet, it in known}
            finally:
                book.close()
    except UsageError:
        raise
    except Exception as error:  # a damaged workbook raises any of the library's errors
        raise refusal("unknown", name=path.name, error=type(error).__name__) from error


def _facts(sheet: Any, facts: dict[str, guard.SheetFacts]) -> guard.SheetFacts:
    return facts.get(str(sheet._worksheet_path).lstrip("/"), guard.SheetFacts())


def _sheet(sheet: Any, known: guard.SheetFacts) -> Sheet:
    letters = [get_column_letter(at) for at in range(1, known.last_column + 1)]
    hollow = frozenset(known.hollow)
    texts: dict[int, list[str]] = {}
    faults: dict[tuple[int, str], tuple[str, str]] = {}
    for number, row in _rows(sheet, known):
        for letter, cell in zip(letters, row, strict=True):
            text, fault = _shown(cell, hollow=f"{letter}{number}" in hollow)
            texts.setdefault(number, []).append(text)
            if fault:
                faults[number, letter] = text, fault
    cells = pd.DataFrame.from_dict(texts, orient="index", columns=letters, dtype=object)
    return Sheet(
        sheet.sheet_state != "visible",
        cells[(cells != "").any(axis=1)],
        faults,
        tuple(known.merged),
    )


def _rows(sheet: Any, known: guard.SheetFacts) -> Iterator[tuple[int, tuple[Any, ...]]]:
    if known.last_row:
        sheet.reset_dimensions()
        yield from enumerate(sheet.iter_rows(1, known.last_row, 1, known.last_column), start=1)


def _shown(cell: Any, *, hollow: bool) -> tuple[str, str]:
    """The text that a cell shows, and its kind if it holds neither text nor a number."""
    value = cell.value
    if hollow:
        return "（公式）", "公式没有计算结果（formula without a value）"
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return str(value).upper(), "逻辑值（TRUE/FALSE）"
    if isinstance(value, int | float):
        number_format = str(cell.number_format or "General")
        text = as_displayed(value, number_format)
        return text or str(value), "" if text else f"无法按原样读出的数字格式 {number_format}"
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return str(value), "日期或时间（date）"
    return str(value), "公式错误值（error value）" if cell.data_type == "e" else ""


def as_displayed(value: float, number_format: str) -> str:
    """A number as a spreadsheet shows it; empty if its format is not one that is read here.

    >>> as_displayed(0.3619, "0.00%"), as_displayed(5, "0.00"), as_displayed(36.19, "General")
    ('36.19%', '5.00', '36.19')
    """
    if number_format in _PLAIN:
        plain = format(value, ".15g")
        return "" if "e" in plain or "n" in plain else plain
    first = _DECORATION.sub("", number_format.partition(";")[0]).strip()
    match = _PATTERN.fullmatch(first)
    if match is None:
        return ""
    decimals = len(match["decimals"] or ".") - 1
    scaled = Decimal(repr(value)) * (100 if match["percent"] else 1)
    if not scaled.is_finite() or abs(scaled) >= 10**15:
        return ""
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:{',' if match['group'] else ''}f}{match['percent'] or ''}"
