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
_RANK: Final = re.compile(rf"第(?P<words>{_PLACE})[名批届次]?")
_WITHIN: Final = re.compile(rf"前(?P<first>{_PLACE})|(?P<second>\d+)强")
_FIRST: Final = frozenset({"首", "首批", "首届", "首个", "最多"})
_UNCHANGED: Final = frozenset({"持平", "没有增加"})
_RATIO: Final = re.compile(r"(?P<left>\d+(?:\.\d+)?):(?P<right>\d+(?:\.\d+)?)")


# No report prints more; what is longer or larger is refused before anything is computed with it.
LONGEST: Final = 40  # characters
LARGEST: Final = Decimal(10) ** 18


class NotAFigure(ValueError):
    """The text is not a figure in any notation this package reads."""


@lru_cache(maxsize=100_000)
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
    text = _normalised(printed)
    if ratio := _RATIO.fullmatch(text):
        return _ratio(printed, ratio)
    if words := _in_words(text):
        return Interval(words[1], *words, printed)
    match = _pattern().fullmatch(text)
    if match is None:
        raise NotAFigure(f"“{printed}”不是可读的数字")
    number, decimals = _number(match)
    scale = _scale(match)
    value = times(-number if match["sign"] == "-" else number, scale)
    if abs(value) >= LARGEST:
        raise NotAFigure(f"“{printed}”大于可读的最大数")
    low, high = _ends(match, value, times(Decimal(1).scaleb(-decimals), scale), count)
    return Interval(value, low, high, printed, decimals)


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
    match = _pattern().fullmatch(_normalised(printed))
    if match is None:
        return Fraction(1), ""
    return _scale(match), (match["magnitude"] or "") + (match["unit"] or "")


def times(number: Decimal, scale: Fraction) -> Decimal:
    """The product as a decimal: exact wherever it terminates."""
    return number * scale.numerator / scale.denominator


def _normalised(printed: str) -> str:
    return unicodedata.normalize("NFKC", printed).replace(" ", "").replace("−", "-")


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_FIGURE % "|".join(codebook.printed_units()))


def _in_words(text: str) -> tuple[Decimal, Decimal] | None:
    """The interval of a figure given in words: a rank, or "no change"."""
    if text in _UNCHANGED:
        return Decimal(0), Decimal(0)
    if text in _FIRST:
        return Decimal(1), Decimal(1)
    if rank := _RANK.fullmatch(text):
        place = parse(rank["words"]).value
        return place, place
    if within := _WITHIN.fullmatch(text):
        place = parse(within["first"] or within["second"]).value
        return min(Decimal(1), place), place
    return None


def _ratio(printed: str, match: re.Match[str]) -> Interval:
    """`18.3:1` and `1:18.3` both stand for 18.3: the side that is not one."""
    side = match["left"] if Decimal(match["right"]) == 1 else match["right"]
    if 1 not in (Decimal(match["left"]), Decimal(match["right"])):
        raise NotAFigure(f"“{printed}”不是 N:1 或 1:N 形式的比")
    return replace(parse(side), printed=printed)


def _number(match: re.Match[str]) -> tuple[Decimal, int]:
    if digits := match["digits"]:
        plain = digits.replace(",", "")
        return Decimal(plain), len(plain.partition(".")[2])
    try:
        return Decimal(numerals.read(match["words"])), 0
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
    coarse = max(step, _last_place(value))
    if before in _AT_LEAST or after in _AT_LEAST:
        return value, INFINITY
    if before in _AT_MOST or after in _AT_MOST:
        return value - coarse, value
    if match["more"] or match["more2"]:
        return value, value + coarse
    if before == "约":
        return value - coarse / 2, value + coarse / 2
    if count and step <= 1:
        return value, value
    return value - step / 2, value + step / 2


def _last_place(value: Decimal) -> Decimal:
    """The place of the last digit that is not zero: 90 → 10, 5000 → 1000."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(1).scaleb(exponent)
