"""Loading a report, and asking it for numbers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from qzanalysis import codebook
from qzanalysis.errors import BadData, UsageError
from qzanalysis.figures.facts import Fact
from qzanalysis.reports import loading
from qzanalysis.reports.loading import load
from qzanalysis.reports.report import Report

REPO = Path(__file__).parents[2]
Build = Callable[..., Report]


# --- the real report ------------------------------------------------------------------------------


def test_every_table_cell_and_four_hundred_figures_of_the_text_are_held(report: Report) -> None:
    table = report.observations["source"].str.contains(r"表#|附表")
    assert int(table.sum()) == 255
    assert int((~table).sum()) >= 400


@pytest.mark.parametrize(
    ("part", "cells"),
    [
        ("§1.2表", 21),
        ("§2.1.2表", 16),
        ("§2.2表", 14),
        ("§2.4表", 66),
        ("§4.4.2表", 28),
        ("附表1", 110),
    ],
)
def test_each_table_is_whole(report: Report, part: str, cells: int) -> None:
    assert int(report.observations["source"].str.startswith(f"{part}#").sum()) == cells


def test_every_figure_has_a_source_a_file_and_a_row(report: Report) -> None:
    rows = report.observations
    assert rows["source"].ne("").all()
    assert rows["file"].str.fullmatch(r"quzhou-zhongzhuan/2021/[\w-]+\.csv").all()
    assert rows["row"].ge(2).all()
    assert not rows.duplicated(["file", "row"]).any()


def test_every_item_of_the_national_form_stands_where_the_edition_says(report: Report) -> None:
    form = codebook.edition(2021)
    expected = set(zip("附表1#" + form["item"], form["indicator"], form["breakdown"], strict=True))
    rows = report.observations[report.observations["source"].str.startswith("附表1")]
    printed = set(zip(rows["source"], rows["indicator"], rows["breakdown"], strict=True))
    assert printed == expected
    years = rows.groupby(["indicator", "breakdown"])["year"].agg(set)
    assert all(found == {2020, 2021} for found in years)


def test_statuses_tell_what_is_not_a_number(report: Report) -> None:
    counts = report.observations["status"].value_counts().to_dict()
    assert counts.keys() == {"reported", "missing", "not_held", "pilot"}
    assert (counts["missing"], counts["not_held"], counts["pilot"]) == (7, 9, 3)
    without = report.observations["status"] != "reported"
    assert report.observations["quantity"].isna().eq(without).all()


@pytest.mark.parametrize(
    ("indicator", "year", "breakdown", "status", "printed"),
    [
        ("skill_test_pass_rate", 2021, {"programme": "mechatronics"}, "not_held", "0"),
        ("skill_test_pass_rate", 2020, {"programme": "accounting"}, "not_held", "工种取消"),
        ("skill_test_pass_rate", 2021, {"programme": "accounting"}, "pilot", "“1+X”证书试点"),
        ("academic_pass_rate", 2020, {"cohort": "2018", "course": "computing"}, "not_held", "/"),
        ("land_per_student", 2020, {}, "missing", ""),
    ],
)
def test_a_cell_without_a_number_keeps_its_text_and_is_no_nought(
    report: Report, indicator: str, year: int, breakdown: dict[str, str], status: str, printed: str
) -> None:
    fact = report.fact(indicator, year, **breakdown)
    assert (fact.value, fact.status, fact.printed) == (None, status, printed)


def test_a_real_nought_is_a_number(report: Report) -> None:
    assert report.fact("national_skills_awards").value == 0


def test_the_same_figure_printed_twice_is_kept_twice_the_form_first(report: Report) -> None:
    sources = [fact.origins[0].source for fact in report.printings("students", 2021)]
    assert sources[:2] == ["附表1#28", "§1.2表#2"]
    assert len(sources) >= 4
    assert not any("表" in source for source in sources[2:])


def test_fact_series_table_and_change_agree(report: Report) -> None:
    assert report.fact("students").value == 4902
    assert report.fact("students", 2020).value == 4852
    assert report.series("students").facts.map(lambda fact: int(fact.value)).to_dict() == {
        2020: 4852,
        2021: 4902,
    }
    change = report.change("retention_rate")
    assert (change.text(), change.unit) == ("1.71", "百分点")
    assert {origin.source for origin in change.origins} == {"§1.2表#7"}


def test_a_table_keeps_the_printed_order_and_leaves_other_breakdowns_out(report: Report) -> None:
    table = report.table("job_match_rate", "programme").facts
    assert list(table.columns) == [2020, 2021]
    assert list(table.index[:3]) == ["fashion", "construction", "art_design"]
    assert len(table) == 11
    assert table.loc["accounting", 2021].printed == "71.3"
    assert list(report.table("academic_pass_rate", "course", cohort="2020").index) == [
        "chinese", "mathematics", "english", "computing",
    ]  # fmt: skip


def test_the_order_of_a_breakdown_does_not_matter(report: Report) -> None:
    one = report.fact("academic_pass_rate", 2020, cohort="2018", course="chinese")
    assert one == report.fact("academic_pass_rate", 2020, course="chinese", cohort="2018")
    assert one.printed == "99.64%"


def test_a_figure_the_report_does_not_give_is_absent_with_a_name(report: Report) -> None:
    fact = report.fact("students", 1999, **{"class": "employment"})
    assert not fact.known
    assert fact.label == "1999 年全日制在校生数（就业班）"


def test_an_unknown_indicator_names_the_nearest(report: Report) -> None:
    with pytest.raises(UsageError, match="没有指标“studnets”；最接近的是 students"):
        report.fact("studnets")


# --- precedence of printings ----------------------------------------------------------------------

ANNEX = ("students", "", 2021, "4902", "附表1#28")
TABLE = ("students", "", 2021, "4903", "§1.2表#2")
TEXT = ("students", "", 2021, "4904", "§1.1")


@pytest.mark.parametrize(
    ("rows", "value"),
    [([TEXT, TABLE, ANNEX], 4902), ([TEXT, TABLE], 4903), ([TABLE, TEXT], 4903), ([TEXT], 4904)],
)
def test_the_form_comes_before_a_table_and_a_table_before_text(
    build: Build, rows: list[tuple[str | int, ...]], value: int
) -> None:
    assert build(rows).fact("students").value == value


def test_a_number_comes_before_a_blank_of_higher_rank(build: Build) -> None:
    blank = ("students", "", 2021, "", "附表1#28")
    fact = build([blank, TEXT]).fact("students")
    assert (fact.value, fact.origins[0].source) == (4904, "§1.1")
    assert build([blank]).fact("students").status == "missing"


def test_an_earlier_report_fills_the_years_this_one_does_not_print(build: Build) -> None:
    before = build(
        [("students", "", 2020, "4800", "附表1#28"), ("students", "", 2019, "4700", "附表1#28")],
        2020,
    )
    now = build([ANNEX, ("students", "", 2020, "4852", "附表1#28")])
    both = Report(now.school, 2021, now.observations, before)
    assert both.years == [2019, 2020, 2021]
    values = [fact.value for fact in both.series("students").facts]
    assert values == [4700, 4852, 4902], "what both print is taken from the later report"


# --- loading --------------------------------------------------------------------------------------


def test_an_unknown_school_lists_what_there_is() -> None:
    with pytest.raises(
        UsageError, match="没有学校“nowhere”；可用的有：quzhou-zhongzhuan"
    ) as caught:
        load("nowhere", 2021)
    assert caught.value.exit_code == 2


def test_a_misspelt_school_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="最接近的是 quzhou-zhongzhuan"):
        load("quzhou-zhongzhaun", 2021)


def test_an_unknown_year_lists_the_years_there_are() -> None:
    with pytest.raises(
        UsageError, match=r"衢州中等专业学校没有 1999 年的数据；已有年份：.*2021"
    ) as caught:
        load("quzhou-zhongzhuan", 1999)
    assert caught.value.exit_code == 2


def test_a_folder_without_figures_is_no_year(data_copy: Path) -> None:
    (data_copy / "quzhou-zhongzhuan" / "2030").mkdir()
    assert 2030 not in loading.years("quzhou-zhongzhuan", data_copy)
    with pytest.raises(UsageError, match="没有 2030 年的数据"):
        load("quzhou-zhongzhuan", 2030, data_copy)


def test_the_data_folder_is_the_argument_then_the_environment_then_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QZANALYSIS_DATA", str(tmp_path))
    assert loading.data_folder("x") == Path("x")
    assert loading.data_folder() == tmp_path
    monkeypatch.delenv("QZANALYSIS_DATA")
    assert loading.data_folder() == REPO / "data"


def test_a_changed_cell_is_read_from_the_folder_of_the_environment(
    data_copy: Path, set_cell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_cell(data_copy / "quzhou-zhongzhuan/2021/students.csv", 6, "printed", "5000")
    monkeypatch.setenv("QZANALYSIS_DATA", str(data_copy))
    values = [fact.value for fact in load("quzhou-zhongzhuan", 2021).printings("students", 2021)]
    assert 5000 in values


def test_bad_data_stop_the_loading_with_every_problem(
    data_copy: Path, set_cell: Callable[..., None]
) -> None:
    folder = data_copy / "quzhou-zhongzhuan/2021"
    set_cell(folder / "students.csv", 6, "printed", "四千多吧")
    set_cell(folder / "annex.csv", 2, "year", "21")
    with pytest.raises(BadData) as caught:
        load("quzhou-zhongzhuan", 2021, data_copy)
    assert [(p.file, p.row) for p in caught.value.problems] == [
        ("quzhou-zhongzhuan/2021/annex.csv", 2),
        ("quzhou-zhongzhuan/2021/students.csv", 6),
    ]


def test_a_register_of_corrections_is_not_read_as_figures(data_copy: Path) -> None:
    folder = data_copy / "quzhou-zhongzhuan/2021"
    shutil.copy(folder / "students.csv", folder / "corrections.csv")
    assert folder / "corrections.csv" not in loading.files("quzhou-zhongzhuan", 2021, data_copy)


def test_printings_have_labels_and_intervals(report: Report) -> None:
    fact: Fact = report.fact("job_match_rate", 2021, programme="accounting")
    assert fact.label == "2021 年对口就业率（会计电算化，即会计事务）"
    assert str((fact.low, fact.high)) == "(Decimal('71.25'), Decimal('71.35'))"
