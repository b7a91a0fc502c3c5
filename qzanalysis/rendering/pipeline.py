"""From figures to a published report, in one call; and back again, to compare."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from qzanalysis import checks, dataset
from qzanalysis.checks import Finding
from qzanalysis.dataset import Report
from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.memory import Memory
from qzanalysis.rendering import chapters as notebooks
from qzanalysis.rendering import (
    compare,
    crate,
    links,
    manifest,
    parameters,
    pools,
    publish,
    run,
    scratch,
    site,
    store,
)
from qzanalysis.rendering.chapters import Chapter
from qzanalysis.rendering.parameters import Values
from qzanalysis.rendering.pools import Pool

ROOT: Final = Path(__file__).parents[2]
Progress = Callable[[int, int, str], None]  # chapters done, chapters to do, what happens now


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
        findings: of the checks.
        handed: what is known of the report, for the processes that run its chapters.
        needed: whether the report has to be made at all.
    """

    job: Job
    published: Mapping[str, Any] | None
    kept: Mapping[int, store.Kept]
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
        settings = run.Settings(dataset.data_folder(self.job.request.data), handed=self.handed)
        engine = self.job.request.engine
        return settings if engine is None else replace(settings, engine=engine or None)


FORCED: Final = store.Kept(None, "要求全部重跑")


def _silent(done: int, total: int, what: str) -> None:
    """Progress nobody watches."""


def render(request: Request, progress: Progress = _silent) -> Path:
    """Run the notebooks, publish the report, and return the path of its first page.

    Raises:
        UsageError: unknown school, year, chapter or parameter, or an impossible value; nothing ran.
        BadData: the data break their schema; nothing ran.
        RunFailed: a notebook or page failed; what was published stays.
    """
    pool = pools.choose(request.workers, request.scheduler)
    with begun(prepare(request)) as work:
        if work.needed:
            made = run_stale(work, pool, progress)
            publish.publish(work.job.target, build(work, made))
    return first_page(work.job.target)


def batch(request: Request, hold: contextlib.ExitStack) -> run.Batch:
    """What makes one report of many; its place is held by `hold`.

    Raises:
        UsageError, BadData: as `render`.
        RunFailed: another process renders this report, or its folder cannot be written.
    """
    work = hold.enter_context(begun(prepare(request)))

    def finish(made: Mapping[int, run.Made]) -> Path:
        if work.needed:
            keep(work, made)
            publish.publish(work.job.target, build(work, made))
        return first_page(work.job.target)

    return run.Batch(work.stale if work.needed else [], work.job.values, work.settings, finish)


def prepare(request: Request) -> Job:
    """Check a request against data, notebooks and codebook, all before anything runs."""
    memory = Memory()
    with memory.in_use():
        report = dataset.load(request.school, request.year, request.data)
    _apart(request)
    every = notebooks.discover(request.notebooks)
    chosen = notebooks.choose(every, request.chapters)
    folder = dataset.data_folder(request.data) / request.school / str(request.year)
    stored = parameters.from_file(folder / "params.toml", every)
    given = {**parameters.fitting(stored, chosen), **request.given}
    values = parameters.resolve(given, chosen, request.school, request.year)
    return Job(
        request,
        report,
        publish.place(request.out, request.school, request.year),
        tuple(every),
        tuple(chosen),
        values,
        manifest.inputs(request.school, request.year, request.data, every),
        memory,
    )


def _apart(request: Request) -> None:
    """Notebooks are code, data come from outside: what lies among the data is never run."""
    data, code = dataset.data_folder(request.data).resolve(), request.notebooks.resolve()
    if code.is_relative_to(data):
        raise UsageError(f"笔记本文件夹 {code} 在数据文件夹 {data} 里：数据中的笔记本一律不运行")


@contextlib.contextmanager
def begun(job: Job) -> Iterator[Work]:
    """A report held for this process, with what is published of it and what can be used again.

    Raises:
        RunFailed: another process renders this report, or its folder cannot be written.
    """
    scratch.sweep()
    with publish.locked(job.target):
        published = manifest.read(job.target)
        if not job.request.force and _current(job, published):
            yield Work(job, published, {}, needed=False)
        else:
            yield _work(job, published, _kept_bodies(job))


def _work(job: Job, published: Mapping[str, Any] | None, kept: Mapping[int, store.Kept]) -> Work:
    with job.memory.in_use():
        findings = checks.run(job.report)
    return Work(job, published, kept, findings, job.memory.packed())


def run_stale(work: Work, pool: Pool, progress: Progress = _silent) -> dict[int, run.Made]:
    """Run the chapters of which nothing can be used again, and keep what they give.

    Raises:
        RunFailed: one message about every chapter that failed.
    """
    total, done = len(work.job.chosen), []

    def tell(chapter: Chapter) -> None:
        done.append(chapter)
        progress(len(done), total, chapter.title)

    progress(0, total, "运行各章")
    tell_reuse(work)
    if not work.stale:
        return {}
    made = run.run(work.stale, work.job.values, work.settings, pool, tell)
    keep(work, made)
    return made


def build(work: Work, made: Mapping[int, run.Made]) -> dict[str, bytes]:
    """The files of the report, proved fit to publish, by name.

    Args:
        work: the report, with the chapters that are used again.
        made: the chapters that were run.

    Raises:
        RunFailed: a page is not fit to publish.
    """
    job, published = work.job, work.published
    bodies = {n: one.body for n, one in work.kept.items()} | {n: m.body for n, m in made.items()}
    kept = _kept(job, published)
    pages = site.pages(
        site.Site(
            job.report.school,
            job.report.year,
            job.chapters,
            {c.page: body for c in job.chosen if (body := bodies[c.number]) is not None},
            kept,
            job.values,
            work.findings,
            job.inputs.data_version,
            job.inputs.code_version,
            _single_file(job, published),
        )
    )
    links.prove(pages)
    files = {name: markup.encode() for name, markup in sorted(pages.items())}
    return crate.completed(job.report.school.name, _manifest(job, published, kept), files)


