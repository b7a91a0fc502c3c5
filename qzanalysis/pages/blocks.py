"""The blocks of a page: headline, key figures, chart with its table, finding, caveat, source.

Every function returns a `Block`, which Jupyter shows as HTML and the terminal as text. Numbers are
given as facts and written with their origin on the element, so that a page can tell where each was
printed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from qzanalysis import codebook
from qzanalysis.audit.findings import AGREE, KINDS, SEVERITIES, VERDICTS, Finding, concerning
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import sourced
from qzanalysis.figures.intervals import signed
from qzanalysis.figures.sentences import Part, Sentence, sentence, spaced
from qzanalysis.pages import tables
from qzanalysis.pages.charts import Chart
from qzanalysis.reports.corrections import Correction

# Templates escape what fills them, unless it is markup.
_PARAGRAPH: Final = Markup('<p class="{}">{}</p>')
_TILE: Final = Markup(
    '<div class="tile"><p class="tile-name">{}</p>'
    '<p class="tile-value">{}</p><p class="tile-note">{}</p></div>'
)
_FIGURE: Final = Markup(
    '<figure class="chart"><figcaption class="chart-title">{}</figcaption>'
    '<div class="plot">{}</div>{}'
    '<details class="data"><summary>数据表与下载</summary>{}</details>{}</figure>'
)
_SEVERITY: Final = Markup('<span class="severity {}">{}</span>')
_PROBLEM: Final = Markup(
    '<li class="problem">{} <span class="chip">{}</span> <strong>{}</strong>'
    '<p class="evidence">{}</p><p class="rule">{}：{} <a href="{}">见{}</a></p></li>'
)
_FINDING: Final = Markup(
    '<details class="finding" id="finding-{id}" data-severity="{severity}" '
    'data-severity-name="{name}" data-chapter="{chapter}" data-chapter-name="{title}">'
    '<summary>{mark} <span class="chip">{chip}</span> {statement}</summary><dl>{rows}</dl></details>'
)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page, as HTML and as plain text."""

    html: str
    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def headline(text: str | Sentence, /, **parts: Part | Sentence) -> Block:
    """The finding a section begins with: a sentence, or a template and its parts (see `sentence`).

    >>> headline("在校生 {n}。", n=report.fact("students")).text
    '在校生 4902 人。'
    """
    return _paragraph("headline", text, parts)


def say(text: str | Sentence, /, **parts: Part | Sentence) -> Block:
    """A sentence of the analysis; arguments as of `headline`.

    >>> say("在校生{n:change}。", n=report.change("students")).text
    '在校生增加 50 人。'
    """
    return _paragraph("say", text, parts)


def points(sentences: Sequence[Sentence]) -> Block:
    """Several findings as a list.

    >>> points([sentence("在校生{n:change}", n=report.change("students"))]).text
    '在校生增加 50 人'
    """
    items = (Markup("<li>{}</li>").format(one) for one in sentences)
    return Block(_wrapped("ul", "points", items), "\n".join(one.text for one in sentences))


def what_if(students: Fact, teachers: Fact, *, ratio: float, growth: float, hires: int) -> Block:
    """A form that computes the shortage for other numbers, shown where scripts run.

    Args:
        students, teachers: of the report.
        ratio, growth, hires: what the form begins with, in the units of `codebook.parameters`.
    """
    if not (students.known and teachers.known):
        return _lacking("重算教师缺口所需的数字")
    given = {
        "target_student_teacher_ratio": ("ratio", ratio, 1, 40, 0.5),
        "enrolment_growth": ("growth", growth, -100, 1000, 0.5),
        "hires": ("hires", hires, 0, 10000, 1),
    }
    labels, units = (codebook.parameters()[column].to_dict() for column in ("label", "unit"))
    field = Markup(
        '<label>{}<input type="number" name="{}" value="{}" min="{}" max="{}" step="{}"></label>'
    )
    fields = Markup(" ").join(
        field.format(f"{labels[name]}（{units[name]}）", key, f"{value:g}", *limits)
        for name, (key, value, *limits) in given.items()
    )
    form = Markup(
        '<form class="what-if" data-students="{}" data-teachers="{}" hidden>{}'
        '<p><output aria-live="polite"></output></p></form>'
    )
    text = f"在校生 {students.value}、专任教师 {teachers.value}：改动参数重算教师缺口"
    return Block(form.format(students.exported, teachers.exported, fields), text)


