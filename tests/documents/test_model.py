"""The model of a document: places, spans, header paths, tables over pages, number tokens."""

from __future__ import annotations

import doctest
import io
import zipfile

import pytest

from qzanalysis.documents import (
    model,
    numbers,
    plain,
    read_docx,
    read_html,
    read_pdf,
    read_txt,
    read_xlsx,
    ruling,
)
from qzanalysis.documents.lines import Glyph, lines
from qzanalysis.documents.model import Document, Paragraph, Place

PAGE = """<h3>表 1 教师</h3><table>
<tr><td rowspan=2>学院<td colspan=2>教师</tr><tr><td>人数<td>占比</tr>
<tr><td>机电学院<td>12<td>40%</tr></table><p>2021年共有教师30人，占10-20%。</p>"""


@pytest.mark.parametrize("module", [model, numbers, plain])
def test_examples_run(module: object) -> None:
    """The doctests of the package."""
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def places(document: Document) -> dict[str, str]:
    """The place of each number, by the number as printed."""
    return {each.printed: each.place for each in numbers.read(document).numbers}


def printed(document: Document) -> list[str]:
    """Every number in reading order."""
    return [each.printed for each in numbers.read(document).numbers]


def test_a_number_of_a_table_has_its_place_and_its_headings() -> None:
    """Row and column in the table; the label of its row, then the headings over it."""
    document = read_html.read(PAGE.encode())
    (table,) = document.tables
    (sheet,) = numbers.read(document).sheets
    assert (table.caption, sheet.heads[2]) == ("表 1 教师", ("教师", "占比"))
    assert places(document)["40%"] == "表1 第3行第3列"
    assert places(document)["30"] == "第2段"
    assert table.extent(0, 1) == (2, 1) and table.extent(0, 0) == (1, 2)


def test_every_number_is_read_once() -> None:
    """Dates and both ends of a range too, with the role of a date where they have it."""
    text = Paragraph("2021年9月有12人，占10-20%，A4纸", Place(paragraph=1))
    found = [(n.printed, n.role) for n in numbers.read(Document(blocks=(text,))).numbers]
    assert found == [
        ("2021", "date"),
        ("9", "date"),
        ("12", "count"),
        ("10", "count"),
        ("20%", "share"),
        ("4", "identifier"),
    ]


def test_merged_cells_are_counted_once() -> None:
    """A cell over two columns gives one number."""
    html = "<table><tr><td>甲<td>乙<td>丙<tr><td>丁<td colspan=2>5</table>"
    assert printed(read_html.read(html.encode())) == ["5"]


def test_a_table_continued_after_a_page_is_one_table() -> None:
    """With its heading once, rows numbered through."""
    part = "附表\n序号\t指标\t2021年\n{}\t毕业生\t5\n"
    document = read_txt.read((part.format(1) + "\n\n" + part.format(2)).encode())
    (table,) = document.tables
    assert [row[0].text for row in table.rows] == ["序号", "1", "2"]
    assert [row[0].place.row for row in table.rows] == [1, 2, 3]


def test_a_sentence_above_a_table_is_no_caption() -> None:
    """It stays a paragraph, and is read once."""
    html = "<p>共有5人。</p><table><tr><td>甲<td>乙<tr><td>丙<td>6</table>"
    document = read_html.read(html.encode())
    assert [each.text for each in document.paragraphs] == ["共有5人。"]
    assert document.tables[0].caption == ""
    assert printed(document) == ["5", "6"]


def test_a_frame_of_one_column_is_text() -> None:
    """Its numbers are read, in paragraphs."""
    document = read_html.read("<table><tr><td>共有5人<tr><td>其中男生3人</table>".encode())
    assert document.tables == ()
    assert places(document) == {"5": "第1段", "3": "第2段"}


def test_all_text_of_a_page_is_read() -> None:
    """Between blocks, in drawings and nested tables; paragraphs of a cell apart; pictures unread."""
    document = read_html.read(
        "共1人<div>有2人<p>有3人</p>有4人</div><img src=a.png>"
        "<svg><style>.a{width:99px}</style><text>45%</text><text>55%</text></svg>"
        "<table><tr><td>甲<td><p>5</p><p>6</p><tr><td>乙"
        "<td><table><tr><td>丙<td>7<tr><td>丁<td>8</table></table>".encode()
    )
    assert printed(document) == ["1", "2", "3", "4", "45%", "55%", "5", "6", "7", "8"]
    assert document.unread == 1


def test_a_sentence_broken_into_lines_is_one_paragraph() -> None:
    """A long line without the end of a sentence goes on; a heading begins anew."""
    first = "甲" * 31 + "毕业生4567人，其中男生20"
    text = f"{first}\n72人。\n{'乙' * 31}\n（一）规模\n"
    found = [each.text for each in read_txt.read(text.encode()).paragraphs]
    assert found == [f"{first}72人。", "乙" * 31, "（一）规模"]


def test_entries_of_contents_are_no_numbers_of_the_document() -> None:
    """Leaders and a page number at the end of a line."""
    document = read_txt.read("1.1 概况 ........ 3\n共有5人。\n".encode())
    assert printed(document) == ["5"]


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
    monkeypatch.setattr(read_pdf, "_is_lossy", lambda *_: True)
    assert read_pdf.read(pdf()) == fast


