"""Would the tests notice? Small changes are made to the arithmetic, and the fast tests are run.

    python -m benchmarks.mutants [--sample 650] [--seed 1] [--jobs 2] [--only qzanalysis/measures]

A mutant is one change of one expression: `<` for `<=`, `+` for `-`, 3 for 2, `and` for `or`, a
condition turned round, a keyword argument left out, a statement skipped, nothing returned. It is
*killed* when a test fails, or when it does not end. Each runs in a forked process over a copy of the
repository, with the changed module compiled in memory: no file of the work tree is ever touched.

`changes` tells what is changed and what is left alone; `docs/mutants.md` which survivors cannot be
killed, and why.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.mutants import trial
from benchmarks.mutants.changes import Mutant, mutants_of
from benchmarks.mutants.trial import Fate

REPO: Final = Path(__file__).parents[2]
# room → the tests that guard it; a mutant of the room must fail one of them. Those of the whole
# report come first, because they take a second; the small ones by hand are the finer sieve.
TESTS: Final[Mapping[str, Sequence[str]]] = {
    "qzanalysis/figures/quantities.py": ("tests/test_quantities.py", "tests/test_facts.py"),
    "qzanalysis/measures": (
        "tests/measures/test_whole_report.py", "tests/measures", "tests/test_comparison.py",
        "tests/test_facts.py",
    ),
    "qzanalysis/audit": ("tests/audit/test_whole_report.py", "tests/audit"),
}  # fmt: skip
# imported before forking, so that a mutant takes a second and not five
HEAVY: Final = (
    "pandas", "seaborn", "pytest", "hypothesis", "highspy", "nbformat", "IPython",
)  # fmt: skip


def sample(number: int, seed: int, only: str) -> list[Mutant]:
    """So many mutants over the rooms, each room by its size, the same for the same seed.

    In no order, so that a run that is interrupted has tested a sample, too.
    """
    paths = [p for room in TESTS for p in _files(room) if p.startswith(only)]
    every = [one for path in paths for one in mutants_of(path, (REPO / path).read_text("utf-8"))]
    wanted = len(every) if number <= 0 else min(number, len(every))
    return random.Random(seed).sample(every, wanted)


def _files(room: str) -> list[str]:
    if room.endswith(".py"):
        return [room]
    return sorted(str(path.relative_to(REPO)) for path in (REPO / room).glob("*.py"))


def _copy(folder: Path) -> Path:
    """The files git knows, as they stand now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (REPO / name).is_file() and not name.startswith("reports/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPO / name, folder / name)
    return folder


def _baseline(tree: Path) -> None:
    """Without a change every test must pass."""
    tests = list(dict.fromkeys(name for names in TESTS.values() for name in names))
    if failed := trial.begin(tree, None, tests).ended():
        raise SystemExit(f"without any change a test fails: {failed}")


def _told(fates: Sequence[Fate]) -> None:
    """Shares by room and by kind of change, then the survivors."""
    rooms = Counter(_room(fate.mutant) for fate in fates)
    for title, group in (("", None), *((room, room) for room in rooms)):
        some = [fate for fate in fates if group in (None, _room(fate.mutant))]
        killed = sum(bool(fate.killer) for fate in some)
        print(f"{title or 'all'}: killed {killed} of {len(some)} ({killed / len(some):.1%})")
    kinds = Counter(_kind(fate.mutant) for fate in fates)
    dead = Counter(_kind(fate.mutant) for fate in fates if fate.killer)
    print("; ".join(f"{kind} {dead[kind]}/{kinds[kind]}" for kind in sorted(kinds)))
    print("survivors:")
    for fate in sorted(fates, key=lambda fate: fate.mutant):
        if not fate.killer:
            print("   ", fate.mutant)


def _room(mutant: Mutant) -> str:
    return next(room for room in TESTS if mutant.path.startswith(room))


def _kind(mutant: Mutant) -> str:
    return mutant.kind.partition(":")[0]


def main() -> None:
    """Run it, and print the result."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sample", type=int, default=650, help="0 for every mutant")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--only", default="", help="paths that begin so")
    options.add_argument("--json", type=Path, help="where to keep every mutant's fate")
    given = options.parse_args()
    mutants = sample(given.sample, given.seed, given.only)
    cases = [(mutant, TESTS[_room(mutant)]) for mutant in mutants]
    for name in HEAVY:
        importlib.import_module(name)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begin, fates = time.monotonic(), list[Fate]()
    with tempfile.TemporaryDirectory() as folder:
        tree = _copy(Path(folder))
        _baseline(tree)
        with contextlib.suppress(KeyboardInterrupt):  # what was tested so far is told
            for fate in trial.run(cases, tree, given.jobs):
                fates.append(fate)
                if len(fates) % 50 == 0:
                    print(f"{len(fates)} of {len(cases)}", file=sys.stderr, flush=True)
    _told(fates)
    print(f"{time.monotonic() - begin:.0f} s")
    if given.json:
        rows = [{"mutant": str(fate.mutant), "killer": fate.killer} for fate in fates]
        given.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
