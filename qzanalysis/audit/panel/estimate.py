"""What an expression of the catalogue comes to in many reports and years at once, nearly.

A third reading of the tree that `checks.evaluate` reads: the same functions over columns. What this
does not tell for certain is NaN, and evaluated exactly, report by report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add, mul, sub, truediv
from typing import Final

import numpy as np

from qzanalysis.audit.evaluate import member
from qzanalysis.audit.expressions import YEAR, Binary, Call, Node, Number, Term
from qzanalysis.audit.figures import fits
from qzanalysis.audit.panel.columns import Columns, Integers, Subject
from qzanalysis.audit.panel.nearly import Near, Span, Truths, least, most
from qzanalysis.figures.intervals import HUNDRED


def _nowhere() -> Truths:
    return np.zeros((1, 1), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """An expression in every report and year (arrays of reports by years).

    Attributes:
        span: what it comes to, NaN where that is not known.
        missing: where a figure it needs has no number.
        told: where one of those has a cell, which is empty.
        members: the single figures it names, if it is no more than a sum of them.
        count: how many figures it rests on.
    """

    span: Span
    missing: Truths = field(default_factory=_nowhere)
    told: Truths = field(default_factory=_nowhere)
    members: tuple[Span, ...] = ()
    count: Integers | None = None


def estimate(node: Node, columns: Columns) -> Estimate:
    """Compute an expression in every report and year."""
    if isinstance(node, Number):
        return Estimate(Span.exact(node.value))
    if isinstance(node, Term):
        if node.indicator == YEAR:
            years = columns.years.astype(np.float64)[np.newaxis, :]
            return Estimate(Span.at(Near(years, np.zeros_like(years))))
        return _sum_of(node, columns)
    if isinstance(node, Binary):
        left, right = estimate(node.left, columns), estimate(node.right, columns)
        return _joined(_ARITHMETIC[node.operator](left.span, right.span), left, right)
    return _FUNCTIONS[node.function](node, columns)


def cells(term: Term, columns: Columns) -> list[Integers]:
    """The cells a term names: an array of reports by years for each subject that matches."""
    if not term.many:
        return [columns.grid(Subject(term.indicator, term.written), term.year)]
    pattern = dict(term.breakdown)
    return [
        columns.grid(subject, term.year)
        for subject in columns.by_indicator.get(term.indicator, [])
        if fits(subject.key().parts(), pattern)
    ]


def _sum_of(term: Term, columns: Columns) -> Estimate:
    """The sum of the figures a term names; one figure, mostly."""
    named, readings = cells(term, columns), columns.readings(term.source)
    if not named:
        nowhere = np.full(columns.shape, np.nan)
        return Estimate(Span.at(Near(nowhere, nowhere)), missing=np.isnan(nowhere))
    spans = [readings.span.take(grid) for grid in named]
    count = np.sum([readings.numbers[grid] > 0 for grid in named], axis=0)
    missing = np.equal(count, 0)
    told = missing & np.logical_or.reduce([columns.empty[grid] for grid in named])
    zero = Span.exact(0)
    parts = spans if len(spans) == 1 else [s.where(~np.isnan(s.value.at), zero) for s in spans]
    whole = reduce(add, parts)
    return Estimate(whole, missing, told, tuple(spans), count)


def _joined(span: Span, *parts: Estimate) -> Estimate:
    missing = reduce(np.logical_or, (part.missing for part in parts))
    return Estimate(span, missing, reduce(np.logical_or, (part.told for part in parts)))


def _share(node: Call, columns: Columns) -> Estimate:
    part, whole = (estimate(argument, columns) for argument in node.arguments)
    return _joined(part.span / whole.span * Span.exact(HUNDRED), part, whole)


def _total(node: Call, columns: Columns) -> Estimate:
    return estimate(node.arguments[0], columns)


def _mean(node: Call, columns: Columns) -> Estimate:
    whole = estimate(node.arguments[0], columns)
    if whole.count is None:
        return _unknown(whole)
    return replace(whole, span=whole.span / _whole_numbers(whole.count), members=(), count=None)


def _extreme(node: Call, columns: Columns) -> Estimate:
    whole = estimate(node.arguments[0], columns)
    if not whole.members:
        return _unknown(whole)
    pick, none = (least, np.inf) if node.function == "least" else (most, -np.inf)
    known = [span.where(~np.isnan(span.value.at), Span.exact(none)) for span in whole.members]
    span = Span(*(pick([getattr(s, end) for s in known]) for end in ("value", "low", "high")))
    return replace(whole, span=span, members=(), count=None)


def _exact(node: Call, columns: Columns) -> Estimate:
    inner = estimate(node.arguments[0], columns)
    return replace(inner, span=Span.at(inner.span.value), members=(), count=None)


def _whole(node: Call, columns: Columns) -> Estimate:
    inner = estimate(node.arguments[0], columns)
    ends = (inner.span.value, inner.span.low, inner.span.high)
    return replace(inner, span=Span(*(end.rounded() for end in ends)), members=(), count=None)


def _number(node: Call, columns: Columns) -> Estimate:
    whole = estimate(node.arguments[0], columns)
    if whole.count is None:
        return _unknown(whole)
    return replace(whole, span=_whole_numbers(whole.count), members=(), count=None)


def _distinct(node: Call, columns: Columns) -> Estimate:
    table, dimension = node.arguments
    assert isinstance(table, Term) and isinstance(dimension, Term)
    numbers = columns.readings().numbers
    found: dict[str, Truths] = {}
    for subject in columns.by_indicator.get(table.indicator, []):
        if name := member(subject.key(), dimension.indicator):
            here = numbers[columns.grid(subject, table.year)] > 0
            found[name] = found[name] | here if name in found else here
    count = np.zeros(columns.shape, np.int64) + sum(
        here.astype(np.int64) for here in found.values()
    )
    return Estimate(_whole_numbers(count), count == 0, np.zeros(columns.shape, np.bool_))


def _whole_numbers(count: Integers) -> Span:
    return Span.at(Near(count.astype(np.float64), np.zeros(count.shape)))


def _unknown(inner: Estimate) -> Estimate:
    return replace(inner, span=Span.exact(float("nan")), members=(), count=None)


_ARITHMETIC: Final[Mapping[str, Callable[[Span, Span], Span]]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}
_FUNCTIONS: Final[Mapping[str, Callable[[Call, Columns], Estimate]]] = {
    "share": _share,
    "total": _total,
    "mean": _mean,
    "least": _extreme,
    "most": _extreme,
    "number": _number,
    "distinct": _distinct,
    "exact": _exact,
    "whole": _whole,
}
