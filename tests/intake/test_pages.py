"""Pages of made-up reports: a second year of one school, and three schools side by side."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup, Tag
from notebook_cells import NAMES, execute
from openpyxl import load_workbook
from typer.testing import CliRunner

from qzanalysis.cli import app
from qzanalysis.intake import store
from qzanalysis.publishing import jobs, many, pipeline

from .conftest import REPOSITORY
from .made_up import PLANTED, RESTATED, SCHOOL, YEAR, cells

Page = Callable[[str], Tag]
pytestmark = pytest.mark.slow


def main_of(path: Path) -> Tag:
    """What a reader sees of a page."""
    found = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").main
    assert found is not None
    for code in found.select("pre"):
        code.decompose()
    return found


def text_of(part: Tag) -> str:
    """Its text without blanks."""
    return "".join(part.get_text().split())


# --- the second year of a school -------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The pages of the made-up 2022 report beside the real one of 2021."""
    folder = tmp_path_factory.mktemp("second-year")
    data = Path(shutil.copytree(REPOSITORY / "data", folder / "data"))
    store.save(SCHOOL, YEAR, cells(data), data, replace=False)
    index = pipeline.render(jobs.Request(SCHOOL, YEAR, data=data, out=folder / "reports"))
    return lambda name: main_of(index.with_name(f"{name}.html"))


def charts(part: Tag) -> list[str]:
    """What screen readers say of the line charts."""
    labels = [str(image["aria-label"]) for image in part.select("[role=img]")]
    return [text for text in labels if "折线图" in text]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("01-school", "招生：2020 年 1691、2021 年 1566、2022 年 1580"),
        ("02-students", "会计事务：2020 年 75.1、2021 年 71.3、2022 年 73.6"),
        ("02-students", "会计事务：2020 年 2680、2021 年 3800、2022 年 3900"),
        ("06-service", "职业技能：2020 年 85、2021 年 87、2022 年 88.00"),
    ],
)
def test_three_years_draw_lines(page: Page, name: str, told: str) -> None:
    """2020 is only in the earlier report, 2022 only in the later."""
    assert any(told in text for text in charts(page(name)))


def test_the_restatement_is_told_with_both_values_and_places(page: Page) -> None:
    """And which of the two is used: here, and in the tables."""
    told = text_of(page("09-data-quality"))
    assert (
        "2021年纸质图书数有重述：2021年报告印作87816（附表1#33、§1.4），"
        f"2022年报告改作{RESTATED}（附表1#33）；分析采用2022年报告的数。"
    ) in told
    assert "2021年109500" in text_of(page("index"))


@pytest.mark.parametrize("name", ["09-data-quality", "01-school"])
def test_the_planted_contradiction_is_on_the_page_of_checks_and_in_the_register(
    page: Page, name: str
) -> None:
    """4902 ÷ 268 = 18.29."""
    assert f"附表1#39印作{PLANTED}，算得18.291（4902÷268），不符" in text_of(page(name))


@pytest.mark.parametrize("name", ["04-policy", "05-cooperation", "06-service", "08-cases"])
def test_chapters_without_figures_say_so(page: Page, name: str) -> None:
    """Running text of 2022 was not entered, so these have little to tell; nothing is nan or None."""
    told = text_of(page(name))
    assert "报告未提供“2022年" in told
    assert not any(word in told for word in ("nan", "None", "Traceback"))


def test_a_comparison_names_the_year_before(page: Page) -> None:
    """Not the first year of the series."""
    assert "2022年有合格率的1个，2021年1个" in text_of(page("02-students"))
    assert not any("两年比较" in text_of(page(name)) for name in ("01-school", "05-cooperation"))


# --- three schools ---------------------------------------------------------------------------------

