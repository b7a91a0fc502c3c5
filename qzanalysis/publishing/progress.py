"""The progress bar of a run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from qzanalysis.errors import harmless


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error, one step a chapter; only lines if that is no terminal.

    Yields:
        A function to call with the steps done, their total, and the current one's name.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("准备", total=None)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=harmless(what)
        )
