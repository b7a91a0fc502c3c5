"""Schemas of every file under data/, and errors that name file, row, column, value and remedy.

pandera holds the rules; this module turns its failures into `Problem`s that a person can act on.
All problems of all files are reported together.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import BadData, Problem, nearest
from qzanalysis.figures.quantities import is_figure

if TYPE_CHECKING:
    import pandera.pandas as pa

# Files as they were read: name, and bytes; None for one that is not there.
Contents = tuple[tuple[str, bytes | None], ...]
OBSERVATION_COLUMNS: Final = ("indicator", "breakdown", "year", "printed", "source", "note")
SCHOOL_COLUMNS: Final = ("school", "name", "short_name", "region")
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100

# 前言, 附表1#39, §2.4, §2.4表#8, §8案例一
SOURCE_PATTERN: Final = (
    r"前言|附表\d+#\d+(\.\d+)?|§\d+(\.\d+)*(表#\d+)?|§\d+案例[一二三四五六七八九十]"
)
_SOURCE: Final = re.compile(SOURCE_PATTERN)
_LONGEST_SOURCE: Final = 40  # characters: the numbers in it are read as integers
_STATUS_NOTE: Final = re.compile(r"(not_held|pilot|missing)：")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on one column: whether a value passes, what was expected, how to mend it."""

    column: str
    passes: Callable[[str], bool]
    expected: str
    remedy: Callable[[str], str]

    def check(self) -> pa.Check:
        """The rule as pandera runs it, element by element."""
        import pandera.pandas as pa  # noqa: PLC0415

        return pa.Check(self.passes, element_wise=True, error=self.expected)


def _known_breakdown(text: str) -> bool:
    pairs = [pair.partition("=") for pair in text.split(";") if pair]
    names = [dimension for dimension, _, _ in pairs]
    return len(set(names)) == len(names) and all(_known_value(d, v) for d, _, v in pairs)


def _known_value(dimension: str, value: str) -> bool:
    if dimension == "cohort":
        return bool(re.fullmatch(r"20\d\d", value))
    return codebook.has_value(dimension, value)


def known_year(text: str) -> bool:
    """True for a year of four digits from `FIRST_YEAR` to `LAST_YEAR`."""
    return bool(re.fullmatch(r"[0-9]{4}", text)) and FIRST_YEAR <= int(text) <= LAST_YEAR


@cache
def _readable(printed: str) -> bool:
    return bool(codebook.status_of(printed)) or is_figure(printed)


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
        "printed",
        _readable,
        "报告所印的数字，或状态表 statuses.csv 中的文字",
        lambda _: "照原样抄录数字；若不是数字，先在状态表登记其含义",
    ),
    Rule(
        "source",
        lambda text: len(text) <= _LONGEST_SOURCE and bool(_SOURCE.fullmatch(text)),
        "出处，如 前言、§1.3、附表1#39、§2.4表#8",
        lambda _: "按出处的统一写法填写",
    ),
)


def observation_schema() -> pa.DataFrameSchema:
    """The pandera schema of an observations file: all six columns are text, in this order."""
    # Here, because chapters are handed validated figures, and it takes a quarter of a second.
    import pandera.pandas as pa  # noqa: PLC0415

    checks = {rule.column: rule.check() for rule in OBSERVATION_RULES}
    columns = {name: pa.Column(str, checks.get(name)) for name in OBSERVATION_COLUMNS}
    return pa.DataFrameSchema(columns, strict=True, ordered=True)


def contents(paths: Sequence[Path], root: Path) -> Contents:
    """The bytes of files, with their names relative to `root`."""
    return tuple((path.relative_to(root).as_posix(), _bytes(path)) for path in paths)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def read_observations(paths: Sequence[Path], root: Path) -> pd.DataFrame:
    """All observation files in one frame; see `observations`."""
    return observations(contents(paths, root))


