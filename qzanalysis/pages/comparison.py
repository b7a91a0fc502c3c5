"""Several schools of a bureau: their reports, a sentence on them, and their denominators compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from qzanalysis.audit.findings import VERDICTS, Finding
from qzanalysis.errors import UsageError
from qzanalysis.figures.sentences import Sentence, sentence
from qzanalysis.reports import corrections, loading
from qzanalysis.reports.report import Report

_DEFINITIONS = ("ratio", "other_base", "parts_total", "standard")


def load_all(year: int, data: Path | str | None = None) -> dict[str, Report]:
    """Every school's report of one year, by slug.

    Raises:
        UsageError: no school has that year.
    """
    reports = {
        slug: corrections.load(slug, year, data)
        for slug in loading.schools(data)
        if year in loading.years(slug, data)
    }
    if not reports:
        raise UsageError(f"没有一所学校有 {year} 年的数据")
    return reports


def overview(reports: Mapping[str, Report]) -> Sentence:
    """How many schools are compared, and which."""
    names = "、".join(report.school.name for report in reports.values())
    if len(reports) == 1:
        return sentence("只有一所学校有这一年的数据（{names}），不能比较。", names=names)
    return sentence("共比较 {count} 所学校：{names}。", count=len(reports), names=names)


def bases(reports: Mapping[str, Report], findings: Mapping[str, Sequence[Finding]]) -> pd.DataFrame:
    """Relations that do not end alike in all schools: a row each, a column a school.

    A share that holds over one denominator here and over another there is not comparable.
    """
    verdicts = pd.DataFrame(
        {
            report.school.short_name: pd.Series(
                {f.id: VERDICTS[f.verdict] for f in findings[slug] if f.rule in _DEFINITIONS},
                dtype=object,
            )
            for slug, report in reports.items()
        }
    )
    differing = [row.dropna().nunique() > 1 for _, row in verdicts.iterrows()]
    mixed: pd.DataFrame = verdicts[pd.Series(differing, index=verdicts.index, dtype=bool)]
    every = (finding for results in findings.values() for finding in results)
    claims = {finding.id: finding.statement.partition("：")[0] for finding in every}
    return mixed.fillna("—").rename(index=claims).rename_axis("关系")
