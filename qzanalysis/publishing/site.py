"""Puts chapters together to a report: navigation, search, doubts, notes, provenance, one look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from lxml import etree

from qzanalysis.audit import VERDICTS, Finding
from qzanalysis.audit.output import counts
from qzanalysis.publishing import links, markup, notes, provenance, search, shell, structure
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.markup import Element
from qzanalysis.publishing.parameters import Values
from qzanalysis.publishing.structure import Heading
from qzanalysis.reports.report import School

SINGLE_FILE: Final = links.WHOLE
METHODS: Final = "methods.html"
CHECKS_CHAPTER: Final = 9
_ADDED: Final = etree.XPath(
    ".//section[@class='notes'] | .//sup[@class='ref'] | .//p[@class='doubted']"
    " | .//p[@class='note mail']"
)
_DOUBTED: Final = etree.XPath(".//data[@data-doubt]")


@dataclass(frozen=True, kw_only=True)
class Site:
    """Everything the pages of one report are made of.

    Attributes:
        years: that the figures are of.
        chapters: all chapters, also those without a page.
        shown: the chapters that have a page, in order.
        bodies: markup of the chapters to make pages of, by page name, as far as there yet.
        kept: pages published before and taken over unchanged, by page name.
        values: the parameters of the chapters in `bodies`, by chapter number.
        findings: of the checks.
        data_version, code_version: short fingerprints of the inputs.
        single_file: whether the whole report also appears as one page.
        page_limit: bytes a page may have.
    """

    school: School
    year: int
    years: Sequence[int]
    chapters: Sequence[Chapter]
    shown: Sequence[Chapter]
    bodies: Mapping[str, str]
    kept: Mapping[str, str]
    values: Mapping[int, Values]
    findings: Sequence[Finding]
    data_version: str
    code_version: str
    single_file: bool = False
    page_limit: int = links.PAGE_LIMIT


@dataclass(frozen=True, slots=True)
class Entry:
    """A chapter in the navigation; `href` is empty where it has no page."""

    number: int
    title: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Main:
    """The main part of a page.

    Attributes:
        markup: the body with its marks.
        notes: on its numbers.
        headings: in order.
        text: its sections for the search index.
        unmatched: tags of the body that do not match, in words.
    """

    markup: str
    notes: notes.Notes
    headings: Sequence[Heading] = ()
    text: Sequence[search.Section] = ()
    unmatched: Sequence[str] = ()


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

    Raises:
        RunFailed: a page is not fit to publish.
    """
    made = {
        c.page: (ready or {}).get(c.page) or _main(site, c)
        for c in site.chapters
        if c.page in site.bodies
    }
    texts: dict[str, Sequence[search.Section]] = {
        page: search.sections(main_of(text)) for page, text in site.kept.items()
    }
    texts |= {page: main.text for page, main in made.items()}
    methods = _methods()
    titles = {chapter.page: chapter.title for chapter in site.shown}
    titles[METHODS], texts[METHODS] = methods.headings[0].text, methods.text
    index = search.index(titles, texts)
    written = {c.page: _page(site, c, made[c.page], index) for c in site.shown if c.page in made}
    written[METHODS] = _filled(
        site, methods, index, title=titles[METHODS], page=METHODS, **_around(site)
    )
    whole = {SINGLE_FILE: _whole(site)} if site.single_file else {}
    unmatched = {page: main.unmatched for page, main in made.items()}
    links.prove({**site.kept, **written, **whole}, site.page_limit, unmatched)
    return {**site.kept, **written, **whole}


def main_of(text: str) -> Element:
    """The `main` element of a page, without its notes and marks."""
    main = markup.page(text).find(".//main")
    for element in _ADDED(main):
        element.tag = "added"
    etree.strip_elements(main, "added", with_tail=False)
    for element in _DOUBTED(main):
        element.attrib.pop("data-doubt")
        element.attrib.pop("data-mild", None)
    return main


def _main(site: Site, chapter: Chapter) -> Main:
    body, unmatched = markup.parsed(site.bodies[chapter.page])
    headings = structure.structure(body)
    text = search.sections(body)
    structure.unlink(body, _missing(site))
    link = partial(_finding_link, site) if chapter.number else None
    noted = notes.annotate(body, site.findings, link)
    return Main(markup.written(body), noted, headings, text, unmatched)


def _page(site: Site, chapter: Chapter, main: Main, index: Sequence[object]) -> str:
    before, after = _neighbours(site, chapter)
    return _filled(
        site,
        main,
        index,
        title=chapter.title,
        page=chapter.page,
        previous=before,
        next=after,
        parameters=provenance.labelled(site.school, site.values[chapter.number]),
        **_around(site, chapter),
    )


def _methods() -> Main:
    """The page on methods; its tables are left out of the search index."""
    body = _methods_body()
    headings = structure.structure(body)
    text = [[heading.anchor, heading.text, ""] for heading in headings]
    return Main(markup.written(body), notes.Notes((), ()), headings, text)


def _methods_body() -> Element:
    return markup.parsed(shell.filled("methods.html.j2", **provenance.methods()))[0]


