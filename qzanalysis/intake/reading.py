"""A workbook as plain sheets of text: what each cell shows, and what is wrong with it."""

from __future__ import annotations

import datetime
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import UsageError
from qzanalysis.intake import guard

_PATTERN: Final = re.compile(r"(?P<group>#,##)?[0#]+(?P<decimals>\.0+)?(?P<percent>%)?")
_DECORATION: Final = re.compile(r'\[[^\]]*\]|"[^"]*"|_.|\*.|\\|[¥￥$]')
_PLAIN: Final = frozenset({"General", "@", "GENERAL", "general"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: the text it shows; `fault` says what it holds that is not a text or a number."""

    text: str = ""
    fault: str = ""
    reference: str = ""


EMPTY: Final = Shown()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows by number (as the program numbers them), and its merged areas."""

    name: str
    hidden: bool
    rows: dict[int, list[Shown]]
    merged: tuple[str, ...]


def read(path: Path) -> list[Sheet]:
    """The sheets of a workbook.

    Raises:
        UsageError: it cannot be opened, or exceeds a limit; see `guard`.
    """
    facts = guard.inspect(path)
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about features that matter only for showing
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            try:
                known = [(sheet, _facts(sheet, facts)) for sheet in book.worksheets]
                if sum(it.last_row * it.last_column for _, it in known) > guard.LARGEST_AREA:
                    guard.refuse(path.name, "单元格的范围过大")
                return [_sheet(sheet, it) for sheet, it in known]
            finally:
                book.close()
    except UsageError:
        raise
    except Exception as error:  # a damaged workbook raises whatever the library stumbles over
        raise UsageError(
            f"{path.name} 的内容无法识别（{type(error).__name__}）：请在 Excel、WPS 或 LibreOffice 中重新另存为 .xlsx"
        ) from error


def _facts(sheet: Any, facts: dict[str, guard.SheetFacts]) -> guard.SheetFacts:
    return facts.get(str(sheet._worksheet_path).lstrip("/"), guard.SheetFacts())


def _sheet(sheet: Any, known: guard.SheetFacts) -> Sheet:
    hollow = frozenset(known.hollow)
    rows: dict[int, list[Shown]] = {}
    if known.last_row:
        sheet.reset_dimensions()
        for number, cells in enumerate(_cells(sheet, known), start=1):
            shown = [
                _shown(cell, f"{guard.letters(at)}{number}", hollow)
                for at, cell in enumerate(cells, 1)
            ]
            if any(cell.text or cell.fault for cell in shown):
                rows[number] = shown
    return Sheet(str(sheet.title), sheet.sheet_state != "visible", rows, tuple(known.merged))


def _cells(sheet: Any, known: guard.SheetFacts) -> Iterator[tuple[Any, ...]]:
    yield from sheet.iter_rows(1, known.last_row, 1, known.last_column)


def _shown(cell: Any, reference: str, hollow: frozenset[str]) -> Shown:
    if reference in hollow:
        return Shown("（公式）", "公式没有计算结果（formula without a value）", reference)
    value = cell.value
    if value is None:
        return EMPTY
    if isinstance(value, int | float) and not isinstance(value, bool):
        number_format = str(cell.number_format or "General")
        text = as_displayed(value, number_format)
        fault = "" if text else f"无法按原样读出的数字格式 {number_format}"
        return Shown(text or str(value), fault, reference)
    return Shown(str(value), _not_text(value, cell.data_type), reference)


def _not_text(value: object, data_type: str) -> str:
    """What a cell holds that is neither text nor a number; empty for text."""
    if isinstance(value, bool):
        return "逻辑值（TRUE/FALSE）"
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return "日期或时间（date）"
    return "公式错误值（error value）" if data_type == "e" else ""


def as_displayed(value: float, number_format: str) -> str:
    """A number as the program shows it; empty where its format is not one this package reads.

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
