"""The same figure printed in several places, or in two reports: do they agree?

The first reading is the most authoritative place's. Others agree with it if some true value would
print as both (`18.29:1` and `18.3:1`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.book import Book, Reading, chapter, places
from qzanalysis.audit.findings import MATERIAL, Finding, identifier, severity
from qzanalysis.figures.intervals import shown

LONG: Final = 6  # digits: two measurements do not agree in so many by chance


def findings(book: Book) -> Iterator[Finding]:
    """Findings of figures printed more than once, and of numbers that stand under two years."""
    for key, readings in book.by_key.items():
        if len(book.figures[key]) > 1:
            yield from _repeated(readings)
    for key, readings in book.by_key.items():
        for reading in readings:
            if reading.interval.decimals and sum(map(str.isdigit, reading.printed)) >= LONG:
                yield from _shifted(reading, book.readings(key.before()))


def _shifted(now: Reading, before: Iterable[Reading]) -> Iterator[Finding]:
    """The same long number under two years, in two places: one of them has the wrong year."""
    own = {figure.source for figure in now.figures}
    for then in before:
        apart = own.isdisjoint(figure.source for figure in then.figures)
        if apart and now.interval.value == then.interval.value:
            yield _shift(now, then)


def _shift(now: Reading, then: Reading) -> Finding:
    return Finding(
        identifier("same", *now.key, "as", then.key.year),
        chapter(now.key.indicator),
        "same_figure",
        "undecided",
        severity("undecided", (now.key.indicator,), MATERIAL),
        f"{codebook.label(now.key.indicator, now.key.breakdown)}"
        f"在{now.places}属 {now.key.year} 年，"
        f"在{then.places}属 {then.key.year} 年，印的是同一个数 {now.printed}，"
        "其中一处所属年份应更正。",
        (*now.figures, *then.figures),
    )


def _repeated(readings: Sequence[Reading]) -> Iterator[Finding]:
    differing = [one for one in readings if not one.interval.meets(readings[0].interval)]
    for number, other in enumerate(differing, start=1):
        yield _contradiction(readings[0], other, number)
    agreeing = [reading for reading in readings if reading not in differing]
    if sum(len(reading.figures) for reading in agreeing) > 1:
        yield _agreement(agreeing)


def _agreement(readings: Sequence[Reading]) -> Finding:
    first, one = readings[0], len(readings) == 1
    figures = tuple(figure for reading in readings for figure in reading.figures)
    texts = "、".join(dict.fromkeys(figure.printed for figure in figures))
    return Finding(
        identifier("same", *first.key),
        chapter(first.key.indicator),
        "same_figure",
        "holds" if one else "rounded",
        "none",
        f"{first.key.label}在 {len(figures)} 处印出（{places(figures)}），"
        + (f"均为 {texts}。" if one else f"印作 {texts}，精度不同但不矛盾。"),
        figures,
        shown(first.interval.value, 4),
    )


def _contradiction(first: Reading, other: Reading, number: int) -> Finding:
    gap = other.interval.value - first.interval.value
    base = abs(first.interval.value)
    change = abs(gap) / base if base else None
    return Finding(
        identifier("same", *first.key, "differs", number if number > 1 else ""),
        chapter(first.key.indicator),
        "same_figure",
        "contradiction",
        severity("contradiction", (first.key.indicator,), change),
        f"{first.key.label}两处印得不同：{first.places}印作 {first.printed}，"
        f"{other.places}印作 {other.printed}，相差 {shown(abs(gap), 4)}。",
        (*first.figures, *other.figures),
        shown(first.interval.value, 4),
        shown(gap, 4),
    )


def restated(book: Book, earlier: Book) -> Iterator[Finding]:
    """One finding for each figure that two successive reports of a school print differently.

    The reports stay apart; a series takes the later one's value (`Report.fact`), and the
    finding says so.
    """
    for key, now in book.first.items():
        then = earlier.first.get(key)
        if then and not now.interval.meets(then.interval):
            yield _restatement(now, then, book.year, earlier.year)


def _restatement(now: Reading, then: Reading, year: int, earlier: int) -> Finding:
    gap = now.interval.value - then.interval.value
    relative = abs(gap / then.interval.value) if then.interval.value else None
    indicator = now.key.indicator
    return Finding(
        identifier("restated", *now.key),
        chapter(indicator),
        "restated",
        "undecided",
        severity("undecided", (indicator,), relative),
        f"{now.key.label}有重述：{earlier} 年报告印作 {then.printed}（{then.places}），"
        f"{year} 年报告改作 {now.printed}（{now.places}）；分析采用 {year} 年报告的数。",
        (*now.figures, *then.figures),
        recomputed=then.printed,
        difference=shown(gap),
    )
