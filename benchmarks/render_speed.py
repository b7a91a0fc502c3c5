"""How long a report takes, beside other ways of running and exporting the same notebooks.

    python -m benchmarks.render_speed [--runs 5] [--only cold a d]

Whole processes, wall time, medians; the ways take turns in each round, so that a machine that slows
down slows them all. Peak memory is the sum over the process tree, sampled. Every way runs the ten
notebooks of the real report:

a     one `papermill` and one `nbconvert` process a notebook, one after another
b     the same, two at a time
c     `nbconvert --execute` over all notebooks in one process
d     the floor: the same cells by plain forked Python, two at a time; no kernel, no papermill, no page
e     jupyter-cache, executing in parallel, and nbconvert   (e-changed: one notebook changed;
f     Jupyter Book 1 with its cache                          e-same: nothing changed; f likewise)
cold, changed, value, same
      `qzanalysis render`: nothing kept; one chapter's parameter changed; one data value changed;
      nothing changed
jobs-1, jobs-4
      cold with one and four chapters at the same time: how much memory a chapter needs
twenty
      `qzanalysis render --all` over twenty schools (copies of the real one)

e and f are left out where jupyter-cache and Jupyter Book 1 are not installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Final

from benchmarks import rivals
from benchmarks.timing import ROOT, describe, run, timed

NOTEBOOKS: Final = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
SCHOOLS: Final = 20
FLOOR: Final = """
import json, multiprocessing, sys
import qzanalysis.pages.blocks, qzanalysis.audit, qzanalysis.measures, qzanalysis.pages.narrative
import qzanalysis.pages.questions
from qzanalysis.pages.charts import theme
theme.theme()

def run(path):
    scope = {}
    for cell in json.load(open(path, encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), scope)

with multiprocessing.get_context("fork").Pool(2, maxtasksperchild=1) as pool:
    pool.map(run, sys.argv[1:], chunksize=1)
"""
Way = Callable[[], None]


def main() -> None:
    """Time every way in turn, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", help="ways to time; all if left out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        ways = plain(Path(scratch)) | own(Path(scratch))
        if rivals.there():
            ways |= caches(Path(scratch))
        chosen = {n: w for n, w in ways.items() if n in (options.only or ways)}
        measured: dict[str, list[tuple[float, float]]] = {name: [] for name in chosen}
        for _ in range(options.runs):
            for name, way in chosen.items():
                measured[name].append(timed(way))
    _print(measured)
    print(describe())


def plain(scratch: Path) -> dict[str, Way]:
    """The ways without any cache."""
    listed = list(map(str, NOTEBOOKS))
    execute = ["nbconvert", "--to", "html", "--execute", "--output-dir", str(scratch / "c")]
    return {
        "a": lambda: [_one_by_one(path, scratch) for path in NOTEBOOKS] and None,
        "b": lambda: _two_at_a_time(scratch),
        "c": lambda: _python("-m", *execute, *listed),
        "d": lambda: _python("-c", FLOOR, *listed),
    }


def own(scratch: Path) -> dict[str, Way]:
    """The package's own ways; each has data and reports of its own, rendered once beforehand."""
    turn = count(1)

    def changed() -> None:
        _render(scratch / "changed", "-p", f"hires={next(turn)}")

    def value() -> None:
        table = scratch / "value" / "data" / "quzhou-zhongzhuan" / "2021" / "employment.csv"
        text = table.read_text(encoding="utf-8")
        before, now = (",71.3,", ",71.4,") if ",71.3," in text else (",71.4,", ",71.3,")
        table.write_text(text.replace(before, now), encoding="utf-8")
        _render(scratch / "value")

    for name in ("cold", "changed", "value", "same"):
        shutil.copytree(ROOT / "data", scratch / name / "data")
        _render(scratch / name)
    _twenty(scratch / "twenty" / "data")
    return {
        "cold": lambda: _render(scratch / "cold", "--force"),
        "changed": changed,
        "value": value,
        "same": lambda: _render(scratch / "same"),
        "jobs-1": lambda: _render(scratch / "cold", "--force", "--jobs", "1"),
        "jobs-4": lambda: _render(scratch / "cold", "--force", "--jobs", "4"),
        "twenty": lambda: _render(scratch / "twenty", "--all", "--force"),
    }


def caches(scratch: Path) -> dict[str, Way]:
    """The rivals that keep what has not changed; each case has notebooks of its own."""
    turn = count(1)

    def book(name: str) -> Path:
        copies = rivals.prepare(scratch / name, NOTEBOOKS)
        return copies[0].parent

    def cold(name: str, build: Callable[[Path], None]) -> Way:
        return lambda: build(book(name))

    def changed(name: str, build: Callable[[Path], None]) -> Way:
        place = book(name)
        build(place)

        def again() -> None:
            rivals.change(place / NOTEBOOKS[7].name, next(turn))
            build(place)

        return again

    def same(name: str, build: Callable[[Path], None]) -> Way:
        place = book(name)
        build(place)
        return lambda: build(place)

    def jupyter_cache(place: Path) -> None:
        rivals.jupyter_cache(place, [place / path.name for path in NOTEBOOKS])

    builds = (("e", jupyter_cache), ("f", rivals.jupyter_book))
    return {
        name: way
        for letter, build in builds
        for name, way in (
            (letter, cold(letter, build)),
            (f"{letter}-changed", changed(f"{letter}-changed", build)),
            (f"{letter}-same", same(f"{letter}-same", build)),
        )
    }


def _twenty(data: Path) -> None:
    """Twenty schools with the figures of the real one."""
    data.mkdir(parents=True)
    header = (ROOT / "data" / "schools.csv").read_text(encoding="utf-8").splitlines()[0]
    slugs = [f"school-{number:02}" for number in range(SCHOOLS)]
    lines = [header, *(f"{slug},学校{slug[-2:]},校{slug[-2:]},某地" for slug in slugs)]
    (data / "schools.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for slug in slugs:
        shutil.copytree(ROOT / "data" / "quzhou-zhongzhuan" / "2021", data / slug / "2021")


def _render(place: Path, *options: str) -> None:
    where = ["--data", str(place / "data"), "--out", str(place / "out")]
    _python("-m", "qzanalysis.cli", "render", *where, *options)


def _one_by_one(path: Path, scratch: Path) -> bool:
    made = scratch / path.name
    _python("-m", "papermill", "--no-progress-bar", str(path), str(made))
    _python("-m", "nbconvert", "--to", "html", str(made))
    return True


def _two_at_a_time(scratch: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: _one_by_one(path, scratch), NOTEBOOKS))


def _python(*arguments: str) -> None:
    run([sys.executable, *arguments], {**os.environ, "QZANALYSIS_DATA": str(ROOT / "data")})


def _print(measured: dict[str, list[tuple[float, float]]]) -> None:
    middle = {name: statistics.median(s for s, _ in runs) for name, runs in measured.items()}
    print("| way | median s | min | max | a ÷ this | peak MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, runs in measured.items():
        seconds = [taken for taken, _ in runs]
        ratio = f"{middle['a'] / middle[name]:.1f}" if "a" in middle else "—"
        peak = max(memory for _, memory in runs)
        print(
            f"| {name} | {middle[name]:.2f} | {min(seconds):.2f} | {max(seconds):.2f} "
            f"| {ratio} | {peak:.0f} |"
        )
    print(json.dumps({n: [round(s, 3) for s, _ in runs] for n, runs in measured.items()}))


if __name__ == "__main__":
    main()
