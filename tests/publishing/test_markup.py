"""Markup read into a tree and written again."""

from __future__ import annotations

import pytest

from qzanalysis.publishing import markup


def again(text: str) -> str:
    return markup.written(markup.parsed(text)[0])


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("<p>x</p>", []),
        ("<section><p>x", ["<section> 没有闭合"]),
        ("<section><div>x</section><br>", ["<div> 没有闭合"]),
        ("<p>x</p></section>", ["多余的 </section>"]),
        ("<ul><li>a<li>b</ul><table><tr><td>c<td>d</table><p>e<p>f", []),
        ("<p>a<br>b<img src=x alt=y><hr></p>", []),
        ("<p>&nbsp;&copy; a < b & c</p>", []),
        ("<script>if (a < b) { '</p>' }</script>", []),
    ],
)
def test_tags_that_do_not_match_are_reported(text: str, faults: list[str]) -> None:
    """A parser that repairs would hide them; what HTML lets stay open is no fault."""
    assert markup.parsed(text)[1] == faults


def test_what_is_xml_keeps_the_case_of_names() -> None:
    text = '<svg viewBox="0 0 1 1"><clipPath id="a"><path d="M 0"></path></clipPath></svg>'
    assert again(text) == text


def test_void_elements_and_empty_ones_are_written_as_html() -> None:
    assert again("<p/><br/><td></td><img src='a' alt=''/>") == (
        '<p></p><br><td></td><img src="a" alt="">'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<p>&lt;script&gt;&amp;amp; \"'</p>",
        '<p title="&lt;b&gt; &quot; &#x27;">x</p>',
        "<p>\u202f\xa0中</p>",
    ],
)
def test_escaped_text_stays_text(text: str) -> None:
    """Read and written twice it is the same as once."""
    once = again(text)
    assert "<script" not in once and again(once) == once
    before, after = (markup.parsed(one)[0] for one in (text, once))
    assert "".join(before.itertext()) == "".join(after.itertext())
    assert [dict(e.attrib) for e in before.iter()] == [dict(e.attrib) for e in after.iter()]


@pytest.mark.parametrize(
    "text", ["", "x", "\x00\x1b[31m", "</body></html>x", "<html><p>x</p></html>"]
)
def test_any_text_is_read(text: str) -> None:
    """What a reader would see is there, or the tags are at fault."""
    body, faults = markup.parsed(text)
    assert body.tag == "body"
    assert faults or ("x" in "".join(body.itertext())) == ("x" in text)
