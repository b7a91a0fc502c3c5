"""What is asked for, checked against data, notebooks and codebook before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing import chapters as notebooks
from qzanalysis.publishing import links, parameters
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.publishing.ledger import manifest, reads
from qzanalysis.publishing.ledger.fingerprints import Places
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports import atomic, loading
from qzanalysis.reports.memory import Memory
from qzanalysis.reports.report import Report, School

ROOT: Final = Path(__file__).parents[2]
BUREAU: Final = School("bureau", "各校比较", "各校比较", "")
Progress = Callable[[int, int, str], None]  # chapters done, chapters to do, what happens now


def silent(done: int, total: int, what: str) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to render.

    Attributes:
        school, year: which report.
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
        key: under which the request is stored, as `records.unchanged` takes it; empty for none.
        say: told what is used again and why the rest runs.
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


@dataclass(frozen=True, slots=True)
class Job:
    """A request that has been checked: everything is known but the pages.

    Attributes:
        request: what was asked for.
        school, year: whose pages are made, and of which year.
        chapters, chosen: all notebooks there are, and those that were asked for.
        values: the parameters of each chapter, by number.
        places: the folders of figures and notebooks.
        inputs: the fingerprints that the manifest lists.
        reads: the fingerprints of all that was read for the job itself; None where not known.
        report: the figures; None for a comparison of schools, whose notebook loads them.
        page_limit: bytes a page may have.
        memory: what was worked out of the report: its figures, then its findings.
    """

    request: Request
    school: School
    year: int
    chapters: tuple[Chapter, ...]
    chosen: tuple[Chapter, ...]
    values: Mapping[int, Values]
    places: Places
    inputs: manifest.Inputs
    reads: Mapping[str, str] | None = None
    report: Report | None = None
    page_limit: int = links.PAGE_LIMIT
    memory: Memory = field(default_factory=Memory)

    @property
    def target(self) -> Path:
        """The folder of the published pages."""
        return atomic.place(self.request.out, self.school.slug, self.year)


def prepare(request: Request) -> Job:
    """The job of one school's report.

    Raises:
        UsageError: unknown school, year, chapter or parameter, or an impossible value.
        BadData: the data break their schema.
    """
    places = _places(request, request.notebooks)
    memory = Memory()
    with memory.in_use(), reads.watched() as seen:
        report = loading.load(request.school, request.year, request.data)
        _apart(places)
        every = notebooks.discover(places.notebooks)
        chosen = notebooks.choose(every, request.chapters)
        folder = places.data / request.school / str(request.year)
        stored = parameters.from_file(folder / "params.toml", every)
        inputs = manifest.inputs([(request.school, request.year)], places.data, every)
    given = {**parameters.fitting(stored, chosen), **request.given}
    values = parameters.resolve(given, chosen, request.school, request.year)
    return Job(
        request,
        report.school,
        request.year,
        tuple(every),
        tuple(chosen),
        values,
        places,
        inputs,
        seen.fingerprints(places),
        report,
        memory=memory,
    )


def comparison(request: Request, year: int) -> Job:
    """The job of the pages that compare all schools of a year.

    Raises:
        UsageError: there is no notebook for them.
    """
    folder = request.notebooks / "bureau"
    places = _places(request, folder)
    every = tuple(notebooks.discover(places.notebooks))
    schools = [(slug, year) for slug in loading.schools(request.data)]
    return Job(
        replace(request, chapters=(), single_file=False),
        BUREAU,
        year,
        every,
        every,
        {chapter.number: {"year": year} for chapter in every},
        places,
        manifest.inputs(schools, places.data, every),
        page_limit=links.REPORT_LIMIT,  # one page for all schools, however many there are
    )


def _places(request: Request, notebooks: Path) -> Places:
    return Places(loading.data_folder(request.data).absolute(), notebooks.absolute())


def _apart(places: Places) -> None:
    """Notebooks are code, data come from outside: what lies among the data is never run."""
    data, code = places.data.resolve(), places.notebooks.resolve()
    if code.is_relative_to(data):
        raise UsageError(f"笔记本文件夹 {code} 在数据文件夹 {data} 里：数据中的笔记本一律不运行")
