"""Frames of facts as HTML tables, CSV and plain text."""

from __future__ import annotations

import base64
import csv
import io
from decimal import Decimal

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from qzanalysis import measures
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.sentences import sentence
from qzanalysis.pages import tables
from qzanalysis.reports.report import Report

D = Decimal


def fact(
    value: str | None,
    unit: str = "人",
    decimals: int = 0,
    status: str = "reported",
    printed: str = "",
) -> Fact:
    return Fact(
        None if value is None else D(value), unit, decimals, "甲", status=status, printed=printed
    )


def frame(*columns: list[object]) -> pd.DataFrame:
    names = "甲乙丙丁"[: len(columns)]
    return pd.DataFrame(
        dict(zip(names, columns, strict=True)),
        index=pd.Index(list("abcd"[: len(columns[0])]), name="项"),
    )


def page(data: pd.DataFrame, caption: str = "表", **options: bool) -> BeautifulSoup:
    return BeautifulSoup(tables.to_html(data, caption, **options), "html.parser")


def downloaded(soup: BeautifulSoup) -> list[dict[str, str]]:
    link = soup.find("a", download=True)
    assert link is not None
    raw = base64.b64decode(str(link["href"]).partition("base64,")[2])
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with the mark"
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_caption_and_scopes(report: Report) -> None:
    soup = page(measures.with_change(measures.enrolment(report)).facts, "规模")
    assert soup.caption is not None
    assert soup.caption.text == "规模"
    assert [th["scope"] for th in soup.thead.find_all("th")] == ["col"] * 4  # type: ignore[union-attr]
    assert [tr.th["scope"] for tr in soup.tbody.find_all("tr")] == ["row"] * 3  # type: ignore[union-attr]
    assert [th.text for th in soup.thead.find_all("th")][:2] == ["指标", "2020 年（人）"]  # type: ignore[union-attr]


def test_a_column_of_one_unit_has_equal_decimals_and_its_unit_in_the_head() -> None:
    soup = page(frame([fact("5", "%", 0), fact("36.19", "%", 2), fact("1.5", "%", 1)]))
    assert [td.text for td in soup.find_all("td")] == ["5.00", "36.19", "1.50"]
    assert soup.find_all("th")[1].text == "甲（%）"
    named = page(frame([fact("5", "%", 0)]).rename(columns={"甲": "增长（%）"}))
    assert named.find_all("th")[1].text == "增长（%）", "a unit in the name is not told again"


def test_mixed_units_stay_with_their_numbers() -> None:
    soup = page(frame([fact("5", "%", 0), fact("36.5", "人次", 1)]))
    assert [td.text for td in soup.find_all("td")] == ["5%", "36.5 人次"]
    assert soup.find_all("th")[1].text == "甲"


def test_a_cell_without_a_number_says_why(report: Report) -> None:
    soup = page(measures.programme_table(report, "skill_test_pass_rate").facts)
    none = [td.text for td in soup.find_all("td", class_="none")]
    assert sorted(set(none)) == ["0", "“1+X”证书试点", "工种取消"]
    assert len(none) == 9
    assert page(frame([fact(None, status="missing")])).td.text == "未填报"  # type: ignore[union-attr]


def test_words_whole_numbers_and_sentences_are_cells_too() -> None:
    soup = page(frame(["不止九个字的一段文字", 3, sentence("有 {f}", f=fact("5"))]))
    assert [(td["class"], td.text) for td in soup.find_all("td")] == [
        (["text"], "不止九个字的一段文字"), (["num"], "3"), (["text", "short"], "有 5 人"),
    ]  # fmt: skip


def test_a_long_table_can_be_sorted_and_a_download_left_out() -> None:
    assert "sortable" in page(frame([fact("5")]), long=True).table["class"]  # type: ignore[index]
    assert page(frame([fact("5")]), download=False).find("a") is None


def test_sources_are_the_tables_and_sections_each_once(report: Report) -> None:
    text = BeautifulSoup(tables.sources(measures.stock_flow(report).facts), "html.parser").text
    assert text.startswith("来源：学校质量年度报告 附表1、§1.2表")
    assert "计算" in text
    assert tables.sources(frame(["文字"])) == ""
    assert "计算" not in tables.sources(measures.vaccination(report).facts)


def test_the_download_holds_the_same_numbers_with_unit_source_and_formula(report: Report) -> None:
    data = measures.with_change(measures.enrolment(report)).facts
    rows = downloaded(page(data))
    assert len(rows) == 9
    assert [row["数值"] for row in rows[:3]] == ["4852", "4902", "50"]
    assert rows[2] == {
        "项目": "在校生", "列": str(data.columns[2]), "数值": "50", "单位": "人", "原样": "", "出处": "附表1#28",
        "算法": "4902 − 4852",
    }  # fmt: skip
    cells = [cell for line in data.to_numpy() for cell in line]
    assert [D(row["数值"]) for row in rows] == [cell.value for cell in cells]


def test_the_download_says_why_a_number_is_missing(report: Report) -> None:
    rows = downloaded(page(measures.programme_table(report, "skill_test_pass_rate").facts))
    why = {row["原样"] for row in rows if not row["数值"]}
    assert why == {"0", "工种取消", "“1+X”证书试点"}
    assert "98.65" in {row["数值"] for row in rows}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_spreadsheet_shows_formulas_and_does_not_run_them(start: str) -> None:
    data = pd.DataFrame(
        {f"{start}1+1": [f"{start}cmd|' /C calc'!A0", fact("5", printed=f"{start}5")]},
        index=[f"{start}a", "b"],
    )
    for row in csv.reader(io.StringIO(tables.to_csv(data), newline="")):
        assert not any(cell.startswith(start) for cell in row)


def test_negative_numbers_stay_numbers_in_the_download() -> None:
    rows = downloaded(page(frame([fact("-125")])))
    assert rows[0]["数值"] == "-125"


def test_plain_text_for_the_terminal(report: Report) -> None:
    plain = tables.plain_frame(measures.courses(report))
    assert plain.iloc[0].tolist() == ["99.64", "99.40", "99.58", "/"]


HOSTILE = st.text(st.sampled_from("<>\"'&;=/! abimgsrconerror甲"), min_size=1, max_size=15)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_hostile_labels_never_become_markup(
    name: str, column: str, cell: str, caption: str
) -> None:
    data = pd.DataFrame({column: [cell, fact("5")]}, index=pd.Index([name, "b"], name=name))
    soup = BeautifulSoup(tables.to_html(data, caption), "html.parser")
    allowed = {
        "div",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "data",
        "span",
        "p",
        "a",
    }
    assert {tag.name for tag in soup.find_all(True)} <= allowed
    assert all(
        set(tag.attrs) <= {"class", "scope"} for tag in soup.find_all(["th", "td", "tr", "caption"])
    )
    assert soup.caption is not None
    assert soup.caption.decode_contents(formatter=None) == caption
    assert escape(cell) in str(tables.to_html(data, caption))


numbers = st.decimals(-(10**8), 10**8, allow_nan=False, places=3)


@given(st.lists(numbers, min_size=1, max_size=4), st.integers(0, 3))
def test_every_number_survives_the_download(values: list[Decimal], decimals: int) -> None:
    rows = downloaded(page(frame([Fact(value, "人", decimals, "x") for value in values])))
    assert [D(row["数值"]) for row in rows] == values
