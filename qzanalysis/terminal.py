"""How the package speaks on a terminal: errors as messages, and text that cannot mislead."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import typer

from qzanalysis.errors import QzAnalysisError
from qzanalysis.signs import STEERING

P = ParamSpec("P")
T = TypeVar("T")

_HARMLESS: Final = dict.fromkeys(STEERING, "\ufffd")


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
