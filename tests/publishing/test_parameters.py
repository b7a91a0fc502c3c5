"""Parameters are checked before anything runs, all problems at once."""

from __future__ import annotations

from pathlib import Path

import pytest

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
