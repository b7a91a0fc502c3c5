"""From a rule and a report to findings: is the relation true of the printed figures?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from qzanalysis.audit import bases, expressions
from qzanalysis.audit.evaluate import Missing, Result, Scope, evaluate
from qzanalysis.audit.expressions import Term
from qzanalysis.audit.figures import Book, Figure, Reading
from qzanalysis.audit.findings import AGREE, SUPPORTED, Finding, severity
from qzanalysis.audit.rules import Rule
from qzanalysis.figures.intervals import Interval, agreement, shown


@dataclass(frozen=True, slots=True)
class Tested:
    """A rule as tested once: in which year, for which reading of its claim, and what came out."""

    rule: Rule
    scope: Scope
    claim: Reading | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Case:
    """A rule about to be tested; a claim that is itself an expression has no reading of its own."""

    rule: Rule
    scope: Scope
    claim: Reading | None
    number: int = 1

    @property
    def name(self) -> str:
        """The id of its finding."""
        suffix = f"-{self.number}" if self.number > 1 else ""
        return f"{self.rule.named(self.scope.year)}{suffix}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a comparison came out, before it is put into words."""

    verdict: str
    computed: Result
    note: str
    gap: Decimal | None = None
    recomputed: str = ""


def examine(rule: Rule, book: Book) -> list[Tested]:
    """Test a rule in every year its claim is printed, once for each value it is printed with."""
    return [tested for scope in _scopes(rule, book) for tested in in_year(rule, scope)]


def _scopes(rule: Rule, book: Book) -> Iterator[Scope]:
    named = next(expressions.terms(rule.left))
    for year in book.years if rule.year is None else (rule.year,):
        scope = Scope(book, year)
        if any(book.has(key) for key in scope.keys(named)):
            yield scope


def in_year(rule: Rule, scope: Scope) -> list[Tested]:
    """Test a rule in a year its claim is printed in, once for each value of its claim."""
    cases = [Case(rule, scope, None)]
    if isinstance(rule.left, Term) and not rule.left.many:
        readings = scope.book.readings(scope.keys(rule.left)[0], rule.left.source)
        cases = [
            Case(rule, Scope(scope.book, scope.year, {reading.key: reading}), reading, number)
            for number, reading in enumerate(readings, start=1)
        ]
    return [tested for case in cases if (tested := _attempt(case)) is not None]


def _attempt(case: Case) -> Tested | None:
    rule, scope, claim = case.rule, case.scope, case.claim
    try:
        left = evaluate(rule.left, scope)
        outcome = _outcome(rule, scope, claim, left)
    except Missing as missing:
        finding = _unchecked(case, missing)
        return None if finding is None else Tested(rule, scope, claim, finding)
    except ZeroDivisionError:
        return None
    return Tested(rule, scope, claim, _finding(case, left, outcome))


def _unchecked(case: Case, missing: Missing) -> Finding | None:
    """A relation of which one side is an empty cell; relations nobody printed are not mentioned."""
    expected = missing.known or case.rule.kind == "difference"
    if not expected or case.claim is None:
        return None
    return Finding(
        case.name,
        case.rule.chapter,
        case.rule.kind,
        "not_checkable",
        severity("not_checkable", ()),
        f"{case.scope.year} 年{case.rule.statement}：缺“{missing.what}”，不能核对。",
        (*case.claim.figures, *missing.figures),
    )


def _outcome(rule: Rule, scope: Scope, claim: Reading | None, left: Result) -> Outcome:
    right = evaluate(rule.right, scope)
    verdict = _verdict(rule.relation, claim, left.interval, right.interval)
    if verdict in AGREE:
        return Outcome(verdict, right, "相符" if verdict == "holds" else "四舍五入后相符")
    if verdict == "truncated":
        assert claim is not None
        digits = claim.interval.decimals
        note = f"所印系截去尾数，四舍五入应为 {shown(right.interval.value, digits)}"
        return Outcome(verdict, right, note, left.interval.value - right.interval.value)
    return _explained(rule, scope, claim, right) or _broken(rule, left, right)


def _verdict(relation: str, claim: Reading | None, left: Interval, right: Interval) -> str | None:
    if relation == "<=":
        return "holds" if left.low <= right.high else None
    if relation == ">=":
        return "holds" if left.high >= right.low else None
    if claim is None:
        return "holds" if left.meets(right) else None
    return agreement(claim.interval, right)


