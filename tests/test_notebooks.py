"""The notebooks: how they are stored, and that they run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from notebook_cells import (
    NAMES,
    Shown,
    cells,
    code,
    execute,
    parameters,
    prose,
    run,
    source,
    tagged,
)

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import Table
from qzanalysis.pages.blocks import Block

PARAMETER = re.compile(r"[a-z_]+: (?:str|int|float|bool) = \S+  # \S.*")
NAMES_WITH_DIGITS = ("1+X", "}:1")  # a certificate; the notation of a ratio after a field
every_notebook = pytest.mark.parametrize("name", NAMES)


# --- how they are stored --------------------------------------------------------------------------


@every_notebook
def test_stored_without_outputs_and_counts(name: str) -> None:
    for cell in code(name):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@every_notebook
def test_cell_ids_are_the_chapters_own(name: str) -> None:
    ids = [cell["id"] for cell in cells(name)]
    assert len(set(ids)) == len(ids)
    assert all(identifier.startswith(name[:2]) for identifier in ids)


@every_notebook
def test_one_parameters_cell_of_plain_lines_with_an_explanation(name: str) -> None:
    (cell,) = parameters(name)
    lines = source(cell).splitlines()
    assert [line for line in lines if not PARAMETER.fullmatch(line)] == []
    assert lines[0].startswith('school: str = "quzhou-zhongzhuan"')
    assert lines[1].startswith("year: int = 2021")
    declared = {line.partition(":")[0] for line in lines}
    assert declared <= set(codebook.parameters().index)


@every_notebook
def test_every_parameter_is_used(name: str) -> None:
    (cell,) = parameters(name)
    rest = "\n".join(source(other) for other in code(name) if other is not cell)
    used = {node.id for node in ast.walk(ast.parse(rest)) if isinstance(node, ast.Name)}
    assert {line.partition(":")[0] for line in source(cell).splitlines()} <= used


@every_notebook
def test_cells_are_thin(name: str) -> None:
    lengths = [len(source(cell).splitlines()) for cell in code(name)]
    assert max(lengths) <= 15
    assert sum(length <= 6 for length in lengths) > len(lengths) / 2
    assert max(len(line) for cell in cells(name) for line in source(cell).splitlines()) <= 100


@every_notebook
def test_every_cell_shows_one_block_or_a_frame_but_the_first_two(name: str) -> None:
    """A frame comes with the assertion of what the section relies on."""
    for cell in code(name)[2:]:
        body = ast.parse(source(cell)).body
        assert isinstance(body[-1], ast.Expr), cell["id"]
        if cell in tagged(name, "frame"):
            assert any(isinstance(line, ast.Assert) for line in body), cell["id"]
        else:
            assert ast.unparse(body[-1]).startswith("blocks."), cell["id"]


@every_notebook
def test_a_third_of_the_code_is_pandas(name: str) -> None:
    """In statements, without parameters and imports: what a researcher can copy and change."""
    bodies = {cell["id"]: len(ast.parse(source(cell)).body) for cell in code(name)[2:]}
    frames = sum(bodies[cell["id"]] for cell in tagged(name, "frame"))
    assert frames >= sum(bodies.values()) / 3


@every_notebook
def test_a_frame_follows_the_question_it_answers(name: str) -> None:
    """The markdown cell before it asks or explains, beyond its heading."""
    order = list(cells(name))
    for cell in tagged(name, "frame"):
        text = next(c for c in reversed(order[: order.index(cell)]) if c["cell_type"] == "markdown")
        assert len(source(text).strip().splitlines()) > 1, cell["id"]


def test_the_chapters_are_the_notebooks_with_their_titles() -> None:
    table = codebook.chapters()
    pages = ["00-summary" if page == "index" else page for page in table["page"]]
    assert pages == NAMES
    titles = [source(prose(name)[0]).splitlines()[0] for name in NAMES]
    assert titles == [f"# {title}" for title in table["name"]]


@every_notebook
def test_a_chapter_opens_with_its_question(name: str) -> None:
    assert source(prose(name)[0]).rstrip().endswith("？")


def _without_names(text: str) -> str:
    for known in NAMES_WITH_DIGITS:
        text = text.replace(known, "")
    return text


def _written(tree: ast.AST) -> Iterator[str]:
    """The literal text of a cell: plain strings, and the fixed parts of f-strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@every_notebook
def test_no_number_is_typed_into_prose(name: str) -> None:
    typed = [
        source(cell)
        for cell in prose(name)
        if re.search(r"[0-9０-９]", _without_names(source(cell)))
    ]
    assert typed == []


