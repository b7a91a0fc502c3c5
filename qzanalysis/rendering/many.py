"""Every report there is: one after another, then a page that compares the schools, and a first page.

One report that fails does not stop the others; what it had published stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from qzanalysis import dataset
from qzanalysis.dataset import School
from qzanalysis.errors import QzAnalysisError, RunFailed
from qzanalysis.rendering import chapters as notebooks
from qzanalysis.rendering import (
    crate,
    links,
    manifest,
    pipeline,
    publish,
    run,
    shell,
    site,
    tables,
)
from qzanalysis.rendering.chapters import Chapter
from qzanalysis.rendering.markup import without_misleading

BUREAU: Final = School("bureau", "各校比较", "各校比较", "")
START: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: its first page, or why there is no new one."""

    name: str
    index: Path | None
    error: str = ""


def render_all(
    request: pipeline.Request,
    progress: pipeline.Progress,
    begin: Callable[[str], None] = lambda _: None,
) -> tuple[Path, list[Outcome]]:
    """Render every school and year, the comparison of each year, and the first page over them.

    Args:
        request: as for one report; its school and year are replaced by each there is.
        progress: told as chapters of a report end.
        begin: told the name of each report before it starts.

    Returns:
        The first page, and what became of each report.
    """
    outcomes = []
    for school, year in every_report(request.data):
        name = f"{school.name} {year} 年"
        begin(name)
        one = replace(request, school=school.slug, year=year)
        outcomes.append(_attempt(name, lambda one=one: pipeline.render(one, progress)))  # type: ignore[misc]
    for year in sorted({year for _, year in every_report(request.data)}):
        name = f"各校比较 {year} 年"
        begin(name)
        outcomes.append(_attempt(name, lambda year=year: compare(request, year)))  # type: ignore[misc]
    return write_start(request), outcomes


def every_report(data: Path | None) -> list[tuple[School, int]]:
    """All schools and years with figures."""
    return [
        (school, year)
        for slug, school in dataset.schools(data).items()
        for year in dataset.years(slug, data)
    ]


def compare(request: pipeline.Request, year: int) -> Path:
    """Run the bureau's notebook for one year and publish its page.

    Raises:
        RunFailed: the notebook failed; what was published stays.
    """
    found = tuple(notebooks.discover(request.notebooks / "bureau"))
    values: Mapping[int, dict[str, object]] = {chapter.number: {"year": year} for chapter in found}
    settings = run.Settings(dataset.data_folder(request.data))
    made = run.run(found, values, settings)
    inputs = _inputs(request, year, found)
    pages = site.pages(
        site.Site(
            BUREAU,
            year,
            found,
            {chapter.page: made[chapter.number].body for chapter in found},
            {},
            values,
            [],
            inputs.data_version,
            inputs.code_version,
        )
    )
    links.prove(pages)
    files = {name: text.encode() for name, text in sorted(pages.items())}
    content = manifest.plan(BUREAU.slug, year, values, found, inputs)
    target = publish.place(request.out, BUREAU.slug, year)
    with publish.locked(target):
        publish.publish(target, crate.completed(BUREAU.name, content, files))
    return target / START


def _inputs(request: pipeline.Request, year: int, found: Sequence[Chapter]) -> manifest.Inputs:
    """Fingerprints of what a comparison is made from: the figures of every school."""
    own = manifest.inputs(BUREAU.slug, year, request.data, found)
    figures = [
        manifest.inputs(slug, year, request.data, found).data
        for slug in dataset.schools(request.data)
    ]
    return replace(own, data={path: value for one in figures for path, value in one.items()})


def write_start(request: pipeline.Request) -> Path:
    """The first page over all published reports."""
    schools = [
        (school, _published(request.out, school.slug))
        for school in dataset.schools(request.data).values()
    ]
    context = {
        "schools": [(school, reports) for school, reports in schools if reports],
        "comparisons": _published(request.out, BUREAU.slug),
        **site.look(),
    }
    text = without_misleading(shell.template("start.html.j2").render(context))
    page = request.out / START
    page.parent.mkdir(parents=True, exist_ok=True)
    tables.save(page, f"{text.strip()}\n".encode())
    return page


def recap(outcomes: Sequence[Outcome]) -> str:
    """How many reports were made, and what is wrong with the others.

    Raises:
        RunFailed: at least one report failed.
    """
    failed = [one for one in outcomes if one.index is None]
    text = f"完成 {len(outcomes) - len(failed)} 份，失败 {len(failed)} 份。"
    if failed:
        raise RunFailed("\n".join([text, *(f"{one.name}：{one.error}" for one in failed)]))
    return text


def _attempt(name: str, make: Callable[[], Path]) -> Outcome:
    try:
        return Outcome(name, make())
    except QzAnalysisError as error:
        return Outcome(name, None, str(error))


def _published(out: Path, slug: str) -> list[tuple[int, str]]:
    """Years with a first page, latest first, and the way to it."""
    found = sorted((out / slug).glob("[0-9][0-9][0-9][0-9]/index.html"), reverse=True)
    return [(int(page.parent.name), page.relative_to(out).as_posix()) for page in found]
