"""Every finding of the 2021 report as it was last read by a person, so that none changes unseen.

Values worked out by hand are in the other files; this one tells what else a change moves. After a
change that is meant, `PYTHONPATH=. python tests/audit/test_whole_report.py` writes the file again:
read the difference before it is committed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from qzanalysis import load
from qzanalysis.audit import Finding, run

KEPT = Path(__file__).parent / "findings-2021.csv"
COLUMNS = (
    "id", "chapter", "verdict", "severity", "figures", "recomputed", "difference", "statement",
    "suggestion",
)  # fmt: skip


def rows(findings: Sequence[Finding]) -> list[dict[str, str]]:
    """The findings by id; `figures` is how many printed figures each one read."""
    found = ({**one.as_dict(), "figures": len(one.figures)} for one in findings)
    kept = [{name: "" if (v := one[name]) is None else str(v) for name in COLUMNS} for one in found]
    return sorted(kept, key=lambda row: row["id"])


def as_csv(findings: Sequence[Finding]) -> str:
    """What the file should hold."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(findings))
    return buffer.getvalue()


def test_no_finding_changed_unseen(findings: list[Finding]) -> None:
    """The message shows the first that did, and how."""
    with KEPT.open(encoding="utf-8", newline="") as lines:
        kept = {row["id"]: row for row in csv.DictReader(lines)}
    found = {row["id"]: row for row in rows(findings)}
    assert found.keys() == kept.keys()
    changed = [(found[name], kept[name]) for name in kept if found[name] != kept[name]]
    assert changed[:1] == []


if __name__ == "__main__":
    KEPT.write_text(as_csv(run(load("quzhou-zhongzhuan", 2021))), encoding="utf-8")
