"""From figures to published reports: one report is a batch of one.

All notebooks of all reports form one queue. A report is published as its last notebook ends, and
only the reports whose notebooks are running are in memory. Pages are built and published in a
thread beside the queue, those of chapters that are used again while the others still run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from qzanalysis.errors import QzAnalysisError
from qzanalysis.publishing import assembly, jobs, pools, reuse, run, scratch, site
from qzanalysis.publishing.jobs import Job, Progress, Request, silent
from qzanalysis.publishing.ledger.records import Record
from qzanalysis.publishing.pools import Task
from qzanalysis.publishing.reuse import Work
from qzanalysis.reports import atomic

Prepare = Callable[[], Job]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first page of one report, or the error why there is no new one."""

    name: str
    index: Path | None
    error: QzAnalysisError | None = None


def render(request: Request, progress: Progress = silent) -> Path:
    """Run the notebooks, publish the report, and return the path of its first page.

    Raises:
        UsageError: unknown school, year, chapter or parameter, or an impossible value; nothing ran.
        BadData: the data break their schema; nothing ran.
        RunFailed: a notebook or page failed; what was published stays.
    """
    return render_job(partial(jobs.prepare, request), request, progress)


def render_job(prepare: Prepare, request: Request, progress: Progress = silent) -> Path:
    """As `render`, for the job that `prepare` gives."""
    (outcome,) = render_jobs({"": prepare}, request, progress).values()
    if outcome.error or outcome.index is None:
        raise outcome.error or RuntimeError(prepare)
    return outcome.index


def render_jobs(
    batch: Mapping[str, Prepare],
    request: Request,
    progress: Progress = silent,
    begin: Callable[[str], None] = lambda _: None,
) -> dict[str, Outcome]:
    """Render many reports; one that fails does not stop the others.

    Args:
        batch: the jobs, by the name of the report in messages.
        request: how many notebooks run at the same time, and where.
        progress: called as chapters end, those of all reports counted together.
        begin: called with the name of each report before it starts.

    Returns:
        The outcome of each report, by name.
    """
    queue = _Queue(batch, progress, begin)
    return queue.run(pools.choose(request.workers, request.scheduler))


@dataclass
class _Flight:
    """A report whose notebooks are running.

    Attributes:
        work: the report.
        hold: holds the report's lock until it is published.
        ahead: the parts of pages that are made meanwhile.
        ended: the notebooks that have ended, by chapter number.
        records: what was stored of them.
    """

    work: Work
    hold: contextlib.ExitStack
    ahead: Future[dict[str, site.Main]]
    ended: dict[int, run.Made | run.Failure] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)


class _Queue:
    def __init__(
        self, batch: Mapping[str, Prepare], progress: Progress, begin: Callable[[str], None]
    ) -> None:
        self._batch, self._progress, self._begin = batch, progress, begin
        self._beside = ThreadPoolExecutor(1)
        self._flights: dict[str, _Flight] = {}
        self._ended: dict[str, Future[Outcome]] = {}
        self._done = self._total = 0

    def run(self, pool: pools.Pool) -> dict[str, Outcome]:
        """The outcome of each report, by name."""
        scratch.sweep()
        with self._beside:
            try:
                tasks = self._tasks()
                if first := next(tasks, None):
                    with contextlib.closing(pool(chain([first], tasks))) as results:
                        for (name, number), result in results:
                            self._land(name, number, result)
            finally:  # interrupted: what is held is let go
                for flight in self._flights.values():
                    flight.hold.close()
        scratch.sweep()  # what notebooks that were killed have left
        return {name: self._ended[name].result() for name in self._batch}

    def _tasks(self) -> Iterator[tuple[tuple[str, int], Task]]:
        for name, prepare in self._batch.items():
            self._begin(name)
            try:
                flight = self._start(prepare)
            except QzAnalysisError as error:
                self._ended[name] = self._beside.submit(Outcome, name, None, error)
                continue
            work = flight.work
            self._flights[name] = flight
            self._total += len(work.stale)
            self._progress(self._done, self._total, "运行各章")
            tasks = run.tasks(work.stale, work.job.values, work.settings)
            yield from (((name, number), task) for number, task in tasks)
            if not work.stale:
                self._finish(name)

    def _start(self, prepare: Prepare) -> _Flight:
        job = prepare()
        with contextlib.ExitStack() as hold:
            hold.enter_context(atomic.locked(job.target))
            work = reuse.plan(job)
            if work.needed:
                reuse.tell(work)
            ahead = self._beside.submit(assembly.ahead, work)
            return _Flight(work, hold.pop_all(), ahead)

    def _land(self, name: str, number: int, result: Any) -> None:
        flight = self._flights[name]
        chapter = next(c for c in flight.work.stale if c.number == number)
        ended = flight.ended[number] = run.outcome(chapter, result)
        if isinstance(ended, run.Made):
            flight.records[number] = reuse.keep(flight.work.job, chapter, ended)
        self._done += 1
        self._progress(self._done, self._total, "　".join(filter(None, (name, chapter.title))))
        if len(flight.ended) == len(flight.work.stale):
            self._finish(name)

    def _finish(self, name: str) -> None:
        self._ended[name] = self._beside.submit(_published, name, self._flights.pop(name))


def _published(name: str, flight: _Flight) -> Outcome:
    """Build a report's pages and publish them; or give the error why there are none."""
    work, target = flight.work, flight.work.job.target
    try:
        with flight.hold:
            if work.needed:
                made = run.results(work.stale, flight.ended)
                files = assembly.build(work, made, flight.ahead.result())
                atomic.publish(target, files)
                reuse.published(work, flight.records, files)
            page = first_page(target)
            reuse.answer(work, flight.records, page)
            return Outcome(name, page)
    except QzAnalysisError as error:
        return Outcome(name, None, error)


def first_page(target: Path) -> Path:
    """The page a reader opens: the index, or the first chapter where there is none."""
    index = target / "index.html"
    return index if index.exists() else min(target.glob("[0-9]*.html"), default=index)
