"""The model of a document: places, spans, header paths, tables over pages, number tokens."""

from __future__ import annotations

import doctest
import io

import pytest

from qzanalysis.documents import model, plain, read_docx, read_html, read_pdf, read_text, tokens
from qzanalysis.documents.model import Document, Paragraph, Place
from qzanalysis.documents.tokens import numbers

PAGE = """<h3>表 1 教师</h3><table>
<tr><td rowspan=2>学院<td colspan=2>教师</tr><tr><td>人数<td>占比</tr>
<tr><td>机电学院<td>12<td>40%</tr></table><p>2021年共有教师30人，占10-20%。</p>"""


@pytest.mark.parametrize("module", [model, plain, tokens])
def test_examples_run(module: object) -> None:
    """The doctests of the package."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_a_number_of_a_table_has_its_place_and_header_path() -> None:
    """Row and column in the table; the headings over it, and the label of its row."""
    document = read_html.read(PAGE.encode())
    (table,) = document.tables
    assert (table.caption, table.header, table.width) == ("表 1 教师", 2, 3)
    assert table.header_path(2, 2) == ("教师", "占比", "机电学院")
    placed = {each.printed: str(each.place) for each in numbers(document)}
    assert placed["40%"] == "表 1，第 3 行，第 3 列"
    assert placed["30"] == "第 2 段"


def test_every_number_token_is_yielded_once() -> None:
    """Dates and both ends of a range too, marked as no quantities where they are none."""
    text = Paragraph("2021年9月有12人，占10-20%，A4纸", Place(paragraph=1))
    found = [(each.printed, each.quantity) for each in numbers(Document(paragraphs=(text,)))]
    assert found == [("2021", False), ("9", False), ("12", True), ("10", True), ("20%", False)]


def test_merged_cells_are_counted_once() -> None:
    """A cell over two columns gives one number."""
    html = "<table><tr><td>甲<td>乙<td>丙<tr><td>丁<td colspan=2>5</table>"
    assert [each.printed for each in numbers(read_html.read(html.encode()))] == ["5"]


def test_a_table_continued_after_a_page_is_one_table() -> None:
    """With its heading once, and the place of every row where it stands."""
    part = "附表\n序号\t指标\t2021年\n{}\t毕业生\t5\n"
    document = read_text.read((part.format(1) + "\n\n" + part.format(2)).encode())
    (table,) = document.tables
    assert [row[0].place.row for row in table.rows] == [2, 3, 8]


def pdf(*, shaded: bool = False) -> bytes:
    """A ruled table in an embedded font over two pages, the second with the heading again."""
    import reportlab  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics, ttfonts  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    fonts = f"{reportlab.__path__[0]}/fonts"
    pdfmetrics.registerFont(ttfonts.TTFont("Vera", f"{fonts}/Vera.ttf"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for page in range(2):
        canvas.setFont("Vera", 10)
        if page == 0:
            canvas.drawString(100, 720, "A paragraph with 12 words stands above.")
        rows = [["name", "count"], [f"row {page}", str(10 + page)], ["sum", str(20 + page)]]
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                left, low = 100 + 150 * c, 650 - 20 * r
                if shaded:
                    canvas.setFillGray(0.8)
                    canvas.rect(left + 4, low + 3, 142, 14, stroke=0, fill=1)
                    canvas.setFillGray(0)
                canvas.rect(left, low, 150, 20)
                canvas.drawString(left + 6, low + 6, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("shaded", [False, True])
def test_ruling_gives_cells_and_shading_none(shaded: bool) -> None:
    """Two columns; a filled background is no ruling."""
    document = read_pdf.read(pdf(shaded=shaded))
    (table,) = document.tables
    assert [table.texts(n) for n in range(5)] == [
        ("name", "count"),
        ("row 0", "10"),
        ("sum", "20"),
        ("row 1", "11"),
        ("sum", "21"),
    ]
    assert {row[0].place.page for row in table.rows} == {1, 2}
    assert document.pages == 2
    assert document.paragraphs[0] == Paragraph(
        "A paragraph with 12 words stands above.", Place(page=1, paragraph=1)
    )


def test_both_ways_to_read_characters_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium's, and pdfminer's for fonts that PDFium lacks."""
    fast = read_pdf.read(pdf())
    monkeypatch.setattr(read_pdf, "_fonts_are_complete", lambda _: False)
    assert read_pdf.read(pdf()) == fast


def test_deleted_and_hidden_text_of_word_is_not_read() -> None:
    """Runs that are marked so; inserted text is."""
    from docx import Document as Word  # noqa: PLC0415

    word = Word()
    paragraph = word.add_paragraph("有")
    paragraph.add_run("5人").font.hidden = True
    paragraph.add_run("6人")
    buffer = io.BytesIO()
    word.save(buffer)
    assert [each.text for each in read_docx.read(buffer.getvalue()).paragraphs] == ["有6人"]
