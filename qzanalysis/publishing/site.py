"""Puts chapters together to a report: navigation, search, doubts, notes, provenance, one look."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from qzanalysis.audit import VERDICTS, Finding
from qzanalysis.publishing import notes, provenance, search, shell
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.links import WHOLE
from qzanalysis.publishing.markup import without_misleading
from qzanalysis.publishing.parameters import Values
from qzanalysis.publishing.structure import Body, Heading, prefixed, unlinked
from qzanalysis.reports.loading import School

SINGLE_FILE: Final = WHOLE
CHECKS_CHAPTER: Final = 9
_SPACE_IN_STYLE: Final = re.compile(r"(?<=:) |\s*([{};,>!])\s*")
_COMMENT: Final = re.compile(r"/\*[^*]*\*/")
_MAIN: Final = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_MARKS: Final = re.compile(
    r'<sup class="ref"[^>]*>\d+</sup>| data-(?:doubt|mild)="[^"]*"|<p class="doubted">.*?</p>'
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything the pages of one report are made of.

    Attributes:
        chapters: all chapters, also those without a page.
        shown: the chapters that have a page, in order.
        bodies: the chapters to make pages of, by page name, as far as they are there yet.
        kept: pages published before and taken over unchanged, by page name.
        values: the parameters of the chapters in `bodies`, by chapter number.
        findings: what the checks found.
        data_version, code_version: short fingerprints of the inputs.
        single_file: whether the whole report also appears as one page.
    """

    school: School
    year: int
    chapters: Sequence[Chapter]
    shown: Sequence[Chapter]
    bodies: Mapping[str, Body]
    kept: Mapping[str, str]
    values: Mapping[int, Values]
    findings: Sequence[Finding]
    data_version: str
    code_version: str
    single_file: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A chapter in the navigation; `href` is empty where it has no page."""

    number: int
    title: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One chapter inside the single-file edition."""

    title: str
    anchor: str
    markup: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Main:
    """The main part of a page, ready: its `main` element, and what is noted in it."""

    markup: str
    noted: notes.Annotated


def mains(site: Site) -> dict[str, Main]:
    """The main parts that can be made of the bodies there are, by page name.

    A doubt links to its arithmetic where the page of findings shows it, so none can be made before
    that page's body is there.
    """
    findings = _page_of(site, CHECKS_CHAPTER)
    if findings and findings not in site.bodies and findings not in site.kept:
        return {}
    return {c.page: _main(site, c) for c in site.chapters if c.page in site.bodies}


def pages(site: Site, ready: Mapping[str, Main] | None = None) -> dict[str, str]:
    """The markup of every page of the report, by file name; kept pages are as they were.

    Args:
        site: with the bodies of all pages.
        ready: main parts made before, of the same bodies.
    """
    ready = ready or {}
    made = dict(site.kept)
    index = search.index(
        {chapter.page: chapter.title for chapter in site.shown},
        {
            **{page: search.sections(main_of(markup)) for page, markup in site.kept.items()},
            **{page: body.text for page, body in site.bodies.items()},
        },
    )
    for chapter in site.chapters:
        if chapter.page in site.bodies:
            main = ready.get(chapter.page) or _main(site, chapter)
            made[chapter.page] = _page(site, chapter, main, index)
    if site.single_file:
        made[SINGLE_FILE] = _whole(site)
    return made


def main_of(markup: str) -> str:
    """The main part of a published page, without its notes and marks."""
    found = _MAIN.search(markup)
    return _MARKS.sub("", found[1].partition('<section class="notes"')[0]) if found else ""


def _main(site: Site, chapter: Chapter) -> Main:
    link = partial(_finding_link, site) if chapter.number else None
    markup = unlinked(site.bodies[chapter.page].markup, _missing(site))
    return _noted_main(notes.annotated(markup, site.findings, link))


def _noted_main(noted: notes.Annotated) -> Main:
    markup = shell.template("main.html.j2").render(markup=noted.markup, notes=noted.notes)
    return Main(without_misleading(markup), noted)


def _page(site: Site, chapter: Chapter, main: Main, index: Sequence[object]) -> str:
    body = site.bodies[chapter.page]
    before, after = _neighbours(site, chapter)
    return _render(
        site,
        title=chapter.title,
        page=chapter.page,
        entries=[_entry(site, other, chapter) for other in site.chapters],
        previous=before,
        next=after,
        headings=[heading for heading in body.headings if heading.level in (2, 3)],
        main=main,
        islands=[
            notes.island("search-index", index),
            notes.island("doubts", _doubts(site, main.noted)),
        ],
        parameters=provenance.labelled(site.school, site.values[chapter.number]),
    )


def _whole(site: Site) -> str:
    """All chapters in one page: ids are prefixed, links between chapters become anchors."""
    anchors = {chapter.page: f"ch{chapter.number:02}" for chapter in site.shown}
    parts = []
    for chapter in site.shown:
        body = site.bodies.get(chapter.page)
        source = body.markup if body else main_of(site.kept[chapter.page])
        anchor = anchors[chapter.page]
        source = unlinked(source, _missing(site))
        markup = prefixed(source, f"{anchor}-", partial(_inward, here=anchor, anchors=anchors))
        parts.append(Part(chapter.title, anchor, markup, body.headings if body else ()))
    index = _index_within(parts)
    noted = notes.annotated(_joined(parts), site.findings, partial(_finding_link, site, whole=True))
    return _render(
        site,
        title="全文",
        page=SINGLE_FILE,
        entries=[Entry(c.number, c.title, f"#{anchors[c.page]}", False) for c in site.shown],
        previous=None,
        next=None,
        headings=[],
        main=_noted_main(noted),
        islands=[
            notes.island("search-index", index),
            notes.island("doubts", _doubts(site, noted)),
        ],
        parameters=provenance.labelled(
            site.school, {k: v for each in site.values.values() for k, v in each.items()}
        ),
    )


