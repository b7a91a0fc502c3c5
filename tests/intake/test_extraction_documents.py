"""Documents from outside that must be refused: a message, exit status 2, and soon."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from qzanalysis.documents import guard
from qzanalysis.errors import BadData

from . import made_reports as made

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>
<document><body><tbl><tr><tc><p><r><t>&b;&c;</t></r></p></tc></tr></tbl></body></document>"""


def package(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pdf(pages: int = 1, *, text: bool = True, password: str = "") -> bytes:
    """A PDF with or without text."""
    from reportlab.lib.pdfencrypt import StandardEncryption  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(password) if password else None)
    for _ in range(pages):
        canvas.drawString(
            50, 500, "text of the page, long enough to be text"
        ) if text else canvas.rect(50, 50, 300, 300, fill=1)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def deep() -> bytes:
    """XML nested deeper than any document."""
    return b"<a>" * 100_000 + b"</a>" * 100_000


WORD = "word/document.xml"
BAD = {
    "empty.docx": (b"", "0 字节"),
    "blank.txt": (b" \n\n ", "0 字节"),
    "truncated.docx": (made.as_docx(made.tables()[:1])[:2000], "损坏"),
    "truncated.pdf": (pdf()[:300], "损坏"),
    "garbage.docx": (b"not a document", "扩展名不符"),
    "locked.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "old.docx": (OLE + b"x" * 600, "旧版"),
    "old.doc": (OLE + b"x" * 600, "旧版"),
    "book.docx": (package({"xl/workbook.xml": b"<x/>"}), "工作簿"),
    "archive.docx": (package({"a.txt": b"x"}), "扩展名不符"),
    "really.docx": (pdf(), "扩展名不符"),
    "page.xyz": (b"<table></table>", "扩展名不符"),
    "binary.txt": (b"\x00\x01\x02" * 100, "扩展名不符"),
    "laughs.docx": (package({WORD: LAUGHS}), "DOCTYPE"),
    "broken.docx": (package({WORD: b"<document><body>"}), "损坏"),
    "deep.docx": (package({WORD: deep()}), "超出限度"),
    "bomb.docx": (package({WORD: b" " * (guard.MAX_UNPACKED + 1)}), "解开后"),
    "locked.pdf": (pdf(password="secret"), "密码"),
    "pictures.pdf": (pdf(12, text=False), "没有文字层"),
    "endless.pdf": (pdf(1001), "1000 页"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_refused_with_a_message(name: str, tmp_path: Path) -> None:
    """The message names the file, what is wrong, and what to do; within ten seconds."""
    content, words = BAD[name]
    path = tmp_path / name
    path.write_bytes(content)
    started = time.monotonic()
    with pytest.raises(BadData) as caught:
        guard.read(path)
    assert words in str(caught.value)
    assert name in str(caught.value)
    assert "处理办法" in str(caught.value)
    assert caught.value.exit_code == 2
    assert time.monotonic() - started < 12


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A missing file, a folder."""
    with pytest.raises(BadData, match="没有这个文件"):
        guard.read(tmp_path / "none.docx")
    with pytest.raises(BadData, match="不是普通文件"):
        guard.read(tmp_path)


def test_a_slow_document_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's process is ended when its time is over."""
    monkeypatch.setattr(guard, "SECONDS", 0.001)
    path = tmp_path / "report.txt"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    with pytest.raises(BadData, match="没有读完"):
        guard.read(path)


def test_a_page_that_claims_endless_spans_is_cut(tmp_path: Path) -> None:
    """`rowspan=99999` covers the rows there are."""
    path = tmp_path / "page.html"
    path.write_text(
        "<table><tr><td rowspan=99999 colspan=99999>a<td>b<tr><td>c</table>", encoding="utf-8"
    )
    assert all(table.width <= 61 for table in guard.read(path).tables)


def test_hidden_and_deleted_text_is_not_read(tmp_path: Path) -> None:
    """Scripts and hidden parts of a page are not the report."""
    path = tmp_path / "page.html"
    path.write_text(
        "<table><tr><td>指标<td>值<tr><td>甲<script>alert(1)</script>"
        "<td>1<span style='display: none'>2</span></table>",
        encoding="utf-8",
    )
    assert guard.read(path).tables[0].texts(1) == ("甲", "1")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_plain_text(encoding: str, tmp_path: Path) -> None:
    """As Notepad and WPS save them."""
    path = tmp_path / "report.txt"
    path.write_bytes("专业\t人数\n护理\t90\n".encode(encoding))
    assert guard.read(path).tables[0].texts(1) == ("护理", "90")


def test_heads_and_feet_of_pages_are_not_titles(tmp_path: Path) -> None:
    """What every page repeats does not keep the two halves of a table apart."""
    look = made.Look(broken_after=30)
    path = tmp_path / "report.pdf"
    path.write_bytes(made.as_pdf(made.tables(look)[5:], look, head="某某学校质量年度报告"))
    read = guard.read(path)
    pages = {row[0].place.page for table in read.tables for row in table.rows}
    assert len(pages) > 1
    assert len(read.tables) == 1
    assert not any("年度报告" in line for table in read.tables for line in table.above)
    assert not any("年度报告" in paragraph.text for paragraph in read.paragraphs)
