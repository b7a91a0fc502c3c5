"""The command line: `render`, `check`, `export`, `verify`, and the verbs of `intake.commands`.

Exit status: 0 done, 1 the work failed, 2 wrong usage or bad input. The path or the data asked for
goes to standard output; progress and messages go to standard error. Each verb imports what it
needs when it runs, so that `--help` is quick.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperGroup

from qzanalysis.errors import RunFailed, UsageError, harmless, spoken
from qzanalysis.intake.commands import Data
from qzanalysis.intake.commands import app as intake

if TYPE_CHECKING:
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.reports.loading import Report

# What typer says of a command line it cannot read, and the same in Chinese. What is not listed
# here is shown as typer words it.
_MISREAD: Final = tuple(
    (re.compile(said), told)
    for said, told in (
        (r"No such option: (\S+)", r"没有选项 \1"),
        (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1；相近的有 \2"),
        (r"No such command '(.+)'\.", r"没有命令 \1"),
        (r"No such command '(.+)'\. Did you mean (.+)\?", r"没有命令 \1；最接近的是 \2"),
        (r"Missing argument '(.+)'\.", r"缺少参数 \1"),
        (r"Missing option '(.+)'\.", r"缺少选项 \1"),
        (r"Option '(.+)' requires an argument\.", r"选项 \1 后面要写一个值"),
        (r"Option '(.+)' does not take a value\.", r"选项 \1 后面不写值"),
        (r"Got unexpected extra argument\(s\) \((.+)\)", r"多出的内容：\1"),
        (r"Invalid value for (.+): Input should be a valid integer.*", r"\1 的值应为整数"),
        (
            r"Invalid value for (.+): Input should be greater than or equal to (\d+)",
            r"\1 的值至少为 \2",
        ),
        (
            r"Invalid value for (.+): Value error, '(.*)' is not one of (.+)\.",
            r"\1 的值“\2”应为 \3 之一",
        ),
    )
)


class Chinese(TyperGroup):
    """A command whose users are told in Chinese what is wrong with the line they typed."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        with _understood():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        with _understood():
            return super().invoke(ctx)


@contextlib.contextmanager
def _understood() -> Iterator[None]:
    try:
        yield
    except typer.TyperException as error:
        told = misread(error.format_message())
        if told is None:
            raise
        context = getattr(error, "ctx", None)
        usage = f"。写法见：{context.command_path} --help" if context else ""
        typer.echo(f"错误：{harmless(told)}{usage}", err=True)
        raise typer.Exit(error.exit_code) from None


def misread(said: str) -> str | None:
    """What typer said of a command line, in Chinese; None where that has no wording here.

    >>> misread("Missing argument 'FILE'.")
    '缺少参数 FILE'
    """
    for pattern, told in _MISREAD:
        if found := pattern.fullmatch(said):
            return found.expand(told).replace("'", "").replace(", ", "、")
    return None


app = typer.Typer(
    cls=Chinese,
    help="中等职业学校质量年度报告：数据核验与可复现分析（quality report analysis）。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class CheckFormat(StrEnum):
    """How findings are written."""

    text = "text"
    json = "json"


class TableFormat(StrEnum):
    """How tables are written."""

    csv = "csv"
    xlsx = "xlsx"


# What each option is called and what its help says; the verbs below only name those they take.
School = Annotated[
    str | None,
    typer.Option("--school", "-s", help="学校代号（school slug）；默认为 schools.csv 中的第一所。"),
]
Year = Annotated[
    int | None, typer.Option("--year", "-y", help="报告年份（report year）；默认为最近一年。")
]
Chapters = Annotated[
    list[int] | None,
    typer.Option(
        "--chapter",
        "-c",
        help="只运行这一章（chapter number），可重复；其余各章保持已发布的样子。",
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter", "-p", metavar="NAME=VALUE", help="笔记本参数（parameter），可重复。"
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="同时运行的章数（parallel jobs）；默认最多 2。"),
]
Force = Annotated[bool, typer.Option("--force", help="即使没有变化也重新运行（force）。")]
Reports = Annotated[
    Path | None, typer.Option("--out", "-o", help="报告文件夹（output folder）；默认为 reports/。")
]
Notebooks = Annotated[
    Path | None, typer.Option("--notebooks", help="笔记本文件夹（notebooks folder）。", hidden=True)
]
SingleFile = Annotated[
    bool, typer.Option("--single-file", help="另外生成一个含全文的文件（single-file edition）。")
]
RenderAll = Annotated[
    bool, typer.Option("--all", help="所有学校和年份（every report），另加各校比较和总首页。")
]
CheckAll = Annotated[
    bool, typer.Option("--all", help="所有学校和年份（every report）；需要 panel 附加包。")
]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="在 Dask 集群上运行：tcp://主机:端口，或 local（本机集群）；需要 cluster 附加包。",
    ),
]
FindingsFormat = Annotated[
    CheckFormat, typer.Option("--format", "-f", help="输出格式（output format）。")
]
Decided = Annotated[
    bool,
    typer.Option(
        "--decided",
        help="核验审核决定（corrections.csv）改用的数值，而不是报告所印的（test decided values）。",
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on", metavar="VERDICT", help="出现这种结论时以 1 退出，如 contradiction。"
    ),
]
FileFormat = Annotated[
    TableFormat, typer.Option("--format", "-f", help="文件格式（file format）。")
]
File = Annotated[
    Path | None, typer.Option("--out", "-o", help="写入的文件；CSV 省略时写到标准输出。")
]
Published = Annotated[
    Path, typer.Argument(metavar="DIR", help="已发布的报告，如 reports/学校/2021。")
]


