"""The form: what a person finds in it, and that nothing is lost on the way out and back."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from qzanalysis.intake import form, workbook
from qzanalysis.intake.layout import Cell, Unplaced, layout
from qzanalysis.reports import loading

from .conftest import Run, make_tiny, state
from .made_up import SCHOOL


@pytest.fixture(scope="module")
def blank() -> bytes:
    """The form for 2022 of the repository's school."""
    return workbook.blank(SCHOOL, 2022)


def test_same_inputs_same_bytes(blank: bytes) -> None:
    """No time stamp in the workbook."""
    assert workbook.blank(SCHOOL, 2022) == blank


def test_a_sheet_for_each_table_with_last_years_values(blank: bytes) -> None:
    """The form, five tables, running text, and the two hidden sheets."""
    book = load_workbook(io.BytesIO(blank))
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [
        "填写说明",
        "附表1 数据表",
        "§1.2 学生情况",
        "§2.1.2 文化基础课合格率",
        "§2.2 专业技能合格率",
        "§2.4 就业质量",
        "§4.4.2 专业设置",
        "正文数字",
    ]
    row = [cell.value for cell in book["附表1 数据表"][37]]
    assert row[:7] == ["28", "全日制在校生数", "人", "4902", None, None, "附表1#28"]


def test_every_sheet_is_protected_and_only_inputs_are_open(blank: bytes) -> None:
    """Without a password: protection is against slips."""
    book = load_workbook(io.BytesIO(blank))
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    sheet = book["附表1 数据表"]
    locked = {cell.value: sheet.cell(2, cell.column).protection.locked for cell in sheet[1]}
    assert (
        not locked["2022 年（本报告所印）"] and locked["名称"] and locked["2021 年（上年报告所印）"]
    )
    assert sheet["A1"].protection.locked and sheet.freeze_panes == "C2"


def test_cells_are_text_and_percentages_are_watched(blank: bytes) -> None:
    """So that a spreadsheet makes no date of 3-2, and warns of 136 %."""
    sheet = load_workbook(io.BytesIO(blank))["附表1 数据表"]
    assert sheet["F2"].number_format == "@"
    rules = sheet.data_validations.dataValidation
    assert {rule.errorStyle for rule in rules} == {"warning"}
    assert any("0 至 100" in (rule.error or "") for rule in rules)


def test_cohorts_move_on_with_the_year(blank: bytes) -> None:
    """The tests of 2022 are sat by those who entered in 2020 and 2021."""
    sheet = load_workbook(io.BytesIO(blank))["§2.1.2 文化基础课合格率"]
    cohorts = {str(row[13].value).partition(";")[0] for row in sheet.iter_rows(2, 17)}
    assert cohorts == {"cohort=2019", "cohort=2020", "cohort=2021"}


def test_import_of_filled_form_gives_the_same_bytes(data: Path, run: Run) -> None:
    """Every file of the 2021 report, byte for byte, and the same form again."""
    before = state(data)
    book = data.parent / "2021.xlsx"
    assert (
        run(
            "new-year", "-s", SCHOOL, "-y", 2021, "--from-data", "-o", book, "--data", data
        ).exit_code
        == 0
    )
    result = run("import", book, "--replace", "--data", data)
    assert result.exit_code == 0, result.stderr
    assert state(data) == before
    assert workbook.filled(SCHOOL, 2021, data) == book.read_bytes()


def rewritten(content: bytes) -> bytes:
    """The workbook as another program might save it: values only, no style, other sheet order."""
    new = Workbook()
    new.remove(new.active)
    for sheet in reversed(load_workbook(io.BytesIO(content)).worksheets):
        copy = new.create_sheet(sheet.title)
        copy.sheet_state = sheet.sheet_state
        for row in sheet.iter_rows():
            for cell in row:
                plain = isinstance(cell.value, str) and cell.value.isdecimal()
                copy.cell(cell.row, cell.column, int(cell.value) if plain else cell.value)
    buffer = io.BytesIO()
    new.save(buffer)
    return buffer.getvalue()


