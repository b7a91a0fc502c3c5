"""The little language in which the catalogue names figures and computes with them.

students                               the figure of the rule's year
students@-1                            of the year before; `students@2019` of that year
students[class=employment]             of a part; `programme=*` stands for every programme
students{§7.1}                         as printed there (`{附表}`: in the national form)
a + b - c, a * b, a / b, (…), 12       arithmetic
share(a, b)                            a in per cent of b
total(x[programme=*]), mean(…)         over every figure that matches
least(…), most(…)                      the smallest, the largest of them
number(x[programme=*])                 how many figures there are
distinct(x, programme)                 how many values of a dimension occur
total(x[*])                            over every part, whatever its dimensions
exact(x), whole(x)                     at face value (a standard, not a measurement); rounded to
                                       a whole number (people are counted whole)
year                                   the rule's year
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Final

from qzanalysis.errors import UsageError

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[a-z_][a-z0-9_]*)(?P<breakdown>\[[^\]]*\])?(?P<year>@[+-]?\d+)?(?P<source>\{[^}]*\})?"
    r"|(?P<sign>[-+*/(),]))"
)
FUNCTIONS: Final = frozenset(
    {"share", "total", "mean", "least", "most", "number", "distinct", "exact", "whole"}
)
YEAR: Final = "year"


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Term:
    """A figure, or with `*` in its breakdown every figure that matches.

    `many` says whether it may be more than one; `written` is the breakdown as a key has it.
    """

    indicator: str
    breakdown: tuple[tuple[str, str], ...] = ()
    year: int = 0
    source: str = ""
    many: bool = field(init=False, compare=False)
    written: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "many", any("*" in pair for pair in self.breakdown))
        written = ";".join("=".join(pair) for pair in self.breakdown)
        object.__setattr__(self, "written", written)

    def in_year(self, base: int) -> int:
        """The calendar year: small numbers are relative to `base`."""
        return self.year if self.year > 1000 else base + self.year


@dataclass(frozen=True, slots=True)
class Binary:
    """`left` and `right` joined by one of + - * /."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language with its arguments."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | Term | Binary | Call


@cache
def parse(text: str) -> Node:
    """Read an expression.

    Raises:
        UsageError: the text is not in the language; the message shows where it stops being so.
    """
    return _Parser(text).whole()


def terms(node: Node) -> Iterator[Term]:
    """Every figure an expression names, in order."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Binary):
        yield from terms(node.left)
        yield from terms(node.right)
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from terms(argument)


def ratio(node: Node) -> tuple[Node, Node, Decimal] | None:
    """Numerator, denominator and scale of `share(a, b)`, `a / b` or `a / b * 100`, else None."""
    if isinstance(node, Call) and node.function == "share":
        return node.arguments[0], node.arguments[1], Decimal(100)
    if isinstance(node, Binary) and node.operator == "/" and not isinstance(node.right, Number):
        return node.left, node.right, Decimal(1)
    if isinstance(node, Binary) and node.operator == "*" and isinstance(node.right, Number):
        inner = ratio(node.left)
        return inner and (inner[0], inner[1], inner[2] * node.right.value)
    return None


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(self._split(text))
        self._at = 0

    def whole(self) -> Node:
        node = self._sum()
        if self._at < len(self._tokens):
            raise self._fault()
        return node

    def _split(self, text: str) -> Iterator[re.Match[str]]:
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise UsageError(f"规则表达式“{text}”第 {position + 1} 个字符起无法识别")
            yield match
            position = match.end()

    def _sign(self) -> str:
        return self._tokens[self._at]["sign"] or "" if self._at < len(self._tokens) else ""

    def _take(self, *signs: str) -> str:
        sign = self._sign()
        if sign not in signs:
            return ""
        self._at += 1
        return sign

    def _need(self, sign: str) -> None:
        if not self._take(sign):
            raise self._fault()

    def _sum(self) -> Node:
        node = self._product()
        while operator := self._take("+", "-"):
            node = Binary(operator, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._atom()
        while operator := self._take("*", "/"):
            node = Binary(operator, node, self._atom())
        return node

    def _atom(self) -> Node:
        if self._take("("):
            node = self._sum()
            self._need(")")
            return node
        if self._at >= len(self._tokens) or self._sign():
            raise self._fault()
        token = self._tokens[self._at]
        self._at += 1
        if token["number"]:
            return Number(Decimal(token["number"]))
        return self._call(token["name"]) if token["name"] in FUNCTIONS else _term(token)

    def _call(self, function: str) -> Node:
        self._need("(")
        arguments = [self._sum()]
        while self._take(","):
            arguments.append(self._sum())
        self._need(")")
        return Call(function, tuple(arguments))

    def _fault(self) -> UsageError:
        place = self._tokens[self._at][0].strip() if self._at < len(self._tokens) else "末尾"
        return UsageError(f"规则表达式“{self._text}”在“{place}”处不合语法")


def _term(token: re.Match[str]) -> Term:
    pairs = (token["breakdown"] or "[]")[1:-1].split(";")
    breakdown = tuple(sorted(_pair(pair) for pair in pairs if pair))
    year = int((token["year"] or "@0")[1:])
    return Term(token["name"], breakdown, year, (token["source"] or "{}")[1:-1])


def _pair(text: str) -> tuple[str, str]:
    dimension, _, value = text.strip().partition("=")
    return dimension, value
