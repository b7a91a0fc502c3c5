"""Killed at any moment: what is published stays whole.

Set QZANALYSIS_KILLS for more kills than the default; the moments are the same in every run.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .bench import REPO, Bench, fault, finished

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
]
KILLS = int(os.environ.get("QZANALYSIS_KILLS", "60"))
LANES = 2


def _lane(folder: Path, moments: list[float]) -> list[str]:
    """Kill a render at each of these moments; what was wrong afterwards.

    A moment is a share of a render's duration. Publishing is too short to be met so: below 0, the
    moment is that many seconds after something first changes where the report stands.
    """
    bench, wrong = Bench(folder), []
    begin = time.monotonic()
    finished(bench)
    duration = time.monotonic() - begin
    for number, moment in enumerate(moments):
        bench.teachers(11 + number % 2)
        before = _standing(bench)
        process = bench.start()
        while moment < 0 and _standing(bench) == before and process.poll() is None:
            time.sleep(0.001)
        time.sleep(moment * duration if moment > 0 else -moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if found := fault(bench.report):
            wrong.append(f"killed at {moment:.3f}: {found}")
        if number % 10 == 9 or number == len(moments) - 1:
            finished(bench)
            wrong += [f"stayed behind: {name}" for name in bench.orphans()]
            wrong += [f"left over: {name}" for name in bench.leftovers()]
    shutil.rmtree(bench.temporary)
    return wrong


def _standing(bench: Bench) -> object:
    """What stands at the report's place and beside it, but for the lock."""
    around = sorted(path.name for path in bench.report.parent.iterdir())
    with contextlib.suppress(OSError):
        found = bench.report.stat()
        return [name for name in around if not name.endswith(".lock")], found.st_ino, found.st_mtime
    return around


def _moments(number: int) -> list[float]:
    """Two thirds spread over a render and a little beyond, the rest over publishing; shuffled."""
    spread, close = number - number // 3, number // 3
    moments = [(place + 0.5) / spread * 1.1 for place in range(spread)]
    moments += [-0.03 * (place + 0.5) / close for place in range(close)]
    random.Random(7).shuffle(moments)
    return moments


def test_killed_at_any_moment_the_report_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    """And the next run works, removes what was left, and no process stays behind."""
    moments = _moments(KILLS)
    with ThreadPoolExecutor(LANES) as lanes:
        wrong = list(
            lanes.map(
                _lane,
                [tmp_path / f"lane-{lane}" for lane in range(LANES)],
                [moments[lane::LANES] for lane in range(LANES)],
            )
        )
    assert wrong == [[]] * LANES


EVERY_LINE = r"""
import os, shutil, signal, sys
from pathlib import Path
from qzanalysis.reports import atomic

target, exchange = Path(sys.argv[1]), sys.argv[2] == "exchange"
if not exchange:
    atomic._exchange = lambda *_: False
OLD = {"index.html": b"old", "gone.html": b"old", "manifest.json": b"old"}
NEW = {"index.html": b"new", "manifest.json": b"new"}
WATCHED = {atomic.__file__, shutil.__file__}

def published(files):
    with atomic.locked(target):
        atomic.publish(target, files)

def victim(line):
    def trace(frame, event, argument):
        if frame.f_code.co_filename not in WATCHED:
            return None
        trace.seen += event == "line"
        if trace.seen == line:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    trace.seen = 0
    sys.settrace(trace)
    published(NEW)
    os._exit(0)

def standing():
    return {path.name: path.read_bytes() for path in target.iterdir()} if target.exists() else None

line, killed = 0, True
while killed:
    line += 1
    published(OLD)
    process = os.fork()
    if process == 0:
        victim(line)
    killed = os.WIFSIGNALED(os.waitpid(process, 0)[1])
    at_once = standing()
    with atomic.locked(target):
        pass
    if standing() not in (OLD, NEW) or (exchange and at_once not in (OLD, NEW)):
        print(f"line {line}: {at_once}, then {standing()}")
    if left := [path.name for path in target.parent.iterdir() if path != target]:
        print(f"line {line}: left {left}")
print(line)
"""


@pytest.mark.parametrize("way", ["exchange", "two-renames"])
def test_killed_at_every_line_of_the_publishing_nothing_is_lost(tmp_path: Path, way: str) -> None:
    """With an exchange of folders a report always stands there; without, the next run restores it."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", EVERY_LINE, str(tmp_path / "tiny" / "2021"), way],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(REPO)},
    )
    *wrong, lines = done.stdout.split("\n")[:-1]
    assert wrong == []
    assert int(lines) > 80
