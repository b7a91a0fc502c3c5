"""From rules and a table of figures to findings: are the relations true of the printed figures?

Rules of the same form are tested together, in every report and year their claim is printed in and
once for each reading of it. Sentences are made one by one, for what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from qzanalysis.audit import bases, expressions, generic
from qzanalysis.audit.batches import Batch, Texts
from qzanalysis.audit.evaluate import Cases, Expression, Words, figures
from qzanalysis.audit.exact import Spans, at_most, equal, less
from qzanalysis.audit.expressions import Leaf, Node, Term
from qzanalysis.audit.findings import AGREE, SUPPORTED, Finding, severity
from qzanalysis.audit.rules import Rule, catalogue
from qzanalysis.audit.table import NONE, Figure, Integers, Reading, Subject, Table, fits, parts
from qzanalysis.figures.intervals import Interval, agreement, shown

_MISSING: Final = "not_checkable"
_FAMILIES: Final = (
    1_000  # more than there are families of generated rules, so the catalogue's follow
)


class Placed(NamedTuple):
    """A rule about one subject, and its place among the rules of a report."""

    rule: Rule
    family: int
    subject: int


@dataclass(frozen=True, eq=False)
class Group:
    """Rules of the same form in all their cases.

    Attributes:
        rules: the rules; `which` of them each case belongs to.
        cases: report, year and claim.
        number: of the claim's reading among those of its cell, from 1.
        left, right: the claim and what it should be, evaluated.
        verdict: `holds`, `rounded`, `truncated`, `not_checkable`, or empty: it does not hold.
    """

    rules: Sequence[Rule]
    which: Integers
    cases: Cases
    number: Integers
    left: Expression
    right: Expression
    verdict: Texts

    def rule(self, case: int) -> Rule:
        """The rule of one case."""
        return self.rules[int(self.which[case])]

    def claim(self, case: int) -> Reading | None:
        """The reading that is tested; None where the claim is itself an expression."""
        row = int(self.cases.claim[case])
        return None if row == NONE else self.cases.table.reading(row, self.cases.source)

    def year(self, case: int) -> int:
        """The year of one case."""
        return int(self.cases.year[case])

    def name(self, case: int) -> str:
        """The id of the finding of one case."""
        number = self.number[case]
        suffix = f"-{number}" if number > 1 else ""
        return f"{self.rule(case).id}-{self.cases.year[case]}{suffix}"


@dataclass(frozen=True, slots=True)
class Tested:
    """One case of a group, and the finding made of it."""

    group: Group
    case: int
    finding: Finding

    @property
    def rule(self) -> Rule:
        """The rule that was tested."""
        return self.group.rule(self.case)

    @property
    def claim(self) -> Reading | None:
        """The reading that was tested, if the claim is one figure."""
        return self.group.claim(self.case)

    @property
    def year(self) -> int:
        """The year it was tested for."""
        return self.group.year(self.case)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a comparison came out, before it is put into words."""

    verdict: str
    value: Interval
    words: Words
    note: str
    gap: Decimal | None = None
    recomputed: str = ""


def batches(table: Table) -> Iterator[Batch]:
    """The findings of every rule in every report of a table."""
    for group, place in groups(table):
        shown_ = np.flatnonzero(mentioned(group))
        verdict = group.verdict[shown_]
        yield Batch(
            group.cases.report[shown_],
            place[shown_],
            np.where(np.isin(verdict, list(AGREE)), verdict, ""),
            _names(group, shown_),
            _worded(group, shown_),
        )


def _names(group: Group, chosen: Integers) -> Any:
    def named(at: int) -> tuple[str, int, str]:
        rule = group.rule(int(chosen[at]))
        return group.name(int(chosen[at])), rule.chapter, rule.kind

    return named


def _worded(group: Group, chosen: Integers) -> Any:
    return lambda at: [finding(group, int(chosen[at]))]


