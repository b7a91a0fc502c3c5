"""Pages put together while chapters still run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qzanalysis.publishing import jobs, pipeline, reuse, run
from qzanalysis.publishing.jobs import Job, Request

LATE = 7


def without(job: Job, number: int) -> Job:
    """The job as it is while this chapter still has to run."""
    kept = {n: record for n, record in job.kept.items() if n != number}
    return replace(job, kept=kept, reasons={**job.reasons, number: "参数有变化"})


@pytest.fixture(scope="module")
def waiting(real_pages: Path) -> tuple[Job, dict[int, run.Made]]:
    """The real report while one chapter runs, and the result of that chapter."""
    request = Request("quzhou-zhongzhuan", 2021, out=real_pages.parents[1], single_file=False)
    job = reuse.plan(jobs.prepare(request))
    assert not job.stale
    return without(job, LATE), {LATE: run.Made(job.kept[LATE].result["body"], None)}


@pytest.mark.slow
def test_pages_begun_ahead_are_those_made_at_the_end(
    waiting: tuple[Job, dict[int, run.Made]],
) -> None:
    job, made = waiting
    ahead = pipeline.ahead(job)
    assert set(ahead) == {c.page for c in job.chapters if c.number != LATE}
    assert pipeline.files(job, made, ahead) == pipeline.files(job, made)


@pytest.mark.slow
def test_nothing_is_made_ahead_of_the_page_that_doubts_link_to(
    waiting: tuple[Job, dict[int, run.Made]],
) -> None:
    """The findings that it shows are not known before."""
    job, made = waiting
    one = job.kept[9].result["body"]
    later = without(job, 9)
    assert pipeline.ahead(later) == {}
    fewer = run.Made(one.replace('id="finding-clubs-stars-2021"', ""), None)
    pages = pipeline.files(later, {**made, 9: fewer})
    assert b"#finding-clubs-stars-2021" in pipeline.files(job, made)["04-policy.html"]
    assert b"#finding-clubs-stars-2021" not in pages["04-policy.html"]
