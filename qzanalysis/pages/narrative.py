"""Sentences whose words, not only their numbers, depend on the data.

A notebook writes its plain sentences itself; one that must choose between two wordings is here,
where both wordings are tested.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from qzanalysis import codebook, measures
from qzanalysis.audit import Finding, output
from qzanalysis.figures.facts import Fact, absent
from qzanalysis.figures.frames import as_facts
from qzanalysis.figures.sentences import Sentence, join, sentence
from qzanalysis.reports.report import Report


def standards(report: Report) -> Sentence:
    """How many official standards are met, and which are not."""
    table = measures.standards(report).facts
    judged = table[table["met"].notna()]
    failed = judged[~judged["met"].astype(bool)]
    if judged.empty:
        return sentence("报告没有给出可与国家标准比较的数字。")
    if failed.empty:
        return sentence("可判定的 {all} 项国家标准全部达到。", all=len(judged))
    template = "{name}（{value}，标准 {threshold}）"
    missed = [
        sentence(template, name=name, value=value, threshold=threshold)
        for name, value, threshold in failed[["label", "value", "threshold"]].to_numpy()
    ]
    return sentence(
        "可判定的 {all} 项国家标准中 {met} 项达到，未达到的是{missed}。",
        all=len(judged),
        met=len(judged) - len(failed),
        missed=join(missed, "、"),
    )


def tests(table: pd.DataFrame) -> Sentence:
    """In how many programmes a skill test gives a rate, this year and the year before."""
    table = as_facts(table)
    if table.empty:
        return sentence("{missing}", missing=absent("按专业分列的技能测试合格率", "%"))
    known = table.map(lambda fact: fact.known).sum()
    first, last = table.columns[-2:]
    return sentence(
        "表列 {all} 个专业，{last} 年有合格率的 {now} 个，{first} 年 {before} 个；其余未开考或改考证书。",
        all=len(table),
        last=str(last),
        now=int(known[last]),
        first=str(first),
        before=int(known[first]),
    )


def against_ratio(missing: Fact, ratio: float) -> Sentence:
    """Whether the school is short of teachers at a ratio."""
    if not missing.known:
        return sentence("{missing}", missing=missing)
    short = float(missing) > 0
    text = "仍缺教师 {size}。" if short else "不缺教师，还多出 {size}。"
    return sentence(f"按国家标准 {ratio:g}:1，{text}", size=missing.magnitude())


def appropriation(report: Report) -> Sentence:
    """Which students the printed appropriation per student was divided by."""
    base = measures.appropriation_base(report)
    same = sentence("{same}", same=base["same"])
    printed = sentence("{printed}", printed=report.fact("appropriation_per_student"))
    if not (same.complete and printed.complete):
        return printed if same.complete else same
    text = "报告所印的生均拨款，要用 {money} 年的拨款除以 {students} 年的在校生才能得出；若用同年在校生，为 {same}。"
    if not base["students"]:
        text = "用 {money} 年的拨款除以任何一年的在校生，都得不出报告所印的生均拨款。"
    elif base["students"] == base["money"]:
        text = "报告所印的生均拨款与 {money} 年的拨款和在校生一致。"
    return sentence(text, money=base["money"], students=base["students"] or "", same=same)


def agreement(name: str, printed: Fact, computed: Fact) -> Sentence:
    """Whether a printed figure is what its parts give, within what its digits can say."""
    if not (printed.known and computed.known):
        return sentence("{printed}{computed}", printed=printed, computed=computed)
    met = _meet(printed, computed)
    end = "两者一致。" if met else "两者不一致，见“数据核验”。"
    text = f"报告所印的{{name}} {{printed}}，推算为 {{computed}}，{end}"
    return sentence(text, name=name, printed=printed, computed=computed)


def vaccination(people: pd.DataFrame) -> Sentence:
    """The rates of all populations, each with its dose; rates of different doses do not compare.

    Args:
        people: `measures.vaccination`.
    """
    facts = as_facts(people)
    rates = [
        sentence(
            "{name} {rate}" if dose == "—" else "{name} {rate}（{dose}）",
            name=str(name),
            rate=rate,
            dose=dose,
        )
        for name, rate, dose in zip(facts.index, facts["完成率"], facts["针次"], strict=True)
    ]
    if not rates:
        return sentence("{missing}", missing=absent("疫苗接种完成率", "%"))
    tail = "；针次不同，不能比较高低。" if facts["针次"].nunique() > 1 else "。"
    return sentence("疫苗接种完成率：{rates}{tail}", rates=join(rates, "、"), tail=tail)


def employed(firms: Fact, direct: Fact) -> Sentence:
    """Whether the graduates employed in firms fit into those who went to work."""
    text = "报告印出的企业就业人数合计 {firms}，推算的直接就业 {direct}。"
    if firms.known and direct.known and float(firms) > float(direct):
        text = (
            "报告印出的企业就业人数合计 {firms}，多于推算的直接就业 {direct}；"
            "两个数不能同时成立，见“数据核验”。"
        )
    return sentence(text, firms=firms, direct=direct)


def retention(report: Report) -> Sentence:
    """What to know about the retention rate: how its change is printed, and that it cannot be redone."""
    printed = report.fact("retention_rate", change="difference").printed
    wording = "报告把这项变化印作百分数，按含义应为百分点；" if printed.endswith("%") else ""
    return sentence("{wording}巩固率的分子、分母都没有印出，无法复算。", wording=wording)


def years_given(report: Report, indicator: str) -> Sentence:
    """For how many years an indicator is given."""
    name = str(codebook.indicator(indicator)["name"])
    known = [str(year) for year in report.years if report.fact(indicator, year).known]
    text = "{name}只有 {years} 年的数，不能看趋势。"
    if len(known) != 1:
        text = "{name}有 {years} 年的数。" if known else "报告没有{name}。"
    return sentence(text, name=name, years="、".join(known))


def zeros(report: Report) -> Sentence:
    """What a skill test printed as 0 is taken for, where there is one."""
    rows = report.observations
    tests = rows[rows["indicator"] == "skill_test_pass_rate"]
    zero = tests[(tests["printed"] == "0") & (tests["status"] == "not_held")]
    text = "工种取消、改考证书的专业没有合格率，不参加比较。"
    if len(zero):
        text = (
            "有 {count} 个专业印作零，报告没有说明原因；本项目推断为没有开考，不按合格率为零统计。"
            + text
        )
    return sentence(text, count=len(zero))


def completeness(report: Report) -> Sentence:
    """How many figures are held, and how many cells hold no number."""
    rows = report.observations
    table = rows["source"].str.contains("表")
    return sentence(
        "共录入 {all} 个数字，其中表格 {cells} 格、正文 {text} 处；没有数值的 {none} 格。",
        all=len(rows),
        cells=int(table.sum()),
        text=int((~table).sum()),
        none=int((rows["status"] != "reported").sum()),
    )


def audit(findings: Sequence[Finding]) -> Sentence:
    """The state of the checks in one sentence."""
    verdicts = pd.Series([finding.verdict for finding in findings]).value_counts()
    wrong, odd = int(verdicts.get("contradiction", 0)), int(verdicts.get("implausible", 0))
    if not wrong and not odd:
        return sentence("核验 {all} 项关系，没有发现矛盾。", all=len(findings))
    return sentence(
        "核验 {all} 项关系，{wrong} 项矛盾，{odd} 项不合情理，{open} 项无法判定。",
        all=len(findings),
        wrong=wrong,
        odd=odd,
        open=int(verdicts.get("undecided", 0)),
    )


def coverage(report: Report, findings: Sequence[Finding]) -> Sentence:
    """Which share of the numeric figures takes part in a relation with other figures."""
    covered = output.coverage(report, findings)
    untested, all_figures = len(covered.untested), int(covered.table["figures"].sum())
    return sentence(
        "有数值的 {all} 个数字中，{related} 个至少与另一个数字有可核验的关系，{untested} 个没有。",
        all=all_figures,
        related=all_figures - untested,
        untested=untested,
    )


def key_figures(report: Report) -> list[tuple[str, Fact, Sentence]]:
    """The tiles of the summary: name, figure, and its change from the year before."""
    return [
        _tile(report, identifier)
        for identifier in (
            "students",
            "teachers",
            "student_teacher_ratio",
            "graduates",
            "job_match_rate",
            "academic_pass_rate",
            "printed_books",
            "vocational_certificates",
        )
    ]


def _meet(one: Fact, other: Fact) -> bool:
    """Whether some true value could be shown as both."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.low <= other.high and other.low <= one.high


def _tile(report: Report, identifier: str) -> tuple[str, Fact, Sentence]:
    change = report.change(identifier)
    note = sentence("没有上年数")
    if change.known:
        note = sentence("比上年{change:change}", change=change)
    return str(codebook.indicator(identifier)["name"]), report.fact(identifier), note
