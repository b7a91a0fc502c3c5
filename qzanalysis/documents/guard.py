"""What may come in: the kind of a document, its limits, and a message for everything that may not.

Limits: 50 MB a file, 200 MB unpacked, 300 pages, 10 seconds, 500 MB of memory.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from qzanalysis.documents.document import Document, Unplaced, from_json
from qzanalysis.errors import BadData, Problem

MAX_BYTES: Final = 50 * 2**20
MAX_UNPACKED: Final = 200 * 2**20
MAX_MEMBERS: Final = 5_000
SECONDS: Final = 10.0
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES: Final = {
    ".docx": "docx",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".txt": "txt",
    ".md": "txt",
}

# fault → what was found, what was expected, how to mend it
FAULTS: Final[dict[str, tuple[str, str, str]]] = {
    "absent": ("（没有这个文件）", "一个报告文件（report file）", "核对路径和文件名"),
    "folder": ("（不是普通文件）", "一个报告文件（report file）", "给出文件，而不是文件夹或设备"),
    "unreadable": (
        "（无法打开）",
        "可以读取的文件",
        "核对文件的读取权限，或先关闭正在使用它的程序",
    ),
    "empty": ("（0 字节）", "有内容的报告文件", "重新取得或导出该文件"),
    "huge": ("（文件过大）", "不超过 50 MB 的文件", "只保留含数据表的页，另存后再试"),
    "bomb": (
        "（解开后过大）",
        "解开后不超过 200 MB 的文件",
        "用 Word 打开后另存；来历不明的文件不要使用",
    ),
    "too_big": ("（内容超出限度）", "500 MB 内存内可读完的文件", "只保留含数据表的页，另存后再试"),
    "slow": ("（10 秒内没有读完）", "10 秒内可读完的文件", "只保留含数据表的页，另存后再试"),
    "TooManyPages": ("（超过 300 页）", "不超过 300 页的 PDF", "只保留含数据表的页，另存后再试"),
    "NoText": (
        "（没有文字层 no text layer，是图片）",
        "能选中文字的 PDF",
        "先做文字识别（OCR），或改用 Word 原件，或用 qzanalysis new-year 填表",
    ),
    "HasDoctype": (
        "（XML 中有 DOCTYPE 声明）",
        "Word 自己保存的 .docx",
        "用 Word 打开后另存；来历不明的文件不要使用",
    ),
    "protected": ("（有密码 password-protected）", "没有密码的文件", "去掉密码后另存"),
    "old_word": (
        "（旧版 Office 文件）",
        ".docx、.pdf、.html 或 .txt",
        "在 Word 或 WPS 中另存为 .docx",
    ),
    "workbook": (
        "（是工作簿 workbook）",
        ".docx、.pdf、.html 或 .txt 格式的报告",
        "填好的工作簿用 qzanalysis import 导入",
    ),
    "wrong_type": (
        "（内容与扩展名不符，或不是报告格式）",
        ".docx、.pdf、.html 或 .txt 格式的报告",
        "另存为其中一种格式",
    ),
    "damaged": ("（文件已损坏或不完整）", "能正常打开的文件", "重新取得或导出该文件"),
    "encoding": ("（无法识别文字编码）", "UTF-8 或 GB18030 编码", "在编辑器中另存为 UTF-8"),
    "library": (
        "（缺少读取 PDF 的程序库 pdfplumber）",
        "已安装 extract 附加组件",
        "运行 pip install 'qzanalysis[extract]'",
    ),
}


def read(path: Path) -> Document:
    """Every table of a document, and its running text, read within the limits.

    Raises:
        BadData: the document is absent, too big, protected, damaged, a picture, of the wrong kind…
    """
    content = content_of(path)
    kind = kind_of(path, content)
    answer = _read_aside(path, kind)
    if "fault" in answer:
        raise refusal(path, answer["fault"])
    return from_json(answer)


def refusal(path: Path, fault: str) -> BadData:
    """The error for one fault of a document."""
    return BadData([Problem(path.name or str(path), None, None, *FAULTS[fault])])


def nothing_found(path: Path, listed: Sequence[Unplaced]) -> BadData:
    """The error for a document without any value that has a place; shows what stood in the way."""
    reasons = dict.fromkeys(f"{each.text}：{each.reason}" for each in listed)
    seen = "；".join(list(reasons)[:5])
    found = f"（没有可放入的数据）{seen}" if seen else "（没有数据表）"
    remedy = "核对 --year 与文件是否相符；或用 qzanalysis new-year 填表"
    return BadData([Problem(path.name, None, None, found, "含有已知数据表的报告", remedy)])


def other_year(path: Path, year: int, found: Iterable[int]) -> BadData:
    """The error for a report that has figures, but none of the year it should be of."""
    years = "、".join(map(str, sorted(found))) or "其他"
    value = f"（没有 {year} 年的数字，只有 {years} 年的）"
    remedy = "核对 --year：它是报告的年份，即各表两个年份中较晚的一个"
    return BadData([Problem(path.name, None, None, value, f"{year} 年的报告", remedy)])


def kind_of(path: Path, content: bytes) -> str:
    """`docx`, `pdf`, `html` or `txt`: by content, which must agree with the name.

    Raises:
        BadData: it is none of these, or not what its name says.
    """
    named = _SUFFIXES.get(path.suffix.lower())
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise refusal(path, "protected" if locked else "old_word")
    found = _found(path, content, named)
    if named is None or found != named:
        raise refusal(path, "wrong_type")
    return found


def _found(path: Path, content: bytes, named: str | None) -> str:
    if content.startswith(b"PK"):
        return _package_kind(path, content)
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if named in {"docx", "pdf"}:
        raise refusal(path, "damaged" if named == "pdf" else "wrong_type")
    if b"\0" in content[:4096] and content[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return ""
    return named or ""


def _package_kind(path: Path, content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise refusal(path, "damaged") from None
    if sum(each.file_size for each in members) > MAX_UNPACKED or len(members) > MAX_MEMBERS:
        raise refusal(path, "bomb")
    names = {each.filename for each in members}
    if "xl/workbook.xml" in names:
        raise refusal(path, "workbook")
    return "docx" if "word/document.xml" in names else ""


def content_of(path: Path) -> bytes:
    """The bytes of a document; refused if absent, no file, too big, or empty."""
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


def _read_aside(path: Path, kind: str) -> dict[str, Any]:
    """The reader's answer, from a process of its own that is ended when its time is over."""
    if kind == "pdf" and not _installed("pdfplumber"):
        return {"fault": "library"}
    command = [sys.executable, "-m", "qzanalysis.documents.reader", kind]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_search_path()), "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [*command, str(path.resolve())],
            capture_output=True,
            timeout=SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"fault": "slow"}
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # it died: out of memory, or a crash inside a library
        return {"fault": "too_big"}
    return answer if isinstance(answer, dict) else {"fault": "damaged"}


def _installed(module: str) -> bool:
    return find_spec(module) is not None


def _search_path() -> list[str]:
    return [str(Path(__file__).parents[2]), *[each for each in sys.path if each]]
