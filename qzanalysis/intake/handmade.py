"""CSV typed by hand, or saved by a spreadsheet: UTF-8 with or without a mark, or GB18030."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis.errors import UsageError, nearest
from qzanalysis.intake import guard
from qzanalysis.intake.faults import Faults
from qzanalysis.reports.loading import REGISTERS
from qzanalysis.reports.schema import OBSERVATION_COLUMNS

LARGEST_FILE: Final = 20 * guard.MEGABYTE
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 50
_CHINESE: Final = dict(
    zip(("指标", "细分", "年份", "所印", "出处", "说明"), OBSERVATION_COLUMNS, strict=True)
)
_OTHER_KINDS: Final = (
    (b"PK\x03\x04", "压缩包或工作簿", "工作簿以 .xlsx 为扩展名导入"),
    (b"\xd0\xcf\x11\xe0", "旧版 Excel 或加密文件", "在 Excel 中去掉密码，另存为 .xlsx 或 CSV"),
    (b"%PDF", "PDF", "用 qzanalysis extract 提取"),
    (b"\xff\xfe", "UTF-16 文本", "另存为“CSV UTF-8”"),
    (b"\xfe\xff", "UTF-16 文本", "另存为“CSV UTF-8”"),
)


def read(path: Path, faults: Faults) -> tuple[list[pd.DataFrame], list[str]]:
    """The typed figures (see `validation`) of one file or every CSV of a folder.

    Returns:
        A frame of figures for each file that can be read, and notices.

    Raises:
        UsageError: there is nothing to read.
    """
    figures: list[pd.DataFrame] = []
    notices: list[str] = []
    for file in _files(path):
        if content := _content(file, faults):
            text, encoding = _decoded(content)
            if encoding == "gb18030":
                notices.append(f"{file.name} 按 GB18030 编码读取")
            if encoding:
                figures.append(_figures(file.name, text, faults))
            else:
                faults.add("encoding", "（无法读取的编码）", file.name)
    return figures, notices


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(each for each in path.glob("*.csv") if each.name not in REGISTERS)
    if not files:
        raise UsageError(f"文件夹 {path} 中没有 CSV 文件")
    return files


def _content(file: Path, faults: Faults) -> bytes:
    """The bytes of a file of text; empty if it cannot be used."""
    if not file.is_file():
        faults.add("no_file", "（不是普通文件）", file.name)
    elif (size := file.stat().st_size) > LARGEST_FILE:
        limit = LARGEST_FILE // guard.MEGABYTE
        faults.add("large_file", f"{size} 字节", file.name, megabytes=limit)
    else:
        try:
            content = file.read_bytes()
        except OSError as error:
            faults.add("unreadable_file", error.strerror or str(error), file.name)
            return b""
        for mark, kind, remedy in _OTHER_KINDS:
            if content.startswith(mark):
                faults.add("other_kind", f"（{kind}）", file.name, remedy=remedy)
                return b""
        if content.strip():
            return content
        faults.add("empty_file", "（空文件）", file.name)
    return b""


def _decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding; both empty if it has none of those that are read."""
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            if "\0" not in (text := content.decode(encoding)):
                return text, encoding
    return "", ""


def _figures(name: str, text: str, faults: Faults) -> pd.DataFrame:
    """The rows of a CSV as typed figures; adds faults of its header, rows and quotes."""
    numbered = enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1)
    filled = ((at, row) for at, row in numbered if at == 1 or any(map(str.strip, row)))
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend(islice(filled, MOST_ROWS + 2))
    except csv.Error as error:
        faults.add("csv", str(error), name)
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    columns = [_CHINESE.get(cell, cell) for cell in header]
    if not _is_sound(name, header, columns, faults):
        return pd.DataFrame()
    if len(rows) > MOST_ROWS + 1:
        faults.add("many_rows", "（行数过多）", name, rows=MOST_ROWS)
        return pd.DataFrame()
    width = len(header)
    for at, row in rows[1:]:
        if len(row) != width:
            faults.add("ragged", ",".join(row), name, at, width=width, found=len(row))
    whole = {at: row for at, row in rows[1:] if len(row) == width}
    figures = pd.DataFrame(list(whole.values()), columns=columns, dtype=object)
    headings = pd.Series([dict(zip(columns, header, strict=True))] * len(whole), dtype=object)
    return figures.assign(file=name, row=list(whole), headings=headings)


def _is_sound(name: str, header: Sequence[str], columns: Sequence[str], faults: Faults) -> bool:
    """True if a header has every column once, in any order; adds its faults."""
    known = "、".join(OBSERVATION_COLUMNS)
    if len(header) > MOST_COLUMNS:
        faults.add("wide", f"{len(header)} 列", name, 1, columns=len(OBSERVATION_COLUMNS))
        return False
    for column in OBSERVATION_COLUMNS:
        if column not in columns:
            faults.add("no_csv_column", "（缺少这一列）", name, 1, column, columns=known)
    for at, (heading, column) in enumerate(zip(header, columns, strict=True)):
        if column not in OBSERVATION_COLUMNS:
            near = nearest(column, OBSERVATION_COLUMNS)
            faults.add("other_csv_column", heading, name, 1, heading, columns=known, near=near)
        elif column in columns[:at]:
            faults.add("repeated_column", heading, name, 1, heading)
    return sorted(columns) == sorted(OBSERVATION_COLUMNS)