@app.command()
@spoken
def render(
    school: School = None,
    year: Year = None,
    chapter: Chapters = None,
    parameter: Parameters = None,
    jobs: Jobs = None,
    force: Force = False,
    out: Reports = None,
    data: Data = None,
    single_file: SingleFile = False,
    everything: RenderAll = False,
    scheduler: Scheduler = "",
    notebooks: Notebooks = None,
) -> None:
    """运行各章笔记本，发布 HTML 报告（render and publish the report）。"""
    from qzanalysis.publishing import unchanged

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
    folder = out or unchanged.ROOT / "reports"
    asked = {
        "school": school,
        "year": year,
        "chapters": chapter,
        "parameters": parameter,
        "single_file": single_file,
        "notebooks": notebooks,
        "data": data or os.environ.get("QZANALYSIS_DATA"),
    }
    if not force and (index := unchanged.look(folder, asked)):
        typer.echo("没有变化，沿用已发布的报告。", err=True)
    else:
        request, index = _render_one(school, year, parameter or [], shared)
        from qzanalysis.reports.loading import data_folder

        unchanged.remember(folder, asked, index, data_folder(data), request.notebooks)
    typer.echo(str(index))


def _render_one(
    school: str | None, year: int | None, parameter: list[str], shared: Mapping[str, Any]
) -> tuple[Request, Path]:
    """The report of one school and year: what was asked for in full, and its first page."""
    _warm_up(shared["scheduler"])
    from qzanalysis.publishing import pipeline
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.parameters import split

    given = split(parameter)
    named = given.pop("school", None) or school
    school, year = _which(named, _year(given, year), shared["data"])
    request = Request(school, year, given=given, say=_say, **shared)
    with progress_bar() as progress:
        return request, pipeline.render(request, progress)


def _render_all(parameter: list[str], shared: Mapping[str, Any]) -> None:
    """Every report, the comparisons and the first page over them."""
    _warm_up(shared["scheduler"])
    from qzanalysis.publishing import many
    from qzanalysis.publishing.jobs import Request
    from qzanalysis.publishing.parameters import split

    request = Request("", 0, given=split(parameter), **shared)
    with progress_bar() as progress:
        index, outcomes = many.render_all(request, progress, _say)
    typer.echo(str(index))
    typer.echo(many.recap(outcomes), err=True)


def _warm_up(scheduler: str) -> None:
    """Let the server import what notebooks need while this process does so itself."""
    from qzanalysis.publishing import environment, workers

    if not scheduler:
        workers.begin(environment.start())


@app.command()
@spoken
def check(
    school: School = None,
    year: Year = None,
    data: Data = None,
    format: FindingsFormat = CheckFormat.text,
    fail_on: FailOn = None,
    everything: CheckAll = False,
    decided: Decided = False,
    jobs: Jobs = None,
) -> None:
    """先查数据格式，再逐条核验（validate the data, then run every check）。"""
    from qzanalysis import audit

    if fail_on is not None:
        _known_verdict(fail_on, audit.VERDICTS)
    as_json = format is CheckFormat.json
    if everything:
        _insist_on_all(school, year)
        text, verdicts = _check_all(data, jobs, decided=decided, as_json=as_json)
    else:
        findings = audit.run(_report(school, year, data, decided=decided))
        text = audit.as_json(findings) if as_json else audit.as_text(findings)
        verdicts = [finding.verdict for finding in findings]
    typer.echo(text if as_json else harmless(f"{_TESTED[decided]}\n{text}"))
    if count := sum(verdict == fail_on for verdict in verdicts):
        raise RunFailed(f"有 {count} 项核验结论为 {fail_on}")


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
    format: FileFormat = TableFormat.csv,
    out: File = None,
) -> None:
    """导出全部数字和派生指标，一行一个（export observations and derived measures, tidy）。"""
    from qzanalysis.measures import export
    from qzanalysis.reports import atomic, corrections

    report = corrections.load(*_which(school, year, data), data)
    if out is None and format is TableFormat.xlsx:
        raise UsageError("XLSX 需要用 --out 指定文件名")
    content = export.WRITERS[format.value](export.everything(report))
    if out is None:
        sys.stdout.buffer.write(content)
        return
    atomic.save(out, content)
    typer.echo(str(out))


