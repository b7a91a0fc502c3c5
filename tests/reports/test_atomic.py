"""All or nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.reports import atomic

OLD, NEW = {"index.html": b"old", "gone.html": b"old"}, {"index.html": b"new"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A published report."""
    path = tmp_path / "school" / "2021"
    with atomic.locked(path):
        atomic.publish(path, OLD)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def around(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


@pytest.mark.parametrize("exchange", [True, False])
def test_a_report_is_replaced_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    """By an exchange of folders, and where the system has none by two renames."""
    if not exchange:
        monkeypatch.setattr(atomic, "_exchange", lambda *_: False)
    with atomic.locked(target):
        atomic.publish(target, NEW)
    assert contents(target) == NEW
    assert around(target) == ["2021"]


def test_a_full_disk_leaves_the_old_report(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so in words."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunFailed, match="磁盘已满"), atomic.locked(target):
        atomic.publish(target, NEW)
    assert contents(target) == OLD
    assert around(target) == ["2021"]


KILLED = """
import os, signal, sys
from pathlib import Path
from qzanalysis.reports import atomic
target = Path(sys.argv[1])
if sys.argv[2] == "before":
    atomic.swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
else:
    atomic._exchange = lambda *_: False
    rename, calls = Path.rename, []
    def once(self, other):
        if calls:
            os.kill(os.getpid(), signal.SIGKILL)
        calls.append(1)
        return rename(self, other)
    Path.rename = once
with atomic.locked(target):
    atomic.publish(target, {"index.html": b"new"})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("moment", ["before", "between"])
def test_killed_at_the_worst_moment_the_next_run_finds_the_old_report(
    target: Path, moment: str
) -> None:
    """After building, before the swap; and between the two renames of a system without exchange."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(target), moment], check=False)
    assert done.returncode == -9
    assert any(name.startswith(".2021.") for name in around(target))
    with atomic.locked(target):
        assert contents(target) == OLD
        assert around(target) == [".2021.lock", "2021"]
    assert around(target) == ["2021"]


def test_a_second_render_is_refused_while_the_first_works(target: Path) -> None:
    """By process id; afterwards the way is free."""
    told = pytest.raises(RunFailed, match=rf"PID {os.getpid()}")
    with atomic.locked(target), told, atomic.locked(target):
        pass
    with atomic.locked(target):
        pass


def test_the_lock_of_a_dead_process_is_no_lock(target: Path) -> None:
    """A file left by a killed run does not stand in the way."""
    target.with_name(".2021.lock").write_text("999999", encoding="utf-8")
    with atomic.locked(target):
        pass
    assert around(target) == ["2021"]


@pytest.mark.parametrize("slug", ["../x", "a/b", ".hidden", "", "学校"])
def test_a_slug_cannot_leave_the_reports_folder(tmp_path: Path, slug: str) -> None:
    """Names come from a file."""
    with pytest.raises(UsageError, match="不能用作文件夹名"):
        atomic.place(tmp_path, slug, 2021)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(target: Path) -> None:
    """With the folder's name."""
    target.parent.chmod(0o555)
    try:
        with pytest.raises(RunFailed, match="没有写入权限"), atomic.locked(target):
            pass
    finally:
        target.parent.chmod(0o755)
