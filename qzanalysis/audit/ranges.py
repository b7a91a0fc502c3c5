"""Bounds by unit, units and magnitude, and percentages called by the wrong name.

What passes is told once for a whole group; what fails is told figure by figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.figures import Book, Figure, Key, Reading
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter, unit
from qzanalysis.figures.intervals import HUNDRED, Interval, shown

MAGNITUDE: Final = "magnitude"
SMALL: Final = 20  # a leap of few is none
LEAP: Final = Decimal(8)  # from year to year; a slip of 万元 for 元 is 10 000, of a digit 10


@dataclass(frozen=True)
class Range:
    """The range in which the values of some indicators must lie."""

    id: str
    rule: str
    applies: Callable[[str], bool]
    keeps: Callable[[Interval], bool]


def _is_count(quantity: Interval) -> bool:
    value = quantity.value
    return value >= 0 and (not quantity.is_exact or value == value.to_integral_value())


RANGES: Final = (
    Range(
        "bounds-percent",
        "百分数应在 0 至 100 之间",
        lambda indicator: unit(indicator) == "%",
        lambda quantity: 0 <= quantity.value <= HUNDRED,
    ),
    Range("bounds-count", "计数应是不小于 0 的整数", codebook.is_count, _is_count),
)


def findings(book: Book) -> list[Finding]:
    """Findings on bounds, magnitudes and wording."""
    found = [finding for range_ in RANGES for finding in _bounds(book, range_)]
    found += _magnitudes(book)
    return found + [finding for key in book.by_key for finding in wordings(book, key)]


def _bounds(book: Book, range_: Range) -> Iterator[Finding]:
    tested = [r for key in book.by_key if bounded(key, range_) for r in book.readings(key)]
    passed = [reading for reading in tested if range_.keeps(reading.interval)]
    if passed:
        figures = tuple(figure for reading in passed for figure in reading.figures)
        text = f"{range_.rule}：{len(figures)} 个数字均在范围内。"
        yield Finding(range_.id, 1, "bounds", "holds", "none", text, figures)
    for key in book.by_key:
        yield from beyond(book, key, range_)


def bounded(key: Key, range_: Range) -> bool:
    """Whether a figure has to lie in a range; a change may be negative."""
    return range_.applies(key.indicator) and not changes(key.breakdown)


def changes(breakdown: str) -> bool:
    """Whether a figure is a change between years."""
    return "change=" in breakdown


def beyond(book: Book, key: Key, range_: Range) -> Iterator[Finding]:
    """What is found of a figure that is out of its range."""
    for reading in book.readings(key) if bounded(key, range_) else ():
        if not range_.keeps(reading.interval):
            yield Finding(
                _id(range_.id, reading.key),
                chapter(reading.key.indicator),
                "bounds",
                "contradiction",
                severity("contradiction", (reading.key.indicator,), turns=True),
                f"{range_.rule}：{key.label}在{reading.places}印作 {reading.figures[0].printed}。",
                reading.figures,
            )


def _magnitudes(book: Book) -> Iterator[Finding]:
    yield from steady(book)
    for key in book.by_key:
        yield from leaps(book, key)


def steady(book: Book) -> Iterator[Finding]:
    """What is found of all figures of the size they had the year before."""
    pairs = [pair for key in book.by_key for pair in _pairs(book, key)]
    passed = [pair for pair in pairs if not _leaps(*pair)]
    if passed:
        figures = tuple(dict.fromkeys(f for pair in passed for r in pair for f in r.figures))
        text = f"单位与量级：{len(passed)} 对相邻两年的数字之比均在 8 倍以内。"
        yield Finding(MAGNITUDE, 1, MAGNITUDE, "holds", "none", text, figures)


def leaps(book: Book, key: Key) -> Iterator[Finding]:
    """What is found of a figure many times that of the year before."""
    for before, now in _pairs(book, key):
        if _leaps(before, now):
            yield _leap(before, now)


def followed(key: Key) -> bool:
    """Whether the size of a figure can be compared with that of the year before."""
    return codebook.kind(key.indicator) != "ordinal" and not changes(key.breakdown)


def _pairs(book: Book, key: Key) -> list[tuple[Reading, Reading]]:
    readings = book.readings(key) if followed(key) else ()
    return [(before, now) for now in readings if (before := _year_before(book, now))]


def _year_before(book: Book, now: Reading) -> Reading | None:
    before = book.first(Key(now.key.indicator, now.key.breakdown, now.key.year - 1))
    if before is None:
        return None
    return before if before.interval.value > 0 and now.interval.value > 0 else None


def _leaps(before: Reading, now: Reading) -> bool:
    ratio = now.interval.value / before.interval.value
    small = max(now.interval.value, before.interval.value) < SMALL
    return not small and not 1 / LEAP < ratio < LEAP


def _id(name: str, key: Key) -> str:
    return "-".join(filter(None, (name, key.indicator, key.breakdown, str(key.year))))


def _leap(before: Reading, now: Reading) -> Finding:
    ratio = now.interval.value / before.interval.value
    return Finding(
        _id("magnitude", now.key),
        chapter(now.key.indicator),
        "magnitude",
        "implausible",
        severity("implausible", (now.key.indicator,)),
        f"{now.key.label}是上年的 {shown(ratio, 2)} 倍（{before.figures[0].printed} → "
        f"{now.figures[0].printed}），疑为单位或位数有误。",
        (*now.figures, *before.figures),
        shown(ratio, 4),
    )


def wordings(book: Book, key: Key) -> Iterator[Finding]:
    """What is found of a change of a percentage that is printed as one."""
    if changes(key.breakdown) and unit(key.indicator) == "%":
        for figure in book.by_key.get(key, ()):
            if figure.printed.endswith("%"):
                yield _wording(book, key, figure)


def _wording(book: Book, key: Key, figure: Figure) -> Finding:
    """A difference of two percentages printed with %: true in points, not in per cent."""
    rest = ";".join(p for p in key.breakdown.split(";") if p and not p.startswith("change="))
    now = book.first(Key(key.indicator, rest, key.year))
    before = book.first(Key(key.indicator, rest, key.year - 1))
    relative = None
    if now and before and before.interval.value:
        change = now.interval.value - before.interval.value
        relative = shown(abs(change) / before.interval.value * HUNDRED, 2)
    inputs = tuple(f for r in (now, before) if r for f in r.figures)
    literal = f"，若真按百分比计算为 {relative}%" if relative else ""
    return Finding(
        f"wording-{key.indicator}-{key.year}",
        chapter(key.indicator),
        "wording",
        "other_base",
        "low",
        f"{key.label}印作 {figure.printed}（{figure.source}），是两个百分数之差，应写"
        f"“{figure.printed.rstrip('%')} 个百分点”{literal}。",
        (figure, *inputs),
        f"{figure.printed.rstrip('%')} 个百分点" + (f"；{relative}%" if relative else ""),
    )
