"""Two registers over all chapters, each with rule, evidence and place.

`register` lists problems of the school, found by three rules:

standard      an official standard is not met
statement     the school itself states a lack (indicators of chapter 7 where less is better)
adverse       an indicator moved against its direction between the two years of the form, and no
              check doubts either figure; more graduates than before neither work nor study on

`questions` lists problems of the report's figures, which the school must explain: what the checks
call a contradiction, implausible, true over another base only, or undecided.

Severity follows what it does to a reader's conclusion. A standard missed by a fifth or more is high,
else medium. What the school itself reports as its challenge is high. An adverse change is high from
5 % of the earlier value on, medium from 1 %, else low; low too where the printed digits leave its
size open. A question keeps the severity of its worst check.

Both are ranked by consequence: low severity last; then by subject (`codebook/subjects.csv`), in which
people come before programmes, money, buildings and books; then by severity and size. Problems of one
matter, and questions about one indicator or the same figures, are one entry.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.audit.book import Figure, Key
from qzanalysis.audit.findings import GROUPS, SEVERITIES, VERDICTS, Finding, in_order
from qzanalysis.audit.output import coverage
from qzanalysis.figures.facts import Fact, growth
from qzanalysis.figures.sentences import Sentence, join, plain, sentence
from qzanalysis.measures.common import cell
from qzanalysis.measures.shortage import shortage
from qzanalysis.measures.standards import indicator_value, standards
from qzanalysis.measures.students import progression_outcome
from qzanalysis.pages import narrative
from qzanalysis.reports import corrections
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
_AUDIT_CHAPTER: Final = 9
_LISTED: Final = 4  # figures named in a cell of the correction sheet
_OUTCOME_CHAPTER: Final = 3  # shows where the graduates went
_DOUBTFUL: Final = GROUPS["矛盾"] | GROUPS["存疑"]
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
    return _framed([_merged(group) for group in groups.values()])


def questions(findings: Sequence[Finding]) -> pd.DataFrame:
    """Every problem of the report's figures, the one of most consequence first.

    Returns:
        The columns of `register`, and `findings`: the findings of the entry, the worst first.
    """
    rows = []
    for group in _grouped([finding for finding in findings if finding.verdict in _DOUBTFUL]):
        worst = group[0]
        subject = codebook.subject(worst.figures[0].key.indicator)
        evidence = (worst.suggestion, f"另有 {len(group) - 1} 项核验涉及此事。" * (len(group) > 1))
        rows.append(
            {
                "severity": worst.severity,
                "kind": "question",
                "chapter": _AUDIT_CHAPTER,
                "anchor": f"#finding-{worst.id}",
                "about": subject,
                "subject": subject.name,
                "office": subject.office,
                "statement": plain(worst.statement),
                "evidence": plain("".join(filter(None, evidence))),
                "rule": "印出的数字应能互相推算",
                "size": float(-list(VERDICTS).index(worst.verdict)),
                "findings": group,
            }
        )
    return _framed(sorted(rows, key=_consequence), "findings")


def correction_sheet(asked: pd.DataFrame) -> pd.DataFrame:
    """The questions of more than low severity as a form: a row each, a blank for the school's answer.

    Args:
        asked: as `questions` returns it.
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
    plain = finding.rule in ("same_figure", "outlier") or not finding.recomputed
    return ("" if plain else f"{finding.recomputed}：") + "；".join([*listed[:_LISTED], *more])


def _consequence(row: Mapping[str, Any]) -> tuple[bool, int, int, float]:
    """The place of a row in a register."""
    severity = list(SEVERITIES).index(row["severity"])
    return row["severity"] == "low", row["about"].rank, severity, -row["size"]


def both(report: Report, findings: Sequence[Finding]) -> pd.DataFrame:
    """The problems of the school, then those of its figures."""
    return pd.concat([register(report, findings), questions(findings)], ignore_index=True)


def _merged(rows: Rows) -> dict[str, Any]:
    """Problems of one subject as one: the first, with the others as its evidence."""
    first = rows[0]
    others = [row["statement"] for row in rows[1:]]
    return first | {"evidence": join([first["evidence"], *others])}


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


def _framed(rows: Rows, *more: str) -> pd.DataFrame:
    """Rows of a register with names and links."""
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *more])
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
    groups = {verdict: name for name, group in GROUPS.items() for verdict in group}
    names = {v: f"{groups[v]}：{n}" if groups[v] != n else n for v, n in VERDICTS.items()}
    return total.rename(index=names).rename_axis(index="结论", columns=None)


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


def _row(indicator: str, **row: Any) -> dict[str, Any]:
    """A row of a register with the subject of an indicator."""
    about = codebook.subject(indicator)
    return {"about": about, "subject": about.name, "office": about.office, **row}


def _standards(report: Report) -> Iterator[dict[str, Any]]:
    for identifier, row in standards(report).facts.iterrows():
        if row["met"] is False:
            missed = row["level"]
            far = missed.value is not None and missed.value <= _FAR_BELOW
            yield _row(
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
            yield _row(
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
        yield _row(
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
        yield _row(
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
