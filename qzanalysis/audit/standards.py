"""Official thresholds: does the report meet them, whichever of its own figures is used?

Thresholds are data (`codebook/standards.csv`). A finding that says "not met" is no contradiction:
its verdict is `holds` (the judgement is certain) and its severity says that it matters. Where the
report's own figures lead to opposite judgements, that is a contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from qzanalysis import codebook
from qzanalysis.audit import expressions
from qzanalysis.audit.evaluate import Missing, Result, Scope, evaluate
from qzanalysis.audit.expressions import Node
from qzanalysis.audit.figures import Book, Key
from qzanalysis.audit.findings import Finding, severity
from qzanalysis.audit.lookup import chapter, ratio
from qzanalysis.figures.facts import Fact, constant
from qzanalysis.figures.intervals import Interval, shown
from qzanalysis.measures.standards import compare


def findings(book: Book) -> list[Finding]:
    """One finding for each threshold and year the report has figures for."""
    return [
        finding
        for name, standard in codebook.standards().to_dict("index").items()
        for year in book.years
        for finding in of_year(book, str(name), standard, year)
    ]


def of_year(book: Book, name: str, standard: Mapping[Any, Any], year: int) -> Iterator[Finding]:
    """What is found about one threshold in one year."""
    values = list(_values(book, str(standard["indicator"]), year))
    if not values:
        return
    threshold = constant(threshold_of(standard), standard["unit"], standard["name"])
    met = [_met(value.interval, standard["comparison"], threshold) for value in values]
    about = standard["comparison"] == "about"
    verdict = _verdict(met, about)
    place = chapter(str(standard["indicator"]))
    figures = dict.fromkeys(f for value in values for r in value.readings for f in r.figures)
    told = "；".join(f"{shown(v.interval.value)}（{v.formula}）" for v in values)
    yield Finding(
        named(name, year),
        place,
        "standard",
        verdict,
        _severity(verdict, met, str(standard["indicator"])),
        f"{year} 年{standard['name']}（{standard['document']}{standard['article']}）：本校 {told}，"
        f"{_said(met, about)}。",
        tuple(figures),
        shown(values[0].interval.value, 4),
        shown(values[0].interval.value - (threshold.value or 0), 4),
    )


def named(name: str, year: int) -> str:
    """The id of what is found about a threshold."""
    return f"standard-{name}-{year}"


def threshold_of(standard: Mapping[Any, Any]) -> Decimal:
    """The number that has to be reached, or not exceeded."""
    return Decimal(str(standard["threshold"]))


def ratio_of(indicator: str) -> Node | None:
    """The parsed definition of an indicator; None where it is no ratio."""
    text = ratio(indicator)
    return None if text is None else expressions.parse(text)


def _values(book: Book, indicator: str, year: int) -> Iterator[Result]:
    """What the report prints, and what its numerator and denominator give."""
    for reading in book.readings(Key(indicator, "", year)):
        told = f"{reading.places}印 {reading.figures[0].printed}"
        yield Result(reading.interval, told, (reading,))
    definition = ratio_of(indicator)
    if definition is None:
        return
    try:
        yield evaluate(definition, Scope(book, year))
    except (Missing, ZeroDivisionError):
        return


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
