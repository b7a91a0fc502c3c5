"""Bad workbooks: exit 2, a message that says what and where, and nothing changed."""

from __future__ import annotations

import datetime
import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from .conftest import Run, state

FORM = "附表1 数据表"
NOW = "F2"  # students, 2021
SHARE = "F3"  # job_match_rate, 2021
Change = Callable[[Workbook], object]


def _put(sheet: str, cell: str, value: object) -> Change:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


def _formula(book: Workbook) -> None:
    book[FORM][NOW] = "=1+1"


def _scientific(book: Workbook) -> None:
    book[FORM][NOW] = 123456
    book[FORM][NOW].number_format = "0.00E+00"


def _merge(book: Workbook) -> None:
    book[FORM].merge_cells("E2:F2")


def _repeat(book: Workbook) -> None:
    sheet = book["正文数字"]
    for column in "ABGHI":
        sheet[f"{column}10"] = sheet[f"{column}2"].value


def _rename(book: Workbook) -> None:
    book[FORM].title = "附表一"


FAULTS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "not a number": (
        _put(FORM, NOW, "约莫一百"),
        (FORM, "第 2 行", "约莫一百", "2021 年（本报告所印）"),
    ),
    "with its unit": (_put(FORM, NOW, "120人"), ("120人", "不带单位")),
    "above 100 %": (_put(FORM, SHARE, "136.19%"), ("136.19%", "0 至 100", "照印")),
    "negative count": (_put(FORM, NOW, "-120"), ("-120", "不小于 0")),
    "part of a person": (_put(FORM, NOW, "12.5"), ("12.5", "整数")),
    "decimal comma": (_put(FORM, SHARE, "91,5"), ("91,5", "两种读法")),
    "two numbers": (_put(FORM, NOW, "12 34"), ("12 34", "空格")),
    "date": (_put(FORM, NOW, datetime.date(2021, 3, 2)), ("2021-03-02", "日期", "F2")),
    "date as text": (_put(FORM, NOW, "2021/3/2"), ("2021/3/2", "日期")),
    "dash": (_put(FORM, NOW, "—"), ("—", "--dash")),
    "percentage of persons": (_put(FORM, NOW, "91%"), ("91%", "单位")),
    "superscript": (_put(FORM, NOW, "12²"), ("12²", "特殊字符")),
    "true": (_put(FORM, NOW, True), ("TRUE", "逻辑值")),
    "odd number format": (_scientific, ("数字格式",)),
    "formula without value": (_formula, ("F2", "公式没有计算结果")),
    "error value": (_put(FORM, NOW, "#DIV/0!"), ("#DIV/0!", "错误值")),
    "merged": (_merge, ("E2:F2", "合并")),
    "unknown indicator": (_put("正文数字", "A2", "studens"), ("studens", "students")),
    "unknown Chinese name": (_put("正文数字", "A2", "全日制在校人数"), ("全日制在校生数",)),
    "unknown programme": (_put("正文数字", "B2", "programme=acounting"), ("accounting",)),
    "year out of range": (_put("正文数字", "G2", "1021"), ("1021", "2000 至 2100")),
    "year to come": (_put("正文数字", "G2", "2031"), ("2031", "不晚于报告年份")),
    "no source": (_put("正文数字", "I2", None), ("出处", "§1.3")),
    "source of another table": (_put(FORM, "G2", "§2.4表#1"), ("§2.4表#1", "这张表的出处")),
    "no row yet a figure": (_put(FORM, "J2", "否"), ("否", "120", "100")[:1]),
    "odd answer": (_put(FORM, "J2", "也许"), ("也许", "从列表中选择")),
    "invisible characters": (_put("正文数字", "J2", "a\u202eb"), ("控制字符",)),
    "changed code": (_put(FORM, "M2", "staff"), ("缺少一行", "全日制在校生数")),
    "deleted row": (lambda book: book[FORM].delete_rows(2), ("缺少一行",)),
    "deleted column": (lambda book: book[FORM].delete_cols(6), ("2021 年（本报告所印）", "缺少")),
    "renamed column": (_put(FORM, "F1", "今年"), ("F1", "今年")),
    "repeated column": (_put(FORM, "P1", "2021 年（本报告所印）"), ("P1", "每列一次")),
    "extra column": (_put(FORM, "R1", "备忘"), ("R1", "备忘")),
    "values without heading": (_put(FORM, "R3", "7"), ("R1", "表头")),
    "renamed sheet": (_rename, ("没有这张工作表", "附表一")),
    "extra sheet": (lambda book: book.create_sheet("私表").append(["x"]), ("私表",)),
    "deleted sheet": (lambda book: book.remove(book["正文数字"]), ("正文数字",)),
    "repeated figure": (_repeat, ("重复", "第 2 行")),
    "no hidden sheet": (lambda book: book.remove(book["_meta"]), ("new-year",)),
    "hidden year changed": (_put("_meta", "B5", "20x1"), ("20x1",)),
    "hidden slug leads out": (_put("_meta", "B4", "../x"), ("../x", "小写字母")),
    "unknown school": (_put("_meta", "B4", "tinny"), ("tinny", "tiny")),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_and_nothing_is_written(
    name: str, tiny: Path, tiny_book: bytes, run: Run
) -> None:
    """The message names sheet, row, column and value, and how to mend it."""
    change, words = FAULTS[name]
    book = load_workbook(io.BytesIO(tiny_book))
    change(book)
    path = tiny.parent / "form.xlsx"
    book.save(path)
    before = state(tiny)
    result = run("import", path, "--replace", "--data", tiny)
    assert result.exit_code == 2
    assert [word for word in words if word not in result.stderr] == []
    assert state(tiny) == before


