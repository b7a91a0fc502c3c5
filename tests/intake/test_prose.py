"""Figures of running text: listed with their place, never placed, harmless in the workbook."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from qzanalysis.cli import app
from qzanalysis.documents import guard, numbers
from qzanalysis.documents.model import Block, Document, Paragraph, Place
from qzanalysis.intake import form
from qzanalysis.intake.extraction import extract
from qzanalysis.intake.layout import layout

from . import made_reports as made
from .conftest import Run

TEXT = (
    "占地381.6亩，建筑面积13.85万平方米，2021年9月有在校生4902人，生师比18.29:1，"
    "比上年增长１２．５％。"
)


def printed(*texts: str) -> list[str]:
    """The figures of these paragraphs."""
    return [each.printed for each in mentions(*map(Paragraph, texts))]


def mentions(*blocks: Block) -> list[numbers.Mention]:
    """The figures of the running text."""
    return list(numbers.mentions(numbers.read(Document(blocks=blocks)).passages))


def test_figures_are_listed_as_printed() -> None:
    """With their unit of size and percent sign; no dates."""
    assert printed(TEXT) == ["381.6", "13.85万", "4902", "18.29:1", "12.5%"]


@pytest.mark.parametrize(
    "text",
    [
        "2020-2021学年",
        "（1）党建工作",
        "1. 党建工作",
        "3、师资",
        "2.1.2 学业水平考试",
        "见表3，附表1第39项",
        "第3章",
        "19级、2021届",
        "A4纸与HTML5",
    ],
)
def test_numbers_that_count_nothing_are_not_listed(text: str) -> None:
    """Dates, numbers of lists, sections and tables."""
    assert not printed(text)


def test_the_place_is_the_section_and_the_words_are_few() -> None:
    """`§1.3`, and no more than 20 signs on each side."""
    texts = ("1.3 教师队伍", "甲" * 50 + "268人" + "乙" * 50)
    (found,) = mentions(*[Paragraph(t, Place(paragraph=n)) for n, t in enumerate(texts, 1)])
    assert (found.where, found.printed) == ("§1.3，第2段", "268")
    assert found.words == f"…{'甲' * 20}268人{'乙' * 19}…"


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And says how many are left out."""
    monkeypatch.setattr(extract, "MAX_MENTIONS", 2)
    path = tmp_path / "report.txt"
    path.write_text("有1人、2人、3人、4人", encoding="utf-8")
    found = extract.extract(path, layout(made.SCHOOL, made.YEAR))
    assert (len(found.mentions), found.more) == (2, 2)


def document(kind: str) -> bytes:
    """A report with one sentence before its tables, or after."""
    tables = made.tables()[:2]
    if kind == ".docx":
        from docx import Document  # noqa: PLC0415

        opened = Document(io.BytesIO(made.as_docx(tables)))
        opened.add_paragraph(TEXT)
        buffer = io.BytesIO()
        opened.save(buffer)
        return buffer.getvalue()
    if kind == ".html":
        return made.as_html(tables).replace(b"</body>", f"<p>{TEXT}</p></body>".encode())
    if kind == ".txt":
        return made.as_text(tables) + f"\n\n{TEXT}\n".encode()
    ruling = "grid" if kind == ".pdf" else "none"
    return made.as_pdf([made.PrintedTable(TEXT, tables[0].head, tables[0].body)], ruling=ruling)


@pytest.mark.parametrize("kind", [".docx", ".html", ".txt", ".pdf", "-unruled.pdf"])
def test_every_format_gives_its_text(kind: str, tmp_path: Path) -> None:
    """The sentence, and nothing of the tables."""
    path = tmp_path / f"report{kind}"
    path.write_bytes(document(kind))
    found = mentions(*guard.read(path).blocks)
    assert [each.printed for each in found] == ["381.6", "13.85万", "4902", "18.29:1", "12.5%"]


def test_the_workbook_lists_them_as_text(tmp_path: Path, data: Path, run: Run) -> None:
    """Formulas and control characters do nothing; the import does not read the list."""
    report, book = tmp_path / "report.txt", tmp_path / "out.xlsx"
    report.write_bytes(made.as_text(made.tables()) + "\n\n=1+1 有5人\x07\x1b]0;x\x07。\n".encode())
    result = run("extract", report, "-s", made.SCHOOL, "-y", 2021, "-o", book, "--data", data)
    assert "正文摘录" in result.stderr
    sheet = load_workbook(book)[form.PROSE_SHEET]
    words = next(row[2] for row in sheet.iter_rows(min_row=2) if row[1].value == "5")
    assert words.data_type == "s"
    assert words.value.startswith("=1+1")
    assert words.quotePrefix
    assert "\x1b" not in words.value
    assert run("import", book, "--replace", "--data", data).exit_code == 0


def test_the_terminal_is_not_steered_by_a_report(tmp_path: Path) -> None:
    """What is listed on standard error has no control characters."""
    report = tmp_path / "report.txt"
    table = "附表1 数据表\n序号\t指标\t单位\t2021年\t2022年\n1\t思想政治课专任教师数\t人\t4\t5\n"
    report.write_text(f"{table}2\t\x1b]0;x\x07甲\u202e乙\t人\t7\t8\n", encoding="utf-8")
    arguments = ["-s", made.SCHOOL, "-y", "2022", "-o", str(tmp_path / "out.xlsx")]
    result = CliRunner().invoke(app, ["extract", str(report), *arguments])
    assert result.exit_code == 0, result.output
    assert "未放入" in result.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(result.stderr)
