"""Every report there is, then a page that compares the schools, and a first page over all.

One report that fails does not stop the others; what it had published stays.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from qzanalysis import dataset
from qzanalysis.dataset import School
from qzanalysis.errors import QzAnalysisError, RunFailed
from qzanalysis.rendering import chapters as notebooks
from qzanalysis.rendering import (
    crate,
    links,
    manifest,
    pipeline,
    pools,
    publish,
    run,
    scratch,
    shell,
    site,
    tables,
)
from qzanalysis.rendering.chapters import Chapter
from qzanalysis.rendering.markup import without_misleading
from qzanalysis.rendering.workers import Task

BUREAU: Final = School("bureau", "各校比较", "各校比较", "")
START: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its first page, or why there is no new one."""

    name: str
    index: Path | None
    error: str = ""


def render_all(
    request: pipeline.Request,
    progress: pipeline.Progress,
    begin: Callable[[str], None] = lambda _: None,
) -> tuple[Path, list[Outcome]]:
    """Render every school and year, the comparison of each year, and the first page over them.

    Args:
        request: as for one report; its school and year are replaced by each there is.
        progress: told as chapters end, those of all reports counted together.
        begin: told the name of each report before it starts.

    Returns:
        The first page, and what became of each report.
    """
    outcomes = _Queue(request, progress, begin).run()
    for year in sorted({year for _, year in every_report(request.data)}):
        name = f"各校比较 {year} 年"
        begin(name)
        outcomes.append(_attempt(name, lambda year=year: compare(request, year)))  # type: ignore[misc]
    return write_start(request), outcomes


@dataclass
class _Flight:
    """One report on its way: the work, what holds it, and the chapters that have ended."""

    work: pipeline.Work
    hold: contextlib.ExitStack
    ended: dict[int, run.Made | run.Failure] = field(default_factory=dict)


class _Queue:
    """All chapters of all reports as one queue; each report is published as its last chapter ends.

    At any time only the reports whose chapters are running are in memory. Pages are built and
    published beside the queue, so that no process waits for them.
    """

    def __init__(
        self,
        request: pipeline.Request,
        progress: pipeline.Progress,
        begin: Callable[[str], None],
    ) -> None:
        self._request, self._progress, self._begin = request, progress, begin
        self._reports = {f"{s.name} {y} 年": (s.slug, y) for s, y in every_report(request.data)}
        self._flights: dict[str, _Flight] = {}
        self._outcomes: dict[str, Outcome | Future[Outcome]] = {}
        self._done = self._total = 0

    def run(self) -> list[Outcome]:
        """What became of each report, in their order."""
        pool = pools.choose(self._request.workers, self._request.scheduler)
        with ThreadPoolExecutor(1) as self._beside:
            try:
                for (name, number), result in pool(self._tasks()):
                    self._land(name, number, result)
            finally:  # interrupted: what is held is let go
                for flight in self._flights.values():
                    flight.hold.close()
        scratch.sweep()
        ended = [self._outcomes[name] for name in self._reports]
        return [one.result() if isinstance(one, Future) else one for one in ended]

    def _tasks(self) -> Iterator[tuple[tuple[str, int], Task]]:
        for name, (school, year) in self._reports.items():
            self._begin(name)
            request = replace(self._request, school=school, year=year)
            with _spoken(name, self._outcomes):
                flight = self._take_off(request)
                if flight.work.stale:
                    self._flights[name] = flight
                    self._total += len(flight.work.stale)
                    work = flight.work
                    todo = run.tasks(work.stale, work.job.values, work.settings)
                    yield from (((name, number), task) for number, task in todo)
                else:
                    self._outcomes[name] = self._beside.submit(_finish, name, flight)

    def _take_off(self, request: pipeline.Request) -> _Flight:
        hold = contextlib.ExitStack()
        work = hold.enter_context(pipeline.begun(pipeline.prepare(request)))
        return _Flight(work, hold)

    def _land(self, name: str, number: int, result: Any) -> None:
        flight = self._flights[name]
        chapter = next(c for c in flight.work.stale if c.number == number)
        flight.ended[number] = run.outcome(chapter, result)
        self._done += 1
        self._progress(self._done, self._total, f"{name}　{chapter.title}")
        if len(flight.ended) == len(flight.work.stale):
            del self._flights[name]
            self._outcomes[name] = self._beside.submit(_finish, name, flight)


