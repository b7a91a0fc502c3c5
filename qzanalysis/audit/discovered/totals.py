"""Totals of the rows and columns of tables, known by their labels or by standing at an end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qzanalysis.audit.discovered.material import Sheet
from qzanalysis.audit.discovered.relations import Family, Relation, Sum, family, kind, slip
from qzanalysis.figures.located import SCALE, SUMMED, Located

HUNDRED: Final = 100 * SCALE
_TOTAL: Final = re.compile(r"^(?:总计|合计|总合计|共计|总数|总体|全校|全体|全部|总人数)")
_SUBTOTAL: Final = re.compile(r"(?:汇总|小计|合计|总计|共计|累计)$")
_OF_WHICH: Final = re.compile(r"^其?中[:：]|^其中")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A column (or row) of figures with its heading, and the labels across it."""

    head: tuple[str, ...]
    figures: tuple[Located | None, ...]
    kind: str  # `count`, `percent`, `number`, `change`

    @property
    def filled(self) -> list[Located]:
        """The figures that are there."""
        return [each for each in self.figures if each is not None]


Labels = tuple[tuple[str, ...], ...]


def columns(sheet: Sheet) -> tuple[Labels, list[Line]]:
    columns = list(zip(*sheet.values, strict=True))
    return sheet.labels, _lines(sheet.heads, columns) if columns else []


def rows(sheet: Sheet) -> tuple[Labels, list[Line]]:
    return sheet.heads, _lines(sheet.labels, sheet.values)


def _lines(
    heads: Sequence[tuple[str, ...]], figures: Sequence[Sequence[Located | None]]
) -> list[Line]:
    lines = []
    for head, line in zip(heads, figures, strict=True):
        usable = tuple(each if each and each.usable else None for each in line)
        kinds = Counter(kind(each) for each in usable if each)
        if kinds:
            most = kinds.most_common(1)[0][0]
            lines.append(
                Line(head, tuple(e if e and kind(e) == most else None for e in usable), most)
            )
    return lines


def structure(figures: Sequence[Located | None], labels: Labels) -> Iterator[tuple[int, list[int]]]:
    """Rows that are totals by their label, each with the rows that are its parts.

    A subtotal has the rows above it back to the last subtotal; a total has all rows that are
    neither; where subtotals are given, they are parts of the total once more.
    """
    names = [("".join(path[-1:]), path) for path in labels]
    inner: list[int] = []
    leaves: list[int] = []
    subtotals: list[int] = []
    totals: list[int] = []
    for n, (name, _) in enumerate(names):
        if _TOTAL.match(name) and name == (labels[n][0] if labels[n] else ""):
            totals.append(n)
        elif _SUBTOTAL.search(name):
            subtotals.append(n)
            if inner:
                yield from _with(n, inner, figures)
            inner = []
        elif not _OF_WHICH.match(name):
            inner.append(n)
            leaves.append(n)
    for total in totals:
        yield from _with(total, leaves, figures)
        if subtotals:
            yield from _with(total, subtotals, figures)


def _with(
    total: int, parts: Sequence[int], figures: Sequence[Located | None]
) -> Iterator[tuple[int, list[int]]]:
    if figures[total] is not None:
        there = [n for n in parts if figures[n] is not None]
        if there:
            yield total, there


def sums_down(lines: Sequence[Line], labels: Labels) -> Iterator[Family]:
    """Totals and subtotals by their labels, in all lines that can be added; then the end rows."""
    addable = _addable(lines)
    yield added([_totals(line, labels) for line in addable], "down")
    for at in (0, -1):  # a first or last row that is a total whatever its label
        ends: list[list[Relation]] = []
        for line in addable:
            whole = line.figures[at]
            parts = line.figures[1:] if at == 0 else line.figures[:-1]
            if whole and sum(part is not None for part in parts) > 1:
                ends.append([Sum("parts_total", ((1, whole), *((-1, p) for p in parts if p)))])
        yield added(ends, "ends")


def _addable(lines: Sequence[Line]) -> list[Line]:
    return [each for each in lines if each.filled and all(e.role in SUMMED for e in each.filled)]


def totals(sheets: Sequence[Sheet]) -> list[Family]:
    """Totals by their labels that the tables themselves leave in doubt.

    A table with one wrong total has few others to be believed by; the other tables of the document
    show whether its totals are sums. A total is left out where more than one fails in a table.
    """
    found = [
        [
            added([_totals(line, labels) for line in _addable(lines)], "down")
            for labels, lines in both
        ]
        for both in ((columns(sheet), rows(sheet)) for sheet in sheets)
    ]
    held = [[each for each in own if each.broken == 0] for own in found]
    doubtful = [each for own in found for each in own if each.broken == 1]
    sound = [own for own in held if len(own) == 2 and any(each.held for each in own)]
    if len(sound) < len(doubtful):
        doubtful = [e for e in doubtful if (e.held > 0 and e.bits > 10) or _misprinted(e)]
    return [*(each for own in held for each in own), *doubtful]


def _misprinted(totals: Family) -> bool:
    """True where the total that fails is large and differs from its sum in one digit."""
    for whole, *parts in (each.numbers for each in totals.relations if not each.holds({})):
        return whole.value >= 10 * HUNDRED and slip(whole, sum(each.value for each in parts))
    return False


def _totals(line: Line, labels: Labels) -> list[Relation]:
    """The totals of a line by their labels."""
    found: list[Relation] = []
    for total, parts in structure(line.figures, labels):
        whole = line.figures[total]
        assert whole is not None
        terms = [line.figures[n] for n in parts]
        found.append(Sum("parts_total", ((1, whole), *((-1, t) for t in terms if t))))
    return found


def added(groups: Sequence[Sequence[Relation]], *names: object) -> Family:
    """Totals of one line each; lines that are not added up are failures of the family."""
    lines = [each for each in groups if each and _additive(each)]
    found = family([each for line in lines for each in line], *names)
    return replace(found, broken=found.broken + sum(map(bool, groups)) - len(lines))


def _additive(sums: Sequence[Relation]) -> bool:
    """False for a line whose totals are highest values, means or the like."""
    broken = [each for each in sums if not each.holds({})]
    return 2 * len(broken) <= len(sums) if len(sums) > 1 else all(map(_near, broken))


def _near(relation: Relation) -> bool:
    """True for a total that its parts give or nearly give, or would but for a digit or zeros.

    A highest value or a mean is less than one part or far from the sum of them.
    """
    whole, *parts = relation.numbers
    total, most = sum(each.value for each in parts), max(each.value for each in parts)
    if relation.holds({}) or total < 2 * whole.value < 4 * total:
        return relation.holds({}) or whole.value > most
    zeros = ({each: each.value // ten} for each in relation.numbers for ten in (10, 100))
    printed = len(parts) > 2 and total >= HUNDRED and whole.value > most and slip(whole, total)
    return printed or any(map(relation.holds, zeros))
