"""Every number's source on paper: numbered notes at the end of a page, and marks beside numbers.

Blocks write each number as a `data` element of class `fact` with source, text, formula, keys.
Printed figures of one place share one note; a computed figure has a note of its own. Figures that
a check doubts are marked here too, because blocks know nothing of checks: an underline, a row in
the card, and, under the paragraph, chart or table that first shows the figure, a line of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from qzanalysis.audit import Finding
from qzanalysis.publishing.markup import Attributes, Rewriter, with_attributes
from qzanalysis.reports.loading import sorted_key

_AROUND_BLOCKS: Final = frozenset({"article", "section"})
DOUBTED: Final = frozenset({"contradiction", "implausible", "other_base", "undecided"})


@dataclass(frozen=True, slots=True)
class Annotated:
    """A body whose numbers carry marks, the notes they point to, and the doubts it mentions.

    Attributes:
        markup: the body.
        notes: HTML list items, in order; note n is at index n - 1.
        doubts: ids of the findings that doubt a number of this body, in order.
    """

    markup: str
    notes: tuple[str, ...]
    doubts: tuple[str, ...]


def doubts_by_key(findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    """Ids of the findings that doubt a figure, by its key `indicator|breakdown|year`.

    A finding names the figure it judges first, then those it was judged by: only the first is in
    doubt. Were all of them, a student number every rule rests on would be doubted everywhere.
    """
    found: dict[str, list[str]] = {}
    for finding in findings:
        figures = finding.as_dict()["figures"]
        if finding.verdict in DOUBTED and figures:
            found.setdefault(figure_key(figures[0]), []).append(finding.id)
    return {key: tuple(dict.fromkeys(ids)) for key, ids in found.items()}


def figure_key(figure: Mapping[str, Any]) -> str:
    """The key of a figure: `indicator|breakdown|year`, the breakdown in a fixed order."""
    return f"{figure['indicator']}|{sorted_key(figure['breakdown'])}|{figure['year']}"


def nowhere(finding: str) -> str:
    """No address: the report has no page that shows findings."""
    return ""


def annotated(
    markup: str, findings: Sequence[Finding], link: Callable[[str], str] | None = nowhere
) -> Annotated:
    """The body with its doubted numbers marked and every number's note.

    Args:
        markup: the body.
        findings: all that the checks found about the report.
        link: the address of a finding's arithmetic, empty where no page shows it; None leaves out
            the lines beside doubted figures, for a page that lists the doubts itself.
    """
    marker = _Marker(findings, link)
    statements = {finding.id: finding.statement for finding in findings}
    result = marker.rewrite(markup)
    told: dict[str, str] = {}  # a doubt is told in full once; later notes point to the first
    shown = []
    for number, note in enumerate(marker.notes.values(), 1):
        shown.append(note.markup({name: told.get(name, statements[name]) for name in note.doubts}))
        told |= {name: f"见第 {number} 条" for name in note.doubts if name not in told}
    return Annotated(result, tuple(shown), tuple(told))


def island(name: str, content: object) -> str:
    """JSON as a data island that no text inside it can break out of."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    safe = safe.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f'<script type="application/json" id="{name}">{safe}</script>'


@dataclass(slots=True)
class _Note:
    source: str
    how: str
    doubts: tuple[str, ...] = ()
    printed: dict[str, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)

    def markup(self, statements: Mapping[str, str]) -> str:
        """The note as the content of a list item."""
        labels = "；".join(self.printed)
        told = f"{labels}　算法：{escape(self.how)}" if self.how else labels
        added = [f"更正：{remark}" for remark in self.remarks]
        told_of = dict.fromkeys(statements[name] for name in self.doubts)
        added += [f"核验存疑：{statement}" for statement in told_of]
        marked = "".join(f' <span class="note-doubt">{escape(text)}</span>' for text in added)
        return f'<span class="note-source">{escape(self.source)}</span>　{told}{marked}'


class _Marker(Rewriter):
    drawings = False

    def __init__(
        self, findings: Sequence[Finding], link: Callable[[str], str] | None = None
    ) -> None:
        super().__init__()
        self._link = link
        self._statements = {finding.id: finding.statement for finding in findings}
        self._told: set[str] = set()
        self._untold: dict[str, None] = {}
        self.notes: dict[tuple[str, ...], _Note] = {}
        self._numbers: dict[tuple[str, ...], int] = {}
        self._doubts = doubts_by_key(findings)
        self._verdicts = {finding.id: finding.verdict for finding in findings}
        self._open: list[int | None] = []

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        if tag == "section":  # each section is read for itself
            self._told = set()
        if tag != "data":
            return raw
        if "fact" not in attributes.get("class", "").split():
            self._open.append(None)
            return raw
        doubted = self._doubted(attributes.get("data-keys", ""))
        self._open.append(self._note(attributes, doubted))
        return with_attributes(raw, self._mark(doubted)) if doubted else raw

    def end(self, tag: str, raw: str) -> str:
        if tag == "data" and self._open:
            number = self._open.pop()
            mark = f'<sup class="ref" aria-hidden="true">{number}</sup>'
            return raw if number is None else raw + mark
        return raw + self._lines() if set(self.stack) <= _AROUND_BLOCKS else raw

    def _lines(self) -> str:
        """Under a block, the doubts that no earlier block of the section has told."""
        ids = [name for name in self._untold if name not in self._told]
        self._told.update(ids)
        self._untold = {}
        return "".join(self._line(name) for name in ids) if self._link else ""

    def _line(self, name: str) -> str:
        assert self._link is not None
        place = self._link(name)
        more = f' <a href="{escape(place)}">看算式</a>' if place else ""
        said = f"<strong>核验存疑</strong> {escape(self._statements[name])}{more}"
        return f'<p class="doubted">{said}</p>'

    def _mark(self, doubted: tuple[str, ...]) -> Attributes:
        """Where every doubt is an open question, the number is not underlined as wrong."""
        strong = [name for name in doubted if self._verdicts[name] != "undecided"]
        if "li" not in self.stack:  # a list of problems tells the doubt itself
            self._untold |= dict.fromkeys(strong)
        return {"data-doubt": " ".join(doubted)} | ({} if strong else {"data-mild": ""})

    def _doubted(self, keys: str) -> tuple[str, ...]:
        found = [name for key in keys.split() for name in self._doubts.get(_normal(key), ())]
        return tuple(dict.fromkeys(found))

    def _note(self, attributes: Attributes, doubted: tuple[str, ...]) -> int | None:
        source, how = attributes.get("data-source", ""), attributes.get("data-how", "")
        if not source and not how:
            return None
        label = attributes.get("data-label", "")
        key = (source, how, label) if how else (source, "", *doubted)
        note = self.notes.setdefault(key, _Note(source or "假设", how, doubted))
        if remark := attributes.get("data-remark", ""):
            note.remarks[remark] = None
        note.printed[_printing(label, attributes.get("data-printed", ""), how)] = None
        return self._numbers.setdefault(key, len(self._numbers) + 1)


def _printing(label: str, printed: str, how: str) -> str:
    if how or not printed:
        return escape(label)
    return f"{escape(label)}（原样“{escape(printed)}”）"


def _normal(key: str) -> str:
    indicator, _, rest = key.partition("|")
    breakdown, _, year = rest.rpartition("|")
    return f"{indicator}|{sorted_key(breakdown)}|{year}"
