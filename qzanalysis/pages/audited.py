"""The audit of documents as one offline page: findings first, then each document with its numbers.

Every number of a document is marked: it agrees, it is doubted, or nothing in the document can check
it. All text comes from files of strangers and is escaped; the page has no script and loads nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from qzanalysis.audit.discovered.engine import Finding
from qzanalysis.audit.discovered.material import Passage, Sheet
from qzanalysis.audit.findings import KINDS, SEVERITIES, VERDICTS
from qzanalysis.documents import numbers
from qzanalysis.documents.audited import Audited, ledger
from qzanalysis.errors import harmless
from qzanalysis.figures.located import Located

MARKS: Final = {"agrees": "相符", "doubted": "有疑问", "unchecked": "无从核对"}
_STYLE: Final = """
body { display: grid; grid-template-columns: minmax(20rem, 1fr) 3fr; gap: 2rem; padding: 1.5rem; }
body > header, body > .overview { grid-column: 1 / -1; }
.findings { position: sticky; top: 0; max-height: 100vh; overflow: auto; font-size: .9rem; }
.findings li { margin: 0 0 1rem; } .findings li:target { background: var(--caution); }
.agrees { border-bottom: 2px solid var(--accent); }
.doubted { border: 2px solid var(--wine); padding: 0 .15em; font-weight: 700; }
.unchecked { border-bottom: 1px dotted var(--muted); }
mark { background: none; color: inherit; } mark:target, a:target { outline: 3px solid var(--focus); }
.scroll { overflow-x: auto; } .count { color: var(--muted); font-size: .85rem; }
@media print { body { display: block; } .document { display: none; }
  .findings { position: static; max-height: none; } .findings li { break-inside: avoid; } }
