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
from typing import Final
from xml.parsers import expat

from openpyxl.utils import column_index_from_string, get_column_letter

from qzanalysis.errors import UsageError
from qzanalysis.intake.faults import refusal

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
        raise refusal("damaged", name=path.name) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise refusal("unreadable", name=path.name, reason=error) from error


def too_large(name: str, reason: str) -> UsageError:
    """The error for a workbook that exceeds a limit."""
    limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "area": LARGEST_AREA}
    return refusal("large", name=name, reason=reason, **limits)


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise refusal("no_file", path=path)
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise refusal("huge", name=path.name, size=size // MEGABYTE)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refusal("unreadable", name=path.name, reason=error.strerror) from error
    if not content:
        raise refusal("empty", name=path.name)
    if content.startswith(_OLE):
        raise refusal("protected" if _ENCRYPTED in content else "old", name=path.name)
    if not content.startswith(b"PK"):
        raise refusal("pdf" if content.startswith(b"%PDF") else "other_kind", name=path.name)


def _check_parts(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise refusal("protected", name=path.name)
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
        size = unpacked // MEGABYTE
        raise refusal("bomb", name=path.name, size=size, parts=len(parts))
    if "xl/workbook.xml" not in archive.namelist():
        raise refusal("no_workbook", name=path.name)


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
                    raise too_large(self.name, "内容过多")
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
        raise refusal("doctype", name=self.name)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self.elements += local in _CELL_PARTS
        self.others += local not in _CELL_PARTS
        if self.elements > MOST_ELEMENTS or self.others > MOST_OTHERS:
            raise too_large(self.name, "单元格或样式过多")
        match local:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.column = 0
            case "c":
                letters = attributes.get("r", "").rstrip("0123456789")
                self.column = column_index_from_string(letters) if letters else self.column + 1
                self.formula = self.value = False
            case "f":
                self.formula = True
            case "v" | "is":
                self.inside = True
            case "sheet":
                self.sheets += 1
                if self.sheets > MOST_SHEETS:
                    raise too_large(self.name, "工作表过多")
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
            raise too_large(self.name, "行或列过多")
        if self.formula and not self.value:
            facts.hollow.append(f"{get_column_letter(self.column)}{self.row}")
