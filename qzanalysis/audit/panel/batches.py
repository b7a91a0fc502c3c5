"""What a pass over many reports gives: findings that are certain, and questions that are not.

`Agreed` are findings of figures that agree: nothing is said about them but which they are. A
`Doubt` is asked of the exact rules, of one report. Both know their place among the findings of their
report, so that the result has the order in which the exact rules alone would give it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from qzanalysis.audit.figures import Book, Key
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.panel.columns import Columns, Integers
from qzanalysis.audit.panel.nearly import Truths

Texts: TypeAlias = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """Findings of one kind, a place of each array for one.

    Attributes:
        report: which one, by number.
        place: among the findings of the same pass in a report, smaller first.
        id, chapter, verdict, severity: of the finding.
        rule: the kind of all of them.
    """

    report: Integers
    place: Integers
    id: Texts
    chapter: Integers
    rule: str
    verdict: Texts
    severity: Texts


@dataclass(frozen=True, slots=True)
class Doubt:
    """What has to be asked of one report, given that and the school's report before it."""

    report: int
    place: int
    ask: Callable[[Book, Book | None], Iterable[Finding]]


Batch: TypeAlias = Iterator[Agreed | Doubt]
Asked: TypeAlias = Callable[[Book, Key], Iterable[Finding]]


def agreed(
    report: Integers,
    place: Integers,
    names: Iterable[str],
    chapters: Iterable[int],
    which: Integers,
    rule: str,
    verdict: str | Texts = "holds",
    severity: str | Texts = "none",
) -> Agreed:
    """Findings whose id and chapter are one of a few: `which` says for each finding which one."""
    size = len(report)
    return Agreed(
        report,
        place,
        np.array([*names, ""], object)[which],
        np.array([*chapters, 0], np.int64)[which],
        rule,
        np.full(size, verdict, object) if isinstance(verdict, str) else verdict,
        np.full(size, severity, object) if isinstance(severity, str) else severity,
    )


def of_cells(
    columns: Columns,
    chosen: Truths,
    named: Callable[[Key], str],
    chapter: Callable[[str], int],
    rule: str,
) -> Agreed:
    """A finding for each chosen cell, in the order of the cells."""
    cells = np.flatnonzero(chosen)
    keys, kinds = columns.kinds
    found, which = np.unique(kinds[cells], return_inverse=True)
    own = [keys[kind] for kind in found.tolist()]
    names, chapters = map(named, own), (chapter(key.indicator) for key in own)
    return agreed(columns.report[cells], cells, names, chapters, which, rule)


def doubts_of_cells(columns: Columns, chosen: Truths, ask: Asked) -> Iterator[Doubt]:
    """A question for each chosen cell, in the order of the cells."""
    keys, kinds = columns.kinds
    for cell in np.flatnonzero(chosen).tolist():
        key = keys[kinds[cell]]
        yield Doubt(int(columns.report[cell]), cell, _of_key(ask, key))


def _of_key(ask: Asked, key: Key) -> Callable[[Book, Book | None], Iterable[Finding]]:
    return lambda book, before: ask(book, key)
