"""Limits on a workbook file, checked before any library opens it.

A workbook is a zip of XML. This module refuses what would not end or not fit into memory (zip
bombs, endless sheets, external entities), by unpacked size, number of elements and time, and
returns what the workbook library does not: merged cells, and formulas that were never calculated.
"""

from __future__ import annotations

import time
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn
from xml.parsers import expat

from qzanalysis.errors import UsageError

MEGABYTE: Final = 1024 * 1024
LARGEST_FILE: Final = 20 * MEGABYTE
LARGEST_UNPACKED: Final = 200 * MEGABYTE
LARGEST_XML: Final = 50 * MEGABYTE
MOST_PARTS: Final = 2000
MOST_ELEMENTS: Final = 300_000  # of cells and their texts
MOST_OTHERS: Final = 30_000  # styles, merged areas, validations: each costs more to read
MOST_ROWS: Final = 10_000
MOST_COLUMNS: Final = 200
MOST_SHEETS: Final = 100
LARGEST_AREA: Final = 150_000  # rows times columns, over all sheets
SECONDS: Final = 6.0
_CHUNK: Final = 256 * 1024
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_CELL_PARTS: Final = frozenset({"row", "c", "v", "f", "is", "t", "si"})
_XML_STARTS: Final = (b"<", b"\xff\xfe", b"\xfe\xff")
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    expat.ExpatError,
)


@dataclass(slots=True)
class SheetFacts:
    """Extent and irregular cells of one sheet.

    Attributes:
        last_row, last_column: of the last cell that holds something.
        merged: merged areas, such as `B3:C4`.
        hollow: cells with a formula and no calculated value.
    """

    last_row: int = 0
    last_column: int = 0
    merged: list[str] = field(default_factory=list)
    hollow: list[str] = field(default_factory=list)


def inspect(path: Path) -> dict[str, SheetFacts]:
    """Check a workbook file against the limits; facts by the name of the part in the zip.

    Raises:
        UsageError: it is not a workbook, is damaged or protected, or exceeds a limit.
    """
    _check_file(path)
    scan = _Scan(path.name, time.monotonic() + SECONDS)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive)
            return {part.filename: scan.read(archive, part) for part in archive.infolist()}
    except _DAMAGED as error:
        raise UsageError(
            f"{path.name} 已损坏或没有保存完整（truncated）：请重新保存或重新传输后再导入"
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"{path.name} 无法读取：{error}") from error


def refuse(name: str, why: str) -> NoReturn:
    """Refuse a workbook for its size."""
    raise UsageError(
        f"{name} {why}，超过上限（每表 {MOST_ROWS} 行、{MOST_COLUMNS} 列，"
        f"共 {LARGEST_AREA} 格）：请用 new-year 生成的工作簿重填"
    )


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"没有文件 {path}")
    size = path.stat().st_size
    if size == 0:
        raise UsageError(f"{path.name} 是空文件（0 字节）：请重新保存或重新传输")
    if size > LARGEST_FILE:
        raise UsageError(
            f"{path.name} 有 {size // MEGABYTE} MB，超过上限 20 MB：请删去图片等多余内容"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path.name} 无法读取：{error.strerror}") from error
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise UsageError(f"{path.name} 有密码保护（password-protected）：请去掉密码后另存")
    if content.startswith(_OLE):
        raise UsageError(f"{path.name} 是旧版格式（.xls、.doc）：请另存为 .xlsx")
    if content.startswith(b"%PDF"):
        raise UsageError(f"{path.name} 是 PDF，不是工作簿：请用 qzanalysis extract 提取其中的表")
    if not content.startswith(b"PK"):
        raise UsageError(
            f"{path.name} 不是 XLSX 工作簿：请在 Excel、WPS 或 LibreOffice 中另存为 .xlsx"
        )


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise UsageError(f"{path.name} 有密码保护（password-protected）：请去掉密码后另存")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        raise UsageError(
            f"{path.name} 展开后有 {unpacked // MEGABYTE} MB、{len(parts)} 个部分，"
            "超过上限 200 MB、2000 个（zip bomb）：请重新生成工作簿"
        )
    if "xl/workbook.xml" not in archive.namelist():
        raise UsageError(f"{path.name} 不是 XLSX 工作簿：请用 qzanalysis new-year 生成的工作簿")


class _Scan:
    """Reads the XML of one workbook part by part; counts bytes, elements and seconds."""

    def __init__(self, name: str, deadline: float) -> None:
        self.name, self.deadline = name, deadline
        self.bytes = self.elements = self.others = self.sheets = 0

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> SheetFacts:
        """The facts of one part; a part that is not XML has none."""
        self.facts = SheetFacts()
        self.row = self.column = 0
        self.formula = self.value = self.inside = False
        with archive.open(part) as stream:
            if not stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_XML_STARTS):
                return self.facts
        parser = self._parser()
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self.bytes += len(chunk)
                if self.bytes > LARGEST_XML or time.monotonic() > self.deadline:
                    refuse(self.name, "内容过多")
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return self.facts

    def _parser(self) -> expat.XMLParserType:
        """A parser that refuses document types, and with them all entities."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        return parser

    def _doctype(self, *_: object) -> None:
        raise UsageError(f"{self.name} 含有文档类型声明（DOCTYPE），不予打开：请重新另存为 .xlsx")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.elements += local in _CELL_PARTS
        self.others += local not in _CELL_PARTS
        if self.elements > MOST_ELEMENTS or self.others > MOST_OTHERS:
            refuse(self.name, "单元格或样式过多")
        match local:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.column = 0
            case "c":
                self.column = _column(attributes.get("r", "")) or self.column + 1
                self.formula = self.value = False
            case "f":
                self.formula = True
            case "v" | "is":
                self.inside = True
            case "sheet":
                self.sheets += 1
                if self.sheets > MOST_SHEETS:
                    refuse(self.name, "工作表过多")
            case "mergeCell":
                self.facts.merged.append(attributes.get("ref", ""))

    def _text(self, data: str) -> None:
        self.value = self.value or (self.inside and bool(data.strip()))

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in {"v", "is"}:
            self.inside = False
        if local != "c" or not (self.value or self.formula):
            return
        facts = self.facts
        facts.last_row = max(facts.last_row, self.row)
        facts.last_column = max(facts.last_column, self.column)
        if facts.last_row > MOST_ROWS or facts.last_column > MOST_COLUMNS:
            refuse(self.name, "行或列过多")
        if self.formula and not self.value:
            facts.hollow.append(f"{letters(self.column)}{self.row}")


def _column(reference: str) -> int:
    """The column's number of a reference such as `AB12`; 0 without letters."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number


def letters(column: int) -> str:
    """The letters of a column's number: 28 → `AB`."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