def tested(table: Table) -> list[Tested]:
    """Every case of a table that gives a finding, with it, in the order of the rules."""
    placed = [
        (int(group.cases.report[case]), int(place[case]), Tested(group, case, finding(group, case)))
        for group, place in groups(table)
        for case in np.flatnonzero(mentioned(group)).tolist()
    ]
    return [one for _, _, one in sorted(placed, key=lambda case: case[:2])]


def mentioned(group: Group) -> Any:
    """True for the cases that give a finding.

    Not where a divisor may be zero, nor relations of which nobody printed the other side.
    """
    absent = group.verdict == _MISSING
    side = np.where(group.left.absent == NONE, group.right.told, group.left.told)
    always = np.array([rule.kind == "difference" for rule in group.rules], np.bool_)[group.which]
    expected = (side | always) & (group.cases.claim != NONE)
    return np.where(absent, expected, ~(group.left.void | group.right.void))


def rules_for(table: Table) -> list[Placed]:
    """Every rule that may apply to a report of a table: the generated ones, then the catalogue's.

    A line of the catalogue replaces a generated rule of the same id.
    """
    written = catalogue()
    names = {rule.id for rule in written}
    placed = [
        Placed(rule, family, code)
        for code, subject in enumerate(table.subjects)
        for family, rule in generic.rules_of(subject)
        if rule.id not in names
    ]
    return placed + [Placed(rule, _FAMILIES + n, NONE) for n, rule in enumerate(written)]


def groups(table: Table, rules: Iterable[Placed] | None = None) -> Iterator[tuple[Group, Integers]]:
    """Rules tested together, and the place of each case among the findings of its report."""
    formed: dict[Any, list[tuple[Placed, tuple[Leaf, ...], tuple[Leaf, ...]]]] = {}
    for placed in rules_for(table) if rules is None else rules:
        left, its = expressions.shape(placed.rule.claim)
        right, other = expressions.shape(placed.rule.computed)
        own = tuple(leaf if leaf.many else leaf.term.source for leaf in (*its, *other))
        form = placed.rule.relation, placed.rule.single, left, right, own
        formed.setdefault(form, []).append((placed, its, other))
    for (_, _, left, right, _), members in formed.items():
        alike = [one for one, _, _ in members]
        where = _where(table, alike)
        if len(where.which):
            yield _tested(table, alike, (left, right), [m[1:] for m in members], where)


class _Where(NamedTuple):
    which: Integers
    report: Integers
    year: Integers
    claim: Integers
    number: Integers


def _where(table: Table, placed: Sequence[Placed]) -> _Where:
    """Every report and year in which the claim of a rule is printed, and each reading of it."""
    named = [next(expressions.terms(one.rule.claim)) for one in placed]
    found = [_printed(table, term, one.subject) for term, one in zip(named, placed, strict=True)]
    which = np.repeat(np.arange(len(placed)), [len(cells) for cells, _ in found])
    cell = np.concatenate([cells for cells, _ in found])
    year = np.concatenate([years for _, years in found])
    report = table.cell_report[cell]
    keep = table.covered[report, table.at_year(year)] & _applies(table, placed, which, report)
    which, cell, year, report = which[keep], cell[keep], year[keep], report[keep]
    if not placed[0].rule.single:
        return _Where(which, report, year, np.full(len(cell), NONE), np.ones_like(cell))
    leading = table.leading(named[0].source)
    count = leading.count[cell]
    again = np.repeat(np.arange(len(cell)), count)
    number = np.arange(len(again)) - np.repeat(np.cumsum(count) - count, count)
    start = np.searchsorted(leading.cell, cell)
    claim = leading.rows[start[again] + number] if len(again) else again
    return _Where(which[again], report[again], year[again], claim, number + 1)


