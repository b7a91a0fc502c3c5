"""The way of one figure, from a row of a CSV file to the HTML of the sentence that shows it."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pandas as pd
import pytest

import qzanalysis
from qzanalysis import blocks, load
from qzanalysis.figures.quantities import parse

PACKAGE = Path(qzanalysis.__file__).parent
DATA = {
    "schools.csv": "school,name,short_name,region\nx,某校,某校,某地\n",
    "x/2021/annex.csv": "indicator,breakdown,year,printed,source,note\n"
    "student_teacher_ratio,,2021,18.29:1,附表1#39,\n",
}
VALUES = {Decimal("18.29"), Decimal("18.285"), Decimal("18.295")}  # the figure and its interval
INNER = {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"}  # parts of the function around them
VARIABLE = 0x04 | 0x08  # flags of a function with *args, with **kwargs


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose only figure is one student-teacher ratio."""
    for name, text in DATA.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def show(data: Path) -> blocks.Block:
    """The figure in the words of chapter 1."""
    fact = load("x", 2021, data).fact("student_teacher_ratio")
    return blocks.headline("每名专任教师对应 {ratio:bare} 名学生。", ratio=fact)


def carries(value: Any) -> bool:
    """True where the figure is in a value: in its text or bytes, as its number, or in a part of it."""
    if isinstance(value, str | bytes):
        return (b"18.29" if isinstance(value, bytes) else "18.29") in value
    if isinstance(value, Decimal):
        return value in VALUES
    if isinstance(value, re.Match):
        return carries(value.string)
    if isinstance(value, pd.DataFrame | pd.Series):
        return carries(value.to_numpy().tolist())
    if isinstance(value, dict):
        return any(map(carries, value.values()))
    if isinstance(value, list | tuple | set):
        return any(map(carries, value))
    if dataclasses.is_dataclass(value):
        return any(carries(getattr(value, field.name)) for field in dataclasses.fields(value))
    return False


def arguments(frame: FrameType) -> list[Any]:
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + (code.co_flags & VARIABLE).bit_count()
    return [frame.f_locals.get(name) for name in code.co_varnames[:count]]


class Way:
    """The calls of the package's functions that carry the figure, in the order they first do.

    A call counts if the figure is in one of its arguments or in its result, and stands at the
    moment it is first given the figure, else at the moment it returns it. A comprehension is a part
    of the function it stands in; so are the methods that `dataclass` writes. Look-ups in the
    codebook by id do not carry the figure.
    """

    def __init__(self) -> None:
        self.calls: list[CodeType] = []
        self._open: list[bool] = []

    def __call__(self, frame: FrameType, event: str, result: Any) -> None:
        code = frame.f_code
        ours = code.co_filename.startswith(str(PACKAGE)) and code.co_name not in INNER
        if not ours or event not in {"call", "return"}:
            return
        sys.setprofile(None)
        if event == "call":
            self._open.append(carries(arguments(frame)))
            self._note(code, self._open[-1])
        else:
            self._note(code, not self._open.pop() and carries(result))
        sys.setprofile(self)

    def _note(self, code: CodeType, counted: bool) -> None:
        if counted:
            self.calls.append(code)

    @property
    def files(self) -> list[str]:
        """The files in the order of the calls; calls that follow each other in one file are one."""
        names = (Path(code.co_filename).relative_to(PACKAGE).as_posix() for code in self.calls)
        return [name for name, _ in groupby(names)]


@pytest.fixture
def way(data: Path) -> Iterable[Way]:
    """The way through a process that has read its codebook, and not yet this figure."""
    show(data)
    parse.cache_clear()
    found = Way()
    sys.setprofile(found)
    try:
        block = show(data)
    finally:
        sys.setprofile(None)
    assert ">18.29</data>" in block.html
    return found


def test_it_is_short(way: Way) -> None:
    """It ends at the HTML of a block: publishing handles whole chapters, not figures."""
    assert len(way.calls) <= 25, [code.co_qualname for code in way.calls]
    assert len(set(way.files)) <= 15


def test_no_file_is_left_and_entered_again(way: Way) -> None:
    assert len(way.files) == len(set(way.files)), way.files


def test_it_is_written_down(way: Way) -> None:
    """`docs/architecture.md` has a row for each file, in this order, and both counts."""
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = page.partition("## 一个数字的路")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([\w/]+\.py)` \|", section, re.MULTILINE) == way.files
    assert f"{len(way.files)} 个文件、{len(way.calls)} 次函数调用" in section