@app.command()
@spoken
def verify(
    folder: Published,
    data: Data = None,
    jobs: Jobs = None,
    notebooks: Notebooks = None,
) -> None:
    """重新渲染，与已发布的报告逐字节比较（render again and compare byte by byte）。"""
    from qzanalysis.publishing import verify as published
    from qzanalysis.publishing.jobs import Request

    request = Request("", 0, data=data, workers=jobs, **_folders(notebooks=notebooks))
    with progress_bar() as progress:
        found = published.differences(folder, request, progress)
    if found:
        raise RunFailed("\n".join([f"{folder} 与重新渲染的结果有 {len(found)} 处不同：", *found]))
    typer.echo(f"{folder}：与重新渲染的结果完全一致")


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error, one step a chapter; only lines where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("准备", total=None)
        yield lambda done, total, what: bar.update(
            task, completed=done, total=total, description=harmless(what)
        )


def _which(school: str | None, year: int | None, data: Path | None) -> tuple[str, int]:
    """The school and year asked for, or the first school and its latest year.

    Raises:
        UsageError: the data hold no school, or none of its years.
    """
    from qzanalysis.reports import loading

    known = loading.schools(data)
    if school is None:
        if not known:
            raise UsageError("schools.csv 中没有学校；请先登记一所")
        school = next(iter(known))
    if year is None:
        years = loading.years(school, data) if school in known else []
        year = years[-1] if years else 0
    return school, year


def _year(given: dict[str, str], year: int | None) -> int | None:
    """`-p year=2021` means the same as `--year 2021`."""
    text = given.pop("year", None)
    if text is None:
        return year
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"参数 year 的值“{text}”应为整数（int）") from None


def _report(
    school: str | None, year: int | None, data: Path | None, *, decided: bool = False
) -> Report:
    from qzanalysis.reports import corrections, loading

    load = corrections.load if decided else loading.load
    return load(*_which(school, year, data), data)


def _say(text: str) -> None:
    """A line for whoever watches, beside the answer."""
    typer.echo(harmless(text), err=True)


def _folders(**folders: Path | None) -> Any:
    """Only the folders that were named; the others keep their defaults."""
    return {name: folder for name, folder in folders.items() if folder is not None}


def _known_verdict(verdict: str, known: Iterable[str]) -> None:
    from qzanalysis.errors import nearest

    if verdict not in known:
        raise UsageError(f"没有核验结论“{verdict}”；{nearest(verdict, known)}")


Documents = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", help="报告文件或文件夹：docx、pdf、html、txt、xlsx。"),
]


@app.command("audit")
@spoken
def audit_documents(
    file: Documents,
    format: FindingsFormat = CheckFormat.text,
    fail_on: FailOn = None,
    jobs: Jobs = None,
) -> None:
    """核验任意一份报告文件，不需要学校、年份或数据（audit any document）。"""
    from qzanalysis.audit import VERDICTS
    from qzanalysis.documents import audited

    if fail_on is not None:
        _known_verdict(fail_on, VERDICTS)
    paths = audited.files(file)
    if len(paths) == 1:
        audits = [audited.of_file(paths[0])]
    else:
        audits = audited.of_files(
            paths, jobs, lambda each: typer.echo(f"  {harmless(each.path.name)}", err=True)
        )
    as_json = format is CheckFormat.json
    typer.echo(audited.as_json(audits) if as_json else harmless(audited.as_text(audits)))
    found = [f for each in audits if each.audit for f in each.audit.findings]
    if count := sum(finding.verdict == fail_on for finding in found):
        raise RunFailed(f"有 {count} 项核验结论为 {fail_on}")


app.registered_commands += intake.registered_commands  # new-year, import, extract, new-school


def main() -> None:
    """The console script."""
    try:
        app()
    finally:
        gc.freeze()  # the process ends: a last collection would only take time


if __name__ == "__main__":
    main()
