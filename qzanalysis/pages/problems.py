"""The register of the school's problems over all chapters, each with rule, evidence and place.

Three rules find them (problems of the report's figures are in `questions`):

standard      an official standard is not met
statement     the school itself states a lack (indicators of chapter 7 where less is better)
adverse       an indicator moved against its direction between the two years of the form, and no
              check doubts either figure; more graduates than before neither work nor study on

Severity follows what it does to a reader's conclusion. A standard missed by a fifth or more is high,
else medium. What the school itself reports as its challenge is high. An adverse change is high from
5 % of the earlier value on, medium from 1 %, else low; low too where the printed digits leave its
size open.

A register is ranked by consequence: low severity last; then by subject (`codebook/subjects.csv`), in which
people come before programmes, money, buildings and books; then by severity and size. Problems of one
matter are one entry.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.audit.findings import SEVERITIES, Finding
from qzanalysis.figures.facts import Fact, growth
from qzanalysis.figures.sentences import Sentence, join, sentence
from qzanalysis.measures.common import cell
from qzanalysis.measures.shortage import shortage
from qzanalysis.measures.standards import indicator_value, standards
from qzanalysis.measures.students import progression_outcome
from qzanalysis.pages import narrative
from qzanalysis.reports.report import Report

KINDS: Final = {
    "standard": "未达标准",
    "statement": "学校自述",
    "adverse": "不利变化",
    "question": "数字存疑",
}
_COLUMNS: Final = (
    "severity", "kind", "chapter", "subject", "office", "statement", "evidence", "rule", "anchor",
)  # fmt: skip
_FAR_BELOW: Final = Decimal(80)  # per cent of a standard: missed by a fifth or more
_LARGE_CHANGE: Final = Decimal(5)  # per cent of the earlier value
_NOTICEABLE_CHANGE: Final = Decimal(1)
_OUTCOME_CHAPTER: Final = 3  # shows where the graduates went
Rows = list[dict[str, Any]]


def register(report: Report, findings: Sequence[Finding] = ()) -> pd.DataFrame:
    """Every problem of the school, the one of most consequence first.

    Args:
        report: with decided values, as `qzanalysis.load` returns it.
        findings: of the checks; a figure they doubt makes no adverse change.

    Returns:
        Columns `severity`, `severity_name`, `kind`, `kind_name`, `chapter`, `chapter_name`, `subject`,
        `office` (who answers for it), `link`, `statement` and `evidence` (sentences), `rule`; one row
        a problem.
    """
    rows = [
        *_standards(report),
        *_statements(report),
        *_unplaced(report),
        *_adverse(report, _doubted(findings)),
    ]
    rows.sort(key=_consequence)
    groups: dict[object, Rows] = {}
    for number, row in enumerate(rows):
        groups.setdefault(row["subject"] if row["about"].one_matter else number, []).append(row)
    return framed(map(_merged, groups.values()))


def _consequence(row: Mapping[str, Any]) -> tuple[bool, int, int, float]:
    """The place of a row in a register."""
    severity = list(SEVERITIES).index(row["severity"])
    return row["severity"] == "low", row["about"].rank, severity, -row["size"]


def _merged(rows: Rows) -> dict[str, Any]:
    """Problems of one subject as one: the first, with the others as its evidence."""
    first = rows[0]
    others = [row["statement"] for row in rows[1:]]
    return first | {"evidence": join([first["evidence"], *others])}


def framed(rows: Iterable[dict[str, Any]], *more: str) -> pd.DataFrame:
    """Rows of a register in order of consequence, with names and links.

    Args:
        rows: as `entry` makes them.
        more: further columns.
    """
    in_order: Rows = sorted(rows, key=_consequence)
    frame = pd.DataFrame(in_order, columns=[*_COLUMNS, *more])
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
    return ordered(counts, KINDS.values()).rename_axis(index="类别", columns=None)


def ordered(counts: pd.DataFrame, kinds: Iterable[str]) -> pd.DataFrame:
    """The rows and columns there are, the rows in this order, the columns by severity."""
    rows = [kind for kind in kinds if kind in counts.index]
    return counts.loc[rows, [name for name in SEVERITIES.values() if name in counts.columns]]


def entry(indicator: str, **row: Any) -> dict[str, Any]:
    """A row of a register with the subject of an indicator."""
    about = codebook.subject(indicator)
    return {"about": about, "subject": about.name, "office": about.office, **row}


def _standards(report: Report) -> Iterator[dict[str, Any]]:
    for identifier, row in standards(report).facts.iterrows():
        if row["met"] is False:
            missed = row["level"]
            far = missed.value is not None and missed.value <= _FAR_BELOW
            yield entry(
                codebook.standard(str(identifier))["indicator"],
                severity="high" if far else "medium",
                kind="standard",
                chapter=1,
                statement=sentence(
                    "{name} {value}，未达到标准 {threshold}。",
                    name=row["label"],
                    value=row["value"],
                    threshold=row["threshold"],
                ),
                evidence=sentence("只相当于标准的 {level}。", level=missed),
                rule=f"{row['rule']}（{row['source']}）",
                size=100 - float(missed),
            )


def _statements(report: Report) -> Iterator[dict[str, Any]]:
    table = codebook.indicators()
    own = table[(table["chapter"] == "7") & (table["direction"] == "down")]
    for identifier, row in own.iterrows():
        fact = report.fact(str(identifier))
        if fact.value:
            yield entry(
                str(identifier),
                severity="high",
                kind="statement",
                chapter=7,
                statement=sentence("学校自述{name} {fact}。", name=row["name"], fact=fact),
                evidence=_own_evidence(report, row["definition"]),
                rule=f"报告 {fact.origins[0].source} 自述的不足",
                size=float(fact),
            )


def _own_evidence(report: Report, definition: str) -> Sentence:
    """The shortage by the school's own ratio over the enrolled students, where it names one."""
    target = report.fact("student_teacher_target")
    if target.value is None:
        return sentence("{definition}", definition=definition)
    own = shortage(report.fact("students"), report.fact("teachers"), float(target))
    return sentence(
        "按报告所用的 {target} 和实有在校生计算，缺口为 {own}。", target=target, own=own
    )


