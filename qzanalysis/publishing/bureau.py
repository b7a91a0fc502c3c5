"""The page that compares the schools of a year: one notebook over the figures of all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from qzanalysis.publishing import chapters as notebooks
from qzanalysis.publishing import crate, links, manifest, pipeline, run, site
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Request
from qzanalysis.reports import atomic, loading
from qzanalysis.reports.loading import School

BUREAU: Final = School("bureau", "各校比较", "各校比较", "")


def batch(request: Request, year: int, hold: contextlib.ExitStack) -> run.Batch:
    """What makes the comparison of one year.

    Args:
        request: where data, notebooks and reports are.
        year: of the reports that are compared.
        hold: given what must be let go when the page is published.

    Raises:
        RunFailed: another process makes this comparison, or its folder cannot be written.
    """
    target = atomic.place(request.out, BUREAU.slug, year)
    hold.enter_context(atomic.locked(target))
    found = tuple(notebooks.discover(request.notebooks / "bureau"))
    values: Mapping[int, dict[str, object]] = {chapter.number: {"year": year} for chapter in found}
    settings = run.Settings(loading.data_folder(request.data))
    finish = partial(_publish, request, year, found, values, target)
    return run.Batch(found, values, settings, finish)


def _publish(
    request: Request,
    year: int,
    found: Sequence[Chapter],
    values: Mapping[int, dict[str, object]],
    target: Path,
    made: Mapping[int, run.Made],
) -> Path:
    inputs = _inputs(request, year, found)
    whole = site.Site(
        school=BUREAU,
        year=year,
        chapters=found,
        shown=found,
        bodies={chapter.page: made[chapter.number].body for chapter in found},
        kept={},
        values=values,
        findings=[],
        data_version=inputs.data_version,
        code_version=inputs.code_version,
        page_limit=links.REPORT_LIMIT,  # one page for all schools, however many there are
    )
    files = {name: text.encode() for name, text in sorted(site.pages(whole).items())}
    content = manifest.plan(BUREAU.slug, year, values, found, inputs)
    atomic.publish(target, crate.completed(BUREAU.name, content, files))
    return pipeline.first_page(target)


def _inputs(request: Request, year: int, found: Sequence[Chapter]) -> manifest.Inputs:
    """Fingerprints of what a comparison is made from: the figures of every school."""
    own = manifest.inputs(BUREAU.slug, year, request.data, found)
    figures = [
        manifest.inputs(slug, year, request.data, found).data
        for slug in loading.schools(request.data)
    ]
    return replace(own, data={path: value for one in figures for path, value in one.items()})
