"""A Dask cluster as an executor: placement, retries and memory limits are Dask's.

Every worker needs this package, and the data and notebook folders under the same path (a shared
drive). On a worker each notebook still runs in a process of its own.
"""

# mypy: disallow-untyped-calls=False
from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from typing import Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing import pools

LOCAL: Final = "local"
PATIENCE: Final = "10s"  # for a scheduler to answer, also after a lost connection
# A worker that its nanny started may have children only if it is no daemon.
NOT_DAEMON: Final = {"distributed.worker.daemon": False}
_LOGGERS: Final = "distributed|tornado|asyncio"  # what matters is said in one line


def executors(scheduler: str, jobs: int | None) -> pools.Executors:
    """The cluster behind an address, or one started on this machine (`local`).

    Raises:
        UsageError: Dask is not installed; when used, nothing answers at the address.
    """
    try:
        import distributed  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        raise UsageError("--scheduler 需要 Dask：pip install 'qzanalysis[cluster]'") from error
    return partial(_executor, scheduler, jobs)


@contextlib.contextmanager
def _executor(scheduler: str, jobs: int | None) -> Iterator[tuple[Executor, int]]:
    import dask  # noqa: PLC0415
    from distributed import Client, LocalCluster  # noqa: PLC0415

    for name in filter(re.compile(_LOGGERS).match, logging.root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    with contextlib.ExitStack() as stack:
        address = scheduler
        if scheduler == LOCAL:
            stack.enter_context(dask.config.set(NOT_DAEMON))
            workers = jobs or pools.default_jobs()
            address = stack.enter_context(
                LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")
            )
        try:
            client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise UsageError(f"连不上调度器（scheduler）{scheduler}：{error}") from error
        stack.enter_context(client)
        yield client.get_executor(pure=False), sum(client.nthreads().values()) or 1
