"""Runs notebooks with papermill, several at a time, and says clearly which cell failed.

Every notebook runs in a process of its own, so that nothing of one reaches another or the caller.
The result depends neither on the number of processes nor on the engine.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import environment, scratch
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.ledger import reads
from qzanalysis.publishing.ledger.fingerprints import Places
from qzanalysis.publishing.parameters import Values
from qzanalysis.publishing.pools import Died, Task, can_fork
from qzanalysis.reports.memory import Memory

if TYPE_CHECKING:
    import nbformat

T = TypeVar("T")
FORKED: Final = "qzanalysis-forked"
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
    """The result of one notebook.

    Attributes:
        body: the markup of the main part of its page.
        reads: fingerprint of every file and folder it read; None where that could not be seen.
    """

    body: str
    reads: Mapping[str, str] | None


def settings(request: Request, handed: bytes) -> Settings:
    """The settings of a request; `handed` is what is known of its report."""
    data = request.places.data
    if request.engine is None:
        return Settings(data, handed=handed)
    return Settings(data, engine=request.engine or None, handed=handed)


def tasks(
    chapters: Sequence[Chapter], values: Mapping[int, Values], settings: Settings
) -> list[tuple[int, Task]]:
    """The calls for a pool, by chapter number; the longest notebook first, lest it end last."""
    longest_first = sorted(chapters, key=lambda c: c.path.stat().st_size, reverse=True)
    return [(c.number, (run_one, (c, values[c.number], settings))) for c in longest_first]


def outcome(chapter: Chapter, result: Made | RunFailed | Died) -> Made | RunFailed:
    """The result of a pool for a chapter; a process that died is a failure of that chapter."""
    return _dead(chapter) if isinstance(result, Died) else result


def results(chapters: Sequence[Chapter], outcomes: Mapping[int, T | RunFailed]) -> dict[int, T]:
    """The outcomes of all chapters, by number, if all ended well.

    Raises:
        RunFailed: one message about every chapter that failed.
    """
    ended = {chapter.number: outcomes[chapter.number] for chapter in chapters}
    if failures := [str(one) for one in ended.values() if isinstance(one, RunFailed)]:
        head = f"{len(failures)} 章运行失败，已发布的报告保持不变："
        raise RunFailed("\n".join([head, *failures]))
    return {number: one for number, one in ended.items() if not isinstance(one, RunFailed)}


def run_one(chapter: Chapter, values: Values, settings: Settings) -> Made | RunFailed:
    """One executed and exported notebook, or why there is none. Runs in a process of its own."""
    # Here, because only this process needs them, and they take longest to import.
    from nbclient.exceptions import CellTimeoutError, DeadKernelError  # noqa: PLC0415
    from papermill.exceptions import PapermillExecutionError  # noqa: PLC0415

    from qzanalysis.publishing import export  # noqa: PLC0415

    begun: list[tuple[int, str]] = []  # index and source of cells
    try:
        with Memory(settings.handed).in_use(), reads.watched() as seen:
            notebook = execute(chapter, values, settings, begun)
        if fault := _fault(chapter, notebook):
            return fault
        # A kernel that is not forked from here reads in a process that cannot be seen.
        places = Places(settings.data, chapter.path.parent)
        seen_all = seen.fingerprints(places, chapter.inputs) if settings.engine == FORKED else None
        return Made(export.body(chapter, notebook), seen_all)
    except PapermillExecutionError as error:
        reason = f"出错：\n{{}}\n  {_plain(f'{error.ename}: {error.evalue}')}"
        return RunFailed(explain(chapter, error.cell_index, error.source, reason, error.traceback))
    except CellTimeoutError:
        reason = f"运行超过 {settings.cell_timeout} 秒，已中止：\n{{}}"
        return RunFailed(explain(chapter, *begun[-1], reason))
    except DeadKernelError:
        return _dead(chapter)
    except Exception as error:  # what an exporter refuses; no memory, a broken engine
        kind = "" if isinstance(error, RunFailed) else f"{chapter.label}：{type(error).__name__}："
        return RunFailed(kind + _plain(str(error)))


def execute(
    chapter: Chapter,
    values: Values,
    settings: Settings,
    begun: list[tuple[int, str]] | None = None,
) -> nbformat.NotebookNode:
    """The notebook as papermill leaves it, with the outputs of every cell.

    Args:
        chapter, values, settings: what to execute, and how.
        begun: receives index and source of each cell that begins.
    """
    import papermill  # noqa: PLC0415
    from papermill.engines import papermill_engines  # noqa: PLC0415

    from qzanalysis.publishing.engine import ForkedEngine  # noqa: PLC0415

    logging.getLogger("papermill").setLevel(logging.ERROR)
    papermill_engines.register(FORKED, ForkedEngine)  # where the package is not installed, but lies
    started = begun if begun is not None else []
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
            on_cell_start=lambda cell, cell_index: started.append((cell_index, cell.source)),
            config=_kernel_config(aside),
            extra_arguments=["--IPKernelApp.log_level=50", "--HistoryManager.enabled=False"],
        )
    return done


def explain(
    chapter: Chapter, index: int, source: str, reason: str, traceback: Sequence[str] = ()
) -> str:
    """A failing cell in a few lines: chapter, cell, and source with the failing line marked.

    Args:
        chapter: whose cell failed.
        index: of the cell in the executed notebook.
        source: of the cell.
        reason: what happened, with `{}` where the source is to stand.
        traceback: in which the failing line is looked for.
    """
    # papermill puts its own cell after the tagged one, which the author of the notebook never sees.
    number = index + (0 if index > chapter.parameters_cell else 1)
    lines = source.splitlines()
    failing = _failing_line(traceback, len(lines))
    listed = "\n".join(
        f"  {'→' if at == failing else ' '} {at:>2}  {text}" for at, text in enumerate(lines, 1)
    )
    return f"{chapter.label}第 {number} 个单元格" + reason.replace("{}", listed, 1)


def _kernel_config(scratch: str) -> Any:
    """Kernels are spoken to over sockets in `scratch`, which only this user can open, not TCP."""
    from traitlets.config import Config  # noqa: PLC0415

    if sys.platform == "win32":
        return Config()
    return Config({"KernelManager": {"transport": "ipc", "ip": str(Path(scratch, "kernel"))}})


def _failing_line(traceback: Sequence[str], length: int) -> int | None:
    """The line of the failing cell itself: the first frame of the traceback that is in a cell."""
    found = (int(match[1]) for match in _CELL_LINE.finditer(_ANSI.sub("", "\n".join(traceback))))
    return next((line for line in found if 1 <= line <= length), None)


def _fault(chapter: Chapter, notebook: nbformat.NotebookNode) -> RunFailed | None:
    """The fault of a notebook that ran through: a character that no font could draw."""
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        warned = output.output_type == "stream" and output.name == "stderr"
        if warned and (missing := _MISSING_GLYPH.search(str(output.text))):
            return RunFailed(f"{chapter.label}：图中有字体缺失的字符：{_plain(missing[0])}")
    return None


def _dead(chapter: Chapter) -> RunFailed:
    return RunFailed(f"{chapter.label}：运行它的进程被中止（可能是内存不足）；可用 --jobs 1 重试")


def _plain(text: str) -> str:
    """Without terminal colours, and short enough to read."""
    clean = _ANSI.sub("", text).strip()
    return clean if len(clean) <= 600 else f"{clean[:600]}…"
