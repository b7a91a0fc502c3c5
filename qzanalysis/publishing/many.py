"""Every report there is, the pages that compare the schools, and a first page over all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import jobs, pipeline, shell
from qzanalysis.publishing.jobs import BUREAU, Progress, Request
from qzanalysis.publishing.pipeline import Outcome
from qzanalysis.reports import atomic, loading

START: Final = "index.html"


def render_all(
    request: Request, progress: Progress, begin: Callable[[str], None] = lambda _: None
) -> tuple[Path, list[Outcome]]:
    """Render every school and year, the comparison of each year, and the first page over them.

    Args:
        request: as for one report; its school and year are replaced by each there is.
        progress: called as chapters end, those of all reports counted together.
        begin: called with the name of each report before it starts.

    Returns:
        The first page, and the outcome of each report, the comparisons last.
    """
    reports = [
        (school, year)
        for slug, school in loading.schools(request.data).items()
        for year in loading.years(slug, request.data)
    ]
    comparisons: dict[str, pipeline.Prepare] = {
        f"各校比较 {year} 年": partial(jobs.comparison, request, year)
        for year in sorted({year for _, year in reports})
    }
    single: dict[str, pipeline.Prepare] = {
        f"{school.name} {year} 年": partial(
            jobs.prepare, replace(request, school=school.slug, year=year)
        )
        for school, year in reports
    }
    # The comparisons first: their notebooks take longest.
    ended = pipeline.render_jobs(comparisons | single, request, progress, begin)
    return write_start(request), [ended[name] for name in (*single, *comparisons)]


def write_start(request: Request) -> Path:
    """The first page over all published reports."""
    schools = [
        (school, _years_published(request.out, school.slug))
        for school in loading.schools(request.data).values()
    ]
    text = shell.filled(
        "start.html.j2",
        schools=[(school, reports) for school, reports in schools if reports],
        comparisons=_years_published(request.out, BUREAU.slug),
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
    failed = [one for one in outcomes if one.error]
    text = f"完成 {len(outcomes) - len(failed)} 份，失败 {len(failed)} 份。"
    if failed:
        raise RunFailed("\n".join([text, *(f"{one.name}：{one.error}" for one in failed)]))
    return text


def _years_published(out: Path, slug: str) -> list[tuple[int, str]]:
    """Years with a first page, latest first, and the way to it."""
    pages = sorted((out / slug).glob("[0-9][0-9][0-9][0-9]/index.html"), reverse=True)
    return [(int(page.parent.name), page.relative_to(out).as_posix()) for page in pages]
