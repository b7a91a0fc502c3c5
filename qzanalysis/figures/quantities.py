"""Reading printed figures: from a text to the interval of values it stands for.

`62%` does not say 62 but "something between 61.5 and 62.5"; `5.00` says more than `5`; `90余` says
at least 90; a head-count of `268` is exact. Units and their sizes are in `codebook/units.csv`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from math import prod
from typing import Final

from qzanalysis import codebook
from qzanalysis.figures import numerals
from qzanalysis.figures.intervals import INFINITY, Interval

_MAGNITUDES: Final = {"百": 100, "千": 1000, "万": 10_000, "亿": 10**8}
_AT_LEAST: Final = ("超", "逾", "以上", "超过", "不少于")
_AT_MOST: Final = ("近", "不足", "以下", "不到")

_FIGURE: Final = (
    r"(?P<before>超过|超|逾|近|约|不足|不到|不少于)?"
    r"(?P<sign>[+-])?"
    r"(?:(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)|(?P<words>[〇零一二两三四五六七八九十百千万亿]+))"
    r"(?P<more>[余多])?"
    r"(?P<magnitude>[百千万亿]+)?"
    r"(?P<more2>[余多])?"
    r"(?P<unit>%s)?"
    r"(?P<after>以上|以下)?"
)
# A place in an order: 第五, 第三批, 首届 are exact; 前十 and 50强 say "at most".
_PLACE: Final = r"\d+|[〇零一二两三四五六七八九十百千万]+"
_RANK: Final = re.compile(rf"第(?P<words>{_PLACE})[名批届次]?", re.ASCII)
_WITHIN: Final = re.compile(rf"前(?P<first>{_PLACE})|(?P<second>\d+)强", re.ASCII)
_FIRST: Final = frozenset({"首", "首批", "首届", "首个", "最多"})
_UNCHANGED: Final = frozenset({"持平", "没有增加"})
_RATIO: Final = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", re.ASCII)
_SAME: Final = {ord(" "): None, ord("−"): "-"}


# No report prints more; what is longer or larger is refused before anything is computed with it.
LONGEST: Final = 40  # characters
LARGEST: Final = Decimal(10) ** 18


class NotAFigure(ValueError):
    """The text is not a figure in any notation this package reads."""


@lru_cache(maxsize=2**16)
def parse(printed: str, *, count: bool = False) -> Interval:
    """Read a printed figure.

    Returns:
        The interval of true values that would be printed this way, with the value at face value, in
        the indicator's unit (`13.85万` is 138500, `18.3:1` is 18.3), the text and its decimals.

    Args:
        printed: text such as `36.19%`, `18.3:1`, `+50`, `13.85万`, `90余`, `近5000`, `二十余`.
        count: the figure counts whole things, so that digits without an approximator are exact.

    Raises:
        NotAFigure: the text is something else.

    >>> parse("62%").low, parse("62%").high
    (Decimal('61.5'), Decimal('62.5'))
    >>> parse("268", count=True).is_exact
    True
    """
    if len(printed) > LONGEST:
        raise NotAFigure(f"“{printed[:LONGEST]}……”有 {len(printed)} 个字符，不是可读的数字")
    text = unicodedata.normalize("NFKC", printed).translate(_SAME)
    if ratio := _RATIO.fullmatch(text):  # `18.3:1` and `1:18.3` both stand for 18.3
        others = [side for side in ratio.groups() if Decimal(side) != 1]
        if len(others) > 1:
            raise NotAFigure(f"“{printed}”不是 N:1 或 1:N 形式的比")
        text, count = others[0] if others else ratio[1], False
    match = _pattern().fullmatch(text)
    if match is None:
        return _in_words(text, printed)
    digits = match["digits"] or _numeral(match)
    decimals = len(digits.partition(".")[2])
    times, over = _scale(match).as_integer_ratio()
    number = Decimal(digits.replace(",", ""))
    if match["sign"] == "-" and not number and not decimals:
        raise NotAFigure(f"“{printed}”：零没有负号")
    value = (-number if match["sign"] == "-" else number) * times / over
    if abs(value) >= LARGEST:
        raise NotAFigure(f"“{printed}”大于可读的最大数")
    step = Decimal(1).scaleb(-decimals) * times / over
    return Interval(value, *_ends(match, value, step, count), printed, decimals)


def is_figure(printed: str) -> bool:
    """True for a text that `parse` reads."""
    try:
        parse(printed)
    except NotAFigure:
        return False
    return True


def unit_of(printed: str) -> tuple[Fraction, str]:
    """By what the digits of a printed figure are multiplied, and the mark that says so.

    >>> unit_of("13.85万"), unit_of("120亩"), unit_of("268")
    ((Fraction(10000, 1), '万'), (Fraction(2000, 3), '亩'), (Fraction(1, 1), ''))
    """
    match = _pattern().fullmatch(unicodedata.normalize("NFKC", printed).translate(_SAME))
    if match is None:
        return Fraction(1), ""
    return _scale(match), (match["magnitude"] or "") + (match["unit"] or "")


def times(number: Decimal, scale: Fraction) -> Decimal:
    """The product as a decimal: exact wherever it terminates."""
    return number * scale.numerator / scale.denominator


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_FIGURE % "|".join(codebook.printed_units()), re.ASCII)


def _in_words(text: str, printed: str) -> Interval:
    """A figure given in words: a rank, or "no change"."""
    if text in _UNCHANGED or text in _FIRST:
        return replace(Interval.exact(int(text in _FIRST)), printed=printed)
    if rank := _RANK.fullmatch(text):
        return replace(Interval.exact(parse(rank["words"]).value), printed=printed)
    if within := _WITHIN.fullmatch(text):
        place = parse(within["first"] or within["second"]).value
        return Interval(place, min(Decimal(1), place), place, printed)
    raise NotAFigure(f"“{printed}”不是可读的数字")


def _numeral(match: re.Match[str]) -> str:
    try:
        return str(numerals.read(match["words"]))
    except ValueError as error:
        raise NotAFigure(f"“{match.string}”不是可读的中文数字") from error


def _scale(match: re.Match[str]) -> Fraction:
    scale = codebook.printed_units().get(match["unit"] or "", Fraction(1))
    return scale * prod(_MAGNITUDES[character] for character in match["magnitude"] or "")


def _ends(
    match: re.Match[str], value: Decimal, step: Decimal, count: bool
) -> tuple[Decimal, Decimal]:
    """The true values that would be printed so; approximators widen by the last digit that is not 0."""
    before, after = match["before"] or "", match["after"] or ""
    more = match["more"] or match["more2"]
    if before in _AT_LEAST or after in _AT_LEAST:
        return value, INFINITY
    if not (before or after or more):
        half = Decimal(0) if count and step <= 1 else step / 2
        return value - half, value + half
    coarse = max(step, _last_place(value))
    if before in _AT_MOST or after in _AT_MOST:
        return value - coarse, value
    return (value, value + coarse) if more else (value - coarse / 2, value + coarse / 2)


def _last_place(value: Decimal) -> Decimal:
    """The place of the last digit that is not zero: 90 → 10, 5000 → 1000."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)
