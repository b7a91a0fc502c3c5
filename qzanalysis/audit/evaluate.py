"""Expressions evaluated over a table of figures: in many cases at once, each a report and a year.

The numbers of all cases are computed together, exactly (`exact`). The words and the coefficients of
one case are made when they are asked for, from the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Final, NamedTuple

import numpy as np

from qzanalysis import codebook
from qzanalysis.audit import expressions
from qzanalysis.audit.exact import Spans, Truths, extreme, rational, total
from qzanalysis.audit.expressions import Binary, Call, Leaf, Node, Number, Slot, Term
from qzanalysis.audit.table import NONE, Figure, Integers, Key, Reading, Subject, Table, fits, parts
from qzanalysis.figures.intervals import Interval, shown

LISTED: Final = 7  # a formula writes out so many members, and only counts more
_SIGNS: Final[Mapping[str, str]] = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_HUNDRED: Final = Spans.exact(100)
Weights = dict[Key | None, Decimal]


class Words(NamedTuple):
    """How a value was computed, and the readings it rests on."""

    formula: str
    readings: tuple[Reading, ...] = ()
    compound: bool = False

    @property
    def bracketed(self) -> str:
        """The formula as part of another one."""
        return f"({self.formula})" if self.compound else self.formula


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Where an expression is evaluated: a report and a year each.

    `claim` is the first row of the reading that a rule tests (`NONE` for no single one); it stands
    for its cell on both sides. `source` is where the claim is read.
    """

    table: Table
    report: Integers
    year: Integers
    claim: Integers
    source: str = ""

    @classmethod
    def of(cls, table: Table, report: Integers, year: Integers) -> Cases:
        """Cases without a claim."""
        return cls(table, report, year, np.full(len(report), NONE))

    def at(self, case: int) -> Cases:
        """One case alone."""
        one = slice(case, case + 1)
        return replace(self, report=self.report[one], year=self.year[one], claim=self.claim[one])


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """The figures at one place of an expression in every case.

    Attributes:
        leaf: what they are, of each of several rules; `which` of these each case belongs to.
        cells, rows: cases by members: the cell, and the first row of its reading, or `NONE`.
        values: for `distinct`, the value of the dimension of each member.
    """

    leaves: Sequence[Leaf]
    which: Integers
    cells: Integers
    rows: Integers
    values: tuple[str, ...] = ()

    @property
    def there(self) -> Truths:
        """Cases by members: true where there is a number."""
        found: Truths = self.rows != NONE
        return found

    def at(self, case: int) -> Figures:
        """One case alone."""
        one = slice(case, case + 1)
        return replace(self, which=self.which[one], cells=self.cells[one], rows=self.rows[one])


def figures(cases: Cases, leaves: Sequence[Leaf], which: Integers) -> Figures:
    """Find the figures of a place; several rules share it only where each names one figure.

    Args:
        leaves: what each rule has there, all from one source.
        which: the rule of each case.
    """
    table, first = cases.table, cases.table.leading(leaves[0].term.source).first
    offset = np.array([leaf.term.year for leaf in leaves], np.int64)[which]
    year = np.where(offset > 1000, offset, cases.year + offset)
    values: tuple[str, ...] = ()
    if leaves[0].many:
        members = _members(table, leaves[0]) or [(NONE, "")]
        subjects = np.array([code for code, _ in members], np.int64)[np.newaxis, :]
        values = tuple(value for _, value in members)
        cells = table.find(cases.report[:, np.newaxis], subjects, year[:, np.newaxis])
    else:
        names = [Subject(leaf.term.indicator, leaf.term.written) for leaf in leaves]
        codes = np.array([table.codes.get(name, NONE) for name in names], np.int64)
        cells = table.find(cases.report, codes[which], year)[:, np.newaxis]
    claimed = np.where(cases.claim == NONE, NONE - 1, table.cell[cases.claim])[:, np.newaxis]
    rows = np.where(cells == claimed, cases.claim[:, np.newaxis], first[cells])
    return Figures(leaves, which, cells, rows, values)


def _members(table: Table, leaf: Leaf) -> list[tuple[int, str]]:
    """The subjects a place of several figures may have; for `distinct` with the value counted."""
    own = [(c, table.subjects[c][1]) for c in table.by_indicator.get(leaf.term.indicator, [])]
    if leaf.dimension:
        return [(c, value) for c, text in own if (value := member(text, leaf.dimension))]
    pattern = dict(leaf.term.breakdown)
    return [(code, "") for code, text in own if fits(parts(text), pattern)]


def member(breakdown: str, dimension: str) -> str:
    """The value of a dimension; a department is looked up through the programme."""
    own = parts(breakdown)
    if dimension == "department" and "programme" in own:
        return _department(own["programme"])
    return own.get(dimension, "")


