"""The same figure printed in several places: do they all say the same?

Two readings agree if some true value would be printed as both: 18.3:1 and 18.29:1 do.
"""

from __future__ import annotations

from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.figures import Book, Key, Reading
from qzanalysis.audit.findings import MATERIAL, Finding, severity
from qzanalysis.audit.lookup import chapter
from qzanalysis.figures.intervals import shown

LONG: Final = 6  # digits: two measurements do not agree in so many by chance


def findings(book: Book) -> list[Finding]:
    """One finding for each figure printed more than once, one more for each place that differs."""
    repeated = [finding for key in book.by_key for finding in of_key(book, key)]
    return repeated + [finding for key in book.by_key for finding in shifted(book, key)]


def of_key(book: Book, key: Key) -> list[Finding]:
    """What is found where a figure is printed more than once."""
    readings = book.readings(key)
    return _of(key, readings) if sum(len(reading.figures) for reading in readings) > 1 else []


def shifted(book: Book, key: Key) -> list[Finding]:
    """The same long number under two years, in two places: one of them has the wrong year."""
    before = Key(key.indicator, key.breakdown, key.year - 1)
    return [
        _shift(now, then)
        for now in book.readings(key)
        for then in book.readings(before)
        if now.interval.decimals
        and now.interval.value == then.interval.value
        and sum(character.isdigit() for character in now.interval.printed) >= LONG
        and {f.source for f in now.figures}.isdisjoint(f.source for f in then.figures)
    ]


def _shift(now: Reading, then: Reading) -> Finding:
    return Finding(
        f"{named(now.key)}-as-{then.key.year}",
        chapter(now.key.indicator),
        "same_figure",
        "undecided",
        severity("undecided", (now.key.indicator,), MATERIAL),
        f"{codebook.label(now.key.indicator, now.key.breakdown)}"
        f"在{now.places}属 {now.key.year} 年，"
        f"在{then.places}属 {then.key.year} 年，印的是同一个数 {now.figures[0].printed}，"
        "其中一处所属年份应更正。",
        (*now.figures, *then.figures),
    )


def _of(key: Key, readings: tuple[Reading, ...]) -> list[Finding]:
    first, others = readings[0], readings[1:]
    agreeing = [other for other in others if other.interval.meets(first.interval)]
    differing = [other for other in others if other not in agreeing]
    found = [_contradiction(first, other, n) for n, other in enumerate(differing, start=1)]
    same = (first, *agreeing)
    if sum(len(reading.figures) for reading in same) > 1:
        found.append(_agreement(key, same))
    return found


def _agreement(key: Key, readings: tuple[Reading, ...]) -> Finding:
    figures = tuple(figure for reading in readings for figure in reading.figures)
    texts = "、".join(dict.fromkeys(figure.printed for figure in figures))
    places = "、".join(dict.fromkeys(figure.source for figure in figures))
    one = len(readings) == 1
    return Finding(
        named(key),
        chapter(key.indicator),
        "same_figure",
        "holds" if one else "rounded",
        "none",
        f"{key.label}在 {len(figures)} 处印出（{places}），"
        + (f"均为 {texts}。" if one else f"印作 {texts}，精度不同但不矛盾。"),
        figures,
        shown(readings[0].interval.value, 4),
    )


def _contradiction(first: Reading, other: Reading, number: int) -> Finding:
    gap = other.interval.value - first.interval.value
    base = abs(first.interval.value)
    change = abs(gap) / base if base else None
    return Finding(
        f"{named(first.key)}-differs" + (f"-{number}" if number > 1 else ""),
        chapter(first.key.indicator),
        "same_figure",
        "contradiction",
        severity("contradiction", (first.key.indicator,), change),
        f"{first.key.label}两处印得不同：{first.places}印作 {first.figures[0].printed}，"
        f"{other.places}印作 {other.figures[0].printed}，相差 {shown(abs(gap), 4)}。",
        (*first.figures, *other.figures),
        shown(first.interval.value, 4),
        shown(gap, 4),
    )


def named(key: Key) -> str:
    """The id of what is found about a key."""
    middle = f"-{key.breakdown}" if key.breakdown else ""
    return f"same-{key.indicator}{middle}-{key.year}"
