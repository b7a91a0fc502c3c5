"""Pages put together while chapters still run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qzanalysis.publishing import jobs, pipeline, reuse
from qzanalysis.publishing.jobs import Job, Request
from qzanalysis.publishing.ledger.records import Record

LATE = 7


def without(job: Job, number: int) -> Job:
    """The job as it is while this chapter still has to run."""
    kept = {n: record for n, record in job.kept.items() if n != number}
    return replace(job, kept=kept, reasons={**job.reasons, number: "参数有变化"})


def ended(job: Job, number: int, body: str) -> Job:
    """The job when this chapter has run."""
    return replace(job, kept={**job.kept, number: Record(result={"body": body})})


@pytest.fixture(scope="module")
def whole(real_pages: Path) -> Job:
    """The real report with the results of all chapters."""
    request = Request("quzhou-zhongzhuan", 2021, out=real_pages.parents[1], single_file=False)
    job = reuse.plan(jobs.prepare(request))
    assert not job.stale
    return job


@pytest.mark.slow
def test_pages_begun_ahead_are_those_made_at_the_end(whole: Job) -> None:
    ahead = pipeline.ahead(without(whole, LATE))
    assert set(ahead) == {c.page for c in whole.chapters if c.number != LATE}
    assert pipeline.files(whole, ahead) == pipeline.files(whole, {})


@pytest.mark.slow
def test_nothing_is_made_ahead_of_the_page_that_doubts_link_to(whole: Job) -> None:
    """The findings that it shows are not known before."""
    body = whole.kept[9].result["body"]
    assert pipeline.ahead(without(whole, 9)) == {}
    fewer = ended(whole, 9, body.replace("finding-clubs-stars-2021", "finding-of-another-name"))
    assert b"#finding-clubs-stars-2021" in pipeline.files(whole, {})["04-policy.html"]
    assert b"#finding-clubs-stars-2021" not in pipeline.files(fewer, {})["04-policy.html"]
