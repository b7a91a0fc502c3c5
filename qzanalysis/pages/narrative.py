"""Sentences whose words, not only their numbers, depend on the data.

A notebook writes its plain sentences itself; one that must choose between two wordings is here,
where both wordings are tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from qzanalysis import codebook, measures
from qzanalysis.audit import Finding, output
from qzanalysis.figures import facts
from qzanalysis.figures.facts import Fact, absent
from qzanalysis.figures.frames import as_facts
from qzanalysis.figures.sentences import Sentence, join, sentence
from qzanalysis.reports.report import Report


def story(report: Report) -> Sentence:
    """Where the graduates went, against the year before: the sentence that carries the report."""
    outcome = measures.progression_outcome(report).facts
    now, before = outcome.iloc[:, -1], outcome.iloc[:, -2]
    return sentence(
        "{year} 年 {graduates:bare} 名毕业生中，升学 {onward}，占 {rate}，上年占 {rate_before}；"
        "直接就业 {work}，{work_change:change}；既未就业也未升学 {neither}，{neither_change:change}。",
        year=report.year,
        graduates=now["毕业生"],
        onward=now["升学"],
        rate=now["升学率"],
        rate_before=before["升学率"],
        work=now["直接就业"],
        work_change=now["直接就业"] - before["直接就业"],
        neither=now["未就业也未升学"],
        neither_change=now["未就业也未升学"] - before["未就业也未升学"],
    )


def registered(asked: pd.DataFrame, findings: Sequence[Finding]) -> Sentence:
    """How many entries the register of questions has, and the checks they were merged from."""
    counts = output.counts(findings)
    return sentence(
        "{entries} 个数据问题，由 {wrong} 项矛盾和 {doubtful} 项存疑按同一指标合并而成。",
        entries=len(asked),
        wrong=counts["矛盾"],
        doubtful=counts["存疑"],
    )


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
        "表列 {all} 个专业，{last} 年有合格率的 {now} 个，{first} 年 {before} 个；其余见表中所印。",
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


def rounding(change: Fact) -> Sentence:
    """Between which values a change may lie, given how its two figures are rounded."""
    ends = (
        replace(change, value=end, formula=f"{change.formula}，计入四舍五入")
        for end in (change.low, change.high)
    )
    gap = "" if change.shown_unit else " "
    text = f"两年所印位数少，实际变化可在 {{low:bare}} 至 {{high:signed}}{gap}之间。"
    return sentence(text, **dict(zip(("low", "high"), ends, strict=True)))


def bachelor(report: Report) -> Sentence:
    """Those who entered undergraduate study by two definitions, and what the report says of them."""
    table = measures.bachelor_definitions(report).facts
    (form, whole), (before, whole_before) = table.iloc[:, -1], table.iloc[:, -2]
    reached = report.fact("bachelor_admissions")
    text = "国家表的升入本科院校 {form}，上年 {before}；另加中本贯通升学，为 {whole}，上年 {whole_before}。"
    changes = [(now - then).value for now, then in ((form, before), (whole, whole_before))]
    if None not in changes and min(changes) < 0 < max(changes):
        text += "两种口径一减一增，不能据其一说减少或增加。"
    if reached.known and whole.known and reached.value == whole.value:
        text += "后一口径等于报告的“本科上线” {reached}，可见国家表没有把中本贯通计入本科院校。"
    facts = {"form": form, "before": before, "whole": whole, "whole_before": whole_before}
    return sentence(text, **facts, **({"reached": reached} if "{reached}" in text else {}))


def posts(report: Report, target: float) -> Sentence:
    """What is left of the shortage once every vacant post is filled, and what grew meanwhile."""
    rows = measures.posts(report, target).facts["数值"].to_list()
    missing, vacant, left, new, teachers, college, _ = rows
    text = (
        "按 {target}:1 缺教师 {missing}；余编 {vacant}全部补为专任教师，仍缺 {left}。"
        "专任教师比上年{teachers:change}，中高职一体班学生{college:change}，"
        "而当年新招教师只使用编制 {new}。"
    )
    if left.known and (left.value or 0) <= 0:
        text = (
            "按 {target}:1 缺教师 {missing}；余编 {vacant}，足以补上。当年新招教师使用编制 {new}。"
        )
        return sentence(text, target=f"{target:g}", missing=missing, vacant=vacant, new=new)
    return sentence(
        text,
        target=f"{target:g}",
        missing=missing,
        vacant=vacant,
        left=left,
        teachers=teachers,
        college=college,
        new=new,
    )


def senior(report: Report) -> Sentence:
    """The printed number of senior teachers against the year before and the promotions."""
    expected, printed = measures.senior_expected(report), report.fact("senior_teachers")
    promoted = report.fact("title_promotions", title="senior")
    text = "上年的高级职称教师加新晋 {promoted}，约为 {expected}；报告所印为 {printed}"
    if expected.known and printed.known and not _meet(expected, printed):
        text += "。调动和退休也会改变人数，请人事部门核对名单"
    return sentence(f"{text}。", promoted=promoted, expected=expected, printed=printed)


def further_study(report: Report) -> Sentence:
    """Where the growth of further study came from: the route, and the kind of institution."""
    growth = measures.progression_growth(report).facts
    name, most = measures.extreme(growth[measures.CHANGE])
    levels = measures.parts(report, "progression", "institution", ["bachelor", "college"]).facts
    college = (levels.iloc[-1] - levels.iloc[-2])["高职高专院校"]
    return sentence(
        "升学人数比上年{whole:change}；按渠道，{name}{most:change}，占增加的 {share}；"
        "按院校，高职高专{college:change}。",
        whole=facts.total(growth[measures.CHANGE], "升学人数的增加"),
        name=name,
        most=most,
        share=measures.cell(growth, name, "占增加人数"),
        college=college,
    )


def undergraduate_share(report: Report) -> Sentence:
    """The share of undergraduate places among those who went on, by both definitions."""
    table = measures.bachelor_shares(report).facts
    (form, joint), (form_before, joint_before) = table.iloc[:, -1], table.iloc[:, -2]
    return sentence(
        "升入本科的占升学人数 {form}，上年 {form_before}；另加中本贯通为 {joint}，上年 {joint_before}。",
        form=form,
        form_before=form_before,
        joint=joint,
        joint_before=joint_before,
    )


def programmes(report: Report) -> list[Sentence]:
    """What stands out in the matrix of programmes, each in a sentence."""
    table = measures.programme_matrix(report).facts
    if table.empty:
        return [sentence("{missing}", missing=absent("各专业的数字", ""))]
    places, match, pay = (table[name] for name in ("设置人数", "对口就业率", "初次就业起薪"))
    largest, most = measures.extreme(places)
    low, least = measures.lowest(match)
    found = [
        sentence(
            "设置人数最多的是{name}（{most}），起薪 {pay}，在 {all} 个有起薪的专业中列第 {rank} 位。",
            name=largest,
            most=most,
            pay=measures.cell(table, largest, "初次就业起薪"),
            all=int(pay.map(lambda fact: fact.known).sum()),
            rank=measures.rank(pay, largest),
        ),
        sentence(
            "对口就业率最低的是{name}（{least}），仍设置 {places}。",
            name=low,
            least=least,
            places=measures.cell(table, low, "设置人数"),
        ),
    ]
    work = [str(name) for name, one in table.get("三年（就业）", pd.Series()).items() if one.known]
    if work:
        found.append(sentence("以就业为目的的学制只有{names}。", names="、".join(work)))
    offered, rates = places.map(bool), table["就业率"].map(bool)
    if without := [str(name) for name in table.index[offered & ~rates]]:
        text = "有设置人数而没有就业数字的专业：{names}。"
        found.append(sentence(text, names="、".join(without)))
    whole, intake = facts.total(places[offered], "各专业设置人数合计"), report.fact("intake")
    found.append(
        sentence(
            "设置人数合计 {whole}，招生 {intake}，相差 {gap}；设置人数是计划还是实际，报告没有写明。",
            whole=whole,
            intake=intake,
            gap=(intake - whole).magnitude(),
        )
    )
    return found


def funds(report: Report) -> Sentence:
    """The part of the funds whose source the report does not give."""
    table = measures.funds(report).facts
    rest = table.iloc[2]
    return sentence(
        "总经费除财政拨款外还有 {rest}，占 {share}，报告没有说明来源；"
        "年度项目投资相当于总经费的 {project}，是否含在其中也没有写明。",
        rest=rest.iloc[0],
        share=rest["占总经费"],
        project=table["占总经费"].iloc[3],
    )


def prizes(report: Report) -> Sentence:
    """The national prizes of five years in the cases against the national contests of the form."""
    contests = [
        report.fact(indicator, year)
        for indicator in ("national_skills_awards", "national_vocational_awards")
        for year in report.years[-2:]
    ]
    known = facts.total(contests, "两年全国技能大赛获奖数")
    text = "案例称近五年国家级奖项 {five}，国家表两年的全国职业院校技能大赛、全国职业技能大赛合计 {known}"
    end = "；其余奖项来自哪些比赛、哪些年份，报告没有列出，请学校提供清单。"
    five = report.fact("student_awards", level="national", period="five_years")
    return sentence(text + end, five=five, known=known)


def not_listed(report: Report) -> Sentence:
    """Which programmes of the report have no employment figures, and what follows for the whole."""
    offered, listed = (
        report.members_of("programme", indicator)
        for indicator in ("programme_places", "employment_rate")
    )
    absent_ones = [codebook.value_name("programme", one) for one in offered if one not in listed]
    text = "就业质量表没有印出各专业人数，全校的率不能由表中的率加权得出。"
    if absent_ones:
        text = (
            "就业质量表没有列出{names}，也没有印出各专业人数；"
            "全校就业率与表中各专业的率是否一致，不能判定。"
        )
    return sentence(text, names="、".join(absent_ones))


def whole_change(report: Report, indicator: str) -> Sentence:
    """The change of a rate of the whole school, as far as its printed digits allow."""
    name = str(codebook.indicator(indicator)["name"])
    now, before = report.fact(indicator), report.fact(indicator, report.year - 1)
    change = now - before
    text = "全校{name} {now}，上年 {before}"
    if change.coarse:
        text += "，各为取整后的数；{rounding}各专业的变化不能用来解释这一差异。"
        return sentence(text, name=name, now=now, before=before, rounding=rounding(change))
    return sentence(
        f"{text}，{{change:change}}。", name=name, now=now, before=before, change=change
    )


def people_behind(report: Report, table: pd.DataFrame) -> Sentence:
    """How few people a programme's rate rests on, where the report gives no head-counts."""
    direct = measures.cell(measures.progression_outcome(report), "直接就业", report.year)
    count = facts.constant(len(table), "个", "表列专业数")
    each = facts.quotient(direct, count, "人", "平均每个专业直接就业人数", 0)
    one = facts.quotient(facts.constant(100, "%", "全部"), each, "百分点", "1 人所占的百分点", 0)
    return sentence(
        "报告没有印出分专业人数：直接就业 {direct}，平均到表列 {count}，每个专业约 {each}，"
        "1 人约合 {one}。少数人的去向或薪资就能造成这样的变化，须向学校核实原始台账。",
        direct=direct,
        count=count,
        each=each,
        one=one,
    )


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
    text = "其余没有合格率的专业照印所印的文字，不参加比较。"
    if len(zero):
        text = (
            "有 {count} 个专业印作零，报告没有说明原因；可能是没有开考，不按合格率为零统计，请学校写明。"
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
    """The state of the checks in one sentence, counted as on every page."""
    counted = "，".join(f"{name} {count} 项" for name, count in output.counts(findings).items())
    return sentence("核验 {all} 项关系：{counted}。", all=len(findings), counted=counted)


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
            "intake",
            "retention_rate",
            "student_teacher_ratio",
            "job_match_rate",
            "academic_pass_rate",
            "vocational_certificates",
            "employer_satisfaction_skills",
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
    if change.coarse:
        before = report.fact(identifier, report.year - 1)
        note = sentence("上年 {before}；所印位数少，增减不能确定", before=before)
    elif change.known:
        note = sentence("比上年{change:change}", change=change)
    return str(codebook.indicator(identifier)["name"]), report.fact(identifier), note
