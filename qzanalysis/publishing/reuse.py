"""The state of a report before anything runs: what can be used again, and what has to run.

A chapter's body is used again while everything its notebook read is as it was, by content. A
published page stays while the folder is, byte for byte, what was published there last and the page
was made of the body that would be used again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from qzanalysis import audit
from qzanalysis.audit import Finding
from qzanalysis.errors import UsageError
from qzanalysis.publishing import parameters, run, site
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.jobs import Job
from qzanalysis.publishing.ledger import fingerprints, manifest, records
from qzanalysis.publishing.ledger.records import MANIFEST, Record

_PUBLISHED: Final = "published"  # the record of what stands in the report's folder
_CHAPTER: Final = frozenset({"notebook", "parameters"})  # inputs of one chapter alone
_NAMES: Final = {
    "notebook": "笔记本",
    "parameters": "参数",
    "package": "程序",
    "libraries": "程序库",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """The record of a chapter that can be used again, or the reason (Chinese) why there is none."""

    record: Record | None
    reason: str = ""

    @property
    def body(self) -> str | None:
        """The main part of the chapter's page."""
        return str(self.record.result["body"]) if self.record else None


@dataclass(frozen=True, slots=True)
class Work:
    """A job as it stands before anything runs.

    Attributes:
        job: what to render.
        published: the manifest of what is published now; None where that is not to be trusted.
        kept: for each chapter, its record, or why it has to run.
        made_of: for each published page, the fingerprint of the record it was made of.
        pages: the pages of chapters that were not chosen, as they are published.
        findings: of the checks.
        handed: what is known of the report, for the processes that run its chapters.
        needed: False where what is published is what would be made.
    """

    job: Job
    published: Mapping[str, Any] | None
    kept: Mapping[int, Kept]
    made_of: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    handed: bytes = field(default=b"", repr=False)
    needed: bool = True

    @property
    def stale(self) -> list[Chapter]:
        """The chapters that have to run."""
        return [c for c in self.job.chosen if self.needed and self.kept[c.number].record is None]

    @property
    def settings(self) -> run.Settings:
        """How they run."""
        settings = run.Settings(self.job.places.data, handed=self.handed)
        engine = self.job.request.engine
        return settings if engine is None else replace(settings, engine=engine or None)

    @property
    def single_file(self) -> bool:
        """True if the edition in one file is written: pages that are kept may link to it."""
        partial = len(self.job.chosen) < len(self.job.chapters)
        there = self.published is not None and site.SINGLE_FILE in self.published["outputs"]
        return self.job.request.single_file or (partial and there)


def plan(job: Job) -> Work:
    """The job with everything that can be used again. Call with the report's lock held."""
    published = manifest.read(job.target)
    log = records.read(records.beside(job.target, _PUBLISHED))
    forced = {c.number for c in job.chosen if job.request.force}
    if published and not (log and records.exact(job.target) == log.result["manifest"]):
        job, published, log = _with_published(job, published), None, None
    made_of = log.result["made_of"] if log else {}
    kept = {c.number: _look(job, c, force=c.number in forced) for c in job.chosen}
    work = Work(job, published, kept, made_of)
    if _current(work):
        return replace(work, needed=False)
    with job.memory.in_use():
        findings = audit.run(job.report) if job.report else []
    return replace(work, pages=_pages(work), findings=findings, handed=job.memory.packed())


def keep(job: Job, chapter: Chapter, made: run.Made) -> Record:
    """Store what came of a chapter with what it was made from, if that is known."""
    if made.reads is None:
        return Record()
    record = Record({**_given(job, chapter), **made.reads}, {"body": made.body})
    records.save(records.beside(job.target, chapter.path.stem), record)
    return record


def published(work: Work, ran: Mapping[int, Record], files: Mapping[str, bytes]) -> None:
    """Store what stands in the report's folder now.

    Args:
        work: the report.
        ran: the records of the chapters that were run, by number.
        files: the content of the folder, by name.
    """
    made_of = {page: work.made_of.get(page, "") for page in work.pages}
    for chapter in work.job.chosen:
        record = ran.get(chapter.number) or work.kept[chapter.number].record
        made_of[chapter.page] = _fingerprint(record) if record else ""
    content = {"manifest": fingerprints.digest(files[MANIFEST]), "made_of": made_of}
    records.save(records.beside(work.job.target, _PUBLISHED), Record(result=content))


