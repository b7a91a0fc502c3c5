"""Results remembered by exactly what they follow from, which one process can hand to another.

A report takes longer to load and to check than most chapters take for all the rest, and every
chapter would do both again. While a `Memory` is in use, a function marked `remembered` is called
once for the same argument. The key is the argument itself, so no result is ever out of date.
"""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from qzanalysis.errors import BadData, Problem

Argument = TypeVar("Argument", bound=Hashable)
Result = TypeVar("Result")

# Files as they were read: name, and bytes; None for one that is not there.
Contents = tuple[tuple[str, bytes | None], ...]

_in_use: ContextVar[Memory | None] = ContextVar("_in_use", default=None)


class Memory:
    """The results of `remembered` functions, by name of the function and argument.

    Args:
        handed: the results that another process's memory gave as `packed`.
    """

    def __init__(self, handed: bytes = b"") -> None:
        self.results: dict[tuple[str, Hashable], Any] = pickle.loads(handed) if handed else {}

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Remember results in this memory until the end of the block."""
        before = _in_use.set(self)
        try:
            yield
        finally:
            _in_use.reset(before)

    def packed(self) -> bytes:
        """All results, to be handed to another process."""
        return pickle.dumps(self.results, pickle.HIGHEST_PROTOCOL)


def remembered(function: Callable[[Argument], Result]) -> Callable[[Argument], Result]:
    """Mark a pure function of one hashable argument; its callers share one result, and leave it as it is."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def looked_up(argument: Argument) -> Result:
        memory = _in_use.get()
        if memory is None:
            return function(argument)
        if (name, argument) not in memory.results:
            memory.results[name, argument] = function(argument)
        result: Result = memory.results[name, argument]
        return result

    return looked_up


def contents(paths: Sequence[Path], root: Path) -> Contents:
    """The bytes of files, with their names relative to `root`: the argument of what reads them.

    Raises:
        BadData: the system refuses to read a file, or it is a folder.
    """
    files: list[tuple[str, bytes | None]] = []
    for path in paths:
        try:
            content = path.read_bytes() if path.exists() else None
        except OSError as error:
            value = f"（无法读取：{error.strerror or error}）"
            problem = Problem(path.name, None, None, value, "能读取的文件", "核对文件与权限")
            raise BadData([problem]) from error
        files.append((path.relative_to(root).as_posix(), content))
    return tuple(files)
