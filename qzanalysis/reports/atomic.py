"""Publishes a report whole or not at all.

A report is built in a folder beside its place (`.2021.building-PID`), then swapped in by one rename
or, where a report already stands there, by one exchange of two folders. A lock lets one render work
on a report at a time; it belongs to the process and ends with it, so none is ever stale. Folders
that killed runs left behind are removed by the next one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from qzanalysis.errors import RunFailed, UsageError

_SLUG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXCHANGE: Final = 2  # RENAME_EXCHANGE of renameat2(2)
_HERE: Final = -100  # AT_FDCWD
_REASONS: Final = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.EROFS: "文件系统只读",
}


def place(out: Path, school: str, year: int) -> Path:
    """The folder of one report.

    Raises:
        UsageError: the school's slug is not fit for a folder name.
    """
    if not _SLUG.fullmatch(school):
        raise UsageError(f"学校代号“{school}”不能用作文件夹名；只用字母、数字、点、横线和下划线")
    return out / school / str(year)


@contextlib.contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the report for this process, and clear what killed runs left behind.

    Raises:
        RunFailed: another process renders this report, or the folder cannot be written.
    """
    with _spoken(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        lock, path = _lock(target)
    try:
        with _spoken(target.parent):
            recover(target)
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.close()


def save(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        RunFailed: it cannot be written.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise RunFailed(f"无法写入 {path}：{error.strerror}") from error


def publish(target: Path, files: Mapping[str, bytes]) -> None:
    """Replace the report at `target` by these files, in one step. Call with the lock held.

    Raises:
        RunFailed: the files could not be written; what was published stays.
    """
    building = target.with_name(f".{target.name}.building-{os.getpid()}")
    try:
        with _spoken(target.parent):
            write(building, files)
            swap(building, target)
            _settle(target.parent)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new folder and wait until they are on disk."""
    folder.mkdir()
    for name, content in files.items():
        with (folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _settle(folder)


def swap(building: Path, target: Path) -> None:
    """Put `building` in the place of `target`; where one stood there, `building` then holds it."""
    if not target.exists():
        building.rename(target)
    elif not _exchange(building, target):
        aside = target.with_name(f".{target.name}.old-{os.getpid()}")
        target.rename(aside)
        building.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def recover(target: Path) -> None:
    """Remove left-over folders; where a run died between two renames, put the old report back."""
    for aside in sorted(target.parent.glob(f".{target.name}.old-*")):
        if not target.exists():
            aside.rename(target)
        else:
            shutil.rmtree(aside, ignore_errors=True)
    for folder in target.parent.glob(f".{target.name}.building-*"):
        shutil.rmtree(folder, ignore_errors=True)


def leftovers(target: Path) -> list[Path]:
    """Files of a running or a killed render beside the report; the stored results are none."""
    cache = f".{target.name}.cache"
    return [path for path in target.parent.glob(f".{target.name}.*") if path.name != cache]


def _settle(folder: Path) -> None:
    """Wait until the names in a folder are on disk, so that a power cut cannot undo a rename."""
    if sys.platform == "win32":  # a folder cannot be opened there
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:  # the file system cannot
        return False
    raise OSError(code, os.strerror(code), str(other))


def _lock(target: Path) -> tuple[IO[str], Path]:
    path = target.with_name(f".{target.name}.lock")
    while True:
        file = path.open("a+", encoding="utf-8")
        if not _try_lock(file):
            file.seek(0)
            holder = file.read(20).strip() or "未知"
            file.close()
            raise RunFailed(f"另一个进程（PID {holder}）正在使用 {target}；请等它结束后再试")
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                break
        file.close()  # its holder removed it between our opening and our locking
    try:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
    except OSError:  # the disk is full
        path.unlink(missing_ok=True)
        raise
    return file, path


def _try_lock(file: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            file.seek(100)  # beyond the process id, which others must be able to read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _spoken(folder: Path) -> Iterator[None]:
    """Turn the system's refusal to write into a message; what was published stays."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise RunFailed(f"无法写入 {folder}：{reason}。已发布的报告保持不变") from error
