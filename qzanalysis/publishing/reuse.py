"""What a report can use again, and what is stored for the next time.

A chapter's body is used again while everything its notebook read is as it was, by content. A
published page of a chapter that was not asked for stays only while the folder is, byte for byte,
what was published there last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from qzanalysis import audit
from qzanalysis.errors import QzAnalysisError
from qzanalysis.publishing import parameters, run
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Job
from qzanalysis.publishing.ledger import fingerprints, manifest, records
from qzanalysis.publishing.ledger.records import Record

_PUBLISHED: Final = "published"  # the record of what stands in the report's folder
_CHAPTER: Final = frozenset({"notebook", "parameters"})  # inputs of one chapter alone
_NAMES: Final = {
    "notebook": "笔记本",
    "parameters": "参数",
    "package": "程序",
    "libraries": "程序库",
}


def plan(job: Job) -> Job:
    """The job with everything that can be used again. Call with the report's lock held."""
    published = manifest.read(job.target)
    last = records.read(records.beside(job.target, _PUBLISHED), "manifest")
    forced = job.chosen if job.request.force else ()
    if published and not (last and records.exact(job.target) == last.result["manifest"]):
        job, published = _with_published(job, published), None
    looked = {c.number: "要求全部重跑" if c in forced else _look(job, c) for c in job.chosen}
    with job.memory.in_use():
        findings = audit.run(job.report) if job.report else []
    there = published["outputs"] if published else {}
    rest = [c.page for c in job.chapters if c not in job.chosen and c.page in there]
    return replace(
        job,
        published=published,
        kept={n: one for n, one in looked.items() if isinstance(one, Record)},
        reasons={n: one for n, one in looked.items() if isinstance(one, str)},
        pages={page: (job.target / page).read_text(encoding="utf-8") for page in rest},
        findings=findings,
    )


def keep(job: Job, chapter: Chapter, made: run.Made) -> Record:
    """The record of a chapter's result; stored if what it was made from is known."""
    if made.reads is None:
        return Record(result={"body": made.body})
    record = Record({**_given(job, chapter), **made.reads}, {"body": made.body})
    records.save(records.beside(job.target, chapter.path.stem), record)
    return record


def store(job: Job, listed: str, page: Path) -> None:
    """Store what is published now, and what the request rests on, for the quick answer.

    Args:
        job: the report, with the records of all chosen chapters.
        listed: SHA-256 of the published manifest.
        page: the first page.
    """
    made = {"manifest": listed}
    records.save(records.beside(job.target, _PUBLISHED), Record(result=made))
    known = [job.kept[c.number].inputs for c in job.chosen]
    if not job.request.key or job.reads is None or not all(known):
        return
    inputs = {**fingerprints.code(), **job.reads}
    for own in known:
        inputs |= {name: value for name, value in own.items() if name not in _CHAPTER}
    place = {"report": job.target.relative_to(job.request.out).as_posix(), "page": page.name}
    records.save(records.of_request(job.request.out, job.request.key), Record(inputs, made | place))


def explain(job: Job, engine: str | None) -> None:
    """Say which chapters are used again, and why the others run."""
    say = job.request.say
    if reused := [c.title for c in job.chosen if c.number in job.kept]:
        say(f"沿用（没有变化）：{'、'.join(reused)}")
    if runs := [f"{c.title}（{job.reasons[c.number]}）" for c in job.stale]:
        say(f"运行：{'、'.join(runs)}")
        if not engine:
            say("各章用标准内核（kernel）运行，比分叉进程（fork）慢。")


def _with_published(job: Job, published: Mapping[str, Any]) -> Job:
    """The job with the chapters that are published but cannot be trusted to be what was made.

    They are made again, with the parameters they were published with where these can be read.
    """
    rest = [c for c in job.chapters if c not in job.chosen and c.page in published["chapters"]]
    values = {c.number: _published_values(job, c, published) for c in rest}
    chosen = [c for c in job.chapters if c in job.chosen or c in rest]
    return replace(job, chosen=chosen, values={**values, **job.values})


def _published_values(
    job: Job, chapter: Chapter, published: Mapping[str, Any]
) -> parameters.Values:
    try:
        return parameters.from_manifest(published, chapter, job.request.school, job.year)
    except QzAnalysisError:
        return parameters.resolve({}, [chapter], job.request.school, job.year)[chapter.number]


def _look(job: Job, chapter: Chapter) -> Record | str:
    """The record kept for a chapter, or why it has to run (Chinese)."""
    record = records.read(records.beside(job.target, chapter.path.stem), "body")
    if record is None:
        return "还没有结果"
    if name := record.changed(job.request.places, _given(job, chapter)):
        return f"{_NAMES.get(name) or Path(name).name + ' '}有变化"
    return record


def _given(job: Job, chapter: Chapter) -> dict[str, str]:
    """The fingerprints of a chapter that do not depend on what it reads."""
    return {
        "notebook": fingerprints.of_path(chapter.path),
        "parameters": fingerprints.of_json(job.values[chapter.number]),
        **fingerprints.code(),
    }
