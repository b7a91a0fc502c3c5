"""A thousand school-years: built once, loaded, and every rule tested.

    python -m benchmarks.panel [--schools 200] [--years 5] [--runs 5]

The reports are copies of the real one under other slugs and years; in each, one printed digit in
fifty is another (seeded), so that no two are alike and rules fail here and there. Whole processes,
wall time, medians; peak memory is the sum over the process tree. `first` reads and validates all
CSV files and writes the Parquet file, `load` starts from it; `check anew` tests every rule of every
report, `check known` after that, `one changed` after one figure of one report has changed.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.timing import ROOT, describe, run, timed

SCHOOL: Final = "quzhou-zhongzhuan"
OTHER_DIGIT: Final = 1 / 50
LOAD: Final = "from qzanalysis.audit import panel; print(len(panel.observations()))"
CHECK: Final = "from qzanalysis.audit import panel; print(len(panel.findings(jobs=2)))"


def main() -> None:
    """Make the reports, time each way in turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schools", type=int, default=200)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        make(data, options.schools, options.years)
        first, memory = timed(lambda: _python(LOAD, data))
        print(f"first        {first:7.2f} s  {memory:6.0f} MB")
        _tell("load", [timed(lambda: _python(LOAD, data)) for _ in range(options.runs)])
        anew, memory = timed(lambda: _python(CHECK, data))
        print(f"check anew   {anew:7.2f} s  {memory:6.0f} MB")
        _tell("check known", [timed(lambda: _python(CHECK, data)) for _ in range(options.runs)])
        _tell("one changed", [_changed(data) for _ in range(options.runs)])
    print(describe())


def make(data: Path, schools: int, years: int) -> None:
    """Write a data folder of made-up schools and years."""
    shutil.copytree(ROOT / "data", data, dirs_exist_ok=True, ignore=shutil.ignore_patterns("2*"))
    original = sorted((ROOT / "data" / SCHOOL / "2021").glob("*.csv"))
    lines = (data / "schools.csv").read_text(encoding="utf-8").splitlines()[:1]
    chance = random.Random(2021)
    for number in range(schools):
        slug = f"school-{number:03}"
        lines.append(f"{slug},学校{number:03},校{number:03},某地")
        for back in range(years):
            folder = data / slug / str(2021 - back)
            folder.mkdir(parents=True)
            for path in original:
                _copy(path, folder / path.name, back, chance)
    (data / "schools.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _copy(path: Path, target: Path, back: int, chance: random.Random) -> None:
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    for row in rows:
        row["year"] = str(int(row["year"]) - back)
        plain = row["printed"][-1:].isdigit() and ":" not in row["printed"]
        if plain and chance.random() < OTHER_DIGIT:
            row["printed"] = row["printed"][:-1] + str(chance.randrange(10))
    with target.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _changed(data: Path) -> tuple[float, float]:
    path = data / "school-000" / "2021" / "employment.csv"
    text = path.read_text(encoding="utf-8")
    before, now = (",71.3,", ",71.4,") if ",71.3," in text else (",71.4,", ",71.3,")
    path.write_text(text.replace(before, now), encoding="utf-8")
    return timed(lambda: _python(CHECK, data))


def _python(code: str, data: Path) -> None:
    guarded = f"if __name__ == '__main__': exec({code!r})"
    run([sys.executable, "-c", guarded], {**os.environ, "QZANALYSIS_DATA": str(data)})


def _tell(name: str, measured: list[tuple[float, float]]) -> None:
    seconds, memory = zip(*measured, strict=True)
    print(
        f"{name:<12} {statistics.median(seconds):7.2f} s  {max(memory):6.0f} MB"
        f"   ({min(seconds):.2f} to {max(seconds):.2f}, {len(seconds)} runs)"
    )


if __name__ == "__main__":
    main()