def _printed(table: Table, term: Term, subject: int) -> tuple[Integers, Integers]:
    """Cells of a term, one for each report and year in which a rule that begins with it is tested."""
    if term.many:
        own = table.by_indicator.get(term.indicator, [])
        pattern = dict(term.breakdown)
        codes = [code for code in own if fits(parts(table.subjects[code][1]), pattern)]
    else:
        code = (
            table.codes.get(Subject(term.indicator, term.written)) if subject == NONE else subject
        )
        codes = [] if code is None else [code]
    cells = np.concatenate([np.zeros(0, np.int64), *map(table.subject_cells, codes)])
    if term.year > 1000:
        cells = cells[table.cell_year[cells] == term.year]
        report, at = np.nonzero(table.covered[table.cell_report[cells], :-1])
        cells, year = cells[report], table.years[at]
    else:
        year = table.cell_year[cells] - term.year
    if term.many and len(cells):
        keys = np.stack([table.cell_report[cells], year])
        first = np.sort(np.unique(keys, axis=1, return_index=True)[1])
        cells, year = cells[first], year[first]
    return cells, year


def _applies(table: Table, placed: Sequence[Placed], which: Integers, report: Integers) -> Any:
    """True where a report prints what a rule needs, and nothing that replaces it."""
    always, never = len(table.subjects), len(table.subjects) + 1
    needs = _padded(table, [one.rule.needs for one in placed], always, never)
    unless = _padded(table, [one.rule.unless for one in placed], never, never)
    rows = report[:, np.newaxis]
    return table.printed[rows, needs[which]].all(axis=1) & ~(
        table.printed[rows, unless[which]].any(axis=1)
    )


def _padded(
    table: Table, subjects: Sequence[tuple[Subject, ...]], fill: int, unknown: int
) -> Integers:
    width = max(map(len, subjects))
    rows = [[table.codes.get(s, unknown) for s in own] for own in subjects]
    return np.array([row + [fill] * (width - len(row)) for row in rows], np.int64)


def _tested(
    table: Table,
    placed: Sequence[Placed],
    shapes: tuple[Node, Node],
    leaves: Sequence[Sequence[tuple[Leaf, ...]]],
    where: _Where,
) -> tuple[Group, Integers]:
    rules = [one.rule for one in placed]
    source = leaves[0][0][0].term.source if rules[0].single else ""
    cases = Cases(table, where.report, where.year, where.claim, source)
    left, right = (
        Expression(
            cases,
            shape,
            [
                figures(cases, [own[side][slot] for own in leaves], where.which)
                for slot in range(len(leaves[0][side]))
            ],
        )
        for side, shape in enumerate(shapes)
    )
    verdict = _verdicts(rules[0], left.spans, right.spans, len(where.which))
    verdict[(left.absent != NONE) | (right.absent != NONE)] = _MISSING
    group = Group(rules, where.which, cases, where.number, left, right, verdict)
    return group, _places(table, placed, where)


def _places(table: Table, placed: Sequence[Placed], where: _Where) -> Integers:
    """Generated rules by family and in the order in which a report prints what they are about."""
    family = np.array([one.family for one in placed])[where.which]
    subject = np.array([one.subject for one in placed])[where.which]
    cells = table.grid[where.report, subject]
    first = np.min(np.where(cells == NONE, table.cells, cells), axis=1, initial=table.cells)
    place = family * (table.cells + 1) + np.where(subject == NONE, 0, first)
    found: Integers = (place * (len(table.years) + 1) + table.at_year(where.year)) * 100
    return found + where.number


def _verdicts(rule: Rule, left: Spans, right: Spans, size: int) -> Texts:
    """How each case comes out; empty where the relation does not hold."""
    if rule.relation == "<=":
        agrees = at_most(left.low, right.high)
    elif rule.relation == ">=":
        agrees = at_most(right.low, left.high)
    else:
        agrees = left.meets(right)
    found = np.where(np.broadcast_to(agrees, size), "holds", "").astype(object)
    if rule.relation == "=" and rule.single:
        found[agrees & ~equal(left.value, right.value)] = "rounded"
        found[~agrees & _cut(left, right)] = "truncated"
    return found


def _cut(printed: Spans, computed: Spans) -> Any:
    """True where digits were cut off instead of rounded: up to the next figure, not at it."""
    step = printed.only(2) - printed.only(0)
    return (
        ~np.equal(step.value[1], 0)
        & ~np.equal(step.value[0], 0)
        & (printed.value[0] >= 0)
        & less(computed.low, (printed.only(1) + step).value)
        & at_most(printed.value, computed.high)
    )