def caveat(text: str | Sentence, /, **parts: Part | Sentence) -> Block:
    """A limit of the figures, beside them; arguments as of `headline`.

    >>> caveat("没有印出休学人数。").text
    '注意：没有印出休学人数。'
    """
    filled = sentence(text, **parts)
    body = Markup('<aside class="caveat"><p><strong>注意</strong> {}</p></aside>').format(filled)
    return Block(body, f"注意：{filled.text}")


def key_figures(*tiles: tuple[str, Fact, Sentence | str]) -> Block:
    """Tiles: a name, the number, and one sentence on its trend or meaning.

    >>> key_figures(("在校生", report.fact("students"), "比上年多")).text
    '在校生：4902 人（比上年多）'
    """
    shown = [
        (name, sentence("{fact}", fact=fact) if fact.known else "未提供", note)
        for name, fact, note in tiles
    ]
    text = "\n".join(f"{name}：{value}（{note}）" for name, value, note in shown)
    return Block(_wrapped("div", "tiles", (_TILE.format(*one) for one in shown)), text)


def figure(title: Sentence, chart: Chart, data: pd.DataFrame, note: str = "") -> Block:
    """A chart under the sentence it shows, with the table it was drawn from, sources and download.

    Args:
        title: the finding the chart shows.
        chart: the drawing.
        data: the `Table` (or frame) it was drawn from; becomes the table and the download.
        note: a remark on how to read the chart.
    """
    data = sourced(data)
    if not (chart.svg and title.complete):
        return _lacking(title.text if not title.complete else "画这张图所需的数字")
    remark = Markup('<p class="note">{}</p>').format(note) if note else ""
    shown = tables.to_html(data, title.text)
    body = _FIGURE.format(title, chart, remark, shown, tables.sources(data))
    return Block(body, f"{title.text}\n{chart.alt}")


def table(data: pd.DataFrame, caption: str, *, long: bool = False) -> Block:
    """A `Table`, or a frame of numbers, facts and words, as a table with its sources and download.

    Args:
        data: the index holds the row heads, columns the column heads.
        caption: the name of the table.
        long: let the reader sort and filter it.

    >>> table(scale, "规模").text.splitlines()[1:3]
    ['     2020  2021', '在校生  4852  4902']
    """
    data = sourced(data)
    if not _anything(data):
        return _lacking(f"“{caption}”")
    shown = (tables.to_html(data, caption, long=long), tables.sources(data))
    text = f"{caption}\n{tables.plain_frame(data).to_string()}"
    return Block(_wrapped("div", "block-table", shown), text)


def term(indicator: str) -> Sentence:
    """An indicator's name that opens its definition.

    Raises:
        UsageError: no such indicator.

    >>> term("students").text
    '全日制在校生数'
    """
    row = codebook.indicator(indicator)
    meaning = f"{row['definition']}（出处：{row['definition_source']}）"
    marked = Markup('<dfn class="term" data-definition="{}">{}</dfn>').format(meaning, row["name"])
    return Sentence(marked, str(row["name"]))


def definitions(*indicators: str) -> Block:
    """The definitions of the terms a chapter uses.

    Args:
        indicators: ids of the codebook.

    Raises:
        UsageError: no such indicator.

    >>> definitions("students").text.partition("：")[0]
    '全日制在校生数'
    """
    rows = [codebook.indicator(identifier) for identifier in indicators]
    pair = Markup('<dt id="term-{id}">{name}</dt><dd>{definition}（{definition_source}）</dd>')
    body = Markup('<details class="definitions"><summary>本章术语</summary><dl>{}</dl></details>')
    text = "\n".join(f"{row['name']}：{row['definition']}" for row in rows)
    return Block(body.format(Markup("").join(pair.format(**row) for row in rows)), text)


