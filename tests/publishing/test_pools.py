"""How many processes run at the same time, and how they end when the command is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from matrix import matrix

from qzanalysis.publishing import pools, scratch

from .conftest import write_notebook

REPO = Path(__file__).parents[2]


@pytest.fixture
def control_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of a control group, without any limit as yet."""
    monkeypatch.setattr(pools, "_CONTROL_GROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    return tmp_path


@pytest.mark.parametrize(
    ("files", "jobs"),
    [
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "max 100000", "memory.max": str(10 * pools.JOB_MEMORY)}, 7),
        ({"memory.max": str(4 * pools.JOB_MEMORY)}, 1),
    ],
)
def test_jobs_follow_processors_and_memory(
    control_group: Path, files: dict[str, str], jobs: int
) -> None:
    """Three times what a job needs are in use; a quota of a part of a processor allows one job."""
    (control_group / "memory.current").write_text(str(3 * pools.JOB_MEMORY))
    for name, text in files.items():
        (control_group / name).write_text(text)
    assert pools.default_jobs() == jobs


def test_without_limits_jobs_are_the_processors_or_what_memory_allows(control_group: Path) -> None:
    assert 1 <= pools.default_jobs() <= 64


@pytest.fixture
def endless(tmp_path: Path, data: Path) -> Iterator[subprocess.Popen[str]]:
    """A render whose only cell has begun, and does not end; a process group of its own."""
    notebooks = tmp_path / "nb"
    notebooks.mkdir()
    source = f"open({str(tmp_path / 'begun')!r}, 'w').close()\nwhile True: pass"
    write_notebook(notebooks / "00-summary.ipynb", "摘要", source)
    folders = ["--data", data, "--notebooks", notebooks, "--out", tmp_path / "reports"]
    process = subprocess.Popen(
        [sys.executable, "-m", "qzanalysis.cli", "render", *map(str, folders)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPO)},
        start_new_session=True,
        # Where the tests run in the background SIGINT may be ignored, and is inherited so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not (tmp_path / "begun").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    yield process
    process.kill()


@pytest.mark.slow
@pytest.mark.skipif(not pools.can_fork(), reason="this machine cannot fork")
@pytest.mark.parametrize("to_all", matrix([True, False], {True}))
def test_an_interrupt_gives_one_line(endless: subprocess.Popen[str], to_all: bool) -> None:
    """Standard error closes when the last process has ended: none stays behind."""
    (os.killpg if to_all else os.kill)(endless.pid, signal.SIGINT)
    _, told = endless.communicate(timeout=60)
    lines = [line for line in told.splitlines() if line and not line.startswith("运行：")]
    assert lines == ["已中断；已发布的报告保持不变。"]
    assert endless.returncode == 1


@pytest.mark.slow
@pytest.mark.skipif(not pools.can_fork(), reason="this machine cannot fork")
def test_a_kill_leaves_no_word_and_no_process(endless: subprocess.Popen[str]) -> None:
    endless.kill()
    _, told = endless.communicate(timeout=60)
    assert [line for line in told.splitlines() if not line.startswith("运行：")] == []


@pytest.mark.slow
@pytest.mark.skipif(not pools.can_fork(), reason="this machine cannot fork")
def test_an_interrupt_while_modules_are_imported_gives_one_line(tmp_path: Path, data: Path) -> None:
    """The fork server has just been started: its sockets are there, and gone afterwards."""
    command = [sys.executable, "-m", "qzanalysis.cli", "render", "--data", str(data)]
    with tempfile.TemporaryDirectory(prefix="qz") as short:
        process = subprocess.Popen(
            [*command, "--out", str(tmp_path / "out")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(REPO), "TMPDIR": short},
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        while not list(Path(short).glob("qzanalysis-*/pymp-*/*")):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, message = process.communicate(timeout=60)
        assert message == "已中断；已发布的报告保持不变。\n"
        assert list(Path(short).glob("qzanalysis-*")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="sockets with names of POSIX")
def test_a_long_temporary_folder_is_not_used_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of a socket may have 104 bytes."""
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with scratch.folder() as folder:
        assert len(f"{folder}/pymp-12345678/listener-12345678") < 104


MAPPED = """
import os, sys, time
from qzanalysis.reports import processes
def task(number):
    open(sys.argv[1] + str(number), "w").close()
    time.sleep(600)
if __name__ == "__main__":
    try:
        list(processes.mapped(task, range(9), 2, sys.argv[2]))
    except KeyboardInterrupt:
        sys.exit("one line")
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("method", ["spawn", "fork"])
@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGKILL])
def test_a_pool_ends_with_the_process_that_uses_it(
    tmp_path: Path, method: str, way: signal.Signals
) -> None:
    """Standard error closes when the last process has ended."""
    (tmp_path / "script.py").write_text(MAPPED, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "begun"), method],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPO)},
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not (tmp_path / "begun1").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    if way == signal.SIGINT:
        os.killpg(process.pid, way)
    else:
        process.kill()
    _, message = process.communicate(timeout=30)
    assert message.splitlines() == (["one line"] if way == signal.SIGINT else [])