def _unplaced(report: Report) -> Iterator[dict[str, Any]]:
    """More graduates than the year before who neither work nor study on."""
    outcome = progression_outcome(report)
    before_year, now_year = report.years[-2:]
    was, now = (cell(outcome, "未就业也未升学", year) for year in (before_year, now_year))
    before, after = (cell(outcome, "就业（含升学）率", year) for year in (before_year, now_year))
    if was.value is not None and now.value is not None and now.value > was.value:
        yield entry(
            "graduates_placed",
            severity=_change_severity(growth(now, was, now.label) if was.value else now),
            kind="adverse",
            chapter=_OUTCOME_CHAPTER,
            statement=sentence("既未就业也未升学的毕业生 {now}，上年 {was}。", now=now, was=was),
            evidence=sentence(
                "就业（含升学）率 {after}，上年 {before}。", after=after, before=before
            ),
            rule="毕业生数减去就业（含升学）人数，越少越好",
            size=float(now),
        )


def _doubted(findings: Iterable[Finding]) -> set[tuple[str, str, int]]:
    """Indicator, breakdown and year of the figures that contradictions and outliers are about."""
    claims = [
        each.figures[0].key
        for each in findings
        if each.verdict == "contradiction"
        or (each.verdict, each.rule) == ("implausible", "outlier")
    ]
    return {(key.indicator, key.breakdown, key.year) for key in claims}


def _adverse(report: Report, doubted: Container[tuple[str, str, int]]) -> Iterator[dict[str, Any]]:
    if len(report.years) < 2:
        return
    before_year, now_year = report.years[-2:]
    for indicator, label, before, now in _pairs(report, before_year, now_year):
        change, better = now - before, codebook.indicator(indicator)["direction"]
        against = (change.value or 0) < 0 if better == "up" else (change.value or 0) > 0
        if not (before.known and now.known and against and before.value):
            continue
        if any((o.indicator, o.breakdown, o.year) in doubted for o in change.origins):
            continue
        relative = growth(now, before, f"{label}的相对变化").magnitude()
        yield entry(
            indicator,
            severity="low" if change.coarse else _change_severity(relative),
            kind="adverse",
            chapter=int(codebook.indicator(indicator)["chapter"]),
            statement=sentence("{label}{change:change}。", label=label, change=change),
            evidence=sentence(
                "{a} 年 {before}，{b} 年 {now}；变化幅度为上年的 {relative}。{open}",
                a=str(before_year),
                b=str(now_year),
                before=before,
                now=now,
                relative=relative,
                open=narrative.rounding(change) if change.coarse else "",
            ),
            rule=f"该指标{'越高' if better == 'up' else '越低'}越好",
            size=float(relative),
        )


def _pairs(report: Report, before: int, now: int) -> Iterator[tuple[str, str, Fact, Fact]]:
    """Every figure with a direction that has both years, printed or derived by its definition.

    The employment rate is left out where the graduates are known: `_unplaced` counts people.
    """
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
        and identifier != "employment_rate"
    ]  # fmt: skip
    for indicator, breakdown in keys + derived:
        parts = codebook.parse_breakdown(breakdown)
        first, last = (
            report.fact(indicator, year, **parts)
            if parts
            else indicator_value(report, indicator, year)
            for year in (before, now)
        )
        yield indicator, codebook.label(indicator, breakdown), first, last


def _change_severity(relative: Fact) -> str:
    size = relative.value or Decimal(0)
    return "high" if size >= _LARGE_CHANGE else "medium" if size >= _NOTICEABLE_CHANGE else "low"
