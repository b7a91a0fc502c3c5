"""What a person gets from a report's tables: right and placed, or listed; never sure and wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from matrix import matrix
from typer.testing import CliRunner

from qzanalysis.cli import app
from qzanalysis.intake.extraction.extract import Extraction, extract
from qzanalysis.intake.layout import Cell, Layout, layout
from qzanalysis.reports.loading import data_folder, load

from . import made_reports as made

HEAD = "附表1 数据表\n序号\t指标\t单位\t2021年\t2022年\n"


@pytest.fixture(scope="module")
def plan() -> Layout:
    """The form of the report that the made-up documents print again."""
    return layout(made.SCHOOL, made.YEAR)


@pytest.fixture
def read(tmp_path: Path):
    """Extract from a text of 2022."""

    def reading(text: str) -> Extraction:
        path = tmp_path / "报告.txt"
        path.write_text(text, encoding="utf-8")
        return extract(path, layout(made.SCHOOL, 2022))

    return reading


def keys(found: Extraction, certainty: str = "") -> dict[tuple[str, str, int], str]:
    """Placed figures, all or of one certainty."""
    return {
        (c.indicator, c.breakdown, c.year): c.printed
        for c in found.cells
        if certainty in ("", c.certainty)
    }


def reasons(found: Extraction) -> str:
    """All reasons in one text."""
    return "\n".join(f"{it.text}：{it.reason}" for it in found.unplaced)


# --- whole reports -------------------------------------------------------------------------------

TRIED = [
    *((look, "docx") for look in made.LOOKS),
    *((look, "html") for look in ("plain", "broken", "halves")),
    *((look, "tabs") for look in ("wide", "broken", "halves")),
    *((look, "bars") for look in ("plain", "repeated")),
    *((look, "spaces") for look in ("plain", "broken", "shuffled")),
    *((look, "pdf") for look in ("plain", "broken", "shuffled", "halves")),
    *((look, "pdf-head") for look in ("broken", "repeated")),
    *((look, "pdf-lines") for look in ("plain", "wide", "broken")),
]


OFTEN = {
    ("plain", "docx"), ("halves", "html"), ("wide", "tabs"), ("repeated", "bars"),
    ("shuffled", "spaces"), ("broken", "pdf"), ("repeated", "pdf-head"), ("plain", "pdf-lines"),
}  # fmt: skip


@pytest.mark.parametrize(("look", "form"), matrix(TRIED, OFTEN))
def test_a_made_up_report_comes_over(look: str, form: str, plan: Layout, tmp_path: Path) -> None:
    """At least 95 % right and placed, nothing wrong, whatever the layout and the format."""
    result = scored(look, form, plan, tmp_path)
    assert result.share >= 0.95, result.left
    assert not result.wrong_and_sure + result.wrong


def scored(look: str, form: str, plan: Layout, folder: Path) -> made.Score:
    """Print the report in one look and format, extract it, and compare."""
    suffix, make = made.FORMATS[form]
    path = folder / f"report{suffix}"
    path.write_bytes(make(made.tables(made.LOOKS[look]), made.LOOKS[look]))
    return made.score(extract(path, plan).cells, made.truth())


def test_every_cell_says_where_it_was_found(plan: Layout, tmp_path: Path) -> None:
    """Page or table, row and column; sources in the notation of the data files."""
    path = tmp_path / "report.pdf"
    path.write_bytes(made.as_pdf(made.tables()))
    cells = extract(path, plan).cells
    assert all("页" in cell.origin and "行" in cell.origin for cell in cells)
    ratio = next(c for c in cells if c.indicator == "student_teacher_ratio" and c.year == 2021)
    assert (ratio.source, ratio.certainty) == ("附表1#39", "sure")


# --- single traits -------------------------------------------------------------------------------


def test_years_come_from_the_heading(read) -> None:
    """In whatever order they stand; other years and other schools' columns are listed."""
    found = read(
        "附表1\n序号\t指标\t单位\t2022年\t2021年\t2020年\t2022年全省平均\n"
        "1\t思想政治课专任教师数\t人\t5\t4\t3\t9\n"
    )
    assert keys(found, "sure") == {
        ("political_teachers", "", 2022): "5",
        ("political_teachers", "", 2021): "4",
    }
    assert "2020 年不在" in reasons(found)
    assert "全省平均" in reasons(found)


