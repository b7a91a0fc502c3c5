"""The audit: does this report agree with itself?

    findings = run(load("quzhou-zhongzhuan", 2021))
    print(as_text(findings))

Rules are data: `catalogue.csv` (one line each) and what `generic` makes from the codebook.
`docs/adding-a-check.md` shows how to add one.
"""

from __future__ import annotations

from qzanalysis.audit.engine import run
from qzanalysis.audit.findings import KINDS, SEVERITIES, VERDICTS, Finding
from qzanalysis.audit.output import Coverage, as_json, as_text, coverage, frame, summary

__all__ = [
    "KINDS",
    "SEVERITIES",
    "VERDICTS",
    "Coverage",
    "Finding",
    "as_json",
    "as_text",
    "coverage",
    "frame",
    "run",
    "summary",
]
