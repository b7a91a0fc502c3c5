"""From rules and the figures of a report to findings: are the relations true of what is printed?

A rule is tested for every year its claim is printed in and for each reading of it. The sentence is
made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final

from qzanalysis.audit import bases, evaluate, generic
from qzanalysis.audit.book import Book, Key, Reading, Subject, figures_of, fits, parts
from qzanalysis.audit.evaluate import Absent, Scope, Stated
from qzanalysis.audit.expressions import Term, terms
from qzanalysis.audit.findings import AGREE, SUPPORTED, Finding, severity
from qzanalysis.audit.rules import Rule, catalogue
from qzanalysis.audit.spans import Span, agreement, span_of
from qzanalysis.figures.intervals import Interval, shown

_MISSING: Final = "not_checkable"


@dataclass(frozen=True, eq=False)
class Case:
    """A rule tested in one report and year, for one reading of its claim.

    Attributes:
        number: of the reading among those of its key, from 1.
        verdict: `holds`, `rounded`, `truncated`, `not_checkable`, or empty: it does not hold.
        left, right: the possible values of the claim and of what it should be.
        absent: what is missing where it cannot be checked.
    """

    rule: Rule
    scope: Scope
    number: int
    verdict: str
    left: Span | None = None
    right: Span | None = None
    absent: Absent | None = None

    @property
    def claim(self) -> Reading | None:
        """The reading under test; None where the claim is itself an expression."""
        return self.scope.claim

    @property
    def name(self) -> str:
        """The id of its finding."""
        suffix = f"-{self.number}" if self.number > 1 else ""
        return f"{self.rule.id}-{self.scope.year}{suffix}"

    @cached_property
    def computed(self) -> Interval:
        """What the claim should be."""
        assert self.right
        return self.right.interval()

    @cached_property
    def finding(self) -> Finding:
        """Its finding, in words."""
        return _unchecked(self, self.absent) if self.absent else _compared(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a comparison came out, before it is put into words.

    Attributes:
        gap: the claim minus what it should be; None where they agree.
        base: the value over another denominator, which agrees, and the figures it rests on.
    """

    verdict: str
    note: str
    gap: Decimal | None = None
    base: Stated | None = None


def cases(book: Book, rules: Iterable[Rule] | None = None) -> Iterator[Case]:
    """Every case that gives a finding, in the order of the rules.

    Not where a divisor may be zero, nor relations of which nobody printed the other side.
    """
    for rule in rules_for(tuple(book.printed)) if rules is None else rules:
        named = next(terms(rule.claim))
        for year in _years(book, named):
            if rule.single:
                key = Key(named.indicator, named.written, named.in_year(year))
                for number, claim in enumerate(book.readings(key, named.source), start=1):
                    yield from _tested(rule, Scope(book, year, claim), number)
            else:
                yield from _tested(rule, Scope(book, year), 1)


@lru_cache(maxsize=64)
def rules_for(printed: tuple[Subject, ...]) -> tuple[Rule, ...]:
    """Every rule for a report that prints these: the generated ones by family, then the catalogue's.

    A line of the catalogue replaces a generated rule of the same id.
    """
    written, known = catalogue(), frozenset(printed)
    names = {rule.id for rule in written}
    made = [
        (family, rule)
        for subject in printed
        for family, rule in generic.rules_of(subject)
        if rule.id not in names and known.issuperset(rule.needs) and known.isdisjoint(rule.unless)
    ]
    return (*(rule for _, rule in sorted(made, key=lambda pair: pair[0])), *written)


def _years(book: Book, term: Term) -> list[int]:
    """The years in which a rule is tested that begins with a term."""
    if term.many:
        pattern = dict(term.breakdown)
        own = [s for s in book.printed if s.indicator == term.indicator]
        subjects = [s for s in own if fits(parts(s.breakdown), pattern)]
    else:
        subjects = [Subject(term.indicator, term.written)]
    printed = {year for subject in subjects for year in book.printed.get(subject, ())}
    if term.year > 1000:
        return book.years if term.year in printed else []
    return [year for year in book.years if year + term.year in printed]


def _tested(rule: Rule, scope: Scope, number: int) -> Iterator[Case]:
    try:
        left = scope.claim.span if scope.claim else evaluate.value(rule.claim, scope)
        right = evaluate.value(rule.computed, scope)
    except Absent as absent:
        if scope.claim and (absent.empty or rule.kind == "difference"):
            yield Case(rule, scope, number, _MISSING, absent=absent)
    except ZeroDivisionError:
        pass
    else:
        yield Case(rule, scope, number, _verdict(rule, left, right), left, right)