@every_notebook
def test_no_number_is_typed_into_a_sentence_caption_or_label(name: str) -> None:
    """In any Chinese text of a cell, and in any template, whatever its language."""
    typed = []
    for cell in code(name):
        if cell in parameters(name):
            continue
        tree = ast.parse(source(cell))
        templates = {
            call.args[0].value
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
            and ast.unparse(call.func).rpartition(".")[2] in ("headline", "say", "caveat", "sentence")
        }  # fmt: skip
        texts = {text for text in _written(tree) if re.search(r"[\u4e00-\u9fff]", text)} | templates
        typed += [text for text in texts if re.search(r"[0-9０-９]", _without_names(str(text)))]
    assert sorted(typed) == ["§8案例一", "§8案例三", "§8案例二"] * (name == "08-cases")


# --- that they run --------------------------------------------------------------------------------


@every_notebook
def test_every_cell_runs_and_shows_a_block(shown: dict[str, Shown], name: str) -> None:
    assert len(shown[name]) == len(code(name)) - 2 - len(tagged(name, "frame"))
    for identifier, block in shown[name].items():
        assert isinstance(block, Block), identifier
        assert block.html, identifier
        assert block.text, identifier


@every_notebook
def test_nothing_of_the_real_report_is_absent_or_nan(shown: dict[str, Shown], name: str) -> None:
    """Every headline, figure and table of the chapter finds the figures it needs."""
    for identifier, block in shown[name].items():
        assert 'class="absent"' not in block.html, identifier
        assert not re.search(r"\bnan\b|\bNone\b|\bNaN\b|Traceback", block.text), identifier


@every_notebook
def test_every_chapter_has_headline_chart_or_table_and_source(
    shown: dict[str, Shown], name: str
) -> None:
    page = "".join(block.html for block in shown[name].values())
    assert 'class="headline"' in page
    assert "<table" in page
    if name != "09-data-quality":
        assert 'class="source"' in page or 'class="tiles"' in page
    if name not in ("00-summary", "09-data-quality"):
        assert "<svg" in page
        assert 'class="caveat"' in page


@every_notebook
def test_a_chapter_leaves_numeric_frames_to_plot_and_change(name: str) -> None:
    """The frames behind its charts and tables, each with the facts beside the numbers."""
    _, variables = run(name)
    tables = {key: value for key, value in variables.items() if isinstance(value, Table)}
    if name != "09-data-quality":
        assert tables
    for key, table in tables.items():
        for column, facts in table.facts.items():
            if all(isinstance(fact, Fact) for fact in facts):
                assert str(table[column].dtype) in ("Int64", "float64"), (key, column)
        assert len(table.describe()) > 0, key
    assert variables["shown_frames"]
    for key, frame in variables["shown_frames"].items():
        assert isinstance(frame, pd.DataFrame | pd.Series), key
        assert len(frame) > 0, key


def test_the_summary_leads_with_one_sentence_one_chart_and_six_entries_at_most(
    shown: dict[str, Shown],
) -> None:
    page = "".join(block.html for block in shown["00-summary"].values())
    assert page.count('class="headline"') == 1
    assert page.count("<figure") == 1
    registers = [
        shown["00-summary"][name].html.count('class="problem"') for name in ("00-13", "00-15")
    ]
    assert max(registers) <= 3
    assert page.count('class="tile"') == 8


@every_notebook
def test_ids_do_not_repeat_on_a_page(shown: dict[str, Shown], name: str) -> None:
    """Drawings aside: publishing gives theirs a prefix, and proves that no page repeats one."""
    page = "".join(block.html for block in shown[name].values())
    page = re.sub(r"<svg\b.*?</svg>", "", page, flags=re.DOTALL)
    ids = re.findall(r'(?<=\s)id="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        (
            "07-challenges",
            {"target_student_teacher_ratio": 12.5, "enrolment_growth": -4.0, "hires": 0},
        ),
        (
            "07-challenges",
            {"target_student_teacher_ratio": 20.0, "national_student_teacher_ratio": 20.0},
        ),
        ("02-students", {"focus_programme": "nursing"}),
        ("02-students", {"focus_programme": "mechatronics"}),
        ("02-students", {"focus_programme": "tourism"}),
    ],
)
def test_other_parameters_run_too(name: str, given: dict[str, object]) -> None:
    shown = execute(name, **given)
    assert all(isinstance(block, Block) for block in shown.values())


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("annex", "01-school"),
        ("annex", "03-teaching"),
        ("employment", "02-students"),
        ("academic_tests", "02-students"),
        ("programmes", "04-policy"),
        ("text-service", "06-service"),
        ("text-challenges", "07-challenges"),
        ("text-cases", "08-cases"),
    ],
)
def test_a_report_without_a_table_says_so_and_still_runs(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch, file: str, name: str
) -> None:
    path = data_copy / "quzhou-zhongzhuan" / "2021" / f"{file}.csv"
    head = path.read_text(encoding="utf-8").partition("\n")[0]
    path.write_text(f"{head}\n", encoding="utf-8")
    monkeypatch.setenv("QZANALYSIS_DATA", str(data_copy))
    shown = execute(name)
    assert any('class="absent"' in block.html for block in shown.values())
    assert not any(re.search(r"\bnan\b", block.text) for block in shown.values())