def test_all_problems_at_once(tiny: Path, tiny_book: bytes, run: Run) -> None:
    """Of every sheet."""
    book = load_workbook(io.BytesIO(tiny_book))
    book[FORM][NOW], book[FORM][SHARE], book["正文数字"]["H2"] = "x", "120%", "—"
    path = tiny.parent / "form.xlsx"
    book.save(path)
    message = run("import", path, "--replace", "--data", tiny).stderr
    assert "3 处问题" in message and "正文数字" in message and FORM in message


def test_what_the_report_does_print_can_be_said(tiny: Path, tiny_book: bytes, run: Run) -> None:
    """A note that begins with 照印 lets an impossible figure through, to be found by the checks."""
    book = load_workbook(io.BytesIO(tiny_book))
    book[FORM][SHARE], book[FORM]["I3"] = "136.19%", "照印：疑为 36.19%"
    path = tiny.parent / "form.xlsx"
    book.save(path)
    assert run("import", path, "--replace", "--data", tiny).exit_code == 0
    assert "136.19%" in (tiny / "tiny/2021/annex.csv").read_text(encoding="utf-8")


def test_an_existing_year_is_not_overwritten(tiny: Path, tiny_book: bytes, run: Run) -> None:
    """Unless asked for; then the register of corrections stays."""
    path = tiny.parent / "form.xlsx"
    path.write_bytes(tiny_book)
    (tiny / "tiny/2021/corrections.csv").write_text("kept", encoding="utf-8")
    before = state(tiny)
    result = run("import", path, "--data", tiny)
    assert result.exit_code == 2 and "--replace" in result.stderr and state(tiny) == before
    assert run("import", path, "--data", tiny, "--replace").exit_code == 0
    assert (tiny / "tiny/2021/corrections.csv").read_text(encoding="utf-8") == "kept"


def test_a_link_out_of_the_data_folder_is_refused(tiny: Path, tiny_book: bytes, run: Run) -> None:
    """Neither the school's folder nor the year's may lead elsewhere."""
    elsewhere = tiny.parent / "elsewhere"
    (tiny / "tiny").rename(elsewhere)
    (tiny / "tiny").symlink_to(elsewhere)
    path = tiny.parent / "form.xlsx"
    path.write_bytes(tiny_book)
    before = state(elsewhere)
    result = run("import", path, "--replace", "--data", tiny)
    assert result.exit_code == 2 and "symbolic link" in result.stderr and state(elsewhere) == before


