"""Repairs put into words: which figure, where it is printed, and what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from qzanalysis.audit import evaluate
from qzanalysis.audit.book import Book, Key, Reading, unit
from qzanalysis.audit.evaluate import Stated
from qzanalysis.audit.expressions import Binary, Call, Node
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.localise import Change, Cluster, Repair
from qzanalysis.audit.relations import Case
from qzanalysis.figures.intervals import shown
from qzanalysis.figures.quantities import times, unit_of

TIE = 0.06  # for each figure changed: one further printing does not break a tie, two do
SLACK = Decimal("1e-6")  # of the solver, not of the figures
FAMILIAR = 100  # smaller numbers coincide by chance


def advice(
    book: Book, tested: Sequence[Case], found: Sequence[Finding], clusters: Sequence[Cluster]
) -> dict[str, str]:
    """Finding id → suggestion.

    Args:
        book: the report's figures.
        tested: every rule as tested.
        found: every finding, to match repeated figures with their cluster.
        clusters: localised contradictions.
    """
    suggestions: dict[str, str] = {}
    by_id = {one.finding.id: one for one in tested}
    for cluster in clusters:
        for finding in found:
            if finding.verdict == "contradiction" and _concerns(cluster, finding):
                one = by_id.get(finding.id)
                exact = "".join(_coincidences(book, one)) if one else ""
                text = exact or _ranked(cluster.repairs, by_id)
                if text:
                    suggestions[finding.id] = text
    for one in tested:
        certain = one.rule.otherwise == "contradiction"
        if certain and one.finding.verdict == "truncated" and one.claim is not None:
            suggestions[one.finding.id] = (
                f"{one.claim.places}的“{one.claim.printed}”按四舍五入应为 {_rounded(one, one.claim)}。"
            )
    return suggestions


def _concerns(cluster: Cluster, finding: Finding) -> bool:
    if finding.rule == "same_figure":
        return finding.figures[0].key in cluster.keys
    return finding.id in cluster.findings


def _ranked(repairs: Sequence[Repair], by_id: dict[str, Case]) -> str:
    """The repairs in words: those that are equally good, then those that are less likely."""
    if not repairs:
        return ""
    margin = repairs[0].cost + TIE * len(repairs[0].changes)
    texts = ["，并且".join(_change(change, by_id) for change in one.changes) for one in repairs]
    ties = sum(repair.cost <= margin for repair in repairs)
    if ties > 1 and len(repairs[0].changes) > 1:
        return "改动任何一个数都不能使各处一致，请学校说明各数的口径。"
    best, rest = "；或".join(texts[:ties]), "；或".join(texts[ties:])
    text = f"最可能有误的是{best}" if ties == 1 else f"仅凭算术分不清是哪一个有误：{best}"
    return text + (f"。印出处数更多、可能性较小的另一改法：{rest}。" if rest else "。")


def _change(change: Change, by_id: dict[str, Case]) -> str:
    reading = change.reading
    name = f"{reading.places}的 {reading.key.label}“{reading.printed}”"
    return f"{name}，{_target(change, by_id)}"


def _target(change: Change, by_id: dict[str, Case]) -> str:
    """The value, or the interval of values, that would restore agreement."""
    reading = change.reading
    ratio = _ratio_value(reading, by_id)
    if ratio is not None:
        return f"应为 {ratio}"
    scale, name = _scale(reading)
    low, high = (times(Decimal(repr(end)), 1 / scale) for end in (change.low, change.high))
    if not (low.is_finite() and high.is_finite()):
        return "应更正"
    first, last = _within(low, high, reading.interval.decimals)
    if first > last:  # nothing printed so coarsely would agree
        first, last = _within(low, high, reading.interval.decimals + 1)
    return f"应{_range(first, last, change, scale)}{name}"


def _within(low: Decimal, high: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """The first and the last number of so many decimals between two solved bounds."""
    step = Decimal(1).scaleb(-decimals)
    return (
        (low - SLACK).quantize(step, ROUND_CEILING),
        (high + SLACK).quantize(step, ROUND_FLOOR),
    )


def _range(first: Decimal, last: Decimal, change: Change, scale: Fraction) -> str:
    own = times(change.reading.interval.value, 1 / scale)
    if first == last:
        return f"为 {shown(first, 4)}"
    if first <= 0 < own and last < own:
        return f"不大于 {shown(last, 4)}"
    if last >= 3 * abs(own):
        return f"不小于 {shown(first, 4)}"
    return f"在 {shown(first, 4)} 至 {shown(last, 4)} 之间"


def _scale(reading: Reading) -> tuple[Fraction, str]:
    """What the printed digits must be multiplied by, and the unit they are printed in."""
    printed, own = reading.printed, unit(reading.key.indicator)
    factor, mark = unit_of(printed)
    if factor != 1:
        return factor, f" {mark}"
    if any(character.isdigit() for character in printed):
        return factor, "%" if own == "%" else ""
    return factor, f" {own}"


def _ratio_value(reading: Reading, by_id: dict[str, Case]) -> str | None:
    """For the claim of a ratio: what its numerator and denominator give, at its own precision."""
    for one in by_id.values():
        broken = one.rule.kind == "ratio" and one.finding.verdict == "contradiction"
        if broken and one.claim == reading:
            return _rounded(one, reading) + ("%" if unit(reading.key.indicator) == "%" else "")
    return None


def _rounded(one: Case, claim: Reading) -> str:
    return shown(one.computed.value, claim.interval.decimals)


def _coincidences(book: Book, one: Case) -> Iterator[str]:
    """A sum that happens to be another figure of the report: perhaps that one was entered."""
    for side in (one.rule.claim, one.rule.computed):
        for node in _sums(side):
            if total := evaluate.stated(node, one.scope):
                for key in _equals(book, total, one.scope.year):
                    yield (
                        f"{total.formula} = {shown(total.interval.value)} 恰等于 {key.label}，"
                        "很可能是把后者的分项填到了这里，请学校提供本项人数。"
                    )


def _sums(node: Node) -> Iterator[Node]:
    if isinstance(node, Call) and node.function == "total":
        yield node
    elif isinstance(node, Binary):
        yield from _sums(node.left)
        yield from _sums(node.right)


def _equals(book: Book, total: Stated, year: int) -> Iterator[Key]:
    value, indicators = total.interval.value, {one.key.indicator for one in total.readings}
    for key, reading in book.first.items() if value >= FAMILIAR else ():
        exact = reading.interval.is_exact and reading.interval.value == value
        if exact and key.year == year and key.indicator not in indicators:
            yield key
