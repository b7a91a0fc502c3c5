"""The rules evaluated one by one in plain decimals: what the exact engine must agree with.

It shares with the engine the rules as trees and the arithmetic of `Interval`, nothing else: figures
are looked up in dictionaries, one report at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qzanalysis import codebook
from qzanalysis.audit import generic
from qzanalysis.audit.book import Key, Subject, fits, within
from qzanalysis.audit.evaluate import member
from qzanalysis.audit.expressions import Binary, Call, Node, Number, Term, terms
from qzanalysis.audit.rules import Rule, catalogue
from qzanalysis.figures.intervals import Interval
from qzanalysis.reports.report import Report, authority, sorted_key

Printing = tuple[str, Interval | None]


class Missing(Exception):
    """A figure has no number; `told` where it has a cell, which is empty."""

    def __init__(self, told: bool) -> None:
        super().__init__()
        self.told = told


@dataclass
class Figures:
    """The printings of one report by key, the most authoritative first."""

    year: int
    by_key: dict[Key, list[Printing]] = field(default_factory=dict)

    @classmethod
    def of(cls, report: Report) -> Figures:
        """The figures of a report."""
        rows = report.observations.to_dict("records")
        rows.sort(key=lambda row: (authority(row["source"]), row["file"], row["row"]))
        found = cls(report.year)
        for row in rows:
            key = Key(row["indicator"], sorted_key(row["breakdown"]), int(row["year"]))
            found.by_key.setdefault(key, []).append((row["source"], row["quantity"]))
        return found

    @property
    def years(self) -> list[int]:
        """The years it prints figures of."""
        return sorted({key.year for key in self.by_key})

    def readings(self, key: Key, source: str = "") -> list[Interval]:
        """The different values a key is printed with."""
        found: dict[Any, Interval] = {}
        for place, value in self.by_key.get(key, []):
            if value is not None and (not source or within(place, source)):
                found.setdefault((value.low, value.high), value)
        return list(found.values())


@dataclass
class Scope:
    """A report and a year, and the reading of the claim, which stands for its key."""

    figures: Figures
    year: int
    chosen: Mapping[Key, Interval] = field(default_factory=dict)

    def keys(self, term: Term) -> list[Key]:
        """The keys a term names, printed or not."""
        year = term.in_year(self.year)
        if not term.many:
            return [Key(term.indicator, term.written, year)]
        pattern = dict(term.breakdown)
        return [
            key
            for key in self.figures.by_key
            if (key.indicator, key.year) == (term.indicator, year) and fits(key.parts(), pattern)
        ]

    def values(self, term: Term) -> list[Interval]:
        """The value of each key that has one."""
        keys = self.keys(term)
        found = [
            value
            for key in keys
            for value in [self.chosen.get(key), *self.figures.readings(key, term.source)[:1]][
                0 if key in self.chosen else 1 :
            ][:1]
        ]
        if not found:
            cells = [value for key in keys for _, value in self.figures.by_key.get(key, [])]
            raise Missing(any(value is None for value in cells))
        return found


def members(node: Node, scope: Scope) -> list[Interval]:
    """Every figure an expression names."""
    return [value for term in terms(node) for value in scope.values(term)]


def evaluate(node: Node, scope: Scope) -> Interval:
    """An expression in one report and year.

    Raises:
        Missing: a figure it needs has no number.
        ZeroDivisionError: it divides by what may be zero.
    """
    if isinstance(node, Number):
        return Interval.exact(node.value)
    if isinstance(node, Term):
        if node.indicator == "year":
            return Interval.exact(scope.year)
        return added(scope.values(node))
    if isinstance(node, Binary):
        left, right = evaluate(node.left, scope), evaluate(node.right, scope)
        if node.operator == "+":
            return left + right
        if node.operator == "-":
            return left - right
        return left * right if node.operator == "*" else left / right
    assert isinstance(node, Call)
    return called(node, scope)


def added(values: Sequence[Interval]) -> Interval:
    """The sum."""
    whole = Interval.exact(0)
    for value in values:
        whole = whole + value
    return whole


def called(node: Call, scope: Scope) -> Interval:
    """A function of the language."""
    first = node.arguments[0]
    if node.function == "share":
        part, whole = (evaluate(argument, scope) for argument in node.arguments)
        return part / whole * Interval.exact(100)
    if node.function == "distinct":
        assert isinstance(first, Term) and isinstance(node.arguments[1], Term)
        return distinct(first, node.arguments[1].indicator, scope)
    if node.function == "total":
        return evaluate(first, scope)
    if node.function == "exact":
        return Interval.exact(evaluate(first, scope).value)
    if node.function == "whole":
        inner = evaluate(first, scope)
        ends = (inner.value, inner.low, inner.high)
        return Interval(*(end.to_integral_value(ROUND_HALF_UP) for end in ends))
    own = members(first, scope)
    if node.function == "number":
        return Interval.exact(len(own))
    if node.function == "mean":
        return evaluate(first, scope) / Interval.exact(len(own))
    pick = min if node.function == "least" else max
    return Interval(*(pick(getattr(i, end) for i in own) for end in ("value", "low", "high")))


def distinct(table: Term, dimension: str, scope: Scope) -> Interval:
    """How many values of a dimension occur."""
    kinds = {
        member(key.breakdown, dimension)
        for key in scope.figures.by_key
        if (key.indicator, key.year) == (table.indicator, table.in_year(scope.year))
        and scope.figures.readings(key)
    } - {""}
    if not kinds:
        raise Missing(False)
    return Interval.exact(len(kinds))


def rules(figures: Figures) -> Iterator[Rule]:
    """Every rule that applies to a report."""
    printed = {Subject(key.indicator, key.breakdown) for key in figures.by_key}
    for subject in printed:
        for _, rule in generic.rules_of(subject):
            if printed.issuperset(rule.needs) and printed.isdisjoint(rule.unless):
                yield rule
    yield from catalogue()


def verdicts(report: Report) -> dict[str, str]:
    """Id → verdict of every relation that is mentioned; `fails` for one that does not hold."""
    figures = Figures.of(report)
    return {
        name: verdict
        for rule in rules(figures)
        for year in figures.years
        for name, verdict in in_year(rule, figures, year)
    }


def in_year(rule: Rule, figures: Figures, year: int) -> Iterator[tuple[str, str]]:
    """A rule in one year, for each reading of its claim."""
    named = next(terms(rule.claim))
    scope = Scope(figures, year)
    if not any(key in figures.by_key for key in scope.keys(named)):
        return
    if not rule.single:
        if verdict := attempt(rule, scope, None):
            yield f"{rule.id}-{year}", verdict
        return
    (key,) = scope.keys(named)
    for number, claim in enumerate(figures.readings(key, named.source), start=1):
        if verdict := attempt(rule, Scope(figures, year, {key: claim}), claim):
            yield f"{rule.id}-{year}" + (f"-{number}" if number > 1 else ""), verdict


def attempt(rule: Rule, scope: Scope, claim: Interval | None) -> str:
    """How a rule comes out; empty where it is not mentioned."""
    try:
        left, right = evaluate(rule.claim, scope), evaluate(rule.computed, scope)
    except Missing as missing:
        mentioned = claim is not None and (missing.told or rule.kind == "difference")
        return "not_checkable" if mentioned else ""
    except ZeroDivisionError:
        return ""
    if rule.relation == "<=":
        return "holds" if left.low <= right.high else "fails"
    if rule.relation == ">=":
        return "holds" if left.high >= right.low else "fails"
    if claim is None:
        return "holds" if left.meets(right) else "fails"
    verdict = agreement(claim, right)
    cut = (
        verdict == "truncated" and rule.kind == "mean"
    )  # means are weighted: cut digits say nothing
    return "fails" if cut or not verdict else verdict


def unit(indicator: str) -> str:
    """The unit of an indicator."""
    return codebook.indicator(indicator)["unit"]


def same(first: Interval, second: Interval) -> bool:
    """True where the ends and the values of two intervals are equal up to 20 digits."""
    return all(
        abs(getattr(first, end) - getattr(second, end))
        <= abs(getattr(first, end)) * Decimal("1e-20")
        for end in ("low", "value", "high")
        if getattr(first, end).is_finite() or getattr(second, end).is_finite()
    )


def agreement(printed: Interval, computed: Interval) -> str | None:
    """The agreement of a printed figure with a computed one.

    Returns:
        `holds` (the same number), `rounded` (within the interval it stands for), `truncated`
        (the surplus digits were cut off instead of rounded), or None (no agreement).
    """
    if computed.is_exact and computed.value == printed.value:
        return "holds"
    if printed.meets(computed):
        return "holds" if computed.value == printed.value else "rounded"
    return "truncated" if not printed.is_exact and _cut(printed, computed) else None


def _cut(printed: Interval, computed: Interval) -> bool:
    """True where a value prints so when digits are cut off: up to the next figure, not at it."""
    step = printed.high - printed.low
    if step.is_infinite() or printed.value < 0:
        return False
    return computed.low < printed.value + step and printed.value <= computed.high
