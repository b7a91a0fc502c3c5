"""Bounds by unit, units and magnitude, and percentages called by the wrong name.

What passes is told once for a whole group; what fails is told figure by figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from qzanalysis.checks.figures import Book, Figure, Key, Reading
from qzanalysis.checks.findings import Finding, severity
from qzanalysis.checks.intervals import HUNDRED, shown
from qzanalysis.checks.lookup import COUNTED, chapter, unit

LEAP: Final = Decimal(8)  # from year to year; a slip of 万元 for 元 is 10 000, of a digit 10


def findings(book: Book) -> list[Finding]:
    """Findings on bounds, magnitudes and wording."""
    return [*_bounds(book), *_magnitudes(book), *_wordings(book)]


def _plain(book: Book) -> Iterator[Reading]:
    for key in book.by_key:
        if "change=" not in key.breakdown:
            yield from book.readings(key)


def _bounds(book: Book) -> Iterator[Finding]:
    shares = [r for r in _plain(book) if unit(r.key.indicator) == "%"]
    counts = [r for r in _plain(book) if unit(r.key.indicator) in COUNTED]
    yield from _group(
        shares,
        [r for r in shares if not 0 <= r.quantity.value <= HUNDRED],
        "bounds-percent",
        "百分数应在 0 至 100 之间",
    )
    yield from _group(
        counts, [r for r in counts if not _is_count(r)], "bounds-count", "计数应是不小于 0 的整数"
    )


def _is_count(reading: Reading) -> bool:
    value = reading.quantity.value
    return value >= 0 and (not reading.quantity.exact or value == value.to_integral_value())


def _group(
    tested: list[Reading], failing: list[Reading], name: str, rule: str
) -> Iterator[Finding]:
    passed = [reading for reading in tested if reading not in failing]
    if passed:
        figures = tuple(figure for reading in passed for figure in reading.figures)
        text = f"{rule}：{len(figures)} 个数字均在范围内。"
        yield Finding(name, 1, "bounds", "holds", "none", text, figures)
    for reading in failing:
        yield Finding(
            _id(name, reading.key),
            chapter(reading.key.indicator),
            "bounds",
            "contradiction",
            severity("contradiction", (reading.key.indicator,), turns=True),
            f"{rule}：{reading.key.label}在{reading.places}印作 {reading.figures[0].printed}。",
            reading.figures,
        )


def _magnitudes(book: Book) -> Iterator[Finding]:
    pairs = [(before, now) for now in _plain(book) if (before := _year_before(book, now))]
    steady = [pair for pair in pairs if not _leaps(*pair)]
    if steady:
        figures = tuple(dict.fromkeys(f for pair in steady for r in pair for f in r.figures))
        text = f"单位与量级：{len(steady)} 对相邻两年的数字之比均在 8 倍以内。"
        yield Finding("magnitude", 1, "magnitude", "holds", "none", text, figures)
    for before, now in pairs:
        if _leaps(before, now):
            yield _leap(before, now)


def _year_before(book: Book, now: Reading) -> Reading | None:
    before = book.first(Key(now.key.indicator, now.key.breakdown, now.key.year - 1))
    if before is None or unit(now.key.indicator) in ("名", "届", "年份"):
        return None
    return before if before.quantity.value > 0 and now.quantity.value > 0 else None


def _leaps(before: Reading, now: Reading) -> bool:
    ratio = now.quantity.value / before.quantity.value
    small = max(now.quantity.value, before.quantity.value) < 20
    return not small and not 1 / LEAP < ratio < LEAP


def _id(name: str, key: Key) -> str:
    return "-".join(filter(None, (name, key.indicator, key.breakdown, str(key.year))))


def _leap(before: Reading, now: Reading) -> Finding:
    ratio = now.quantity.value / before.quantity.value
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


def _wordings(book: Book) -> Iterator[Finding]:
    for key, figures in book.by_key.items():
        if "change=" in key.breakdown and unit(key.indicator) == "%":
            for figure in figures:
                if figure.printed.endswith("%"):
                    yield _wording(book, key, figure)


def _wording(book: Book, key: Key, figure: Figure) -> Finding:
    """A difference of two percentages printed with %: true in points, not in per cent."""
    rest = ";".join(p for p in key.breakdown.split(";") if p and not p.startswith("change="))
    now = book.first(Key(key.indicator, rest, key.year))
    before = book.first(Key(key.indicator, rest, key.year - 1))
    relative = None
    if now and before and before.quantity.value:
        change = now.quantity.value - before.quantity.value
        relative = shown(abs(change) / before.quantity.value * HUNDRED, 2)
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
