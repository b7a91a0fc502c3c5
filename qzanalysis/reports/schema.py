"""Schemas of every file under data/, and errors that name file, row, column, value and remedy.

Every text is read once: the cells of a file, then the figure of each row; the rules say what is
wrong with a row. All problems of all files are reported together.
"""

from __future__ import annotations

import contextlib
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import BadData, Problem, invisible, nearest
from qzanalysis.figures.quantities import NotAFigure, parse
from qzanalysis.reports.memory import Contents, contents, remembered

OBSERVATION_COLUMNS: Final = ("indicator", "breakdown", "year", "printed", "source", "note")
SCHOOL_COLUMNS: Final = ("school", "name", "short_name", "region")
CONTACT: Final = "contact"  # a last column of `schools.csv` that may be left out
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100
LARGEST_FILE: Final = 20 * 2**20  # bytes of a CSV
MOST_ROWS: Final = 10_000  # lines of a CSV
LONGEST_NOTE: Final = 2000  # characters
LONGEST_SLUG: Final = 60
LONGEST_NAME: Final = 80
_DEVICES: Final = {f"{name}{n}" for name in ("com", "lpt") for n in range(10)}
# Names that the site or an operating system gives a meaning of its own.
RESERVED: Final = frozenset(
    {"bureau", "assets", "cache", "codebook", "index", "search", "schools"}
    | {"con", "prn", "aux", "nul", *_DEVICES}
)

# 前言, 附表1#39, §2.4, §2.4表#8, §8案例一
SOURCE_PATTERN: Final = (
    r"前言|附表\d+#\d+(\.\d+)?|§\d+(\.\d+)*(表#\d+)?|§\d+案例[一二三四五六七八九十]"
)
_SOURCE: Final = re.compile(SOURCE_PATTERN, re.ASCII)
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SOURCE: Final = 40  # characters: the numbers in it are read as integers
STATUS_NOTE: Final = re.compile(r"(not_held|pilot|missing)：")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on one column: the texts that pass, what is expected, and how to mend another text."""

    column: str
    passes: Callable[[str], bool]
    expected: str
    remedy: Callable[[str], str]


def _known_breakdown(text: str) -> bool:
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    names = [dimension for dimension, _, _ in pairs]
    return len(set(names)) == len(names) and all(_known_value(d, v) for d, _, v in pairs)


def _known_value(dimension: str, value: str) -> bool:
    if dimension == "cohort":
        return bool(re.fullmatch(r"20[0-9][0-9]", value))
    return codebook.has_value(dimension, value)


def known_year(text: str) -> bool:
    """True for a year of four digits from `FIRST_YEAR` to `LAST_YEAR`."""
    return bool(re.fullmatch(r"[0-9]{4}", text)) and FIRST_YEAR <= int(text) <= LAST_YEAR


def _breakdown_remedy(text: str) -> str:
    known = codebook.dimensions()
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    for dimension, _, value in pairs:
        if not _known_value(dimension, value):
            values = set(known.loc[known["dimension"] == dimension, "value"])
            if dimension == "programme":
                values = set(codebook.programmes().index)
            pool = values if values else set(known["dimension"])
            return f"核对“{dimension}={value}”，{nearest(value if values else dimension, pool)}"
    return "同一维度只写一次"


OBSERVATION_RULES: Final[Sequence[Rule]] = (
    Rule(
        "indicator",
        lambda text: text in codebook.indicators().index,
        "指标表 indicators.csv 中的指标编号",
        lambda text: (
            f"改用已有编号（{nearest(text, codebook.indicators().index)}），或先在指标表登记"
        ),
    ),
    Rule(
        "breakdown", _known_breakdown, "空，或用分号连接的“维度=取值”，均已登记", _breakdown_remedy
    ),
    Rule(
        "year",
        known_year,
        f"{FIRST_YEAR} 至 {LAST_YEAR} 的四位年份",
        lambda _: "填写该数字所属的年份",
    ),
    Rule(
        "source",
        lambda text: len(text) <= _LONGEST_SOURCE and bool(_SOURCE.fullmatch(text)),
        "出处，如 前言、§1.3、附表1#39、§2.4表#8",
        lambda _: "按出处的统一写法填写",
    ),
    Rule(
        "note",
        lambda text: len(text) <= LONGEST_NOTE,
        f"不超过 {LONGEST_NOTE} 个字符",
        lambda _: "缩短说明",
    ),
)


def known_slug(text: str) -> bool:
    """True for a text that can name a school's folder and its pages."""
    short = len(text) <= LONGEST_SLUG
    return short and bool(_SLUG.fullmatch(text)) and text not in RESERVED