@media (max-width: 60rem) { body { display: block; } .findings { position: static; } }
"""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def page(audits: Sequence[Audited], style: str) -> str:
    """The page over one document or several.

    Args:
        audits: one audit a document, also of those that could not be read.
        style: the style sheet of the project's pages.

    Returns:
        HTML of one file that needs nothing else.
    """
    title = _text(audits[0].path.name if len(audits) == 1 else f"{len(audits)} 份报告")
    parts = [
        f'<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title} 核验</title>',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{style}{_STYLE}</style></head><body><header><h1>{title}</h1>",
        *(f"<p>{_text(_line(each))}</p>" for each in audits),
        "<p>"
        + "　".join(f'<mark class="{mark}">123</mark> {name}' for mark, name in MARKS.items()),
        "</p></header>",
    ]
    if len(audits) > 1:
        parts += _overview(audits)
    for number, each in enumerate(audits):
        parts += _Document(each, f"d{number}").parts()
    return "\n".join([*parts, "</body></html>\n"])


def _text(text: str) -> str:
    return escape(harmless(text))


def _line(each: Audited) -> str:
    return f"{each.path.name}：{ledger(each.audit) if each.audit else each.error}"


def _overview(audits: Sequence[Audited]) -> Iterator[str]:
    """Documents with their counts, and which kinds of finding several of them share."""
    yield '<section class="overview"><h2>各份报告</h2><div class="scroll"><table>'
    heads = ("报告", "读到数字", "已核对", "无从核对", "读不出的地方", "问题")
    yield f"<thead><tr>{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr></thead><tbody>"
    kinds: Counter[str] = Counter()
    for number, each in enumerate(audits):
        counts = [*each.audit.ledger.values(), len(each.audit.findings)] if each.audit else []
        cells = "".join(f"<td>{count}</td>" for count in counts) or f"<td>{_text(each.error)}</td>"
        name = f'<a href="#d{number}">{_text(each.path.name)}</a>'
        yield f"<tr><th scope=row>{name}</th>{cells}</tr>"
        kinds.update({f.rule for f in each.audit.findings} if each.audit else ())
    yield "</tbody></table></div>"
    shared = [f"{KINDS[kind]}（{count} 份）" for kind, count in kinds.most_common() if count > 1]
    yield f"<p>多份报告都有的问题：{'、'.join(shared) or '无'}。</p></section>"


class _Document:
    """The findings of one document and its text."""

    def __init__(self, audited: Audited, name: str) -> None:
        self.audited, self.name = audited, name
        self.ids: dict[Located, str] = {}
        self.findings: dict[Located, str] = {}
        if audited.audit is None:
            return
        for n, number in enumerate(audited.audit.material.numbers):
            self.ids[number] = f"{name}n{n}"
        for finding in audited.audit.findings:
            for number in finding.wrong:
                self.findings.setdefault(number, f"{name}{finding.id}")

    def parts(self) -> Iterator[str]:
        """Two columns: findings, document."""
        found = self.audited.audit
        if found is None:
            return
        yield f'<nav class="findings" id="{self.name}" aria-label="问题"><h2>问题</h2><ol>'
        yield from map(self._finding, found.findings)
        yield '</ol></nav><main class="document">'
        for part in found.material.order:
            yield from self._passage(part) if isinstance(part, Passage) else self._sheet(part)
        yield "</main>"

    def _finding(self, finding: Finding) -> str:
        places = "、".join(
            f'<a href="#{self.ids[each]}">{_text(each.place)}</a>'
            for each in finding.figures[:8]
            if each in self.ids
        )
        advice = f"<br>建议：{_text(finding.suggestion)}" if finding.suggestion else ""
        return (
            f'<li id="{self.name}{finding.id}"><strong>{SEVERITIES[finding.severity]} · '
            f"{VERDICTS[finding.verdict]}</strong> {_text(finding.statement)}{advice}"
            f"<br>见 {places}</li>"
        )

    def _passage(self, passage: Passage) -> Iterator[str]:
        yield f"<p>{self._marked(passage.text, passage.spans)}</p>"

    def _sheet(self, sheet: Sheet) -> Iterator[str]:
        found = self.audited.audit
        assert found is not None
        checked = sum(number in found.checked for number in sheet.numbers)
        of: dict[str, list[Located]] = {}
        for number in sheet.numbers:
            of.setdefault(number.place, []).append(number)
        caption = self._cell(sheet.caption, of.get(f"{sheet.place} 标题", []))
        count = f'<span class="count">（读到 {len(sheet.numbers)} 个，已核对 {checked} 个）</span>'
        yield f'<div class="scroll"><table><caption>{caption}{count}</caption>'
        for r, row in enumerate(sheet.source.rows):
            cells = []
            for c, cell in enumerate(row):
                if cell.own:
                    across, down = sheet.source.extent(r, c)
                    spans = f' colspan="{across}"' * (across > 1)
                    spans += f' rowspan="{down}"' * (down > 1)
                    text = self._cell(cell.text, of.get(str(cell.place), []))
                    cells.append(f"<td{spans}>{text}</td>")
            yield f"<tr>{''.join(cells)}</tr>"
        yield "</table></div>"

    def _cell(self, text: str, found: Sequence[Located]) -> str:
        folded = numbers.plain(text)
        spans = [match.span() for match in numbers.TOKEN.finditer(folded)]
        return self._marked(folded, [(*s, n) for s, n in zip(spans, found, strict=False)])

    def _marked(self, text: str, spans: Sequence[tuple[int, int, Located]]) -> str:
        parts, last = [], 0
        for start, end, number in spans:
            parts += [_text(text[last:start]), self._mark(text[start:end], number)]
            last = end
        return "".join([*parts, _text(text[last:])])

    def _mark(self, text: str, number: Located) -> str:
        found = self.audited.audit
        assert found is not None
        name = self.ids[number]
        if finding := self.findings.get(number):
            return f'<a class="doubted" id="{name}" href="#{finding}">{_text(text)}</a>'
        kind = "agrees" if number in found.checked else "unchecked"
        return f'<mark class="{kind}" id="{name}">{_text(text)}</mark>'
