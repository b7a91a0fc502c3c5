"""Bounds by unit, units and magnitude, and percentages called by the wrong name.

Figures that pass are one finding for a whole group; each that fails is a finding of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, compress
from operator import not_
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.book import Book, Figure, Reading, chapter, figures_of, is_change, unit
from qzanalysis.audit.findings import Finding, identifier, severity
from qzanalysis.figures.intervals import HUNDRED, Interval, shown

SMALL: Final = 20  # a leap of few is none
LEAP: Final = 8  # from year to year; a slip of 万元 for 元 is 10 000, of a digit 10


def findings(book: Book) -> Iterator[Finding]:
    """Findings on bounds, magnitudes and wording."""
    levels = [
        one for key, own in book.by_key.items() if not is_change(key.breakdown) for one in own
    ]
    percent = [one for one in levels if unit(one.key.indicator) == "%"]
    yield from _bounds("bounds-percent", "百分数应在 0 至 100 之间", percent, _is_percentage)
    counts = [one for one in levels if codebook.is_count(one.key.indicator)]
    yield from _bounds("bounds-count", "计数应是不小于 0 的整数", counts, _is_count)
    yield from _magnitudes(book, [r for r in levels if codebook.kind(r.key.indicator) != "ordinal"])
    for key, printings in book.figures.items():
        if is_change(key.breakdown) and unit(key.indicator) == "%":
            yield from (_wording(book, f) for f in printings if f.printed.endswith("%"))


def _is_percentage(interval: Interval) -> bool:
    return 0 <= interval.value <= HUNDRED


def _is_count(interval: Interval) -> bool:
    value = interval.value
    return value >= 0 and (not interval.is_exact or value == value.to_integral_value())


def _bounds(
    name: str, rule: str, readings: list[Reading], holds: Callable[[Interval], bool]
) -> Iterator[Finding]:
    passed = [holds(reading.interval) for reading in readings]
    figures = tuple(chain.from_iterable(r.figures for r in compress(readings, passed)))
    if figures:
        text = f"{rule}：{len(figures)} 个数字均在范围内。"
        yield Finding(name, 1, "bounds", "holds", "none", text, figures)
    for reading in compress(readings, map(not_, passed)):
        key = reading.key
        yield Finding(
            identifier(name, *key),
            chapter(key.indicator),
            "bounds",
            "contradiction",
            severity("contradiction", (key.indicator,), turns=True),
            f"{rule}：{key.label}在{reading.places}印作 {reading.printed}。",
            reading.figures,
        )


def _magnitudes(book: Book, readings: list[Reading]) -> Iterator[Finding]:
    """Each reading against the first one of the year before: of the same size, or many times it."""
    pairs = [
        (now, then)
        for now in readings
        if (then := book.first.get(now.key.before()))
        and now.interval.value > 0
        and then.interval.value > 0
    ]
    leaps = [(now, then) for now, then in pairs if _is_leap(now.interval, then.interval)]
    steady = [(now, then) for now, then in pairs if not _is_leap(now.interval, then.interval)]
    if steady:
        figures = figures_of(reading for now, then in steady for reading in (then, now))
        text = f"单位与量级：{len(steady)} 对相邻两年的数字之比均在 8 倍以内。"
        yield Finding("magnitude", 1, "magnitude", "holds", "none", text, figures)
    yield from (_leap(now, then) for now, then in leaps)


def _is_leap(now: Interval, then: Interval) -> bool:
    large = now.value >= SMALL or then.value >= SMALL
    return large and not (then.value < now.value * LEAP and now.value < then.value * LEAP)


def _leap(now: Reading, before: Reading) -> Finding:
    ratio = now.interval.value / before.interval.value
    return Finding(
        identifier("magnitude", *now.key),
        chapter(now.key.indicator),
        "magnitude",
        "implausible",
        severity("implausible", (now.key.indicator,)),
        f"{now.key.label}是上年的 {shown(ratio, 2)} 倍（{before.printed} → "
        f"{now.printed}），疑为单位或位数有误。",
        (*now.figures, *before.figures),
        shown(ratio, 4),
    )


def _wording(book: Book, figure: Figure) -> Finding:
    """A difference of two percentages printed with %: true in points, not in per cent."""
    key = figure.key
    rest = key._replace(breakdown=";".join(p for p in key.breakdown.split(";") if not is_change(p)))
    now, before = book.first.get(rest), book.first.get(rest.before())
    relative = None
    if now and before and before.interval.value:
        change = now.interval.value - before.interval.value
        relative = shown(abs(change) / before.interval.value * HUNDRED, 2)
    inputs = tuple(f for r in (now, before) if r for f in r.figures)
    literal = f"，若真按百分比计算为 {relative}%" if relative else ""
    points = f"{figure.printed.rstrip('%')} 个百分点"
    return Finding(
        f"wording-{key.indicator}-{key.year}",
        chapter(key.indicator),
        "wording",
        "other_base",
        "low",
        f"{key.label}印作 {figure.printed}（{figure.source}），是两个百分数之差，应写"
        f"“{points}”{literal}。",
        (figure, *inputs),
        points + (f"；{relative}%" if relative else ""),
    )
