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

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import Final

from qzanalysis import codebook
from qzanalysis.errors import UsageError

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[a-z_][a-z0-9_]*)(?P<breakdown>\[[^\]]*\])?(?P<year>@[+-]?\d+)?(?P<source>\{[^}]*\})?"
    r"|[-+*/(),])"
)
_SIGNS: Final[Mapping[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
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
    tokens, operands = list(_tokens(text)), list[Node]()
    words = [_in_python(token, operands) for token in tokens]
    try:
        return _node(ast.parse(" ".join(words), mode="eval").body, operands)
    except SyntaxError as error:
        starts = list(accumulate((len(word) + 1 for word in words), initial=1))
        at = bisect_right(starts, error.offset or 1) - 1
        place = tokens[at][0].strip() if at < len(tokens) else "末尾"
        raise UsageError(f"规则表达式“{text}”在“{place}”处不合语法") from None


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


def _tokens(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise UsageError(f"规则表达式“{text}”第 {position + 1} 个字符起无法识别")
        yield match
        position = match.end()


def _in_python(token: re.Match[str], operands: list[Node]) -> str:
    """The token in Python's syntax: operands stand in a list, and are written by their place."""
    if not (token["number"] or token["name"]) or token["name"] in FUNCTIONS:
        return token[0].strip()
    operands.append(Number(Decimal(token["number"])) if token["number"] else _term(token))
    return str(len(operands) - 1)


def _node(tree: ast.expr, operands: list[Node]) -> Node:
    """An expression from Python's syntax tree, which has the same precedence.

    Raises:
        SyntaxError: there is something that the language does not have; with its place.
    """
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int):
        return operands[tree.value]
    if isinstance(tree, ast.BinOp):
        left, right = _node(tree.left, operands), _node(tree.right, operands)
        return Binary(_SIGNS[type(tree.op)], left, right)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.args:
        return Call(tree.func.id, tuple(_node(argument, operands) for argument in tree.args))
    raise SyntaxError("", ("", 1, tree.col_offset + 1, ""))


def _term(token: re.Match[str]) -> Term:
    pairs = (token["breakdown"] or "[]")[1:-1].split(";")
    breakdown = tuple(sorted(_pair(pair) for pair in pairs if pair))
    year = int((token["year"] or "@0")[1:])
    return Term(token["name"], breakdown, year, (token["source"] or "{}")[1:-1])


def _pair(text: str) -> tuple[str, str]:
    dimension, _, value = text.strip().partition("=")
    return dimension, value


def term(indicator: str, breakdown: str = "", year: int = 0) -> Term:
    """The figure of one part, so many years from the rule's year."""
    return Term(indicator, tuple(sorted(codebook.parse_breakdown(breakdown).items())), year)


@cache
def definition(indicator: str, breakdown: str = "") -> Node | None:
    """The expression an indicator is defined by, of one part; None where it is no ratio."""
    found = codebook.ratio(indicator)
    if found is None:
        return None
    top, bottom = term(found.numerator, breakdown), term(found.denominator, breakdown)
    if codebook.indicator(indicator)["unit"] == "%":
        return Call("share", (top, bottom))
    quotient = Binary("/", top, bottom)
    return quotient if found.scale == 1 else Binary("*", quotient, Number(Decimal(found.scale)))