def _verdict(rule: Rule, left: Span, right: Span) -> str:
    """How the two sides stand to each other; empty where the relation does not hold."""
    if rule.relation == "=" and rule.single:
        found = agreement(left, right)  # an unweighted mean need not be the printed one
        return "" if found == "truncated" and rule.kind == "mean" else found
    at_most = rule.relation == ">=" or left.at_most(right)
    return "holds" if at_most and (rule.relation == "<=" or right.at_most(left)) else ""


def _unchecked(case: Case, absent: Absent) -> Finding:
    """A relation of which one side is an empty cell."""
    rule, claim = case.rule, case.claim
    return Finding(
        case.name,
        rule.chapter,
        rule.kind,
        _MISSING,
        severity(_MISSING, ()),
        f"{case.scope.year} 年{rule.statement}：缺“{absent.name}”，不能核对。",
        (*(claim.figures if claim else ()), *absent.empty),
    )


def _compared(case: Case) -> Finding:
    assert case.left
    if case.verdict in AGREE:
        note = "相符" if case.verdict == "holds" else "四舍五入后相符"
        return _finding(case, Outcome(case.verdict, note))
    gap = case.left.interval().value - case.computed.value
    if case.verdict == "truncated" and case.claim:
        rounded = shown(case.computed.value, case.claim.interval.decimals)
        note = f"所印系截去尾数，四舍五入应为 {rounded}"
        return _finding(case, Outcome(case.verdict, note, gap))
    return _finding(case, _explained(case, gap) or _broken(case, gap))


def _explained(case: Case, gap: Decimal) -> Outcome | None:
    """The other bases written in the rule, then those the report offers."""
    rule, claim = case.rule, case.claim
    if rule.relation != "=" or claim is None:
        return None
    for node in rule.bases:
        other = evaluate.stated(node, case.scope)
        if other and agreement(claim.span, span_of(other.interval)) in SUPPORTED:
            return _other(claim, gap, other, f"试算 {len(rule.bases)} 种口径")
    found = bases.search(claim, rule.computed, case.scope) if rule.search else None
    return found and _other(claim, gap, *found)


def _other(claim: Reading, gap: Decimal, base: Stated, tried: str) -> Outcome:
    text = shown(base.interval.value, _digits(claim))
    note = f"不符；另一口径 {base.formula} = {text} 与所印相符（{tried}）"
    return Outcome("other_base", note, gap, base)


def _broken(case: Case, gap: Decimal) -> Outcome:
    said = {"=": "不符，相差", "<=": "反而超出", ">=": "尚不足"}[case.rule.relation]
    note = f"{said} {shown(abs(gap), 4)}"
    if not case.computed.is_exact:
        low, high = shown(case.computed.low, 3), shown(case.computed.high, 3)
        endless = case.computed.high.is_infinite()
        within = f"不小于 {low}" if endless else f"在 {low} 至 {high} 之间"
        note += f"（计入四舍五入，应{within}）"
    return Outcome(case.rule.otherwise, note, gap)


def _finding(case: Case, outcome: Outcome) -> Finding:
    rule, claim, base = case.rule, case.claim, outcome.base
    left, right = (evaluate.words(side, case.scope) for side in (rule.claim, rule.computed))
    digits = 4 if claim is None else _digits(claim)
    value = shown(case.computed.value, digits)
    if claim is not None:
        claimed = f"{claim.places}印作 {claim.printed}"
    else:
        assert case.left
        claimed = f"{left.formula} = {shown(case.left.interval().value, 4)}"
    side = "算得" if rule.relation == "=" else "对照"
    formula = "" if right.formula == value else f"（{right.formula}）"
    reason = f"；{rule.reason}" if rule.reason and outcome.gap is not None else ""
    return Finding(
        case.name,
        rule.chapter,
        rule.kind,
        outcome.verdict,
        _severity(case, left.readings, outcome),
        f"{case.scope.year} 年{rule.statement}：{claimed}，"
        f"{side} {value}{formula}，{outcome.note}{reason}。",
        figures_of((*left.readings, *right.readings, *(base.readings if base else ()))),
        f"{shown(base.interval.value, digits)}（{base.formula}）" if base else value,
        None if outcome.gap is None else shown(outcome.gap, digits),
    )


def _digits(claim: Reading) -> int:
    """Two digits more than printed, so that a reader sees the rounding."""
    return min(4, claim.interval.decimals + 2)


def _severity(case: Case, readings: Iterable[Reading], outcome: Outcome) -> str:
    if outcome.gap is None:
        return "none"
    if case.rule.severity:
        return case.rule.severity
    base = abs(case.computed.value)
    change = abs(outcome.gap) / base if base else None
    indicators = [reading.key.indicator for reading in readings]
    return severity(outcome.verdict, indicators, change, turns=case.rule.kind == "series")
