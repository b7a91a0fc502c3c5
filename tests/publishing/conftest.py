"""A tiny school with three figures, and notebooks that need next to nothing to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from qzanalysis.publishing import export, pipeline, pools, run
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.pools import Tasks

from .browsing import launch

FACT = (
    '<p class="say">在校生 <data class="fact" value="120" data-label="在校生数2021年" '
    'data-printed="120" data-source="附表1#28" data-keys="students||2021">120</data> 人。</p>'
)


def write_notebook(
    path: Path, title: str, *sources: str, declared: str = "", markdown: Sequence[str] = ()
) -> Path:
    """A notebook with a title, a parameters cell, markdown cells, then code cells."""
    parameters = new_code_cell(
        f'school: str = "tiny"  # 学校\nyear: int = 2021  # 年份\n{declared}'
    )
    parameters.metadata["tags"] = ["parameters"]
    cells = [new_markdown_cell(f"# {title}"), parameters]
    cells += [new_markdown_cell(text) for text in markdown]
    cells += [new_code_cell(source) for source in sources]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder: one school, one year, three figures."""
    folder = tmp_path / "data"
    (folder / "tiny" / "2021").mkdir(parents=True)
    (folder / "schools.csv").write_text(
        "school,name,short_name,region\ntiny,小小中专,小中专,某省某市\n", encoding="utf-8"
    )
    (folder / "tiny" / "2021" / "annex.csv").write_text(
        "indicator,breakdown,year,printed,source,note\n"
        "students,,2021,120,附表1#28,\nteachers,,2021,10,附表1#38,\n"
        "student_teacher_ratio,,2021,12:1,附表1#39,\n",
        encoding="utf-8",
    )
    return folder


@pytest.fixture
def notebooks(tmp_path: Path) -> Path:
    """A summary and one chapter with a parameter."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    show = f"from IPython.display import HTML, display\ndisplay(HTML({FACT!r}))"
    write_notebook(folder / "00-summary.ipynb", "摘要", show, markdown=["## 要点"])
    write_notebook(
        folder / "07-challenges.ipynb",
        "面临挑战",
        "print(target_student_teacher_ratio)",
        declared="target_student_teacher_ratio: float = 15  # 目标生师比\n",
        markdown=["## 师资", "见[摘要](index.html#sec-1)。"],
    )
    return folder


@pytest.fixture
def request_(data: Path, notebooks: Path, tmp_path: Path) -> Request:
    """A request for the tiny report."""
    return Request("tiny", 2021, data=data, notebooks=notebooks, out=tmp_path / "reports")


@pytest.fixture
def no_kernels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notebooks are not run: each cell gives one fact, and reads nothing. Returns the files asked for."""
    asked: list[str] = []

    def pretend(tasks: Tasks) -> Iterator[tuple[Any, run.Made]]:
        for key, (_, (chapter, *_)) in tasks:
            asked.append(chapter.path.name)
            yield key, run.Made(export.body(chapter, _pretend_one(chapter.path)), {})

    monkeypatch.setattr(pools, "choose", lambda *_: pretend)
    return asked


def _pretend_one(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells[2:]:
        if cell.cell_type == "code":
            cell.outputs = [new_output("display_data", {"text/html": FACT})]
    return notebook


def ran(
    chapters: Sequence[Chapter],
    values: Mapping[int, dict[str, object]],
    settings: run.Settings,
    pool: pools.Pool,
) -> dict[int, run.Made]:
    """What comes of notebooks that are run, by chapter number."""
    by_number = {chapter.number: chapter for chapter in chapters}
    ended = pool(run.tasks(chapters, values, settings))
    return run.results(chapters, {n: run.outcome(by_number[n], result) for n, result in ended})


@pytest.fixture(scope="session")
def real_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real report, rendered once for all tests."""
    out = tmp_path_factory.mktemp("real")
    request = Request("quzhou-zhongzhuan", 2021, out=out, single_file=True)
    return pipeline.render(request).parent


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Chromium for all tests of a module."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as browsers:
        launched = launch(browsers, tmp_path_factory.mktemp("fonts"))
        yield launched
        launched.close()
