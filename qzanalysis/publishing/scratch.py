"""Temporary folders that are gone with the process they belong to, however it ended.

A process that is killed cannot remove its folder. So the folder's name carries the process id, and
whoever runs notebooks next removes the folders of processes that are no more.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"qzanalysis-(?P<process>\d+)-\w+")


def place() -> str:
    """The folder of temporary folders, short enough for the names of sockets (104 bytes)."""
    usual = tempfile.gettempdir()
    return usual if len(os.fsencode(usual)) < 40 or sys.platform == "win32" else "/tmp"


@contextlib.contextmanager
def folder() -> Iterator[str]:
    """An empty folder of this process."""
    made = tempfile.mkdtemp(prefix=f"qzanalysis-{os.getpid()}-", dir=place())
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@cache
def place_sockets() -> None:
    """Let multiprocessing keep its sockets in such a folder; its own would outlive a kill."""
    from multiprocessing import util  # noqa: PLC0415

    before = tempfile.tempdir
    tempfile.tempdir = tempfile.mkdtemp(prefix=f"qzanalysis-{os.getpid()}-", dir=place())
    # after multiprocessing has removed its own folder in it, which it does at priority -100
    util.Finalize(None, shutil.rmtree, (tempfile.tempdir, True), exitpriority=-200)
    try:
        util.get_temp_dir()  # made once, then remembered
    finally:
        tempfile.tempdir = before


def sweep() -> None:
    """Remove the folders of processes that are no more; others, and other users', stay."""
    if sys.platform == "win32":  # there, asking whether a process lives may end it
        return
    with contextlib.suppress(OSError):
        for path in Path(place()).glob("qzanalysis-*"):
            match = _NAME.fullmatch(path.name)
            if match and not _alive(int(match["process"])):
                shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
