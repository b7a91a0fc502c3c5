"""What can be used again: a whole report as it is published, or single chapters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qzanalysis.publishing import manifest, run, site, store
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Job, Work


def forced(job: Job) -> dict[int, store.Kept]:
    """For each chapter that it has to run."""
    return {chapter.number: store.Kept(None, "要求全部重跑") for chapter in job.chosen}


def kept_bodies(job: Job) -> dict[int, store.Kept]:
    """For each chapter its body from another time, or why it has to run."""
    if job.request.force:
        return forced(job)
    return {c.number: store.look(_shelf(job, c), _recipe(job, c)) for c in job.chosen}


def kept_pages(job: Job, published: Mapping[str, Any] | None) -> dict[str, str]:
    """The pages of chapters that were not chosen, as they are published."""
    if published is None:
        return {}
    rest = [chapter for chapter in job.chapters if chapter not in job.chosen]
    paths = {chapter.page: job.target / chapter.page for chapter in rest}
    return {
        page: path.read_text(encoding="utf-8")
        for page, path in paths.items()
        if page in published["outputs"] and path.is_file()
    }


def keep(work: Work, made: Mapping[int, run.Made]) -> None:
    """Keep what was run, with what it read, for another time."""
    for chapter in work.stale:
        one = made[chapter.number]
        if one.reads is not None:
            recipe = _recipe(work.job, chapter)
            store.keep(_shelf(work.job, chapter), recipe, one.reads, one.body)


def tell(work: Work) -> None:
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


def current(job: Job, published: Mapping[str, Any] | None) -> bool:
    """Whether what is published is what this request would give."""
    if published is None or not manifest.intact(job.target, published):
        return False
    if single_file(job, published) != (site.SINGLE_FILE in published["outputs"]):
        return False
    planned = manifest.plan(
        job.report.school.slug, job.report.year, job.values, job.chosen, job.inputs
    )
    known = {page: published["chapters"].get(page) for page in planned["chapters"]}
    same = {name: published.get(name) for name in planned if name != "chapters"}
    return {**same, "chapters": known} == planned


def single_file(job: Job, published: Mapping[str, Any] | None) -> bool:
    """Whether to write the edition in one file: pages that are kept may link to it."""
    partial = len(job.chosen) < len(job.chapters)
    there = published is not None and site.SINGLE_FILE in published["outputs"]
    return job.request.single_file or (partial and there)


def _recipe(job: Job, chapter: Chapter) -> store.Recipe:
    package = manifest.combined({**job.inputs.package, **job.inputs.codebook})
    return store.recipe(chapter.path, job.values[chapter.number], package)


def _shelf(job: Job, chapter: Chapter) -> Path:
    """Where a chapter's body is kept: beside the report, never in it."""
    return job.target.parent / f".{job.target.name}.cache" / f"{chapter.path.stem}.json"
