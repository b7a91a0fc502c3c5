"""CSV typed by hand, or saved by a spreadsheet: UTF-8 with or without a mark, or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from qzanalysis.errors import Problem, UsageError, nearest
from qzanalysis.intake.entries import ENOUGH, Entry, shown
from qzanalysis.reports.loading import REGISTERS
from qzanalysis.reports.schema import OBSERVATION_COLUMNS

LARGEST_FILE: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 50
_CHINESE: Final = {
    "指标": "indicator",
    "细分": "breakdown",
    "年份": "year",
    "所印": "printed",
    "出处": "source",
    "说明": "note",
}
_OTHER_KINDS: Final = (
    (b"PK\x03\x04", "压缩包或工作簿", "工作簿以 .xlsx 为扩展名导入"),
    (b"\xd0\xcf\x11\xe0", "旧版 Excel 或加密文件", "在 Excel 中去掉密码，另存为 .xlsx 或 CSV"),
    (b"%PDF", "PDF", "用 qzanalysis extract 提取"),
    (b"\xff\xfe", "UTF-16 文本", "另存为“CSV UTF-8”"),
    (b"\xfe\xff", "UTF-16 文本", "另存为“CSV UTF-8”"),
)


def read(path: Path) -> tuple[list[Entry], list[Problem], list[str]]:
    """The entries of one file or of every CSV of a folder, with problems and notices.

    Raises:
        UsageError: there is nothing to read.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    notices: list[str] = []
    for file in _files(path):
        text, found = _decoded(file, notices)
        problems += found
        if text is not None:
            read_rows, found = _rows(file.name, text)
            entries += read_rows
            problems += found
    return entries, problems, notices


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.glob("*.csv") if each.name not in REGISTERS)
    if not found:
        raise UsageError(f"文件夹 {path} 中没有 CSV 文件")
    return found


def _decoded(file: Path, notices: list[str]) -> tuple[str | None, list[Problem]]:
    def fault(value: str, expected: str, remedy: str) -> tuple[None, list[Problem]]:
        return None, [Problem(file.name, None, None, value, expected, remedy)]

    if not file.is_file():
        return fault("（不是普通文件）", "一个 CSV 文件", "核对路径")
    if file.stat().st_size > LARGEST_FILE:
        return fault(f"{file.stat().st_size} 字节", "不超过 20 MB", "拆分文件或删去多余的列")
    try:
        content = file.read_bytes()
    except OSError as error:
        return fault(error.strerror or str(error), "能读取的文件", "核对路径与权限")
    for mark, kind, remedy in _OTHER_KINDS:
        if content.startswith(mark):
            return fault(f"（{kind}）", "CSV 文本文件", remedy)
    if not content.strip():
        return fault("（空文件）", "带表头的 CSV", "核对文件是否保存完整")
    return _text(file, content, notices)


def _text(file: Path, content: bytes, notices: list[str]) -> tuple[str | None, list[Problem]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if encoding == "gb18030":
            notices.append(f"{file.name} 按 GB18030 编码读取")
        return text, []
    expected, remedy = "UTF-8 或 GB18030 编码的文本", "在 Excel 中另存为“CSV UTF-8”"
    return None, [Problem(file.name, None, None, "（无法读取的编码）", expected, remedy)]


def _rows(name: str, text: str) -> tuple[list[Entry], list[Problem]]:
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines = _records(text)
    try:
        header = [cell.strip() for cell in next(lines, (1, []))[1]]
        problems += _header_problems(name, header)
        if problems:
            return [], problems
        fields = [_CHINESE.get(cell, cell) for cell in header]
        columns = dict(zip(fields, header, strict=True))
        for number, record in lines:
            if len(entries) > MOST_ROWS or len(problems) > ENOUGH:
                break
            if not any(cell.strip() for cell in record):
                continue
            if len(record) != len(header):
                problems.append(_ragged(name, number, record, len(header)))
                continue
            entries.append(
                Entry(name, number, columns=columns, **dict(zip(fields, record, strict=True)))
            )
    except csv.Error as error:
        problems.append(Problem(name, None, None, str(error), "规范的 CSV", "检查引号与换行"))
    if len(entries) > MOST_ROWS:
        expected = f"不超过 {MOST_ROWS} 行"
        return [], [Problem(name, None, None, "（行数过多）", expected, "拆分文件")]
    return entries, problems


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    return enumerate(reader, start=1)


def _header_problems(name: str, header: Sequence[str]) -> list[Problem]:
    """Every fault of the header at once: missing, unknown and repeated columns. Order is free."""
    if len(header) > MOST_COLUMNS:
        expected, remedy = f"{len(OBSERVATION_COLUMNS)} 列", "核对分隔符与引号"
        return [Problem(name, 1, None, f"{len(header)} 列", expected, remedy)]
    fields = [_CHINESE.get(cell, cell) for cell in header]
    problems = [
        Problem(name, 1, column, "（缺少这一列）", ",".join(OBSERVATION_COLUMNS), "补上这一列")
        for column in OBSERVATION_COLUMNS
        if column not in fields
    ]
    for at, column in enumerate(fields):
        expected = "、".join(OBSERVATION_COLUMNS)
        if column not in OBSERVATION_COLUMNS:
            remedy = f"改名或删去（{nearest(column, OBSERVATION_COLUMNS)}）"
            problems.append(Problem(name, 1, header[at], shown(header[at]), expected, remedy))
        elif column in fields[:at]:
            problems.append(
                Problem(name, 1, header[at], shown(header[at]), "每列一次", "删去重复的列")
            )
    return problems


def _ragged(name: str, number: int, record: Sequence[str], width: int) -> Problem:
    return Problem(
        name,
        number,
        None,
        shown(",".join(record)),
        f"{width} 列，此行有 {len(record)} 列",
        '含逗号的文字两边加英文双引号，如 "1,234"',
    )
