"""What notebooks there are, and what they declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from qzanalysis.errors import UsageError
from qzanalysis.publishing import chapters

from .conftest import write_notebook


def test_discovers_number_title_page_and_parameters(notebooks: Path) -> None:
    """The summary is the index; other pages keep their notebook's name."""
    found = chapters.discover(notebooks)
    assert [(c.number, c.title, c.page) for c in found] == [
        (0, "摘要", "index.html"),
        (7, "面临挑战", "07-challenges.html"),
    ]
    ratio = found[1].parameters[-1]
    assert (ratio.name, ratio.type, ratio.default, ratio.comment) == (
        "target_student_teacher_ratio",
        float,
        15,
        "目标生师比",
    )


def test_a_number_no_chapter_has_lists_those_there_are(notebooks: Path) -> None:
    """`--chapter 5` on a report without one."""
    with pytest.raises(UsageError, match=r"没有第 5 章；可用的有：0 摘要、7 面临挑战"):
        chapters.choose(chapters.discover(notebooks), [5, 7])


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("import os", "应写成 name: type = value"),
        ("rate = 3", "应写成 name: type = value"),
        ("rates: list = []", "应写成 name: type = value"),
        ("rate: float = 1/0 +", "语法错误"),
        ("rate: float = get()", "字面值"),
    ],
)
def test_a_parameters_cell_holds_declarations_only(declared: str, told: str) -> None:
    """Anything else could not be checked before it runs."""
    with pytest.raises(UsageError, match=told):
        chapters.declarations(declared, "01-x.ipynb")


def test_an_empty_folder_a_broken_file_and_a_repeated_number_are_told(tmp_path: Path) -> None:
    """Each with what to look at."""
    with pytest.raises(UsageError, match="没有形如"):
        chapters.discover(tmp_path)
    (tmp_path / "01-a.ipynb").write_text("not a notebook", encoding="utf-8")
    with pytest.raises(UsageError, match=r"01-a\.ipynb 不是可读的笔记本"):
        chapters.discover(tmp_path)
    write_notebook(tmp_path / "01-a.ipynb", "甲")
    write_notebook(tmp_path / "01-b.ipynb", "乙")
    with pytest.raises(UsageError, match="章号重复：1"):
        chapters.discover(tmp_path)
