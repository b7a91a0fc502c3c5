"""The exceptions of the package, all in one tree.

    QzAnalysisError
    ├── UsageError          wrong name, parameter or option     exit status 2
    │   └── BadData         a data file breaks its schema       exit status 2
    └── RunFailed           a notebook or a page failed         exit status 1

Every message says what was found, what was expected and how to mend it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class QzAnalysisError(Exception):
    """Anything this package raises on purpose."""

    exit_code = 1


class UsageError(QzAnalysisError):
    """Asked for something that does not exist or cannot be."""

    exit_code = 2


class RunFailed(QzAnalysisError):
    """A notebook or a page failed while it was made; what was published stays."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a data file: where, what stands there, what was expected, how to mend it."""

    file: str
    row: int | None
    column: str | None
    value: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        place = "，".join(
            part
            for part in (
                self.file,
                f"第 {self.row} 行" if self.row else "",
                f"列 {self.column}" if self.column else "",
            )
            if part
        )
        return f"{place}：值为“{self.value}”；应为：{self.expected}。处理办法：{self.remedy}"


class BadData(UsageError):
    """One or more data files break their schema; carries every problem, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"数据有 {len(self.problems)} 处问题，未写出任何文件："]
        super().__init__("\n".join(lines + [f"  {problem}" for problem in self.problems]))


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the closest known spelling, or lists what there is.

    >>> nearest("yaer", ["school", "year"])
    '最接近的是 year'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"最接近的是 {close[0]}" if close else f"可用的有：{'、'.join(names)}"
