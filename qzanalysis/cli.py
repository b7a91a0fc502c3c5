"""The command line: one function a verb, which declares its options and calls the package.

Names and help of the options are in `options.csv`. Exit status: 0 done, 1 the work failed, 2 wrong
usage or bad input. Results go to standard output, progress and messages to standard error. Each
verb imports what it needs when it runs, so that `--help` is quick.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer
from typer.core import TyperGroup

from qzanalysis.errors import RunFailed, UsageError, harmless, in_chinese, nearest, spoken, table

if TYPE_CHECKING:
    from qzanalysis.documents.audited import Audited

ROOT: Final = Path(__file__).parents[1]


class Chinese(TyperGroup):
    """A command whose users are told in Chinese what is wrong with the line they typed."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        with in_chinese():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        with in_chinese():
            return super().invoke(ctx)


app = typer.Typer(
    cls=Chinese,
    help="中等职业学校质量年度报告：数据核验与可复现分析（quality report analysis）。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _declared(row: Mapping[str, str]) -> Any:
    """The typer option of one row of `options.csv`; without flags, the argument."""
    if not row["flags"]:
        return typer.Argument(metavar=row["metavar"], help=row["help"])
    return typer.Option(
        *row["flags"].split(),
        metavar=row["metavar"] or None,
        min=int(row["min"]) if row["min"] else None,
        hidden=bool(row["hidden"]),
        help=row["help"],
    )


_OPTIONS: Final = {row["name"]: _declared(row) for row in table("options")}
School = Annotated[str | None, _OPTIONS["school"]]
Year = Annotated[int | None, _OPTIONS["year"]]
Data = Annotated[Path | None, _OPTIONS["data"]]
Jobs = Annotated[int | None, _OPTIONS["jobs"]]
Notebooks = Annotated[Path | None, _OPTIONS["notebooks"]]
FindingsFormat = Annotated[Literal["text", "json"], _OPTIONS["findings_format"]]
FailOn = Annotated[str | None, _OPTIONS["fail_on"]]
GivenSchool = Annotated[str, _OPTIONS["given_school"]]
GivenYear = Annotated[int, _OPTIONS["given_year"]]
Workbook = Annotated[Path | None, _OPTIONS["workbook"]]
Edition = Annotated[str | None, _OPTIONS["edition"]]
Overwrite = Annotated[bool, _OPTIONS["overwrite"]]
Names = list[str] | None


@app.command()
@spoken
def render(
    school: School = None,
    year: Year = None,
    chapter: Annotated[list[int] | None, _OPTIONS["chapter"]] = None,
    parameter: Annotated[Names, _OPTIONS["parameter"]] = None,
    jobs: Jobs = None,
    force: Annotated[bool, _OPTIONS["force"]] = False,
    out: Annotated[Path | None, _OPTIONS["reports"]] = None,
    data: Data = None,
    single_file: Annotated[bool, _OPTIONS["single_file"]] = True,
    everything: Annotated[bool, _OPTIONS["render_all"]] = False,
    scheduler: Annotated[str, _OPTIONS["scheduler"]] = "",
    notebooks: Notebooks = None,
) -> None:
    """运行各章笔记本，发布 HTML 报告（render and publish the report）。"""
    shared = {
        "chapters": tuple(chapter or ()),
        "data": data,
        "workers": jobs,
        "force": force,
        "single_file": single_file,
        "scheduler": scheduler,
        **_folders(notebooks=notebooks, out=out),
    }
    if everything:
        _insist_on_all(school, year)
        _render_all(parameter or [], shared)
        return
    from qzanalysis.publishing.ledger import fingerprints, records

    key = fingerprints.of_json([school, year, chapter, parameter, single_file])
    places = fingerprints.Places(
        data or Path(os.environ.get("QZANALYSIS_DATA") or ROOT / "data"),
        notebooks or ROOT / "notebooks",
    )
    index = None if force else records.unchanged(out or ROOT / "reports", key, places)
    if index:
        _say("没有变化，沿用已发布的报告。")
    typer.echo(str(index or _render_one(school, year, parameter or [], {**shared, "key": key})))


def _render_one(
    school: str | None, year: int | None, parameter: list[str], shared: Mapping[str, Any]
) -> Path:
    """The report of one school and year: its first page."""
    _warm_up(shared["scheduler"])
    from qzanalysis.publishing import pipeline
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.parameters import split, year_of
    from qzanalysis.publishing.progress import progress_bar
    from qzanalysis.reports.loading import chosen

    given = split(parameter)
    named = given.pop("school", None) or school
    school, year = chosen(named, year_of(given, year), shared["data"])
    request = Request(school, year, given=given, say=_say, **shared)
    with progress_bar() as progress:
        return pipeline.render(request, progress)


def _render_all(parameter: list[str], shared: Mapping[str, Any]) -> None:
    """Every report, the comparisons and the first page over them."""
    _warm_up(shared["scheduler"])
    from qzanalysis.publishing import many
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.parameters import split
    from qzanalysis.publishing.progress import progress_bar

    request = Request("", 0, given=split(parameter), **shared)
    with progress_bar() as progress:
        index, outcomes = many.render_all(request, progress, _say)
    typer.echo(str(index))
    typer.echo(many.recap(outcomes), err=True)


def _warm_up(scheduler: str) -> None:
    """Let the server import what notebooks need while this process does so itself."""
    from qzanalysis.publishing import pools

    if not scheduler:
        pools.begin()


@app.command()
@spoken
def check(
    school: School = None,
    year: Year = None,
    data: Data = None,
    format: FindingsFormat = "text",
    fail_on: FailOn = None,
    everything: Annotated[bool, _OPTIONS["check_all"]] = False,
    decided: Annotated[bool, _OPTIONS["decided"]] = False,
    jobs: Jobs = None,
) -> None:
    """先查数据格式，再逐条核验（validate the data, then run every check）。"""
    from qzanalysis import audit
    from qzanalysis.reports import corrections, loading

    _check_verdict(fail_on, audit.VERDICTS)
    if everything:
        _insist_on_all(school, year)
        text, verdicts = _check_all(data, jobs, decided=decided, as_json=format == "json")
    else:
        load = corrections.load if decided else loading.load
        findings = audit.run(load(*loading.chosen(school, year, data), data))
        text = audit.as_json(findings) if format == "json" else audit.as_text(findings)
        verdicts = [finding.verdict for finding in findings]
    _answer(
        text if format == "json" else harmless(f"{_TESTED[decided]}\n{text}"), verdicts, fail_on
    )


_TESTED = {
    False: "核验对象：报告所印的数字；审核决定改用的数值见 --decided。",
    True: "核验对象：审核决定改用的数值；没有决定的照报告所印。",
}


def _check_all(
    data: Path | None, jobs: int | None, *, decided: bool, as_json: bool
) -> tuple[str, Iterable[str]]:
    """The findings of every report as text, and their verdicts."""
    try:
        from qzanalysis.audit import panel
    except ModuleNotFoundError as error:
        raise UsageError("check --all 需要 pyarrow：pip install 'qzanalysis[panel]'") from error
    found = panel.findings(data, jobs, decided=decided)
    return panel.as_json(found) if as_json else panel.as_text(found), found["verdict"]


def _insist_on_all(school: str | None, year: int | None) -> None:
    if school is not None or year is not None:
        raise UsageError("--all 已包括所有学校和年份，不能再写 --school 或 --year")


@app.command()
@spoken
def export(
    school: School = None,
    year: Year = None,
    data: Data = None,
    format: Annotated[Literal["csv", "xlsx"], _OPTIONS["file_format"]] = "csv",
    out: Annotated[Path | None, _OPTIONS["file"]] = None,
) -> None:
    """导出全部数字和派生指标，一行一个（export observations and derived measures, tidy）。"""
    from qzanalysis.measures import export
    from qzanalysis.reports import atomic, corrections, loading

    report = corrections.load(*loading.chosen(school, year, data), data)
    if out is None and format == "xlsx":
        raise UsageError("XLSX 需要用 --out 指定文件名")
    content = export.WRITERS[format](export.everything(report))
    if out is None:
        sys.stdout.buffer.write(content)
        return
    atomic.save(out, content)
    typer.echo(str(out))


@app.command()
@spoken
def verify(
    folder: Annotated[Path, _OPTIONS["published"]],
    data: Data = None,
    jobs: Jobs = None,
    notebooks: Notebooks = None,
) -> None:
    """重新渲染，与已发布的报告逐字节比较（render again and compare byte by byte）。"""
    from qzanalysis.publishing import verify as published
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.progress import progress_bar

    request = Request("", 0, data=data, workers=jobs, **_folders(notebooks=notebooks))
    with progress_bar() as progress:
        found = published.differences(folder, request, progress)
    if found:
        raise RunFailed("\n".join([f"{folder} 与重新渲染的结果有 {len(found)} 处不同：", *found]))
    typer.echo(f"{folder}：与重新渲染的结果完全一致")


def _say(text: str) -> None:
    """A line for whoever watches, beside the answer."""
    typer.echo(harmless(text), err=True)


def _folders(**folders: Path | None) -> Any:
    """Only the folders that were named; the others keep their defaults."""
    return {name: folder for name, folder in folders.items() if folder is not None}


def _check_verdict(verdict: str | None, known: Iterable[str]) -> None:
    if verdict is not None and verdict not in known:
        raise UsageError(f"没有核验结论“{verdict}”；{nearest(verdict, known)}")


def _answer(text: str, verdicts: Iterable[str], fail_on: str | None) -> None:
    """Print the findings; fail if one of them has the verdict asked for."""
    typer.echo(text)
    if count := sum(verdict == fail_on for verdict in verdicts):
        raise RunFailed(f"有 {count} 项核验结论为 {fail_on}")


@app.command("audit")
@spoken
def audit_documents(
    file: Annotated[list[Path], _OPTIONS["documents"]],
    format: FindingsFormat = "text",
    out: Annotated[Path | None, _OPTIONS["audit_page"]] = None,
    fail_on: FailOn = None,
    jobs: Jobs = None,
) -> None:
    """核验任意一份报告文件，不需要学校、年份或数据（audit any document）。"""
    from qzanalysis.audit import VERDICTS
    from qzanalysis.documents import audited

    _check_verdict(fail_on, VERDICTS)
    paths = audited.files(file)
    if len(paths) == 1:
        audits = [audited.of_file(paths[0])]
    else:
        audits = audited.of_files(paths, jobs, lambda each: _say(f"  {each.path.name}"))
    as_json = format == "json"
    if out is not None:
        _write_audit(audits, out)
    text = audited.as_json(audits) if as_json else harmless(audited.as_text(audits))
    _answer(text, (f.verdict for it in audits if it.audit for f in it.audit.findings), fail_on)


def _write_audit(audits: Sequence[Audited], out: Path) -> None:
    from qzanalysis.pages import audited
    from qzanalysis.publishing.shell import TEMPLATES
    from qzanalysis.reports.atomic import save

    style = (TEMPLATES / "qz" / "style.css").read_text(encoding="utf-8")
    save(out, audited.page(audits, style).encode())


@app.command("new-year")
@spoken
def new_year(
    school: GivenSchool,
    year: GivenYear,
    out: Workbook = None,
    edition: Edition = None,
    from_data: Annotated[bool, _OPTIONS["from_data"]] = False,
    force: Overwrite = False,
    data: Data = None,
) -> None:
    """生成新一年的填报工作簿（write the form for a new year, XLSX）。"""
    from qzanalysis.intake import workbook

    path = out or Path(f"{school}-{year}.xlsx")
    filled = workbook.filled(school, year, data) if from_data else None
    content = filled or workbook.blank(school, year, edition, data)
    workbook.save(path, content, force=force)
    typer.echo(str(path))


@app.command("import")
@spoken
def import_(
    file: Annotated[Path, _OPTIONS["figures"]],
    school: Annotated[str | None, _OPTIONS["import_school"]] = None,
    year: Annotated[int | None, _OPTIONS["import_year"]] = None,
    dash: Annotated[Literal["missing", "zero"] | None, _OPTIONS["dash"]] = None,
    replace: Annotated[bool, _OPTIONS["replace"]] = False,
    data: Data = None,
) -> None:
    """检查并导入一年的数据，有一处不对就什么也不写（import, all or nothing）。"""
    from qzanalysis.intake import importing

    paths, notices = importing.import_file(file, school, year, data, dash=dash, replace=replace)
    for notice in notices:
        _say(f"说明：{notice}")
    typer.echo("\n".join(map(str, paths)))


@app.command("new-school")
@spoken
def new_school(
    school: Annotated[str, _OPTIONS["new_slug"]],
    name: Annotated[str, _OPTIONS["full_name"]],
    short_name: Annotated[str, _OPTIONS["short_name"]],
    region: Annotated[str, _OPTIONS["region"]],
    programme: Annotated[Names, _OPTIONS["programme"]] = None,
    add_programme: Annotated[Names, _OPTIONS["add_programme"]] = None,
    yes: Annotated[bool, _OPTIONS["yes"]] = False,
    data: Data = None,
) -> None:
    """登记一所新学校（register a school）。"""
    from qzanalysis.intake import schools

    fields = (school, name, short_name, region)
    registration = schools.validated(fields, programme or (), add_programme or (), data)
    typer.echo(registration.summary(), err=True)
    if not yes and not typer.confirm("确认登记？", err=True):
        raise typer.Exit(2)
    typer.echo("\n".join(map(str, schools.register(registration, data))))


@app.command("extract")
@spoken
def extract(
    file: Annotated[Path, _OPTIONS["document"]],
    school: GivenSchool,
    year: GivenYear,
    out: Workbook = None,
    edition: Edition = None,
    force: Overwrite = False,
    data: Data = None,
) -> None:
    """从报告中提取数据表，填入工作簿供核对（extract tables into the form）。"""
    from qzanalysis.intake import extraction

    path = out or Path(f"{school}-{year}.xlsx")
    done = extraction.into_workbook(file, path, (school, year, edition), data, force=force)
    for line in done.summary():
        _say(line)
    typer.echo(str(path))


def main() -> None:
    """The console script."""
    try:
        app()
    finally:
        gc.freeze()  # the process ends: a last collection would only take time


if __name__ == "__main__":
    main()
