"""Mutants: a small change of one expression of a file.

Left alone: annotations, decorators, docstrings, `__all__`, format specifications, and any text with
Chinese characters in it (wording).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_COMPARE: Final[Mapping[type[ast.cmpop], Sequence[type[ast.cmpop]]]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_BINARY: Final[Mapping[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip
_NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_TRANSPARENT: Final = frozenset({"abs", "reversed", "sorted"})
_BARE: Final = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.NamedExpr)


@dataclass(frozen=True, order=True)
class Mutant:
    """One change: the file, the number of its node in the file, and which of the node's changes."""

    path: str
    node: int
    choice: int
    line: int
    kind: str = field(compare=False)
    before: str = field(compare=False)
    after: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.path}:{self.line} [{self.kind}] {self.before}  →  {self.after}"


def mutants_of(path: str, source: str) -> list[Mutant]:
    """Every mutant of one file."""
    tree = ast.parse(source)
    return [
        Mutant(path, number, choice, node.lineno, kind, _short(node), _short(new))
        for number, node in _nodes(tree)
        for choice, (kind, new) in enumerate(_changes(node))
    ]


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The file with one node changed."""
    tree = ast.parse(source)
    node = next(node for at, node in _nodes(tree) if at == mutant.node)
    new = ast.copy_location(list(_changes(node))[mutant.choice][1], node)
    _replace(tree, node, new)
    return ast.fix_missing_locations(tree)


def _nodes(tree: ast.Module) -> Iterator[tuple[int, Any]]:
    """The nodes that may be changed, numbered."""
    skipped = {id(inner) for node in _alone(tree) for inner in ast.walk(node)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) not in skipped and isinstance(node, (ast.expr, ast.stmt)):
            yield number, node


def _alone(tree: ast.Module) -> Iterator[ast.AST]:
    """What is left alone; see the module's docstring."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield from node.decorator_list
        if isinstance(node, ast.FunctionDef) and node.returns:
            yield node.returns
        if isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation:
            yield node.annotation
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            yield node.format_spec
        if isinstance(node, ast.JoinedStr) and _chinese(node):
            yield from (part for part in node.values if isinstance(part, ast.Constant))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node  # a docstring
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and (_listing(statement) or _alias(statement)):
            yield statement


def _listing(statement: ast.Assign) -> bool:
    return ast.unparse(statement.targets[0]) == "__all__"


def _alias(statement: ast.Assign) -> bool:
    """A name for a type: `Weights = dict[Key | None, Decimal]`."""
    value = statement.value
    return isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name)


def _chinese(node: ast.AST) -> bool:
    texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return any(isinstance(text, str) and not text.isascii() for text in texts)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Each kind of change of one node."""
    match node:
        case ast.Compare(ops=[operator]):
            for other in _COMPARE[type(operator)]:
                yield "comparison", _with(node, ops=[other()])
        case ast.BinOp(op=operator):
            yield "arithmetic", _with(node, op=_BINARY[type(operator)]())
        case ast.BoolOp(op=operator):
            yield "logic", _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.UnaryOp(operand=operand):
            yield "sign", operand
        case ast.Constant(value=value):
            yield from _constants(value)
        case ast.Name(id=name) if name in _NAMES:
            yield "function", ast.Name(_NAMES[name], ast.Load())
        case ast.Call():
            yield from _calls(node)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "nothing returned", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield "statement skipped", ast.Pass()
        case ast.Continue():
            yield "loop", ast.Break()
        case ast.Break():
            yield "loop", ast.Continue()
    yield from _conditions(node)


def _constants(value: object) -> Iterator[tuple[str, ast.AST]]:
    match value:
        case bool():
            yield "constant", ast.Constant(not value)
        case int() | float():
            yield "constant", ast.Constant(value + 1)
        case str() if value.isascii():
            yield "text", ast.Constant(f"XX{value}XX")


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """A keyword left out; a function that is not applied."""
    if isinstance(node.func, ast.Name) and node.func.id in _TRANSPARENT and node.args:
        yield "function", node.args[0]
    for number in range(len(node.keywords)):
        rest = [word for at, word in enumerate(node.keywords) if at != number]
        yield f"keyword left out: {node.keywords[number].arg}", _with(node, keywords=rest)


def _conditions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A condition turned round, where no other change does it."""
    if isinstance(node, (ast.If, ast.IfExp, ast.While)) and isinstance(node.test, _BARE):
        yield "condition", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)):
        for number, loop in enumerate(node.generators):
            if loop.ifs and all(isinstance(test, _BARE) for test in loop.ifs):
                loops = list(node.generators)
                turned = [ast.UnaryOp(ast.Not(), test) for test in loop.ifs]
                loops[number] = _with(loop, ifs=turned)
                yield "condition", _with(node, generators=loops)


def _with(node: ast.AST, **fields: object) -> Any:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put a node in another's place."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                value[:] = [new if item is old else item for item in value]


def _short(node: ast.AST) -> str:
    """Its text in one line; only the condition of a statement with a body."""
    node = node.test if isinstance(node, (ast.If, ast.While)) else node
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 110 else f"{text[:107]}..."
