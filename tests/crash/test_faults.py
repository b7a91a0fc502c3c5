"""Out of disk, out of memory, without permission, or twice at once: what is published stays whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qzanalysis import cli

from .bench import Bench, contents, fault

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]


def _mounted(folder: Path, *options: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "qzanalysis-test", str(folder)]
    with contextlib.suppress(OSError):
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    return False


@pytest.fixture
def small_disk(bench: Bench) -> Iterator[Path]:
    """The reports' folder on a disk of one megabyte; needs root."""
    if os.geteuid() != 0 or not _mounted(bench.out, "size=1m"):
        pytest.skip("没有权限挂载小磁盘（tmpfs）")
    yield bench.out
    subprocess.run(["umount", "-l", str(bench.out)], check=False)


def told(bench: Bench, status: int) -> str:
    """What a render in this process says, when it ends with this status."""
    done = CliRunner().invoke(cli.app, bench.command)
    assert done.exit_code == status, done.output
    assert "Traceback" not in done.output
    return done.stderr


@pytest.mark.parametrize("room", [100_000, 30_000, 10_000, 0])
def test_a_full_disk_leaves_the_old_report(bench: Bench, small_disk: Path, room: int) -> None:
    """A real one; when there is room again, the next run works."""
    told(bench, 0)
    before = contents(bench.report)
    free = shutil.disk_usage(small_disk).free
    (small_disk / "filler").write_bytes(b"x" * (free - room))
    bench.teachers(11)
    assert "磁盘已满" in told(bench, 1)
    assert contents(bench.report) == before and bench.leftovers() == []
    (small_disk / "filler").unlink()
    told(bench, 0)
    assert contents(bench.report) != before and fault(bench.report) is None


def test_a_read_only_disk_leaves_the_old_report(bench: Bench, small_disk: Path) -> None:
    """With the reason in words."""
    told(bench, 0)
    before = contents(bench.report)
    bench.teachers(11)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "文件系统只读" in told(bench, 1)
    assert contents(bench.report) == before
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    told(bench, 0)
    assert contents(bench.report) != before and fault(bench.report) is None


def test_without_permission_the_old_report_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused where the new report is built; root may write anywhere, so it is acted."""
    told(bench, 0)
    before = contents(bench.report)
    bench.teachers(11)
    mkdir = Path.mkdir

    def refuse(path: Path, *arguments: object, **options: object) -> None:
        if "building" in path.name:
            raise PermissionError(13, "Permission denied", str(path))
        mkdir(path, *arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        assert "没有写入权限" in told(bench, 1)
    assert contents(bench.report) == before and bench.leftovers() == []
    told(bench, 0)


WAITS = """
import time
from pathlib import Path
here = Path({folder!r})
first = not (here / "started").exists()
(here / "started").touch()
while first and not (here / "go").exists():
    time.sleep(0.02)
"""


def test_two_renders_of_one_report_at_once_do_not_meet(bench: Bench) -> None:
    """The second is refused with the first one's process id; the first publishes."""
    bench.notebook("00-summary", "摘要", WAITS.format(folder=str(bench.folder)))
    first = bench.start()
    while not (bench.folder / "started").exists():
        assert first.poll() is None, first.communicate()
        time.sleep(0.02)
    try:
        assert f"PID {first.pid}" in told(bench, 1)
    finally:
        (bench.folder / "go").touch()
    assert first.wait(60) == 0
    assert fault(bench.report) is None and bench.leftovers() == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os\nos.kill(os.getpid(), 9)", "可能是内存不足"),
        (
            "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))\nx = 'x' * 2**33",
            "MemoryError",
        ),
    ],
    ids=["killed by the system", "refused by the system"],
)
def test_a_notebook_out_of_memory_leaves_the_old_report(
    bench: Bench, source: str, expected: str
) -> None:
    """Only that chapter is named; the next run works."""
    told(bench, 0)
    before = contents(bench.report)
    bench.notebook("07-challenges", "面临挑战", source)
    said = told(bench, 1)
    assert expected in said and "07-challenges.ipynb" in said and "00-summary" not in said
    assert contents(bench.report) == before and bench.leftovers() == []
    bench.notebook("07-challenges", "面临挑战", "1")
    told(bench, 0)
    assert fault(bench.report) is None
