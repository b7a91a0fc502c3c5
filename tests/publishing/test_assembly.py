"""Pages put together while chapters still run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qzanalysis.publishing import assembly, jobs, reuse, run
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.reuse import Kept, Work

LATE = 7


@pytest.fixture(scope="module")
def waiting(real_pages: Path) -> tuple[Work, dict[int, run.Made]]:
    """The real report while one chapter runs, and what will come of it."""
    request = Request("quzhou-zhongzhuan", 2021, out=real_pages.parents[1], single_file=False)
    work = reuse.plan(jobs.prepare(request))
    body = work.kept[LATE].body
    assert body is not None and work.needed
    return replace(work, kept={**work.kept, LATE: Kept(None, "参数有变化")}), {
        LATE: run.Made(body, None)
    }


@pytest.mark.slow
def test_pages_begun_ahead_are_those_made_at_the_end(
    waiting: tuple[Work, dict[int, run.Made]],
) -> None:
    work, made = waiting
    ahead = assembly.ahead(work)
    assert set(ahead) == {c.page for c in work.job.chapters if c.number != LATE}
    assert assembly.build(work, made, ahead) == assembly.build(work, made)


@pytest.mark.slow
def test_nothing_is_made_ahead_of_the_page_that_doubts_link_to(
    waiting: tuple[Work, dict[int, run.Made]],
) -> None:
    """Which findings it shows is not known before."""
    work, made = waiting
    one = work.kept[9].body
    assert one is not None
    without = replace(work, kept={**work.kept, 9: Kept(None, "参数有变化")})
    assert assembly.ahead(without) == {}
    fewer = run.Made(one.replace('id="finding-clubs-stars-2021"', ""), None)
    pages = assembly.build(without, {**made, 9: fewer})
    assert b"#finding-clubs-stars-2021" in assembly.build(work, made)["04-policy.html"]
    assert b"#finding-clubs-stars-2021" not in pages["04-policy.html"]
