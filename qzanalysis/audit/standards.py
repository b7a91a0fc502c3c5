"""Official thresholds: does the report meet them, whichever of its own figures is used?

Thresholds are data (`codebook/standards.csv`). A finding that says "not met" is no contradiction:
its verdict is `holds` (the judgement is certain) and its severity says that it matters. Where the
report's own figures lead to opposite judgements, that is a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import chain

from qzanalysis import codebook
from qzanalysis.audit import evaluate
from qzanalysis.audit.book import Book, Key, chapter, figures_of
from qzanalysis.audit.evaluate import Scope, Stated
from qzanalysis.audit.expressions import definition
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.figures.facts import Fact, constant
from qzanalysis.figures.intervals import Interval, shown
from qzanalysis.measures.standards import compare


def findings(book: Book) -> Iterator[Finding]:
    """One finding for each threshold and year a report has figures for."""
    for name in map(str, codebook.standards().index):
        standard = codebook.standard(name)
        for year in book.years:
            if values := list(_values(Scope(book, year), standard["indicator"])):
                yield _finding(f"standard-{name}-{year}", year, standard, values)


def _values(scope: Scope, indicator: str) -> Iterator[Stated]:
    """What a report prints, and what numerator and denominator give."""
    for reading in scope.book.readings(Key(indicator, "", scope.year)):
        yield Stated(reading.interval, f"{reading.places}印 {reading.printed}", (reading,))
    if computed := evaluate.stated(definition(indicator), scope):
        yield computed


def _finding(name: str, year: int, standard: Mapping[str, str], values: list[Stated]) -> Finding:
    threshold = constant(Decimal(standard["threshold"]), standard["unit"], standard["name"])
    met = [_met(interval, standard["comparison"], threshold) for interval, *_ in values]
    verdict, said = _judged(met, about=standard["comparison"] == "about")
    weight = severity(verdict, (standard["indicator"],), turns=True)
    first = values[0].interval.value
    own = "；".join(f"{shown(interval.value)}（{formula}）" for interval, formula, _ in values)
    return Finding(
        name,
        chapter(standard["indicator"]),
        "standard",
        verdict,
        "medium" if verdict == "holds" and False in met else weight,
        f"{year} 年{standard['name']}（{standard['document']}{standard['article']}）：本校 {own}，"
        f"{said}。",
        figures_of(chain.from_iterable(one.readings for one in values)),
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


def _judged(met: list[bool | None], *, about: bool) -> tuple[str, str]:
    """The verdict on values that meet a threshold, do not, or may (None), and its words."""
    if True in met and False in met:
        return "contradiction", "报告自己的数字给出相反的结论"
    if about:
        return "holds", "标准只说“约”，供参考"
    if None in met:
        return "undecided", "因四舍五入无法判定是否达到"
    return "holds", "达到" if met[0] else "未达到"