def shared(content: bytes) -> bytes:
    """The workbook as Excel and LibreOffice save it: every text once, in a part of its own."""
    texts: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        return f'{match[1]}t="s"><v>{texts.setdefault(match[2], len(texts))}</v></c>'

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.startswith("xl/worksheets/"):
                text = re.sub(
                    r'(<c [^>]*)t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', replace, text
                )
            elif name == "[Content_Types].xml":
                kind = (
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                )
                part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
                text = text.replace("</Types>", part)
            new.writestr(name, text)
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{items}</sst>')
    assert len(texts) > 50
    return out.getvalue()


@pytest.mark.parametrize("saved", [rewritten, shared])
def test_a_form_saved_by_another_program_is_the_same(
    saved: Callable[[bytes], bytes], tiny: Path, tiny_book: bytes, run: Run
) -> None:
    """Lost styles, numbers in place of text, other order of sheets, shared texts."""
    before = state(tiny)
    path = tiny.parent / "again.xlsx"
    path.write_bytes(saved(tiny_book))
    result = run("import", path, "--replace", "--data", tiny)
    assert result.exit_code == 0, result.stderr
    after = state(tiny)
    after.pop("datapackage.json")
    assert after == before


def test_what_looks_like_a_formula_or_html_stays_text(tiny: Path, run: Run) -> None:
    """Through the form and back."""
    note = '=HYPERLINK("http://x")<script>alert(1)</script>'
    path = tiny / "tiny/2021/text-school.csv"
    path.write_text(
        path.read_text(encoding="utf-8")
        + f'staff,,2020,18,§1.1,"{note.replace(chr(34), chr(34) * 2)}"\n',
        encoding="utf-8",
    )
    before = path.read_bytes()
    content = workbook.filled("tiny", 2021, tiny)
    sheet = load_workbook(io.BytesIO(content))[form.TEXT_SHEET]
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == note)
    assert cell.data_type == "s" and cell.quotePrefix
    book = tiny.parent / "b.xlsx"
    book.write_bytes(content)
    assert run("import", book, "--replace", "--data", tiny).exit_code == 0
    assert path.read_bytes() == before


def test_extracted_cells_stand_in_place_with_their_certainty(tiny: Path) -> None:
    """And what could not be placed is listed."""
    cells = [
        Cell("students", "", 2022, "130", "附表1#28", origin="表 1，第 3 行", certainty="check"),
        Cell("staff", "", 2022, "40", "附表1#99", origin="第 2 页", certainty="sure"),
        Cell("teachers", "", 2018, "9", "§1.3"),
    ]
    unplaced = [Unplaced("12", "表 9", "没有这一行")]
    content = workbook.write(layout("tiny", 2022, data=tiny), "小小中专", cells, unplaced)
    book = load_workbook(io.BytesIO(content))
    rows = {row[12].value: row for row in book["附表1 数据表"].iter_rows(2)}
    assert rows["students"][5].value == "130"
    assert "请核对" in rows["students"][11].value and "表 1，第 3 行" in rows["students"][11].value
    assert rows["students"][5].fill.start_color.rgb != rows["students"][4].fill.start_color.rgb
    assert rows["staff"][5].value == "40" and rows["staff"][6].value == "附表1#99"
    assert any(row[7].value == "9" for row in book[form.TEXT_SHEET].iter_rows(2))
    assert book["未归位"]["A2"].value == "12"