def finding(group: Group, case: int) -> Finding:
    """The finding of one case, in words."""
    if group.verdict[case] == _MISSING:
        return _unchecked(group, case)
    left, right = group.left, group.right
    value, words = right.interval(case), right.words(case)
    gap = left.interval(case).value - value.value
    verdict = str(group.verdict[case])
    if verdict in AGREE:
        note = "相符" if verdict == "holds" else "四舍五入后相符"
        return _finding(group, case, Outcome(verdict, value, words, note))
    claim = group.claim(case)
    if verdict == "truncated":
        assert claim is not None
        note = f"所印系截去尾数，四舍五入应为 {shown(value.value, claim.interval.decimals)}"
        return _finding(group, case, Outcome(verdict, value, words, note, gap))
    broken = Outcome(group.rule(case).otherwise, value, words, "", gap)
    explained = _explained(group, case, claim, broken) if claim else None
    return _finding(group, case, explained or _broken(group.rule(case), broken))


def _unchecked(group: Group, case: int) -> Finding:
    """A relation of which one side is an empty cell."""
    rule, claim = group.rule(case), group.claim(case)
    assert claim is not None
    side = group.right if group.left.absent[case] == NONE else group.left
    what, cells = side.missing(case)
    return Finding(
        group.name(case),
        rule.chapter,
        rule.kind,
        _MISSING,
        severity(_MISSING, ()),
        f"{group.year(case)} 年{rule.statement}：缺“{what}”，不能核对。",
        (*claim.figures, *cells),
    )


def _explained(group: Group, case: int, claim: Reading, broken: Outcome) -> Outcome | None:
    """The other bases written in the rule, then those the report offers."""
    rule = group.rule(case)
    if rule.relation != "=":
        return None
    for node in rule.bases:
        other = Expression.of(group.cases.at(case), node)
        if other.known[0] and agreement(claim.interval, other.interval()) in SUPPORTED:
            tried = f"试算 {len(rule.bases)} 种口径"
            return _other(claim, broken, other.interval(), other.words(), tried)
    found = bases.search(claim, group.right.at(case)) if rule.search else None
    if found is None:
        return None
    base = found.reading
    words = Words(f"分母改用 {base.key.label} {base.printed}", (base,))
    only = "仅此一个相符" if found.matches == 1 else f"{found.matches} 个相符，取最相近的"
    tried = f"试了报告所载 {found.tried} 个可能的分母，{only}"
    return _other(claim, broken, found.computed, words, tried)


def _other(claim: Reading, broken: Outcome, value: Interval, words: Words, tried: str) -> Outcome:
    text = shown(value.value, _digits(claim))
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


def _finding(group: Group, case: int, outcome: Outcome) -> Finding:
    rule, claim = group.rule(case), group.claim(case)
    left = group.left.words(case)
    agrees = outcome.verdict in AGREE
    digits = 4 if claim is None else _digits(claim)
    value = shown(outcome.value.value, digits)
    reason = "" if agrees or not rule.reason else f"；{rule.reason}"
    formula = "" if outcome.words.formula == value else f"（{outcome.words.formula}）"
    side = "算得" if rule.relation == "=" else "对照"
    if claim is None:
        claimed = f"{left.formula} = {shown(group.left.interval(case).value, 4)}"
    else:
        claimed = f"{claim.places}印作 {claim.printed}"
    readings = (*((claim,) if claim else ()), *left.readings, *outcome.words.readings)
    return Finding(
        group.name(case),
        rule.chapter,
        rule.kind,
        outcome.verdict,
        _severity(rule, (claim,) if claim else left.readings, outcome),
        f"{group.year(case)} 年{rule.statement}：{claimed}，"
        f"{side} {value}{formula}，{outcome.note}{reason}。",
        figures_of(readings),
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


def figures_of(readings: Iterable[Reading]) -> tuple[Figure, ...]:
    """Every printing of every reading, each once and in order."""
    return tuple(dict.fromkeys(figure for reading in readings for figure in reading.figures))
