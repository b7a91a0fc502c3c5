"""What processes that run notebooks find around them, so that the same inputs give the same bytes."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final

# What must not come from the machine: order of sets, time zone, language of messages, a backend of
# its own for charts.
FIXED: Final = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "agg",
    "JUPYTER_PREFER_ENV_PATH": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def start() -> dict[str, str]:
    """What every process starts with."""
    package = str(Path(__file__).parents[2])
    inherited = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    paths = os.pathsep.join(dict.fromkeys([package, *inherited]))
    return {**FIXED, "PYTHONPATH": paths}


def kernel(data: Path, scratch: str) -> dict[str, str]:
    """What kernels get on top of this process's environment.

    Args:
        data: the data folder.
        scratch: an empty folder, used instead of the user's own IPython profile and start-up files.
    """
    return {
        **start(),
        "QZANALYSIS_DATA": str(data.resolve()),
        "IPYTHONDIR": str(Path(scratch, "ipython")),
        "JUPYTER_RUNTIME_DIR": str(Path(scratch, "runtime")),
    }


class variables:  # noqa: N801
    """Environment variables of this process for a while; those it starts inherit them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in self._variables}
        os.environ.update(self._variables)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def end_with_parent() -> None:
    """Let this process end when the one that started it is killed."""

    def watch() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
