"""The rules nobody has to write: made from the codebook for whatever a report prints.

- a rate that names its numerator and denominator follows from them;
- a change between years is the difference of the two;
- a part (`part_of`, or one value of a dimension) is not above its whole;
- parts that make up a whole (`partitions.csv`) add up to it.

`exceptions.csv` softens single generated rules whose failure has a stated other explanation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache, reduce
from pathlib import Path
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.audit.book import Subject, is_change, parts
from qzanalysis.audit.expressions import Binary, Node
from qzanalysis.audit.lookup import chapter, ratio, term
from qzanalysis.audit.rules import Rule

_FOLDER: Final = Path(__file__).parent


@cache
def rules_of(subject: Subject) -> tuple[tuple[int, Rule], ...]:
    """Every generated rule about one indicator and breakdown, with the number of its family.

    Whether a rule applies to a report depends on what else that prints: see `Rule.needs`.
    """
    families = (_ratios, _differences, _wholes, _parts, _partitions)
    made = [(family, rule) for family, make in enumerate(families) for rule in make(*subject)]
    return tuple((f, soft) for f, rule in made if (soft := _softened(rule)) is not None)


def _softened(rule: Rule) -> Rule | None:
    """The rule with its exception applied; None if it does not apply at all (`skip`)."""
    for pattern, otherwise, reason in _lines("exceptions.csv"):
        if fnmatchcase(rule.id, pattern):
            if otherwise == "skip":
                return None
            return replace(rule, otherwise=otherwise, reason=reason)
    return rule


@cache
def _lines(name: str) -> list[tuple[str, ...]]:
    return [tuple(map(str, line)) for line in codebook.read_table(_FOLDER / name).to_numpy()]


def _rule(subject: Subject, name: str, kind: str, relation: str, right: Node, **more: Any) -> Rule:
    indicator, claim = subject[0], term(*subject)
    return Rule(name, chapter(indicator), kind, claim, relation, right, **more)


def _without(breakdown: str, dimension: str) -> str:
    return ";".join(p for p in breakdown.split(";") if p and not p.startswith(f"{dimension}="))


def _joined(rest: str, dimension: str, value: str) -> str:
    return ";".join(sorted([*filter(None, rest.split(";")), f"{dimension}={value}"]))


def _suffix(breakdown: str) -> str:
    return f"-{breakdown}" if breakdown else ""


def _ratios(indicator: str, breakdown: str) -> Iterator[Rule]:
    definition, computed = codebook.ratio(indicator), ratio(indicator, breakdown)
    if definition is None or computed is None or is_change(breakdown):
        return
    top, bottom = codebook.label(definition.numerator), codebook.label(definition.denominator)
    said = f"{codebook.label(indicator, breakdown)}应由{top}除以{bottom}得出"
    name = f"ratio-{indicator}{_suffix(breakdown)}"
    yield _rule(
        Subject(indicator, breakdown), name, "ratio", "=", computed, statement=said, search=True
    )


def _differences(indicator: str, breakdown: str) -> Iterator[Rule]:
    change = parts(breakdown).get("change")
    if change is None:
        return
    rest = _without(breakdown, "change")
    now, before = term(indicator, rest), term(indicator, rest, -1)
    computed = Binary("-", before, now) if change == "decrease" else Binary("-", now, before)
    said = f"{codebook.label(indicator, rest)}与上年的增减应等于两年之差"
    name = f"change-{indicator}{_suffix(rest)}-{change}"
    yield _rule(Subject(indicator, breakdown), name, "difference", "=", computed, statement=said)


def _wholes(indicator: str, breakdown: str) -> Iterator[Rule]:
    """Below the whole of the same part where that is printed, else below the whole of all."""
    whole = codebook.indicator(indicator)["part_of"]
    if not whole or is_change(breakdown):
        return
    own: tuple[Subject, ...] = (Subject(indicator),) if breakdown else ()
    same = Subject(whole, breakdown)
    yield _within(Subject(indicator, breakdown), same, (same,) if breakdown else (), own)
    if breakdown:
        yield _within(Subject(indicator, breakdown), Subject(whole), (), (*own, same))


def _within(
    part: Subject, whole: Subject, needs: tuple[Subject, ...], unless: tuple[Subject, ...]
) -> Rule:
    said = f"{codebook.label(*part)}不应多于{codebook.label(*whole)}"
    name = f"within-{part[0]}{_suffix(part[1])}"
    return _rule(
        part, name, "subset", "<=", term(*whole), statement=said, needs=needs, unless=unless
    )


def _parts(indicator: str, breakdown: str) -> Iterator[Rule]:
    if is_change(breakdown) or not codebook.is_count(indicator):
        return
    for dimension in parts(breakdown):
        rest = _without(breakdown, dimension)
        said = f"{codebook.label(indicator, breakdown)}不应多于{codebook.label(indicator, rest)}"
        name = f"part-{indicator}-{breakdown}" + (f"-in-{rest}" if rest else "")
        whole = term(indicator, rest)
        yield _rule(
            Subject(indicator, breakdown), name, "subset", "<=", whole, statement=said,
            needs=(Subject(indicator, rest),),
        )  # fmt: skip


def _partitions(indicator: str, breakdown: str) -> Iterator[Rule]:
    """Of a whole: the sum of its parts, where all are printed."""
    for own, dimension, members, statement in _lines("partitions.csv"):
        if own != indicator or dimension in parts(breakdown):
            continue
        names = [_joined(breakdown, dimension, value) for value in members.split("|")]
        terms: list[Node] = [term(own, name) for name in names]
        computed = reduce(lambda a, b: Binary("+", a, b), terms)
        yield _rule(
            Subject(own, breakdown), f"sum-{own}-{dimension}{_suffix(breakdown)}", "parts_total", "=",
            computed, statement=statement, needs=tuple(Subject(own, name) for name in names),
        )  # fmt: skip
