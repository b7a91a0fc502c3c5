"""Where notebooks run: on this machine, or on a Dask cluster. A pool takes tasks and gives results.

One queue serves all: the chapters of one report, or of every school and year.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from qzanalysis.publishing import environment, workers
from qzanalysis.publishing.workers import Task

Tasks = Iterable[tuple[Any, Task]]
Pool = Callable[[Tasks], Iterator[tuple[Any, Any]]]

LOCAL_CLUSTER: Final = "local"


def choose(at_once: int | None, scheduler: str = "") -> Pool:
    """The pool a request asks for.

    Args:
        at_once: tasks that run at the same time; None lets the machine, or the cluster, decide.
        scheduler: address of a Dask scheduler (`tcp://…`), `local` for a cluster of this machine's
            own, empty for none.
    """
    if not scheduler:
        return here(at_once)
    from qzanalysis.publishing import cluster  # noqa: PLC0415

    return cluster.pool(scheduler, at_once)


def here(at_once: int | None = None) -> Pool:
    """Processes of this machine: by default two, or one where there is one processor."""
    most = at_once or min(2, os.cpu_count() or 1)

    def run(tasks: Tasks) -> Iterator[tuple[Any, Any]]:
        return workers.run(tasks, most, environment.start())

    return run
