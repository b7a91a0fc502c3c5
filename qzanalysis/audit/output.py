"""Findings as text for people, as JSON for programs, as a frame for researchers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

import pandas as pd

from qzanalysis.audit.findings import GROUPS, KINDS, SEVERITIES, VERDICTS, Finding, in_order
from qzanalysis.reports.report import Report

_TRIVIAL = frozenset({"bounds", "magnitude", "completeness"})


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as the contract has them: a list of objects, readable Chinese."""
    return json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1) + "\n"


def as_text(findings: Sequence[Finding]) -> str:
    """For people: counts, what needs attention (worst first), counts again."""
    ordered = in_order(findings)
    shown = [finding for finding in ordered if finding.severity != "none"]
    lines = [summary(findings), ""]
    for finding in shown:
        lines.append(
            f"[{SEVERITIES[finding.severity]}] {VERDICTS[finding.verdict]} · "
            f"第 {finding.chapter} 章 · {KINDS[finding.rule]} · {finding.id}"
        )
        lines.append(f"    {finding.statement}")
        if finding.suggestion:
            lines.append(f"    建议：{finding.suggestion}")
    return "\n".join([*lines, "", summary(findings), ""])


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """The number of findings by what they mean for a reader; the scheme of every page."""
    verdicts = Counter(finding.verdict for finding in findings)
    return {name: sum(verdicts[v] for v in group) for name, group in GROUPS.items()}


def summary(findings: Sequence[Finding]) -> str:
    """One line of counts: relations tested, then how many of each verdict."""
    counts = Counter(finding.verdict for finding in findings)
    parts = [f"{VERDICTS[v]} {counts[v]}" for v in VERDICTS if counts[v]]
    return f"共核对 {len(findings)} 项关系：{'，'.join(parts)}。"


def frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """One row a finding; `figures` as the sources and printed texts in one cell."""
    rows = [
        finding.as_dict()
        | {"figures": "；".join(f"{f.source} {f.key.label} {f.printed}" for f in finding.figures)}
        for finding in findings
    ]
    return pd.DataFrame(rows, columns=[field.name for field in fields(Finding)])


@dataclass(frozen=True)
class Coverage:
    """Which numeric figures take part in a rule.

    Attributes:
        table: one row a source (a table or section): figures, in any rule, in a relation with
            other figures (bounds, magnitudes and completeness do not count).
        untested: the observations in no relation, with file and row.
    """

    table: pd.DataFrame
    untested: pd.DataFrame

    def share(self, *sources: str) -> float:
        """The share of figures in a relation, over some sources (`附表1`) or over all."""
        chosen = self.table.loc[list(sources)] if sources else self.table
        return float(chosen["related"].sum() / chosen["figures"].sum())


def coverage(report: Report, findings: Sequence[Finding]) -> Coverage:
    """How much of a report the findings read.

    Args:
        report: the report that was checked.
        findings: what `run` gave for it.
    """
    used = {(f.file, f.row) for finding in findings for f in finding.figures}
    related = {
        (f.file, f.row)
        for finding in findings
        if finding.rule not in _TRIVIAL
        for f in finding.figures
    }
    numbers = report.observations[report.observations["quantity"].notna()]
    places = list(zip(numbers["file"], numbers["row"], strict=True))
    marked = numbers.assign(
        place=numbers["source"].str.partition("#")[0],
        tested=[place in used for place in places],
        related=[place in related for place in places],
    )
    groups = marked.groupby("place", sort=False)
    table = groups.agg(
        figures=("tested", "size"), tested=("tested", "sum"), related=("related", "sum")
    )
    columns = ["indicator", "breakdown", "year", "printed", "source", "file", "row"]
    return Coverage(table, marked.loc[~marked["related"], columns].reset_index(drop=True))
