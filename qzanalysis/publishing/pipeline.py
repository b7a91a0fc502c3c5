"""From figures to published reports: one report is a batch of one.

All notebooks of all reports form one queue. A report is published as its last notebook ends, and
only the reports whose notebooks are running are in memory. Pages are built and published in a
thread beside the queue, those of chapters that are used again while the others still run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from qzanalysis.errors import QzAnalysisError, RunFailed
from qzanalysis.publishing import jobs, pools, reuse, run, scratch, site
from qzanalysis.publishing.jobs import Job, Progress, Request, silent
from qzanalysis.publishing.ledger import crate, fingerprints, manifest, records
from qzanalysis.publishing.ledger.records import Record
from qzanalysis.publishing.pools import Task
from qzanalysis.reports import atomic

Prepare = Callable[[], Job]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The first page of one report, or the error why there is no new one."""

    name: str
    index: Path | None
    error: QzAnalysisError | None = None


def render(
    request: Request,
    progress: Progress = silent,
    prepare: Callable[[Request], Job] = jobs.prepare,
) -> Path:
    """Run the notebooks, publish the report, and return the path of its first page.

    Raises:
        UsageError: unknown school, year, chapter or parameter, or an impossible value; nothing ran.
        BadData: the data break their schema; nothing ran.
        RunFailed: a notebook or page failed; what was published stays.
    """
    (outcome,) = render_jobs({"": partial(prepare, request)}, request, progress).values()
    if outcome.error or outcome.index is None:
        raise outcome.error or RuntimeError(request)
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
        job: the report.
        hold: holds the report's lock until it is published.
        ahead: the parts of pages that are made meanwhile.
        ended: the results of the notebooks that have ended, by chapter number.
    """

    job: Job
    hold: contextlib.ExitStack
    ahead: Future[dict[str, site.Main]]
    ended: dict[int, Record | RunFailed] = field(default_factory=dict)


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
                flight = self._flights[name] = self._start(prepare)
            except QzAnalysisError as error:
                self._ended[name] = self._beside.submit(Outcome, name, None, error)
                continue
            job = flight.job
            settings = run.settings(job.request, job.memory.packed() if job.stale else b"")
            reuse.explain(job, settings.engine)
            self._total += len(job.stale)
            self._progress(self._done, self._total, "运行各章")
            for number, task in run.tasks(job.stale, job.values, settings):
                yield (name, number), task
            if not job.stale:
                self._finish(name)

    def _start(self, prepare: Prepare) -> _Flight:
        job = prepare()
        with contextlib.ExitStack() as hold:
            hold.enter_context(atomic.locked(job.target))
            job = reuse.plan(job)
            return _Flight(job, hold.pop_all(), self._beside.submit(ahead, job))

    def _land(self, name: str, number: int, result: Any) -> None:
        flight = self._flights[name]
        job = flight.job
        chapter = next(c for c in job.stale if c.number == number)
        ended = run.outcome(chapter, result)
        flight.ended[number] = (
            reuse.keep(job, chapter, ended) if isinstance(ended, run.Made) else ended
        )
        self._done += 1
        self._progress(self._done, self._total, "　".join(filter(None, (name, chapter.title))))
        if len(flight.ended) == len(job.stale):
            self._finish(name)

    def _finish(self, name: str) -> None:
        self._ended[name] = self._beside.submit(_published, name, self._flights.pop(name))


def ahead(job: Job) -> dict[str, site.Main]:
    """Main parts of pages, by page name, that can be made while chapters are still running."""
    with job.memory.in_use():
        return site.mains(job)


def files(job: Job, mains: Mapping[str, site.Main]) -> dict[str, bytes]:
    """The files of the report, proved fit to publish, by name.

    Args:
        job: the report, with the records of all chosen chapters.
        mains: the value of `ahead`.

    Raises:
        RunFailed: a page is not fit to publish.
    """
    with job.memory.in_use():
        pages = site.pages(job, mains)
    content = manifest.plan(job.school.slug, job.year, job.values, job.chosen, job.inputs)
    before = job.published["chapters"] if job.published else {}
    content["chapters"] |= {page: before[page] for page in job.pages if page in before}
    written = {name: markup.encode() for name, markup in sorted(pages.items())}
    return crate.completed(job.school.name, content, written)


def _published(name: str, flight: _Flight) -> Outcome:
    """Build a report's pages and publish them, unless they stand there already."""
    job = flight.job
    try:
        with flight.hold:
            job = replace(job, kept={**job.kept, **run.results(job.stale, flight.ended)})
            content = files(job, flight.ahead.result())
            listed = fingerprints.digest(content[records.MANIFEST])
            if records.exact(job.target) != listed:
                atomic.publish(job.target, content)
            page = first_page(job.target)
            reuse.store(job, listed, page)
            return Outcome(name, page)
    except QzAnalysisError as error:
        return Outcome(name, None, error)


def first_page(target: Path) -> Path:
    """The page a reader opens: the index, or the first chapter where there is none."""
    index = target / "index.html"
    return index if index.exists() else min(target.glob("[0-9]*.html"), default=index)