def _known_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= LONGEST_NAME and not invisible(text)


SCHOOL_RULES: Final[Sequence[Rule]] = (
    Rule(
        "school",
        known_slug,
        f"小写字母、数字和单个横线，不超过 {LONGEST_SLUG} 个字符，不是保留名（bureau、index 等）",
        lambda _: "另取代号，如 quzhou-zhongzhuan，文件夹随之改名",
    ),
    *(
        Rule(
            column,
            _known_name,
            f"1 至 {LONGEST_NAME} 个字符，不含控制字符",
            lambda _: "填写校名、简称或所在地",
        )
        for column in SCHOOL_COLUMNS[1:]
    ),
)


@remembered
def observations(files: Contents) -> pd.DataFrame:
    """The rows of all observation files.

    Args:
        files: see `memory.contents`.

    Returns:
        One row a printed figure: the six columns of the files (`year` as int64, the others text),
        `file`, `row` (as a spreadsheet numbers it: the head is row 1), `status` and `quantity`.

    Raises:
        BadData: with every problem of every file.
    """
    lines, problems = [], []
    for name, content in files:
        cells, faults = _lines(name, content, OBSERVATION_COLUMNS)
        lines += [(*line, name, row) for row, line in enumerate(cells, start=2)]
        problems += faults
    rows = pd.DataFrame(lines, columns=[*OBSERVATION_COLUMNS, "file", "row"])
    places = rows.drop(columns="printed")
    problems += _violations(places) + _duplicates(places)
    rows = with_figures(rows)
    unreadable = rows.loc[rows["status"] == "", ["file", "row", "printed"]]
    problems += [
        Problem(file, row, "printed", text, "报告所印的数字，或状态表 statuses.csv 中的文字",
                "照原样抄录数字；若不是数字，先在状态表登记其含义")
        for file, row, text in unreadable.itertuples(index=False)
    ]  # fmt: skip
    if problems:
        raise BadData(sorted(problems, key=_place))
    return rows.astype({"year": int})