def _finish(name: str, flight: _Flight) -> Outcome:
    """Build a report from its chapters, and publish it; or say why there is none."""
    work, target = flight.work, flight.work.job.target
    outcomes: dict[str, Outcome | Future[Outcome]] = {}
    with _spoken(name, outcomes), flight.hold:
        if work.needed:
            made = run.results(work.stale, flight.ended)
            pipeline.keep(work, made)
            files = pipeline.build(work, made)
            publish.publish(target, files)
        return Outcome(name, pipeline.first_page(target))
    ended = outcomes[name]
    assert isinstance(ended, Outcome)
    return ended


@contextlib.contextmanager
def _spoken(name: str, outcomes: dict[str, Outcome | Future[Outcome]]) -> Iterator[None]:
    """An error of one report becomes its outcome, and does not stop the others."""
    try:
        yield
    except QzAnalysisError as error:
        outcomes[name] = Outcome(name, None, str(error))


def every_report(data: Path | None) -> list[tuple[School, int]]:
    """All schools and years with figures."""
    return [
        (school, year)
        for slug, school in dataset.schools(data).items()
        for year in dataset.years(slug, data)
    ]


def compare(request: pipeline.Request, year: int) -> Path:
    """Run the bureau's notebook for one year and publish its page.

    Raises:
        RunFailed: the notebook failed; what was published stays.
    """
    found = tuple(notebooks.discover(request.notebooks / "bureau"))
    values: Mapping[int, dict[str, object]] = {chapter.number: {"year": year} for chapter in found}
    settings = run.Settings(dataset.data_folder(request.data))
    pool = pools.choose(request.workers, request.scheduler)
    made = run.run(found, values, settings, pool)
    inputs = _inputs(request, year, found)
    pages = site.pages(
        site.Site(
            BUREAU,
            year,
            found,
            {chapter.page: made[chapter.number].body for chapter in found},
            {},
            values,
            [],
            inputs.data_version,
            inputs.code_version,
        )
    )
    links.prove(pages, links.REPORT_LIMIT)  # one page for all schools, however many there are
    files = {name: text.encode() for name, text in sorted(pages.items())}
    content = manifest.plan(BUREAU.slug, year, values, found, inputs)
    target = publish.place(request.out, BUREAU.slug, year)
    with publish.locked(target):
        publish.publish(target, crate.completed(BUREAU.name, content, files))
    return target / START


def _inputs(request: pipeline.Request, year: int, found: Sequence[Chapter]) -> manifest.Inputs:
    """Fingerprints of what a comparison is made from: the figures of every school."""
    own = manifest.inputs(BUREAU.slug, year, request.data, found)
    figures = [
        manifest.inputs(slug, year, request.data, found).data
        for slug in dataset.schools(request.data)
    ]
    return replace(own, data={path: value for one in figures for path, value in one.items()})


def write_start(request: pipeline.Request) -> Path:
    """The first page over all published reports."""
    schools = [
        (school, _published(request.out, school.slug))
        for school in dataset.schools(request.data).values()
    ]
    context = {
        "schools": [(school, reports) for school, reports in schools if reports],
        "comparisons": _published(request.out, BUREAU.slug),
        **site.look(),
    }
    text = without_misleading(shell.template("start.html.j2").render(context))
    page = request.out / START
    page.parent.mkdir(parents=True, exist_ok=True)
    tables.save(page, f"{text.strip()}\n".encode())
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


def _attempt(name: str, make: Callable[[], Path]) -> Outcome:
    try:
        return Outcome(name, make())
    except QzAnalysisError as error:
        return Outcome(name, None, str(error))


def _published(out: Path, slug: str) -> list[tuple[int, str]]:
    """Years with a first page, latest first, and the way to it."""
    found = sorted((out / slug).glob("[0-9][0-9][0-9][0-9]/index.html"), reverse=True)
    return [(int(page.parent.name), page.relative_to(out).as_posix()) for page in found]
