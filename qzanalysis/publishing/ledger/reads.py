"""The files and folders a process reads while it is watched, seen by Python's audit hooks.

Seen are `open` in all its forms (also as pandas, json, zipfile and numpy use it), the listing of
folders, and databases opened with `sqlite3`. Not seen are files that a C library opens by itself
(Arrow, as `pandas.read_parquet` uses it; HDF5; DuckDB): a notebook declares such files in its
metadata (`inputs`), and where it does not, its reads are not known. Nor are they where another
program was started or the network was asked. Processes that are forked meanwhile are watched too.
https://docs.python.org/3/library/audit_events.html
"""

# Paths stay as they were written, not resolved.
# ruff: noqa: PTH100, PTH110, PTH116, PTH117, PTH118

from __future__ import annotations

import contextlib
import json
import os
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from qzanalysis.publishing import scratch
from qzanalysis.publishing.ledger.fingerprints import PACKAGE, Places, is_under, of_path

_WRITES: Final = os.O_WRONLY | os.O_RDWR
_ANEW: Final = os.O_TRUNC | os.O_EXCL
_SQLITE_FILES: Final = ("", "-wal", "-journal")
# Modules that are loaded only to read files, which they open by themselves.
_READERS: Final = (
    *("pyarrow._parquet", "pyarrow._dataset", "pyarrow._feather", "pyarrow._orc", "pyarrow._csv"),
    *("pyarrow._json", "duckdb", "polars", "h5py", "tables", "netCDF4", "osgeo", "pyogrio"),
)
_State = list[int] | None


class Reads:
    """The paths that processes have read, each with its state when it was first read.

    Events go into a file, because processes forked from this one share it.
    """

    def __init__(self, thread: int | None = None) -> None:
        self.thread = thread
        self._events = tempfile.TemporaryFile()  # noqa: SIM115  (open as long as it is watched)
        self._noted: set[str] = set()

    def fingerprints(
        self, places: Places, inputs: Iterable[Path] | None = None
    ) -> dict[str, str] | None:
        """SHA-256 of everything that was read, by name.

        Args:
            places: the folders of the request.
            inputs: files and folders that are declared to be read; None if nothing is declared.

        Returns:
            None where it is not known: not all of it was seen, or some of it has changed since.
        """
        self._events.seek(0)
        own: set[str] = set()
        read: dict[str, _State] = {}
        for kind, path, state in map(json.loads, self._events):
            if kind == "unseen" and (path or inputs is None):
                return None
            if kind == "made":
                own.add(path)
            elif kind == "read" and not is_under(path, own) and _counts(path, places):
                read.setdefault(path, state)
        if any(_state(path) != state for path, state in read.items()):
            return None
        known = {places.name(path): of_path(Path(path)) for path in sorted(read)}
        return {**known, **_declared(inputs or (), places)}

    def opened(self, name: Any, mode: Any = None, flags: Any = 0) -> None:
        """`open`: a file that this process makes anew is not read from outside."""
        path, flags = _absolute(name), flags if isinstance(flags, int) else 0
        if path is None or (mode is None and not os.path.isabs(name) and not os.path.exists(path)):
            return  # the second: a name within a folder that was opened before
        if flags & _WRITES and (flags & _ANEW or not os.path.exists(path)):
            self._note("made", path)
        elif not flags & os.O_WRONLY:
            self._note("read", path)

    def listed(self, folder: Any = None, *_: Any) -> None:
        """`os.listdir` and `os.scandir`."""
        self._note("read", _absolute("." if folder is None else folder))

    def made(self, folder: Any, *_: Any) -> None:
        """`os.mkdir`: what lies in a folder that this process makes is its own."""
        if (path := _absolute(folder)) and not os.path.exists(path):
            self._note("made", path)

    def connected(self, database: Any, *_: Any) -> None:
        """`sqlite3.connect`: the file, and the changes that SQLite keeps beside it."""
        name = os.fsdecode(database) if isinstance(database, (bytes, os.PathLike)) else database
        if name.startswith("file:"):
            name = unquote(urlsplit(name).path)
        if name and not name.startswith(":memory:"):
            for path in (f"{name}{suffix}" for suffix in _SQLITE_FILES):
                self._note("read", _absolute(path))

    def imported(self, module: str, *_: Any) -> None:
        """`import`: a module that opens files by itself, which the notebook may declare."""
        if module in _READERS:
            self._note("unseen", "")

    def lost(self, *_: Any) -> None:
        """Another program, or the network."""
        self._note("unseen", "program")

    def _note(self, kind: str, path: str | None) -> None:
        """Write an event down, the first one for each path; one call of the system is one line."""
        if path is not None and path not in self._noted:
            self._noted.add(path)
            event = [kind, path, _state(path) if kind == "read" else None]
            os.write(self._events.fileno(), f"{json.dumps(event)}\n".encode())


_EVENTS: Final[Mapping[str, Callable[..., None]]] = {
    "open": Reads.opened,
    "os.listdir": Reads.listed,
    "os.scandir": Reads.listed,
    "os.mkdir": Reads.made,
    "import": Reads.imported,
    "sqlite3.connect": Reads.connected,
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile"),
        Reads.lost,
    ),
    **dict.fromkeys(("pty.spawn", "socket.connect"), Reads.lost),
}
_watching: list[Reads] = []


@contextlib.contextmanager
def watched(*, this_thread: bool = False) -> Iterator[Reads]:
    """What this process reads meanwhile, in all its threads or in the calling one alone."""
    _install()
    reads = Reads(threading.get_ident() if this_thread else None)
    _watching.append(reads)
    try:
        yield reads
    finally:
        _watching.remove(reads)


@cache
def _install() -> None:
    """Once in a process, for a hook cannot be taken away."""
    sys.addaudithook(_notice)


def _notice(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and (note := _EVENTS.get(event)):
        for reads in tuple(_watching):
            if reads.thread not in {None, threading.get_ident()}:
                continue
            try:
                note(reads, *arguments)
            except (OSError, TypeError, ValueError):  # a name that cannot be understood
                reads.lost()


def _declared(paths: Iterable[Path], places: Places) -> dict[str, str]:
    """SHA-256 of files, and of folders with all files in them, by name."""
    files = [file for path in paths for file in (path, *sorted(path.rglob("*")))]
    return {places.name(os.path.abspath(file)): of_path(file) for file in files}


def _absolute(name: Any) -> str | None:
    """The absolute path, a compiled module's source instead of it; None for an open file."""
    if isinstance(name, int):
        return None
    path = Path(os.path.abspath(os.fsdecode(name)))
    if path.parent.name == "__pycache__" and path.suffix == ".pyc":
        return str(path.parents[1] / f"{path.name.split('.')[0]}.py")
    return str(path)


def _state(path: str) -> _State:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns]


def _counts(path: str, places: Places) -> bool:
    """True unless the path belongs to what other fingerprints stand for, or to the system itself."""
    if places.name(path) != path:
        return True
    real = os.path.realpath(path)
    own_folders = os.path.join(os.path.realpath(scratch.place()), "qzanalysis-")
    return not is_under(real, _left_out()) and not real.startswith(own_folders)


@cache
def _left_out() -> tuple[str, ...]:
    """The package, Python's library and what is installed; devices and the state of processes."""
    library = sysconfig.get_paths()
    kinds = (library[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib"))
    return (*(os.path.realpath(place) for place in (str(PACKAGE), *kinds)), "/proc", "/sys", "/dev")
