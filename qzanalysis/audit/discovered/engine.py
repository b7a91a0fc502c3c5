"""The audit of a document: relations discovered in it, wrong numbers, findings, and the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from qzanalysis.audit import findings
from qzanalysis.audit.discovered import across, named, quoted, sentences, tables, totals
from qzanalysis.audit.discovered.localise import Cause, causes, nearest
from qzanalysis.audit.discovered.material import Material
from qzanalysis.audit.discovered.relations import Family, Feasible, Quotient, Relation, Sum
from qzanalysis.audit.findings import SEVERITIES, severity
from qzanalysis.figures.intervals import shown
from qzanalysis.figures.located import SCALE, Located

LISTED: Final = 12  # terms of a sum that are written out
RIVALS: Final = 8  # other numbers that are named as perhaps wrong


@dataclass(frozen=True, slots=True)
class Finding(findings.Finding):
    """One wrong number, or one open question, with the numbers that show it.

    Attributes:
        wrong: the figures that are accused.
    """

    figures: tuple[Located, ...]  # type: ignore[assignment]
    wrong: tuple[Located, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The object of the contract, which does not say which figures are accused."""
        own = findings.Finding.as_dict(self)
        return {name: value for name, value in own.items() if name != "wrong"}


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in a document.

    Attributes:
        material: its numbers, tables and passages.
        findings: worst first.
        checked: the numbers that take part in a relation that was tested.
        relations: what was tested.
    """

    material: Material
    findings: tuple[Finding, ...]
    checked: frozenset[Located]
    relations: tuple[Relation, ...] = ()

    @property
    def ledger(self) -> dict[str, int]:
        """How many numbers were read, checked, could not be checked; and places not read."""
        read, checked = len(self.material.numbers), len(self.checked)
        return {
            "read": read,
            "checked": checked,
            "uncheckable": read - checked,
            "unread": self.material.unread,
        }


def audit(material: Material) -> Audit:
    """Discover the relations of a document, test them, and name the numbers that break them.

    Args:
        material: the located numbers of the document.

    Returns:
        Findings, worst first, and which numbers were checked.
    """
    families = [each for sheet in material.sheets for each in tables.relations(sheet)]
    families += totals.totals(material.sheets)
    families += across.relations(material, families)
    families += sentences.relations(material)
    families += quoted.relations(material, families)
    families += named.relations(material)
    relations = _distinct(families)
    found, open_questions = causes([each for each in relations if not _alone(each)])
    found += _guessed(relations, found)
    listed = [_finding(cause, n) for n, cause in enumerate(found, start=1)]
    dropped = set(open_questions)
    tested = tuple(each for each in relations if each not in dropped)
    checked = frozenset(number for each in tested for number in each.numbers)
    read = set(material.numbers)
    order = list(SEVERITIES)
    return Audit(
        material,
        tuple(sorted(listed, key=lambda each: order.index(each.severity))),
        checked & read,
        tested,
    )


def _guessed(relations: Iterable[Relation], found: Sequence[Cause]) -> Iterator[Cause]:
    """The broken relations that stand alone, but for those that a wrong number explains."""
    values = {number: value for each in found for number, value in each.values.items()}
    for each in relations:
        if _alone(each) and not each.holds({}) and not each.holds(values):
            claim = each.numbers[0]
            span = each.allowed(claim, {})
            yield Cause(claim, span and nearest(claim, *span), (each,))


def _alone(relation: Relation) -> bool:
    """True for a relation that says nothing about which number is wrong: a guess, or a wording."""
    return bool(relation.guess) or relation.kind == "wording"


def _distinct(families: Iterable[Family]) -> list[Relation]:
    """The relations of all families, those between the same numbers once."""
    seen: dict[object, Relation] = {}
    for each in families:
        for relation in each.relations:
            seen.setdefault((type(relation), frozenset(relation.numbers)), relation)
    return list(seen.values())


# --- words ---------------------------------------------------------------------------------------


def _finding(cause: Cause, number: int) -> Finding:
    relation = cause.broken[0]
    verdict = "implausible" if isinstance(relation, Feasible) else "contradiction"
    if relation.guess:
        verdict = "undecided"
    elif relation.kind == "wording":
        verdict = "other_base"
    wrong = cause.number
    proper = None if cause.value is None else _proper(wrong, cause.value)
    change = (
        abs(Decimal(wrong.value - cause.value) / wrong.value)
        if cause.value is not None and wrong.value
        else None
    )
    figures = tuple(
        dict.fromkeys((*cause.values, *(n for each in cause.broken for n in each.numbers)))
    )
    level = severity(verdict, (), change)
    return Finding(
        f"D{number}",
        0,
        relation.kind,
        verdict,
        level,
        f"{_said(relation)}{'；' + relation.guess if relation.guess else ''}。",
        figures[:60],
        proper,
        None if cause.value is None else shown(Decimal(wrong.value - cause.value) / SCALE, 4),
        _suggestion(cause, proper),
        tuple(cause.values),
    )


def _proper(number: Located, value: int) -> str:
    digits = number.quantity.decimals
    text = f"{Decimal(value) / SCALE:.{digits}f}"
    return text + (number.unit if number.unit in "%‰" else "")


def _suggestion(cause: Cause, proper: str | None) -> str:
    where = _quoted(cause.number)
    if cause.broken[0].kind == "wording":
        return f"{where} 改为 {cause.number.printed.rstrip('%')} 个百分点"
    count = len(cause.broken)
    if cause.other is not None:
        text = f"{where}与 {_quoted(cause.other)}互换则 {count} 处关系成立"
    elif proper is None:
        text = f"请核对 {where}"
    else:
        rest = f"与之有关的 {count} 处关系" if count > 1 else "这一关系"
        text = f"{where} 改为 {proper} 则{rest}成立"
    others = "、".join(map(_quoted, cause.rivals[:RIVALS]))
    return f"{text}；也可能是 {others} 有误" if others else text


def _quoted(number: Located) -> str:
    return f"{number.place}“{number.printed}”"


def _named(number: Located) -> str:
    label = number.words if "表" in number.place else number.label or number.words
    return f"{number.place}“{label[:30]}”"


def _said(relation: Relation) -> str:
    claim = relation.numbers[0]
    head = f"{_named(claim)}印作 {claim.printed}"
    if isinstance(relation, Feasible) and relation.part:
        least = relation.smallest(claim.low, claim.high)
        base = f"{relation.bottom.printed}（{relation.bottom.place}）"
        return f"{head}，至少要有 {least} 人才能得出，多于 {base}"
    if isinstance(relation, Feasible):
        return f"{head}，但以 {relation.bottom.printed}（{relation.bottom.place}）为分母，没有整数能得出"
    if isinstance(relation, Quotient) and relation.kind == "wording":
        ends = f"{relation.top.printed} 与 {_printed(relation.bottom)}"
        growth = _span(relation.computed({}) or (0, 0))
        return f"{head}，是 {ends} 之差，应写作百分点；按百分比计算为 {growth}%"
    if isinstance(relation, Quotient):
        computed = relation.computed({})
        base = _printed(relation.bottom)
        value = (
            ""
            if computed is None
            else f" = {_span(computed, 4)}{'%' if relation.factor == 100 else ''}"
        )
        less = " − 100%" if relation.shift else ""
        return (
            f"{head}，而 {relation.top.printed}（{relation.top.place}）÷ {base}{less}{value}，不符"
        )
    return f"{head}，{_sum(relation)}"


def _printed(base: Located | tuple[int, int]) -> str:
    if isinstance(base, Located):
        return f"{base.printed}（{base.place}）"
    return f"同列其余占比共同的分母 {_span(base)}"


def _span(bounds: tuple[int, int], digits: int = 2) -> str:
    low, high = (shown(Decimal(end) / SCALE, digits) for end in bounds)
    return low if low == high else f"{low} 至 {high}"


def _sum(relation: Sum) -> str:
    weight, claim = relation.terms[0]
    others = relation.terms[1:]
    if len(others) == 1 and abs(others[0][0]) == abs(weight):
        return f"另处 {_named(others[0][1])}印作 {others[0][1].printed}，同一数字不符"
    low, high = sorted(end // -weight for end in relation.range({}, claim))
    total, fixed = _span((low, high)), -relation.constant[0] // weight
    parts = (
        (_span((fixed, fixed)) if fixed else "")
        + "".join(
            f" {'−' if w * weight > 0 else '+'} {str(abs(w)) + '×' if abs(w) != abs(weight) else ''}{n.printed}"
            for w, n in others[:LISTED]
        ).removeprefix(" + ")
        + (f" + …（共 {len(others)} 项）" if len(others) > LISTED else "")
    )
    if relation.kind == "mean":
        return f"各部分按人数加权的平均应为 {total}"
    return f"各项 {parts} = {total}，不符"


def as_dict(document: dict[str, Any], found: Audit) -> dict[str, Any]:
    """The answer of the contract for one document."""
    return {
        "document": document,
        "numbers": found.ledger,
        "findings": [each.as_dict() for each in found.findings],
    }
