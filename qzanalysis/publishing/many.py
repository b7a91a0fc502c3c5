"""Every report there is, the comparisons of the schools, and a first page over all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import jobs, pipeline, shell
from qzanalysis.publishing.jobs import BUREAU, Progress, Request
from qzanalysis.publishing.ledger import fingerprints, records
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
    single = {
        f"{school.name} {year} 年": replace(request, school=school.slug, year=year)
        for slug, school in loading.schools(request.data).items()
        for year in loading.years(slug, request.data)
    }
    whole = replace(request, school=BUREAU.slug, chapters=(), given={}, single_file=False)
    comparisons = {
        f"{BUREAU.name} {year} 年": replace(whole, year=year)
        for year in sorted({one.year for one in single.values()})
    }
    # The comparisons first: their notebooks take longest.
    asked = {name: _with_key(one) for name, one in (comparisons | single).items()}
    done = {name: Outcome(name, page) for name, one in asked.items() if (page := _unchanged(one))}
    batch = {name: partial(jobs.prepare, one) for name, one in asked.items() if name not in done}
    done |= pipeline.render_jobs(batch, request, progress, begin)
    return write_start(request), [done[name] for name in (*single, *comparisons)]


def _with_key(request: Request) -> Request:
    parts = (request.school, request.year, request.chapters, request.given, request.single_file)
    return replace(request, key=fingerprints.of_json(parts))


def _unchanged(request: Request) -> Path | None:
    if request.force:
        return None
    return records.unchanged(request.out, request.key, request.places)


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
    """How many reports were made.

    Raises:
        RunFailed: at least one report failed, with the reason for each.
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
