"""How long a report takes, beside the plain ways of running and exporting the same notebooks.

    python -m benchmarks.render_speed [--runs 5]

Whole processes, wall time, medians; the ways take turns in each round, so that a machine that slows
down slows them all. Peak memory is the sum over the process tree, sampled. Every way runs the ten
notebooks of the real report:

a     one `papermill` and one `nbconvert` process a notebook, one after another
b     the same, two at a time
c     `nbconvert --execute` over all notebooks in one process
d     the floor: the same cells by plain forked Python, two at a time; no kernel, no papermill, no page
cold, parameter, value, unchanged
      `qzanalysis render`: nothing kept; one chapter's parameter changed; one data value changed;
      nothing changed
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
NOTEBOOKS: Final = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
FLOOR: Final = """
import json, multiprocessing, sys
import qzanalysis.blocks, qzanalysis.checks, qzanalysis.measures, qzanalysis.narrative
import qzanalysis.problems
from qzanalysis.charts import theme
theme.theme()

def run(path):
    scope = {}
    for cell in json.load(open(path, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), scope)

with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
    pool.map(run, sys.argv[1:], chunksize=1)
"""


def main() -> None:
    """Time every way in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", help="ways to time; all if left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        ways = {
            n: w for n, w in _ways(Path(scratch)).items() if n in (options.only or _ways_names())
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        memory: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.runs):
            for name, way in ways.items():
                taken, peak = _timed(way)
                seconds[name].append(taken)
                memory[name].append(peak)
    _print(seconds, memory)


def _ways_names() -> list[str]:
    return ["a", "b", "c", "d", "cold", "parameter", "value", "unchanged"]


def _ways(scratch: Path) -> dict[str, Callable[[], None]]:
    """Each way as something to call; what it needs first is done outside the clock where it can be."""
    data = scratch / "data"
    shutil.copytree(ROOT / "data", data)
    table = data / "quzhou-zhongzhuan" / "2021" / "employment.csv"
    turn = {"value": 0, "parameter": 0}

    def render(out: str, *options: str) -> None:
        command = [sys.executable, "-m", "qzanalysis.cli", "render", "--data", str(data)]
        _run([*command, "--out", str(scratch / out), *options])

    def changed_value() -> None:
        turn["value"] += 1
        text = table.read_text(encoding="utf-8")
        before, now = ("71.3", "71.4") if ",71.3," in text else ("71.4", "71.3")
        table.write_text(text.replace(f",{before},", f",{now},"), encoding="utf-8")
        render("kept")

    def changed_parameter() -> None:
        turn["parameter"] += 1
        render("kept", "-p", f"hires={turn['parameter']}")

    return {
        "a": lambda: [_plain(path, scratch) for path in NOTEBOOKS] and None,
        "b": lambda: _two_at_a_time(scratch),
        "c": lambda: _run(
            [
                sys.executable,
                "-m",
                "nbconvert",
                "--to",
                "html",
                "--execute",
                "--output-dir",
                str(scratch / "c"),
                *map(str, NOTEBOOKS),
            ]
        ),
        "d": lambda: _run([sys.executable, "-c", FLOOR, *map(str, NOTEBOOKS)]),
        "cold": lambda: render("cold", "--force"),
        "value": changed_value,
        "parameter": changed_parameter,
        "unchanged": lambda: render("cold"),
    }


def _plain(path: Path, scratch: Path) -> bool:
    made = scratch / path.name
    _run([sys.executable, "-m", "papermill", "--no-progress-bar", str(path), str(made)])
    _run([sys.executable, "-m", "nbconvert", "--to", "html", str(made)])
    return True


def _two_at_a_time(scratch: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: _plain(path, scratch), NOTEBOOKS))


def _run(command: list[str]) -> None:
    environment = {**os.environ, "QZANALYSIS_DATA": str(ROOT / "data"), "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)


def _timed(way: Callable[[], None]) -> tuple[float, float]:
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


def _sample(peaks: list[float], done: threading.Event) -> None:
    while not done.wait(0.1):
        peaks[0] = max(peaks[0], sum(_memory(pid) for pid in _descendants(os.getpid())))


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _memory(pid: int) -> float:
    """Proportional set size in MB: memory that processes share counts once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _print(seconds: dict[str, list[float]], memory: dict[str, list[float]]) -> None:
    plain = statistics.median(seconds["a"]) if seconds.get("a") else None
    print("way        median s   min    max   a/this   peak MB")
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        ratio = f"{plain / middle:7.1f}" if plain else "      —"
        print(
            f"{name:<10} {middle:8.2f} {min(taken):6.2f} {max(taken):6.2f} {ratio}"
            f"  {max(memory[name]):8.0f}"
        )
    print(json.dumps({name: [round(s, 3) for s in taken] for name, taken in seconds.items()}))


if __name__ == "__main__":
    main()
