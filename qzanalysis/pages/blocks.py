"""What a notebook displays: headline, key figures, chart with its table, finding, caveat, source.

Every function returns a `Block`, which Jupyter shows as HTML and the terminal as text. Numbers come
in as facts and go out with their origin on the element, so the page can tell where each was printed.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qzanalysis import codebook
from qzanalysis.audit.findings import AGREE, KINDS, SEVERITIES, VERDICTS, Finding, concerning
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import sourced
from qzanalysis.figures.intervals import signed
from qzanalysis.figures.sentences import Part, Sentence, sentence, spaced
from qzanalysis.pages import tables
from qzanalysis.pages.charts import Chart
from qzanalysis.reports.corrections import Correction


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page, as HTML and as plain text."""

    html: str
    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def headline(text: str | Sentence, /, **parts: Part | Sentence) -> Block:
    """A finding, first thing in its section: a sentence, or a template and its parts."""
    return _paragraph("headline", _filled(text, parts))


def say(text: str | Sentence, /, **parts: Part | Sentence) -> Block:
    """A sentence of the analysis."""
    return _paragraph("say", _filled(text, parts))


def caveat(text: str | Sentence, /, **parts: Part | Sentence) -> Block:
    """What the figures cannot tell, beside the figures."""
    filled = _filled(text, parts)
    body = f'<aside class="caveat"><p><strong>注意</strong> {filled.html}</p></aside>'
    return Block(body, f"注意：{filled.text}")


def key_figures(*tiles: tuple[str, Fact, Sentence | str]) -> Block:
    """Tiles: a name, the number, and one sentence on its trend or meaning."""
    shown = [(name, _measured(fact), note) for name, fact, note in tiles]
    body = "".join(
        f'<div class="tile"><p class="tile-name">{html.escape(name)}</p>'
        f'<p class="tile-value">{value}</p><p class="tile-note">{_markup(note)}</p></div>'
        for name, (value, _), note in shown
    )
    text = "\n".join(f"{name}：{plain}（{note}）" for name, (_, plain), note in shown)
    return Block(f'<div class="tiles">{body}</div>', text)


def figure(title: Sentence, chart: Chart, data: pd.DataFrame, note: str = "") -> Block:
    """A chart under the sentence it shows, with the table it was drawn from, sources and download.

    Args:
        title: the finding the chart shows.
        chart: the drawing.
        data: the `Table` (or frame) behind it; becomes the table and the download.
        note: what to know when reading the chart.
    """
    data = sourced(data)
    if not (chart.svg and title.complete):
        return _lacking(title.text if not title.complete else "画这张图所需的数字")
    plot = chart.svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(chart.alt)}"', 1)
    tail = f'<p class="note">{html.escape(note)}</p>' if note else ""
    body = (
        f'<figure class="chart"><figcaption class="chart-title">{title.html}</figcaption>'
        f'<div class="plot">{plot}</div>{tail}'
        f'<details class="data"><summary>数据表与下载</summary>{tables.to_html(data, title.text)}</details>'
        f"{tables.sources(data)}</figure>"
    )
    return Block(body, f"{title.text}\n{chart.alt}")


def table(data: pd.DataFrame, caption: str, *, long: bool = False) -> Block:
    """A `Table`, or a frame of numbers, facts and words, as a table with its sources and download.

    Args:
        data: the index holds the row heads, columns the column heads.
        caption: what the table holds.
        long: let the reader sort and filter it.
    """
    data = sourced(data)
    if not _anything(data):
        return _lacking(f"“{caption}”")
    body = f'<div class="block-table">{tables.to_html(data, caption, long=long)}{tables.sources(data)}</div>'
    return Block(body, f"{caption}\n{tables.plain_frame(data).to_string()}")


def term(indicator: str) -> Sentence:
    """An indicator's name that opens its definition."""
    row = codebook.indicator(indicator)
    meaning = f"{row['definition']}（出处：{row['definition_source']}）"
    return Sentence(
        f'<dfn class="term" data-definition="{html.escape(meaning)}">{html.escape(row["name"])}</dfn>',
        str(row["name"]),
    )


