"""The engine that runs notebooks in forked processes records what a kernel records."""

from __future__ import annotations

from pathlib import Path

import pytest

from qzanalysis.publishing import chapters, parameters, pools, run
from qzanalysis.reports import loading
from qzanalysis.reports.memory import Memory

from .conftest import ran, write_notebook

pytestmark = pytest.mark.skipif(not pools.can_fork(), reason="this machine cannot fork")

SOURCES = (
    "import sys\nprint('一')\nprint('二')\nprint('警告', file=sys.stderr)",
    "from IPython.display import HTML, display\ndisplay(HTML('<p>甲</p>'))\n1 + 1",
    "x = 5;",
    "import pandas as pd\npd.DataFrame({'a': [x]})",
)


def outputs(tmp_path: Path, data: Path, engine: str | None) -> list[list[object]]:
    (chapter,) = chapters.discover(tmp_path)
    values = parameters.resolve({}, [chapter], "tiny", 2021)[chapter.number]
    notebook = run.execute(chapter, values, run.Settings(data, engine=engine))
    return [cell.get("outputs", []) for cell in notebook.cells]


@pytest.mark.slow
def test_outputs_are_those_of_a_kernel(tmp_path: Path, data: Path) -> None:
    """Streams, displays, values and their numbers, cell by cell."""
    folder = tmp_path / "one"
    folder.mkdir()
    write_notebook(folder / "01-a.ipynb", "甲", *SOURCES)
    assert outputs(folder, data, run.FORKED) == outputs(folder, data, None)


def test_notebooks_do_not_see_each_other(tmp_path: Path, data: Path) -> None:
    """Neither names, nor settings of matplotlib, nor a changed working directory pass on."""
    change = (
        "import builtins, os, matplotlib as mpl\n"
        "builtins.leak = 1\nmpl.rcParams['font.size'] = 99\nos.chdir('/')"
    )
    look = (
        "import builtins, os, matplotlib as mpl\n"
        "print(hasattr(builtins, 'leak'), mpl.rcParams['font.size'], os.getcwd() == '/')"
    )
    write_notebook(tmp_path / "01-a.ipynb", "甲", change)
    write_notebook(tmp_path / "02-b.ipynb", "乙", look)
    found = chapters.discover(tmp_path)
    values = parameters.resolve({}, found, "tiny", 2021)
    made = ran(found, values, run.Settings(data), pools.choose(1))
    assert "False 10.0 False" in made[2].body


def test_a_notebook_whose_process_dies_is_told(tmp_path: Path, data: Path) -> None:
    """As when the system kills it for want of memory; the others still run."""
    write_notebook(tmp_path / "01-a.ipynb", "甲", "import os\nos._exit(9)")
    found = chapters.discover(tmp_path)
    values = parameters.resolve({}, found, "tiny", 2021)
    with pytest.raises(run.RunFailed, match="被中止"):
        ran(found, values, run.Settings(data), pools.choose(1))


def test_what_a_notebook_reads_is_seen(tmp_path: Path, data: Path) -> None:
    """Files it opens itself, modules beside it, and the figures that `load` reads."""
    (tmp_path / "helper.py").write_text("word = '邻'\n", encoding="utf-8")
    (tmp_path / "beside.txt").write_text("旁", encoding="utf-8")
    reading = (
        "from qzanalysis import load\nimport helper\n"
        "load(school, year)\nprint(helper.word, open('beside.txt', encoding='utf-8').read())"
    )
    write_notebook(tmp_path / "01-a.ipynb", "甲", "import sys\nsys.path.insert(0, '.')", reading)
    found = chapters.discover(tmp_path)
    values = parameters.resolve({}, found, "tiny", 2021)
    for _ in range(3):  # nothing is known where another process writes into a folder listed here
        reads = ran(found, values, run.Settings(data), pools.choose(1))[1].reads
        if reads is not None:
            break
    names = {Path(path).name for path in reads or {}}
    assert {"helper.py", "beside.txt", "annex.csv", "schools.csv"} <= names


def test_a_notebook_is_handed_the_figures(tmp_path: Path, data: Path) -> None:
    """They are validated once for all chapters, and what a chapter read is seen all the same."""
    unable = "from qzanalysis import load\nfrom qzanalysis.reports import schema\nschema.with_figures = None"
    show = "print(load(school, year).fact('students').printed)"
    write_notebook(tmp_path / "01-a.ipynb", "甲", unable, show)
    found = chapters.discover(tmp_path)
    values = parameters.resolve({}, found, "tiny", 2021)
    memory = Memory()
    with memory.in_use():
        loading.load("tiny", 2021, data)
    settings = run.Settings(data, handed=memory.packed())
    made = ran(found, values, settings, pools.choose(1))[1]
    assert "120" in made.body
    assert "annex.csv" in {Path(path).name for path in made.reads or {}}
    with pytest.raises(run.RunFailed, match="not callable"):
        ran(found, values, run.Settings(data), pools.choose(1))
