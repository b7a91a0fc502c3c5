"""Runs notebooks with papermill, several at a time, and says clearly which cell failed.

Every notebook runs in a process of its own, so that nothing of one reaches another or the caller.
The result depends neither on the number of processes nor on the engine.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import environment, scratch
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.ledger import reads
from qzanalysis.publishing.ledger.fingerprints import Places
from qzanalysis.publishing.parameters import Values
from qzanalysis.publishing.workers import Died, Task, can_fork
from qzanalysis.reports.memory import Memory

if TYPE_CHECKING:
    import nbformat

# Engines besides papermill's own, by name: "module:class", registered in each process that uses one.
FORKED: Final = "forked"
ENGINES: Final = {FORKED: "qzanalysis.publishing.forked:ForkedEngine"}

_ANSI: Final = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CELL_LINE: Final = re.compile(r"Cell In\s?\[\d+\],? line:? ?(\d+)")
_MISSING_GLYPH: Final = re.compile(r"Glyph \d+ .*missing from")


@dataclass(frozen=True, slots=True)
class Settings:
    """How notebooks are run.

    Attributes:
        data: the data folder, absolute; kernels see it as `QZANALYSIS_DATA`.
        engine: name of a papermill engine; None is papermill's own, a kernel for each notebook.
        cell_timeout: seconds a cell may take.
        handed: what is known already, as `Memory.packed` gives it; kernels cannot use it.
    """

    data: Path
    engine: str | None = field(default_factory=lambda: FORKED if can_fork() else None)
    cell_timeout: int = 300
    handed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one notebook.

    Attributes:
        body: the markup of the main part of its page.
        reads: fingerprint of every file and folder it read; None where that could not be seen.
    """

    body: str
    reads: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one notebook has no result: told to the user as it stands."""

    message: str


def tasks(
    chapters: Sequence[Chapter], values: Mapping[int, Values], settings: Settings
) -> list[tuple[int, Task]]:
    """What a pool has to call, by chapter number: the longest notebook first, lest it end last."""
    longest_first = sorted(chapters, key=lambda c: c.path.stat().st_size, reverse=True)
    return [(c.number, (run_one, (c, values[c.number], settings))) for c in longest_first]


def outcome(chapter: Chapter, result: Made | Failure | Died) -> Made | Failure:
    """What a pool gave for a chapter; a process that died is a failure, told by name."""
    return _dead(chapter) if isinstance(result, Died) else result


def results(chapters: Sequence[Chapter], outcomes: Mapping[int, Made | Failure]) -> dict[int, Made]:
    """The outcomes of all chapters, if all ended well.

    Raises:
        RunFailed: one message about every chapter that failed.
    """
    ended = {chapter.number: outcomes[chapter.number] for chapter in chapters}
    if failures := [one.message for one in ended.values() if isinstance(one, Failure)]:
        head = f"{len(failures)} 章运行失败，已发布的报告保持不变："
        raise RunFailed("\n".join([head, *failures]))
    return {number: one for number, one in ended.items() if isinstance(one, Made)}


def run_one(chapter: Chapter, values: Values, settings: Settings) -> Made | Failure:
    """One executed and exported notebook, or why there is none. Runs in a process of its own."""
    # Here, because only this process needs them, and they take longest to import.
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    from qzanalysis.publishing import export  # noqa: PLC0415

    try:
        with Memory(settings.handed).in_use(), reads.watched() as seen:
            notebook = execute(chapter, values, settings)
        if fault := _fault(chapter, notebook):
            return fault
        # A kernel that is not forked from here reads in a process that cannot be seen.
        places = Places(settings.data, chapter.path.parent)
        seen_all = seen.fingerprints(places, chapter.inputs) if settings.engine == FORKED else None
        return Made(export.body(chapter, notebook), seen_all)
    except PapermillExecutionError as error:
        return Failure(explain(chapter, error))
    except RunFailed as error:
        return Failure(str(error))
    except Exception as error:  # a dead kernel, no memory, a broken engine
        return Failure(f"{chapter.label}：{type(error).__name__}：{_plain(str(error))}")


def execute(chapter: Chapter, values: Values, settings: Settings) -> nbformat.NotebookNode:
    """The notebook as papermill leaves it, with the outputs of every cell."""
    import papermill  # noqa: PLC0415

    logging.getLogger("papermill").setLevel(logging.ERROR)
    _register(settings.engine)
    with (
        scratch.folder() as aside,
        environment.variables(environment.kernel(settings.data, aside)),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        done: nbformat.NotebookNode = papermill.execute_notebook(
            str(chapter.path).replace("{", "{{").replace("}", "}}"),
            None,
            parameters=dict(values),
            engine_name=settings.engine,
            progress_bar=False,
            log_output=False,
            cwd=str(chapter.path.parent),
            execution_timeout=settings.cell_timeout,
            config=_kernel_config(aside),
            extra_arguments=["--IPKernelApp.log_level=50"],
        )
    return done


def explain(chapter: Chapter, error: Any) -> str:
    """A failing cell in a few lines: chapter, cell, source with the failing line marked, error.

    Args:
        chapter: whose cell failed.
        error: papermill's exception, with cell_index, source, ename, evalue and traceback.
    """
    # papermill puts its own cell after the tagged one, which the author of the notebook never sees.
    injected = error.cell_index > chapter.parameters_cell
    number = error.cell_index + (0 if injected else 1)
    line = _failing_line(error.traceback, len(error.source.splitlines()))
    source = "\n".join(
        f"  {'→' if at == line else ' '} {at:>2}  {text}"
        for at, text in enumerate(error.source.splitlines(), 1)
    )
    reason = _plain(f"{error.ename}: {error.evalue}")
    return f"{chapter.label}第 {number} 个单元格出错：\n{source}\n  {reason}"


def _kernel_config(scratch: str) -> Any:
    """Kernels are spoken to over sockets in `scratch`, which only this user can open, not TCP."""
    from traitlets.config import Config  # noqa: PLC0415

    if sys.platform == "win32":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": str(Path(scratch, "kernel"))}})


def _failing_line(traceback: Sequence[str], length: int) -> int | None:
    """The line of the failing cell itself: the first frame of the traceback that is in a cell."""
    for match in _CELL_LINE.finditer(_ANSI.sub("", "\n".join(traceback))):
        if 1 <= int(match[1]) <= length:
            return int(match[1])
    return None


def _fault(chapter: Chapter, notebook: nbformat.NotebookNode) -> Failure | None:
    """A notebook that ran through, but must not be published: a character no font could draw."""
    for text in _warnings(notebook):
        if found := _MISSING_GLYPH.search(text):
            return Failure(f"{chapter.label}：图中有字体缺失的字符：{_plain(found[0])}")
    return None


def _warnings(notebook: nbformat.NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                yield str(output.text)


def _dead(chapter: Chapter) -> Failure:
    return Failure(f"{chapter.label}：运行它的进程被中止（可能是内存不足）；可用 --jobs 1 重试")


def _register(engine: str | None) -> None:
    if engine in ENGINES:
        from papermill.engines import papermill_engines  # noqa: PLC0415

        module, _, name = ENGINES[engine].partition(":")
        papermill_engines.register(engine, getattr(importlib.import_module(module), name))


def _plain(text: str) -> str:
    """Without terminal colours, and short enough to read."""
    clean = _ANSI.sub("", text).strip()
    return clean if len(clean) <= 600 else f"{clean[:600]}…"
