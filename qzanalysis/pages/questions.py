"""The register of the report's figures: what the school must explain, and the sheet that asks it.

A question is what the checks call a contradiction, implausible, true over another base only, or
undecided. It keeps the severity of its worst check; questions about one indicator or the same figures
are one entry. The order is that of `problems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.audit.book import Figure, Key
from qzanalysis.audit.findings import GROUPS, SEVERITIES, VERDICTS, Finding, in_order
from qzanalysis.audit.output import coverage
from qzanalysis.figures.sentences import plain
from qzanalysis.pages import problems
from qzanalysis.reports import corrections
from qzanalysis.reports.report import Report

_AUDIT_CHAPTER: Final = 9
_LISTED: Final = 4  # figures named in a cell of the correction sheet
_DOUBTFUL: Final = GROUPS["矛盾"] | GROUPS["存疑"]


def register(findings: Sequence[Finding]) -> pd.DataFrame:
    """Every problem of the report's figures, the one of most consequence first.

    Returns:
        The columns of `problems.register`, and `findings`: the findings of the entry, the worst
        first.
    """
    doubtful = [finding for finding in findings if finding.verdict in _DOUBTFUL]
    return problems.framed(map(_question, _grouped(doubtful)), "findings")


def _question(group: Sequence[Finding]) -> dict[str, Any]:
    worst = group[0]
    evidence = (worst.suggestion, f"另有 {len(group) - 1} 项核验涉及此事。" * (len(group) > 1))
    return problems.entry(
        worst.figures[0].key.indicator,
        severity=worst.severity,
        kind="question",
        chapter=_AUDIT_CHAPTER,
        anchor=f"#finding-{worst.id}",
        statement=plain(worst.statement),
        evidence=plain("".join(filter(None, evidence))),
        rule="印出的数字应能互相推算",
        size=float(-list(VERDICTS).index(worst.verdict)),
        findings=group,
    )


def _grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings about the same indicator, one programme as an outlier, or among each other's figures."""
    groups: list[list[Finding]] = []
    for finding in in_order(findings):
        own = set(finding.figures)
        for group in groups:
            if any(_same_question(finding, own, other) for other in group):
                group.append(finding)
                break
        else:
            groups.append([finding])
    return groups


def _same_question(finding: Finding, own: set[Figure], other: Finding) -> bool:
    key, known = finding.figures[0].key, other.figures[0].key
    outliers = finding.rule == other.rule == "outlier" and key.breakdown == known.breakdown
    same = codebook.subject(key.indicator) == codebook.subject(known.indicator)
    read = finding.figures[0] in other.figures or own <= set(other.figures)
    return key.indicator == known.indicator or outliers or (same and read)


def both(report: Report, findings: Sequence[Finding]) -> pd.DataFrame:
    """The problems of the school, then those of its figures."""
    return pd.concat([problems.register(report, findings), register(findings)], ignore_index=True)


def correction_sheet(asked: pd.DataFrame) -> pd.DataFrame:
    """The questions of more than low severity as a form: a row each, a blank for the school's answer.

    Args:
        asked: as `register` returns it.
    """
    worst = [found[0] for found in asked.loc[asked["severity"] != "low", "findings"]]
    return pd.DataFrame(
        {
            "甲：所印（出处）": [_claim(finding) for finding in worst],
            "乙：对照（出处）": [_against(finding) for finding in worst],
            "怎样才一致": [
                finding.suggestion or "请写明口径、日期或人数；有误的请更正。" for finding in worst
            ],
            "学校答复": ["" for _ in worst],
        },
        index=pd.Index([_item(finding.figures[0].key) for finding in worst], name="项目"),
        dtype=object,
    )


def _item(key: Key) -> str:
    """The name of a figure; a programme with the other names in use."""
    programme = key.parts().get("programme")
    if not programme:
        return key.label
    name = codebook.value_name("programme", programme)
    return key.label.replace(name, codebook.programme_label(programme))


def _claim(finding: Finding) -> str:
    """The first figure of a finding, as printed, with every place that prints it so."""
    first = finding.figures[0]
    same = [f for f in finding.figures if (f.key, f.printed) == (first.key, first.printed)]
    return f"{first.printed}（{'、'.join(f.source for f in same)}）"


def _against(finding: Finding) -> str:
    """What the first figure is compared with: the computed value, and the other figures."""
    first = finding.figures[0]
    if finding.rule == "grim":
        return f"至少要有 {finding.recomputed} 人才能得出这个百分数"
    others: dict[tuple[Key, str], list[str]] = {}
    for figure in finding.figures:
        same = figure.key == first.key and (
            finding.rule != "same_figure" or figure.printed == first.printed
        )
        outlier = finding.rule == "outlier" and figure.key.breakdown != first.key.breakdown
        if not (same or outlier):
            others.setdefault((figure.key, figure.printed), []).append(figure.source)
    listed = [f"{key.label} {text}（{'、'.join(s)}）" for (key, text), s in others.items()]
    more = [f"等 {len(listed)} 个数"] * (len(listed) > _LISTED)
    stated = finding.rule in ("same_figure", "outlier") or not finding.recomputed
    return ("" if stated else f"{finding.recomputed}：") + "；".join([*listed[:_LISTED], *more])


def returned_file(asked: pd.DataFrame) -> bytes:
    """The register of decisions for the figures of a correction sheet, for the school to fill in."""
    rows = {
        (figure.key.indicator, figure.breakdown, figure.key.year, figure.source, figure.printed): {
            "finding": found[0].id,
        }
        for found in asked.loc[asked["severity"] != "low", "findings"]
        for figure in found[0].figures
        if figure.key == found[0].figures[0].key
    }
    place = ("indicator", "breakdown", "year", "source", "printed")
    lines = [dict(zip(place, key, strict=True)) | row for key, row in rows.items()]
    frame = pd.DataFrame(lines, columns=corrections.COLUMNS).fillna("").assign(decision="ask")
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")


def count_by_verdict(findings: Sequence[Finding]) -> pd.DataFrame:
    """The number of findings of each verdict, by severity and in all."""
    verdicts = pd.Series([finding.verdict for finding in findings], dtype=object)
    severities = pd.Series([SEVERITIES[finding.severity] for finding in findings], dtype=object)
    counts = problems.ordered(pd.crosstab(verdicts, severities), VERDICTS)
    total = counts.assign(合计=counts.sum(axis=1))
    groups = {verdict: name for name, group in GROUPS.items() for verdict in group}
    names = {v: f"{groups[v]}：{n}" if groups[v] != n else n for v, n in VERDICTS.items()}
    return total.rename(index=names).rename_axis(index="结论", columns=None)


def untested(report: Report, findings: Sequence[Finding]) -> pd.DataFrame:
    """Figures in no relation with another figure: name, year, text as printed and place."""
    rows = coverage(report, findings).untested
    names = map(codebook.label, rows["indicator"], rows["breakdown"])
    columns = {"年份": rows["year"].map(str), "原样": rows["printed"], "出处": rows["source"]}
    return pd.DataFrame(columns).set_axis(pd.Index(list(names), name="指标"))
