"""What processes that run notebooks find around them, so that the same inputs give the same bytes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
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


@contextlib.contextmanager
def variables(values: Mapping[str, str]) -> Iterator[None]:
    """Environment variables of this process for a while; those it starts inherit them."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