LATER = """table,table_title,item,indicator,breakdown
附表1,表1 学生发展,1,students,
附表1,表1 学生发展,2,graduates,
附表1,表1 学生发展,3,job_match_rate,
附表2,表2 师资与条件,1,teachers,
附表2,表2 师资与条件,2,student_teacher_ratio,
附表2,表2 师资与条件,3,printed_books,
"""
FIGURES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "jia": {
        "students": ("1900", "2000"),
        "teachers": ("100", "100"),
        "student_teacher_ratio": ("19:1", "20:1"),
        "printed_books": ("50000", "60000"),
        "graduates": ("500", "600"),
        "job_match_rate": ("80%", "82%"),
    },
    "yi": {
        "students": ("2800", "3000"),
        "teachers": ("190", "200"),
        "student_teacher_ratio": ("14.7:1", "15:1"),
        "printed_books": ("90000", "100000"),
        "graduates": ("900", "950"),
        "job_match_rate": ("90%", "91%"),
    },
    "bing": {  # on the later edition; 3100 ÷ 150 is not 31
        "students": ("3100", "3100"),
        "teachers": ("155", "150"),
        "student_teacher_ratio": ("20:1", "31:1"),
        "printed_books": ("30000", "31000"),
        "graduates": ("700", "800"),
        "job_match_rate": ("60%", "70%"),
    },
}
CHAPTERS = ("00-summary", "01-school", "09-data-quality")  # ten for three schools take too long
LINKING = {"00-14", "00-20"}  # cells of the summary that lead to the other chapters


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three schools, registered and brought in by workbook."""
    folder = tmp_path_factory.mktemp("three") / "data"
    folder.mkdir()
    (folder / "schools.csv").write_text("school,name,short_name,region\n", encoding="utf-8")
    mapping = folder.with_name("later.csv")
    mapping.write_text(LATER, encoding="utf-8")
    for slug, figures in FIGURES.items():
        names = ("--name", f"虚构{slug}中专", "--short-name", f"虚{slug}", "--region", "某地")
        edition = ("-e", mapping) if slug == "bing" else ()
        book = folder.with_name(f"{slug}.xlsx")
        command(folder, "new-school", "-s", slug, *names, "--programme", "会计事务", "--yes")
        command(folder, "new-year", "-s", slug, "-y", 2022, *edition, "-o", book)
        type_in(book, figures)
        command(folder, "import", book)
    return folder


def command(data: Path, *arguments: object) -> None:
    """One command that works."""
    done = CliRunner().invoke(app, [str(each) for each in (*arguments, "--data", data)])
    assert done.exit_code == 0, done.output


def type_in(path: Path, figures: Mapping[str, tuple[str, str]]) -> None:
    """Both years of some rows."""
    book = load_workbook(path)
    for sheet in book.worksheets:
        at = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1) if "指标编号" in at else ():
            indicator = sheet.cell(row, at["指标编号"]).value
            if indicator in figures and not sheet.cell(row, at["细分"]).value:
                for year, printed in zip((2021, 2022), figures[indicator], strict=True):
                    sheet.cell(row, at[f"{year} 年（本报告所印）"]).value = printed
    book.save(path)


def test_three_schools_render_with_one_command_and_compare(three: Path, tmp_path: Path) -> None:
    """Every number of the comparison is worked out by hand here."""
    request = jobs.Request(
        "", 0, data=three, notebooks=some_notebooks(tmp_path), out=tmp_path / "reports"
    )
    start, outcomes = many.render_all(request, lambda *_: None)
    assert many.recap(outcomes) == "完成 4 份，失败 0 份。"
    links = {str(link["href"]) for link in main_of(start).select("a[href]")}
    assert {f"{slug}/2022/index.html" for slug in (*FIGURES, "bureau")} <= links
    page = main_of(tmp_path / "reports/bureau/2022/index.html")
    assert "共比较3所学校：虚构jia中专、虚构yi中专、虚构bing中专。" in text_of(page)
    spread, standards, problems, bases = (rows_of(table) for table in page.select("table")[:4])
    assert spread["专任教师数"] == ["100人", "200人", "150人", "150人", "100至200"]
    assert spread["生师比"] == ["20:1", "15:1", "31:1", "20:1", "15至31"]
    assert spread["纸质图书数"] == ["60000册", "100000册", "31000册", "60000册", "31000至100000"]
    assert spread["对口就业率"] == ["82%", "91%", "70%", "82%", "70至91"]
    assert standards["专任教师数不少于60人"] == ["167", "333", "250"]  # of 60
    assert standards["师生比达到1:20"] == ["100", "133", "65"]  # 20 ÷ 20, 15, 31
    assert standards["生均纸质图书不少于30册"] == ["100", "111", "33"]  # 30, 33.3, 10 of 30
    assert problems["未达标准：学校情况"] == ["0", "0", "2"]  # ratio, books
    # 20:1 may be just above the standard or not; 3100 ÷ 150 is not 31
    assert problems["数字存疑：数据核验"] == ["1", "0", "1"]
    # of the third school, fewer teachers are part of the standard that the ratio misses
    assert problems["不利变化：学校情况"] == ["1", "1", "0"]
    assert next(iter(problems)) == "不利变化：学校情况"  # shared by all
    assert bases["2022年生师比应由全日制在校生数除以专任教师数得出"] == ["相符", "相符", "矛盾"]


def some_notebooks(folder: Path) -> Path:
    """A few chapters and the comparison; the summary without what leads to the other chapters."""
    notebooks = folder / "notebooks"
    shutil.copytree(REPOSITORY / "notebooks/bureau", notebooks / "bureau")
    for name in CHAPTERS:
        notebook = nbformat.read(REPOSITORY / f"notebooks/{name}.ipynb", as_version=4)
        notebook.cells = [cell for cell in notebook.cells if cell.id not in LINKING]
        nbformat.write(notebook, notebooks / f"{name}.ipynb")
    return notebooks


def rows_of(table: Tag) -> dict[str, list[str]]:
    """A table as a reader sees it: cells by the name of the row, without the marks of notes."""
    for mark in table.select("sup"):
        mark.decompose()
    lines = [[text_of(cell) for cell in row.select("th, td")] for row in table.select("tr")[1:]]
    return {line[0]: line[1:] for line in lines}


def test_every_chapter_runs_for_a_first_report_on_a_later_edition(three: Path) -> None:
    """Six figures in two tables: the rest is said to be missing, in words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QZANALYSIS_DATA", str(three))
        for name in NAMES:
            told = "\n".join(
                block.text for block in execute(name, school="bing", year=2022).values()
            )
            assert "未提供" in told, name
            assert not any(word in told for word in ("nan", "“—", "“数值”", "表列 0")), (name, told)
