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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Characters that nobody sees and that steer what they see: no report and no page needs them.
CONTROLS: Final = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0))  # not tab, not line break
REORDERING: Final = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
STEERING: Final = (*CONTROLS, *REORDERING)
_HARMLESS: Final = dict.fromkeys(STEERING, "\ufffd")


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


def harmless(text: str) -> str:
    """Text from files, without characters that would steer or mislead a terminal."""
    return text.translate(_HARMLESS)


def spoken(verb: Callable[P, T]) -> Callable[P, T]:
    """Turn this package's errors into a message on standard error and an exit status."""

    @wraps(verb)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return verb(*arguments, **options)
        except QzAnalysisError as error:
            import typer  # noqa: PLC0415

            typer.echo(f"错误：{harmless(str(error))}", err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            import typer  # noqa: PLC0415

            typer.echo(INTERRUPTED, err=True)
            raise typer.Exit(1) from None

    return wrapped


@contextlib.contextmanager
def in_chinese() -> Iterator[None]:
    """Turn typer's message about a wrong command line into one in Chinese."""
    import typer  # noqa: PLC0415

    try:
        yield
    except typer.TyperException as error:
        message = misread(error.format_message())
        if message is None:
            raise
        context = getattr(error, "ctx", None)
        usage = f"。写法见：{context.command_path} --help" if context else ""
        typer.echo(f"错误：{harmless(message)}{usage}", err=True)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        typer.echo(INTERRUPTED, err=True)
        raise typer.Exit(1) from None


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
