"""What is asked for, and what is known of it before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from qzanalysis.audit import Finding
from qzanalysis.errors import UsageError
from qzanalysis.publishing import chapters as notebooks
from qzanalysis.publishing import manifest, parameters, run, store
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports import atomic, loading
from qzanalysis.reports.loading import Report
from qzanalysis.reports.memory import Memory

ROOT: Final = Path(__file__).parents[2]
Progress = Callable[[int, int, str], None]  # chapters done, chapters to do, what happens now


def silent(done: int, total: int, what: str) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to render.

    Attributes:
        school, year: which report.
        chapters: numbers of the chapters to run; none means all.
        given: parameters by name, as text or as objects of the declared type.
        data: the data folder; None is the usual one.
        notebooks: the folder of the notebooks.
        out: the folder of all reports.
        workers: notebooks run at the same time; None lets the machine decide.
        force: run even if nothing has changed.
        single_file: also write the whole report as one page.
        engine: a papermill engine by name, empty for papermill's own; None lets the machine decide.
        scheduler: a Dask scheduler to run on, as `pools.choose` takes it.
        say: told what is used again and why the rest runs.
    """

    school: str
    year: int
    chapters: tuple[int, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
    data: Path | None = None
    notebooks: Path = ROOT / "notebooks"
    out: Path = ROOT / "reports"
    workers: int | None = None
    force: bool = False
    single_file: bool = False
    engine: str | None = None
    scheduler: str = ""
    say: Callable[[str], None] = field(default=lambda _: None, compare=False)


@dataclass(frozen=True, slots=True)
class Job:
    """A request that has been checked: everything is known but the pages.

    `memory` has what was worked out for it: the figures, then the findings.
    """

    request: Request
    report: Report
    target: Path
    chapters: tuple[Chapter, ...]
    chosen: tuple[Chapter, ...]
    values: Mapping[int, Values]
    inputs: manifest.Inputs
    memory: Memory


@dataclass(frozen=True, slots=True)
class Work:
    """A job as it stands before anything runs.

    Attributes:
        job: what to render.
        published: the manifest of what is published now.
        kept: for each chapter, its body from another time, or why it has to run.
        pages: the pages of chapters that were not chosen, as they are published.
        findings: of the checks.
        handed: what is known of the report, for the processes that run its chapters.
        needed: whether the report has to be made at all.
    """

    job: Job
    published: Mapping[str, Any] | None
    kept: Mapping[int, store.Kept]
    pages: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    handed: bytes = field(default=b"", repr=False)
    needed: bool = True

    @property
    def stale(self) -> list[Chapter]:
        """The chapters that have to run."""
        return [c for c in self.job.chosen if self.kept[c.number].body is None]

    @property
    def settings(self) -> run.Settings:
        """How they run."""
        settings = run.Settings(loading.data_folder(self.job.request.data), handed=self.handed)
        engine = self.job.request.engine
        return settings if engine is None else replace(settings, engine=engine or None)


def prepare(request: Request) -> Job:
    """Check a request against data, notebooks and codebook, all before anything runs."""
    memory = Memory()
    with memory.in_use():
        report = loading.load(request.school, request.year, request.data)
    _apart(request)
    every = notebooks.discover(request.notebooks)
    chosen = notebooks.choose(every, request.chapters)
    folder = loading.data_folder(request.data) / request.school / str(request.year)
    stored = parameters.from_file(folder / "params.toml", every)
    given = {**parameters.fitting(stored, chosen), **request.given}
    values = parameters.resolve(given, chosen, request.school, request.year)
    return Job(
        request,
        report,
        atomic.place(request.out, request.school, request.year),
        tuple(every),
        tuple(chosen),
        values,
        manifest.inputs(request.school, request.year, request.data, every),
        memory,
    )


def _apart(request: Request) -> None:
    """Notebooks are code, data come from outside: what lies among the data is never run."""
    data, code = loading.data_folder(request.data).resolve(), request.notebooks.resolve()
    if code.is_relative_to(data):
        raise UsageError(f"笔记本文件夹 {code} 在数据文件夹 {data} 里：数据中的笔记本一律不运行")
