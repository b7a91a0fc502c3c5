"""Quantities known by their names: printed twice, a student, from year to year, rates of leavers."""

from __future__ import annotations

import pytest

from tests.audit.discovered.made import audited

HEADS = ["序号", "指标", "单位", "2020年", "2021年"]


def form(*rows: tuple[str, str, str, str]) -> list[list[str]]:
    """A form of two years."""
    return [HEADS, *([str(n), *row] for n, row in enumerate(rows, start=1))]


SCHOOL = (
    ("全日制在校生数", "人", "1000", "1250"),
    ("招生数", "人", "400", "500"),
    ("毕业生总数", "人", "300", "250"),
    ("专任教师总数", "人", "50", "60"),
)


def doubts(*parts: str | list[list[str]]) -> list[tuple[str, str]]:
    """Verdict and printed claim of each finding."""
    return [(f.verdict, f.figures[0].printed) for f in audited(*parts).findings]


def test_a_quantity_printed_twice_is_checked_and_a_difference_is_an_open_question() -> None:
    found = audited("学校有专任教师60人。", form(*SCHOOL))
    assert {n.printed for n in found.checked if n.place == "第1段"} == {"60"}
    other = audited("学校有专任教师61人。", form(*SCHOOL)).findings
    assert [f.verdict for f in other] == ["undecided"]
    assert "假定" in other[0].statement
    assert [n.printed for n in other[0].figures] == ["61", "60"]


def test_the_year_of_a_form_is_the_year_of_the_sentence() -> None:
    assert doubts("2020年，学校有专任教师50人。", form(*SCHOOL)) == []
    assert doubts("2020年，学校有专任教师51人。", form(*SCHOOL)) == [("undecided", "51")]


@pytest.mark.parametrize(("each", "expected"), [("32.00", []), ("35.00", [("undecided", "35.00")])])
def test_an_amount_a_student_is_the_amount_over_the_students(
    each: str, expected: list[tuple[str, str]]
) -> None:
    """40000 ÷ 1250 = 32."""
    rows = form(*SCHOOL, ("生均校园占地面积", "平方米", "", each))
    assert doubts("校园占地面积40000平方米。", rows) == expected


def test_an_amount_of_one_year_over_students_of_another_is_an_open_question() -> None:
    """1000 万 ÷ 1000 = 10000 and 1000 万 ÷ 1250 = 8000."""
    said = "2020年度，学校财政拨款1000万元，生均财政拨款{}元。"
    assert doubts(said.format(10000), form(*SCHOOL)) == []
    found = audited(said.format(8000), form(*SCHOOL)).findings
    assert [f.verdict for f in found] == ["undecided"]
    assert "2021 年" in found[0].statement


def test_students_follow_from_those_of_the_year_before() -> None:
    """1000 + 500 − 250 = 1250."""
    assert doubts(form(*SCHOOL)) == []
    rows = form(("全日制在校生数", "人", "1000", "1280"), *SCHOOL[1:])
    assert doubts(rows) == [("undecided", "1280")]


def test_a_rate_that_needs_more_people_than_left_is_an_open_question() -> None:
    """99.95 % needs 1819 people or more, 99.6 % needs 225."""
    rates = [["专业", "就业率(%)"], ["护理", "99.60"], ["会计", "98.00"], ["美术", "100.00"]]
    assert doubts("2021年毕业生250人。", rates) == []
    found = audited(
        "2021年毕业生250人。", [["专业", "2021年就业率(%)"], ["护理", "99.95"], *rates[2:]]
    )
    assert [f.verdict for f in found.findings] == ["undecided"]
    assert "1819" in found.findings[0].statement


def test_two_parts_that_share_the_name_of_a_total_make_it() -> None:
    total, parts = "就业落实人数为542人。", "男生就业落实人数为279人，女生就业落实人数为{}人。"
    assert doubts(total, parts.format(263)) == []
    assert doubts(total, parts.format(293)) != []
