"""Templates and facts, as HTML whose every number can be checked, and as plain text."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from qzanalysis.figures.facts import POINTS, Fact, Origin
from qzanalysis.figures.sentences import Sentence, join, sentence
from qzanalysis.reports.report import Report

D = Decimal


def fact(value: str | None, unit: str = "人", decimals: int = 0, label: str = "甲") -> Fact:
    return Fact(
        None if value is None else D(value),
        unit,
        decimals,
        label,
        *([D(value)] * 2 if value else []),
    )


def plain(markup: str) -> str:
    return BeautifulSoup(markup, "html.parser").get_text()


@pytest.mark.parametrize(
    ("template", "value", "unit", "decimals", "text"),
    [
        ("有 {f}。", "4902", "人", 0, "有 4902 人。"),
        ("占 {f}", "36.19", "%", 2, "占 36.19%"),
        ("为 {f}", "18.29", ":1", 2, "为 18.29:1"),
        ("为 {f:bare} 名", "18.29", ":1", 2, "为 18.29 名"),
        ("{f:signed}", "50", "人", 0, "+50 人"),
        ("{f:change}", "0.45", "", 2, "上升 0.45"),
        ("{f:signed}", "-125", "人", 0, "−125 人"),
        ("{f:change}", "50", "人", 0, "增加 50 人"),
        ("{f:change}", "-125", "人", 0, "减少 125 人"),
        ("{f:change}", "-3.8", POINTS, 1, "下降 3.8 个百分点"),
        ("{f:change}", "1.71", POINTS, 2, "上升 1.71 个百分点"),
        ("{f:change}", "0", POINTS, 1, "没有变化"),
        ("{f:growth}", "12.9", "%", 1, "增长 12.9%"),
        ("{f:growth}", "-7.4", "%", 1, "下降 7.4%"),
        ("{f:growth}", "0", "%", 1, "没有变化"),
        ("投入 {f}", "82445600", "元", 2, "投入 8244.56 万元"),
    ],
)
def test_how_a_fact_is_written(
    template: str, value: str, unit: str, decimals: int, text: str
) -> None:
    filled = sentence(template, f=fact(value, unit, decimals))
    assert filled.text == text == str(filled)
    assert plain(filled.html) == text


def test_words_numbers_and_sentences_can_be_parts() -> None:
    inner = sentence("有 {f}", f=fact("5"))
    filled = sentence("{name}：{count} 项，{inner}", name="甲", count=3, inner=inner)
    assert filled.text == "甲：3 项，有 5 人"
    assert len(filled.facts) == 1


def test_a_missing_fact_makes_a_sentence_that_says_what_is_not_given() -> None:
    filled = sentence(
        "在校生 {f}，比上年{g:change}。", f=fact("5"), g=fact(None, label="2021 年在校生数")
    )
    assert filled.text == "报告未提供“2021 年在校生数”，此处不作判断。"
    assert not filled.complete


def test_several_missing_facts_are_each_named_once() -> None:
    parts = {"a": fact(None, label="甲"), "b": fact(None, label="乙"), "c": fact(None, label="甲")}
    assert sentence("{a}{b}{c}", **parts).text == "报告未提供“甲”“乙”，此处不作判断。"


def test_of_many_missing_facts_the_first_three_are_named() -> None:
    parts = {name: fact(None, label=name) for name in "甲乙丙丁"}
    text = sentence("{甲}{乙}{丙}{丁}", **parts).text
    assert text == "报告未提供“甲”“乙”“丙”等，此处不作判断。"


def test_a_sum_that_cannot_be_made_names_the_figure_that_is_missing() -> None:
    assert "“乙”" in sentence("{f}", f=fact("3") + fact(None, label="乙")).text
    assert "甲+乙" not in sentence("{f}", f=fact("3") + fact(None, label="乙")).text


def test_a_decided_number_is_marked() -> None:
    element = BeautifulSoup(replace(fact("97"), remark="改用 97").marked("97"), "html.parser")
    assert element.sup is not None
    assert element.data is not None
    assert (element.sup.text, element.data["data-remark"]) == ("更正", "改用 97")
    assert BeautifulSoup(fact("97").marked("97"), "html.parser").sup is None


def test_joined_sentences_keep_their_facts_and_their_gaps() -> None:
    whole = join([sentence("{f}", f=fact("5")), sentence("{f}", f=fact(None))], "；")
    assert len(whole.facts) == 1
    assert not whole.complete
    assert whole.text.startswith("5 人；报告未提供")


def test_a_field_without_a_part_is_an_error() -> None:
    with pytest.raises(KeyError):
        sentence("{missing}")


def test_a_number_carries_all_that_is_needed_to_check_it(report: Report) -> None:
    element = BeautifulSoup(report.change("students").marked("50"), "html.parser").data
    assert element is not None
    assert element.attrs == {
        "class": ["fact"],
        "value": "50",
        "data-label": "2021 年全日制在校生数−2020 年全日制在校生数",
        "data-printed": "4902；4852",
        "data-source": "附表1#28",
        "data-how": "4902 − 4852",
        "data-keys": "students||2021 students||2020",
        "data-rows": element["data-rows"],
    }
    assert element.text == "50"
    rows = str(element["data-rows"]).split()
    assert [row.partition(":")[0] for row in rows] == ["quzhou-zhongzhuan/2021/annex.csv"] * 2


def test_a_constant_carries_no_source() -> None:
    element = BeautifulSoup(fact("15", ":1").marked("15"), "html.parser").data
    assert element is not None
    assert set(element.attrs) == {"class", "value", "data-label"}


HOSTILE = st.text(st.sampled_from("<>\"'&;=/ abcdata甲乙"), max_size=15)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_nothing_reaches_the_page_unescaped(label: str, printed: str, word: str) -> None:
    source = Origin("students", "", 2021, printed, "§1.1", "x.csv", 2)
    hostile = Fact(D(5), "人", 0, label, D(5), D(5), (source,), formula=printed)
    filled = sentence("甲 <b> {w}{f}", w=word, f=hostile)
    soup = BeautifulSoup(filled.html, "html.parser")
    assert [tag.name for tag in soup.find_all(True)] == ["data"]
    assert soup.get_text() == filled.text
    assert set(soup.data.attrs) <= {  # type: ignore[union-attr]
        "class", "value", "data-label", "data-printed", "data-source", "data-how", "data-keys", "data-rows",
    }  # fmt: skip


@given(HOSTILE)
def test_a_missing_fact_with_a_hostile_name_is_escaped(label: str) -> None:
    filled = sentence("{f}", f=fact(None, label=label))
    assert BeautifulSoup(filled.html, "html.parser").find_all(True) == []


def test_a_sentence_is_its_plain_text() -> None:
    assert str(Sentence("<b>甲</b>", "甲")) == "甲"


@pytest.mark.parametrize(
    ("printed", "value", "unit", "text"),
    [
        ("2以上", "2", "周", "2 周以上"),
        ("五万以上", "50000", "个", "5 万个以上"),
        ("800以上", "800", "人", "800 人以上"),
        ("50%以上", "50", "%", "50%以上"),
        ("90余", "90", "人次", "90余人次"),
    ],
)
def test_a_unit_stands_before_the_word_of_a_bound(
    printed: str, value: str, unit: str, text: str
) -> None:
    bound = replace(fact(value, unit), printed=printed)
    shown = sentence("{f}", f=bound)
    assert shown.text == text
    assert plain(shown.html) == text