def test_characters_that_pdfium_leaves_out_are_read() -> None:
    """Full-width figures alone in their cells, in a font that is not part of the file."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setFont("STSong-Light", 10)
    canvas.drawString(100, 700, "本校的教师和学生的人数与上一年度相比都有所增加")
    canvas.drawString(100, 600, "教师增加")
    canvas.drawString(200, 600, "５")
    canvas.save()
    assert printed(read_pdf.read(buffer.getvalue())) == ["5"]


def test_figures_below_each_other_in_a_cell_are_two() -> None:
    """One that fills its cell goes on in the next line."""
    assert cells_of(("12", "34"), 100) == "12 34"
    assert cells_of(("123456", "78.9"), 50) == "12345678.9"


def test_the_mark_of_a_footnote_is_no_part_of_a_figure() -> None:
    """Raised, smaller, and before a figure; elsewhere nothing needs to keep it apart."""

    def line(*signs: tuple[str, float, float]) -> str:
        glyphs = [
            Glyph(sign, 6.0 * n, top, 6.0 * n + 6, top + size)
            for n, (sign, top, size) in enumerate(signs)
        ]
        return lines(glyphs)[0].text

    assert line(("校", 0, 10), ("1", 0, 6), ("2", 0, 6), ("5", 0, 10)) == "校[12]5"
    assert line(("9", 0, 10), ("m", 0, 10), ("2", 0, 6)) == "9m2"


def cells_of(lines: tuple[str, str], width: float) -> str:
    """The text of a cell with two lines of characters 6 points wide, below a heading."""
    words = [("甲", 100, 5), ("乙", 150, 5), ("丙", 100, 30)]
    glyphs = [Glyph(text, left, top, left + 6, top + 10) for text, left, top in words]
    for n, line in enumerate(lines):
        for c, sign in enumerate(line):
            left, top = 153 + 6 * c, 25 + 12 * n
            glyphs.append(Glyph(sign, left, top, left + 6, top + 10))
    across = [(y, 90.0, 150 + width) for y in (0.0, 20.0, 60.0)]
    down = [(x, 0.0, 60.0) for x in (90.0, 150.0, 150 + width)]
    ((_, table),), outside = ruling.tables(ruling.Ruling(across, down), glyphs, 1)
    assert outside == []
    return table.rows[1][1].text


def word(*, body: str = "", parts: dict[str, str] | None = None) -> bytes:
    """A Word file with this XML in its body, and other parts."""
    names = "".join(f' xmlns:{n}="{n}"' for n in ("w", "mc", "wps", "c", "r", "a", "pic"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, xml in {"word/document.xml": body, **(parts or {})}.items():
            archive.writestr(name, f"<w:root{names}>{xml}</w:root>")
    return buffer.getvalue()


def said(text: str) -> str:
    """A paragraph of Word."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_text_boxes_and_footnotes_of_word_are_read_once() -> None:
    """Word keeps a copy of each text box for old programs."""
    box = f"<w:txbxContent>{said('框内2人')}</w:txbxContent>"
    body = (
        f"<w:p><w:r><w:t>正文1人</w:t><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    notes = (
        f'<w:footnote w:type="separator">{said("99")}</w:footnote>'
        f"<w:footnote>{said('脚注3人')}</w:footnote>"
    )
    document = read_docx.read(word(body=body, parts={"word/footnotes.xml": notes}))
    assert [each.text for each in document.paragraphs] == ["正文1人", "框内2人", "脚注3人"]


def test_the_data_of_charts_is_a_table_and_pictures_are_unread() -> None:
    """As the number format shows them; at the place of the chart, with its title."""

    def points(*values: str, code: str = "General") -> str:
        listed = "".join(f'<c:pt idx="{n}"><c:v>{v}</c:v></c:pt>' for n, v in enumerate(values))
        return f"<c:cache><c:formatCode>{code}</c:formatCode>{listed}</c:cache>"

    chart = (
        "<c:chartSpace><c:chart><c:title><a:t>就业去向</a:t></c:title><c:ser>"
        f"<c:tx>{points('占比')}</c:tx><c:cat>{points('升学', '就业')}</c:cat>"
        f"<c:val>{points('0.4537', '0.5463', code='0.00%')}</c:val></c:ser></c:chart></c:chartSpace>"
    )
    body = f'<w:p><c:chart r:id="rId7"/></w:p><w:p><pic:pic/></w:p>{said("完")}'
    links = '<w:Relationship Id="rId7" Target="charts/chart1.xml"/>'
    parts = {"word/charts/chart1.xml": chart, "word/_rels/document.xml.rels": links}
    document = read_docx.read(word(body=body, parts=parts))
    (table,) = document.tables
    assert (table.caption, document.unread) == ("就业去向", 1)
    assert [table.texts(n) for n in range(3)] == [
        ("", "占比"),
        ("升学", "45.37%"),
        ("就业", "54.63%"),
    ]


def test_contents_of_word_are_left_out() -> None:
    """Entries lead to their page by a field."""
    entry = (
        "<w:p><w:r><w:instrText>PAGEREF _Toc1 \\h</w:instrText><w:t>1.1 概况 3</w:t></w:r></w:p>"
    )
    document = read_docx.read(word(body=entry + said("共有5人")))
    assert [each.text for each in document.paragraphs] == ["共有5人"]


def test_sheets_of_a_workbook_are_tables() -> None:
    """With merged cells, and figures as their format shows them."""
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    sheet = book.active
    for row in (["学院", "教师", None], ["机电", 12, 0.4], ["合计", 30, 1]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet["C2"].number_format = "0.0%"
    buffer = io.BytesIO()
    book.create_sheet("空")
    book.save(buffer)
    document = read_xlsx.read(buffer.getvalue())
    (table,) = document.tables
    assert [[(c.text, c.span) for c in row] for row in table.rows[:2]] == [
        [("学院", ""), ("教师", ""), ("教师", "right")],
        [("机电", ""), ("12", ""), ("40.0%", "")],
    ]


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
