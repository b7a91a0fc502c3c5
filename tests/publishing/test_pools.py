"""How many processes run at the same time, and how they end when the command is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from matrix import matrix

from qzanalysis.publishing import pools

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
