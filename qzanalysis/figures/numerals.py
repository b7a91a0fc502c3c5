"""Whole numbers in Chinese characters: 二十五 is 25.

A numeral is read only if writing the result out again gives the same characters. So whatever is
incomplete or ambiguous (一百二, 万万, 二十〇) is refused instead of guessed at.
"""

from __future__ import annotations

from typing import Final

_DIGITS: Final = "零一二三四五六七八九"
_PLACES: Final = {"千": 1000, "百": 100, "十": 10}
_GROUPS: Final = {"亿": 10**8, "万": 10**4}
_SAME: Final = str.maketrans("〇两", "零二")


def read(text: str) -> int:
    """The number that a numeral stands for; digits alone, as in 二〇二一, are read one by one.

    Raises:
        ValueError: the text is not a numeral written in full.

    >>> read("二十五"), read("一万零三"), read("二〇二一")
    (25, 10003, 2021)
    """
    plain = text.translate(_SAME)
    if len(plain) > 1 and set(plain) <= set(_DIGITS):
        return int("".join(str(_DIGITS.index(character)) for character in plain))
    number = _grouped(plain, _GROUPS)
    if spell(number) not in (plain, f"一{plain}"):  # 十五 is short for 一十五, 千 for 一千
        raise ValueError(f"{text} is not a numeral written in full")
    return number


def spell(number: int) -> str:
    """A number from 0 to 10^12 − 1 in characters, written in full: 10003 is 一万零三."""
    if number < len(_DIGITS):
        return _DIGITS[number]
    for sign, size in (_GROUPS | _PLACES).items():
        if number >= size:
            many, rest = divmod(number, size)
            gap = "零" if 0 < rest < size // 10 else ""
            return f"{spell(many)}{sign}{gap}{spell(rest) if rest else ''}"
    raise AssertionError("every number from ten upwards has a ten")


def _grouped(text: str, groups: dict[str, int]) -> int:
    """The value of a numeral split at the largest of these signs that it has."""
    for sign, size in groups.items():
        head, found, tail = text.partition(sign)
        if found:
            return (_section(head) if head else 1) * size + _grouped(tail, groups)
    return _section(text)


def _section(text: str) -> int:
    """The value of up to four places: a digit before its place, none where it is one."""
    total, digit = 0, None
    for character in text:
        if character in _PLACES:
            total += (1 if digit is None else digit) * _PLACES[character]
            digit = None
        else:
            digit = _DIGITS.index(character)
    return total + (digit or 0)