@cache
def _department(programme: str) -> str:
    return str(codebook.programmes().loc[programme, "department"])


class Expression:
    """An expression in every case.

    Args:
        cases: where it is evaluated.
        shape: its form (see `expressions.shape`).
        places: the figures of each slot.

    Attributes:
        spans: the intervals of possible results; meaningless where `absent` or `void`.
        absent: the first slot that has no number in a case, or `NONE`.
        void: true where a divisor may be zero.
    """

    def __init__(self, cases: Cases, shape: Node, places: Sequence[Figures]) -> None:
        self.cases, self.shape, self.places = cases, shape, places
        size = len(cases.report)
        self.void = np.zeros(size, np.bool_)
        self.absent = np.full(size, NONE, np.int64)
        for slot in reversed(list(expressions.slots(shape))):
            self.absent[~places[slot].there.any(axis=1)] = slot
        self.spans = self._spans(shape)

    @classmethod
    def of(cls, cases: Cases, node: Node) -> Expression:
        """An expression of one rule."""
        shape, leaves = expressions.shape(node)
        which = np.zeros(len(cases.report), np.int64)
        return cls(cases, shape, [figures(cases, [leaf], which) for leaf in leaves])

    def at(self, case: int, part: Node | None = None) -> Expression:
        """One case alone, or a part of the expression in it."""
        places = [place.at(case) for place in self.places]
        return Expression(self.cases.at(case), self.shape if part is None else part, places)

    @property
    def known(self) -> Truths:
        """True where it has a value."""
        found: Truths = (self.absent == NONE) & ~self.void
        return found

    @cached_property
    def told(self) -> Truths:
        """True where the first number that is absent has a cell, which is empty."""
        found = np.zeros(len(self.absent), np.bool_)
        for slot, place in enumerate(self.places):
            if not place.leaves[0].dimension:
                cells = self.cases.table.empty[place.cells].any(axis=1)
                found |= (self.absent == slot) & cells
        return found

    def interval(self, case: int = 0) -> Interval:
        """The result of one case."""
        return self.spans.interval(case)

    def missing(self, case: int) -> tuple[str, tuple[Figure, ...]]:
        """The name of the first number that is absent, and its empty cells."""
        place = self.places[self.absent[case]]
        leaf = place.leaves[place.which[case]]
        if leaf.dimension:
            return codebook.label(leaf.term.indicator), ()
        table, year = self.cases.table, leaf.term.in_year(int(self.cases.year[case]))
        cells = [cell for cell in place.cells[case].tolist() if cell != NONE]
        found = (
            f for cell in sorted(cells, key=table.filed.item) for f in table.cell_figures(cell)
        )
        name = Key(leaf.term.indicator, leaf.term.written, year).label
        return name, tuple(figure for figure in found if figure.quantity is None)

    def words(self, case: int = 0) -> Words:
        """The formula of one case, and its readings."""
        return self._words(self.shape, case)

    def weights(self, case: int, part: Node | None = None) -> Weights | None:
        """Coefficients in one case if the expression, or a part, is linear; `None` is the constant."""
        return self._weights(self.shape if part is None else part, case)

    def _spans(self, node: Node) -> Spans:
        if isinstance(node, Number):
            exact = rational(node.value)
            return Spans.exact(exact.numerator, exact.denominator)
        if isinstance(node, Term):
            return Spans.exact(self.cases.year)
        if isinstance(node, Slot):
            return self._total(node)
        if isinstance(node, Binary):
            return self._joined(node.operator, self._spans(node.left), self._spans(node.right))
        return self._called(node)

    def _joined(self, operator: str, left: Spans, right: Spans) -> Spans:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        self.void |= right.may_be_zero()
        return left / right

    def _called(self, node: Call) -> Spans:
        first = node.arguments[0]
        if node.function == "share":
            return self._joined("/", *map(self._spans, node.arguments)) * _HUNDRED
        if node.function == "total":
            return self._spans(first)
        if node.function == "exact":
            return self._spans(first).only(1)
        if node.function == "whole":
            return self._spans(first).rounded()
        return self._aggregate(node, first)

    def _aggregate(self, node: Call, first: Node) -> Spans:
        """A function of all figures that an expression names."""
        places = [self.places[slot] for slot in expressions.slots(first)]
        there = np.concatenate([place.there for place in places], axis=1)
        if node.function == "number":
            return Spans.exact(there.sum(axis=1))
        if node.function == "mean":
            return self._spans(first) / Spans.exact(np.maximum(there.sum(axis=1), 1))
        if node.function == "distinct":
            values = np.array(places[0].values)
            kinds = [there[:, values == value].any(axis=1) for value in dict.fromkeys(values)]
            return Spans.exact(np.sum(kinds, axis=0, dtype=np.int64) + np.zeros_like(self.absent))
        rows = np.concatenate([place.rows for place in places], axis=1)
        return extreme(self._read(rows), there, least=node.function == "least")

    def _total(self, slot: Slot) -> Spans:
        place = self.places[slot.number]
        if place.rows.shape[1] == 1:
            return self._read(place.rows[:, 0])
        return total(self._read(place.rows), place.there)

    def _read(self, rows: Integers) -> Spans:
        table = self.cases.table
        codes = table.interval[rows] if len(table.interval) else rows
        return table.spans.take(np.where(rows == NONE, len(table.intervals), codes))

    def _readings(self, slot: int, case: int) -> tuple[Reading, ...]:
        """The readings at a place: of several figures in the order of the files."""
        place, table, cases = self.places[slot], self.cases.table, self.cases
        rows = [row for row in place.rows[case].tolist() if row != NONE]
        if len(rows) > 1:
            rows.sort(key=lambda row: table.filed[table.cell[row]])
        own, claim = place.leaves[0].term.source, cases.claim[case]
        return tuple(table.reading(row, cases.source if row == claim else own) for row in rows)

    def _words(self, node: Node, case: int) -> Words:
        if isinstance(node, Number):
            return Words(f"{node.value:f}")
        if isinstance(node, Term):
            return Words(str(self.cases.year[case]))
        if isinstance(node, Slot):
            readings = self._readings(node.number, case)
            listed = " + ".join(reading.printed for reading in readings[:LISTED])
            text = listed if len(readings) <= LISTED else f"{len(readings)} 个数合计"
            return Words(text, readings, len(readings) > 1)
        if isinstance(node, Binary):
            return self._binary_words(node, case)
        return self._call_words(node, case)

    def _binary_words(self, node: Binary, case: int) -> Words:
        left, right = self._words(node.left, case), self._words(node.right, case)
        tight = node.operator in "*/"
        product = isinstance(node.left, Binary) and node.left.operator in "*/"
        first = left.bracketed if tight and not product else left.formula
        second = right.bracketed if tight or node.operator == "-" else right.formula
        formula = f"{first} {_SIGNS[node.operator]} {second}"
        return Words(formula, left.readings + right.readings, True)

    def _call_words(self, node: Call, case: int) -> Words:
        inner = [self._words(argument, case) for argument in node.arguments]
        first, count = inner[0], len(inner[0].readings)
        if node.function == "share":
            formula = f"{first.bracketed} ÷ {inner[1].bracketed} × 100%"
            return Words(formula, first.readings + inner[1].readings, True)
        if node.function == "mean":
            return Words(f"{count} 个数的简单平均", first.readings, True)
        if node.function == "number":
            return Words(f"表中列出 {count} 项", first.readings)
        if node.function == "distinct":
            kinds = self.at(case, node).interval().value
            return Words(f"表中列出 {kinds} 种", first.readings)
        if node.function in ("least", "most"):
            pick, word = (min, "最小") if node.function == "least" else (max, "最大")
            value = shown(pick(reading.interval.value for reading in first.readings))
            return Words(f"{count} 个数中{word}的 {value}", first.readings, True)
        return first

    def _weights(self, node: Node, case: int) -> Weights | None:
        if isinstance(node, Number):
            return {None: node.value}
        if isinstance(node, Term):
            return {None: Decimal(int(self.cases.year[case]))}
        if isinstance(node, Slot):
            return self._slot_weights(node.number, case)
        if isinstance(node, Binary):
            left, right = self._weights(node.left, case), self._weights(node.right, case)
            return None if left is None or right is None else _joined(node.operator, left, right)
        inner = self._weights(node.arguments[0], case)
        if inner is None or node.function not in ("total", "mean"):
            return None
        return scaled(inner, Decimal(1) / (1 if node.function == "total" else len(inner)))

    def _slot_weights(self, slot: int, case: int) -> Weights | None:
        if self.places[slot].leaves[0].term.source:
            return None
        return {reading.key: Decimal(1) for reading in self._readings(slot, case)}


def scaled(weights: Weights, factor: Decimal) -> Weights:
    """Every coefficient times a factor."""
    return {key: weight * factor for key, weight in weights.items()}


def difference(left: Weights, right: Weights) -> Weights:
    """The coefficients of one expression minus another."""
    zero = Decimal(0)
    return {k: left.get(k, zero) - right.get(k, zero) for k in _keys(left, right)}


def _keys(left: Weights, right: Weights) -> Iterator[Key | None]:
    return iter(dict.fromkeys([*left, *right]))


def _joined(operator: str, left: Weights, right: Weights) -> Weights | None:
    if operator == "+":
        return difference(left, scaled(right, Decimal(-1)))
    if operator == "-":
        return difference(left, right)
    if operator == "*" and left.keys() == {None}:
        return scaled(right, left[None])
    if right.keys() == {None}:
        return scaled(left, right[None] if operator == "*" else 1 / right[None])
    return None
