"""Every rule over many reports at once: which relations certainly agree, and which to test exactly.

The rules are those of `checks.engine`, and so are their expressions; see `judge` for what is done
exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np

from qzanalysis.audit import engine, expressions, generic, judge
from qzanalysis.audit.evaluate import Scope
from qzanalysis.audit.expressions import Term
from qzanalysis.audit.figures import Book
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.panel.batches import Agreed, Batch, Doubt, agreed
from qzanalysis.audit.panel.columns import NOWHERE, Columns, Integers
from qzanalysis.audit.panel.estimate import Estimate, cells, estimate
from qzanalysis.audit.panel.nearly import Span, Truths
from qzanalysis.audit.rules import Rule


def relations(columns: Columns) -> Batch:
    """Findings of every rule for every report, and what has to be tested exactly."""
    for rule, places in _applying(columns).items():
        yield from _tested(rule, places, columns)


def _applying(columns: Columns) -> dict[Rule, Integers]:
    """Rule → its place among the rules of each report, negative where it does not apply."""
    found: dict[Rule, Integers] = {}
    for shape, reports in columns.shapes():
        for place, rule in enumerate(engine.with_catalogue(generic.for_keys(shape))):
            if rule not in found:
                found[rule] = np.full(len(columns.names), -1, np.int64)
            found[rule][reports] = place
    return found


def _tested(rule: Rule, places: Integers, columns: Columns) -> Batch:
    """Reports by years: where the rule applies, where that is certain to agree, where not."""
    named = cells(next(expressions.terms(rule.left)), columns)
    if not named:
        return
    printed = np.logical_or.reduce([grid != NOWHERE for grid in named])
    asked = printed & columns.printed & (places >= 0)[:, np.newaxis]
    if rule.year is not None:
        asked &= columns.years == rule.year
    left, right = estimate(rule.left, columns), estimate(rule.right, columns)
    claim = rule.left
    if isinstance(claim, Term) and not claim.many:
        values = columns.readings(claim.source).values[named[0]]
        asked &= values > 0
        sure, exact = _against_claim(rule, left.span, right.span)
        sure &= (values == 1) & (not _looks_back(rule, claim))
        silent = _silent(rule, right) & (values == 1)
    else:
        sure, exact = _side_by_side(rule, left.span, right.span)
        silent = left.missing | right.missing
    told = asked & sure & ~(left.missing | right.missing)
    yield _agreed(rule, places, columns, told, exact)
    yield from _doubts(rule, places, columns, asked & ~told & ~silent)


def _silent(rule: Rule, right: Estimate) -> Truths:
    """Where nothing is said of a relation, because nobody printed its other side."""
    return right.missing & ~right.told & (rule.kind != "difference")


def _looks_back(rule: Rule, claim: Term) -> bool:
    """Whether the value of the claim may be used on the other side as well, in place of another."""
    return any(
        term.indicator == claim.indicator and bool(claim.source or term.source)
        for term in expressions.terms(rule.right)
    )


def _side_by_side(rule: Rule, left: Span, right: Span) -> tuple[Truths, Truths]:
    """Where a relation of two expressions certainly holds; it then holds exactly."""
    if rule.relation == "<=":
        sure = left.low.at_most(right.high)
    elif rule.relation == ">=":
        sure = right.low.at_most(left.high)
    else:
        sure = left.meets(right)
    return sure, np.ones_like(sure)


def _against_claim(rule: Rule, claim: Span, computed: Span) -> tuple[Truths, Truths]:
    """Where a figure certainly agrees with what is computed, and where it is the same number."""
    if rule.relation != "=":
        return _side_by_side(rule, claim, computed)
    same = claim.value.same(computed.value)
    other = claim.value.less(computed.value) | computed.value.less(claim.value)
    return claim.meets(computed) & (same | other), same


def _agreed(rule: Rule, places: Integers, columns: Columns, told: Truths, exact: Truths) -> Agreed:
    report, year = np.nonzero(told)
    names = map(rule.named, columns.years.tolist())
    verdict = np.where(np.broadcast_to(exact, told.shape)[report, year], "holds", "rounded")
    return agreed(
        report,
        places[report] * len(columns.years) + year,
        names,
        [rule.chapter] * len(columns.years),
        year,
        rule.kind,
        verdict.astype(object),
    )


def _doubts(rule: Rule, places: Integers, columns: Columns, open_: Truths) -> Iterator[Doubt]:
    for report, year in np.argwhere(open_).tolist():
        place = int(places[report]) * len(columns.years) + year
        yield Doubt(report, place, partial(_exactly, rule, int(columns.years[year])))


def _exactly(rule: Rule, year: int, book: Book, before: Book | None) -> Iterable[Finding]:
    return [tested.finding for tested in judge.in_year(rule, Scope(book, year))]
