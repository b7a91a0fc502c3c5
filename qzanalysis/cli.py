"""The command line: one function a verb, which declares its options and calls the package.

Options are described in `options.csv`. Exit status: 0 done, 1 failed, 2 wrong usage or bad input.
Results go to standard output, progress and messages to standard error. Imports are in the verbs.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer
from typer.core import TyperGroup

from qzanalysis.errors import RunFailed, UsageError, harmless, nearest, spoken, table

ROOT: Final = Path(__file__).parents[1]
NOTEBOOKS: Final = ROOT / "notebooks"


class Chinese(TyperGroup):
    """A command that reports every error in Chinese."""

    make_context = spoken()(TyperGroup.make_context)
    invoke = spoken()(TyperGroup.invoke)


app = typer.Typer(
    cls=Chinese,
    help="中等职业学校质量年度报告：数据核验与可复现分析（quality report analysis）。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def path(text: str) -> Path:
    """The path of an option; typer would take an empty one for the current folder."""
    if not str(text).strip():
        raise ValueError(text)
    return Path(text)


def _declared(row: Mapping[str, str]) -> Any:
    """The typer option of one row of `options.csv`; without flags, the argument."""
    if not row["flags"]:
        return typer.Argument(metavar=row["metavar"], help=row["help"])
    return typer.Option(
        *row["flags"].split(),
        metavar=row["metavar"] or None,
        min=int(row["min"]) if row["min"] else None,
        max=int(row["max"]) if row["max"] else None,
        parser=path if row["path"] else None,
        hidden=bool(row["hidden"]),
        show_default="默认" not in row["help"],
        help=row["help"],
    )


_OPTIONS: Final = {row["name"]: _declared(row) for row in table("options")}
School = Annotated[str | None, _OPTIONS["school"]]
Year = Annotated[int | None, _OPTIONS["year"]]
Data = Annotated[Path | None, _OPTIONS["data"]]
Jobs = Annotated[int | None, _OPTIONS["jobs"]]
Notebooks = Annotated[Path, _OPTIONS["notebooks"]]
FindingsFormat = Annotated[Literal["text", "json"], _OPTIONS["findings_format"]]
FailOn = Annotated[str | None, _OPTIONS["fail_on"]]
GivenSchool = Annotated[str, _OPTIONS["given_school"]]
GivenYear = Annotated[int, _OPTIONS["given_year"]]
Workbook = Annotated[Path | None, _OPTIONS["workbook"]]
Edition = Annotated[str | None, _OPTIONS["edition"]]
Overwrite = Annotated[bool, _OPTIONS["overwrite"]]
Names = list[str] | None


@app.command()
def render(
    school: School = None,
    year: Year = None,
    chapter: Annotated[list[int] | None, _OPTIONS["chapter"]] = None,
    parameter: Annotated[Names, _OPTIONS["parameter"]] = None,
    jobs: Jobs = None,
    force: Annotated[bool, _OPTIONS["force"]] = False,
    out: Annotated[Path, _OPTIONS["reports"]] = ROOT / "reports",
    data: Data = None,
    single_file: Annotated[bool, _OPTIONS["single_file"]] = True,
    everything: Annotated[bool, _OPTIONS["render_all"]] = False,
    scheduler: Annotated[str, _OPTIONS["scheduler"]] = "",
    notebooks: Notebooks = NOTEBOOKS,
) -> None:
    """运行各章笔记本，发布 HTML 报告（render and publish the report）。"""
    from qzanalysis.publishing.ledger import fingerprints, records

    key = fingerprints.of_json([school, year, chapter, parameter, single_file])
    folder = data or Path(os.environ.get("QZANALYSIS_DATA") or ROOT / "data")
    places = fingerprints.Places(folder, notebooks)
    if everything:
        _insist_on_all(school, year)
    elif not force and (index := records.unchanged(out, key, places)):
        _say("没有变化，沿用已发布的报告。")
        return typer.echo(str(index))
    from qzanalysis.publishing import pools

    if not scheduler:
        pools.begin()  # the server imports what notebooks need while this process does so itself
    from qzanalysis.publishing import many, parameters, pipeline
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.progress import progress_bar
    from qzanalysis.reports.loading import chosen

    given = parameters.split(parameter or [])
    if not everything:
        named = given.pop("school", None) or school
        school, year = chosen(named, parameters.year_of(given, year), data)
    request = Request(school or "", year or 0, tuple(chapter or ()), given, data, notebooks, out)
    request = replace(
        request, workers=jobs, force=force, single_file=single_file, scheduler=scheduler, key=key
    )
    with progress_bar() as progress:
        if not everything:
            return typer.echo(str(pipeline.render(replace(request, say=_say), progress)))
        index, outcomes = many.render_all(request, progress, _say)
    typer.echo(str(index))
    return typer.echo(many.recap(outcomes), err=True)


@app.command()
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

    _check_verdict(fail_on)
    as_json = format == "json"
    if everything:
        _insist_on_all(school, year)
        try:
            from qzanalysis.audit import panel
        except ModuleNotFoundError as error:
            raise UsageError("check --all 需要 pyarrow：pip install 'qzanalysis[panel]'") from error
        rows = panel.findings(data, jobs, decided=decided)
        text = panel.as_json(rows) if as_json else panel.as_text(rows)
        verdicts = list(rows["verdict"])
    else:
        report = loading.load(*loading.chosen(school, year, data), data)
        decisions = corrections.read(report.school.slug, report.year, data)
        findings = audit.run(corrections.apply(report, decisions) if decided else report)
        text = audit.as_json(findings) if as_json else audit.as_text(findings)
        verdicts = [finding.verdict for finding in findings]
    if decided:
        tested = "核验对象：审核决定改用的数值；没有决定的照报告所印。"
    else:
        tested = "核验对象：报告所印的数字；审核决定改用的数值见 --decided。"
    _answer(text if as_json else harmless(f"{tested}\n{text}"), verdicts, fail_on)


def _insist_on_all(school: str | None, year: int | None) -> None:
    if school is not None or year is not None:
        raise UsageError("--all 已包括所有学校和年份，不能再写 --school 或 --year")


@app.command()
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
        return typer.echo(content, nl=False)
    atomic.save(out, content)
    return typer.echo(str(out))


@app.command()
def verify(
    folder: Annotated[Path, _OPTIONS["published"]],
    data: Data = None,
    jobs: Jobs = None,
    notebooks: Notebooks = NOTEBOOKS,
) -> None:
    """重新渲染，与已发布的报告逐字节比较（render again and compare byte by byte）。"""
    from qzanalysis.publishing import verify
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.progress import progress_bar

    request = Request("", 0, data=data, workers=jobs, notebooks=notebooks)
    with progress_bar() as progress:
        wrong = verify.differences(folder, request, progress)
    if wrong:
        raise RunFailed("\n".join([f"{folder} 与重新渲染的结果有 {len(wrong)} 处不同：", *wrong]))
    typer.echo(f"{folder}：与重新渲染的结果完全一致")


def _say(text: str) -> None:
    """A line for whoever watches, beside the answer."""
    typer.echo(harmless(text), err=True)


def _check_verdict(verdict: str | None) -> None:
    from qzanalysis.audit import VERDICTS

    if verdict is not None and verdict not in VERDICTS:
        raise UsageError(f"没有核验结论“{verdict}”；{nearest(verdict, VERDICTS)}")


def _answer(text: str, verdicts: Iterable[str], fail_on: str | None) -> None:
    """Print the findings; fail if one of them has the verdict asked for."""
    typer.echo(text)
    if count := sum(verdict == fail_on for verdict in verdicts):
        raise RunFailed(f"有 {count} 项核验结论为 {fail_on}")


@app.command("audit")
def audit_documents(
    file: Annotated[list[Path], _OPTIONS["documents"]],
    format: FindingsFormat = "text",
    out: Annotated[Path | None, _OPTIONS["audit_page"]] = None,
    fail_on: FailOn = None,
    jobs: Jobs = None,
) -> None:
    """核验任意一份报告文件，不需要学校、年份或数据（audit any document）。"""
    from qzanalysis.documents import audited

    _check_verdict(fail_on)
    paths = audited.files(file)
    if len(paths) == 1:
        audits = [audited.of_file(paths[0])]
    else:
        audits = audited.of_files(paths, jobs, lambda each: _say(f"  {each.path.name}"))
    if out is not None:
        from qzanalysis.pages.audited import page
        from qzanalysis.publishing.shell import TEMPLATES
        from qzanalysis.reports.atomic import save

        style = (TEMPLATES / "qz" / "style.css").read_text(encoding="utf-8")
        save(out, page(audits, style).encode())
    text = audited.as_json(audits) if format == "json" else harmless(audited.as_text(audits))
    _answer(text, (f.verdict for it in audits if it.audit for f in it.audit.findings), fail_on)


@app.command("new-year")
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

    names = (school, name, short_name, region)
    registration = schools.validated(names, programme or (), add_programme or (), data)
    typer.echo(registration.summary(), err=True)
    if not yes and not typer.confirm("确认登记？", err=True):
        raise typer.Exit(2)
    typer.echo("\n".join(map(str, schools.register(registration, data))))


@app.command("extract")
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
    from qzanalysis.intake.extraction.extract import into_workbook

    path = out or Path(f"{school}-{year}.xlsx")
    done = into_workbook(file, path, (school, year, edition), data, force=force)
    _say("\n".join(done.summary()))
    typer.echo(str(path))


def main() -> None:
    """The console script."""
    try:
        app()
    finally:  # the process ends
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # there is nothing left to interrupt
        gc.freeze()  # a last collection would only take time


if __name__ == "__main__":
    main()
