"""What a process reads while it runs a notebook: files and folders, seen by Python's audit hooks.

Nothing is declared: whatever a chapter opens or lists, itself or through the package, is what its
result depends on. Installed software is left out (its versions stand for it), and so is the package
(its files are fingerprinted as a whole).
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

PACKAGE: Final = Path(__file__).parents[1]
_SYSTEM: Final = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/var", "/run")
_LISTINGS: Final = frozenset({"os.listdir", "os.scandir"})


class Reads:
    """Paths read since `start`, each once."""

    def __init__(self) -> None:
        self._paths: dict[str, None] = {}
        self._left_out = tuple(
            os.path.realpath(place)
            for place in (sys.prefix, sys.base_prefix, PACKAGE, tempfile.gettempdir())
        )
        self._kept: tuple[str, ...] = ()

    def start(self, *roots: Path) -> None:
        """Watch from now on; what lies under `roots` is never left out. A hook cannot be taken away."""
        self._kept = tuple(os.path.realpath(root) for root in roots)
        sys.addaudithook(self._heard)

    def paths(self) -> list[str]:
        """What was read, in alphabetical order."""
        return sorted(self._paths)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if (event == "open" and _reading(arguments)) or event in _LISTINGS:
            name = arguments[0]
            if isinstance(name, (str, os.PathLike)) and (path := self._wanted(os.fspath(name))):
                self._paths[path] = None

    def _wanted(self, name: str) -> str | None:
        path = _source(os.path.realpath(name))
        if _under(path, self._kept):
            return path
        return None if _under(path, (*self._left_out, *_SYSTEM)) else path


def fingerprints(paths: Iterable[str]) -> dict[str, str]:
    """SHA-256 of each file, or of the names in each folder; empty for what is not there."""
    return {path: fingerprint(path) for path in paths}


def fingerprint(path: str) -> str:
    """One path's; see `fingerprints`."""
    place = Path(path)
    if place.is_dir():
        names = sorted(found.name for found in place.iterdir() if found.name != "__pycache__")
        return hashlib.sha256("\0".join(names).encode()).hexdigest()
    return hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() else ""


def changed(recorded: Mapping[str, str]) -> str | None:
    """The first path that is no longer as recorded; None if all are."""
    return next((path for path, value in recorded.items() if fingerprint(path) != value), None)


@cache
def libraries() -> str:
    """A fingerprint of Python and everything installed: names and versions, as folders carry them."""
    installed = sorted(
        found.name
        for place in sys.path
        if place and Path(place).is_dir()
        for found in Path(place).iterdir()
        if found.suffix in {".dist-info", ".egg-info"}
    )
    text = "\n".join([sys.version.split()[0], *installed])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _reading(arguments: tuple[Any, ...]) -> bool:
    mode = arguments[1] if len(arguments) > 1 else None
    flags = arguments[2] if len(arguments) > 2 and isinstance(arguments[2], int) else 0
    written = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    return not written if not isinstance(mode, str) else not set(mode) & set("wax+")


def _source(path: str) -> str:
    """A compiled module stands for its source."""
    place = Path(path)
    if place.parent.name == "__pycache__" and place.suffix == ".pyc":
        return str(place.parents[1] / f"{place.name.split('.')[0]}.py")
    return path


def _under(path: str, folders: Iterable[str]) -> bool:
    return any(
        path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders
    )
