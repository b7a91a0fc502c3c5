"""What an expression of the catalogue comes to in one report and year.

Two readings of the same tree: `evaluate` gives the interval of possible results with the figures
used, `linear` gives the coefficients that error localisation needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.expressions import YEAR, Binary, Call, Node, Number, Term
from qzanalysis.audit.figures import Book, Figure, Key, Reading
from qzanalysis.figures.intervals import HUNDRED, Interval, shown

LISTED: Final = 7  # a formula writes out so many members, and only counts more


class Missing(Exception):
    """A figure that an expression names has no number here.

    Attributes:
        known: whether the report has a cell for it that is empty or not a number.
        figures: those cells.
        what: its Chinese name.
    """

    def __init__(self, what: str, figures: tuple[Figure, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.figures = figures

    @property
    def known(self) -> bool:
        """Whether the report has a cell for it."""
        return bool(self.figures)


@dataclass(frozen=True, slots=True)
class Result:
    """An interval, the printed figures it rests on, and how it was computed."""

    interval: Interval
    formula: str
    readings: tuple[Reading, ...] = ()
    compound: bool = False


@dataclass(frozen=True)
class Scope:
    """A report, the year a rule is tested for, and which reading to take of several."""

    book: Book
    year: int
    chosen: Mapping[Key, Reading] = field(default_factory=dict)

    def keys(self, term: Term) -> list[Key]:
        """The keys a term names, whether or not they have a number."""
        year = term.in_year(self.year)
        if term.many:
            return self.book.matching(term.indicator, dict(term.breakdown), year)
        return [Key(term.indicator, term.written, year)]

    def readings(self, term: Term) -> tuple[Reading, ...]:
        """One reading of each key; keys without a number are left out of a `*` and missing else.

        Raises:
            Missing: no number at all.
        """
        keys = self.keys(term)
        found = [self.chosen.get(key) or self.book.first(key, term.source) for key in keys]
        numbers = tuple(reading for reading in found if reading is not None)
        if not numbers:
            cells = tuple(figure for key in keys for figure in self.book.by_key.get(key, ()))
            cells = tuple(cell for cell in cells if cell.quantity is None)
            named = Key(term.indicator, term.written, term.in_year(self.year))
            raise Missing(named.label, cells)
        return numbers


def evaluate(node: Node, scope: Scope) -> Result:
    """Compute an expression.

    Raises:
        Missing: a figure it needs has no number.
        ZeroDivisionError: it divides by what may be zero.
    """
    if isinstance(node, Number):
        return Result(Interval.exact(node.value), f"{node.value:f}")
    if isinstance(node, Term):
        if node.indicator == YEAR:
            return Result(Interval.exact(scope.year), str(scope.year))
        return _total(scope.readings(node))
    if isinstance(node, Binary):
        return _binary(node, scope)
    return _FUNCTIONS[node.function](node, scope)


def linear(node: Node, scope: Scope) -> dict[Key | None, Decimal] | None:
    """Coefficients of an expression that is linear in its figures, else None.

    The key `None` is the constant.
    """
    if isinstance(node, Number):
        return {None: node.value}
    if isinstance(node, Term):
        return _linear_term(node, scope)
    if isinstance(node, Call):
        return _linear_call(node, scope)
    left, right = linear(node.left, scope), linear(node.right, scope)
    if left is None or right is None:
        return None
    return _linear_binary(node.operator, left, right)


def _linear_term(node: Term, scope: Scope) -> dict[Key | None, Decimal] | None:
    if node.indicator == YEAR:
        return {None: Decimal(scope.year)}
    if node.source:
        return None
    return {reading.key: Decimal(1) for reading in scope.readings(node)}


def _linear_call(node: Call, scope: Scope) -> dict[Key | None, Decimal] | None:
    if node.function not in ("total", "mean"):
        return None
    inner = linear(node.arguments[0], scope)
    if inner is None:
        return None
    divisor = Decimal(1 if node.function == "total" else len(inner))
    return {key: weight / divisor for key, weight in inner.items()}


def _linear_binary(
    operator: str, left: dict[Key | None, Decimal], right: dict[Key | None, Decimal]
) -> dict[Key | None, Decimal] | None:
    if operator in "+-":
        sign = Decimal(1 if operator == "+" else -1)
        keys = left.keys() | right.keys()
        zero = Decimal(0)
        return {key: left.get(key, zero) + sign * right.get(key, zero) for key in keys}
    if operator == "*" and left.keys() == {None}:
        return {key: weight * left[None] for key, weight in right.items()}
    if right.keys() == {None}:
        factor = right[None] if operator == "*" else 1 / right[None]
        return {key: weight * factor for key, weight in left.items()}
    return None


def _total(readings: tuple[Reading, ...]) -> Result:
    interval = readings[0].interval
    for reading in readings[1:]:
        interval = interval + reading.interval
    texts = [_text(reading) for reading in readings]
    formula = " + ".join(texts) if len(texts) <= LISTED else f"{len(texts)} 个数合计"
    return Result(interval, formula, readings, len(readings) > 1)


def _text(reading: Reading) -> str:
    return reading.figures[0].printed


_SIGNS: Final[Mapping[str, str]] = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_ARITHMETIC: Final[Mapping[str, Callable[[Interval, Interval], Interval]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _binary(node: Binary, scope: Scope) -> Result:
    left, right = evaluate(node.left, scope), evaluate(node.right, scope)
    interval = _ARITHMETIC[node.operator](left.interval, right.interval)
    tight = node.operator in "*/"
    first = _bracketed(left) if tight and not _is_product(node.left) else left.formula
    second = _bracketed(right) if tight or node.operator == "-" else right.formula
    formula = f"{first} {_SIGNS[node.operator]} {second}"
    return Result(interval, formula, left.readings + right.readings, True)


def _is_product(node: Node) -> bool:
    return isinstance(node, Binary) and node.operator in "*/"


def _bracketed(result: Result) -> str:
    return f"({result.formula})" if result.compound else result.formula


def _share(node: Call, scope: Scope) -> Result:
    part, whole = (evaluate(argument, scope) for argument in node.arguments)
    interval = part.interval / whole.interval * Interval.exact(HUNDRED)
    formula = f"{_bracketed(part)} ÷ {_bracketed(whole)} × 100%"
    return Result(interval, formula, part.readings + whole.readings, True)


def _sum(node: Call, scope: Scope) -> Result:
    return evaluate(node.arguments[0], scope)


def _mean(node: Call, scope: Scope) -> Result:
    whole = evaluate(node.arguments[0], scope)
    count = len(whole.readings)
    interval = whole.interval / Interval.exact(count)
    return Result(interval, f"{count} 个数的简单平均", whole.readings, True)


def _extreme(node: Call, scope: Scope) -> Result:
    readings = evaluate(node.arguments[0], scope).readings
    least = node.function == "least"
    pick, word = (min, "最小") if least else (max, "最大")
    interval = Interval(
        pick(r.interval.value for r in readings),
        pick(r.interval.low for r in readings),
        pick(r.interval.high for r in readings),
    )
    formula = f"{len(readings)} 个数中{word}的 {shown(interval.value)}"
    return Result(interval, formula, readings, True)


def _exact(node: Call, scope: Scope) -> Result:
    inner = evaluate(node.arguments[0], scope)
    return replace(inner, interval=Interval.exact(inner.interval.value))


def _whole(node: Call, scope: Scope) -> Result:
    inner = evaluate(node.arguments[0], scope)
    value, low, high = (
        end.to_integral_value(ROUND_HALF_UP)
        for end in (inner.interval.value, inner.interval.low, inner.interval.high)
    )
    return replace(inner, interval=Interval(value, low, high))


def _number(node: Call, scope: Scope) -> Result:
    readings = evaluate(node.arguments[0], scope).readings
    return Result(Interval.exact(len(readings)), f"表中列出 {len(readings)} 项", readings)


def _distinct(node: Call, scope: Scope) -> Result:
    """`distinct(x, programme)`; `department` is looked up through the programme."""
    table, dimension = node.arguments
    assert isinstance(table, Term) and isinstance(dimension, Term)
    name = dimension.indicator
    keys = [
        key
        for key in scope.book.by_indicator.get(table.indicator, [])
        if key.year == table.in_year(scope.year) and member(key, name)
    ]
    readings = tuple(r for key in keys if (r := scope.book.first(key)) is not None)
    if not readings:
        raise Missing(codebook.label(table.indicator))
    count = len({member(reading.key, name) for reading in readings})
    return Result(Interval.exact(count), f"表中列出 {count} 种", readings)


def member(key: Key, dimension: str) -> str:
    """The value of a dimension of a key; a department is looked up through the programme."""
    parts = key.parts()
    if dimension == "department" and "programme" in parts:
        return _department(parts["programme"])
    return parts.get(dimension, "")


@cache
def _department(programme: str) -> str:
    return str(codebook.programmes().loc[programme, "department"])


_FUNCTIONS: Final[Mapping[str, Callable[[Call, Scope], Result]]] = {
    "share": _share,
    "total": _sum,
    "mean": _mean,
    "least": _extreme,
    "most": _extreme,
    "number": _number,
    "distinct": _distinct,
    "exact": _exact,
    "whole": _whole,
}
