"""Puts chapters together to a report: navigation, search, doubts, notes, provenance, one look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from lxml import etree

from qzanalysis.audit import VERDICTS
from qzanalysis.audit.output import counts
from qzanalysis.publishing import links, markup, notes, provenance, search, shell, structure
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Job
from qzanalysis.publishing.markup import Element
from qzanalysis.publishing.structure import Heading

METHODS: Final = "methods.html"
CHECKS_CHAPTER: Final = 9
_ADDED: Final = etree.XPath(
    ".//section[@class='notes'] | .//sup[@class='ref'] | .//p[@class='doubted']"
    " | .//p[@class='note mail']"
)
_DOUBTED: Final = etree.XPath(".//data[@data-doubt]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A chapter in the navigation; `href` is empty where it has no page."""

    number: int
    title: str
    href: str
    current: bool = False


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


def mains(job: Job) -> dict[str, Main]:
    """The main parts that can be made of the bodies there are, by page name.

    A doubt links to its arithmetic where the page of findings shows it, so none can be made before
    that page's body is there.
    """
    findings = _page_of(job, CHECKS_CHAPTER)
    if findings and findings not in {*job.bodies, *job.pages}:
        return {}
    return {c.page: _main(job, c) for c in job.chapters if c.page in job.bodies}


def pages(job: Job, ready: Mapping[str, Main]) -> dict[str, str]:
    """The markup of every page of the report, by file name; kept pages are as they were.

    Args:
        job: the report, with the bodies of all chapters to make pages of.
        ready: main parts made before, of the same bodies.

    Raises:
        RunFailed: a page is not fit to publish.
    """
    made = {
        c.page: ready.get(c.page) or _main(job, c) for c in job.chapters if c.page in job.bodies
    }
    texts: dict[str, Sequence[search.Section]] = {
        page: search.sections(main_of(text)) for page, text in job.pages.items()
    }
    texts |= {page: main.text for page, main in made.items()}
    methods = _methods()
    titles = {chapter.page: chapter.title for chapter in job.shown}
    titles[METHODS], texts[METHODS] = methods.headings[0].text, methods.text
    index = search.index(titles, texts)
    written = {
        **job.pages,
        **{c.page: _page(job, c, made[c.page], index) for c in job.shown if c.page in made},
        METHODS: _filled(job, methods, index, title=titles[METHODS], page=METHODS, **_around(job)),
        **({links.WHOLE: _whole(job)} if job.single_file else {}),
    }
    unmatched = {page: main.unmatched for page, main in made.items()}
    links.prove(written, job.page_limit, unmatched)
    return written


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


def _main(job: Job, chapter: Chapter) -> Main:
    body, unmatched = markup.parsed(job.bodies[chapter.page])
    headings = structure.structure(body)
    text = search.sections(body)
    structure.unlink(body, _missing(job))
    page = _page_of(job, CHECKS_CHAPTER)
    link = _finding_link(job, f"{page}#") if chapter.number else None
    noted = notes.annotate(body, job.findings, link)
    return Main(markup.written(body), noted, headings, text, unmatched)


def _page(job: Job, chapter: Chapter, main: Main, index: Sequence[object]) -> str:
    at = job.shown.index(chapter)
    before, after = job.shown[max(at - 1, 0) : at], job.shown[at + 1 : at + 2]
    return _filled(
        job,
        main,
        index,
        title=chapter.title,
        page=chapter.page,
        previous=next((Entry(c.number, c.title, c.page) for c in before), None),
        next=next((Entry(c.number, c.title, c.page) for c in after), None),
        parameters=provenance.labelled(job.school, job.values[chapter.number]),
        **_around(job, chapter),
    )


def _methods() -> Main:
    """The page on methods; its tables are left out of the search index."""
    body = _methods_body()
    headings = structure.structure(body)
    text = [[heading.anchor, heading.text, ""] for heading in headings]
    return Main(markup.written(body), notes.Notes((), ()), headings, text)


def _methods_body() -> Element:
    return markup.parsed(shell.filled("methods.html.j2", **provenance.methods()))[0]