def _around(site: Site, current: Chapter | None = None) -> dict[str, Any]:
    """What leads from a page to the others."""
    return {
        "entries": [_entry(site, other, current) for other in site.chapters],
        "home": "index.html" if _page_of(site, 0) else "#main",
        "checks_href": _page_of(site, CHECKS_CHAPTER),
        "methods": METHODS,
        "single_file": SINGLE_FILE if site.single_file else "",
    }


def _whole(site: Site) -> str:
    """All chapters in one page: ids are prefixed, links between chapters become anchors."""
    anchors = {chapter.page: f"ch{chapter.number:02}" for chapter in site.shown}
    titles = {anchors[chapter.page]: chapter.title for chapter in site.shown}
    body = etree.Element("body")
    etree.SubElement(body, "h1", {"id": "title"}).text = "全文"
    texts = {}
    for chapter in site.shown:
        article, anchor = _source(site, chapter), anchors[chapter.page]
        structure.unlink(article, _missing(site))
        link = partial(_inward, here=anchor, anchors=anchors)
        structure.prefix(article, f"{anchor}-", link)
        texts[anchor] = search.sections(article)
        _append(body, article, anchor)
    methods = _methods_body()
    structure.structure(methods)
    structure.prefix(methods, "methods-")
    _append(body, methods, "methods")
    index = [["", *rest] for _, *rest in search.index(titles, texts, search.BUDGET * 4)]
    noted = notes.annotate(body, site.findings, partial(_finding_link, site, whole=True))
    return _filled(
        site,
        Main(markup.written(body), noted),
        index,
        title="全文",
        page=SINGLE_FILE,
        entries=[Entry(c.number, c.title, f"#{anchors[c.page]}", False) for c in site.shown],
        whole=True,
        methods="#methods",
        checks_href=f"#ch{CHECKS_CHAPTER:02}" if _page_of(site, CHECKS_CHAPTER) else "",
        parameters=provenance.labelled(
            site.school, {k: v for each in site.values.values() for k, v in each.items()}
        ),
    )


def _append(body: Element, article: Element, anchor: str) -> None:
    """Put a chapter into the edition in one file, its headings one level lower."""
    structure.lower(article)
    article.tag = "article"
    article.attrib.clear()
    article.attrib.update({"class": "chapter", "id": anchor})
    body.append(article)


def _source(site: Site, chapter: Chapter) -> Element:
    """A chapter's body with its structure."""
    if chapter.page not in site.bodies:
        return main_of(site.kept[chapter.page])
    body, _ = markup.parsed(site.bodies[chapter.page])
    structure.structure(body)
    return body


def _inward(href: str, here: str, anchors: Mapping[str, str]) -> str:
    page, mark, anchor = href.partition("#")
    if not page and mark:
        return f"#{here}-{anchor}"
    if page in anchors:
        return f"#{anchors[page]}-{anchor}" if anchor else f"#{anchors[page]}"
    return href


def _finding_link(site: Site, finding: str, *, whole: bool = False) -> str:
    """The address of a finding's arithmetic; empty where the report does not show it."""
    page = _page_of(site, CHECKS_CHAPTER)
    shown = site.bodies.get(page) or site.kept.get(page, "")
    anchor = f"finding-{finding}"
    if f'id="{anchor}"' not in shown:
        return ""
    return f"#ch{CHECKS_CHAPTER:02}-{anchor}" if whole else f"{page}#{anchor}"


def _filled(site: Site, main: Main, index: Sequence[object], *, title: str, **values: Any) -> str:
    """The page's template with the main part and what the page says of itself."""
    doubts = {
        finding.id: [VERDICTS[finding.verdict], finding.statement]
        for finding in site.findings
        if finding.id in main.notes.doubts
    }
    return shell.filled(
        "page.html.j2",
        site=site,
        title=title,
        markup=main.markup,
        notes=main.notes.items,
        headings=[heading for heading in main.headings if heading.level in (2, 3)],
        islands=[shell.island("search-index", index), shell.island("doubts", doubts)],
        status=provenance.status(site.findings),
        tally=counts(site.findings),
        running_head=shell.css_text(f"{site.school.name} {site.year} 年度质量报告分析 · {title}"),
        **values,
    )


def _entry(site: Site, chapter: Chapter, current: Chapter | None) -> Entry:
    href = chapter.page if chapter in site.shown else ""
    return Entry(chapter.number, chapter.title, href, chapter is current)


def _neighbours(site: Site, chapter: Chapter) -> tuple[Entry | None, Entry | None]:
    at = site.shown.index(chapter)
    around = (site.shown[max(at - 1, 0) : at], site.shown[at + 1 : at + 2])
    before, after = ([_entry(site, other, chapter) for other in some] for some in around)
    return next(iter(before), None), next(iter(after), None)


def _page_of(site: Site, number: int) -> str:
    return next((chapter.page for chapter in site.shown if chapter.number == number), "")


def _missing(site: Site) -> frozenset[str]:
    """Pages that chapters may link to and that this report does not have."""
    return frozenset(c.page for c in site.chapters) - {c.page for c in site.shown}
