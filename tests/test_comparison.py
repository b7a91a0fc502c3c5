"""Several schools side by side."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from qzanalysis import checks, comparison, measures, problems
from qzanalysis.errors import UsageError

HEADER = "indicator,breakdown,year,printed,source,note"
FORM = {
    "students": ("28", "1000", "2000", "3000"),
    "teachers": ("38", "50", "100", "100"),
    "printed_books": ("33", "40000", "20000", ""),
    "student_teacher_ratio": ("39", "20:1", "20:1", "31:1"),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three made-up schools with four figures of the form."""
    with (tmp_path / "schools.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["school", "name", "short_name", "region"])
        writer.writerows([[f"s{n}", f"虚构学校{n}", f"校{n}", "某地"] for n in range(3)])
    for n in range(3):
        folder = tmp_path / f"s{n}" / "2021"
        folder.mkdir(parents=True)
        rows = [f"{i},,2021,{v[n + 1]},附表1#{v[0]}," for i, v in FORM.items()]
        (folder / "annex.csv").write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return tmp_path


def test_the_spread_stands_beside_the_schools(data: Path) -> None:
    """A middle needs three schools; a school without the figure is left out of it."""
    spread = measures.indicator_spread(comparison.load_all(2021, data))
    assert spread.loc["专任教师数", "中位数"].value == 100
    assert spread.loc["专任教师数", "最低至最高"] == "50 至 100"
    assert not spread.loc["纸质图书数", "中位数"].known
    assert "全日制在校生数" not in spread.index  # neither more nor fewer students is better


def test_distance_to_the_standards_by_school(data: Path) -> None:
    """20 is the limit: 100 % of it at 20:1, 65 % at 31:1; 40 books a student are 133 % of 30."""
    levels = measures.standards_by_school(comparison.load_all(2021, data))
    ratio = levels.loc["师生比达到 1:20"]
    assert [fact.text() for fact in ratio] == ["100", "100", "65"]
    assert levels.loc["生均纸质图书不少于 30 册", "校0"].text() == "133"


def test_bases_differ_where_a_relation_ends_differently(data: Path) -> None:
    """The third school's ratio contradicts its own figures; the others' hold."""
    reports = comparison.load_all(2021, data)
    found = {slug: checks.run(report) for slug, report in reports.items()}
    table = comparison.bases(reports, found)
    (row,) = [
        row for name, row in table.iterrows() if "生师比" in str(name) and "得出" in str(name)
    ]
    assert list(row) == ["相符", "相符", "矛盾"]


def test_shared_problems_come_first(data: Path) -> None:
    """What most schools have stands above what one has."""
    reports = comparison.load_all(2021, data)
    registers = {r.school.short_name: problems.register(r) for r in reports.values()}
    shared = measures.shared_problems(registers)
    having = (shared > 0).sum(axis=1)
    assert list(having) == sorted(having, reverse=True)


def test_no_school_with_that_year_is_an_error(data: Path) -> None:
    """And it says which year."""
    with pytest.raises(UsageError, match="2019"):
        comparison.load_all(2019, data)


def test_one_school_cannot_be_compared(data: Path) -> None:
    """The page says so."""
    reports = comparison.load_all(2021, data)
    assert "共比较 3 所学校" in comparison.overview(reports).text
    assert "不能比较" in comparison.overview({"s0": reports["s0"]}).text
