"""The register of problems over all chapters, each with its rule, evidence and place.

Four kinds, found by rules and not by hand:

standard      an official standard is not met
statement     the school itself states a lack (indicators of chapter 7 where less is better)
adverse       an indicator moved against its direction between the two years of the form, and neither
              figure is contradicted by others
contradiction printed figures that cannot all be right, or that no count can give

Severity follows what it does to a reader's conclusion. A standard missed by a fifth or more is high,
else medium. What the school itself reports as its challenge is high. An adverse change is high from
5 % of the earlier value on, medium from 1 %, else low. A contradiction keeps the severity of its check.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.audit.findings import SEVERITIES, VERDICTS, Finding
from qzanalysis.audit.output import coverage
from qzanalysis.figures.facts import Fact, growth
from qzanalysis.figures.intervals import signed
from qzanalysis.figures.sentences import Sentence, plain, sentence
from qzanalysis.measures.shortage import shortage
from qzanalysis.measures.standards import indicator_value, standards
from qzanalysis.reports.report import Report

KINDS: Final = {
    "standard": "未达标准",
    "statement": "学校自述",
    "adverse": "不利变化",
    "contradiction": "数字矛盾",
}
_FAR_BELOW: Final = Decimal(80)  # per cent of a standard: missed by a fifth or more
_LARGE_CHANGE: Final = Decimal(5)  # per cent of the earlier value
_NOTICEABLE_CHANGE: Final = Decimal(1)
_AUDIT_CHAPTER: Final = 9
_DOUBTFUL: Final = ("contradiction", "implausible")


def register(report: Report, findings: Sequence[Finding] = ()) -> pd.DataFrame:
    """Every problem, worst first.

    Returns:
        Columns `severity`, `severity_name`, `kind`, `kind_name`, `chapter`, `chapter_name`, `link`,
        `statement` and `evidence` (sentences), `rule`; one row a problem.
    """
    rows = [
        *_standards(report),
        *_statements(report),
        *_adverse(report, _contradicted(findings)),
        *_contradictions(findings),
    ]
    columns = ["severity", "kind", "chapter", "statement", "evidence", "rule", "size", "anchor"]
    severities, kinds = list(SEVERITIES), list(KINDS)
    rows.sort(key=lambda r: (severities.index(r["severity"]), kinds.index(r["kind"]), -r["size"]))
    frame = pd.DataFrame(rows, columns=columns).drop(columns="size")
    chapters = codebook.chapters().loc[frame["chapter"].astype(str).tolist()]
    named: pd.DataFrame = frame.assign(
        severity_name=frame["severity"].map(SEVERITIES),
        kind_name=frame["kind"].map(KINDS),
        chapter_name=chapters["name"].to_numpy(),
        link=chapters["page"].to_numpy() + ".html" + frame["anchor"].fillna(""),
    )
    return named.drop(columns="anchor")


def count_by_severity(problems: pd.DataFrame) -> pd.DataFrame:
    """The number of problems of each kind and severity: kinds down, severities across."""
    counts = pd.crosstab(problems["kind_name"], problems["severity_name"])
    return _ordered(counts, KINDS.values()).rename_axis(index="类别", columns=None)


def count_by_verdict(findings: Sequence[Finding]) -> pd.DataFrame:
    """The number of findings of each verdict, by severity and in all."""
    verdicts = pd.Series([finding.verdict for finding in findings], dtype=object)
    severities = pd.Series([SEVERITIES[finding.severity] for finding in findings], dtype=object)
    counts = _ordered(pd.crosstab(verdicts, severities), VERDICTS)
    total = counts.assign(合计=counts.sum(axis=1))
    return total.rename(index=VERDICTS).rename_axis(index="结论", columns=None)


def untested(report: Report, findings: Sequence[Finding]) -> pd.DataFrame:
    """Figures in no relation with another figure: name, year, text as printed and place."""
    rows = coverage(report, findings).untested
    names = map(codebook.label, rows["indicator"], rows["breakdown"])
    columns = {"年份": rows["year"].map(str), "原样": rows["printed"], "出处": rows["source"]}
    return pd.DataFrame(columns).set_axis(pd.Index(list(names), name="指标"))


def _ordered(counts: pd.DataFrame, kinds: Iterable[str]) -> pd.DataFrame:
    """The rows and columns there are, the rows in this order, the columns by severity."""
    rows = [kind for kind in kinds if kind in counts.index]
    return counts.loc[rows, [name for name in SEVERITIES.values() if name in counts.columns]]


def _standards(report: Report) -> Iterator[dict[str, Any]]:
    for row in standards(report).facts.to_dict("records"):
        if row["met"] is False:
            missed = row["level"]
            far = missed.value is not None and missed.value <= _FAR_BELOW
            yield {
                "severity": "high" if far else "medium",
                "kind": "standard",
                "chapter": 1,
                "statement": sentence(
                    "{name} {value}，未达到标准 {threshold}。",
                    name=row["label"],
                    value=row["value"],
                    threshold=row["threshold"],
                ),
                "evidence": sentence("只相当于标准的 {level}。", level=missed),
                "rule": f"{row['rule']}（{row['source']}）",
                "size": 100 - float(missed),
            }


def _statements(report: Report) -> Iterator[dict[str, Any]]:
    table = codebook.indicators()
    own = table[(table["chapter"] == "7") & (table["direction"] == "down")]
    for identifier, row in own.iterrows():
        fact = report.fact(str(identifier))
        if fact.value:
            yield {
                "severity": "high",
                "kind": "statement",
                "chapter": 7,
                "statement": sentence("学校自述{name} {fact}。", name=row["name"], fact=fact),
                "evidence": _own_evidence(report, row["definition"]),
                "rule": f"报告 {fact.origins[0].source} 自述的不足",
                "size": float(fact),
            }


def _own_evidence(report: Report, definition: str) -> Sentence:
    """The shortage by the school's own ratio over the enrolled students, where it names one."""
    target = report.fact("student_teacher_target")
    if target.value is None:
        return sentence("{definition}", definition=definition)
    own = shortage(report.fact("students"), report.fact("teachers"), float(target))
    return sentence(
        "按报告所用的 {target} 和实有在校生计算，缺口为 {own}。", target=target, own=own
    )