def definitions(*indicators: str) -> Block:
    """The definitions of the terms a chapter uses."""
    rows = [codebook.indicator(identifier) for identifier in indicators]
    body = "".join(
        "<dt id={}>{}</dt><dd>{}（{}）</dd>".format(
            f'"term-{row["id"]}"',
            *(html.escape(row[key]) for key in ("name", "definition", "definition_source")),
        )
        for row in rows
    )
    text = "\n".join(f"{row['name']}：{row['definition']}" for row in rows)
    return Block(
        f'<details class="definitions"><summary>本章术语</summary><dl>{body}</dl></details>', text
    )


def problems(register: pd.DataFrame, *, most: int | None = None) -> Block:
    """The register of problems as an ordered list, worst first.

    Args:
        register: as `problems.register` returns it.
        most: show only so many, and say how many are left out.
    """
    shown = register if most is None else register.head(most)
    rows = [{str(k): v for k, v in row.items()} for row in shown.to_dict("records")]
    items = "".join(_problem(row) for row in rows)
    left = len(register) - len(shown)
    more = f'<p class="more">另有 {left} 个问题，见“面临挑战”一章。</p>' if left else ""
    text = "\n".join(f"[{row['severity_name']}] {row['statement']}" for row in rows)
    return Block(f'<ol class="problems">{items}</ol>{more}', text)


def findings(found: Sequence[Finding], decisions: Sequence[Correction] = ()) -> Block:
    """Every check that a reader should look at, worst first, each open to its arithmetic.

    Args:
        found: of `checks.run`; those that agree go into a table of their own.
        decisions: of `corrections.read`; each is told with the findings it bears on.
    """
    doubtful = [finding for finding in found if finding.severity != "none"]
    agreed = [finding for finding in found if finding.severity == "none"]
    items = "".join(_finding(f, concerning(f, decisions)) for f in doubtful)
    settled = pd.DataFrame(
        {"结论": [VERDICTS[f.verdict] for f in agreed], "规则": [KINDS[f.rule] for f in agreed]},
        index=pd.Index([f.statement for f in agreed], name="关系"),
    )
    text = "\n".join(f"[{SEVERITIES[f.severity]}] {f.statement}" for f in doubtful)
    tail = tables.to_html(settled, f"相符的 {len(agreed)} 项关系", long=True, download=False)
    body = (
        f'<div class="findings" data-filter="severity chapter">{items}</div>'
        f'<details class="agreed"><summary>相符的 {len(agreed)} 项关系</summary>{tail}</details>'
    )
    return Block(body, text)


def worst_findings(found: Sequence[Finding], *, most: int) -> Block:
    """The worst checks as a short list that leads to the chapter on data quality."""
    page = codebook.chapters()["page"].iloc[-1]
    worst = [finding for finding in found if finding.severity != "none"][:most]
    items = "".join(
        f"<li>{severity_mark(f.severity, SEVERITIES[f.severity])} "
        f'<a href="{page}.html#finding-{html.escape(f.id)}">{html.escape(f.statement)}</a></li>'
        for f in worst
    )
    return Block(f'<ul class="worst">{items}</ul>', "\n".join(f.statement for f in worst))


def chapters() -> Block:
    """Cards that lead to the chapters."""
    table = codebook.chapters().iloc[1:]
    cards = "".join(
        f'<li><a class="card" href="{row["page"]}.html">{html.escape(row["name"])}</a></li>'
        for _, row in table.iterrows()
    )
    return Block(f'<ul class="chapters">{cards}</ul>', "\n".join(table["name"]))


