"""CSV typed by hand, or saved by a spreadsheet: UTF-8 with or without a mark, or GB18030."""

from __future__ import annotations

import contextlib
import csv
import io
from itertools import islice
from pathlib import Path
from typing import Final

import pandas as pd
from openpyxl.utils import get_column_letter

from qzanalysis.intake.faults import Faults, refusal
from qzanalysis.intake.validation import column_keys
from qzanalysis.reports.loading import REGISTERS
from qzanalysis.reports.schema import LARGEST_FILE, MOST_ROWS, OBSERVATION_COLUMNS

MOST_COLUMNS: Final = 50
_CHINESE: Final = ("指标", "细分", "年份", "所印", "出处", "说明")
_HEADINGS: Final = dict(
    zip((*_CHINESE, *OBSERVATION_COLUMNS), OBSERVATION_COLUMNS * 2, strict=True)
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
        raise refusal("no_csv", folder=path)
    return files


def _content(file: Path, faults: Faults) -> bytes:
    """The bytes of a file of text; empty if it cannot be used."""
    if not file.is_file():
        faults.add("no_file", "（不是普通文件）", file.name)
    elif (size := file.stat().st_size) > LARGEST_FILE:
        faults.add("large_file", f"{size} 字节", file.name, megabytes=LARGEST_FILE >> 20)
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
    header = {get_column_letter(at): text for at, text in enumerate(rows[0][1] if rows else [], 1)}
    if (width := len(header)) > MOST_COLUMNS:
        faults.add("wide", f"{width} 列", name, 1, columns=len(OBSERVATION_COLUMNS))
        return pd.DataFrame()
    keys = column_keys(faults, name, header, _HEADINGS)
    if not keys:
        return pd.DataFrame()
    if len(rows) > MOST_ROWS + 1:
        faults.add("many_rows", "（行数过多）", name, rows=MOST_ROWS)
        return pd.DataFrame()
    for at, row in rows[1:]:
        if len(row) != width:
            faults.add("ragged", ",".join(row), name, at, width=width, found=len(row))
    whole = {at: row for at, row in rows[1:] if len(row) == width}
    figures = pd.DataFrame(list(whole.values()), columns=list(keys.values()), dtype=object)
    headings = {key: header[letter].strip() for letter, key in keys.items()}
    return figures.assign(
        file=name, row=list(whole), headings=pd.Series([headings] * len(whole), dtype=object)
    )
