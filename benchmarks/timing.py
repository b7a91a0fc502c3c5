"""Wall time and memory of whole process trees, and what machine they were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LIBRARIES: Final = ("papermill", "nbconvert", "pandas", "matplotlib", "seaborn")


def run(command: list[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a command of this project, quietly; an error of it is an error here."""
    own = {**(environment or os.environ), "PYTHONPATH": str(ROOT)}
    own.pop("PYTHONDONTWRITEBYTECODE", None)  # every way may keep its compiled modules
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=own)


def timed(way: Callable[[], None]) -> tuple[float, float]:
    """Seconds, and the peak of the process tree's memory in MB."""
    peaks, done = [0.0], threading.Event()
    sampler = threading.Thread(target=_sample, args=(peaks, done))
    sampler.start()
    begin = time.perf_counter()
    try:
        way()
    finally:
        taken = time.perf_counter() - begin
        done.set()
        sampler.join()
    return taken, peaks[0]


def describe() -> str:
    """The machine and the versions that shape the figures."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}, {versions}"


def _sample(peaks: list[float], done: threading.Event) -> None:
    while not done.wait(0.1):
        peaks[0] = max(peaks[0], sum(_memory(pid) for pid in _descendants(os.getpid())))


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:  # it has ended in the meantime
            continue
        for child in children:
            yield int(child)
            yield from _descendants(int(child))


def _memory(pid: int) -> float:
    """Proportional set size in MB: memory that processes share counts once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
