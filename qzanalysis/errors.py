"""The exceptions of the package, all in one tree.

    QzAnalysisError
    ├── UsageError          wrong name, parameter or option     exit status 2
    │   └── BadData         a data file breaks its schema       exit status 2
    └── RunFailed           a notebook or a page failed         exit status 1

Every message says what was found, what was expected and how to mend it.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Characters that nobody sees and that steer what they see: no report and no page needs them.
CONTROLS: Final = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0))  # not tab, not line break
REORDERING: Final = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
STEERING: Final = (*CONTROLS, *REORDERING)
_HARMLESS: Final = dict.fromkeys(STEERING, "\ufffd")
_INVISIBLE: Final = re.compile(
    f"[{''.join(map(chr, STEERING))}\u200b-\u200d\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LONGEST_VALUE: Final = 400  # characters of a value in a message
MOST_PROBLEMS: Final = 200  # in one message

INTERRUPTED: Final = "已中断；已发布的报告保持不变。"


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
        row = f"第 {self.row} 行" if self.row else ""
        place = "，".join(filter(None, (self.file, row, self.column and f"列 {self.column}")))
        value = shown(self.value, _LONGEST_VALUE)
        return f"{place}：值为“{value}”；应为：{self.expected}。处理办法：{self.remedy}"


class BadData(UsageError):
    """One or more data files break their schema; carries every problem, its message the first 200."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = [f"数据有 {len(self.problems)} 处问题，未写出任何文件："]
        lines += [f"  {problem}" for problem in self.problems[:MOST_PROBLEMS]]
        if (more := len(self.problems) - MOST_PROBLEMS) > 0:
            lines.append(f"  另有 {more} 处，改正以上各处后再列出")
        super().__init__("\n".join(lines))


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the closest known spelling, or lists what there is.

    >>> nearest("yaer", ["school", "year"])
    '最接近的是 year'
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"最接近的是 {close[0]}" if close else f"可用的有：{'、'.join(names)}"


def shown(value: str, longest: int = 60) -> str:
    """A value as a message shows it: one line, cut after so many characters."""
    plain = " ".join(value[: 4 * longest].split())
    whole = len(plain) <= longest and len(value) <= 4 * longest
    return plain if whole else plain[:longest] + "……"


def invisible(text: str) -> bool:
    """True if a text holds characters that are not shown and that mislead a page or a terminal."""
    return bool(_INVISIBLE.search(text))


def harmless(text: str) -> str:
    """Text from files, without characters that would steer or mislead a terminal."""
    return text.translate(_HARMLESS)


@contextlib.contextmanager
def spoken() -> Iterator[None]:
    """Turn errors and an interrupt into one Chinese message on standard error and an exit status.

    Also typer's own messages about a wrong command line, as far as `command_line.csv` has them.
    """
    import typer  # noqa: PLC0415

    try:
        yield
    except KeyboardInterrupt:
        message, status = INTERRUPTED, 1
    except QzAnalysisError as error:
        message, status = f"错误：{harmless(str(error))}", error.exit_code
    except typer.TyperException as error:
        chinese = misread(error.format_message())
        if chinese is None:
            raise
        context = getattr(error, "ctx", None)
        usage = f"。写法见：{context.command_path} --help" if context else ""
        message, status = f"错误：{harmless(chinese)}{usage}", error.exit_code
    else:
        return
    typer.echo(message, err=True)
    raise typer.Exit(status)


def misread(said: str) -> str | None:
    """Typer's message about a command line, in Chinese; None if `command_line.csv` lacks it.

    >>> misread("Missing argument 'FILE'.")
    '缺少参数 FILE'
    """
    for row in table("command_line"):
        if match := re.fullmatch(row["pattern"], said):
            return match.expand(row["chinese"]).replace("'", "").replace(", ", "、")
    return None


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV beside this module, without loading pandas."""
    text = Path(__file__).with_name(f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
