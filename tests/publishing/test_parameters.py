"""Parameters are checked before anything runs, all problems at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from matrix import matrix

from qzanalysis.errors import UsageError
from qzanalysis.publishing import chapters, parameters


def resolve(notebooks: Path, **given: object) -> dict[int, dict[str, object]]:
    return parameters.resolve(given, chapters.discover(notebooks), "tiny", 2021)


def test_each_chapter_gets_its_own_declared_names_only(notebooks: Path) -> None:
    """Text becomes the declared type; what a chapter does not declare does not reach it."""
    values = resolve(notebooks, target_student_teacher_ratio="18")
    assert values[0] == {"school": "tiny", "year": 2021}
    assert values[7]["target_student_teacher_ratio"] == 18.0


def test_an_unknown_name_is_refused_with_the_nearest(notebooks: Path) -> None:
    """papermill would warn and go on with the default."""
    with pytest.raises(UsageError) as error:
        resolve(notebooks, target_student_teacher_ration="18", yaer="2022")
    assert "最接近的是 target_student_teacher_ratio" in str(error.value)
    assert "最接近的是 year" in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "value", ["0", "-1", "101", "nan", "inf", "1e999", "十五", "", "15:1", True]
)
def test_impossible_values_are_refused(notebooks: Path, value: object) -> None:
    """Limits come from codebook/parameters.csv; numbers that are none are no numbers."""
    with pytest.raises(UsageError, match="target_student_teacher_ratio"):
        resolve(notebooks, target_student_teacher_ratio=value)


def test_the_message_says_what_is_allowed(notebooks: Path) -> None:
    """Name, value and bounds."""
    with pytest.raises(
        UsageError, match=r"目标生师比.*的值 0.0 应大于 0、不大于 100（:1）|0 应大于 0"
    ):
        resolve(notebooks, target_student_teacher_ratio="0")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, "20", 20),
        (float, "1e2", 100.0),
        (bool, "是", True),
        (bool, "FALSE", False),
        (str, "a=b=c", "a=b=c"),
    ],
)
def test_text_is_read_as_the_declared_type(kind: type, text: str, value: object) -> None:
    """An equals sign inside a value is nothing special."""
    declared = chapters.Parameter("x", kind, None, "")
    assert parameters.convert(declared, text) == (value, [])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, "2.5"),
        (int, True),
        (bool, "maybe"),
        (str, "a\x1b[2J"),
        (str, "a\u202eb"),
        (str, "长" * 300),
    ],
)
def test_wrong_types_and_misleading_text_are_told(kind: type, value: object) -> None:
    """Terminal escapes and text that reorders itself never reach a notebook."""
    _, problems = parameters.convert(chapters.Parameter("x", kind, None, ""), value)
    assert len(problems) == 1


def test_options_are_split_at_the_first_equals_sign() -> None:
    """And every malformed one is told."""
    assert parameters.split(["a=1=2", " b =x"]) == {"a": "1=2", "b": "x"}
    with pytest.raises(UsageError, match="有 3 处问题"):
        parameters.split(["a", "=1", "b=1", "b=2"])


DECLARED = 'school: str = "tiny"  # 学校\nyear: int = 2021  # 年份\n'


def checked(*injected: str) -> None:
    """Check after a parameters cell and papermill's own cell, as IPython remembers them."""
    cells = ["", DECLARED, *("# Parameters\n" + "\n".join([*injected, ""]) for _ in injected[:1])]
    namespace: dict[str, object] = {"In": [*cells, "check_parameters(globals())"]}
    for cell in cells:
        exec(cell, namespace)
    parameters.check_parameters(namespace)


@pytest.mark.parametrize(
    ("injected", "told"),
    [
        (("yeer = 2022",), "没有参数 yeer；最接近的是 year"),
        (('year = "2022"',), "参数 year 的值“2022”应为整数"),
        (("year = 2022.5",), "参数 year 的值“2022.5”应为整数"),
        (("year = 20220",), "20220 应不小于 2000、不大于 2100"),
        (("school = 3",), "参数 school 的值“3”应为"),
        (("yeer = 2022", "schol = 'x'"), "有 2 处问题"),
    ],
)
def test_a_notebook_refuses_what_papermill_would_accept(
    injected: tuple[str, ...], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        checked(*injected)


def test_a_notebook_accepts_what_it_declares() -> None:
    """Run by papermill with and without parameters, by hand in any order, or without IPython."""
    checked()
    checked("year = 2022", 'school = "other"')
    parameters.check_parameters({})
    again = ["", DECLARED, "# Parameters\nyear = 2022\n", "x = 1", DECLARED, "y = x"]
    parameters.check_parameters({"In": again, "school": "tiny", "year": 2021})


@pytest.mark.slow
@pytest.mark.parametrize("engine", matrix(["nbclient", "qzanalysis-forked"], {"qzanalysis-forked"}))
def test_plain_papermill_fails_on_a_name_that_the_chapter_does_not_declare(
    tmp_path: Path, engine: str
) -> None:
    """On the real notebooks; with right names it runs through."""
    notebook = Path(__file__).parents[2] / "notebooks" / "01-school.ipynb"
    for name, status in (("yeer", 1), ("year", 0)):
        command = ["papermill", "--engine", engine, "-p", name, "2021", str(notebook), "out.ipynb"]
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert ("没有参数 yeer；最接近的是 year" in done.stderr) == bool(status)
