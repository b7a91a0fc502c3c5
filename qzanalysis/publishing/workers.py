"""A process for each task, several at a time, and a word about any that dies.

Where processes can be forked, they are forked from one server that has imported what notebooks need
(`warm`): a task then starts in milliseconds, and no task sees another's state. Elsewhere each is
started anew.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing.connection import Connection, wait
from types import ModuleType
from typing import Any, Final, TypeVar

from qzanalysis.publishing import scratch
from qzanalysis.publishing.environment import variables

WARM: Final = "qzanalysis.publishing.warm"
Key = TypeVar("Key")
Task = tuple[Callable[..., Any], tuple[Any, ...]]


class Died(Exception):
    """A process ended without a result: killed, or out of memory."""


def can_fork() -> bool:
    """Whether this machine can fork processes from a server."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def begin(environment: Mapping[str, str]) -> None:
    """Start the server, which then imports while the caller goes on with something else."""
    if can_fork():
        from multiprocessing import forkserver  # noqa: PLC0415

        _context()
        with variables(environment), _no_main():
            forkserver.ensure_running()


def run(
    tasks: Iterable[tuple[Key, Task]], at_once: int, environment: Mapping[str, str]
) -> Iterator[tuple[Key, Any]]:
    """Results as tasks end, in no fixed order; a `Died` stands for one that has none.

    Args:
        tasks: what to call with what, by key; both must be importable and picklable. They are asked
            for as they are needed, one ahead, so that there may be many.
        at_once: how many processes run at the same time.
        environment: variables the processes start with.
    """
    context = _context()
    waiting = iter(tasks)
    upcoming = next(waiting, None)
    running: dict[Connection, tuple[Key, Any]] = {}
    with variables(environment):
        while upcoming or running:
            while upcoming and len(running) < at_once:
                key, task = upcoming
                ours, process = _start(context, task)
                running[ours] = key, process
                upcoming = next(waiting, None)
            for ours in _ready(list(running)):
                key, process = running.pop(ours)
                yield key, _result(ours)
                process.join()


def _context() -> Any:
    if not can_fork():
        return multiprocessing.get_context("spawn")
    scratch.place_sockets()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([WARM])
    return context


def _start(context: Any, task: Task) -> tuple[Connection, Any]:
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, *task))
    with _no_main():
        process.start()
    theirs.close()  # so that the pipe ends when the process does
    return ours, process


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    """Let a process not run the caller's main module again, as multiprocessing would have it do.

    Tasks are functions of this package, so it would cost time for nothing; and a script without
    `if __name__ == "__main__"` would start itself over and over.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _work(connection: Connection, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
    _end_with_parent()
    connection.send(function(*arguments))
    connection.close()


def _ready(connections: list[Connection]) -> list[Connection]:
    return [found for found in wait(connections) if isinstance(found, Connection)]


def _result(connection: Connection) -> Any:
    try:
        return connection.recv()
    except EOFError:
        return Died()
    finally:
        connection.close()


def _end_with_parent() -> None:
    """Let a process, and what it started, end when the one that waits for it is killed."""

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
