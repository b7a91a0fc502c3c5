"""The command line: `render`, `check`, `export`, `verify`, and the verbs of `intake.commands`.

Exit status: 0 done, 1 the work failed, 2 wrong usage or bad input. The path or the data asked for
goes to standard output; progress and messages go to standard error. Each verb imports what it
needs when it runs, so that `--help` is quick.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qzanalysis.errors import RunFailed, UsageError
from qzanalysis.intake.commands import app as intake
from qzanalysis.terminal import harmless, spoken

if TYPE_CHECKING:
    from qzanalysis.dataset import Report

app = typer.Typer(
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


School = Annotated[
    str | None,
    typer.Option("--school", "-s", help="学校代号（school slug）；默认为 schools.csv 中的第一所。"),
]
Year = Annotated[
    int | None, typer.Option("--year", "-y", help="报告年份（report year）；默认为最近一年。")
]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="数据文件夹（data folder）；默认为 QZANALYSIS_DATA 或 data/。"),
]
Notebooks = Annotated[
    Path | None, typer.Option("--notebooks", help="笔记本文件夹（notebooks folder）。", hidden=True)
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="同时运行的章数（parallel jobs）；默认最多 2。"),
]

Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="在 Dask 集群上运行：tcp://主机:端口，或 local（本机集群）；需要 cluster 附加包。",
    ),
]


@app.command()
@spoken
def render(
    school: School = None,
    year: Year = None,
    chapter: Annotated[
        list[int] | None,
        typer.Option(
            "--chapter",
            "-c",
            help="只运行这一章（chapter number），可重复；其余各章保持已发布的样子。",
        ),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="笔记本参数（parameter），可重复。"
        ),
    ] = None,
    jobs: Jobs = None,
    force: Annotated[
        bool, typer.Option("--force", help="即使没有变化也重新运行（force）。")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="报告文件夹（output folder）；默认为 reports/。"),
    ] = None,
    data: Data = None,
    single_file: Annotated[
        bool,
        typer.Option("--single-file", help="另外生成一个含全文的文件（single-file edition）。"),
    ] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="所有学校和年份（every report），另加各校比较和总首页。"),
    ] = False,
    scheduler: Scheduler = "",
    notebooks: Notebooks = None,
) -> None:
    """运行各章笔记本，发布 HTML 报告（render and publish the report）。"""
    from qzanalysis.rendering import environment, unchanged, workers

    if everything:
        folders = _folders(notebooks=notebooks, out=out)
        _render_all(parameter or [], school, year, jobs, force, data, scheduler, folders)
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
        typer.echo(str(index))
        return

    if not scheduler:
        workers.begin(environment.start())  # it imports what notebooks need while this goes on
    from qzanalysis.rendering import pipeline
    from qzanalysis.rendering.parameters import split

    given = split(parameter or [])
    school, year = _which(given.pop("school", None) or school, _year(given, year), data)
    request = pipeline.Request(
        school,
        year,
        chapters=tuple(chapter or ()),
        given=given,
        data=data,
        workers=jobs,
        force=force,
        single_file=single_file,
        scheduler=scheduler,
        say=lambda text: typer.echo(harmless(text), err=True),
        **_folders(notebooks=notebooks, out=out),
    )
    from qzanalysis.dataset import data_folder

    with progress_bar() as progress:
        index = pipeline.render(request, progress)
    unchanged.remember(folder, asked, index, data_folder(data), request.notebooks)
    typer.echo(str(index))


def _render_all(
    parameter: list[str],
    school: str | None,
    year: int | None,
    jobs: int | None,
    force: bool,
    data: Path | None,
    scheduler: str,
    folders: Any,
) -> None:
    from qzanalysis.rendering import environment, workers

    if not scheduler:
        workers.begin(environment.start())
    from qzanalysis.rendering import many, pipeline
    from qzanalysis.rendering.parameters import split

    if school is not None or year is not None:
        raise UsageError("--all 已包括所有学校和年份，不能再写 --school 或 --year")
    request = pipeline.Request(
        "",
        0,
        given=split(parameter),
        data=data,
        workers=jobs,
        force=force,
        scheduler=scheduler,
        **folders,
    )
    with progress_bar() as progress:
        index, outcomes = many.render_all(
            request, progress, lambda name: typer.echo(harmless(name), err=True)
        )
    typer.echo(str(index))
    typer.echo(many.recap(outcomes), err=True)


@app.command()
@spoken
def check(
    school: School = None,
    year: Year = None,
    data: Data = None,
    format: Annotated[
        CheckFormat, typer.Option("--format", "-f", help="输出格式（output format）。")
    ] = CheckFormat.text,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on", metavar="VERDICT", help="出现这种结论时以 1 退出，如 contradiction。"
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="所有学校和年份（every report）；需要 panel 附加包。"),
    ] = False,
    jobs: Jobs = None,
) -> None:
    """先查数据格式，再逐条核验（validate the data, then run every check）。"""
    from qzanalysis import checks

    if fail_on is not None:
        _known_verdict(fail_on, checks.VERDICTS)
    if everything:
        _check_all(school, year, data, format, fail_on, jobs)
        return
    findings = checks.run(_report(school, year, data))
    written = checks.as_json(findings) if format is CheckFormat.json else checks.as_text(findings)
    typer.echo(written if format is CheckFormat.json else harmless(written))
    if count := sum(finding.verdict == fail_on for finding in findings):
        raise RunFailed(f"有 {count} 项核验结论为 {fail_on}")


def _check_all(
    school: str | None,
    year: int | None,
    data: Path | None,
    format: CheckFormat,
    fail_on: str | None,
    jobs: int | None,
) -> None:
    if school is not None or year is not None:
        raise UsageError("--all 已包括所有学校和年份，不能再写 --school 或 --year")
    try:
        from qzanalysis import panel
    except ModuleNotFoundError as error:
        raise UsageError("check --all 需要 pyarrow：pip install 'qzanalysis[panel]'") from error
    found = panel.findings(data, jobs)
    text = panel.as_json(found) if format is CheckFormat.json else panel.as_text(found)
    typer.echo(text if format is CheckFormat.json else harmless(text))
    if count := int((found["verdict"] == fail_on).sum()):
        raise RunFailed(f"有 {count} 项核验结论为 {fail_on}")


@app.command()
@spoken
def export(
    school: School = None,
    year: Year = None,
    data: Data = None,
    format: Annotated[
        TableFormat, typer.Option("--format", "-f", help="文件格式（file format）。")
    ] = TableFormat.csv,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="写入的文件；CSV 省略时写到标准输出。")
    ] = None,
) -> None:
    """导出全部数字和派生指标，一行一个（export observations and derived measures, tidy）。"""
    from qzanalysis.rendering import tables

    report = _report(school, year, data)
    if out is None and format is TableFormat.xlsx:
        raise UsageError("XLSX 需要用 --out 指定文件名")
    content = tables.WRITERS[format.value](tables.everything(report))
    if out is None:
        sys.stdout.buffer.write(content)
        return
    tables.save(out, content)
    typer.echo(str(out))


@app.command()
@spoken
def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="已发布的报告，如 reports/学校/2021。")
    ],
    data: Data = None,
    jobs: Jobs = None,
    notebooks: Notebooks = None,
) -> None:
    """重新渲染，与已发布的报告逐字节比较（render again and compare byte by byte）。"""
    from qzanalysis.rendering import pipeline

    request = pipeline.Request("", 0, data=data, workers=jobs, **_folders(notebooks=notebooks))
    with progress_bar() as progress:
        found = pipeline.verify(folder, request, progress)
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
    from qzanalysis import dataset

    known = dataset.schools(data)
    if school is None:
        if not known:
            raise UsageError("schools.csv 中没有学校；请先登记一所")
        school = next(iter(known))
    if year is None:
        years = dataset.years(school, data) if school in known else []
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


def _report(school: str | None, year: int | None, data: Path | None) -> Report:
    from qzanalysis import dataset

    return dataset.load(*_which(school, year, data), data)


def _folders(**folders: Path | None) -> Any:
    """Only the folders that were named; the others keep their defaults."""
    return {name: folder for name, folder in folders.items() if folder is not None}


def _known_verdict(verdict: str, known: Iterable[str]) -> None:
    from qzanalysis.errors import nearest

    if verdict not in known:
        raise UsageError(f"没有核验结论“{verdict}”；{nearest(verdict, known)}")


app.registered_commands += intake.registered_commands  # new-year, import, extract, new-school


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
