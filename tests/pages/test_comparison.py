"""Several schools side by side."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from qzanalysis import audit, measures
from qzanalysis.errors import UsageError
from qzanalysis.pages import comparison, problems

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
    spread = measures.indicator_spread(comparison.load_all(2021, data)).facts
    assert spread.loc["专任教师数", "中位数"].value == 100
    assert spread.loc["专任教师数", "最低至最高"] == "50 至 100"
    assert not spread.loc["纸质图书数", "中位数"].known
    assert "全日制在校生数" not in spread.index  # neither more nor fewer students is better


def test_a_middle_is_that_of_the_schools_that_give_the_figure(data: Path) -> None:
    """Teachers 50, 100, 100; books 40000 and 20000 only; the form's figures that have a direction."""
    spread = measures.indicator_spread(comparison.load_all(2021, data)).facts
    assert list(spread.index) == ["专任教师数", "纸质图书数", "生师比"]
    assert list(spread.columns) == ["校0", "校1", "校2", "中位数", "最低至最高"]
    middle = spread.loc["专任教师数", "中位数"]
    assert (middle.unit, middle.decimals, middle.formula) == ("人", 0, "3 所学校的中位数")
    assert [origin.printed for origin in middle.origins] == ["50", "100", "100"]
    books = spread.loc["纸质图书数", "中位数"]
    assert (books.status, books.unit, books.label) == ("too_few", "册", "中位数")
    assert spread.loc["纸质图书数", "最低至最高"] == "20\u202f000 至 40\u202f000"
    assert spread.loc["生师比", "中位数"].value == 20


def test_a_middle_keeps_the_finest_printed_place(data: Path) -> None:
    """Of 20:1, 18.29:1 and 31.5:1 the middle is 20, and told as finely as 18.29."""
    for school, printed in (("s1", "18.29:1"), ("s2", "31.5:1")):
        table = data / school / "2021" / "annex.csv"
        text = table.read_text(encoding="utf-8").replace("20:1", printed).replace("31:1", printed)
        table.write_text(text, encoding="utf-8")
    middle = measures.indicator_spread(comparison.load_all(2021, data)).facts.loc[
        "生师比", "中位数"
    ]
    assert (middle.value, middle.decimals) == (20, 2)


def test_one_school_has_no_spread_and_a_figure_nobody_gives_is_no_row(data: Path) -> None:
    reports = comparison.load_all(2021, data)
    alone = measures.indicator_spread({"s2": reports["s2"]})
    assert list(alone.index) == ["专任教师数", "生师比"]
    assert list(alone["最低至最高"]) == ["—", "—"]


def test_only_figures_of_the_form_are_compared(data: Path) -> None:
    """Not those of the running text, nor parts."""
    path = data / "s0" / "2021" / "text.csv"
    path.write_text(
        f"{HEADER}\nretention_rate,,2021,97,§1.2,\nhead_teacher_studios,level=national,2021,1,附表1#2,\n",
        encoding="utf-8",
    )
    spread = measures.indicator_spread(comparison.load_all(2021, data)).facts
    assert list(spread.index) == ["专任教师数", "纸质图书数", "生师比"]


def test_distance_to_the_standards_by_school(data: Path) -> None:
    """20 is the limit: 100 % of it at 20:1, 65 % at 31:1; 40 books a student are 133 % of 30."""
    levels = measures.standards_by_school(comparison.load_all(2021, data)).facts
    ratio = levels.loc["师生比达到 1:20"]
    assert [fact.text() for fact in ratio] == ["100", "100", "65"]
    assert levels.loc["生均纸质图书不少于 30 册", "校0"].text() == "133"


def test_bases_differ_where_a_relation_ends_differently(data: Path) -> None:
    """The third school's ratio contradicts its own figures; the others' hold."""
    reports = comparison.load_all(2021, data)
    found = {slug: audit.run(report) for slug, report in reports.items()}
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
    counts = {name: len(register) for name, register in registers.items()}
    assert dict(shared.sum()) == counts
    assert shared.index.name == "问题" and all("：" in name for name in shared.index)


def test_a_problem_of_two_schools_stands_above_two_problems_of_one() -> None:
    def register(*problems: tuple[str, str]) -> pd.DataFrame:
        return pd.DataFrame(problems, columns=["kind_name", "chapter_name"])

    shared = measures.shared_problems(
        {
            "甲": register(("矛盾", "学生"), ("矛盾", "学生")),
            "乙": register(("缺数", "学校")),
            "丙": register(("缺数", "学校"), ("矛盾", "学校")),
        }
    )
    assert list(shared.index) == ["缺数：学校", "矛盾：学校", "矛盾：学生"]
    assert shared.to_numpy().tolist() == [[0, 1, 1], [0, 0, 1], [2, 0, 0]]


def test_no_school_with_that_year_is_an_error(data: Path) -> None:
    """And it says which year."""
    with pytest.raises(UsageError, match="2019"):
        comparison.load_all(2019, data)


def test_one_school_cannot_be_compared(data: Path) -> None:
    """The page says so."""
    reports = comparison.load_all(2021, data)
    assert "共比较 3 所学校" in comparison.overview(reports).text
    assert "不能比较" in comparison.overview({"s0": reports["s0"]}).text
