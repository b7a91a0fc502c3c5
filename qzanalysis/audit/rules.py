"""Rules as data: one line of `catalogue.csv` each, or one generated from the codebook.

Columns of the catalogue:

    id         short, stable, ASCII
    chapter    of the report, 1 to 8
    kind       a key of `findings.KINDS`
    claim      the printed figure that is tested (expression)
    relation   = <= >=: how it should stand to `computed`
    computed   expression (see `expressions`); a ratio that fails is tried over other denominators
    bases      other expressions that would explain the claim, separated by ` | `
    otherwise  the verdict when the relation fails: contradiction (if empty), undecided, implausible
    severity   empty: by the rule in `findings`; else one of its words
    statement  the relation in Chinese, without figures
    reason     said when the relation fails: why it may, or what it means

A rule is tested for every year in which its claim is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.audit import expressions
from qzanalysis.audit.book import Subject
from qzanalysis.audit.expressions import Node, Term
from qzanalysis.audit.findings import KINDS, SEVERITIES, VERDICTS
from qzanalysis.errors import UsageError, nearest

CATALOGUE: Final = Path(__file__).parent / "catalogue.csv"
COLUMNS: Final = [
    "id",
    "chapter",
    "kind",
    "claim",
    "relation",
    "computed",
    "bases",
    "otherwise",
    "severity",
    "statement",
    "reason",
]
RELATIONS: Final = frozenset({"=", "<=", ">="})


@dataclass(frozen=True)
class Rule:
    """One relation between figures; see the module's docstring for the fields.

    Attributes:
        claim, computed: its two sides, as expression trees.
        search: whether other denominators are tried when it fails.
        needs, unless: it applies where a report prints all of these subjects and none of those.
    """

    id: str
    chapter: int
    kind: str
    claim: Node
    relation: str
    computed: Node
    statement: str
    bases: tuple[Node, ...] = ()
    otherwise: str = "contradiction"
    severity: str = ""
    reason: str = ""
    search: bool = False
    needs: tuple[Subject, ...] = ()
    unless: tuple[Subject, ...] = ()

    @cached_property
    def single(self) -> bool:
        """True where the claim is one printed figure, which is tested once for each reading."""
        return isinstance(self.claim, Term) and not self.claim.many


@cache
def catalogue(path: Path = CATALOGUE) -> tuple[Rule, ...]:
    """The hand-written rules.

    Raises:
        UsageError: a line has an unknown kind, verdict, indicator or a faulty expression; names it.
    """
    table = codebook.read_table(path)
    if list(table.columns) != COLUMNS:
        raise UsageError(f"{path.name} 的列应为 {','.join(COLUMNS)}")
    rules = tuple(_rule(line) for line in table.to_dict("records"))
    repeated = {rule.id for rule in rules if [r.id for r in rules].count(rule.id) > 1}
    if repeated:
        raise UsageError(f"{path.name}：规则编号重复：{'、'.join(sorted(repeated))}")
    return rules


def _rule(line: Mapping[Any, str]) -> Rule:
    bases = tuple(base.strip() for base in line["bases"].split("|") if base.strip())
    rule = Rule(
        id=line["id"],
        chapter=int(line["chapter"]),
        kind=line["kind"],
        claim=expressions.parse(line["claim"]),
        relation=line["relation"],
        computed=expressions.parse(line["computed"]),
        statement=line["statement"],
        bases=tuple(map(expressions.parse, bases)),
        otherwise=line["otherwise"] or "contradiction",
        severity=line["severity"],
        reason=line["reason"],
        search=line["kind"] == "ratio" and line["otherwise"] in ("", "contradiction"),
    )
    _examine(rule)
    return rule


def _examine(rule: Rule) -> None:
    severities = ["", *SEVERITIES]
    for column, known in zip(
        ("kind", "relation", "otherwise", "severity"),
        (KINDS, RELATIONS, VERDICTS, severities),
        strict=True,
    ):
        value = getattr(rule, column)
        if value not in known:
            near = nearest(value, filter(None, known))
            raise UsageError(f"规则 {rule.id} 的 {column} 列没有“{value}”；{near}")
    if rule.relation == "=" and not isinstance(rule.claim, Term):
        raise UsageError(f"规则 {rule.id}：等式的 claim 列应是一个数字，不是算式")
    for node in (rule.claim, rule.computed, *rule.bases):
        for term in expressions.terms(node):
            if term.indicator not in _words():
                codebook.indicator(term.indicator)


@cache
def _words() -> frozenset[str]:
    """Names an expression may use that are no indicators: dimensions, and the year."""
    return frozenset(codebook.dimensions()["dimension"]) | {"department", expressions.YEAR}
