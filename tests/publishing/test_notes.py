"""Numbered notes and doubts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from qzanalysis.audit import Finding
from qzanalysis.publishing import markup, notes, shell


@dataclass(frozen=True)
class Judged:
    """As much of a finding's figure as notes read."""

    indicator: str
    breakdown: str
    year: int

    def as_dict(self) -> dict[str, Any]:
        return {"indicator": self.indicator, "breakdown": self.breakdown, "year": self.year}


def finding(verdict: str, *figures: Judged) -> Finding:
    statement = "两处 <b>不同</b>。"
    return Finding("f1", 1, "ratio", verdict, "high", statement, figures)  # type: ignore[arg-type]


def fact(text: str, **data: str) -> str:
    marks = "".join(f' data-{name}="{value}"' for name, value in data.items())
    return f'<data class="fact"{marks}>{text}</data>'


def annotated(
    text: str, findings: Sequence[Finding], link: Callable[[str], str] | None = None
) -> tuple[str, notes.Notes]:
    body, unmatched = markup.parsed(text)
    assert not unmatched
    made = notes.annotate(body, findings, link)
    return markup.written(body), made


def test_figures_of_one_place_share_a_note_and_computed_ones_have_their_own() -> None:
    """The mark stands after the number; the note gives label, text and formula."""
    text = (
        fact("120", label="在校生", printed="120", source="附表1#28", keys="students||2021")
        + fact("110", label="上年在校生", printed="110", source="附表1#28", keys="students||2020")
        + fact("12.0", label="生师比", source="附表1#28；附表1#38", how="120 ÷ 10")
        + fact("15", label="目标")
    )
    written, made = annotated(text, [])
    assert written.count('<sup class="ref"') == 3
    assert len(made.items) == 2
    assert "在校生（原样“120”）；上年在校生（原样“110”）" in made.items[0]
    assert "算法：120 ÷ 10" in made.items[1]


def test_the_mark_of_a_number_stands_before_the_text_that_follows() -> None:
    """And the text stays."""
    written, _ = annotated(f"<p>共 {fact('3', source='§1')} 人<br/>。</p>", [])
    mark = '<sup class="ref" aria-hidden="true">1</sup>'
    assert written == f"<p>共 {fact('3', source='§1')}{mark} 人<br>。</p>"


def test_only_the_judged_figure_is_in_doubt_whatever_the_order_of_its_breakdown() -> None:
    """The figures it was judged by are not; a computed number inherits the doubt of its inputs."""
    judged = Judged("rate", "b=2;a=1", 2021)
    found = [finding("contradiction", judged, Judged("students", "", 2021))]
    text = (
        fact("1", source="§1", keys="rate|a=1;b=2|2021")
        + fact("2", source="§2", keys="students||2021")
        + fact("3", source="§3", how="1 + 2", keys="students||2021 rate|b=2;a=1|2021")
    )
    written, made = annotated(text, found)
    assert written.count('data-doubt="f1"') == 2
    assert "data-mild" not in written
    assert made.doubts == ("f1",)
    assert "核验存疑：两处 &lt;b&gt;不同&lt;/b&gt;。" in made.items[0]


def test_a_line_beside_a_doubted_figure_stands_once_a_section_under_its_block() -> None:
    """With a link to the arithmetic; not inside a list of problems, which tells the doubt itself."""
    wrong = fact("1", source="§1", keys="rate||2021")
    block = f"<div><p>{wrong}</p></div>"
    text = f"<section>{block}{block}</section><section><ol><li>{wrong}</li></ol></section>"
    found = [finding("contradiction", Judged("rate", "", 2021))]
    made, _ = annotated(text, found, lambda name: f"09.html#finding-{name}")
    assert made.count('<p class="doubted">') == 1
    assert made.index("</div>") < made.index('<p class="doubted">') < made.rindex("<div>")
    assert 'href="09.html#finding-f1">看算式</a>' in made
    nowhere, _ = annotated(text, found, lambda _: "")
    assert nowhere.count('<p class="doubted">') == 1
    assert "看算式" not in nowhere, "no page shows findings"
    assert "doubted" not in annotated(text, found, None)[0]


def test_a_doubt_is_told_in_full_once_and_pointed_to_after_that() -> None:
    text = fact("1", source="§1", keys="rate||2021") + fact(
        "2", source="§2", how="1 × 2", keys="rate||2021"
    )
    first = finding("contradiction", Judged("rate", "", 2021))
    _, made = annotated(text, [first, replace(first, id="f2", statement="又一处。")])
    assert "核验存疑：两处" in made.items[0] and "核验存疑：又一处" in made.items[0]
    assert made.items[1].count("核验存疑：见第 1 条") == 1, "once, however many it told"


@pytest.mark.parametrize(
    ("verdict", "marked"), [("undecided", True), ("holds", False), ("not_checkable", False)]
)
def test_open_questions_are_marked_mildly_and_agreement_not_at_all(
    verdict: str, marked: bool
) -> None:
    """A reader is not alarmed where dates may explain a difference."""
    written, _ = annotated(
        fact("1", source="§1", keys="rate||2021"), [finding(verdict, Judged("rate", "", 2021))]
    )
    assert ("data-mild" in written) is marked


def test_a_data_island_cannot_be_broken_out_of() -> None:
    """Text from outside reaches it."""
    island = shell.island("x", ["</script><script>alert(1)</script>", "<!--", "\u2028", "&"])
    assert island.count("<") == 2 and "\u2028" not in island and "&" not in island
