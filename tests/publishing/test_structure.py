"""Sections, anchors and ids."""

from __future__ import annotations

from collections.abc import Callable

from qzanalysis.publishing import markup, structure
from qzanalysis.publishing.structure import Heading


def structured(text: str) -> tuple[str, tuple[Heading, ...]]:
    body, _ = markup.parsed(text)
    headings = structure.structure(body)
    return markup.written(body), headings


def prefixed(text: str, name: str, link: Callable[[str], str]) -> str:
    body, _ = markup.parsed(text)
    structure.prefix(body, name, link)
    return markup.written(body)


def test_chinese_headings_get_stable_ascii_anchors_in_order() -> None:
    """Headings that have an ASCII id keep it."""
    _, headings = structured(
        '<h1>题</h1><h2>甲</h2><p>x</p><h3 id="own">乙</h3><h2 id="丙">丙 &amp; 丁</h2>'
    )
    assert [(h.level, h.anchor, h.text) for h in headings] == [
        (1, "title", "题"),
        (2, "sec-1", "甲"),
        (3, "own", "乙"),
        (2, "sec-3", "丙 & 丁"),
    ]


def test_every_h2_opens_a_section_and_all_are_closed() -> None:
    """A heading inside a block opens none."""
    text, _ = structured("<h2>甲</h2><p>x</p><h2>乙</h2><div><h2>内</h2></div>")
    assert text.count("<section") == text.count("</section>") == 2
    assert '<section aria-labelledby="sec-2"><h2 id="sec-2">乙' in text


def test_ids_of_two_charts_do_not_meet_and_unused_ones_go() -> None:
    """matplotlib names the parts of every figure alike."""
    chart = '<svg viewBox="0 0 1 1"><path id="p1"/><use href="#p1"/><g id="unused"/></svg>'
    text, _ = structured(chart + chart)
    assert 'id="c1-p1"' in text and 'href="#c2-p1"' in text
    assert "unused" not in text and "viewBox" in text


def test_prefixing_keeps_every_reference_together() -> None:
    """For the edition in one file."""
    text = prefixed(
        '<h2 id="a">x</h2><a href="#a">y</a><section aria-labelledby="a b">'
        '<g clip-path="url(#a)"/><use xlink:href="#a"/><use href="#a"/></section>',
        "ch01-",
        lambda href: href.replace("#", "#ch01-"),
    )
    assert text == (
        '<h2 id="ch01-a">x</h2><a href="#ch01-a">y</a><section aria-labelledby="ch01-a ch01-b">'
        '<g clip-path="url(#ch01-a)"></g><use xlink:href="#ch01-a"></use>'
        '<use href="#ch01-a"></use></section>'
    )


def test_links_to_pages_that_are_not_there_become_text() -> None:
    body, _ = markup.parsed('<p><a href="01.html#x">一</a>，<a href="02.html">二</a></p>')
    structure.unlink(body, {"01.html"})
    assert markup.written(body) == (
        '<p><span class="unavailable">一</span>，<a href="02.html">二</a></p>'
    )