def _around(job: Job, current: Chapter | None = None) -> dict[str, Any]:
    """The links of a page to the others."""
    return {
        "entries": [
            Entry(c.number, c.title, c.page if c in job.shown else "", c is current)
            for c in job.chapters
        ],
        "home": "index.html" if _page_of(job, 0) else "#main",
        "checks_href": _page_of(job, CHECKS_CHAPTER),
        "methods": METHODS,
        "single_file": links.WHOLE if job.single_file else "",
    }


def _whole(job: Job) -> str:
    """All chapters in one page: ids are prefixed, links between chapters become anchors."""
    anchors = {chapter.page: f"ch{chapter.number:02}" for chapter in job.shown}
    titles = {anchors[chapter.page]: chapter.title for chapter in job.shown}
    body = etree.Element("body")
    etree.SubElement(body, "h1", {"id": "title"}).text = "全文"
    texts = {}
    for page, anchor in anchors.items():
        article = _source(job, page)
        structure.unlink(article, _missing(job))
        structure.prefix(article, f"{anchor}-", partial(_inward, here=anchor, anchors=anchors))
        texts[anchor] = search.sections(article)
        _append(body, article, anchor)
    methods = _methods_body()
    structure.structure(methods)
    structure.prefix(methods, "methods-")
    _append(body, methods, "methods")
    index = [["", *rest] for _, *rest in search.index(titles, texts, search.BUDGET * 4)]
    checks = f"#{anchors[page]}" if (page := _page_of(job, CHECKS_CHAPTER)) else ""
    noted = notes.annotate(body, job.findings, _finding_link(job, f"{checks}-"))
    return _filled(
        job,
        Main(markup.written(body), noted),
        index,
        title="全文",
        page=links.WHOLE,
        entries=[Entry(c.number, c.title, f"#{anchors[c.page]}") for c in job.shown],
        whole=True,
        methods="#methods",
        checks_href=checks,
        parameters=provenance.labelled(
            job.school, {k: v for each in job.values.values() for k, v in each.items()}
        ),
    )


def _append(body: Element, article: Element, anchor: str) -> None:
    """Put a chapter into the edition in one file, its headings one level lower."""
    structure.lower(article)
    article.tag = "article"
    article.attrib.clear()
    article.attrib.update({"class": "chapter", "id": anchor})
    body.append(article)


def _source(job: Job, page: str) -> Element:
    """A chapter's body with its structure."""
    if page not in job.bodies:
        return main_of(job.pages[page])
    body, _ = markup.parsed(job.bodies[page])
    structure.structure(body)
    return body


def _inward(href: str, here: str, anchors: Mapping[str, str]) -> str:
    """The target of a link in the edition in one file."""
    page, mark, anchor = href.partition("#")
    chapter = anchors.get(page) if page or not mark else here
    return href if chapter is None else f"#{chapter}-{anchor}" if anchor else f"#{chapter}"


def _finding_link(job: Job, before: str) -> Callable[[str], str]:
    """A function from a finding to the address of its arithmetic; empty where none is shown."""
    page = _page_of(job, CHECKS_CHAPTER)
    shown = job.bodies.get(page) or job.pages.get(page, "")

    def link(finding: str) -> str:
        anchor = f"finding-{finding}"
        return f"{before}{anchor}" if f'id="{anchor}"' in shown else ""

    return link


def _filled(job: Job, main: Main, index: Sequence[object], *, title: str, **values: Any) -> str:
    """The page's template with the main part and the page's provenance."""
    doubts = {
        finding.id: [VERDICTS[finding.verdict], finding.statement]
        for finding in job.findings
        if finding.id in main.notes.doubts
    }
    return shell.filled(
        "page.html.j2",
        job=job,
        title=title,
        markup=main.markup,
        notes=main.notes.items,
        headings=[heading for heading in main.headings if heading.level in (2, 3)],
        islands=[shell.island("search-index", index), shell.island("doubts", doubts)],
        status=provenance.status(job.findings),
        tally=counts(job.findings),
        running_head=shell.css_text(f"{job.school.name} {job.year} 年度质量报告分析 · {title}"),
        **values,
    )


def _page_of(job: Job, number: int) -> str:
    return next((chapter.page for chapter in job.shown if chapter.number == number), "")


def _missing(job: Job) -> frozenset[str]:
    """Pages that chapters may link to and that this report does not have."""
    return frozenset(c.page for c in job.chapters) - {c.page for c in job.shown}
