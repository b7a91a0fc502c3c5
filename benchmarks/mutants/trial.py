"""One mutant on trial: the tests are run in a forked process that knows the changed module."""

from __future__ import annotations

import importlib.machinery
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import CodeType
from typing import Any, Final

import pytest

from benchmarks.mutants.changes import Mutant, mutated

# measures time, not results
LEFT_OUT: Final = ("tests/checks/test_report.py::test_one_report_takes_less_than_a_second",)
SECONDS: Final = 90  # of a processor: the tests take about five
MEMORY: Final = 6 * 2**30
NO_END: Final = "no end"
_FORK: Final = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: the test that failed, `no end`, or nothing."""

    mutant: Mutant
    killer: str


@dataclass(frozen=True)
class Trial:
    """A process that tests a mutant, and where it tells the result."""

    process: Any
    told: Connection

    def ended(self) -> str:
        """What the process told; `no end` if it was stopped before."""
        try:
            return str(self.told.recv())
        except EOFError:
            return NO_END
        finally:
            self.process.join()
            self.told.close()


def run(cases: Iterable[tuple[Mutant, Sequence[str]]], tree: Path, jobs: int) -> Iterator[Fate]:
    """Test mutants, each with its tests, so many at once."""
    waiting, running = list(cases)[::-1], dict[Any, tuple[Mutant, Trial]]()
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant, tests = waiting.pop()
            trial = begin(tree, mutant, tests)
            running[trial.told] = (mutant, trial)
        for told in wait(list(running)):
            mutant, trial = running.pop(told)
            yield Fate(mutant, trial.ended())


def begin(tree: Path, mutant: Mutant | None, tests: Sequence[str]) -> Trial:
    """Test a mutant, or the code as it stands."""
    told, tell = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_tell, args=(tell, tree, mutant, tests))
    process.start()
    tell.close()
    return Trial(process, told)


def _tell(tell: Connection, tree: Path, mutant: Mutant | None, tests: Sequence[str]) -> None:
    """Whatever the mutant does is done to this process."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(4 * SECONDS)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    try:
        tell.send(_tested(tree, mutant, tests))
    except BaseException as error:
        tell.send(type(error).__name__)


def _tested(tree: Path, mutant: Mutant | None, tests: Sequence[str]) -> str:
    """The first test that fails in this process; empty if none does."""
    os.chdir(tree)
    sys.path[:0] = [str(tree), str(tree / "tests")]
    sys.dont_write_bytecode = mutant is not None
    if mutant:
        _change(tree / mutant.path, mutant)
    witness = _Witness()
    skipped = [f"--deselect={name}" for name in LEFT_OUT]
    quick = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--tb=no"]
    status = pytest.main([*quick, *skipped, *tests], plugins=[witness])
    return witness.first or ("" if status == 0 else f"pytest ended with {status!r}")


def _change(file: Path, mutant: Mutant) -> None:
    """Let this process import one file as the mutant; the file itself stays as it is."""
    as_it_is = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        if Path(loader.path) != file:
            return as_it_is(loader, name)
        return compile(mutated(file.read_text("utf-8"), mutant), loader.path, "exec")

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


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
