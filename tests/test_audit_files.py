"""`qzanalysis audit FILE…`: any document in, findings and the ledger out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hostile import CONTROLS, MISLEADING, SCRIPTS, STEERING, Markup
from typer.testing import CliRunner

from qzanalysis.cli import app
from qzanalysis.documents import guard
from tests.audit.discovered.made import shares

COUNTS = [502, 78, 216, 785, 610, 320, 511]
PROSE = "现有毕业生4567人，其中男生2072人，占45.37%；女生2495人，占54.63%。"


def html(rows: list[list[str]], prose: str = PROSE) -> str:
    cells = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    return f"<html><body><p>{prose}</p><p>表 1 各院系人数</p><table>{cells}</table></body></html>"


def docx(path: Path, rows: list[list[str]], prose: str = PROSE) -> None:
    import docx as library  # noqa: PLC0415

    document = library.Document()
    document.add_paragraph(prose)
    document.add_paragraph("表 1 各院系人数")
    table = document.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    document.save(str(path))


def pdf(path: Path, rows: list[list[str]], prose: str = PROSE) -> None:
    from reportlab.lib import colors  # noqa: PLC0415
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("text", fontName="STSong-Light", wordWrap="CJK")
    table = Table(
        rows,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("FONT", (0, 0), (-1, -1), "STSong-Light"),
        ],
    )
    SimpleDocTemplate(str(path)).build(
        [Paragraph(prose, style), Paragraph("表 1 各院系人数", style), table]
    )


def xlsx(path: Path, rows: list[list[str]]) -> None:
    import openpyxl  # noqa: PLC0415

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def made(path: Path, rows: list[list[str]]) -> Path:
    makers = {".docx": docx, ".pdf": pdf, ".xlsx": xlsx}
    if path.suffix in makers:
        makers[path.suffix](path, rows)
    elif path.suffix == ".html":
        path.write_text(html(rows), encoding="utf-8")
    else:
        path.write_text(
            "\n".join([PROSE, "表 1 各院系人数", *("\t".join(row) for row in rows)]),
            encoding="utf-8",
        )
    return path


def answer(*arguments: str | Path) -> list[dict[str, object]] | dict[str, object]:
    result = CliRunner().invoke(app, ["audit", *map(str, arguments), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("suffix", [".docx", ".pdf", ".html", ".txt", ".xlsx"])
def test_a_wrong_count_is_found_in_a_document_of_any_kind(tmp_path: Path, suffix: str) -> None:
    rows = shares(COUNTS)
    sound = answer(made(tmp_path / f"sound{suffix}", rows))
    assert sound["findings"] == []
    rows[3][1] = "261"
    found = answer(made(tmp_path / f"wrong{suffix}", rows))
    numbers = found["numbers"]
    assert numbers["read"] == numbers["checked"] + numbers["uncheckable"]
    assert [f["figures"][0]["printed"] for f in found["findings"]] == ["261"]
    assert "第4行第2列" in found["findings"][0]["figures"][0]["place"]
    assert found["document"]["kind"] == suffix[1:]


def test_several_documents_give_a_list_and_one_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    made(tmp_path / "a.html", shares(COUNTS))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    found = answer(tmp_path)
    assert [each["document"]["name"] for each in found] == ["a.html", "b.pdf"]
    assert "b.pdf" in found[1]["error"]


def test_fail_on_a_verdict_ends_with_status_1(tmp_path: Path) -> None:
    rows = shares(COUNTS)
    rows[3][1] = "261"
    path = made(tmp_path / "wrong.html", rows)
    run = CliRunner().invoke
    assert run(app, ["audit", str(path), "--fail-on", "contradiction"]).exit_code == 1
    assert run(app, ["audit", str(path), "--fail-on", "implausible"]).exit_code == 0
    assert run(app, ["audit", str(path), "--fail-on", "nonsense"]).exit_code == 2


def test_the_ledger_is_the_first_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["audit", str(made(tmp_path / "a.html", shares(COUNTS)))])
    assert result.stdout.splitlines()[0].startswith("a.html：读到数字 ")


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a file that is called damaged."""
    path = made(tmp_path / "a.pdf", shares(COUNTS))
    monkeypatch.setattr(guard, "_installed", lambda _: False)
    result = CliRunner().invoke(app, ["audit", str(path)])
    assert result.exit_code == 2 and "pip install 'qzanalysis[extract]'" in result.stderr


@pytest.mark.parametrize("text", [*SCRIPTS, *(s for s in STEERING if s != "\x00")])  # NUL: no text
def test_the_page_runs_nothing_of_what_a_document_holds(tmp_path: Path, text: str) -> None:
    """As text of a paragraph, a heading, a label and the name of the file."""
    rows = shares(COUNTS)
    rows[3][1] = "261"
    rows[0][1], rows[2][0] = f"人数{text}", f"院系{text}"
    path = tmp_path / f"{''.join(c for c in text if c.isprintable() and c != '/')[:40]}.txt"
    lines = [f"{PROSE}{text}", "表 1 各院系人数", *("\t".join(row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "page.html"
    result = CliRunner().invoke(app, ["audit", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    page = out.read_text(encoding="utf-8")
    seen = Markup(page)
    assert (seen.scripts, seen.handlers) == ([], [])
    assert not MISLEADING.search(page) and not CONTROLS.search(page)
    assert not MISLEADING.search(result.output) and not CONTROLS.search(result.output)
