"""Calls in processes of their own: on this machine, or on a Dask cluster (`cluster`).

Each call has a new process, so that nothing of one reaches another. Where processes can be forked,
it is forked from multiprocessing's fork server, which has imported what notebooks need (`warm`).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from multiprocessing import forkserver, resource_tracker, spawn
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import environment, scratch
from qzanalysis.reports import processes

Task = tuple[Callable[..., Any], tuple[Any, ...]]
Tasks = Iterable[tuple[Any, Task]]
Pool = Callable[[Tasks], Generator[tuple[Any, Any]]]
# An executor with the number of calls it runs at the same time.
Executors = Callable[[], AbstractContextManager[tuple[Executor, int]]]

WARM: Final = "qzanalysis.publishing.warm"
AHEAD: Final = 2  # calls submitted for each that can run: the next is there when one ends
# Bytes: (peak of jobs-4 - peak of jobs-1) / 3 in `python -m benchmarks.render_speed --only jobs-1
# jobs-4`, rounded up to the next 50 MB; the peak is proportional set size, so shared pages count once.
JOB_MEMORY: Final = 150_000_000
_NAME: Final = "qzanalysis-call"  # of the processes started here
_CONTROL_GROUP: Final = Path("/sys/fs/cgroup")
_stopped = threading.Event()  # since then a process that has just started is killed
_starting = threading.Lock()  # the environment is this process's own, and threads start processes


class Died(Exception):
    """A process ended without a result: killed, or out of memory."""


def choose(jobs: int | None, scheduler: str = "") -> Pool:
    """The pool a request asks for.

    Args:
        jobs: calls that run at the same time; None lets the machine, or the cluster, decide.
        scheduler: address of a Dask scheduler (`tcp://…`), `local` for a cluster of this machine's
            own, empty for none.

    Returns:
        A function from tasks (key, call) to results as they come (key, result), in no fixed order;
        `Died` stands for a result that a process did not give.
    """
    if not scheduler:
        return partial(_results, partial(_processes, jobs or default_jobs()))
    from qzanalysis.publishing import cluster  # noqa: PLC0415

    return partial(_results, cluster.executors(scheduler, jobs))


def default_jobs() -> int:
    """One for each processor this process may use, as far as free memory goes; at least one."""
    return max(1, min(_processors(), _free_memory() // JOB_MEMORY))


def _processors() -> int:
    """By affinity and by the quota of the control group, where there is one."""
    count = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    quota, period = _control_group("cpu.max", 2)
    return min(count, -(-quota // period)) if quota and period else count


def _free_memory() -> int:
    """In bytes: what the machine has available, or less where the control group has a limit."""
    import psutil  # noqa: PLC0415

    available = int(psutil.virtual_memory().available)
    [limit], [used] = _control_group("memory.max", 1), _control_group("memory.current", 1)
    return min(available, limit - used) if limit else available


def _control_group(file: str, count: int) -> list[int]:
    """The numbers in a file of this process's control group; zeros without a limit or a group."""
    with contextlib.suppress(OSError, ValueError):
        return [int(number) for number in (_CONTROL_GROUP / file).read_text().split()]
    return [0] * count


def can_fork() -> bool:
    """True where processes can be forked from a server."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def begin() -> None:
    """Start the fork server, which then imports while the caller goes on with something else."""
    if can_fork():
        scratch.place_sockets()
        multiprocessing.get_context("forkserver").set_forkserver_preload([WARM])
        resource_tracker.ensure_running()  # which unblocks signals, where it has to be started
        with (
            _starting,
            environment.variables(environment.start() | _main_module()),
            processes.uninterrupted(),  # Ctrl-C ends this process, which ends the others
        ):
            forkserver.ensure_running()


def _main_module() -> dict[str, str]:
    """The caller's main module, for the server to regard as loaded (see `warm`)."""
    known = spawn.get_preparation_data("")
    names = {"name": known.get("init_main_from_name"), "path": known.get("init_main_from_path")}
    return {f"QZANALYSIS_MAIN_{kind}".upper(): name for kind, name in names.items() if name}


def in_process(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """The result of a call in a process of its own.

    Raises:
        Died: the process ended without a result.
    """
    begin()
    context: Any = multiprocessing.get_context("forkserver" if can_fork() else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(theirs, function, arguments), name=_NAME)
    with _starting, environment.variables(environment.start()):
        process.start()
    if _stopped.is_set():
        process.kill()
    theirs.close()  # so that the pipe ends when the process does
    try:
        return ours.recv()
    except EOFError:
        raise Died from None
    finally:
        ours.close()
        process.join()


def _call(connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    processes.end_with_parent()
    with contextlib.suppress(BrokenPipeError):  # the caller has been killed
        connection.send(function(*arguments))


@contextlib.contextmanager
def _processes(jobs: int) -> Iterator[tuple[Executor, int]]:
    """Threads that each wait for one process at a time; what still runs at the end is killed."""
    _stopped.clear()
    with ThreadPoolExecutor(jobs) as threads:
        try:
            yield threads, jobs
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            _stopped.set()
            for process in multiprocessing.active_children():
                if process.name == _NAME:
                    process.kill()


def _results(executors: Executors, tasks: Tasks) -> Generator[tuple[Any, Any]]:
    """Submits calls as others end, so that there may be many, and gives results as they come.

    Raises:
        RunFailed: the scheduler of the cluster has gone, and with it the calls.
    """
    waiting = iter(tasks)
    running: dict[Future[Any], Any] = {}
    with executors() as (executor, jobs):

        def submit(count: int) -> None:
            for key, task in islice(waiting, count):
                running[executor.submit(in_process, *task)] = key

        submit(jobs * AHEAD)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                key = running.pop(future)
                if future.cancelled():
                    raise RunFailed("与调度器（scheduler）的连接中断；已发布的报告保持不变")
                yield key, Died() if future.exception() else future.result()
                submit(1)
