"""A later report may print another value for an earlier year: which year, from what to what, where.

The two reports stay apart; a series takes the later one's value (`loading.Report.fact`), and this
finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qzanalysis.audit.batches import Batch, undetermined
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter
from qzanalysis.audit.table import NONE, Reading, Table
from qzanalysis.figures.intervals import shown


def batches(table: Table) -> Iterator[Batch]:
    """One finding for each figure that two successive reports of a school print differently."""
    before = table.report_before[table.cell_report]
    cells = np.flatnonzero(before != NONE)
    then = table.find(before[cells], table.cell_subject[cells], table.cell_year[cells])
    first = table.leading().first
    both = (first[cells] != NONE) & (first[then] != NONE)
    cells, then = cells[both], then[both]
    now_, then_ = (table.spans.take(table.interval[first[each]]) for each in (cells, then))
    apart = ~now_.meets(then_)
    cells, then = cells[apart], then[apart]

    def findings(at: int) -> list[Finding]:
        now, earlier = (table.reading(int(first[each[at]])) for each in (cells, then))
        years = (table.reports[table.cell_report[each[at]]][1] for each in (cells, then))
        return [_finding(now, earlier, *years)]

    yield undetermined(table.cell_report[cells], cells, findings)


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
