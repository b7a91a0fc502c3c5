"""Bad data: each fault is told with file, row, column, value, what was expected, and a remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from qzanalysis.errors import BadData, Problem, nearest
from qzanalysis.reports import schema
from qzanalysis.reports.memory import contents

HEAD = "indicator,breakdown,year,printed,source,note"
GOOD = "students,,2021,4902,附表1#28,"
Read = Callable[..., list[Problem]]


@pytest.fixture
def problems(tmp_path: Path) -> Read:
    """The problems found in files with these contents (bytes, or lines under the right head)."""

    def read(*texts: str | bytes) -> list[Problem]:
        paths = []
        for number, content in enumerate(texts):
            path = tmp_path / f"{number}.csv"
            raw = content if isinstance(content, bytes) else f"{HEAD}\n{content}\n".encode()
            path.write_bytes(raw)
            paths.append(path)
        try:
            schema.observations(contents(paths, tmp_path))
        except BadData as error:
            return list(error.problems)
        return []

    return read


# line, column, value, words of the expectation, words of the remedy
FAULTS = [
    ("student,,2021,1,§1.1,", "indicator", "student", "指标编号", "最接近的是 students"),
    ("zzz,,2021,1,§1.1,", "indicator", "zzz", "指标编号", "指标表登记"),
    (",,2021,1,§1.1,", "indicator", "", "指标编号", "指标表登记"),
    ("students,programme=acounting,2021,1,§1.1,", "breakdown", "programme=acounting", "维度=取值", "accounting"),
    ("students,program=accounting,2021,1,§1.1,", "breakdown", "program=accounting", "维度=取值", "programme"),
    ("students,class=progresion,2021,1,§1.1,", "breakdown", "class=progresion", "维度=取值", "progression"),
    ("students,cohort=19,2021,1,§1.1,", "breakdown", "cohort=19", "维度=取值", "cohort=19"),
    ("students,accounting,2021,1,§1.1,", "breakdown", "accounting", "维度=取值", "accounting"),
    ("students,cohort=2019;cohort=2020,2021,1,§1.1,", "breakdown", "cohort=2019;cohort=2020", "维度=取值",
     "只写一次"),
    ("students,,21,1,§1.1,", "year", "21", "2000 至 2100", "年份"),
    ("students,,2021年,1,§1.1,", "year", "2021年", "2000 至 2100", "年份"),
    ("students,,1999,1,§1.1,", "year", "1999", "2000 至 2100", "年份"),
    ("students,,2101,1,§1.1,", "year", "2101", "2000 至 2100", "年份"),
    ("students,,²⁰²¹,1,§1.1,", "year", "²⁰²¹", "2000 至 2100", "年份"),
    ("students,,,1,§1.1,", "year", "", "2000 至 2100", "年份"),
    ("students,,2021,很多,§1.1,", "printed", "很多", "所印的数字", "状态表登记"),
    ("students,,2021,1.2.3,§1.1,", "printed", "1.2.3", "所印的数字", "照原样抄录"),
    ('students,,2021,"1,23",§1.1,', "printed", "1,23", "所印的数字", "照原样抄录"),
    ("students,,2021,1,1.1,", "source", "1.1", "出处", "统一写法"),
    ("students,,2021,1,附表1,", "source", "附表1", "出处", "统一写法"),
    ("students,,2021,1,§2.4表8,", "source", "§2.4表8", "出处", "统一写法"),
    ("students,,2021,1,,", "source", "", "出处", "统一写法"),
    # too long to be converted
    (f"students,,{'2' * 4301},1,§1.1,", "year", "2" * 4301, "四位年份", "所属的年份"),
    (f"students,,2021,{'9' * 400},§1.1,", "printed", "9" * 400, "所印的数字", "照原样"),
    (f"students,,2021,{'九' * 4301},§1.1,", "printed", "九" * 4301, "所印的数字", "照原样"),
    ("students,,2021,9" + "亿" * 9 + ",§1.1,", "printed", "9" + "亿" * 9, "所印的数字", "照原样"),
    (f"students,,2021,1,附表{'1' * 4301}#1,", "source", f"附表{'1' * 4301}#1", "出处", "统一写法"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "column", "value", "expected", "remedy"), FAULTS)
def test_one_bad_value_is_named_with_its_place_and_remedy(
    problems: Read, line: str, column: str, value: str, expected: str, remedy: str
) -> None:
    (problem,) = problems(f"{GOOD}\n{line}")
    assert (problem.file, problem.row, problem.column, problem.value) == ("0.csv", 3, column, value)
    assert expected in problem.expected
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    "source", ["前言", "§1", "§1.3", "§4.7.2", "附表1#39", "附表12#3.1", "§2.4表#8", "§8案例一"]
)
def test_every_notation_of_a_source_is_accepted(problems: Read, source: str) -> None:
    assert problems(f"students,,2021,1,{source},") == []


@pytest.mark.parametrize(
    "printed", ["", "/", "工种取消", "“1+X”证书试点", "36.19%", "18.3:1", "第五"]
)
def test_figures_and_known_states_are_accepted(problems: Read, printed: str) -> None:
    assert problems(f"students,,2021,{printed},§1.1,") == []


def test_the_message_is_one_a_person_can_act_on(problems: Read) -> None:
    (problem,) = problems("student,,2021,1,§1.1,")
    assert str(problem) == (
        "0.csv，第 2 行，列 indicator：值为“student”；应为：指标表 indicators.csv 中的指标编号。"
        "处理办法：改用已有编号（最接近的是 students），或先在指标表登记"
    )


def test_all_problems_of_all_files_are_told_at_once(problems: Read) -> None:
    found = problems(
        "student,,20,x,1.1,", GOOD, f"{GOOD}\nstudents,,2021,x,§1.1,", HEAD.encode("utf-16")
    )
    assert [(p.file, p.row, p.column) for p in found] == [
        ("0.csv", 2, "indicator"),
        ("0.csv", 2, "year"),
        ("0.csv", 2, "printed"),
        ("0.csv", 2, "source"),
        ("2.csv", 3, "printed"),
        ("3.csv", None, None),
    ]
    message = str(BadData(found))
    assert message.startswith("数据有 6 处问题，未写出任何文件：\n  0.csv，第 2 行，列 indicator")
    assert len(message.splitlines()) == 7
    assert BadData(found).exit_code == 2


def test_many_bad_rows_come_in_the_order_of_the_file(problems: Read) -> None:
    found = problems("\n".join(f"students,,2021,x{n},§1.1,{n}" for n in range(12)))
    assert [p.row for p in found] == list(range(2, 14))


def test_the_same_figure_twice_at_one_place_is_a_duplicate(problems: Read) -> None:
    (problem,) = problems(f"{GOOD}\n{GOOD}")
    assert (problem.row, problem.column, problem.value) == (3, None, "students,,2021,附表1#28")
    assert "只录一行" in problem.expected
    assert "note" in problem.remedy


def test_a_note_or_another_place_makes_it_no_duplicate(problems: Read) -> None:
    assert problems(f"{GOOD}\n{GOOD}同节再次出现\nstudents,,2021,4902,§1.1,") == []


@pytest.mark.parametrize(
    "head",
    [
        "indicator,breakdown,year,printed,source",
        f"{HEAD},extra",
        "breakdown,indicator,year,printed,source,note",
        "Indicator,breakdown,year,printed,source,note",
    ],
    ids=["missing", "extra", "order", "spelling"],
)
def test_wrong_columns_show_the_right_ones(problems: Read, head: str) -> None:
    (problem,) = problems(f"{head}\n".encode())
    assert (problem.value, problem.expected, problem.row) == (head, HEAD, None)
    assert "表头" in problem.remedy


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_another_encoding_is_named_and_the_remedy_is_to_save_again(
    problems: Read, encoding: str
) -> None:
    (problem,) = problems(f"{HEAD}\n{GOOD}学校\n".encode(encoding))
    assert problem.expected == "UTF-8 编码"
    assert "另存为 UTF-8" in problem.remedy


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(problems: Read) -> None:
    assert problems(f"{HEAD}\r\n{GOOD}\r\n".encode("utf-8-sig")) == []


def test_a_file_with_only_its_head_holds_no_problem(problems: Read) -> None:
    assert problems(f"{HEAD}\n".encode(), GOOD) == []


@pytest.mark.parametrize("line", [2, 3])
def test_a_comma_too_many_is_named_with_its_row(problems: Read, line: int) -> None:
    """Also in the first row, where pandas would shift every column without a word."""
    lines = [GOOD] * (line - 2) + ["intake,,2021,1566,§1.2表#1,甲,乙"]
    (problem,) = problems("\n".join(lines))
    assert (problem.row, problem.value) == (line, "intake,,2021,1566,§1.2表#1,甲,乙")
    assert problem.expected == "6 列"
    assert "引号" in problem.remedy


def test_rows_keep_their_spreadsheet_numbers_around_a_blank_line(problems: Read) -> None:
    (problem,) = problems(f"{GOOD}\n\nintake,,2021,1566,§1.2表#1,")
    assert (problem.row, problem.value) == (3, "（空行）")
    assert problems(f"{GOOD}\n\n\n") == [], "blank lines at the end do no harm"


def test_an_open_quote_and_an_empty_file_are_told(problems: Read) -> None:
    assert "引号" in problems('students,,2021,"4902,附表1#28,')[0].remedy
    assert problems(b"")[0].expected == "每行列数相同的 CSV"


def test_a_cell_above_the_limit_of_the_csv_module_is_told(problems: Read) -> None:
    (problem,) = problems(f"students,,2021,1,§1.1,{'x' * 200_000}")
    assert "131072" in problem.value and "引号" in problem.remedy and problem.file == "0.csv"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="没有这个文件"):
        schema.observations(contents([tmp_path / "no.csv"], tmp_path))
    with pytest.raises(BadData, match=r"schools\.csv.*没有这个文件"):
        schema.read_schools(tmp_path / "schools.csv")


def test_schools_need_their_four_columns(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_text("school,name\nx,某校\n", encoding="utf-8")
    with pytest.raises(BadData, match="school,name,short_name,region"):
        schema.read_schools(path)


def test_rows_carry_file_and_spreadsheet_row(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = tmp_path / "a" / "b.csv"
    path.write_text(f"{HEAD}\n{GOOD}\nintake,,2021,1566,§1.2表#1,\n", encoding="utf-8")
    frame = schema.observations(contents([path], tmp_path))
    assert list(zip(frame["file"], frame["row"], strict=True)) == [("a/b.csv", 2), ("a/b.csv", 3)]


@pytest.mark.parametrize(
    ("printed", "note", "status"),
    [
        ("4902", "", "reported"),
        ("", "", "missing"),
        ("/", "", "not_held"),
        ("工种取消", "", "not_held"),
        ("“1+X”证书试点", "", "pilot"),
        ("0", "not_held：印作 0", "not_held"),
        ("0", "missing：看不清", "missing"),
        ("0", "百分点", "reported"),
        ("0", "说明：not_held：", "reported"),
    ],
)
def test_status_comes_from_the_text_or_from_the_note(printed: str, note: str, status: str) -> None:
    rows = pd.DataFrame({"indicator": ["students"], "printed": [printed], "note": [note]})
    read = schema.with_figures(rows).iloc[0]
    assert (read["status"], read["quantity"] is None) == (status, status != "reported")


def test_the_nearest_name_or_the_whole_list() -> None:
    assert nearest("yaer", ["school", "year"]) == "最接近的是 year"
    assert nearest("qqq", ["b", "a"]) == "可用的有：a、b"
