"""What a user of the command line sees: output, messages, exit status."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qzanalysis import cli, errors

RUNNER = CliRunner()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one school."""
    folder = tmp_path / "data"
    (folder / "tiny" / "2021").mkdir(parents=True)
    (folder / "schools.csv").write_text(
        "school,name,short_name,region\ntiny,小小中专,小中专,某省某市\n", encoding="utf-8"
    )
    (folder / "tiny" / "2021" / "annex.csv").write_text(
        "indicator,breakdown,year,printed,source,note\n"
        "students,,2021,120,附表1#28,\nstudents,,2020,=1+1,附表1#28,\n".replace("=1+1", "100"),
        encoding="utf-8",
    )
    return folder


def test_help_is_quick_and_names_the_verbs() -> None:
    """Without the libraries that the verbs need."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "qzanalysis.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(verb in done.stdout for verb in ("render", "check", "export", "verify"))
    assert time.perf_counter() - begin < 1.5  # 0.2 s on an idle machine


@pytest.mark.parametrize(
    "arguments",
    [
        ["rendr"],
        ["render", "--yaer", "2021"],
        ["render", "--chapter", "one"],
        ["check", "--format", "xml"],
        ["check", "--fail-on", "contradicton"],
        ["render", "--school", "tinny"],
        ["render", "--year", "1999"],
        ["render", "-p", "year=abc"],
        ["render", "-p", "yaer=2022"],
        ["render", "-p", "hires=-1"],
        ["export", "--format", "xlsx"],
        ["verify", "nowhere"],
    ],
)
def test_wrong_usage_is_status_two_and_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    """Misspelt verbs, options, names and impossible values; nothing is written."""
    out = ["--out", str(tmp_path / "out")] if arguments[0] == "render" else []
    done = RUNNER.invoke(cli.app, [*arguments, *out])
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output and done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("rendr", "没有命令 rendr；最接近的是 render。写法见：qzanalysis --help"),
        ("zzz", "没有命令 zzz。"),
        (
            "render --scool x",
            "没有选项 --scool；相近的有 --school。写法见：qzanalysis render --help",
        ),
        ("render --zzz", "没有选项 --zzz。"),
        ("render --school", "选项 --school 后面要写一个值"),
        ("render --all=3", "选项 --all 后面不写值"),
        ("render --year 2021.5", "--year / -y 的值应为整数。"),
        ("render --jobs 0", "--jobs / -j 的值至少为 1。"),
        (f"render --jobs {'9' * 20}", "--jobs / -j 的值至多为 1024。"),
        ("render --out=", "--out / -o 的值不能为空。"),
        ("check --format xml", "--format / -f 的值“xml”应为 text、json 之一。"),
        ("verify", "缺少参数 DIR。写法见：qzanalysis verify --help"),
        ("verify here there", "多出的内容：there。"),
    ],
)
def test_what_is_wrong_with_the_line_is_said_in_chinese(line: str, told: str) -> None:
    """One line: what was typed, what would do, where to read on; not the library's English."""
    done = RUNNER.invoke(cli.app, line.split(), prog_name="qzanalysis")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"错误：{told}") and done.stderr.count("\n") == 1


def test_what_has_no_chinese_wording_is_said_as_the_library_says_it() -> None:
    """Never lost, and never guessed at."""
    assert errors.misread("Something quite new.") is None
    done = RUNNER.invoke(cli.app, [], prog_name="qzanalysis")
    assert done.exit_code == 2 and "render" in done.stderr


def test_export_writes_every_figure_with_its_place(data: Path, tmp_path: Path) -> None:
    """CSV to standard output or a file; both years."""
    done = RUNNER.invoke(cli.app, ["export", "--data", str(data), "--out", str(tmp_path / "x.csv")])
    assert done.exit_code == 0, done.output
    lines = (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("school,report_year,indicator,name,breakdown,year,value,unit")
    assert "tiny,2021,students,全日制在校生数,,2021,120,人,120,reported,附表1#28" in lines[1]
    assert sum(",reported," in line for line in lines) == 2
    assert any(",derived," in line for line in lines)


def test_export_writes_a_workbook(data: Path, tmp_path: Path) -> None:
    """That opens, with no formula in it."""
    from openpyxl import load_workbook  # noqa: PLC0415

    path = tmp_path / "x.xlsx"
    done = RUNNER.invoke(
        cli.app, ["export", "--data", str(data), "--format", "xlsx", "--out", str(path)]
    )
    assert done.exit_code == 0, done.output
    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    assert rows[1][2] == "students" and any("derived" in row for row in rows)


def test_check_prints_findings_and_fails_where_told_to(data: Path) -> None:
    """JSON is a list; `--fail-on` turns a verdict into status 1."""
    done = RUNNER.invoke(cli.app, ["check", "--data", str(data), "--format", "json"])
    assert done.exit_code == 0, done.output
    verdicts = {finding["verdict"] for finding in json.loads(done.stdout)}
    assert verdicts and "contradiction" not in verdicts
    for verdict, status in ((verdicts.pop(), 1), ("contradiction", 0)):
        judged = RUNNER.invoke(cli.app, ["check", "--data", str(data), "--fail-on", verdict])
        assert judged.exit_code == status, judged.output


def test_bad_data_is_told_whole_and_is_status_two(data: Path) -> None:
    """File, row, column and remedy of every problem; terminal escapes are taken out."""
    with (data / "tiny" / "2021" / "annex.csv").open("a", encoding="utf-8") as file:
        file.write("studnets,,2021,\x1b[31m1,附表1#28,\n")
    done = RUNNER.invoke(cli.app, ["render", "--data", str(data)])
    assert done.exit_code == 2
    assert "第 4 行" in done.stderr and "最接近的是 students" in done.stderr
    assert "\x1b" not in done.stderr


def test_harmless_takes_out_what_steers_a_terminal() -> None:
    """Colours, titles and order overrides; line breaks and Chinese stay."""
    assert errors.harmless("甲\n\x1b[2J\u202e乙\x9b") == "甲\n\ufffd[2J\ufffd乙\ufffd"