def answer(work: Work, ran: Mapping[int, Record], page: Path) -> None:
    """Store what the request rests on, so that the same request can be answered without rendering."""
    job = work.job
    used = [ran.get(c.number) or work.kept[c.number].record for c in job.chosen]
    known = [record.inputs for record in used if record and record.inputs]
    if not job.request.key or job.reads is None or len(known) < len(used):
        return
    inputs = {**fingerprints.code(), **job.reads}
    for one in known:
        inputs |= {name: value for name, value in one.items() if name not in _CHAPTER}
    content = {
        "report": job.target.relative_to(job.request.out).as_posix(),
        "page": page.name,
        "manifest": records.exact(job.target),
    }
    records.save(records.of_request(job.request.out, job.request.key), Record(inputs, content))


def tell(work: Work) -> None:
    """Say which chapters are used again, and why the others run."""
    say, kept = work.job.request.say, work.kept
    reused = [c.title for c in work.job.chosen if kept[c.number].record]
    if reused:
        say(f"沿用（没有变化）：{'、'.join(reused)}")
    if work.stale:
        runs = [f"{c.title}（{kept[c.number].reason}）" for c in work.stale]
        say(f"运行：{'、'.join(runs)}")
        if not work.settings.engine:
            say("各章用标准内核（kernel）运行，比分叉进程（fork）慢。")


def _with_published(job: Job, published: Mapping[str, Any]) -> Job:
    """The job with the chapters that are published but cannot be trusted to be what was made.

    They are made again, with the parameters they were published with where these can be read.
    """
    rest = [c for c in job.chapters if c not in job.chosen and c.page in published["chapters"]]
    values = {c.number: _published_values(job, c, published) for c in rest}
    chosen = [c for c in job.chapters if c in job.chosen or c in rest]
    return replace(job, chosen=tuple(chosen), values={**values, **job.values})


def _published_values(
    job: Job, chapter: Chapter, published: Mapping[str, Any]
) -> parameters.Values:
    try:
        given = parameters.fitting(published["chapters"][chapter.page]["parameters"], [chapter])
        return parameters.resolve(given, [chapter], job.school.slug, job.year)[chapter.number]
    except (UsageError, KeyError, TypeError, AttributeError):
        return parameters.resolve({}, [chapter], job.school.slug, job.year)[chapter.number]


def _look(job: Job, chapter: Chapter, *, force: bool) -> Kept:
    """The record kept for a chapter, or why it has to run."""
    if force:
        return Kept(None, "要求全部重跑")
    record = records.read(records.beside(job.target, chapter.path.stem))
    if record is None:
        return Kept(None, "还没有结果")
    if name := record.changed(job.places, _given(job, chapter)):
        return Kept(None, f"{_NAMES.get(name) or Path(name).name + ' '}有变化")
    return Kept(record)


def _given(job: Job, chapter: Chapter) -> dict[str, str]:
    """The fingerprints of a chapter that do not depend on what it reads."""
    return {
        "notebook": fingerprints.of_path(chapter.path),
        "parameters": fingerprints.of_json(job.values[chapter.number]),
        **fingerprints.code(),
    }


def _fingerprint(record: Record) -> str:
    return fingerprints.of_json([record.inputs, record.result])


def _current(work: Work) -> bool:
    """True if what is published is what this request would give."""
    job, published = work.job, work.published
    if published is None or not all(kept.record for kept in work.kept.values()):
        return False
    if work.single_file != (site.SINGLE_FILE in published["outputs"]):
        return False
    made_of = [(c.page, work.kept[c.number].record) for c in job.chosen]
    if any(record and work.made_of.get(page) != _fingerprint(record) for page, record in made_of):
        return False
    planned = manifest.plan(job.school.slug, job.year, job.values, job.chosen, job.inputs)
    known = {page: published["chapters"].get(page) for page in planned["chapters"]}
    same = {name: published.get(name) for name in planned if name != "chapters"}
    return {**same, "chapters": known} == planned


def _pages(work: Work) -> dict[str, str]:
    """The pages of chapters that were not chosen, as they are published."""
    if work.published is None:
        return {}
    rest = [c.page for c in work.job.chapters if c not in work.job.chosen]
    there = [page for page in rest if page in work.published["outputs"]]
    return {page: (work.job.target / page).read_text(encoding="utf-8") for page in there}