def problems(register: pd.DataFrame, *, most: int | None = None) -> Block:
    """The register of problems as an ordered list, worst first.

    Args:
        register: as `problems.register` or `questions.register` returns it.
        most: show only so many, and say how many are left out.
    """
    rows = register.head(most if most is not None else len(register)).to_dict("records")
    left = len(register) - len(rows)
    page = codebook.chapters()["name"]["9" if set(register["kind"]) == {"question"} else "7"]
    more = Markup('<p class="more">另有 {} 个，见“{}”一章。</p>').format(left, page)
    text = "\n".join(f"[{row['severity_name']}] {row['statement']}" for row in rows)
    items = _wrapped("ol", "problems", map(_problem, rows))
    return Block(items + more if left else items, text)


def findings(results: Sequence[Finding], decisions: Sequence[Correction] = ()) -> Block:
    """Every finding that a reader should look at, worst first, each open to its arithmetic.

    Args:
        results: of `audit.run`; those that agree go into a table of their own.
        decisions: of `corrections.read`; each is shown with the findings it bears on.
    """
    doubtful = [finding for finding in results if finding.severity != "none"]
    agreed = [finding for finding in results if finding.severity == "none"]
    settled = pd.DataFrame(
        {"结论": [VERDICTS[f.verdict] for f in agreed], "规则": [KINDS[f.rule] for f in agreed]},
        index=pd.Index([signed(f.statement) for f in agreed], name="关系"),
    )
    title = f"相符的 {len(agreed)} 项关系"
    body = Markup(
        '<div class="findings" data-filter="severity chapter">{}</div>'
        '<details class="agreed"><summary>{}</summary>{}</details>'
    ).format(
        Markup("").join(_finding(f, concerning(f, decisions)) for f in doubtful),
        title,
        tables.to_html(settled, title, long=True, download=False),
    )
    return Block(body, "\n".join(f"[{SEVERITIES[f.severity]}] {f.statement}" for f in doubtful))


def worst_findings(results: Sequence[Finding], *, most: int) -> Block:
    """The worst findings as a short list that leads to the chapter on data quality."""
    page = codebook.chapters()["page"].iloc[-1]
    worst = [finding for finding in results if finding.severity != "none"][:most]
    item = Markup('<li>{} <a href="{}.html#finding-{}">{}</a></li>')
    items = [item.format(severity_mark(f.severity), page, f.id, f.statement) for f in worst]
    return Block(_wrapped("ul", "worst", items), "\n".join(f.statement for f in worst))


def correction_sheet(sheet: pd.DataFrame, returned: bytes) -> Block:
    """The questions to the school as a form to print, with the file that takes its answers.

    Args:
        sheet: as `questions.correction_sheet` returns it.
        returned: the register of decisions to fill in and import, as CSV.
    """
    caption = "更正表（请学校答复）"
    encoded = base64.b64encode(returned).decode("ascii")
    link = Markup(
        '<p class="more"><a download="corrections.csv" '
        'href="data:text/csv;charset=utf-8;base64,{}">下载答复文件（corrections.csv）</a></p>'
    ).format(encoded)
    shown = tables.to_html(sheet, caption, download=False)
    return Block(_wrapped("div", "block-table correction-sheet", [shown, link]), sheet.to_string())


def chapters() -> Block:
    """Cards that lead to the chapters.

    >>> chapters().text.splitlines()[0]
    '学校情况'
    """
    table = codebook.chapters().iloc[1:]
    card = Markup('<li><a class="card" href="{}.html">{}</a></li>')
    cards = [card.format(*row) for row in zip(table["page"], table["name"], strict=True)]
    return Block(_wrapped("ul", "chapters", cards), "\n".join(table["name"]))


