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
from qzanalysis.audit.book import Subject, chapter, is_change, parts
from qzanalysis.audit.expressions import Binary, Node, definition, term
from qzanalysis.audit.findings import identifier
from qzanalysis.audit.rules import Rule
from qzanalysis.reports.report import sorted_key

_FOLDER: Final = Path(__file__).parent


@cache
def rules_of(subject: Subject) -> tuple[tuple[int, Rule], ...]:
    """Every generated rule about one indicator and breakdown, with the number of its family.

    Whether a rule applies to a report depends on what else that prints: see `Rule.needs`.
    """
    families = (_ratios, _differences, _wholes, _parts, _partitions)
    made = [(family, rule) for family, make in enumerate(families) for rule in make(subject)]
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


def _rule(
    subject: Subject, id: str, kind: str, relation: str, computed: Node, said: str, **more: Any
) -> Rule:
    """A rule about one figure."""
    place = chapter(subject.indicator)
    return Rule(id, place, kind, term(*subject), relation, computed, said, **more)


def _without(breakdown: str, dimension: str) -> str:
    return ";".join(p for p in breakdown.split(";") if p and not p.startswith(f"{dimension}="))


def _ratios(own: Subject) -> Iterator[Rule]:
    ratio, computed = codebook.ratio(own.indicator), definition(*own)
    if ratio is None or computed is None or is_change(own.breakdown):
        return
    top, bottom = codebook.label(ratio.numerator), codebook.label(ratio.denominator)
    said = f"{codebook.label(*own)}应由{top}除以{bottom}得出"
    yield _rule(own, identifier("ratio", *own), "ratio", "=", computed, said, search=True)


def _differences(own: Subject) -> Iterator[Rule]:
    change = parts(own.breakdown).get("change")
    if change is None:
        return
    rest = Subject(own.indicator, _without(own.breakdown, "change"))
    now, before = term(*rest), term(*rest, -1)
    computed = Binary("-", before, now) if change == "decrease" else Binary("-", now, before)
    said = f"{codebook.label(*rest)}与上年的增减应等于两年之差"
    yield _rule(own, identifier("change", *rest, change), "difference", "=", computed, said)


def _wholes(own: Subject) -> Iterator[Rule]:
    """Below the whole of the same part where that is printed, else below the whole of all."""
    whole = codebook.indicator(own.indicator)["part_of"]
    if not whole or is_change(own.breakdown):
        return
    same = Subject(whole, own.breakdown)
    if not own.breakdown:
        yield _within(own, same)
        return
    yield _within(own, same, needs=(same,), unless=(Subject(own.indicator),))
    yield _within(own, Subject(whole), unless=(Subject(own.indicator), same))


def _within(part: Subject, whole: Subject, **more: tuple[Subject, ...]) -> Rule:
    said = f"{codebook.label(*part)}不应多于{codebook.label(*whole)}"
    return _rule(part, identifier("within", *part), "subset", "<=", term(*whole), said, **more)


def _parts(own: Subject) -> Iterator[Rule]:
    counted = codebook.is_count(own.indicator) and not is_change(own.breakdown)
    for dimension in parts(own.breakdown) if counted else ():
        whole = Subject(own.indicator, _without(own.breakdown, dimension))
        said = f"{codebook.label(*own)}不应多于{codebook.label(*whole)}"
        name = identifier("part", *own, "in" if whole.breakdown else "", whole.breakdown)
        yield _rule(own, name, "subset", "<=", term(*whole), said, needs=(whole,))


def _partitions(own: Subject) -> Iterator[Rule]:
    """Of a whole: the sum of its parts, where all are printed."""
    for indicator, dimension, members, said in _lines("partitions.csv"):
        if indicator != own.indicator or dimension in parts(own.breakdown):
            continue
        pairs = [f"{dimension}={member}" for member in members.split("|")]
        names = [Subject(indicator, sorted_key(f"{own.breakdown};{pair}")) for pair in pairs]
        terms: list[Node] = [term(*name) for name in names]
        computed = reduce(lambda a, b: Binary("+", a, b), terms)
        name = identifier("sum", indicator, dimension, own.breakdown)
        yield _rule(own, name, "parts_total", "=", computed, said, needs=tuple(names))
