"""Every number's source on paper: numbered notes at the end of a page, and marks beside numbers.

Blocks write each number as a `data` element of class `fact` with source, text, formula and keys.
Printed figures of one place share one note; a computed figure has a note of its own. A figure that
a check doubts is underlined and, under the paragraph, chart or table that first shows it in a
section, the doubt has a line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree
from markupsafe import Markup

from qzanalysis.audit import Finding
from qzanalysis.audit.findings import GROUPS
from qzanalysis.publishing.markup import Element, classes
from qzanalysis.reports.report import sorted_key

DOUBTED: Final = GROUPS["矛盾"] | GROUPS["存疑"]
_AROUND: Final = frozenset({"section", "article"})
_SOURCED: Final = Markup('<span class="note-source">{}</span>　{}{}')
_ADDED: Final = Markup(' <span class="note-doubt">{}</span>')


@dataclass(frozen=True, slots=True)
class Notes:
    """What `annotate` found on a page.

    Attributes:
        items: the notes as HTML list items, in order; note n is at index n - 1.
        doubts: ids of the findings that doubt a number of this page, in order.
    """

    items: tuple[str, ...]
    doubts: tuple[str, ...]


def annotate(
    body: Element, findings: Sequence[Finding], link: Callable[[str], str] | None = None
) -> Notes:
    """Mark the doubted numbers of a body, and give every number its note.

    Args:
        body: changed in place.
        findings: of all checks of the report.
        link: the address of a finding's arithmetic, empty where no page shows it; None leaves out
            the lines under blocks, for a page that lists the doubts itself.
    """
    by_id = {finding.id: finding for finding in findings}
    by_key = doubts_by_key(findings)
    notes: dict[tuple[str, ...], _Note] = {}
    marks: list[tuple[Element, _Note]] = []
    shown: set[tuple[Element, str]] = set()  # each section is read for itself
    for block in _blocks(body):
        lines: dict[str, None] = {}
        for element in block.iter("data"):
            if "fact" not in classes(element):
                continue
            ids = _doubts(element, by_key)
            wrong = [name for name in ids if by_id[name].verdict != "undecided"]
            if ids:
                element.set("data-doubt", " ".join(ids))
                if not wrong:  # an open question is not underlined as wrong
                    element.set("data-mild", "")
            if next(element.iterancestors("li"), None) is None:  # a list of problems says it itself
                lines |= {name: None for name in wrong if (block.getparent(), name) not in shown}
            if note := _note(notes, element, ids):
                marks.append((element, note))
        shown |= {(block.getparent(), name) for name in lines}
        for name in reversed(lines) if link else ():
            _insert_after(block, _line(by_id[name].statement, link(name)))  # type: ignore[misc]
    for element, note in marks:
        mark = etree.Element("sup", {"class": "ref", "aria-hidden": "true"})
        mark.text = str(note.number)
        _insert_after(element, mark)
    return _written(notes.values(), by_id)


def doubts_by_key(findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    """Ids of the findings that doubt a figure, by its key `indicator|breakdown|year`.

    A finding names the figure it judges first, then those it was judged by: only the first is in
    doubt. Were all of them, a student number every rule rests on would be doubted everywhere.
    """
    doubts: dict[str, list[str]] = {}
    for finding in findings:
        if finding.verdict in DOUBTED and finding.figures:
            key = figure_key(finding.figures[0].as_dict())
            doubts.setdefault(key, []).append(finding.id)
    return {key: tuple(dict.fromkeys(ids)) for key, ids in doubts.items()}


def figure_key(figure: Mapping[str, Any]) -> str:
    """The key of a figure: `indicator|breakdown|year`, the breakdown in a fixed order."""
    return f"{figure['indicator']}|{sorted_key(figure['breakdown'])}|{figure['year']}"


@dataclass(slots=True)
class _Note:
    number: int
    source: str
    how: str
    doubts: tuple[str, ...]
    printed: dict[Markup, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)


def _blocks(parent: Element) -> Iterator[Element]:
    """The elements that stand directly in the page, an article or a section."""
    for child in parent.iterchildren(etree.Element):
        if child.tag in _AROUND:
            yield from _blocks(child)
        else:
            yield child


def _insert_after(element: Element, new: Element) -> None:
    """Put an element right after another one, before the text that follows."""
    new.tail, element.tail = element.tail, None
    element.addnext(new)


def _doubts(element: Element, by_key: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    keys = [key.partition("|") for key in element.get("data-keys", "").split()]
    places = [(indicator, *rest.rpartition("|")) for indicator, _, rest in keys]
    sorted_keys = [f"{one}|{sorted_key(breakdown)}|{year}" for one, breakdown, _, year in places]
    return tuple(dict.fromkeys(name for key in sorted_keys for name in by_key.get(key, ())))


def _note(
    notes: dict[tuple[str, ...], _Note], element: Element, doubts: tuple[str, ...]
) -> _Note | None:
    """The note of a number; None for one without source and formula."""
    label, printed, source, how, remark = (
        element.get(f"data-{name}", "") for name in ("label", "printed", "source", "how", "remark")
    )
    if not source and not how:
        return None
    key = (source, how, label) if how else (source, "", *doubts)
    note = notes.setdefault(key, _Note(len(notes) + 1, source or "假设", how, doubts))
    if remark:
        note.remarks[remark] = None
    literal = Markup("{}" if how or not printed else "{}（原样“{}”）")
    note.printed[literal.format(label, printed)] = None
    return note


def _line(statement: str, place: str) -> Element:
    line = etree.Element("p", {"class": "doubted"})
    strong = etree.SubElement(line, "strong")
    strong.text, strong.tail = "核验存疑", f" {statement}"
    if place:
        strong.tail += " "
        etree.SubElement(line, "a", {"href": place}).text = "看算式"
    return line


def _written(notes: Iterable[_Note], findings: Mapping[str, Finding]) -> Notes:
    """Notes as HTML; a doubt is given in full once, later notes point to the first."""
    items: list[str] = []
    first: dict[str, str] = {}
    for note in notes:
        body = Markup("；").join(note.printed)
        if note.how:
            body += Markup("　算法：{}").format(note.how)
        statements = dict.fromkeys(first.get(n, findings[n].statement) for n in note.doubts)
        added = [f"更正：{remark}" for remark in note.remarks]
        added += [f"核验存疑：{statement}" for statement in statements]
        items.append(_SOURCED.format(note.source, body, Markup("").join(map(_ADDED.format, added))))
        first |= {name: f"见第 {note.number} 条" for name in note.doubts if name not in first}
    return Notes(tuple(items), tuple(first))
