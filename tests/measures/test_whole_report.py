"""Every computed number of the 2021 report as last read by a person: what `export` takes along.

Values worked out by hand are in the other files. After a change that is meant,
`PYTHONPATH=. python tests/measures/test_whole_report.py` writes the file again: read the difference.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from qzanalysis import load, measures
from qzanalysis.reports.report import Report

KEPT = Path(__file__).parent / "derived-2021.csv"


def rounded(table: pd.DataFrame) -> list[dict[str, str]]:
    """Values to twelve digits: the last ones are the arithmetic's, not the report's."""
    rows = table.astype(str).to_dict("records")
    return [
        {str(k): f"{float(v):.12g}" if k == "value" else v for k, v in row.items()} for row in rows
    ]


def test_no_computed_number_changed_unseen(report: Report) -> None:
    """With its label, unit, sources and formula; in the order of the chapters."""
    with KEPT.open(encoding="utf-8", newline="") as lines:
        kept = list(csv.DictReader(lines))
    found = rounded(measures.derived(report))
    assert [(row["group"], row["row"], row["column"]) for row in found] == [
        (row["group"], row["row"], row["column"]) for row in kept
    ]
    changed = [(new, old) for new, old in zip(found, kept, strict=True) if new != old]
    assert changed[:1] == []


if __name__ == "__main__":
    made = rounded(measures.derived(load("quzhou-zhongzhuan", 2021)))
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)
