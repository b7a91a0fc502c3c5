"""A request for a report, checked against data, notebooks and codebook before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from qzanalysis.audit import Finding
from qzanalysis.errors import UsageError
from qzanalysis.publishing import chapters as notebooks
from qzanalysis.publishing import links, parameters
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.ledger import manifest, reads
from qzanalysis.publishing.ledger.fingerprints import Places
from qzanalysis.publishing.ledger.records import Record
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports import atomic, corrections, loading
from qzanalysis.reports.memory import Memory
from qzanalysis.reports.report import Report, School

ROOT: Final = Path(__file__).parents[2]
# The comparison of all schools of a year is rendered as the report of this school.
BUREAU: Final = School("bureau", "各校比较", "各校比较", "")
Progress = Callable[[int, int, str], None]  # chapters done, chapters to do, the present step


def silent(done: int, total: int, what: str) -> None:
    """Progress that is not shown."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to render.

    Attributes:
        school, year: the report; the slug of `BUREAU` stands for the comparison of all schools.
        chapters: numbers of the chapters to run; none means all.
        given: parameters by name, as text or as objects of the declared type.
        data: the data folder; None is the usual one.
        notebooks: the folder of the notebooks.
        out: the folder of all reports.
        workers: notebooks run at the same time; None lets the machine decide.
        force: run even if nothing has changed.
        single_file: also write the whole report as one page.
        engine: a papermill engine by name, empty for papermill's own; None lets the machine decide.
        scheduler: a Dask scheduler to run on, as `pools.choose` takes it.
        key: under which the answer is stored, as `records.unchanged` takes it; empty for none.
        say: receives a line on what is used again and why the rest runs.
    """

    school: str
    year: int
    chapters: tuple[int, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict)
    data: Path | None = None
    notebooks: Path = ROOT / "notebooks"
    out: Path = ROOT / "reports"
    workers: int | None = None
    force: bool = False
    single_file: bool = False
    engine: str | None = None
    scheduler: str = ""
    key: str = ""
    say: Callable[[str], None] = field(default=lambda _: None, compare=False)

    @property
    def places(self) -> Places:
        """The folders of the figures and of the notebooks."""
        folder = self.notebooks / (BUREAU.slug if self.school == BUREAU.slug else "")
        return Places(loading.data_folder(self.data).absolute(), folder.absolute())


@dataclass(frozen=True, slots=True)
class Job:
    """A request that has been checked, then (`reuse.plan`) what can be used again for it.

    Attributes:
        request: what was asked for.
        school, year: whose pages are made, and of which year.
        chapters, chosen: all notebooks there are, and those that were asked for.
        values: the parameters of each chapter, by number.
        inputs: the fingerprints that the manifest lists.
        reads: the fingerprints of all that was read for the job itself; None where not known.
        report: the figures; None for a comparison of schools, whose notebook loads them.
        memory: results derived from the report: its figures, then its findings.
        published: the manifest of what is published now; None where that is not to be trusted.
        kept: the records of chapters that are used again or have run, by number.
        reasons: for every chosen chapter that has to run, the reason (Chinese), by number.
        pages: the pages of chapters that were not chosen, as they are published.
        findings: of the checks.
    """

    request: Request
    school: School
    year: int
    chapters: Sequence[Chapter]
    chosen: Sequence[Chapter]
    values: Mapping[int, Values]
    inputs: manifest.Inputs
    reads: Mapping[str, str] | None
    report: Report | None
    memory: Memory
    published: Mapping[str, Any] | None = None
    kept: Mapping[int, Record] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()

    @property
    def target(self) -> Path:
        """The folder of the published pages."""
        return atomic.place(self.request.out, self.school.slug, self.year)

    @property
    def stale(self) -> list[Chapter]:
        """The chapters that have to run."""
        return [c for c in self.chosen if c.number in self.reasons]

    @property
    def shown(self) -> list[Chapter]:
        """The chapters that have a page."""
        return [c for c in self.chapters if c in self.chosen or c.page in self.pages]

    @property
    def bodies(self) -> dict[str, str]:
        """The bodies of chosen chapters, as far as they are there, by page name."""
        kept = self.kept
        return {c.page: kept[c.number].result["body"] for c in self.chosen if c.number in kept}

    @property
    def years(self) -> Sequence[int]:
        """The years that the figures are of."""
        return self.report.years if self.report else (self.year,)

    @property
    def single_file(self) -> bool:
        """True if the edition in one file is written: pages that are kept may link to it."""
        partial = len(self.chosen) < len(self.chapters)
        there = self.published is not None and links.WHOLE in self.published["outputs"]
        return self.request.single_file or (partial and there)

    @property
    def page_limit(self) -> int:
        """Bytes a page may have; the comparison is one page for all schools, however many."""
        return links.PAGE_LIMIT if self.report else links.REPORT_LIMIT


def prepare(request: Request) -> Job:
    """The job of one school's report, or of the comparison of all schools.

    Raises:
        UsageError: unknown school, year, chapter or parameter, or an impossible value.
        BadData: the data break their schema.
    """
    bureau = request.school == BUREAU.slug
    places, year = request.places, request.year
    memory = Memory()
    with memory.in_use(), reads.watched(this_thread=True) as seen:
        report = None if bureau else loading.load(request.school, year, request.data)
        corrections.read(request.school, year, request.data)  # refused before any chapter
        schools = list(loading.schools(request.data)) if bureau else [request.school]
        _apart(places)
        every = notebooks.discover(places.notebooks)
        chosen = notebooks.choose(every, request.chapters)
        own = places.data / request.school / str(year) / "params.toml"
        stored = parameters.from_file(own, every)
        inputs = manifest.inputs([(school, year) for school in schools], places.data, every)
    given = {**parameters.fitting(stored, chosen), **request.given}
    return Job(
        request=request,
        school=report.school if report else BUREAU,
        year=year,
        chapters=every,
        chosen=chosen,
        values=parameters.resolve(given, chosen, request.school, year),
        inputs=inputs,
        reads=seen.fingerprints(places),
        report=report,
        memory=memory,
    )


def _apart(places: Places) -> None:
    """Notebooks are code, data come from outside: what lies among the data is never run."""
    data, code = places.data.resolve(), places.notebooks.resolve()
    if code.is_relative_to(data):
        raise UsageError(f"笔记本文件夹 {code} 在数据文件夹 {data} 里：数据中的笔记本一律不运行")
