"""A later report may print another value for an earlier year: which year, from what to what, where.

The two reports stay apart; a series takes the later one's value (`Report.fact`), and this
finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from qzanalysis.audit.book import Book, Reading
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter
from qzanalysis.figures.intervals import shown


def findings(book: Book, earlier: Book) -> Iterator[Finding]:
    """One finding for each figure that two successive reports of a school print differently."""
    for key in book.figures:
        then = earlier.first.get(key)
        now = book.first.get(key) if then else None
        if now and then and not now.interval.meets(then.interval):
            yield _finding(now, then, book.year, earlier.year)


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
        f"{now.key.label}有重述：{earlier} 年报告印作 {then.printed}（{then.places}），"
        f"{year} 年报告改作 {now.printed}（{now.places}）；分析采用 {year} 年报告的数。",
        (*now.figures, *then.figures),
        recomputed=then.printed,
        difference=shown(gap),
    )
