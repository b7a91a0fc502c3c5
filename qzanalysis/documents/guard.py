"""The way in for a document: its kind, its limits, and a message for every document refused.

Limits: 50 MB a file, 200 MB unpacked, 1,000 pages, 60 seconds, 500 MB of memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from qzanalysis.documents.model import Document, from_json
from qzanalysis.errors import BadData, Problem

MAX_BYTES: Final = 50 * 2**20
MAX_UNPACKED: Final = 200 * 2**20
MAX_MEMBERS: Final = 5_000
SECONDS: Final = 60.0
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES: Final = {
    ".docx": "docx",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
    ".md": "txt",
    ".xlsx": "xlsx",
}


def read(path: Path, *, workbooks: bool = False) -> Document:
    """The paragraphs and tables of a file, read within the limits.

    Args:
        path: a .docx, .pdf, .html or .txt file.
        workbooks: read .xlsx files too.

    Raises:
        BadData: it is absent, too big, protected, damaged, a picture, of another kind…
    """
    content = content_of(path)
    kind = kind_of(path, content)
    if kind == "xlsx" and not workbooks:
        raise refusal(path, "workbook")
    answer = _answer(path, kind)
    if "fault" in answer:
        raise refusal(path, answer["fault"])
    digest = hashlib.sha256(content).hexdigest()
    return replace(from_json(answer["document"]), name=path.name, sha256=digest)


@cache
def faults() -> dict[str, tuple[str, str, str]]:
    """For each fault: the value shown, what was expected, the remedy."""
    with Path(__file__).with_name("faults.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["fault"]: (row["value"], row["expected"], row["remedy"])
            for row in csv.DictReader(lines)
        }


def refusal(path: Path, fault: str) -> BadData:
    """The error for one fault of a document."""
    return BadData([Problem(path.name or str(path), None, None, *faults()[fault])])


def kind_of(path: Path, content: bytes) -> str:
    """`docx`, `pdf`, `html`, `txt` or `xlsx`: by content, which must agree with the name.

    Raises:
        BadData: it is none of these, or not what its name says.
    """
    named = _SUFFIXES.get(path.suffix.lower())
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise refusal(path, "protected" if locked else "old_word")
    kind = _kind_by_content(path, content, named) if named else None
    if kind == "xlsx" != named:
        raise refusal(path, "workbook")
    if named is None or kind != named:
        raise refusal(path, "wrong_type")
    return named


def _kind_by_content(path: Path, content: bytes, named: str) -> str:
    if content.startswith(b"PK"):
        return _package_kind(path, content)
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if named == "pdf":
        raise refusal(path, "damaged")
    binary = b"\0" in content[:4096] and content[:2] not in {b"\xff\xfe", b"\xfe\xff"}
    return "" if binary or named in {"docx", "xlsx"} else named


def _package_kind(path: Path, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise refusal(path, "damaged") from None
    if sum(each.file_size for each in members) > MAX_UNPACKED or len(members) > MAX_MEMBERS:
        raise refusal(path, "bomb")
    names = {each.filename for each in members}
    mains = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
    return next((kind for kind, main in mains.items() if main in names), "")


def content_of(path: Path) -> bytes:
    """The bytes of a document.

    Raises:
        BadData: it is absent, no file, too big, or empty.
    """
    try:
        if not path.exists():
            raise refusal(path, "absent")
        if not path.is_file():
            raise refusal(path, "folder")
        if path.stat().st_size > MAX_BYTES:
            raise refusal(path, "huge")
        content = path.read_bytes()
    except (OSError, ValueError):
        raise refusal(path, "unreadable") from None
    if not content.strip():
        raise refusal(path, "empty")
    return content


def _answer(path: Path, kind: str) -> dict[str, Any]:
    """The answer of `reader`, from a process that is ended when its time is over."""
    if kind == "pdf" and not _installed("pdfplumber"):
        return {"fault": "library"}
    folders = [str(Path(__file__).parents[2]), *[each for each in sys.path if each]]
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"{__package__}.reader", kind, str(path.resolve())],
            capture_output=True,
            timeout=SECONDS,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders), "PYTHONUTF8": "1"},
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"fault": "slow"}
    except ValueError:  # it died: out of memory, or a crash inside a library
        return {"fault": "too_big"}
    return answer if isinstance(answer, dict) else {"fault": "damaged"}


def _installed(module: str) -> bool:
    return find_spec(module) is not None
