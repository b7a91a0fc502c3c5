"""Would the tests notice? Small changes are made to the arithmetic, and the fast tests are run.

    python -m benchmarks.mutants [--sample 650] [--seed 1] [--jobs 2] [--only qzanalysis/measures]

A mutant is one change of one expression: `<` for `<=`, `+` for `-`, 3 for 2, `and` for `or`, a
condition turned round, a keyword argument left out, a statement skipped, nothing returned. It is
*killed* when a test fails, or when it does not end. Each runs in a forked process over a copy of the
repository, with the changed module compiled in memory: no file of the work tree is ever touched.

Left alone: annotations, decorators, docstrings, `__all__`, format specifications, and any text with
Chinese characters in it (wording). `docs/mutants.md` tells which survivors cannot be killed, and why.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

REPO: Final = Path(__file__).parents[1]
# room → the tests that guard it; a mutant of the room must fail one of them. Those of the whole
# report come first, because they take a second; the small ones by hand are the finer sieve.
TESTS: Final[Mapping[str, Sequence[str]]] = {
    "qzanalysis/quantities.py": ("tests/test_quantities.py", "tests/test_facts.py"),
    "qzanalysis/measures": (
        "tests/measures/test_whole_report.py", "tests/measures", "tests/test_comparison.py",
        "tests/test_facts.py",
    ),
    "qzanalysis/checks": ("tests/checks/test_whole_report.py", "tests/checks"),
}  # fmt: skip
# measures time, not results
LEFT_OUT: Final = ("tests/checks/test_report.py::test_one_report_takes_less_than_a_second",)
# imported before forking, so that a mutant takes a second and not five
HEAVY: Final = (
    "pandas", "pandera.pandas", "seaborn", "pytest", "hypothesis", "highspy", "nbformat", "IPython",
)  # fmt: skip
SECONDS: Final = 90  # of a processor: the tests take about five
MEMORY: Final = 6 * 2**30

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


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: the test that failed, `no end`, or nothing."""

    mutant: Mutant
    killer: str


# --- making mutants -------------------------------------------------------------------------------


def mutants_of(path: str) -> list[Mutant]:
    """Every mutant of one file."""
    tree = ast.parse((REPO / path).read_text("utf-8"))
    return [
        Mutant(path, number, choice, node.lineno, kind, _short(node), _short(new))
        for number, node in _nodes(tree)
        for choice, (kind, new) in enumerate(_changes(node))
    ]


def mutated(source: str, number: int, choice: int) -> ast.Module:
    """The file with one node changed."""
    tree = ast.parse(source)
    node = next(node for at, node in _nodes(tree) if at == number)
    new = ast.copy_location(list(_changes(node))[choice][1], node)
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


# --- running the tests on one ---------------------------------------------------------------------


