"""Text from outside, wherever it arrives: it is shown, and does nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hostile import CHROMIUM, CONTROLS, FORMULAS, MISLEADING, SCRIPTS, STEERING, Markup, formulas
from matrix import matrix
from publishing.conftest import write_notebook
from typer.testing import CliRunner

from qzanalysis import cli
from qzanalysis.figures.facts import Fact, Origin, constant
from qzanalysis.pages import charts, tables
from qzanalysis.publishing import pipeline, shell
from qzanalysis.publishing.jobs import Request

# --- pages ----------------------------------------------------------------------------------------

# Everything a notebook may make of names that came from outside: sentences, tables, charts, lists.
SHOWS = """\
import csv, os
from dataclasses import replace
from pathlib import Path
import pandas as pd
from qzanalysis.pages import blocks, charts
from qzanalysis import load, sentence
report = load(school, year)
names = [row["note"] for row in csv.DictReader(
    Path(os.environ["QZANALYSIS_DATA"], "tiny", "2021", "annex.csv").open(encoding="utf-8"))]
one = report.fact("students")
origin = one.origins[0]
facts = [replace(one, label=name, formula=name,
         origins=(replace(origin, printed=name, source=name, breakdown=name),)) for name in names]
frame = pd.DataFrame({name: facts for name in ("<svg onload=x>", "</text></svg>")}, index=names)
for name, fact in zip(names, facts):
    display(blocks.say("{name}：{fact}", name=name, fact=fact),
        blocks.headline(sentence("{name}", name=name)), blocks.caveat("{name}", name=name),
        blocks.key_figures((name, fact, name)), name)
display(blocks.table(frame, names[0], long=True))
title = sentence("{name}", name=names[0])
drawn = [name for name in names if name.isprintable()]  # others no font has, which is refused
bars = charts.bars(pd.Series(facts, index=names)[drawn], unit='</svg>')
display(blocks.figure(title, bars, frame, names[1]))
display(blocks.figure(title, charts.change(frame.loc[drawn], unit='</svg>'), frame, note=names[4]))
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A school whose name, region and every note are hostile."""
    folder = tmp_path / "data"
    (folder / "tiny" / "2021").mkdir(parents=True)
    _write(
        folder / "schools.csv",
        [["school", "name", "short_name", "region"], ["tiny", *SCRIPTS[:2], SCRIPTS[3]]],
    )
    figures = [
        ["students" if at == 0 else "teachers", "", 2021, 120, f"§1.{at + 1}", note]
        for at, note in enumerate([*SCRIPTS, STEERING[1], *FORMULAS])
    ]
    head = ["indicator", "breakdown", "year", "printed", "source", "note"]
    _write(folder / "tiny" / "2021" / "annex.csv", [head, *figures])
    return folder


def _write(path: Path, rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.fixture
def report(data: Path, tmp_path: Path) -> Path:
    """The report of that school, with the edition in one file."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    write_notebook(folder / "00-summary.ipynb", "摘要", SHOWS, markdown=["## 一"])
    write_notebook(folder / "01-school.ipynb", "学校", "display(school)")
    request = Request(
        "tiny", 2021, data=data, notebooks=folder, out=tmp_path / "reports", single_file=True
    )
    return pipeline.render(request).parent


@pytest.mark.slow
def test_pages_hold_only_their_own_scripts(report: Path) -> None:
    """Two of them, no handler, no character that reorders text; data islands stay data."""
    for page in sorted(report.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        found = Markup(text)
        assert found.handlers == [], page.name
        assert len(found.scripts) == 2 and not any("__pwned" in one for one in found.scripts)
        assert not {"img", "iframe", "object", "embed", "base"} & found.tags, page.name
        assert not MISLEADING.search(text) and not CONTROLS.search(text), page.name
        assert "script-src 'sha256-" in text and "default-src 'none'" in text
        for island in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text):
            json.loads(island)


@pytest.mark.slow
def test_charts_stay_well_formed(report: Path) -> None:
    """Each SVG is XML of its own, with the names as text."""
    drawings = re.findall(r"<svg\b.*?</svg>", (report / "index.html").read_text("utf-8"), re.DOTALL)
    assert len(drawings) >= 1
    texts = []
    for drawing in drawings:
        named = drawing.replace("<svg", '<svg xmlns:xlink="http://www.w3.org/1999/xlink"', 1)
        root = ElementTree.fromstring(named)
        texts += ["".join(one.itertext()) for one in root.iter() if one.tag.endswith("text")]
        assert not [one for one in root.iter() if one.tag.rpartition("}")[2] == "script"]
    assert any("<script>" in text for text in texts), "hostile names were not drawn"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="没有 Chromium，跳过浏览器测试")
