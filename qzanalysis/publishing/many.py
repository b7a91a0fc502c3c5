"""Every report there is, the pages that compare the schools, and a first page over all.

One report that fails does not stop the others; what it had published stays.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import QzAnalysisError, RunFailed
from qzanalysis.publishing import bureau, pipeline, pools, run, scratch, shell
from qzanalysis.publishing.jobs import Progress, Request
from qzanalysis.publishing.workers import Task
from qzanalysis.reports import atomic, loading
from qzanalysis.reports.loading import School

START: Final = "index.html"
Makes = Callable[[contextlib.ExitStack], run.Batch]  # held until what it gives is published


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its first page, or why there is no new one."""

    name: str
    index: Path | None
    error: str = ""


def render_all(
    request: Request,
    progress: Progress,
    begin: Callable[[str], None] = lambda _: None,
) -> tuple[Path, list[Outcome]]:
    """Render every school and year, the comparison of each year, and the first page over them.

    Args:
        request: as for one report; its school and year are replaced by each there is.
        progress: told as chapters end, those of all reports counted together.
        begin: told the name of each report before it starts.

    Returns:
        The first page, and what became of each report, the comparisons last.
    """
    reports = every_report(request.data)
    comparisons: dict[str, Makes] = {
        f"各校比较 {year} 年": partial(bureau.batch, request, year)
        for year in sorted({year for _, year in reports})
    }
    single: dict[str, Makes] = {
        f"{school.name} {year} 年": partial(
            pipeline.batch, replace(request, school=school.slug, year=year)
        )
        for school, year in reports
    }
    queue = _Queue(comparisons | single, progress, begin)  # the longest notebooks first
    ended = queue.run(pools.choose(request.workers, request.scheduler))
    return write_start(request), [ended[name] for name in (*single, *comparisons)]


@dataclass
class _Flight:
    """A batch on its way: what holds its place, and the notebooks that have ended."""

    batch: run.Batch
    hold: contextlib.ExitStack
    ended: dict[int, run.Made | run.Failure] = field(default_factory=dict)


class _Queue:
    """All notebooks of all batches as one queue; each batch is published as its last one ends.

    At any time only the batches whose notebooks are running are in memory. Pages are built and
    published beside the queue, so that no process waits for them.
    """

    def __init__(
        self,
        batches: Mapping[str, Makes],
        progress: Progress,
        begin: Callable[[str], None],
    ) -> None:
        self._batches, self._progress, self._begin = batches, progress, begin
        self._beside = ThreadPoolExecutor(1)
        self._flights: dict[str, _Flight] = {}
        self._ended: dict[str, Future[Outcome]] = {}
        self._done = self._total = 0

    def run(self, pool: pools.Pool) -> dict[str, Outcome]:
        """What became of each batch, by name."""
        with self._beside:
            try:
                for (name, number), result in pool(self._tasks()):
                    self._land(name, number, result)
            finally:  # interrupted: what is held is let go
                for flight in self._flights.values():
                    flight.hold.close()
        scratch.sweep()
        return {name: ended.result() for name, ended in self._ended.items()}

    def _tasks(self) -> Iterator[tuple[tuple[str, int], Task]]:
        for name, make in self._batches.items():
            self._begin(name)
            hold = contextlib.ExitStack()
            try:
                flight = _Flight(make(hold), hold)
            except QzAnalysisError as error:
                hold.close()
                self._ended[name] = self._beside.submit(Outcome, name, None, str(error))
                continue
            self._total += len(flight.batch.chapters)
            self._flights[name] = flight
            yield from (((name, number), task) for number, task in flight.batch.tasks())
            if not flight.batch.chapters:
                self._finish(name)

    def _land(self, name: str, number: int, result: Any) -> None:
        flight = self._flights[name]
        chapter = next(c for c in flight.batch.chapters if c.number == number)
        flight.ended[number] = run.outcome(chapter, result)
        self._done += 1
        self._progress(self._done, self._total, f"{name}　{chapter.title}")
        if len(flight.ended) == len(flight.batch.chapters):
            self._finish(name)

    def _finish(self, name: str) -> None:
        self._ended[name] = self._beside.submit(_published, name, self._flights.pop(name))


def _published(name: str, flight: _Flight) -> Outcome:
    """Build a batch's pages and publish them; or say why there are none."""
    try:
        with flight.hold:
            made = run.results(flight.batch.chapters, flight.ended)
            return Outcome(name, flight.batch.publish(made))
    except QzAnalysisError as error:
        return Outcome(name, None, str(error))


def every_report(data: Path | None) -> list[tuple[School, int]]:
    """All schools and years with figures."""
    return [
        (school, year)
        for slug, school in loading.schools(data).items()
        for year in loading.years(slug, data)
    ]


def write_start(request: Request) -> Path:
    """The first page over all published reports."""
    schools = [
        (school, _years_published(request.out, school.slug))
        for school in loading.schools(request.data).values()
    ]
    text = shell.filled(
        "start.html.j2",
        schools=[(school, reports) for school, reports in schools if reports],
        comparisons=_years_published(request.out, bureau.BUREAU.slug),
    )
    page = request.out / START
    page.parent.mkdir(parents=True, exist_ok=True)
    atomic.save(page, text.encode())
    return page


def recap(outcomes: Sequence[Outcome]) -> str:
    """How many reports were made, and what is wrong with the others.

    Raises:
        RunFailed: at least one report failed.
    """
    failed = [one for one in outcomes if one.index is None]
    text = f"完成 {len(outcomes) - len(failed)} 份，失败 {len(failed)} 份。"
    if failed:
        raise RunFailed("\n".join([text, *(f"{one.name}：{one.error}" for one in failed)]))
    return text


def _years_published(out: Path, slug: str) -> list[tuple[int, str]]:
    """Years with a first page, latest first, and the way to it."""
    found = sorted((out / slug).glob("[0-9][0-9][0-9][0-9]/index.html"), reverse=True)
    return [(int(page.parent.name), page.relative_to(out).as_posix()) for page in found]
