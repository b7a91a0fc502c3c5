"""How the package speaks on a terminal: errors as messages, and text that cannot mislead."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import typer
from typer.core import TyperGroup

from qzanalysis.errors import QzAnalysisError
from qzanalysis.signs import STEERING

P = ParamSpec("P")
T = TypeVar("T")

_HARMLESS: Final = dict.fromkeys(STEERING, "\ufffd")

# What typer says of a command line it cannot read, and the same in Chinese. What is not listed
# here is shown as typer words it.
_MISREAD: Final = tuple(
    (re.compile(said), told)
    for said, told in (
        (r"No such option: (\S+)", r"没有选项 \1"),
        (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1；相近的有 \2"),
        (r"No such command '(.+)'\.", r"没有命令 \1"),
        (r"No such command '(.+)'\. Did you mean (.+)\?", r"没有命令 \1；最接近的是 \2"),
        (r"Missing argument '(.+)'\.", r"缺少参数 \1"),
        (r"Missing option '(.+)'\.", r"缺少选项 \1"),
        (r"Option '(.+)' requires an argument\.", r"选项 \1 后面要写一个值"),
        (r"Option '(.+)' does not take a value\.", r"选项 \1 后面不写值"),
        (r"Got unexpected extra argument\(s\) \((.+)\)", r"多出的内容：\1"),
        (r"Invalid value for (.+): Input should be a valid integer.*", r"\1 的值应为整数"),
        (
            r"Invalid value for (.+): Input should be greater than or equal to (\d+)",
            r"\1 的值至少为 \2",
        ),
        (
            r"Invalid value for (.+): Value error, '(.*)' is not one of (.+)\.",
            r"\1 的值“\2”应为 \3 之一",
        ),
    )
)


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
            typer.echo(f"错误：{harmless(str(error))}", err=True)
            raise typer.Exit(error.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("已中断；已发布的报告保持不变。", err=True)
            raise typer.Exit(1) from None

    return wrapped


class Chinese(TyperGroup):
    """A command whose users are told in Chinese what is wrong with the line they typed."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        with _understood():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        with _understood():
            return super().invoke(ctx)


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except typer.TyperException as error:
        told = misread(error.format_message())
        if told is None:
            raise
        context = getattr(error, "ctx", None)
        usage = f"。写法见：{context.command_path} --help" if context else ""
        typer.echo(f"错误：{harmless(told)}{usage}", err=True)
        raise typer.Exit(error.exit_code) from None


def misread(said: str) -> str | None:
    """What typer said of a command line, in Chinese; None where that has no wording here.

    >>> misread("Missing argument 'FILE'.")
    '缺少参数 FILE'
    """
    for pattern, told in _MISREAD:
        if found := pattern.fullmatch(said):
            return found.expand(told).replace("'", "").replace(", ", "、")
    return None