def parameters(**values: Any) -> Block:
    """The parameters the chapter was run with."""
    labels = codebook.parameters()
    shown = {name: f"{v:g}" if isinstance(v, float) else str(v) for name, v in values.items()}
    rows = "".join(
        f"<div><dt>{html.escape(str(labels.loc[name, 'label']))}</dt><dd>{html.escape(value)}"
        f"{html.escape(spaced(str(labels.loc[name, 'unit'])))}</dd></div>"
        for name, value in shown.items()
    )
    text = "；".join(f"{labels.loc[name, 'label']!s} {value}" for name, value in shown.items())
    return Block(f'<dl class="parameters">{rows}</dl>', text)


def severity_mark(severity: str, name: str) -> str:
    """A severity as a label that does not rest on colour."""
    return f'<span class="severity {html.escape(severity)}">{html.escape(name)}</span>'


def _lacking(what: str) -> Block:
    """Where a figure or a table would stand, that the report has nothing for it."""
    text = what if what.startswith("报告未提供") else f"报告未提供{what}。"
    return Block(f'<p class="absent">{html.escape(text)}</p>', text)


def _anything(data: pd.DataFrame) -> bool:
    """Whether a frame holds a known fact, or words of its own."""
    cells = [cell for row in data.to_numpy() for cell in row]
    facts = [cell for cell in cells if isinstance(cell, Fact)]
    return any(fact.known for fact in facts) if facts else bool(cells)


def _filled(text: str | Sentence, parts: Mapping[str, Part | Sentence]) -> Sentence:
    return text if isinstance(text, Sentence) else sentence(text, **parts)


def _finding(finding: Finding, decisions: Sequence[Correction]) -> str:
    chapter = codebook.chapters()["name"][str(finding.chapter)]
    printed = "；".join(f"{f.key.label} {f.printed}（{f.source}）" for f in finding.figures)
    rows = {
        "规则": KINDS[finding.rule],
        "所在章": chapter,
        "印出的数字": printed,
        "重新计算": signed(finding.recomputed or ""),
        "相差": signed(finding.difference or ""),
        "建议": finding.suggestion,
        "决定": "；".join(decision.wording for decision in decisions),
    }
    body = "".join(
        f"<div><dt>{name}</dt><dd>{html.escape(text)}</dd></div>"
        for name, text in rows.items()
        if text
    )
    agrees = finding.verdict in AGREE  # on a figure that is itself a problem
    chip = KINDS[finding.rule] if agrees else VERDICTS[finding.verdict]
    return (
        f'<details class="finding" id="finding-{html.escape(finding.id)}" '
        f'data-severity="{finding.severity}" data-severity-name="{SEVERITIES[finding.severity]}" '
        f'data-chapter="{finding.chapter}" data-chapter-name="{html.escape(chapter)}">'
        f"<summary>{severity_mark(finding.severity, SEVERITIES[finding.severity])} "
        f'<span class="chip">{chip}</span> {html.escape(finding.statement)}</summary>'
        f"<dl>{body}</dl></details>"
    )


def _paragraph(kind: str, filled: Sentence) -> Block:
    kind = kind if filled.complete else "absent"
    return Block(f'<p class="{kind}">{filled.html}</p>', filled.text)


def _problem(row: Mapping[str, Any]) -> str:
    evidence = _markup(row["evidence"])
    return (
        f'<li class="problem">{severity_mark(row["severity"], row["severity_name"])} '
        f'<span class="chip">{html.escape(row["kind_name"])}</span> '
        f"<strong>{_markup(row['statement'])}</strong>"
        f'<p class="evidence">{evidence}</p>'
        f'<p class="rule">判定：{html.escape(row["rule"])} '
        f'<a href="{html.escape(row["link"])}">见{html.escape(row["chapter_name"])}</a></p></li>'
    )


def _markup(value: Sentence | str) -> str:
    return value.html if isinstance(value, Sentence) else html.escape(value)


def _measured(fact: Fact) -> tuple[str, str]:
    filled = sentence("{fact}", fact=fact)
    return (filled.html, filled.text) if fact.known else ("未提供", "未提供")