@pytest.mark.parametrize("policy", matrix([True, False], {False}))
def test_nothing_runs_in_a_browser(report: Path, policy: bool, tmp_path: Path) -> None:
    """Opened, opened up, searched, sorted, touched and filtered, even where no policy forbids it."""
    sync_api = pytest.importorskip("playwright.sync_api")
    folder = Path(shutil.copytree(report, tmp_path / "pages"))
    with sync_api.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for page in sorted(folder.glob("*.html")):
            if not policy:
                text = page.read_text(encoding="utf-8")
                page.write_text(re.sub(r"<meta http-equiv=.*?>", "", text), encoding="utf-8")
            tab = browser.new_page()
            tab.goto(page.as_uri())
            _touch(tab)
            assert tab.evaluate("window.__pwned") is None, page.name
            tab.close()
        browser.close()


def _touch(tab: Any) -> None:
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for number in tab.query_selector_all("data.fact")[:12]:
        number.evaluate(
            "one => { one.focus(); one.dispatchEvent(new Event('mouseover', {bubbles: true})); one.click() }"
        )
    for button in tab.query_selector_all("thead button")[:2]:
        button.evaluate("one => one.click()")
    for field in tab.query_selector_all(".filter input")[:1]:
        field.evaluate("one => { one.value = '<img'; one.dispatchEvent(new Event('input')) }")
    if tab.query_selector("#open-search"):
        tab.evaluate("document.querySelector('#open-search').click()")
        for word in ("script", "<img src=x onerror", SCRIPTS[0]):
            tab.evaluate(
                "word => { const box = document.querySelector('#search-input'); if (!box) return;"
                "box.value = word; box.dispatchEvent(new Event('input', {bubbles: true})) }",
                word,
            )
            tab.wait_for_timeout(30)


@pytest.mark.parametrize("text", [*SCRIPTS, "\u2028\u2029", *STEERING])
def test_no_text_breaks_out_of_a_data_island(text: str) -> None:
    """And it comes back as it was."""
    island = shell.island("x", {text: [text]})
    inside = re.fullmatch(
        r'<script type="application/json" id="x">(.*)</script>', island, re.DOTALL
    )
    assert inside and "<" not in inside[1] and "\u2028" not in inside[1]
    assert json.loads(inside[1]) == {text: [text]}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_name_in_a_chart_is_text(name: str) -> None:
    """In the drawing and in the sentence that stands for it."""
    frame = _frame(name)
    chart = charts.change(frame, unit=name)
    assert not Markup(chart.svg).scripts and not Markup(chart.svg).handlers
    assert name in chart.alt


# --- tables to take away --------------------------------------------------------------------------


def _frame(name: str) -> Any:
    import pandas as pd  # noqa: PLC0415

    origin = Origin("students", name, 2021, name, name, "x.csv", 2)
    fact = constant(3, "人", name)
    cell = Fact(fact.value, "人", 0, name, fact.low, fact.high, (origin,), formula=name)
    return pd.DataFrame({2020: [cell, cell], 2021: [cell, cell]}, index=[name, f"{name}2"])