def with_figures(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of text with their figures.

    Args:
        rows: text columns `indicator`, `printed` and `note`.

    Returns:
        The rows with two more columns: `status` (`reported`, `not_held`, `pilot` or `missing`;
        empty for a text that cannot be read) and `quantity` (an `Interval` where the status is
        `reported`, else None).
    """
    known = codebook.indicators().index
    exact = {
        name for name in rows["indicator"].unique() if name in known and codebook.is_exact(name)
    }
    status, quantity = [], []
    for indicator, printed, note in rows[["indicator", "printed", "note"]].itertuples(index=False):
        state, figure = codebook.status_of(printed), None
        if not state:
            with contextlib.suppress(NotAFigure):
                state, figure = "reported", parse(printed, count=indicator in exact)
        noted = state and STATUS_NOTE.match(note)
        status.append(noted[1] if noted else state)
        quantity.append(None if noted else figure)
    figures = pd.Series(quantity, index=rows.index, dtype=object)
    return rows.assign(status=status, quantity=figures)


def read_schools(path: Path) -> pd.DataFrame:
    """The schools, indexed by slug.

    Raises:
        BadData: the file is not readable, a value breaks its rule, or a slug is there twice.
    """
    ((_, content),) = contents([path], path.parent)
    head = (content or b"").partition(b"\n")[0].decode("utf-8", "replace").strip()
    contact = head.endswith(f",{CONTACT}")
    columns = (*SCHOOL_COLUMNS, CONTACT) if contact else SCHOOL_COLUMNS
    rows = read_file(path, path.parent, columns)
    problems = [
        Problem(path.name, row, rule.column, value, rule.expected, rule.remedy(value))
        for rule in SCHOOL_RULES
        for row, value in enumerate(rows[rule.column], start=2)
        if not rule.passes(value)
    ]
    problems += [
        Problem(
            path.name, int(str(at)) + 2, "school", slug, "每所学校一个代号", "删去重复行或另取代号"
        )
        for at, slug in rows["school"][rows["school"].duplicated()].items()
    ]
    if problems:
        raise BadData(problems)
    return rows.set_index("school")


def read_file(path: Path, root: Path, columns: Sequence[str]) -> pd.DataFrame:
    """One CSV file as text.

    Args:
        path: of the file; messages name it relative to `root`.
        columns: that it must have, in this order.

    Raises:
        BadData: the file is missing, not UTF-8, not a table, or has other columns.
    """
    ((name, content),) = contents([path], root)
    lines, problems = _lines(name, content, columns)
    if problems:
        raise BadData(problems)
    return pd.DataFrame(lines, columns=list(columns), dtype=str)


def _lines(
    name: str, content: bytes | None, columns: Sequence[str]
) -> tuple[list[list[str]], list[Problem]]:
    """The cells of each row of a CSV file below its head, and what is wrong with it as a table."""

    def problem(value: str, expected: str, remedy: str) -> tuple[list[list[str]], list[Problem]]:
        return [], [Problem(name, None, None, value, expected, remedy)]

    if content is None or len(content) > LARGEST_FILE or content.count(b"\n") > MOST_ROWS:
        return problem(*_unusable(content))
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        lines = list(csv.reader(text, strict=True))
        if not lines:
            raise csv.Error("空文件")
    except UnicodeDecodeError:
        return problem("（无法按 UTF-8 读取）", "UTF-8 编码", "在编辑器中另存为 UTF-8")
    except csv.Error as error:
        return problem(str(error), "每行列数相同的 CSV", "检查逗号与引号")
    while lines and not lines[-1]:
        lines.pop()
    head, *lines = lines or [[]]
    width, remedy = len(head), "含逗号的文字用英文双引号括起来；删去空行"
    ragged = [
        Problem(name, row, None, ",".join(cells) or "（空行）", f"{width} 列", remedy)
        for row, cells in enumerate(lines, start=2)
        if not cells or len(cells) > width
    ]
    if ragged:
        return [], ragged
    if head != list(columns):
        return problem(",".join(head), ",".join(columns), "恢复表头的列名与顺序")
    return [cells + [""] * (width - len(cells)) for cells in lines], []


def _unusable(content: bytes | None) -> tuple[str, str, str]:
    """Value, expectation and remedy of a file that is absent or too large."""
    if content is None:
        return "（没有这个文件）", "一个 CSV 文件", "补上该文件"
    count = content.count(b"\n")
    expected = f"不超过 {LARGEST_FILE >> 20} MB、{MOST_ROWS} 行"
    return f"{len(content)} 字节，{count} 行", expected, "拆分文件，删去多余的行"


def _violations(rows: pd.DataFrame) -> list[Problem]:
    """The values that break a rule; each distinct text is tested once."""
    problems = []
    for rule in OBSERVATION_RULES:
        column = rows[rule.column]
        failing = {text for text in column.unique() if not rule.passes(text)}
        failed = rows.loc[column.isin(failing), ["file", "row", rule.column]]
        problems += [
            Problem(file, row, rule.column, text, rule.expected, rule.remedy(text))
            for file, row, text in failed.itertuples(index=False)
        ]
    return problems


def _place(problem: Problem) -> tuple[str, int, int]:
    """The place of a problem: file, row and column."""
    column = OBSERVATION_COLUMNS.index(problem.column) if problem.column else -1
    return problem.file, problem.row or 0, column


def _duplicates(rows: pd.DataFrame) -> list[Problem]:
    key = ["indicator", "breakdown", "year", "source", "note"]
    repeated = rows[rows.duplicated([*key, "file"], keep="first")]
    return [
        Problem(
            row["file"],
            int(row["row"]),
            None,
            ",".join(row[column] for column in key[:4]),
            "同一出处的同一数字只录一行",
            "删去重复行；若报告同节确实印了两次，在 note 列注明",
        )
        for row in repeated.to_dict("records")
    ]