@pytest.mark.parametrize(
    ("heads", "certainty"),
    [("上年\t本年", "sure"), ("2020-2021学年\t2021-2022学年", "check"), ("21年\t22年", "check")],
)
def test_other_ways_to_write_years(read, heads: str, certainty: str) -> None:
    """School years and short years are understood, but a person must look."""
    found = read(f"附表1\n序号\t指标\t单位\t{heads}\n1\t思想政治课专任教师数\t人\t4\t5\n")
    assert keys(found, certainty) == {
        ("political_teachers", "", 2021): "4",
        ("political_teachers", "", 2022): "5",
    }


def test_without_years_nothing_is_placed(read) -> None:
    """A column of numbers without a year is listed."""
    found = read("附表1\n序号\t指标\t单位\t数值\n1\t思想政治课专任教师数\t人\t4\n")
    assert not found.cells
    assert "没有写明年份" in reasons(found)


@pytest.mark.parametrize(
    ("label", "indicator"),
    [
        ("思想政治课专任教师人数", "political_teachers"),
        ("高级职称专任教师比例", "senior_title_share"),
        ("职业技能等级证书获取人数", "vocational_certificates"),
    ],
)
def test_a_reworded_name_is_never_sure(read, label: str, indicator: str) -> None:
    """It is placed, and marked for a look."""
    found = read(f"{HEAD}1\t{label}\t\t4\t5\n2\t德育管理人员数\t人\t1\t2\n")
    cell = next(c for c in found.cells if c.indicator == indicator)
    assert cell.certainty == "check"
    assert label in cell.origin


@pytest.mark.parametrize(
    "label",
    [
        "音乐课专任教师数",
        "全省职业院校技能大赛学生获奖数",
        "高级专业技术职务专任教师数",
        "毕业生就业率",
        "名师工作室数",
        "校园占地面积",
        "纸质图书数（生均）",
    ],
)
def test_a_name_of_something_else_is_listed(read, label: str) -> None:
    """One letter may make another meaning: share and number, province and nation, total and per head."""
    found = read(f"{HEAD}9\t{label}\t\t4\t5\n2\t德育管理人员数\t人\t1\t2\n")
    assert {c.indicator for c in found.cells} == {"moral_education_managers"}
    assert label in reasons(found)


def test_sub_items_belong_to_the_item_above(read) -> None:
    """And to none, if the item above is not known."""
    found = read(
        f"{HEAD}3\t名班主任工作室数\t个\t1\t2\n\t其中：国家级\t个\t0\t1\n"
        "4\t名师工作室数\t个\t5\t6\n\t其中：国家级\t个\t3\t4\n"
    )
    assert keys(found, "sure")[("head_teacher_studios", "level=national", 2022)] == "1"
    assert len(found.cells) == 4
    assert "所属的项目不明" in reasons(found)


def test_a_number_that_disagrees_with_the_name_asks_for_a_look(read) -> None:
    """By name first; the number decides how sure."""
    found = read(f"{HEAD}12\t全日制在校生数\t人\t4000\t4100\n")
    assert keys(found, "check") == {("students", "", 2021): "4000", ("students", "", 2022): "4100"}


def test_rows_that_do_not_fit_the_heading_are_listed(read) -> None:
    """A missing or an additional cell may shift all that follow."""
    found = read(
        f"{HEAD}29\t生均校园占地面积\t平方米\t51.00\n"
        "3\t名班主任\t工作室数\t个\t1\t2\n"
        "30\t生均校舍建筑面积\t平方米\t\t28.07\n"
    )
    assert {c.indicator for c in found.cells} <= {"building_per_student"}
    assert "少于表头" in reasons(found) or "不是已知的表" in reasons(found)


def test_units_that_would_change_the_figure_are_listed(read) -> None:
    """万元 is not 元; 元/生 is."""
    found = read(
        f"{HEAD}31\t生均教学仪器设备值\t万元\t1.4\t1.5\n32\t年生均财政拨款\t元/生\t100\t200\n"
    )
    assert {c.indicator for c in found.cells} == {"appropriation_per_student"}
    assert "万元" in reasons(found)