def verify(folder: Path, request: Request, progress: Progress = _silent) -> list[str]:
    """Render a published report again, aside, and tell every difference in words.

    Args:
        folder: a published report, with its manifest.
        request: where data and notebooks are; school, year and parameters come from the manifest.
        progress: told as chapters end.

    Raises:
        UsageError: the folder holds no report.
    """
    content = manifest.read(folder)
    if content is None:
        raise UsageError(f"{folder} 中没有已发布的报告（缺少 {manifest.FILE}）")
    with tempfile.TemporaryDirectory() as scratch:
        again = replace(
            request,
            school=content["school"],
            year=content["year"],
            chapters=tuple(chapter["number"] for chapter in content["chapters"].values()),
            given={},
            out=Path(scratch),
            single_file=site.SINGLE_FILE in content["outputs"],
        )
        job = prepare(again)
        job = replace(job, values=_values_of(content, job.chosen))
        work = _work(job, None, dict.fromkeys((c.number for c in job.chosen), FORCED))
        made = run_stale(work, pools.choose(request.workers), progress)
        remade = build(work, made)
    return compare.differences(folder, content, remade)


def first_page(target: Path) -> Path:
    """The page a reader opens: the index, or the first chapter where there is none."""
    index = target / "index.html"
    return index if index.exists() else min(target.glob("[0-9]*.html"), default=index)


def _recipe(job: Job, chapter: Chapter) -> store.Recipe:
    package = manifest.combined({**job.inputs.package, **job.inputs.codebook})
    return store.recipe(chapter.path, job.values[chapter.number], package)


def _shelf(job: Job, chapter: Chapter) -> Path:
    """Where a chapter's body is kept: beside the report, never in it."""
    return job.target.parent / f".{job.target.name}.cache" / f"{chapter.path.stem}.json"


def _kept_bodies(job: Job) -> dict[int, store.Kept]:
    return {
        c.number: FORCED if job.request.force else store.look(_shelf(job, c), _recipe(job, c))
        for c in job.chosen
    }


def keep(work: Work, made: Mapping[int, run.Made]) -> None:
    """Keep what was run, with what it read, for another time."""
    for chapter in work.stale:
        one = made[chapter.number]
        if one.reads is not None:
            recipe = _recipe(work.job, chapter)
            store.keep(_shelf(work.job, chapter), recipe, one.reads, one.body)


def tell_reuse(work: Work) -> None:
    """Say which chapters are used again, and why the others run."""
    say, kept = work.job.request.say, work.kept
    reused = [c.title for c in work.job.chosen if kept[c.number].body is not None]
    if reused:
        say(f"沿用（没有变化）：{'、'.join(reused)}")
    if work.stale:
        runs = [f"{c.title}（{kept[c.number].reason}）" for c in work.stale]
        say(f"运行：{'、'.join(runs)}")
        if not work.settings.engine:
            say("各章用标准内核（kernel）运行，比分叉进程（fork）慢。")


def _kept(job: Job, published: Mapping[str, Any] | None) -> dict[str, str]:
    """Pages of chapters that were not chosen, as they are published."""
    if published is None:
        return {}
    rest = [chapter for chapter in job.chapters if chapter not in job.chosen]
    paths = {chapter.page: job.target / chapter.page for chapter in rest}
    return {
        page: path.read_text(encoding="utf-8")
        for page, path in paths.items()
        if page in published["outputs"] and path.is_file()
    }


def _current(job: Job, published: Mapping[str, Any] | None) -> bool:
    """Whether what is published is what this request would give."""
    if published is None or not manifest.intact(job.target, published):
        return False
    if _single_file(job, published) != (site.SINGLE_FILE in published["outputs"]):
        return False
    planned = manifest.plan(
        job.report.school.slug, job.report.year, job.values, job.chosen, job.inputs
    )
    known = {page: published["chapters"].get(page) for page in planned["chapters"]}
    same = {name: published.get(name) for name in planned if name != "chapters"}
    return {**same, "chapters": known} == planned


def _single_file(job: Job, published: Mapping[str, Any] | None) -> bool:
    """Whether to write the edition in one file: pages that are kept may link to it."""
    partial = len(job.chosen) < len(job.chapters)
    there = published is not None and site.SINGLE_FILE in published["outputs"]
    return job.request.single_file or (partial and there)


def _manifest(
    job: Job,
    published: Mapping[str, Any] | None,
    kept: Mapping[str, str],
) -> dict[str, Any]:
    """The manifest, but for its outputs."""
    content = manifest.plan(
        job.report.school.slug, job.report.year, job.values, job.chosen, job.inputs
    )
    before = published["chapters"] if published else {}
    content["chapters"] |= {page: before[page] for page in kept if page in before}
    return content


def _values_of(content: Mapping[str, Any], chapters: Iterable[Chapter]) -> dict[int, Values]:
    """The parameters a report was published with, in the order the notebooks declare them."""
    try:
        stored = {c["number"]: dict(c["parameters"]) for c in content["chapters"].values()}
        return {
            chapter.number: {
                p.name: stored[chapter.number].get(p.name, p.default) for p in chapter.parameters
            }
            for chapter in chapters
        }
    except (KeyError, TypeError, ValueError) as error:
        raise RunFailed("清单（manifest）里的章节参数无法读取") from error
