"""The definitions: whole, consistent with each other, and readable by id."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from qzanalysis import codebook
from qzanalysis.errors import UsageError
from qzanalysis.reports.report import Report

TABLES = {
    "indicators": codebook.indicators, "units": codebook.units, "programmes": codebook.programmes,
    "standards": codebook.standards, "statuses": codebook.statuses, "parameters": codebook.parameters,
    "chapters": codebook.chapters,
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_ids_are_unique_and_cells_are_trimmed_text(name: str) -> None:
    table = TABLES[name]()
    assert table.index.is_unique
    cells = table.reset_index().to_numpy().ravel()
    assert all(isinstance(cell, str) and cell == cell.strip() for cell in cells)


@pytest.mark.parametrize(
    "column", ["name", "unit", "direction", "chapter", "definition", "definition_source"]
)
def test_every_indicator_is_fully_described(column: str) -> None:
    empty = codebook.indicators()[column].eq("")
    assert list(empty[empty].index) == []


def test_indicators_refer_to_things_that_exist() -> None:
    table = codebook.indicators()
    assert set(table["unit"]) <= set(codebook.units().index)
    assert set(table["direction"]) == {"up", "down", "neither"}
    assert set(table["chapter"]) <= set(codebook.chapters().index)
    for column in ("part_of", "numerator", "denominator"):
        assert set(table[column]) - {""} <= set(table.index), column


def test_no_two_indicators_share_a_name() -> None:
    names = codebook.indicators()["name"]
    assert list(names[names.duplicated()]) == []


def test_what_is_printed_is_registered_and_what_is_registered_is_used(report: Report) -> None:
    printed = set(report.observations["indicator"])
    known = codebook.indicators()
    assert printed <= set(known.index)
    derived = set(known.index[known["numerator"].ne("") & known["denominator"].ne("")])
    unused = set(known.index) - printed - derived - set(codebook.standards()["indicator"])
    assert unused == set()


def test_units_are_counts_or_measures() -> None:
    assert set(codebook.units()["kind"]) == {"count", "measure", "ordinal"}
    assert codebook.is_count("students")
    assert not codebook.is_count("job_match_rate")
    assert not codebook.is_count("computers_per_100_students")  # 29.2 computers for 100 students
    assert not codebook.is_count("famous_school_rank") and codebook.is_exact("famous_school_rank")


def test_every_ratio_has_a_scale_and_nothing_else_has() -> None:
    known = codebook.indicators()
    derived = known["numerator"].ne("") & known["denominator"].ne("")
    assert set(known["scale"][derived]) == {"1", "100"}
    assert set(known["scale"][~derived]) == {""}
    assert set(known["scale"][derived & known["unit"].eq("%")]) == {"100"}


@pytest.mark.parametrize(
    ("old", "new"),
    [("会计电算化", "accounting"), ("机电一体化", "mechatronics"), ("学前教育", "childcare"),
     ("工业与民用建筑", "construction"), ("工业分析与检测", "industrial_analysis"), ("服装设计与制作", "fashion"),
     ("旅游服务与酒店管理", "tourism"), ("计算机技术应用", "computing"), ("美术设计与制作", "art_design")],
)  # fmt: skip
def test_programmes_know_the_names_the_tables_use(old: str, new: str) -> None:
    assert old in codebook.programmes().loc[new, "other_names"].split(";")
    assert old in codebook.programme_label(new)


def test_no_name_belongs_to_two_programmes() -> None:
    table = codebook.programmes()
    names = [
        name
        for row in table.itertuples()
        for name in (row.name, *row.other_names.split(";"))
        if name
    ]
    assert len(names) == len(set(names))


# id, threshold, over: typed from the two documents, not from standards.csv
STANDARDS = [
    ("teachers", "at_least", 60), ("student_teacher_ratio", "at_most", 20), ("senior_title_share", "at_least", 20),
    ("specialised_teacher_share", "at_least", 50), ("dual_qualified_share", "at_least", 30),
    ("part_time_share", "about", 20), ("land_area", "at_least", 40000), ("land_per_student", "at_least", 33),
    ("building_area", "at_least", 24000), ("building_per_student", "at_least", 20),
    ("books_per_student", "at_least", 30), ("equipment_per_student", "at_least", 2500),
    ("equipment_per_student", "at_least", 3000), ("computers_per_100_students", "at_least", 15),
]  # fmt: skip


def test_official_standards_with_document_and_article() -> None:
    table = codebook.standards()
    found = [(r.indicator, r.comparison, int(r.threshold)) for r in table.itertuples()]
    assert sorted(found) == sorted(STANDARDS)
    assert table["document"].str.contains(r"教职成〔20(?:10|22)〕\d+号").all()
    assert table["article"].ne("").all()
    units = table["indicator"].map(codebook.indicators()["unit"])
    assert units.eq(table["unit"]).all()


def test_the_2021_form_has_47_items() -> None:
    form = codebook.edition(2021)
    assert sorted(set(form["item"].astype(int))) == list(range(1, 48))
    assert not form.duplicated(["indicator", "breakdown"]).any()
    assert set(form["indicator"]) <= set(codebook.indicators().index)


def test_an_unknown_edition_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"没有 1999 年版数据表的对照；已有：.*2021"):
        codebook.edition(1999)


def test_parameters_have_limits_that_make_sense() -> None:
    table = codebook.parameters()
    assert table["label"].ne("").all()
    assert table["definition"].ne("").all()
    limits = table[["minimum", "maximum"]].apply(pd.to_numeric)
    given = limits.dropna()
    assert (given["minimum"] < given["maximum"]).all()


def test_chapters_are_numbered_in_order_and_their_pages_begin_with_the_number() -> None:
    table = codebook.chapters()
    assert list(table.index) == [str(n) for n in range(10)]
    assert table["page"].iloc[0] == "index"
    assert all(re.fullmatch(rf"0{n}-[a-z-]+", page) for n, page in table["page"].iloc[1:].items())


def test_breakdowns_go_there_and_back() -> None:
    text = "programme=accounting;track=college_track;partner=quzhou-zhiye"
    assert codebook.format_breakdown(codebook.parse_breakdown(text)) == text
    assert codebook.parse_breakdown("") == {}


@pytest.mark.parametrize(
    ("indicator", "breakdown", "label"),
    [
        ("students", "", "全日制在校生数"),
        ("job_match_rate", "programme=accounting", "对口就业率（会计事务）"),
        ("academic_pass_rate", "cohort=2019;course=chinese", "文化基础课合格率（19级，语文）"),
    ],
)
def test_labels_are_chinese(indicator: str, breakdown: str, label: str) -> None:
    assert codebook.label(indicator, breakdown) == label


def test_every_breakdown_of_the_data_has_a_chinese_name(report: Report) -> None:
    """No id of the data shows through on a page, except names that are Latin anyway."""
    values = {
        pair
        for text in report.observations["breakdown"]
        for pair in codebook.parse_breakdown(text).items()
    }
    bare = {pair for pair in values if codebook.value_name(*pair) == pair[1]}
    assert bare == set()


def test_an_unknown_value_is_its_own_name() -> None:
    assert codebook.value_name("level", "galactic") == "galactic"