@pytest.mark.parametrize(
    ("text", "printed", "certainty"),
    [
        ("２９５", "295", "sure"),
        ("1,664", "1,664", "sure"),
        ("1 664", "1664", "check"),
        ("22人", "22", "check"),
        ("约100", "约100", "check"),
        ("", "", "sure"),
        ("/", "/", "sure"),
    ],
)
def test_values_that_can_be_read(read, text: str, printed: str, certainty: str) -> None:
    """Half-width; anything but a plain figure or a status asks for a look."""
    found = read(f"{HEAD}12\t毕业生总数\t人\t1\t{text}\n1\t思想政治课专任教师数\t人\t1\t2\n")
    assert keys(found, certainty)[("graduates", "", 2022)] == printed


@pytest.mark.parametrize(
    "text", ["—", "-", "3-2", "2021-9-1", "12,5", "12 34", "无", "15%", "<b>", "=1+1"]
)
def test_values_that_cannot_be_read_are_listed(read, text: str) -> None:
    """Dashes, dates, decimal commas, two numbers: no reading is assumed."""
    found = read(f"{HEAD}12\t毕业生总数\t人\t1\t{text}\n1\t思想政治课专任教师数\t人\t1\t2\n")
    assert ("graduates", "", 2022) not in keys(found)
    assert f"{text}：" in reasons(found)


@pytest.mark.parametrize("text", ["2014.59", "6928.78", "7012.3", "2021.12"])
def test_a_number_with_decimals_is_no_date(read, text: str) -> None:
    """Yuan of equipment per student lie where years lie."""
    found = read(
        f"{HEAD}31\t生均教学仪器设备值\t元\t1.4\t{text}\n1\t思想政治课专任教师数\t人\t1\t2\n"
    )
    assert keys(found, "sure")[("equipment_per_student", "", 2022)] == text


@pytest.mark.parametrize("text", ["136.19", "0.3346"])
def test_doubtful_percentages_ask_for_a_look(read, text: str) -> None:
    """Above 100, or a fraction where a percentage should be."""
    found = read(f"{HEAD}42\t高级专业技术职务专任教师占比\t%\t33\t{text}\n")
    assert keys(found, "check") == {("senior_title_share", "", 2022): text}


def test_one_figure_with_two_values_is_listed(read) -> None:
    """Which of them is right, the document does not say."""
    found = read(f"{HEAD}12\t毕业生总数\t人\t1\t2\n12\t毕业生总数\t人\t1\t3\n")
    assert keys(found) == {("graduates", "", 2021): "1"}
    assert reasons(found).count("不同的值") == 2


def test_a_label_broken_over_two_rows_is_put_together(read) -> None:
    """And marked for a look."""
    found = read(f"{HEAD}27\t职业技能等级证书（含职业资\t人\t502\t629\n\t格证书）获取人数\t\t\t\n")
    assert set(keys(found, "check").values()) == {"502", "629"}


def test_programmes_that_are_not_registered_are_listed(read) -> None:
    """New ones, sums, and two rows that mean the same programme."""
    found = read(
        "就业质量一览表\n专业\t就业率(%)\t\n\t2021年\t2022年\n"
        "电子商务\t99\t98\n学前教育\t97\t96\n幼儿保育\t95\t94\n无人机操控\t90\t91\n合计\t97\t96\n"
    )
    assert set(keys(found).values()) == {"99", "98"}
    assert "无人机操控" in reasons(found)
    assert "合计" in reasons(found)


def test_a_small_table_elsewhere_is_not_the_form(read) -> None:
    """The same names in a table of the text do not make it 附表1."""
    found = read("1.3 教师\n项目\t2021年\t2022年\n专任教师总数\t1\t2\n教职员工总数\t3\t4\n")
    assert not found.cells


def test_growth_is_not_a_difference(read) -> None:
    """A rate of growth is listed; a difference is placed."""
    table = (
        "1.2 学生情况\n项目\t2021年\t2022年\t{}\n招生规模\t100\t110\t{}\n毕业生规模\t90\t95\t{}\n"
    )
    difference = ("intake", "change=difference", 2022)
    assert difference not in keys(read(table.format("增长率", "10%", "5.6%")))
    assert keys(read(table.format("变化情况", "+10", "+5")), "sure")[difference] == "+10"


