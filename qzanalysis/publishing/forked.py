"""A papermill engine that runs a notebook in this very process, in a fresh IPython shell.

A kernel costs a second to start and a second to import pandas and seaborn, ten times over for ten
chapters. Where processes can be forked, `run` starts one server that has imported everything
(`warm`), and forks a process a notebook from it: this engine then executes the cells there. What
it records is what a kernel would record; isolation between notebooks is that between processes.
papermill's extension point: https://papermill.readthedocs.io/en/latest/extending-entry-points.html
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any, Final

import nbformat.v4
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from papermill.engines import Engine
from traitlets import Type
from traitlets.config import Config

NAME: Final = "forked"
_STREAMS: Final = ("stdout", "stderr")


def _output(kind: str, **content: Any) -> Any:
    return nbformat.v4.new_output(kind, **content)  # type: ignore[no-untyped-call]


class Outputs(list[Any]):
    """The outputs of one cell, in the order they came; text to one stream in a row is one output."""

    def stream(self, name: str, text: str) -> None:
        """Add text written to `stdout` or `stderr`."""
        if self and self[-1].output_type == "stream" and self[-1].name == name:
            self[-1].text += text
        else:
            self.append(_output("stream", name=name, text=text))


class _Stream(io.TextIOBase):
    """A stream that writes into the running cell's outputs."""

    def __init__(self, shell: RecordingShell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        if text:
            self._shell.outputs.stream(self._name, text)
        return len(text)

    def writable(self) -> bool:
        return True


class _Publisher(DisplayPublisher):
    """`display(...)` as a kernel would send it."""

    shell: RecordingShell

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        self.shell.outputs.append(_output("display_data", data=data, metadata=metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Hook(DisplayHook):
    """The value of a cell's last expression as a kernel would send it."""

    shell: RecordingShell

    def write_output_prompt(self) -> None:
        """A kernel prints no prompt."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.outputs.append(
            _output(
                "execute_result",
                data=format_dict,
                metadata=md_dict or {},
                execution_count=self.shell.count,
            )
        )

    def finish_displayhook(self) -> None:
        """A kernel sends no line break after the value."""


class RecordingShell(InteractiveShell):
    """An IPython shell whose output goes into `outputs` instead of a terminal."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:
        self.outputs, self.count = Outputs(), 0
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.outputs.append(
            _output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb)
        )

    def execute(self, source: str) -> tuple[Outputs, bool]:
        """Run one cell: its outputs, and whether it ended well."""
        self.outputs, self.count = Outputs(), self.count + 1
        with _redirected(self):
            result = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        return self.outputs, bool(result.success)


class ForkedEngine(Engine):  # type: ignore[misc]
    """papermill's interface to `RecordingShell`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> None:
        """Run every code cell, and stop at the first that fails, as papermill's own engine does."""
        RecordingShell.clear_instance()  # the shell of this process, as get_ipython() knows it
        shell = RecordingShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code":
                continue
            nb_man.cell_start(cell, index)
            outputs, succeeded = shell.execute(cell.source)
            cell.outputs, cell.execution_count = list(outputs), shell.count
            if not succeeded:
                nb_man.cell_exception(cell, index)
                break
            nb_man.cell_complete(cell, index)


@contextlib.contextmanager
def _redirected(shell: RecordingShell) -> Iterator[None]:
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_Stream(shell, name) for name in _STREAMS)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
