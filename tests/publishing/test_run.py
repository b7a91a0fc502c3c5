"""Running notebooks: what comes back, and what a failing cell says."""

from __future__ import annotations

from pathlib import Path

import pytest

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import chapters, environment, parameters, pools, run

from .conftest import ran, write_notebook


def test_a_failing_cell_is_told_with_chapter_number_lines_and_error(notebooks: Path) -> None:
    """Numbers count the cells an author sees: papermill's own is left out."""
    chapter = chapters.discover(notebooks)[1]
    traceback = ["\x1b[31mCell \x1b[0m\x1b[32mIn[4]\x1b[0m\x1b[32m, line 2\x1b[0m\n"]
    reason = "出错：\n{}\n  ZeroDivisionError: division by zero"
    told = run.explain(chapter, 5, "a = 1\nb = a / 0\nc = 2", reason, traceback)
    assert "《面临挑战》（07-challenges.ipynb）第 5 个单元格出错" in told
    assert "→  2  b = a / 0" in told and "   1  a = 1" in told
    assert "ZeroDivisionError: division by zero" in told
    assert "\x1b" not in told


@pytest.mark.slow
def test_an_endless_cell_is_stopped_and_named(tmp_path: Path, data: Path) -> None:
    """Also one that catches what an interrupt raises."""
    endless = "while True:\n    try:\n        pass\n    except BaseException:\n        pass"
    write_notebook(tmp_path / "01-a.ipynb", "甲", "1", endless)
    found = chapters.discover(tmp_path)
    values = parameters.resolve({}, found, "tiny", 2021)
    settings = run.Settings(data, cell_timeout=2)
    with pytest.raises(RunFailed) as error:
        ran(found, values, settings, pools.choose(1))
    assert "《甲》（01-a.ipynb）第 4 个单元格运行超过 2 秒，已中止" in str(error.value)
    assert " 1  while True:" in str(error.value)


@pytest.mark.slow
def test_every_failing_chapter_is_told_at_once(tmp_path: Path, data: Path) -> None:
    """Also a character that no font could draw; the chapter that ran through is not mentioned."""
    glyph = "import sys\nprint('Glyph 34914 (衢) missing from font(s) X.', file=sys.stderr)"
    write_notebook(tmp_path / "01-good.ipynb", "好", "1")
    write_notebook(tmp_path / "02-bad.ipynb", "坏", "x = 1\nx / 0")
    write_notebook(tmp_path / "03-glyph.ipynb", "缺字", glyph)
    found = chapters.discover(tmp_path)
    values = parameters.resolve({}, found, "tiny", 2021)
    with pytest.raises(RunFailed) as error:
        ran(found, values, run.Settings(data), pools.choose(2))
    told = str(error.value)
    assert "2 章运行失败" in told and "《好》" not in told
    assert "→  2  x / 0" in told and "第 3 个单元格" in told
    assert "《缺字》" in told and "字体缺失" in told


def test_kernels_see_the_data_folder_and_nothing_of_the_users_setup(tmp_path: Path) -> None:
    """Same hash seed, time zone and language wherever it runs."""
    seen = environment.kernel(tmp_path, str(tmp_path / "scratch"))
    assert seen["QZANALYSIS_DATA"] == str(tmp_path.resolve())
    assert seen["PYTHONHASHSEED"] == "0" and seen["TZ"] == "UTC"
    assert seen["IPYTHONDIR"].startswith(str(tmp_path / "scratch"))
