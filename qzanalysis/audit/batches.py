"""The result of a rule over a table: the verdict of every case, and its finding where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qzanalysis.audit.findings import Finding
from qzanalysis.audit.table import Integers

Texts: TypeAlias = NDArray[np.object_]


class Batch(NamedTuple):
    """Tested relations in arrays, one place of each for a case.

    Attributes:
        report: which report, by number.
        place: among the findings of the same rule module in a report, smaller first.
        verdict: `holds` or `rounded` where the figures agree for certain; empty elsewhere.
        name: from a case that agrees to the id, chapter and kind of its finding.
        findings: from a case to its findings, in words.
    """

    report: Integers
    place: Integers
    verdict: Texts
    name: Callable[[int], tuple[str, int, str]]
    findings: Callable[[int], Iterable[Finding]]


def undetermined(report: Any, place: Any, findings: Callable[[int], Iterable[Finding]]) -> Batch:
    """Cases whose verdicts are known from their findings only."""
    numbers = np.asarray(report, np.int64)
    empty = np.full(len(numbers), "", object)
    return Batch(numbers, np.asarray(place, np.int64), empty, _nameless, findings)


def _nameless(case: int) -> tuple[str, int, str]:
    raise AssertionError("only a case that agrees is named")
