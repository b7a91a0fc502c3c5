"""The same queue on a Dask cluster: placement, retries and memory limits are Dask's.

Every worker needs this package, and the data and notebook folders under the same path (a shared
drive). On a worker each notebook still runs in a process of its own.
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing import environment, workers
from qzanalysis.publishing.pools import LOCAL_CLUSTER, Pool, Tasks
from qzanalysis.publishing.workers import Task

RETRIES: Final = 3  # of a task that raised; lost workers are counted by Dask (allowed-failures)
PATIENCE: Final = "10s"  # for a scheduler to answer
AHEAD: Final = 2  # tasks given out for each that can run: more would only fill memory
# A worker that its nanny started may have children only if it is no daemon.
NOT_DAEMON: Final = {"distributed.worker.daemon": False}


def pool(scheduler: str, at_once: int | None) -> Pool:
    """A pool on the cluster behind an address, or on one started on this machine (`local`).

    Raises:
        UsageError: Dask is not installed, or nothing answers at the address.
    """
    try:
        import distributed  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        raise UsageError("--scheduler 需要 Dask：pip install 'qzanalysis[cluster]'") from error

    def run(tasks: Tasks) -> Iterator[tuple[Any, Any]]:
        with _client(scheduler, at_once) as client:
            yield from _spread(client, tasks)

    return run


def one(task: Task) -> Any:
    """Run a task on a worker, in a process forked there."""
    if multiprocessing.current_process().daemon:
        return workers.Died("DASK_DISTRIBUTED__WORKER__DAEMON=False")
    return dict(workers.run([(0, task)], 1, environment.start()))[0]


def _spread(client: Any, tasks: Tasks) -> Iterator[tuple[Any, Any]]:
    from distributed import as_completed  # noqa: PLC0415

    waiting = iter(tasks)
    slots = sum(client.nthreads().values()) or 1
    keys = {}

    def give_out(count: int) -> list[Any]:
        given = []
        for key, task in islice(waiting, count):
            future = client.submit(one, task, pure=False, retries=RETRIES)
            keys[future] = key
            given.append(future)
        return given

    ended = as_completed(give_out(slots * AHEAD), loop=client.loop)
    for future in ended:
        key = keys.pop(future)
        yield key, workers.Died() if future.exception() else future.result()
        future.release()
        for more in give_out(1):
            ended.add(more)


@contextlib.contextmanager
def _client(scheduler: str, at_once: int | None) -> Iterator[Any]:
    import dask  # noqa: PLC0415
    from distributed import Client, LocalCluster  # noqa: PLC0415

    if scheduler == LOCAL_CLUSTER:
        with (
            dask.config.set(NOT_DAEMON),
            LocalCluster(
                n_workers=at_once or 2, threads_per_worker=1, dashboard_address=":0"
            ) as own,
            Client(own, set_as_default=False) as client,
        ):
            yield client
        return
    try:
        found = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"连不上调度器（scheduler）{scheduler}：{error}") from error
    with found as client:
        yield client
