"""What a notebook displays, as the reader of a page would find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from qzanalysis import codebook, measures
from qzanalysis.audit import Finding
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.sentences import sentence
from qzanalysis.pages import blocks, charts, problems
from qzanalysis.pages.blocks import Block
from qzanalysis.reports.report import Report


def soup(block: Block) -> BeautifulSoup:
    return BeautifulSoup(block.html, "html.parser")


@pytest.fixture
def unknown() -> Fact:
    return Fact(None, "人", 0, "某数", status="missing")


@pytest.mark.parametrize(
    ("make", "css"),
    [(blocks.headline, "p.headline"), (blocks.say, "p.say"), (blocks.caveat, "aside.caveat")],
)
def test_a_sentence_in_its_place(report: Report, make: Callable[..., Block], css: str) -> None:
    block = make("在校生 {n}。", n=report.fact("students"))
    assert soup(block).select_one(f"{css} data")["value"] == "4902"  # type: ignore[index]
    assert block.text.endswith("在校生 4902 人。")


def test_a_finished_sentence_is_taken_as_it_is() -> None:
    assert blocks.say(sentence("甲")).text == "甲"


@pytest.mark.parametrize("make", [blocks.headline, blocks.say])
def test_a_sentence_about_the_unknown_is_marked_as_absent(
    make: Callable[..., Block], unknown: Fact
) -> None:
    block = make("有 {n}。", n=unknown)
    assert soup(block).p["class"] == ["absent"]  # type: ignore[index]
    assert "未提供“某数”" in block.text


def test_jupyter_and_the_terminal_get_the_same_thing(report: Report) -> None:
    bundle = blocks.say("有 {n}", n=report.fact("teachers"))._repr_mimebundle_()
    assert bundle["text/plain"] == "有 268 人"
    assert "268" in bundle["text/html"]


def test_tiles(report: Report, unknown: Fact) -> None:
    block = blocks.key_figures(
        ("教师", report.fact("teachers"), "说明"), ("某数", unknown, sentence("没有上年数"))
    )
    assert [p.text for p in soup(block).select(".tile-value")] == ["268 人", "未提供"]
    assert [p.text for p in soup(block).select(".tile-note")] == ["说明", "没有上年数"]
    assert block.text == "教师：268 人（说明）\n某数：未提供（没有上年数）"


def test_a_figure_has_a_title_alt_text_table_source_and_note(report: Report) -> None:
    data = measures.enrolment(report)
    chart = charts.change(data, unit="人")
    page = soup(
        blocks.figure(sentence("标题 {n}", n=report.fact("students")), chart, data, note="看图须知")
    )
    assert page.figcaption is not None
    assert page.figcaption.text == "标题 4902 人"
    image = page.select_one(".plot > [role=img]")
    assert image is not None
    assert image["aria-label"] == chart.alt
    assert len(image.select("svg")) == 2, "for wide and for narrow screens"
    assert page.select_one("p.note").text == "看图须知"  # type: ignore[union-attr]
    assert len(page.select("details.data table tbody tr")) == 3
    assert "附表1" in page.select_one("p.source").text  # type: ignore[union-attr]
    assert page.select_one("a[download$='.csv']") is not None


def test_a_figure_without_a_note_has_no_empty_paragraph(report: Report) -> None:
    data = measures.enrolment(report)
    assert (
        soup(blocks.figure(sentence("甲"), charts.change(data, unit="人"), data)).select("p.note")
        == []
    )


def test_a_table_with_caption_and_source(report: Report) -> None:
    block = blocks.table(measures.vaccination(report), "接种")
    assert soup(block).caption.text == "接种"  # type: ignore[union-attr]
    assert soup(block).select_one("p.source") is not None
    assert block.text.startswith("接种\n")
    assert "95.23" in block.text


def test_a_table_of_nothing_says_so_instead(unknown: Fact) -> None:
    empty = pd.DataFrame({"甲": [unknown]}, index=["乙"])
    for data in (empty, empty.head(0)):
        block = blocks.table(data, "<课程>")
        assert block.text == "报告未提供“<课程>”。"
        assert soup(block).p["class"] == ["absent"]  # type: ignore[index]
        assert soup(block).table is None


def test_a_table_with_one_known_cell_is_shown(report: Report, unknown: Fact) -> None:
    data = pd.DataFrame({"甲": [unknown, report.fact("teachers")]}, index=["乙", "丙"])
    assert [td.text for td in soup(blocks.table(data, "表")).find_all("td")] == ["未填报", "268"]


def test_a_figure_of_nothing_says_what_is_missing(report: Report, unknown: Fact) -> None:
    data = pd.DataFrame({2020: [unknown], 2021: [unknown]}, index=["乙"], dtype=object)
    chart = charts.change(data, unit="人")
    assert "所需的数字" in blocks.figure(sentence("标题"), chart, data).text
    known = measures.enrolment(report)
    untitled = blocks.figure(sentence("{n}", n=unknown), charts.change(known, unit="人"), known)
    assert untitled.text == "报告未提供“某数”，此处不作判断。"
    assert soup(untitled).svg is None


def test_terms_open_their_definition_and_its_origin() -> None:
    term = blocks.term("retention_rate")
    row = codebook.indicator("retention_rate")
    tag = BeautifulSoup(term.html, "html.parser").dfn
    assert tag is not None
    assert tag.text == row["name"] == term.text
    assert row["definition"] in str(tag["data-definition"])
    assert row["definition_source"] in str(tag["data-definition"])


def test_definitions_have_one_entry_each() -> None:
    page = soup(blocks.definitions("students", "teachers"))
    assert [dt["id"] for dt in page.find_all("dt")] == ["term-students", "term-teachers"]
    assert len(page.find_all("dd")) == 2


def test_the_register_shows_the_worst_and_says_how_many_are_left(
    report: Report, findings: list[Finding]
) -> None:
    register = problems.register(report, findings)
    page = soup(blocks.problems(register, most=3))
    assert len(page.select("li.problem")) == 3
    assert f"另有 {len(register) - 3} 个，见“面临挑战”" in page.select_one("p.more").text  # type: ignore[union-attr]
    whole = soup(blocks.problems(register))
    assert len(whole.select("li.problem")) == len(register)
    assert whole.select("p.more") == []
    first = whole.select_one("li.problem")
    assert first is not None
    assert first.select_one(".severity").text == "高"  # type: ignore[union-attr]
    assert first.a["href"].endswith(".html")  # type: ignore[index,union-attr]
    assert "判定：" in first.text


def test_an_empty_register_is_no_error(report: Report, findings: list[Finding]) -> None:
    register = problems.register(report, findings)
    assert soup(blocks.problems(register.head(0))).select("li") == []


def test_a_negative_difference_has_a_minus_sign(findings: list[Finding]) -> None:
    """On the page; the finding itself keeps the hyphen that programs read."""
    [less] = [f for f in findings if f.id == "bachelor-entered-2021"]
    assert less.difference == "-38"
    terms = soup(blocks.findings([less])).select("details.finding dt")
    told = {term.text: term.find_next("dd").text for term in terms}  # type: ignore[union-attr]
    assert (told["重新计算"], told["相差"]) == ("166", "−38")


def test_doubtful_findings_open_one_by_one_and_the_rest_is_a_table(findings: list[Finding]) -> None:
    page = soup(blocks.findings(findings))
    doubtful = [finding for finding in findings if finding.severity != "none"]
    shown = page.select("details.finding")
    assert [tag["id"] for tag in shown] == [f"finding-{finding.id}" for finding in doubtful]
    assert {tag["data-severity"] for tag in shown} <= {"high", "medium", "low"}
    assert len(page.select("details.agreed tbody tr")) == len(findings) - len(doubtful)
    assert shown[0].summary.text.endswith(doubtful[0].statement)  # type: ignore[union-attr]


def test_the_worst_findings_lead_to_the_chapter_on_data_quality(findings: list[Finding]) -> None:
    links = [a["href"] for a in soup(blocks.worst_findings(findings, most=5)).find_all("a")]
    assert links == [f"09-data-quality.html#finding-{finding.id}" for finding in findings[:5]]


def test_cards_lead_to_every_chapter_but_the_summary() -> None:
    links = [(a["href"], a.text) for a in soup(blocks.chapters()).find_all("a")]
    assert len(links) == 9
    assert links[0] == ("01-school.html", "学校情况")


def test_parameters_are_shown_with_label_and_unit() -> None:
    block = blocks.parameters(target_student_teacher_ratio=15, enrolment_growth=3.5)
    assert block.text == "目标生师比 15；在校生增长率 3.5"
    assert [dd.text for dd in soup(block).find_all("dd")] == ["15:1", "3.5%"]


def test_a_severity_is_a_word_with_a_colour() -> None:
    tag = BeautifulSoup(blocks.severity_mark("high"), "html.parser").span
    assert tag is not None
    assert (tag["class"], tag.text) == (["severity", "high"], "高")


HOSTILE = st.text(st.sampled_from("<>\"'&;=/! abimgsrconerror甲"), min_size=1, max_size=15)
ALLOWED = {
    "p", "div", "data", "aside", "strong", "ol", "ul", "li", "a", "span", "details", "summary", "dl", "dt", "dd",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@given(HOSTILE)
def test_hostile_words_never_become_markup(word: str) -> None:
    known = Fact(measures.threshold("teachers_minimum").value, word, 0, word, formula=word)
    made = [
        blocks.headline("{w}{f}", w=word, f=known),
        blocks.caveat("{w}", w=word),
        blocks.key_figures((word, known, word)),
        blocks.table(pd.DataFrame({"甲": [word]}).head(0), word),
        blocks.table(pd.DataFrame({"甲": [known]}, index=[word]), word),
        blocks.parameters(school=word),
    ]
    for block in made:
        assert {tag.name for tag in soup(block).find_all(True)} <= ALLOWED
        assert soup(block).find_all(onerror=True) == []


@given(word=HOSTILE)
def test_hostile_findings_never_become_markup(findings: list[Finding], word: str) -> None:
    finding = replace(
        findings[0], id=word, statement=word, recomputed=word, difference=word, suggestion=word,
        verdict="contradiction", severity="high",
    )  # fmt: skip
    agreed = replace(finding, severity="none", verdict="holds")
    for block in (blocks.findings([finding, agreed]), blocks.worst_findings([finding], most=1)):
        assert {tag.name for tag in soup(block).find_all(True)} <= ALLOWED
        assert soup(block).find_all(onerror=True) == []