def _index_within(parts: Sequence[Part]) -> list[list[Any]]:
    """The index of the single-file edition: every hit is on the page itself."""
    titles = {part.anchor: part.title for part in parts}
    bodies = {part.anchor: search.sections(part.markup) for part in parts}
    return [["", *rest] for _, *rest in search.index(titles, bodies, search.BUDGET * 4)]


def _joined(parts: Sequence[Part]) -> str:
    """One h1 for the page: the headings of the chapters move down one level."""
    articles = []
    for part in parts:
        lowered = re.sub(
            r"(</?h)([1-5])\b", lambda match: f"{match[1]}{int(match[2]) + 1}", part.markup
        )
        articles.append(f'<article class="chapter" id="{part.anchor}">{lowered}</article>')
    return f'<h1 id="title">全文</h1>{"".join(articles)}'


def _inward(href: str, here: str, anchors: Mapping[str, str]) -> str:
    page, mark, anchor = href.partition("#")
    if not page and mark:
        return f"#{here}-{anchor}"
    if page in anchors:
        return f"#{anchors[page]}-{anchor}" if anchor else f"#{anchors[page]}"
    return href


def _finding_link(site: Site, finding: str, *, whole: bool = False) -> str:
    """Where a finding opens to its arithmetic; empty where the report does not show it."""
    page = _page_of(site, CHECKS_CHAPTER)
    body = site.bodies.get(page)
    shown = body.markup if body else site.kept.get(page, "")
    anchor = f"finding-{finding}"
    if f'id="{anchor}"' not in shown:
        return ""
    return f"#ch{CHECKS_CHAPTER:02}-{anchor}" if whole else f"{page}#{anchor}"


def _doubts(site: Site, noted: notes.Annotated) -> dict[str, list[str]]:
    """What the page's doubting findings say: by id, the kind of doubt and the statement."""
    return {
        finding.id: [VERDICTS[finding.verdict], finding.statement]
        for finding in site.findings
        if finding.verdict in notes.DOUBTED and finding.id in noted.doubts
    }


def _render(site: Site, *, main: Main, **parts: Any) -> str:
    page_look = look()
    checks = _page_of(site, CHECKS_CHAPTER)
    whole = parts["page"] == SINGLE_FILE
    context = {
        **parts,
        "school": site.school,
        "year": site.year,
        "main": main.markup,
        "notes": main.noted.notes,
        "status": provenance.status(site.findings),
        "tally": provenance.tally(site.findings),
        "checks_href": f"#ch{CHECKS_CHAPTER:02}" if whole and checks else checks,
        "data_version": site.data_version,
        "code_version": site.code_version,
        "home": "index.html" if _page_of(site, 0) else "#main",
        "single_file": "" if whole or not site.single_file else SINGLE_FILE,
        "whole": whole,
        "running_head": _css_text(
            f"{site.school.name} {site.year} 年度质量报告分析 · {parts['title']}"
        ),
        **page_look,
    }
    page = shell.template("page.html.j2").render(context)
    return without_misleading(page).strip() + "\n"


@cache
def look() -> dict[str, str]:
    """Style and scripts, the same on every page, and the policy that lets only them run."""
    folder = shell.TEMPLATES / "qz"
    style, theme, script = (
        _lean((folder / name).read_text(encoding="utf-8"))
        for name in ("style.css", "theme.js", "script.js")
    )
    style = _SPACE_IN_STYLE.sub(r"\1", style).replace(";}", "}")
    hashes = " ".join(f"'sha256-{_hash(text)}'" for text in (theme, script))
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}; img-src data:; "
        "font-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    return {"style": style, "theme_script": theme, "script": script, "policy": policy}


def _lean(text: str) -> str:
    """Style or script as every page carries it: without indentation and comments."""
    lines = (line.strip() for line in _COMMENT.sub("", text).splitlines())
    return "\n".join(filter(None, lines))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _css_text(text: str) -> str:
    """Text inside a CSS string."""
    return "".join(c if c.isalnum() or c in " ·" else f"\\{ord(c):x} " for c in text)


def _entry(site: Site, chapter: Chapter, current: Chapter) -> Entry:
    there = chapter in site.shown
    return Entry(chapter.number, chapter.title, chapter.page if there else "", chapter is current)


def _neighbours(site: Site, chapter: Chapter) -> tuple[Entry | None, Entry | None]:
    shown = site.shown
    at = shown.index(chapter)
    before = _entry(site, shown[at - 1], chapter) if at > 0 else None
    after = _entry(site, shown[at + 1], chapter) if at + 1 < len(shown) else None
    return before, after


def _page_of(site: Site, number: int) -> str:
    return next((chapter.page for chapter in site.shown if chapter.number == number), "")


def _missing(site: Site) -> frozenset[str]:
    """Pages that chapters may link to and that this report does not have."""
    return frozenset(c.page for c in site.chapters) - {c.page for c in site.shown}