def _contradicted(findings: Iterable[Finding]) -> set[tuple[str, str, int]]:
    """Indicator, breakdown and year of the figures that contradictions are about: their claims."""
    claims = [each.figures[0].key for each in findings if each.verdict == "contradiction"]
    return {(key.indicator, key.breakdown, key.year) for key in claims}


def _adverse(
    report: Report, contradicted: Container[tuple[str, str, int]]
) -> Iterator[dict[str, Any]]:
    if len(report.years) < 2:
        return
    before_year, now_year = report.years[-2:]
    for label, chapter, direction, before, now in _pairs(report, before_year, now_year):
        change = now - before
        against = (change.value or 0) < 0 if direction == "up" else (change.value or 0) > 0
        if not (before.known and now.known and against and before.value):
            continue
        if any((o.indicator, o.breakdown, o.year) in contradicted for o in change.origins):
            continue
        relative = growth(now, before, f"{label}的相对变化").magnitude()
        yield {
            "severity": _change_severity(relative),
            "kind": "adverse",
            "chapter": chapter,
            "statement": sentence("{label}{change:change}。", label=label, change=change),
            "evidence": sentence(
                "{a} 年 {before}，{b} 年 {now}；变化幅度为上年的 {relative}。",
                a=str(before_year),
                b=str(now_year),
                before=before,
                now=now,
                relative=relative,
            ),
            "rule": f"该指标{'越高' if direction == 'up' else '越低'}越好",
            "size": float(relative),
        }


def _pairs(report: Report, before: int, now: int) -> Iterator[tuple[str, int, str, Fact, Fact]]:
    """Every figure with a direction that has both years, printed or derived by its definition."""
    table = codebook.indicators()
    directed = table[table["direction"] != "neither"]
    printed = report.observations[["indicator", "breakdown"]].drop_duplicates()
    keys = [
        (indicator, breakdown)
        for indicator, breakdown in printed.itertuples(index=False, name=None)
        if indicator in directed.index and "change=" not in breakdown
    ]
    derived = [
        (str(identifier), "")
        for identifier, row in directed.iterrows()
        if row["numerator"] and row["denominator"] and (identifier, "") not in keys
    ]
    for indicator, breakdown in keys + derived:
        row, parts = directed.loc[indicator], codebook.parse_breakdown(breakdown)
        facts = [
            report.fact(indicator, year, **parts)
            if parts
            else indicator_value(report, indicator, year)
            for year in (before, now)
        ]
        name = codebook.label(indicator, breakdown)
        yield name, int(row["chapter"]), str(row["direction"]), facts[0], facts[1]


def _change_severity(relative: Fact) -> str:
    size = relative.value or Decimal(0)
    return "high" if size >= _LARGE_CHANGE else "medium" if size >= _NOTICEABLE_CHANGE else "low"


def _contradictions(findings: Iterable[Finding]) -> Iterator[dict[str, Any]]:
    for finding in findings:
        if finding.verdict in _DOUBTFUL:
            recomputed = f"重新计算：{signed(finding.recomputed)}" if finding.recomputed else ""
            evidence = "；".join(filter(None, (recomputed, finding.suggestion)))
            yield {
                "severity": finding.severity,
                "kind": "contradiction",
                "chapter": _AUDIT_CHAPTER,
                "anchor": f"#finding-{finding.id}",
                "statement": plain(finding.statement),
                "evidence": plain(evidence),
                "rule": "印出的数字应能互相推算",
                "size": 0.0,
            }