class _Loader(importlib.machinery.SourceFileLoader):
    """A module read from its file, with one change."""

    def __init__(self, name: str, path: str, mutant: Mutant) -> None:
        super().__init__(name, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text("utf-8")
        tree = mutated(source, self._mutant.node, self._mutant.choice)
        return compile(tree, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the changed module only."""

    def __init__(self, tree: Path, mutant: Mutant) -> None:
        self._file, self._mutant = tree / mutant.path, mutant
        package = self._file.name == "__init__.py"
        parts = Path(mutant.path).with_suffix("").parts
        self._name = ".".join(parts[:-1] if package else parts)
        self._places = [str(self._file.parent)] if package else None

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, str(self._file), self._mutant)
        return importlib.util.spec_from_file_location(
            fullname, self._file, loader=loader, submodule_search_locations=self._places
        )


class _Witness:
    """Remembers the first test that fails."""

    def __init__(self) -> None:
        self.first = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.first:
            self.first = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.first:
            self.first = f"{report.nodeid} (import)"


def _tested(tree: Path, mutant: Mutant | None, tests: Sequence[str]) -> str:
    """The first test that fails in this process; empty if none does."""
    import pytest  # noqa: PLC0415

    os.chdir(tree)
    sys.path[:0] = [str(tree), str(tree / "tests")]
    sys.dont_write_bytecode = mutant is not None
    if mutant:
        sys.meta_path.insert(0, _Finder(tree, mutant))
    witness = _Witness()
    skipped = [f"--deselect={name}" for name in LEFT_OUT]
    quick = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--tb=no"]
    status = pytest.main([*quick, *skipped, *tests], plugins=[witness])
    return witness.first or ("" if status == 0 else f"pytest ended with {status!r}")


def _start(tree: Path, mutant: Mutant | None, tests: Sequence[str]) -> tuple[int, int]:
    """A forked process that tests a mutant: its id, and where it tells the result."""
    out, into = os.pipe()
    process = os.fork()
    if process:
        os.close(into)
        return process, out
    os.close(out)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(4 * SECONDS)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        told = _tested(tree, mutant, tests)
    except BaseException as error:  # a mutant may do anything
        told = f"{type(error).__name__}"
    os.write(into, told.encode()[:4000])
    os._exit(0)


def _ended(process: int, out: int, status: int) -> str:
    """What a process told; `no end` if it was stopped."""
    with os.fdopen(out, "rb") as told:
        text = told.read().decode()
    return text if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else "no end"


def run(chosen: Sequence[Mutant], tree: Path, jobs: int) -> Iterator[Fate]:
    """Test mutants, so many at once."""
    waiting, running = list(reversed(chosen)), dict[int, tuple[Mutant, int]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            process, out = _start(tree, mutant, _tests_for(mutant))
            running[process] = (mutant, out)
        process, status = os.wait()
        mutant, out = running.pop(process)
        yield Fate(mutant, _ended(process, out, status))


def _tests_for(mutant: Mutant) -> Sequence[str]:
    return next(tests for room, tests in TESTS.items() if mutant.path.startswith(room))


# --- the whole ------------------------------------------------------------------------------------


def sample(number: int, seed: int, only: str) -> list[Mutant]:
    """So many mutants over the rooms, each room by its size, the same for the same seed.

    In no order, so that a run that is interrupted has tested a sample, too.
    """
    paths = [p for room in TESTS for p in _files(room) if p.startswith(only)]
    every = [mutant for path in paths for mutant in mutants_of(path)]
    wanted = len(every) if number <= 0 else min(number, len(every))
    return random.Random(seed).sample(every, wanted)


def _files(room: str) -> list[str]:
    if room.endswith(".py"):
        return [room]
    return sorted(str(path.relative_to(REPO)) for path in (REPO / room).glob("*.py"))


def _copy(folder: Path) -> Path:
    """The files git knows, as they stand now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (REPO / name).is_file() and not name.startswith("reports/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPO / name, folder / name)
    return folder


def _baseline(tree: Path) -> None:
    """Without a change every test must pass."""
    tests = list(dict.fromkeys(name for names in TESTS.values() for name in names))
    process, out = _start(tree, None, tests)
    failed = _ended(process, out, os.waitpid(process, 0)[1])
    if failed:
        raise SystemExit(f"without any change a test fails: {failed}")


def _told(fates: Sequence[Fate]) -> None:
    """Shares by room and by kind of change, then the survivors."""
    rooms = Counter(_room(fate) for fate in fates)
    for title, group in (("", None), *((room, room) for room in rooms)):
        some = [fate for fate in fates if group in (None, _room(fate))]
        killed = sum(bool(fate.killer) for fate in some)
        print(f"{title or 'all'}: killed {killed} of {len(some)} ({killed / len(some):.1%})")
    kinds = Counter(_kind(fate) for fate in fates)
    dead = Counter(_kind(fate) for fate in fates if fate.killer)
    print("; ".join(f"{kind} {dead[kind]}/{kinds[kind]}" for kind in sorted(kinds)))
    print("survivors:")
    for fate in sorted(fates, key=lambda fate: fate.mutant):
        if not fate.killer:
            print("   ", fate.mutant)


def _room(fate: Fate) -> str:
    return next(room for room in TESTS if fate.mutant.path.startswith(room))


def _kind(fate: Fate) -> str:
    return fate.mutant.kind.partition(":")[0]


def main() -> None:
    """Run it, and print the result."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, default=650, help="0 for every mutant")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--only", default="", help="paths that begin so")
    options.add_argument("--json", type=Path, help="where to keep every mutant's fate")
    given = options.parse_args()
    chosen = sample(given.sample, given.seed, given.only)
    for name in HEAVY:
        importlib.import_module(name)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begin, fates = time.monotonic(), list[Fate]()
    with tempfile.TemporaryDirectory() as folder:
        tree = _copy(Path(folder))
        _baseline(tree)
        with contextlib.suppress(KeyboardInterrupt):  # what was tested so far is told
            for fate in run(chosen, tree, given.jobs):
                fates.append(fate)
                if len(fates) % 50 == 0:
                    print(f"{len(fates)} of {len(chosen)}", file=sys.stderr, flush=True)
    _told(fates)
    print(f"{time.monotonic() - begin:.0f} s")
    if given.json:
        rows = [{"mutant": str(fate.mutant), "killer": fate.killer} for fate in fates]
        given.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
