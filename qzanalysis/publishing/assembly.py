"""Puts bodies together to the files of a report, proved fit to publish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qzanalysis.publishing import run, site
from qzanalysis.publishing.ledger import crate, manifest
from qzanalysis.publishing.reuse import Work


def ahead(work: Work) -> dict[str, site.Main]:
    """Main parts of pages, by page name, that can be made while chapters are still running."""
    with work.job.memory.in_use():
        return site.mains(_site(work, {}))


def build(
    work: Work, made: Mapping[int, run.Made], mains: Mapping[str, site.Main] | None = None
) -> dict[str, bytes]:
    """The files of the report, proved fit to publish, by name.

    Args:
        work: the report, with the chapters that are used again.
        made: the chapters that were run.
        mains: what `ahead` gave.

    Raises:
        RunFailed: a page is not fit to publish.
    """
    job = work.job
    with job.memory.in_use():
        pages = site.pages(_site(work, {n: one.body for n, one in made.items()}), mains)
    files = {name: markup.encode() for name, markup in sorted(pages.items())}
    return crate.completed(job.school.name, _manifest(work), files)


def _site(work: Work, made: Mapping[int, str]) -> site.Site:
    """The report, with the bodies there are: those used again, and those made by now."""
    job = work.job
    bodies = {**{number: one.body for number, one in work.kept.items()}, **made}
    return site.Site(
        school=job.school,
        year=job.year,
        years=job.report.years if job.report else (job.year,),
        chapters=job.chapters,
        shown=[c for c in job.chapters if c in job.chosen or c.page in work.pages],
        bodies={c.page: body for c in job.chosen if (body := bodies[c.number])},
        kept=work.pages,
        values=job.values,
        findings=work.findings,
        data_version=job.inputs.data_version,
        code_version=job.inputs.code_version,
        single_file=work.single_file,
        page_limit=job.page_limit,
    )


def _manifest(work: Work) -> dict[str, Any]:
    """The manifest, but for its outputs."""
    job = work.job
    content = manifest.plan(job.school.slug, job.year, job.values, job.chosen, job.inputs)
    before = work.published["chapters"] if work.published else {}
    content["chapters"] |= {page: before[page] for page in work.pages if page in before}
    return content