def test_several_tables_of_a_later_edition(tmp_path: Path) -> None:
    """Names decide; the same name in two tables is told apart by the table's number."""
    mapping = tmp_path / "2023.csv"
    mapping.write_text(
        "table,item,indicator,breakdown\n附表1,1,graduates,\n附表2,1,teachers,\n附表2,2,graduates,\n",
        encoding="utf-8",
    )
    path = tmp_path / "report.txt"
    head = "序号\t指标\t单位\t2022年\t2023年\n"
    path.write_text(
        f"表1 计分卡\n{head}1\t毕业生数\t人\t5\t6\n\n表2 教学资源表\n{head}"
        "1\t专任教师总数\t人\t7\t8\n2\t毕业生数\t人\t5\t6\n",
        encoding="utf-8",
    )
    found = extract(path, layout(made.SCHOOL, 2023, str(mapping)))
    assert {c.source for c in found.cells} == {"附表1#1", "附表2#1", "附表2#2"}
    assert all(c.certainty == "sure" for c in found.cells)


# --- command -------------------------------------------------------------------------------------


def test_the_command_fills_a_workbook_and_touches_no_data(tmp_path: Path) -> None:
    """The path on standard output; counts and what was left on standard error."""
    data = tmp_path / "data"
    shutil.copytree(data_folder(), data)
    before = contents(data)
    report, book = tmp_path / "report.docx", tmp_path / "out.xlsx"
    report.write_bytes(made.as_docx(made.tables()))
    arguments = [str(report), "-s", made.SCHOOL, "-y", "2021", "-o", str(book), "--data", str(data)]
    result = CliRunner().invoke(app, ["extract", *arguments])
    assert result.exit_code == 0, result.output
    assert book.exists()
    assert str(book) in result.stdout
    assert "放入 255 格" in result.stderr
    assert contents(data) == before


def test_a_report_of_other_years_writes_nothing(tmp_path: Path) -> None:
    """Exit 2; the message names the years that were found."""
    report, book = tmp_path / "report.txt", tmp_path / "out.xlsx"
    report.write_text(f"{HEAD}1\t思想政治课专任教师数\t人\t4\t5\n", encoding="utf-8")
    result = CliRunner().invoke(
        app, ["extract", str(report), "-s", made.SCHOOL, "-y", "2030", "-o", str(book)]
    )
    assert result.exit_code == 2
    assert "2022 年不在 2030 年报告的两年之内" in result.stderr
    assert not book.exists()


def test_a_report_of_the_year_before_writes_nothing(tmp_path: Path) -> None:
    """Its later figures would be taken for restated ones, and the year itself would stay blank."""
    report, book = tmp_path / "report.docx", tmp_path / "out.xlsx"
    report.write_bytes(made.as_docx(made.tables()))
    result = CliRunner().invoke(
        app, ["extract", str(report), "-s", made.SCHOOL, "-y", "2022", "-o", str(book)]
    )
    assert result.exit_code == 2
    assert "没有 2022 年的数字，只有 2021 年的" in result.stderr
    assert not book.exists()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_cells_are_the_shared_ones(plan: Layout, tmp_path: Path) -> None:
    """The workbook takes what the extractor gives."""
    path = tmp_path / "report.html"
    path.write_bytes(made.as_html(made.tables()))
    assert all(isinstance(cell, Cell) for cell in extract(path, plan).cells)


def test_from_report_to_data(tmp_path: Path) -> None:
    """Extracted, then imported: the figures of the tables, each at its place."""
    data, report, book = tmp_path / "data", tmp_path / "report.docx", tmp_path / "out.xlsx"
    shutil.copytree(data_folder(), data)
    shutil.rmtree(data / made.SCHOOL / str(made.YEAR))
    report.write_bytes(made.as_docx(made.tables()))
    where = ["--data", str(data)]
    arguments = [str(report), "-s", made.SCHOOL, "-y", str(made.YEAR), "-o", str(book), *where]
    for command in (["extract", *arguments], ["import", str(book), *where]):
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
    assert made.truth(load(made.SCHOOL, made.YEAR, data).observations) == made.truth()
