"""How well do the checks find a slip of one digit, and how well do they point at it?

    python benchmarks/check_mutations.py [--step 1] [--seed 1]

The figures of the 2021 report are first made consistent (`consistent.csv`, in the format of the
register of corrections). Then one digit of one figure is changed at a time, and the checks run.

- detected: a relation that was sound no longer is (strictly: it is now a contradiction, implausible,
  cut off or on another base; else also an open question).
- in an exact rule: the figure is in an equation that must hold (sums, differences, ratios, stocks and
  flows), or an exact number printed in several places. Bounds and feasibility are not exact.
- first suspect: the changed figure is in the cheapest repair (ties told as ties count as first;
  the strict figure counts only repairs without a tie).
- false alarms: contradictions and implausible findings in the unchanged consistent set; must be 0.
- time of one report, and of several, to see that it is linear.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from qzanalysis import codebook, load
from qzanalysis.audit import run
from qzanalysis.audit.advice import TIE
from qzanalysis.audit.constraints import constraints
from qzanalysis.audit.engine import book
from qzanalysis.audit.findings import Finding
from qzanalysis.audit.localise import Cluster, localise
from qzanalysis.audit.relations import cases
from qzanalysis.figures.quantities import NotAFigure, parse
from qzanalysis.reports import corrections
from qzanalysis.reports.report import Report

HERE = Path(__file__).parent
ALARMS = frozenset({"contradiction", "implausible", "truncated", "other_base"})
SOUND = frozenset({"holds", "rounded"})
Place = tuple[str, int]


@dataclass(frozen=True)
class Trial:
    """One changed digit and what the checks made of it."""

    place: Place
    rules: int
    detected: bool
    strictly: bool
    first: bool
    alone: bool


def consistent() -> Report:
    """The 2021 report with the contradictions removed."""
    table = codebook.read_table(HERE / "consistent.csv")
    rows = [
        corrections.Correction(**{**line, "year": int(line["year"])}, row=row)  # type: ignore[arg-type]
        for row, line in enumerate(table.to_dict("records"), 2)
    ]
    report = corrections.apply(load("quzhou-zhongzhuan", 2021), rows)
    frame = report.observations
    texts = [
        q.printed if q is not None else p
        for q, p in zip(frame["quantity"], frame["printed"], strict=True)
    ]
    return report.with_observations(frame.assign(printed=texts))


def mutations(report: Report, step: int, seed: int) -> Iterator[tuple[Place, Report]]:
    """Reports with one digit of one figure changed; every `step`-th figure."""
    source = random.Random(seed)
    frame = report.observations
    for index in list(frame.index)[::step]:
        row = frame.loc[index]
        printed = None if row["quantity"] is None else _slip(str(row["printed"]), source)
        if printed is None:
            continue
        try:
            quantity = parse(printed, count=codebook.is_exact(row["indicator"]))
        except NotAFigure:
            continue
        yield (
            (row["file"], int(row["row"])),
            report.with_observations(_replaced(frame, index, printed, quantity)),
        )


def _slip(printed: str, source: random.Random) -> str | None:
    """The text with one digit changed, or None if it has none or would begin with a zero."""
    digits = [n for n, character in enumerate(printed) if character in "0123456789"]
    if not digits:
        return None
    position = source.choice(digits)
    others = [d for d in "0123456789" if d != printed[position]]
    if position == digits[0] and len(digits) > 1:
        others.remove("0") if "0" in others else None
    return printed[:position] + source.choice(others) + printed[position + 1 :]


def _replaced(frame: pd.DataFrame, index: Any, printed: str, quantity: Any) -> pd.DataFrame:
    changed = frame.copy()
    changed.at[index, "printed"] = printed
    changed.at[index, "quantity"] = quantity
    return changed


def exact_rules(report: Report) -> Counter[Place]:
    """For each figure, in how many exact rules it is."""
    own = book(report)
    equations = {
        (c.finding, key)
        for c in constraints(cases(own))
        if c.switch is not None or c.low == c.high
        for key in c.keys
    }
    counts: Counter[Place] = Counter()
    for _, key in equations:
        counts.update((f.file, f.row) for f in own.figures[key])
    for key, figures in own.figures.items():
        exact = [f for f in figures if f.quantity is not None and f.quantity.high.is_finite()]
        if len(exact) > 1 and len(own.readings(key)) == 1:
            counts.update((f.file, f.row) for f in exact)
    return counts


def trial(place: Place, report: Report, sound: dict[str, Finding], rules: int) -> Trial:
    """Run the checks on one mutation."""
    findings = run(report)
    worse = [f for f in findings if f.verdict not in SOUND and not _known(f, sound)]
    strictly = any(f.verdict in ALARMS for f in worse)
    first = alone = False
    if strictly and rules > 1:
        first, alone = _suspected(report, place)
    return Trial(place, rules, bool(worse), strictly, first, alone)


def _known(finding: Finding, sound: dict[str, Finding]) -> bool:
    before = sound.get(finding.id)
    return before is not None and before.verdict == finding.verdict


def _suspected(report: Report, place: Place) -> tuple[bool, bool]:
    own = book(report)
    first = alone = False
    for cluster in localise(own, list(cases(own))):
        ties = _ties(cluster)
        hits = [place in tie for tie in ties]
        first = first or any(hits)
        alone = alone or hits == [True]
    return first, alone


def _ties(cluster: Cluster) -> list[set[Place]]:
    """The figures of each of the cheapest repairs."""
    if not cluster.repairs:
        return []
    best = cluster.repairs[0]
    margin = TIE * len(best.changes)
    return [
        {(f.file, f.row) for change in repair.changes for f in change.reading.figures}
        for repair in cluster.repairs
        if repair.cost - best.cost <= margin
    ]


def seconds(report: Report, times: int) -> float:
    """How long the checks take for so many reports."""
    start = time.perf_counter()
    for _ in range(times):
        run(report)
    return time.perf_counter() - start


def main() -> None:
    """Run the benchmark and print one line for each result."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--step", type=int, default=1, help="take every n-th figure")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    report = consistent()
    sound = {finding.id: finding for finding in run(report)}
    false = [f for f in sound.values() if f.verdict in ("contradiction", "implausible")]
    print(f"false alarms on the consistent set: {len(false)}")
    for finding in false:
        print("   ", finding.id, finding.statement)
    rules = exact_rules(report)
    changed = mutations(report, chosen.step, chosen.seed)
    trials = [trial(place, other, sound, rules[place]) for place, other in changed]
    _report(trials)
    original = load("quzhou-zhongzhuan", 2021)
    print("; ".join(f"{n} report(s): {seconds(original, n):.2f} s" for n in (1, 2, 4)))


def _report(trials: list[Trial]) -> None:
    exact = [t for t in trials if t.rules]
    two = [t for t in exact if t.strictly and t.rules > 1]
    print(f"mutations: {len(trials)}; detected: {_share(t.detected for t in trials)}")
    print(
        f"in an exact rule: {len(exact)}; detected: {_share(t.detected for t in exact)}; "
        f"strictly: {_share(t.strictly for t in exact)}"
    )
    print(
        f"strictly detected, in two exact rules or more: {len(two)}; first suspect: "
        f"{_share(t.first for t in two)} (without a tie: {_share(t.alone for t in two)})"
    )
    for missed in (t for t in exact if not t.strictly):
        print(
            "    missed" + (" (told as an open question)" if missed.detected else ""), *missed.place
        )


def _share(hits: Iterable[bool]) -> str:
    all_ = list(hits)
    return f"{sum(all_) / len(all_):.1%}" if all_ else "none"


if __name__ == "__main__":
    main()