def test_an_edition_of_several_tables_is_a_mapping(tiny: Path, run: Run) -> None:
    """One sheet and one file a table; no code."""
    mapping = tiny.parent / "2024.csv"
    mapping.write_text(
        "table,table_title,item,indicator,breakdown\n"
        "附表1,表1 学生发展,1,students,\n附表2,表2 教师,1,teachers,\n附表2,表2 教师,2.1,staff,\n",
        encoding="utf-8",
    )
    path = tiny.parent / "f.xlsx"
    done = run("new-year", "-s", "tiny", "-y", 2024, "-e", mapping, "-o", path, "--data", tiny)
    assert done.exit_code == 0, done.stderr
    book = load_workbook(path)
    assert {"表1 学生发展", "表2 教师"} <= set(book.sheetnames)
    book["表1 学生发展"]["F2"] = "140"
    book["表2 教师"]["F2"], book["表2 教师"]["F3"] = "9", "12"
    book.save(path)
    result = run("import", path, "--data", tiny)
    assert result.exit_code == 0, result.stderr
    assert (tiny / "tiny/2024/annex-2.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "teachers,,2024,9,附表2#1,",
        "staff,,2024,12,附表2#2.1,",
    ]


def test_a_first_report_takes_another_schools_shape(data: Path, run: Run) -> None:
    """With its own programmes, and without the other school's values."""
    names = ["--name", "邻县中专", "--short-name", "邻中", "--region", "某省某县"]
    offered = ["--programme", "会计电算化", "--programme", "护理"]
    done = run("new-school", "-s", "next-door", *names, *offered, "--yes", "--data", data)
    assert done.exit_code == 0, done.stderr
    book = load_workbook(io.BytesIO(workbook.blank("next-door", 2022, data=data)))
    rows = [[c.value for c in row] for row in book["§2.4 就业质量"].iter_rows(2, 7)]
    assert {row[13] for row in rows} == {"programme=accounting", "programme=nursing"}
    assert all(row[3] is None for row in rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-s", "tinny", "-y", "2022"), "tiny"),
        (("-s", "../x", "-y", "2022"), "小写字母"),
        (("-s", "tiny", "-y", "99999"), "2001 至 2100"),
        (("-s", "tiny", "-y", "2022", "-e", "1999"), "2021"),
        (("-s", "tiny", "-y", "2022", "-e", "none.csv"), "none.csv"),
        (("-s", "tiny", "-y", "2020", "--from-data"), "2021"),
        (("-s", "tiny", "-y", "2022", "-o", "form.txt"), ".xlsx"),
    ],
)
def test_wrong_questions_are_answered(
    arguments: tuple[str, ...], words: str, tiny: Path, run: Run
) -> None:
    """Exit 2, and the message names what is right."""
    result = run("new-year", *arguments, "--data", tiny)
    assert result.exit_code == 2 and words in result.stderr


def test_a_form_somebody_may_be_filling_in_is_not_overwritten(tiny: Path, run: Run) -> None:
    """Unless asked for."""
    path = tiny.parent / "f.xlsx"
    arguments = ("new-year", "-s", "tiny", "-y", 2022, "-o", path, "--data", tiny)
    assert run(*arguments).exit_code == 0
    path.write_bytes(b"filled in")
    assert run(*arguments).exit_code == 2 and path.read_bytes() == b"filled in"
    assert run(*arguments, "--force").exit_code == 0 and path.read_bytes()[:2] == b"PK"


def test_load_still_reads_a_folder_with_a_list_of_programmes(tmp_path: Path) -> None:
    """The list beside the years is no year."""
    folder = make_tiny(tmp_path / "data")
    (folder / "tiny/offered.csv").write_text("programme\ncnc\n", encoding="utf-8")
    assert loading.years("tiny", folder) == [2021]


def test_every_wrapped_text_has_room(data: Path) -> None:
    """Two headings that differ only in their second line must both be read."""
    book = load_workbook(io.BytesIO(workbook.blank("quzhou-zhongzhuan", 2022, data=data)))
    sheet = book["附表1 数据表"]
    assert sheet.row_dimensions[1].height >= 2 * 15
    definition = {cell.value: cell.column for cell in sheet[1]}["定义"]
    for row in range(2, 40):
        text = sheet.cell(row, definition).value or ""
        if len(text) > 2 * 24:  # two lines of a column 48 wide
            assert sheet.row_dimensions[row].height >= 2 * 15