def observations(files: Contents) -> pd.DataFrame:
    """All observation files in one frame, each row with its file and row.

    Rows are numbered as a spreadsheet shows them: the header is row 1.

    Raises:
        BadData: with every problem of every file.
    """
    frames: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name, content in files:
        frame, faults = _read(name, content, OBSERVATION_COLUMNS)
        problems += faults
        if frame is not None:
            frames[name] = frame
    rows = pd.concat(frames.values(), ignore_index=True) if frames else pd.DataFrame()
    if frames:
        rows["file"] = [name for name, frame in frames.items() for _ in range(len(frame))]
        rows["row"] = [at + 2 for frame in frames.values() for at in range(len(frame))]
        problems += _violations(rows) + _duplicates(rows)
    if problems:
        raise BadData(sorted(problems, key=lambda problem: (problem.file, problem.row or 0)))
    return rows


def read_schools(path: Path) -> pd.DataFrame:
    """The schools, indexed by slug.

    Raises:
        BadData: a column is missing, or the file is not readable.
    """
    return read_file(path.name, _bytes(path), SCHOOL_COLUMNS).set_index("school")


def read_file(name: str, content: bytes | None, columns: Sequence[str]) -> pd.DataFrame:
    """One CSV file as text.

    Args:
        name: of the file, for messages.
        content: its bytes; None for a file that is not there.
        columns: that it must have, in this order.

    Raises:
        BadData: the file is missing, not UTF-8, not a table, or has other columns.
    """
    frame, problems = _read(name, content, columns)
    if frame is None or problems:
        raise BadData(problems)
    return frame


def status_of(printed: str, note: str) -> str:
    """The status of a cell: `reported`, `not_held`, `pilot` or `missing`."""
    if match := _STATUS_NOTE.match(note):
        return match[1]
    return codebook.status_of(printed) or "reported"


def _read(
    name: str, content: bytes | None, columns: Sequence[str]
) -> tuple[pd.DataFrame | None, list[Problem]]:
    def problem(value: str, expected: str, remedy: str) -> tuple[None, list[Problem]]:
        return None, [Problem(name, None, None, value, expected, remedy)]

    if content is None:
        return problem("（没有这个文件）", "一个 CSV 文件", "补上该文件")
    try:
        if ragged := _ragged(content, name):
            return None, ragged
        frame = codebook.read_table(io.BytesIO(content))
    except UnicodeDecodeError:
        return problem("（无法按 UTF-8 读取）", "UTF-8 编码", "在编辑器中另存为 UTF-8")
    except (csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        return problem(str(error).strip(), "每行列数相同的 CSV", "检查逗号与引号")
    missing = [column for column in columns if column not in frame.columns]
    extra = [column for column in frame.columns if column not in columns]
    if missing or extra or list(frame.columns) != list(columns):
        return problem(",".join(frame.columns), ",".join(columns), "恢复表头的列名与顺序")
    return frame, []


def _ragged(content: bytes, name: str) -> list[Problem]:
    """Rows with more values than the head has columns, and blank rows: both would shift the rest."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    while rows and not rows[-1]:
        rows.pop()
    width = len(rows[0]) if rows else 0
    return [
        Problem(
            name,
            number,
            None,
            ",".join(cells) or "（空行）",
            f"{width} 列",
            "含逗号的文字用英文双引号括起来；删去空行",
        )
        for number, cells in enumerate(rows, start=1)
        if not cells or len(cells) > width
    ]


def _violations(rows: pd.DataFrame) -> list[Problem]:
    """The values that break the schema, of all files at once: faster than one by one."""
    import pandera.pandas as pa  # noqa: PLC0415

    try:
        observation_schema().validate(rows[list(OBSERVATION_COLUMNS)], lazy=True)
    except pa.errors.SchemaErrors as errors:
        rules = {rule.column: rule for rule in OBSERVATION_RULES}
        cases = errors.failure_cases.drop_duplicates(["index", "column"])
        return [
            Problem(
                str(rows["file"].iloc[int(index)]),
                int(rows["row"].iloc[int(index)]),
                str(column),
                str(value),
                rules[column].expected,
                rules[column].remedy(str(value)),
            )
            for index, column, value in zip(
                cases["index"], cases["column"], cases["failure_case"], strict=True
            )
        ]
    return []


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
