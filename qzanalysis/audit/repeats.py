"""The same figure printed in several places: do the places agree?

The first reading is the most authoritative place's. Others agree with it if some true value would
print as both (`18.29:1` and `18.3:1`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from qzanalysis import codebook
from qzanalysis.audit.batches import Batch, undetermined
from qzanalysis.audit.exact import equal
from qzanalysis.audit.findings import MATERIAL, Finding, severity
from qzanalysis.audit.lookup import chapter
from qzanalysis.audit.table import NONE, Figure, Key, Reading, Table, places
from qzanalysis.figures.intervals import shown

LONG: Final = 6  # digits: two measurements do not agree in so many by chance


def batches(table: Table) -> Iterator[Batch]:
    """Findings of figures printed more than once, and of numbers that stand under two years."""
    cells = np.flatnonzero(table.printings > 1)
    one = table.leading().count[cells] == 1

    def name(at: int) -> tuple[str, int, str]:
        key = table.key(int(cells[at]))
        return _name(key), chapter(key.indicator), "same_figure"

    def findings(at: int) -> list[Finding]:
        return _repeated(table.readings(int(cells[at])))

    yield Batch(
        table.cell_report[cells], cells, np.where(one, "holds", "").astype(object), name, findings
    )
    yield _shifted(table)


def _shifted(table: Table) -> Batch:
    """The same long number under two years, in two places: one of them has the wrong year."""
    leading, before = table.leading(), table.year_before
    decimals = np.array([i.decimals > 0 for i in table.intervals], np.bool_)
    now = leading.rows[decimals[table.interval[leading.rows]]]
    then = leading.first[before[table.cell[now]]]
    now, then = now[then != NONE], then[then != NONE]
    several = leading.count[before[table.cell[now]]] > 1
    values = (table.spans.take(table.interval[rows]).value for rows in (now, then))
    cells = np.unique(table.cell[now[several | equal(*values)]])
    return undetermined(
        table.cell_report[cells],
        cells,
        lambda at: _same_number(
            table.readings(int(cells[at])), table.readings(int(before[cells[at]]))
        ),
    )


def _same_number(now: tuple[Reading, ...], before: tuple[Reading, ...]) -> list[Finding]:
    return [
        _shift(here, there)
        for here in now
        for there in before
        if here.interval.decimals
        and here.interval.value == there.interval.value
        and sum(character.isdigit() for character in here.interval.printed) >= LONG
        and {f.source for f in here.figures}.isdisjoint(f.source for f in there.figures)
    ]


def _shift(now: Reading, then: Reading) -> Finding:
    return Finding(
        f"{_name(now.key)}-as-{then.key.year}",
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


def _repeated(readings: tuple[Reading, ...]) -> list[Finding]:
    first, others = readings[0], readings[1:]
    agreeing = [other for other in others if other.interval.meets(first.interval)]
    differing = [other for other in others if other not in agreeing]
    found = [_contradiction(first, other, n) for n, other in enumerate(differing, start=1)]
    figures = tuple(figure for reading in (first, *agreeing) for figure in reading.figures)
    return [*found, _agreement(first, figures, one=not agreeing)] if len(figures) > 1 else found


def _agreement(first: Reading, figures: tuple[Figure, ...], *, one: bool) -> Finding:
    texts = "、".join(dict.fromkeys(figure.printed for figure in figures))
    return Finding(
        _name(first.key),
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
        f"{_name(first.key)}-differs" + (f"-{number}" if number > 1 else ""),
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


def _name(key: Key) -> str:
    middle = f"-{key.breakdown}" if key.breakdown else ""
    return f"same-{key.indicator}{middle}-{key.year}"
