"""From figures to a published report, in one call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from qzanalysis import audit
from qzanalysis.publishing import assembly, jobs, manifest, pools, reuse, run, scratch, store
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Job, Progress, Request, Work, silent
from qzanalysis.publishing.pools import Pool
from qzanalysis.reports import atomic


def render(request: Request, progress: Progress = silent) -> Path:
    """Run the notebooks, publish the report, and return the path of its first page.

    Raises:
        UsageError: unknown school, year, chapter or parameter, or an impossible value; nothing ran.
        BadData: the data break their schema; nothing ran.
        RunFailed: a notebook or page failed; what was published stays.
    """
    pool = pools.choose(request.workers, request.scheduler)
    with begun(jobs.prepare(request)) as work:
        if work.needed:
            with ThreadPoolExecutor(1) as beside:  # this process has nothing to do but wait
                ahead = beside.submit(assembly.ahead, work)
                made = run_stale(work, pool, progress)
            atomic.publish(work.job.target, assembly.build(work, made, ahead.result()))
    return first_page(work.job.target)


def batch(request: Request, hold: contextlib.ExitStack) -> run.Batch:
    """What makes one report of many; its place is held by `hold`.

    Raises:
        UsageError, BadData: as `render`.
        RunFailed: another process renders this report, or its folder cannot be written.
    """
    work = hold.enter_context(begun(jobs.prepare(request)))

    def finish(made: Mapping[int, run.Made]) -> Path:
        if work.needed:
            reuse.keep(work, made)
            atomic.publish(work.job.target, assembly.build(work, made))
        return first_page(work.job.target)

    return run.Batch(work.stale if work.needed else [], work.job.values, work.settings, finish)


@contextlib.contextmanager
def begun(job: Job) -> Iterator[Work]:
    """A report held for this process, with what is published of it and what can be used again.

    Raises:
        RunFailed: another process renders this report, or its folder cannot be written.
    """
    scratch.sweep()
    with atomic.locked(job.target):
        published = manifest.read(job.target)
        if not job.request.force and reuse.current(job, published):
            yield Work(job, published, {}, needed=False)
        else:
            yield worked_out(job, reuse.kept_bodies(job), published)


def worked_out(
    job: Job, kept: Mapping[int, store.Kept], published: Mapping[str, Any] | None = None
) -> Work:
    """The job with its findings, and all that its chapters are handed."""
    with job.memory.in_use():
        findings = audit.run(job.report)
    pages = reuse.kept_pages(job, published)
    return Work(job, published, kept, pages, findings, job.memory.packed())


def run_stale(work: Work, pool: Pool, progress: Progress = silent) -> dict[int, run.Made]:
    """Run the chapters of which nothing can be used again, and keep what they give.

    Raises:
        RunFailed: one message about every chapter that failed.
    """
    total, done = len(work.job.chosen), []

    def tell(chapter: Chapter) -> None:
        done.append(chapter)
        progress(len(done), total, chapter.title)

    progress(0, total, "运行各章")
    reuse.tell(work)
    if not work.stale:
        return {}
    made = run.run(work.stale, work.job.values, work.settings, pool, tell)
    reuse.keep(work, made)
    return made


def first_page(target: Path) -> Path:
    """The page a reader opens: the index, or the first chapter where there is none."""
    index = target / "index.html"
    return index if index.exists() else min(target.glob("[0-9]*.html"), default=index)
