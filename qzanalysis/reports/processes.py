"""Calls in a pool of processes that end without a message when the main process does."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import resource_tracker
from typing import TypeVar

Part = TypeVar("Part")
Result = TypeVar("Result")


def mapped(
    task: Callable[[Part], Result], parts: Sequence[Part], jobs: int | None, method: str | None
) -> Iterator[Result]:
    """The results of a task for each part, in order.

    Args:
        task: a function that can be pickled.
        parts: its arguments.
        jobs: processes; None for one a processor.
        method: by which multiprocessing starts them; None for the usual one of the system.
    """
    context = multiprocessing.get_context(method)
    if method == "spawn":
        _start_silent_tracker()
    with ProcessPoolExecutor(jobs, context, initializer=end_with_parent) as pool:
        try:
            with uninterrupted():
                results = pool.map(task, parts)
            yield from results
        except BaseException:  # an interrupt: nobody waits for the results
            processes = [*(pool._processes or {}).values()]
            pool.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
            raise


def _start_silent_tracker() -> None:
    """Start multiprocessing's resource tracker, which warns of semaphores when it outlives a kill."""
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore"
    try:
        resource_tracker.ensure_running()
    finally:
        os.environ.pop("PYTHONWARNINGS")
        os.environ.update({} if before is None else {"PYTHONWARNINGS": before})


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits, and never reaches the processes that are started meanwhile."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """Let this process end when the one that started it is killed."""

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
