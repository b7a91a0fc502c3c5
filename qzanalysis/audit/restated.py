"""A later report may print another value for an earlier year: which year, from what to what, where.

The two reports stay apart; a series takes the later one's value (`dataset.Report.fact`), and this
finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from qzanalysis.audit.figures import Book, Key, Reading
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter
from qzanalysis.figures.intervals import shown


def findings(book: Book, earlier: Book | None) -> Iterator[Finding]:
    """One finding for each figure that two reports print differently.

    Args:
        book: the report that is checked.
        earlier: the school's report before it, if there is one.
    """
    for key in book.by_key if earlier else ():
        yield from of_key(book, earlier, key)


def of_key(book: Book, earlier: Book | None, key: Key) -> Iterator[Finding]:
    """What is found about one key."""
    now, then = book.first(key), earlier.first(key) if earlier else None
    if now and then and not now.interval.meets(then.interval):
        yield _finding(now, then, book.year, earlier.year if earlier else 0)


def _finding(now: Reading, then: Reading, year: int, earlier: int) -> Finding:
    gap = now.interval.value - then.interval.value
    relative = abs(gap / then.interval.value) if then.interval.value else None
    indicator = now.key.indicator
    return Finding(
        f"restated-{indicator}-{now.key.breakdown}-{now.key.year}".replace("--", "-"),
        chapter(indicator),
        "restated",
        "undecided",
        severity("undecided", (indicator,), relative),
        f"{now.key.label}有重述：{earlier} 年报告印作 {then.figures[0].printed}（{then.places}），"
        f"{year} 年报告改作 {now.figures[0].printed}（{now.places}）；分析采用 {year} 年报告的数。",
        (*now.figures, *then.figures),
        recomputed=then.figures[0].printed,
        difference=shown(gap),
    )
