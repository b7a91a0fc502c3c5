"""Expressions of the catalogue evaluated in one report and year.

An expression has a value (`value`), a formula for readers (`words`), and coefficients where it is
linear (`weights`); all three read the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, reduce
from operator import add, mul, sub, truediv
from typing import Final, NamedTuple

from qzanalysis import codebook
from qzanalysis.audit.book import Book, Figure, Key, Reading, fits, parts
from qzanalysis.audit.expressions import YEAR, Binary, Call, Node, Number, Term, terms
from qzanalysis.audit.spans import Span, extreme
from qzanalysis.figures.intervals import Interval, shown

LISTED: Final = 7  # a formula writes out so many members, and only counts more
_SIGNS: Final[Mapping[str, str]] = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_HUNDRED: Final = Span.exact(100)
_OPERATORS: Final[Mapping[str, Callable[[Span, Span], Span]]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": truediv,
}
_OF_ONE: Final[Mapping[str, Callable[[Span], Span]]] = {
    "total": lambda span: span,
    "exact": Span.face_value,
    "whole": Span.rounded,
}
_PHRASES: Final[Mapping[str, str]] = {
    "mean": "{} 个数的简单平均",
    "number": "表中列出 {} 项",
    "least": "{} 个数中最小的 {}",
    "most": "{} 个数中最大的 {}",
}
Weights = dict[Key | None, Decimal]  # None: the constant


class Absent(Exception):
    """A figure of an expression has no number.

    Attributes:
        key: of the figure, or of the figures whose values of a dimension were to be counted.
        empty: its cells that hold no number; none where the report does not print it at all.
    """

    def __init__(self, key: Key, empty: tuple[Figure, ...] = ()) -> None:
        super().__init__()
        self.key, self.empty = key, empty

    @property
    def name(self) -> str:
        """The name of the figure."""
        return self.key.label if self.key.year else codebook.label(self.key.indicator)


class Words(NamedTuple):
    """How a value was computed, and the readings it rests on."""

    formula: str
    readings: tuple[Reading, ...] = ()
    compound: bool = False

    @property
    def bracketed(self) -> str:
        """The formula as part of another one."""
        return f"({self.formula})" if self.compound else self.formula


class Stated(NamedTuple):
    """A value, how a reader sees it computed, and the readings it rests on."""

    interval: Interval
    formula: str
    readings: tuple[Reading, ...]


@dataclass(slots=True)
class Scope:
    """A report and a year, and the reading under test, which stands for its key on both sides."""

    book: Book
    year: int
    claim: Reading | None = None

    def reading(self, term: Term, key: Key) -> Reading | None:
        """The most authoritative reading of a key, in the place that a term names."""
        if self.claim and self.claim.key == key:
            return self.claim
        if not term.source:
            return self.book.first.get(key)
        return next(iter(self.book.readings(key, term.source)), None)

    def readings(self, term: Term) -> list[Reading]:
        """The reading of each key of a term that has a number, in the order of the files.

        Raises:
            Absent: none has.
        """
        own = Key(term.indicator, term.written, term.in_year(self.year))
        keys = self._matching(own, dict(term.breakdown)) if term.many else [own]
        found = [reading for key in keys if (reading := self.reading(term, key))]
        if not found:
            cells = (figure for key in keys for figure in self.book.figures.get(key, ()))
            raise Absent(own, tuple(figure for figure in cells if figure.quantity is None))
        return found

    def _matching(self, own: Key, pattern: Mapping[str, str]) -> list[Key]:
        keys = self.book.by_indicator.get(own.indicator, ())
        return [key for key in keys if key.year == own.year and fits(key.parts(), pattern)]

    def kinds(self, call: Call) -> dict[Reading, str]:
        """The figures of `distinct`, each with its value of the dimension.

        Raises:
            Absent: there are none.
        """
        table, dimension = call.arguments
        assert isinstance(table, Term) and isinstance(dimension, Term)
        year = table.in_year(self.year)
        found = {
            reading: kind
            for key in self.book.by_indicator.get(table.indicator, ())
            if key.year == year and (kind := member(key.breakdown, dimension.indicator))
            if (reading := self.book.first.get(key))
        }
        if not found:
            raise Absent(Key(table.indicator, "", 0))
        return found


def member(breakdown: str, dimension: str) -> str:
    """The value of a dimension; a department is looked up through the programme."""
    own = parts(breakdown)
    if dimension == "department" and "programme" in own:
        return _department(own["programme"])
    return own.get(dimension, "")


@cache
def _department(programme: str) -> str:
    return str(codebook.programmes().loc[programme, "department"])


def value(node: Node, scope: Scope) -> Span:
    """The possible results of an expression.

    Raises:
        Absent: a figure it needs has no number.
        ZeroDivisionError: it divides by what may be zero.
    """
    if isinstance(node, Term):
        if node.indicator == YEAR:
            return Span.exact(scope.year)
        first, *others = scope.readings(node)
        return reduce(add, [reading.span for reading in others], first.span)
    if isinstance(node, Number):
        return Span.exact(node.value)
    if isinstance(node, Call):
        return _called(node, scope)
    return _OPERATORS[node.operator](value(node.left, scope), value(node.right, scope))


def _called(node: Call, scope: Scope) -> Span:
    first = node.arguments[0]
    if node.function == "distinct":
        return Span.exact(len(set(scope.kinds(node).values())))
    if node.function == "share":
        return value(first, scope) / value(node.arguments[1], scope) * _HUNDRED
    if node.function in _OF_ONE:
        return _OF_ONE[node.function](value(first, scope))
    members = [reading.span for term in terms(first) for reading in scope.readings(term)]
    if node.function in ("least", "most"):
        return extreme(members, least=node.function == "least")
    count = Span.exact(len(members))
    return count if node.function == "number" else value(first, scope) / count


def stated(node: Node | None, scope: Scope) -> Stated | None:
    """An expression with its formula; None where it has no value, or there is no expression."""
    try:
        span = value(node, scope) if node else None
    except (Absent, ZeroDivisionError):
        return None
    if node is None or span is None:
        return None
    own = words(node, scope)
    return Stated(span.interval(), own.formula, own.readings)


def words(node: Node, scope: Scope) -> Words:
    """The formula of an expression that has a value, and its readings."""
    if isinstance(node, Number):
        return Words(f"{node.value:f}")
    if isinstance(node, Term):
        return Words(str(scope.year)) if node.indicator == YEAR else _listed(scope.readings(node))
    return _binary_words(node, scope) if isinstance(node, Binary) else _call_words(node, scope)


def _listed(readings: list[Reading]) -> Words:
    listed = " + ".join(reading.term for reading in readings[:LISTED])
    text = listed if len(readings) <= LISTED else f"{len(readings)} 个数合计"
    return Words(text, tuple(readings), len(readings) > 1)


def _binary_words(node: Binary, scope: Scope) -> Words:
    left, right = words(node.left, scope), words(node.right, scope)
    tight = node.operator in "*/"
    product = isinstance(node.left, Binary) and node.left.operator in "*/"
    first = left.bracketed if tight and not product else left.formula
    second = right.bracketed if tight or node.operator == "-" else right.formula
    formula = f"{first} {_SIGNS[node.operator]} {second}"
    return Words(formula, left.readings + right.readings, True)


def _call_words(node: Call, scope: Scope) -> Words:
    if node.function == "distinct":
        kinds = scope.kinds(node)
        return Words(f"表中列出 {len(set(kinds.values()))} 种", tuple(kinds))
    first, *others = (words(argument, scope) for argument in node.arguments)
    if node.function == "share":
        formula = f"{first.bracketed} ÷ {others[0].bracketed} × 100%"
        return Words(formula, first.readings + others[0].readings, True)
    if node.function in _PHRASES:
        found = shown(value(node, scope).interval().value)
        formula = _PHRASES[node.function].format(len(first.readings), found)
        return Words(formula, first.readings, node.function != "number")
    return first


def weights(node: Node, scope: Scope) -> Weights | None:
    """The coefficient of each figure in an expression that has a value; None if it is not linear."""
    if isinstance(node, Number):
        return {None: node.value}
    if isinstance(node, Term):
        if node.indicator == YEAR:
            return {None: Decimal(scope.year)}
        return (
            None
            if node.source
            else dict.fromkeys((r.key for r in scope.readings(node)), Decimal(1))
        )
    if isinstance(node, Binary):
        left, right = weights(node.left, scope), weights(node.right, scope)
        return None if left is None or right is None else _joined(node.operator, left, right)
    inner = weights(node.arguments[0], scope) if node.function in ("total", "mean") else None
    if inner is None:
        return None
    return scaled(inner, Decimal(1) / (1 if node.function == "total" else len(inner)))


def scaled(own: Weights, factor: Decimal) -> Weights:
    """Every coefficient times a factor."""
    return {key: weight * factor for key, weight in own.items()}


def difference(left: Weights, right: Weights) -> Weights:
    """The coefficients of one expression minus another."""
    zero = Decimal(0)
    return {k: left.get(k, zero) - right.get(k, zero) for k in dict.fromkeys([*left, *right])}


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