def _explained(rule: Rule, scope: Scope, claim: Reading | None, right: Result) -> Outcome | None:
    """The other bases written in the rule, then those the report offers."""
    if claim is None or rule.relation != "=":
        return None
    for text in rule.bases:
        try:
            other = evaluate(expressions.parse(text), scope)
        except Missing:
            continue
        if agreement(claim.interval, other.interval) in SUPPORTED:
            return _other(claim, right, other, f"试算 {len(rule.bases)} 种口径")
    found = bases.search(claim, rule.right, scope) if rule.search else None
    if found is None:
        return None
    base = found.reading
    other = Result(found.computed, f"分母改用 {base.key.label} {base.figures[0].printed}", (base,))
    only = "仅此一个相符" if found.matches == 1 else f"{found.matches} 个相符，取最相近的"
    return _other(claim, right, other, f"试了报告所载 {found.tried} 个可能的分母，{only}")


def _other(claim: Reading, right: Result, other: Result, tried: str) -> Outcome:
    digits = _digits(claim)
    value = shown(other.interval.value, digits)
    both = Result(right.interval, right.formula, right.readings + other.readings)
    note = f"不符；另一口径 {other.formula} = {value} 与所印相符（{tried}）"
    gap = claim.interval.value - right.interval.value
    return Outcome("other_base", both, note, gap, f"{value}（{other.formula}）")


def _broken(rule: Rule, left: Result, right: Result) -> Outcome:
    gap = left.interval.value - right.interval.value
    words = {"=": "不符，相差", "<=": "反而超出", ">=": "尚不足"}[rule.relation]
    note = f"{words} {shown(abs(gap), 4)}"
    if not right.interval.is_exact:
        low, high = shown(right.interval.low, 3), shown(right.interval.high, 3)
        endless = right.interval.high.is_infinite()
        within = f"不小于 {low}" if endless else f"在 {low} 至 {high} 之间"
        note += f"（计入四舍五入，应{within}）"
    return Outcome(rule.otherwise, right, note, gap)


def _finding(case: Case, left: Result, outcome: Outcome) -> Finding:
    rule, claim = case.rule, case.claim
    agrees = outcome.verdict in AGREE
    digits = 4 if claim is None else _digits(claim)
    value = shown(outcome.computed.interval.value, digits)
    reason = "" if agrees or not rule.reason else f"；{rule.reason}"
    statement = (
        f"{case.scope.year} 年{rule.statement}：{_claimed(claim, left)}，"
        f"{_side(rule)} {value}{_formula(outcome.computed, value)}，{outcome.note}{reason}。"
    )
    return Finding(
        case.name,
        rule.chapter,
        rule.kind,
        outcome.verdict,
        _severity(rule, claim, left, outcome),
        statement,
        figures_of(claim, left, outcome.computed),
        outcome.recomputed or value,
        None if agrees or outcome.gap is None else shown(outcome.gap, digits),
    )


def _claimed(claim: Reading | None, left: Result) -> str:
    if claim is None:
        return f"{left.formula} = {shown(left.interval.value, 4)}"
    return f"{claim.places}印作 {claim.figures[0].printed}"


def _side(rule: Rule) -> str:
    return "算得" if rule.relation == "=" else "对照"


def _formula(result: Result, value: str) -> str:
    return "" if result.formula == value else f"（{result.formula}）"


def _digits(claim: Reading) -> int:
    """Two digits more than printed, so that a reader sees the rounding."""
    return min(4, claim.interval.decimals + 2)


def _severity(rule: Rule, claim: Reading | None, left: Result, outcome: Outcome) -> str:
    if outcome.verdict in AGREE:
        return "none"
    if rule.severity:
        return rule.severity
    readings = left.readings if claim is None else (claim,)
    base = abs(outcome.computed.interval.value)
    change = abs(outcome.gap) / base if outcome.gap is not None and base else None
    return severity(
        outcome.verdict,
        [reading.key.indicator for reading in readings],
        change,
        turns=rule.kind == "series",
    )


def figures_of(claim: Reading | None, *results: Result) -> tuple[Figure, ...]:
    """Every printing of every figure used, each once: the claim's first."""
    readings = ([] if claim is None else [claim]) + [r for x in results for r in x.readings]
    return tuple(dict.fromkeys(figure for reading in readings for figure in reading.figures))
