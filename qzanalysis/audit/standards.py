"""Official thresholds: does the report meet them, whichever of its own figures is used?

Thresholds are data (`codebook/standards.csv`). A finding that says "not met" is no contradiction:
its verdict is `holds` (the judgement is certain) and its severity says that it matters. Where the
report's own figures lead to opposite judgements, that is a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeAlias

import numpy as np

from qzanalysis import codebook
from qzanalysis.audit.batches import Batch
from qzanalysis.audit.evaluate import Cases, Expression
from qzanalysis.audit.exact import Spans, Truths, at_most, rational
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter, ratio
from qzanalysis.audit.relations import figures_of
from qzanalysis.audit.table import NONE, Reading, Subject, Table
from qzanalysis.figures.facts import Fact, constant
from qzanalysis.figures.intervals import Interval, shown
from qzanalysis.measures.standards import compare

_Value: TypeAlias = tuple[Interval, str, tuple[Reading, ...]]  # with its formula and its figures


def batches(table: Table) -> Iterator[Batch]:
    """One finding for each threshold and year a report has figures for."""
    report, at = np.nonzero(table.covered[:, :-1])
    cases = Cases.of(table, report, table.years[at])
    for number, name in enumerate(codebook.standards().index):
        yield _of_standard(cases, number, str(name))


def _of_standard(cases: Cases, number: int, name: str) -> Batch:
    """A threshold against what a report prints and what numerator and denominator give."""
    table, standard = cases.table, codebook.standard(name)
    indicator = standard["indicator"]
    code = np.full(len(cases.report), table.codes.get(Subject(indicator), NONE))
    cell = table.find(cases.report, code, cases.year)
    leading, definition = table.leading(), ratio(indicator)
    computed = None if definition is None else Expression.of(cases, definition)
    known = computed.known if computed else np.zeros(len(cell), np.bool_)
    there = leading.first[cell] != NONE
    first = np.where(there, leading.first[cell], 0)
    printed = table.spans.take(table.interval[first])
    met = ~there | _surely_met(printed, standard)
    met &= ~known | (_surely_met(computed.spans, standard) if computed else False)
    own = np.flatnonzero(there | known)
    verdict = np.where(met & (leading.count[cell] <= 1), "holds", "").astype(object)[own]

    def named(at: int) -> tuple[str, int, str]:
        return f"standard-{name}-{cases.year[own[at]]}", chapter(indicator), "standard"

    def findings(at: int) -> list[Finding]:
        case = int(own[at])
        readings = table.readings(int(cell[case])) if there[case] else ()
        values: list[_Value] = [(r.interval, f"{r.places}印 {r.printed}", (r,)) for r in readings]
        if computed and known[case]:
            words = computed.words(case)
            values.append((computed.interval(case), words.formula, words.readings))
        return [_finding(named(at), int(cases.year[case]), standard, values)]

    place = number * (len(table.years) + 1) + table.at_year(cases.year)
    return Batch(cases.report[own], place[own], verdict, named, findings)


def _surely_met(spans: Spans, standard: Mapping[str, str]) -> Truths:
    """True where every possible value meets the threshold."""
    edge = rational(Decimal(standard["threshold"]))
    threshold = (np.array([edge.numerator]), edge.denominator)
    if standard["comparison"] == "at_least":
        return at_most(threshold, spans.low)
    if standard["comparison"] == "at_most":
        return at_most(spans.high, threshold)
    return np.zeros(spans.ends.shape[1], np.bool_)


def _finding(
    name: tuple[str, int, str],
    year: int,
    standard: Mapping[str, str],
    values: list[_Value],
) -> Finding:
    threshold = constant(Decimal(standard["threshold"]), standard["unit"], standard["name"])
    met = [_met(interval, standard["comparison"], threshold) for interval, _, _ in values]
    about = standard["comparison"] == "about"
    verdict, first = _verdict(met, about), values[0][0].value
    own = "；".join(f"{shown(interval.value)}（{formula}）" for interval, formula, _ in values)
    return Finding(
        *name,
        verdict,
        _severity(verdict, met, standard["indicator"]),
        f"{year} 年{standard['name']}（{standard['document']}{standard['article']}）：本校 {own}，"
        f"{_said(met, about)}。",
        figures_of(reading for _, _, readings in values for reading in readings),
        shown(first, 4),
        shown(first - Decimal(standard["threshold"]), 4),
    )


def _met(value: Interval, comparison: str, threshold: Fact) -> bool | None:
    """Whether a value meets a threshold; None where rounding, or the standard, leaves it open."""
    low, high = (
        compare(constant(end, threshold.unit, ""), comparison, threshold)
        for end in (value.low, value.high)
    )
    return low if low == high else None


def _verdict(met: list[bool | None], about: bool) -> str:
    if True in met and False in met:
        return "contradiction"
    return "undecided" if None in met and not about else "holds"


def _severity(verdict: str, met: list[bool | None], indicator: str) -> str:
    if verdict != "holds":
        return severity(verdict, (indicator,), turns=True)
    return "medium" if False in met else "none"


def _said(met: list[bool | None], about: bool) -> str:
    if True in met and False in met:
        return "报告自己的数字给出相反的结论"
    if about:
        return "标准只说“约”，供参考"
    if None in met:
        return "因四舍五入无法判定是否达到"
    return "达到" if met[0] else "未达到"
