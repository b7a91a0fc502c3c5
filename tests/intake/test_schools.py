"""A new school: registered whole, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qzanalysis import codebook
from qzanalysis.reports import loading

from .conftest import Run, state

NAMES = ("--name", "邻县中等专业学校", "--short-name", "邻中", "--region", "某省某县")


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A codebook that may be added to."""
    folder = tmp_path / "codebook"
    shutil.copytree(codebook.FOLDER, folder)
    monkeypatch.setattr(codebook, "FOLDER", folder)
    yield folder
    codebook.programmes.cache_clear()


def test_programmes_are_matched_by_any_name(tiny: Path, book: Path, run: Run) -> None:
    """The old catalogue's name, the new one's, the id: one programme."""
    offered = [f"--programme={name}" for name in ("会计电算化", "会计事务", "cnc")]
    result = run("new-school", "-s", "next-door", *NAMES, *offered, "--yes", "--data", tiny)
    assert result.exit_code == 0, result.stderr
    assert loading.schools(tiny)["next-door"].name == "邻县中等专业学校"
    assert (tiny / "next-door/offered.csv").read_text() == "programme\naccounting\ncnc\n"


def test_an_unknown_programme_is_added_on_purpose_only(tiny: Path, book: Path, run: Run) -> None:
    """Refused with the nearest name; with --add-programme it enters the codebook."""
    arguments = ("new-school", "-s", "next-door", *NAMES, "--data", tiny)
    before = state(tiny.parent)
    refused = run(*arguments, "--programme", "护理学", "--yes")
    assert (
        refused.exit_code == 2 and "护理" in refused.stderr and "--add-programme" in refused.stderr
    )
    assert state(tiny.parent) == before
    done = run(*arguments, "--add-programme", "logistics=物流服务与管理", "--yes")
    assert done.exit_code == 0, done.stderr
    assert codebook.programmes().loc["logistics", "name"] == "物流服务与管理"


def test_it_asks_and_no_means_no(tiny: Path, book: Path, run: Run) -> None:
    """Without --yes."""
    arguments = ("new-school", "-s", "next-door", *NAMES, "--data", tiny)
    before = state(tiny.parent)
    assert run(*arguments, input="n\n").exit_code == 2 and state(tiny.parent) == before
    assert run(*arguments, input="y\n").exit_code == 0


@pytest.mark.parametrize(
    ("slug", "options", "words"),
    [
        ("../x", (), "小写字母"),
        ("A-b", (), "小写字母"),
        ("a--b", (), "小写字母"),
        ("tiny", (), "已登记"),
        ("x", ("--name", "小小中专"), "tiny"),
        ("x", ("--name", " "), "全称"),
        ("x", ("--region", "a\u202eb"), "控制字符"),
        ("x", ("--add-programme", "no name"), "编号=名称"),
        ("x", ("--add-programme", "nursing=护理学"), "重复"),
        ("x", ("--add-programme", "care=护理"), "nursing"),
    ],
)
def test_bad_registrations(
    slug: str, options: tuple[str, ...], words: str, tiny: Path, book: Path, run: Run
) -> None:
    """Exit 2, the reason, nothing written."""
    before = state(tiny.parent)
    result = run("new-school", "-s", slug, *NAMES, *options, "--yes", "--data", tiny)
    assert result.exit_code == 2 and words in result.stderr
    assert state(tiny.parent) == before


def test_names_that_look_like_code_are_names(tiny: Path, book: Path, run: Run) -> None:
    """HTML, a formula, a comma: text."""
    name = '=1+1,<script>alert("x")</script>'
    options = ("--name", name, "--short-name", "邻中", "--region", "某省")
    assert run("new-school", "-s", "x", *options, "--yes", "--data", tiny).exit_code == 0
    assert loading.schools(tiny)["x"].name == name
