"""A published report rendered again, in another folder, and the differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.publishing import compare, jobs, pipeline, scratch, site
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Job, Progress, Request, silent
from qzanalysis.publishing.ledger import manifest, records
from qzanalysis.publishing.parameters import Values


def differences(folder: Path, request: Request, progress: Progress = silent) -> list[str]:
    """Every difference between a published report and one rendered now, in words.

    Args:
        folder: a published report, with its manifest.
        request: where data and notebooks are; school, year and parameters come from the manifest.
        progress: called as chapters end.

    Raises:
        UsageError: the folder holds no report.
    """
    content = manifest.read(folder)
    if content is None:
        raise UsageError(f"{folder} 中没有已发布的报告（缺少 {records.MANIFEST}）")
    with scratch.folder() as place:
        again = replace(
            request,
            school=content["school"],
            year=content["year"],
            chapters=tuple(chapter["number"] for chapter in content["chapters"].values()),
            given={},
            out=Path(place),
            single_file=site.SINGLE_FILE in content["outputs"],
        )
        page = pipeline.render_job(lambda: _as_published(again, content), again, progress)
        remade = {path.name: path.read_bytes() for path in page.parent.iterdir()}
    return compare.differences(folder, content, remade)


def _as_published(request: Request, content: Mapping[str, Any]) -> Job:
    job = jobs.prepare(request)
    return replace(job, values=_values_of(content, job.chosen))


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
