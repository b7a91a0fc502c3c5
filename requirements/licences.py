"""Writes docs/licences.md: the licence of every locked dependency, as its own metadata state it.

Run in an environment that holds them (`make licences`); what is not installed there keeps the line
it has. The tests check that no locked dependency is missing from the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
PAGE: Final = FOLDER.parent / "docs" / "licences.md"
LOCKS: Final = {
    "main": "报告",
    "test": "测试",
    "lab": "JupyterLab",
    "extract": "提取文档",
    "many": "多份报告",
}
_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_LINE: Final = re.compile(
    r"^\| (?P<name>[a-z0-9][a-z0-9-]*) \| (?P<licence>[^|]+) \| [^|]+ \|$", re.MULTILINE
)
# What classifiers and free text say, in SPDX's words.
_SPDX: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",  # without saying which of its forms
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "ISC license": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "Artistic License": "Artistic-1.0 OR GPL-2.0-or-later",
}
# Stated nowhere in the metadata: read in the project itself.
_BY_HAND: Final = {
    "arcp": "Apache-2.0",
    "rich-click": "MIT",
    "axe-playwright-python": "MIT AND MPL-2.0",
    "overrides": "Apache-2.0",
    "pywinpty": "MIT",
}
_HEAD: Final = """# 依赖的许可 Licences of dependencies

锁定文件 `requirements/*.txt` 中的每个软件包，许可按其自身的元数据，用 SPDX 的写法。由 `make licences` 生成。
本项目自己的许可是 MIT，见 [LICENSE](../LICENSE)；报告和图中的字体是 Noto Sans SC（OFL-1.1）。
已知漏洞没有在此核对：手头没有离线的漏洞数据库。可以联网时运行 `pip-audit --require-hashes -r requirements/main.txt`。

| 软件包 | 许可 | 用于 |
| --- | --- | --- |
"""


def locked() -> dict[str, list[str]]:
    """Which locks name each package; names in lower case with hyphens."""
    found: dict[str, list[str]] = {}
    for lock in LOCKS:
        text = (FOLDER / f"{lock}.txt").read_text(encoding="utf-8")
        for name in _LOCKED.findall(text):
            found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), []).append(lock)
    return dict(sorted(found.items()))


def listed() -> dict[str, str]:
    """The licences that the page gives now, by package."""
    if not PAGE.exists():
        return {}
    return {m["name"]: m["licence"] for m in _LINE.finditer(PAGE.read_text(encoding="utf-8"))}


def licence(name: str) -> str | None:
    """What an installed package says of itself; None where it is not installed or silent."""
    if name in _BY_HAND:
        return _BY_HAND[name]
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    return next((_SPDX.get(text, text) for text in _statements(about)), None)


def _statements(about: metadata.PackageMetadata) -> Iterator[str]:
    """The best first: an SPDX expression, a short text, a classifier."""
    if expression := about.get("License-Expression"):
        yield str(expression)
    text = str(about.get("License") or "").strip()
    if text.startswith("BSD 3-Clause License"):
        yield "BSD-3-Clause"
    short = re.fullmatch(r"[A-Za-z0-9.-]+( (AND|OR) [A-Za-z0-9.-]+)*", text)
    if text in _SPDX or (short and text not in {"UNKNOWN", "Artistic"}):
        yield text
    for classifier in about.get_all("Classifier") or []:
        if classifier.startswith("License :: "):
            yield classifier.rpartition(" :: ")[2]


def page() -> str:
    """The page as it should be."""
    before, lines = listed(), []
    for name, locks in locked().items():
        found = licence(name) or before.get(name, "？")
        used = "、".join(LOCKS[lock] for lock in locks) if "main" not in locks else "全部"
        lines.append(f"| {name} | {found} | {used} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