def parameters(**values: Any) -> Block:
    """The parameters the chapter was run with.

    Raises:
        KeyError: a name that `parameters.csv` of the codebook does not hold.

    >>> parameters(hires=20).text
    '新增专任教师数 20'
    """
    labels = codebook.parameters()
    shown = {
        str(labels.loc[name, "label"]): (
            f"{value:g}" if isinstance(value, float) else str(value),
            spaced(str(labels.loc[name, "unit"])),
        )
        for name, value in values.items()
    }
    body = _pairs({label: value + unit for label, (value, unit) in shown.items()})
    text = "；".join(f"{label} {value}" for label, (value, _) in shown.items())
    return Block(_wrapped("dl", "parameters", [body]), text)


def severity_mark(severity: str) -> Markup:
    """A severity as a label that does not rest on colour."""
    return _SEVERITY.format(severity, SEVERITIES[severity])


def _lacking(what: str) -> Block:
    """In place of a figure or a table, the sentence that the report gives nothing for it."""
    text = what if what.startswith("报告未提供") else f"报告未提供{what}。"
    return Block(_wrapped("p", "absent", [text]), text)


def _anything(data: pd.DataFrame) -> bool:
    """True where a frame holds a known fact, or words and no facts."""
    cells = [cell for row in data.to_numpy() for cell in row]
    facts = [cell for cell in cells if isinstance(cell, Fact)]
    return any(fact.known for fact in facts) if facts else bool(cells)


def _finding(finding: Finding, decisions: Sequence[Correction]) -> Markup:
    chapter = codebook.chapters()["name"][str(finding.chapter)]
    programmes = dict.fromkeys(f.key.parts().get("programme", "") for f in finding.figures[:2])
    rows = {
        "规则": KINDS[finding.rule],
        "所在章": chapter,
        "专业名称": "；".join(codebook.programme_label(one) for one in programmes if one),
        "印出的数字": "；".join(
            f"{f.key.label} {f.printed}（{f.source}）" for f in finding.figures
        ),
        "重新计算": signed(finding.recomputed or ""),
        "相差": signed(finding.difference or ""),
        "建议": finding.suggestion,
        "决定": "；".join(decision.wording for decision in decisions),
    }
    agrees = finding.verdict in AGREE  # on a figure that is itself a problem
    return _FINDING.format(
        id=finding.id,
        severity=finding.severity,
        name=SEVERITIES[finding.severity],
        chapter=finding.chapter,
        title=chapter,
        mark=severity_mark(finding.severity),
        chip=KINDS[finding.rule] if agrees else VERDICTS[finding.verdict],
        statement=signed(finding.statement),
        rows=_pairs(rows),
    )


def _pairs(rows: Mapping[str, str | None]) -> Markup:
    """Names and texts of a description list; empty ones are left out."""
    pair = Markup("<div><dt>{}</dt><dd>{}</dd></div>")
    return Markup("").join(pair.format(name, text) for name, text in rows.items() if text)


def _paragraph(kind: str, text: str | Sentence, parts: Mapping[str, Part | Sentence]) -> Block:
    filled = sentence(text, **parts)
    body = _PARAGRAPH.format(kind if filled.complete else "absent", filled.html)
    return Block(body, filled.text)


def _problem(row: Mapping[Any, Any]) -> Markup:
    mark = severity_mark(row["severity"])
    if row["kind"] == "question":
        rule = ("答复", f"请{row['office']}说明。")
    else:
        rule = ("判定", row["rule"])
    shown = (row["subject"], row["statement"], row["evidence"], *rule)
    return _PROBLEM.format(mark, *shown, row["link"], row["chapter_name"])


def _wrapped(tag: str, kind: str, content: Iterable[object]) -> Markup:
    """An element of a class with its content."""
    inner = Markup("").join(content)  # type: ignore[arg-type]
    return Markup('<{0} class="{1}">{2}</{0}>').format(tag, kind, inner)