def _zip(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _with_sheet(book: bytes, sheet: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zip({**parts, "xl/worksheets/sheet2.xml": sheet})


def _sheet(content: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{content}</sheetData></worksheet>'.encode()


ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
CELL = "<c><v>1</v></c>"
FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "zero bytes": (lambda _: b"", "空文件"),
    "truncated": (lambda book: book[: len(book) // 2], "没有保存完整"),
    "random": (lambda _: bytes(range(256)) * 40, "不是 XLSX"),
    "PDF": (lambda _: b"%PDF-1.7 ...", "extract"),
    "password": (
        lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "password-protected",
    ),
    "old Excel": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
    "a Word file": (lambda _: _zip({"word/document.xml": b"<x/>"}), "不是 XLSX"),
    "no workbook in it": (lambda _: _zip({"xl/workbook.xml": b"<x/>"}), "无法识别"),
    "zip bomb": (
        lambda book: _zip({"xl/workbook.xml": b"<x/>", "a": bytes(210 * 1024 * 1024)}),
        "zip bomb",
    ),
    "endless XML": (
        lambda book: _with_sheet(book, b"<a>" + b" " * 60 * 1024 * 1024 + b"</a>"),
        "超过上限",
    ),
    "too many rows": (
        lambda book: _with_sheet(book, _sheet(f"<row>{CELL}</row>" * 10_001)),
        "上限",
    ),
    "too many columns": (
        lambda book: _with_sheet(book, _sheet(f"<row>{CELL * 201}</row>")),
        "上限",
    ),
    "too many cells": (
        lambda book: _with_sheet(book, _sheet(f"<row>{'<c/>' * 100}</row>" * 10_000)),
        "上限",
    ),
    "too many merged areas": (
        lambda book: _with_sheet(book, _sheet("<mergeCell/>" * 40_000)),
        "上限",
    ),
    "too wide an area": (
        lambda book: _with_sheet(book, _sheet('<row r="9000"><c r="GR9000"><v>1</v></c></row>')),
        "范围过大",
    ),
    "too many sheets": (
        lambda _: _zip({"xl/workbook.xml": b"<w>" + b"<sheet/>" * 200 + b"</w>"}),
        "工作表过多",
    ),
    "external entity": (lambda book: _with_sheet(book, ENTITY), "DOCTYPE"),
    "entity bomb": (lambda book: _with_sheet(book, BOMB), "DOCTYPE"),
    "broken XML": (lambda book: _with_sheet(book, b"<worksheet><row>"), "损坏"),
    "odd row number": (lambda book: _with_sheet(book, _sheet('<row r="x"/>')), "无法读取"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_workbook_is_refused_in_time(
    name: str, tiny: Path, tiny_book: bytes, run: Run
) -> None:
    """Within ten seconds, with a message, and nothing changed."""
    make, words = FILES[name]
    path = tiny.parent / "form.xlsx"
    path.write_bytes(make(tiny_book))
    before = state(tiny)
    begin = time.perf_counter()
    result = run("import", path, "--replace", "--data", tiny)
    assert time.perf_counter() - begin < 10
    assert result.exit_code == 2 and words in result.stderr
    assert state(tiny) == before


def test_a_huge_merged_area_does_not_hang(tiny: Path, tiny_book: bytes, run: Run) -> None:
    """It is a fault like any other."""
    sheet = _sheet("<row>" + CELL + "</row>").replace(
        b"</worksheet>", b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
    )
    path = tiny.parent / "form.xlsx"
    path.write_bytes(_with_sheet(tiny_book, sheet))
    result = run("import", path, "--replace", "--data", tiny)
    assert result.exit_code == 2 and "XFD1048576" in result.stderr