@pytest.mark.parametrize("name", [*FORMULAS, *STEERING, *SCRIPTS])
def test_a_downloaded_table_holds_no_formula(name: str) -> None:
    """The CSV behind each table and chart."""
    rows = list(csv.reader(io.StringIO(tables.to_csv(_frame(name)))))
    cells = [cell for row in rows for cell in row]
    assert formulas(cells) == []
    assert not [cell for cell in cells if MISLEADING.search(cell) or CONTROLS.search(cell)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_exported_table_holds_no_formula(data: Path, tmp_path: Path, form: str) -> None:
    """All observations; a workbook holds no formula, link or name that runs."""
    path = tmp_path / f"x.{form}"
    done = CliRunner().invoke(
        cli.app, ["export", "--data", str(data), "--format", form, "--out", str(path)]
    )
    assert done.exit_code == 0, done.output
    cells = _cells_of_csv(path) if form == "csv" else _cells_of_workbook(path)
    assert formulas(cells) == []
    assert any("1+1" in cell for cell in cells)
    assert not [cell for cell in cells if MISLEADING.search(cell) or CONTROLS.search(cell)]


def _cells_of_csv(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [cell for row in csv.reader(lines) for cell in row]


def _cells_of_workbook(path: Path) -> list[str]:
    from openpyxl import load_workbook  # noqa: PLC0415

    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    return [str(cell.value) for cell in cells if cell.value is not None]


# --- the terminal, and names of files -------------------------------------------------------------


@pytest.mark.parametrize("text", STEERING[:4])
@pytest.mark.parametrize("column", ["indicator", "breakdown", "year", "printed", "source"])
def test_a_message_does_not_steer_the_terminal(data: Path, text: str, column: str) -> None:
    """What stands in a bad cell is told, and harmless."""
    row = {"indicator": "students", "breakdown": "", "year": "2021", "printed": "1", "source": "§1"}
    row[column] = text
    with (data / "tiny" / "2021" / "annex.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow([*row.values(), ""])
    for verb in ("check", "render", "export"):
        done = CliRunner().invoke(cli.app, [verb, "--data", str(data)])
        assert done.exit_code == 2, done.output
        assert not CONTROLS.search(done.output) and not MISLEADING.search(done.output)


@pytest.mark.parametrize("text", STEERING[:4])
def test_arguments_do_not_steer_the_terminal(data: Path, text: str) -> None:
    """Names that were pasted from somewhere else."""
    for arguments in (
        ["check", "--school", text],
        ["check", "--fail-on", text],
        ["render", "-p", f"{text}=1"],
        ["render", "-p", f"school={text}"],
        ["render", "--notebooks", text.replace("\0", "")],
        ["verify", text.replace("\0", "")],
    ):
        end = ["--data", str(data)] if arguments[0] != "verify" else []
        done = CliRunner().invoke(cli.app, [*arguments, *end])
        assert done.exit_code == 2, (arguments, done.output)
        assert not CONTROLS.search(done.stderr) and not MISLEADING.search(done.stderr), arguments


@pytest.mark.parametrize("form", ["text", "json"])
def test_findings_do_not_steer_the_terminal(data: Path, form: str) -> None:
    """`check` prints what the data say."""
    done = CliRunner().invoke(cli.app, ["check", "--data", str(data), "--format", form])
    assert done.exit_code == 0
    assert not CONTROLS.search(done.stdout) and not MISLEADING.search(done.stdout)


@pytest.mark.parametrize("name", STEERING[:4])
def test_a_name_that_steers_the_terminal_is_refused(data: Path, name: str) -> None:
    """In the list of schools, with its row; the message is harmless."""
    with (data / "schools.csv").open("a", encoding="utf-8") as file:
        file.write(f"other,{name},y,z\n")
    done = CliRunner().invoke(cli.app, ["check", "--data", str(data)])
    assert done.exit_code == 2 and "schools.csv，第 3 行" in done.stderr
    assert not CONTROLS.search(done.stderr) and not MISLEADING.search(done.stderr)


@pytest.mark.parametrize(
    "slug", ["../../escape", "/tmp/escape", "a/../../b", "..", ".", "-rf", "CON", "a\\b", "\u202ea"]
)
def test_a_school_cannot_choose_where_files_go(data: Path, tmp_path: Path, slug: str) -> None:
    """A slug with parts of a path is refused, or has no data; nothing is written anywhere."""
    _write(
        data / "schools.csv",
        [["school", "name", "short_name", "region"], [slug, "甲", "甲", "乙"]],
    )
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    done = CliRunner().invoke(
        cli.app, ["render", "--data", str(data), "--school", slug, "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 2 and "Traceback" not in done.output
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_a_notebook_in_the_data_is_never_run(data: Path, tmp_path: Path) -> None:
    """Data come from outside; notebooks are code. Only the notebooks' own folder is looked into."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    write_notebook(notebooks / "00-summary.ipynb", "摘要", "1")
    write_notebook(data / "01-evil.ipynb", "恶", f"open({str(tmp_path / 'ran')!r}, 'w')")
    write_notebook(data / "tiny" / "2021" / "02-evil.ipynb", "恶", "1 / 0")
    request = Request("tiny", 2021, data=data, notebooks=notebooks, out=tmp_path / "reports")
    pages = {path.name for path in pipeline.render(request).parent.glob("*.html")}
    assert pages == {"index.html", "methods.html"} and not (tmp_path / "ran").exists()
    done = CliRunner().invoke(
        cli.app,
        ["render", "--data", str(data), "--notebooks", str(data), "--out", str(tmp_path / "o")],
    )
    assert done.exit_code == 2 and "数据文件夹" in done.stderr
    assert not (tmp_path / "ran").exists()
