"""What a rule finds: its verdict, and how much it matters.

Severity follows what a finding does to a reader's conclusion, by one rule (`severity`):

- `high`: a contradiction that touches the national form or an official threshold and moves a
  figure by 5 % or more, or turns a stated direction or threshold verdict round.
- `medium`: any other contradiction; a figure no count can give or far from its peers; a figure
  true only over another base, where it is one of the national form; a threshold not met;
  an open question about figures of the national form that differ by 5 % or more.
- `low`: cut-off digits, wording, other bases in running text, open questions, missing inputs.
- `none`: the figures agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.audit.book import Figure
from qzanalysis.reports.corrections import Correction

VERDICTS: Final = {
    "contradiction": "矛盾",
    "implausible": "不合情理",
    "other_base": "另有口径",
    "undecided": "无法判定",
    "truncated": "截尾未进位",
    "not_checkable": "缺数不能核对",
    "rounded": "相符（四舍五入）",
    "holds": "相符",
}
AGREE: Final = frozenset({"holds", "rounded"})
SUPPORTED: Final = AGREE | {"truncated"}  # or would agree, had the digits been rounded
DOUBTED: Final = frozenset({"implausible", "other_base", "undecided"})
GROUPS: Final = {
    "相符": SUPPORTED,
    "矛盾": frozenset({"contradiction"}),
    "存疑": DOUBTED,
    "缺数不能核对": frozenset({"not_checkable"}),
}
SEVERITIES: Final = {"high": "高", "medium": "中", "low": "低", "none": "无"}
KINDS: Final = {
    "parts_total": "分项与合计",
    "difference": "年度增减",
    "wording": "百分比与百分点",
    "ratio": "比率与分母",
    "same_figure": "同一数字多处印出",
    "stock_flow": "存量与流量",
    "subset": "部分不大于整体",
    "bounds": "取值范围",
    "mean": "平均数与成员",
    "grim": "百分数可行性",
    "outlier": "同类离群",
    "series": "表述与数列",
    "restated": "后一份报告的重述",
    "standard": "设置标准",
    "completeness": "完整与状态",
    "magnitude": "单位与量级",
    "identity": "恒等关系",
}
MATERIAL: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Finding:
    """One tested relation.

    Attributes:
        id: stable within a report: rule, year, and a number where a figure has several values.
        chapter: of the report (1 to 8), where a reader would look for it.
        rule: the kind of rule, a key of `KINDS`.
        verdict: a key of `VERDICTS`.
        severity: a key of `SEVERITIES`.
        statement: one Chinese sentence with the figures and the arithmetic.
        figures: every printed figure the rule read.
        recomputed: the value the other figures give, as text; None where nothing was computed.
        difference: printed minus recomputed, as text; None where they agree or nothing compares.
        suggestion: which figure is probably wrong and what would restore agreement; or None.
    """

    id: str
    chapter: int
    rule: str
    verdict: str
    severity: str
    statement: str
    figures: tuple[Figure, ...]
    recomputed: str | None = None
    difference: str | None = None
    suggestion: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The object of the contract."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return own | {"figures": [figure.as_dict() for figure in self.figures]}


def severity(
    verdict: str,
    indicators: Iterable[str],
    change: Decimal | None = None,
    *,
    turns: bool = False,
) -> str:
    """The severity of a finding; the rule is stated at the top of this module.

    Args:
        verdict: a key of `VERDICTS`.
        indicators: of the figure that was compared.
        change: by which share of the recomputed value the printed one differs.
        turns: whether a stated direction or threshold verdict is turned round.
    """
    if verdict in ("holds", "rounded"):
        return "none"
    official = bool(set(indicators) & official_indicators())
    material = change is not None and change >= MATERIAL
    if verdict == "contradiction":
        return "high" if turns or (official and material) else "medium"
    if verdict == "implausible":
        return "medium"
    if verdict == "other_base":
        return "medium" if official else "low"
    if verdict == "undecided":
        return "medium" if official and material else "low"
    return "low"


def identifier(*names: object) -> str:
    """The id of a finding or of a rule: its parts that are not empty, joined."""
    return "-".join(filter(None, map(str, names)))


@cache
def official_indicators() -> frozenset[str]:
    """Indicators of any edition of the national form, or with an official threshold."""
    forms = (codebook.FOLDER / "editions").glob("*.csv")
    listed = {name for path in forms for name in codebook.read_table(path)["indicator"]}
    return frozenset(listed | set(codebook.standards()["indicator"]))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first: severity, verdict, chapter, id."""
    severities, verdicts = list(SEVERITIES), list(VERDICTS)
    return sorted(
        findings,
        key=lambda f: (severities.index(f.severity), verdicts.index(f.verdict), f.chapter, f.id),
    )


def concerning(finding: Finding, corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """The decisions that bear on a finding: made for it, or about a figure it read."""
    places = {
        (figure.key.indicator, figure.breakdown, figure.key.year, figure.source)
        for figure in finding.figures
    }
    return tuple(
        c
        for c in corrections
        if c.finding == finding.id
        or (not c.finding and (c.indicator, c.breakdown, c.year, c.source) in places)
    )
