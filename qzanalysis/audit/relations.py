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
from qzanalysis.audit.evaluate import Absent, Scope, Words
from qzanalysis.audit.expressions import Term, terms
from qzanalysis.audit.findings import AGREE, SUPPORTED, Finding, severity
from qzanalysis.audit.rules import Rule, catalogue
from qzanalysis.audit.spans import Span, agreement
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
    """How a comparison came out, before it is put into words."""

    verdict: str
    value: Interval
    words: Words
    note: str
    gap: Decimal | None = None
    recomputed: str = ""


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
    value, words = case.computed, evaluate.words(case.rule.computed, case.scope)
    if case.verdict in AGREE:
        note = "相符" if case.verdict == "holds" else "四舍五入后相符"
        return _finding(case, Outcome(case.verdict, value, words, note))
    gap = case.left.interval().value - value.value
    if case.verdict == "truncated" and case.claim:
        rounded = shown(value.value, case.claim.interval.decimals)
        note = f"所印系截去尾数，四舍五入应为 {rounded}"
        return _finding(case, Outcome(case.verdict, value, words, note, gap))
    broken = Outcome(case.rule.otherwise, value, words, "", gap)
    return _finding(case, _explained(case, broken) or _broken(case.rule, broken))


def _explained(case: Case, broken: Outcome) -> Outcome | None:
    """The other bases written in the rule, then those the report offers."""
    rule, claim = case.rule, case.claim
    if rule.relation != "=" or claim is None:
        return None
    for node in rule.bases:
        other = evaluate.known(node, case.scope)
        if other is not None and agreement(claim.span, other) in SUPPORTED:
            tried = f"试算 {len(rule.bases)} 种口径"
            return _other(claim, broken, other, evaluate.words(node, case.scope), tried)
    found = bases.search(claim, rule.computed, case.scope) if rule.search else None
    if found is None:
        return None
    base = found.reading
    words = Words(f"分母改用 {base.key.label} {base.printed}", (base,))
    only = "仅此一个相符" if found.matches == 1 else f"{found.matches} 个相符，取最相近的"
    tried = f"试了报告所载 {found.tried} 个可能的分母，{only}"
    return _other(claim, broken, found.computed, words, tried)


def _other(claim: Reading, broken: Outcome, value: Span, words: Words, tried: str) -> Outcome:
    text = shown(value.interval().value, _digits(claim))
    both = Words(broken.words.formula, broken.words.readings + words.readings)
    note = f"不符；另一口径 {words.formula} = {text} 与所印相符（{tried}）"
    base = f"{text}（{words.formula}）"
    return Outcome("other_base", broken.value, both, note, broken.gap, base)


def _broken(rule: Rule, broken: Outcome) -> Outcome:
    said = {"=": "不符，相差", "<=": "反而超出", ">=": "尚不足"}[rule.relation]
    note = f"{said} {shown(abs(broken.gap or Decimal(0)), 4)}"
    if not broken.value.is_exact:
        low, high = shown(broken.value.low, 3), shown(broken.value.high, 3)
        endless = broken.value.high.is_infinite()
        within = f"不小于 {low}" if endless else f"在 {low} 至 {high} 之间"
        note += f"（计入四舍五入，应{within}）"
    return Outcome(broken.verdict, broken.value, broken.words, note, broken.gap)


def _finding(case: Case, outcome: Outcome) -> Finding:
    rule, claim = case.rule, case.claim
    left = evaluate.words(rule.claim, case.scope)
    agrees = outcome.verdict in AGREE
    digits = 4 if claim is None else _digits(claim)
    value = shown(outcome.value.value, digits)
    reason = "" if agrees or not rule.reason else f"；{rule.reason}"
    formula = "" if outcome.words.formula == value else f"（{outcome.words.formula}）"
    side = "算得" if rule.relation == "=" else "对照"
    if claim is not None:
        claimed = f"{claim.places}印作 {claim.printed}"
    else:
        assert case.left
        claimed = f"{left.formula} = {shown(case.left.interval().value, 4)}"
    return Finding(
        case.name,
        rule.chapter,
        rule.kind,
        outcome.verdict,
        _severity(rule, left.readings, outcome),
        f"{case.scope.year} 年{rule.statement}：{claimed}，"
        f"{side} {value}{formula}，{outcome.note}{reason}。",
        figures_of((*left.readings, *outcome.words.readings)),
        outcome.recomputed or value,
        None if agrees or outcome.gap is None else shown(outcome.gap, digits),
    )


def _digits(claim: Reading) -> int:
    """Two digits more than printed, so that a reader sees the rounding."""
    return min(4, claim.interval.decimals + 2)


def _severity(rule: Rule, readings: Iterable[Reading], outcome: Outcome) -> str:
    if outcome.verdict in AGREE:
        return "none"
    if rule.severity:
        return rule.severity
    base = abs(outcome.value.value)
    change = abs(outcome.gap) / base if outcome.gap is not None and base else None
    indicators = [reading.key.indicator for reading in readings]
    return severity(outcome.verdict, indicators, change, turns=rule.kind == "series")
