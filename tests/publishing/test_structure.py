"""Sections, anchors and ids."""

from __future__ import annotations

from qzanalysis.publishing.structure import prefixed, structured


def test_chinese_headings_get_stable_ascii_anchors_in_order() -> None:
    """Headings that have an ASCII id keep it."""
    body = structured(
        '<h1>题</h1><h2>甲</h2><p>x</p><h3 id="own">乙</h3><h2 id="丙">丙 &amp; 丁</h2>'
    )
    assert [(h.level, h.anchor, h.text) for h in body.headings] == [
        (1, "title", "题"),
        (2, "sec-1", "甲"),
        (3, "own", "乙"),
        (2, "sec-3", "丙 & 丁"),
    ]


def test_every_h2_opens_a_section_and_all_are_closed() -> None:
    """A heading inside a block opens none."""
    body = structured("<h2>甲</h2><p>x</p><h2>乙</h2><div><h2>内</h2></div>")
    assert body.markup.count("<section") == body.markup.count("</section>") == 2
    assert '<section aria-labelledby="sec-2"><h2 id="sec-2">乙' in body.markup


def test_ids_of_two_charts_do_not_meet_and_unused_ones_go() -> None:
    """matplotlib names the parts of every figure alike."""
    chart = '<svg viewBox="0 0 1 1"><path id="p1"/><use href="#p1"/><g id="unused"/></svg>'
    markup = structured(chart + chart).markup
    assert 'id="c1-p1"' in markup and 'href="#c2-p1"' in markup
    assert "unused" not in markup and "viewBox" in markup


def test_prefixing_keeps_every_reference_together() -> None:
    """For the edition in one file."""
    markup = prefixed(
        '<h2 id="a">x</h2><a href="#a">y</a><section aria-labelledby="a b">'
        '<g clip-path="url(#a)"/><use xlink:href="#a"/></section>',
        "ch01-",
        lambda href: href.replace("#", "#ch01-"),
    )
    assert markup == (
        '<h2 id="ch01-a">x</h2><a href="#ch01-a">y</a><section aria-labelledby="ch01-a ch01-b">'
        '<g clip-path="url(#ch01-a)"/><use xlink:href="#ch01-a"/></section>'
    )
