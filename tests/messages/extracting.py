"""The messages of tables that are read out of a report."""

from __future__ import annotations

from pathlib import Path

from intake.test_extraction_documents import BAD as BAD_DOCUMENTS

from qzanalysis.documents import guard as documents

from .place import Case, Place, raised


def _extracted(place: Place, path: Path) -> tuple[int, str]:
    """Never the real workbook's place: a refusal writes nothing."""
    out = place / "out.xlsx"
    told = place.cli("extract", path, "--school", "tiny", "--year", 2021, "--out", out)
    assert not out.exists()
    return told


def _document(name: str, content: bytes | None = None) -> Case:
    """A document that is refused; without content, one of those the documents' own tests make."""
    return lambda at: _extracted(
        at, at.file(BAD_DOCUMENTS[name][0] if content is None else content, name)
    )


def _no_permission(place: Place) -> tuple[int, str]:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = place.file(b"a\tb\n", "report.txt")
    place.patch.setattr(Path, "read_bytes", refuse)
    return raised(lambda: documents.read(path))


def _huge(place: Place) -> tuple[int, str]:
    place.patch.setattr(documents, "MAX_BYTES", 10)
    return _extracted(place, place.file(b"a\tb\n" * 10, "report.txt"))


def _slow(place: Place) -> tuple[int, str]:
    place.patch.setattr(documents, "SECONDS", 0.001)
    return _extracted(place, place.file(b"a\tb\n1\t2\n", "report.txt"))


def _without_library(place: Place) -> tuple[int, str]:
    place.patch.setattr(documents, "_installed", lambda _: False)
    return _document("endless.pdf")(place)


def _fault(name: str) -> str:
    """The row of one fault of a document."""
    return f"…：值为“{documents.faults()[name][0]}”；应为：…。处理办法：…"


CASES: dict[str, Case] = {
    _fault("absent"): lambda at: _extracted(at, at / "none.docx"),
    _fault("folder"): lambda at: _extracted(at, at.data),
    _fault("unreadable"): _no_permission,
    _fault("empty"): _document("blank.txt"),
    _fault("huge"): _huge,
    _fault("bomb"): _document("bomb.docx"),
    _fault("too_big"): _document("deep.docx"),
    _fault("slow"): _slow,
    _fault("too_many_pages"): _document("endless.pdf"),
    _fault("no_text"): _document("pictures.pdf"),
    _fault("doctype"): _document("laughs.docx"),
    _fault("protected"): _document("locked.docx"),
    _fault("old_word"): _document("old.doc"),
    _fault("workbook"): _document("book.docx"),
    _fault("wrong_type"): _document("page.xyz"),
    _fault("damaged"): _document("broken.docx"),
    _fault("encoding"): _document("x.txt", b"\xff\xff\xff\t1\n"),
    _fault("library"): _without_library,
    "…：值为“（没有数据表）”；应为：…。处理办法：…": _document("x.txt", "没有表。\n".encode()),
    "…：值为“（没有可放入的数据）…”；应为：…。处理办法：…": _document(
        "x.txt", "指标\t2010年\t2011年\n毕业生数\t1\t2\n招生数\t3\t4\n".encode()
    ),
    "…：值为“（没有 … 年的数字，只有 … 年的）”；应为：…。处理办法：…": _document(
        "x.txt", "指标\t2019年\t2020年\n毕业生数\t1\t2\n招生数\t3\t4\n".encode()
    ),
}
