"""The verbs through which new figures come in: `new-year`, `import`, `new-school`, `extract`.

Exit status as everywhere: 0 done, 2 bad input (then nothing was written), 1 the writing failed.
Each verb imports what it needs when it runs, so that `--help` is quick.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from qzanalysis.errors import harmless, spoken

app = typer.Typer(
    help="录入新一年的数据（new figures come in）。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Dash(StrEnum):
    """What a lone dash in a cell means."""

    missing = "missing"
    zero = "zero"


School = Annotated[str, typer.Option("--school", "-s", help="学校代号（school slug）。")]
Year = Annotated[int, typer.Option("--year", "-y", help="报告年份（report year），如 2022。")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="数据文件夹（data folder）；默认为 QZANALYSIS_DATA 或 data/。"),
]
Force = Annotated[bool, typer.Option("--force", help="覆盖已有的工作簿文件（overwrite）。")]


@app.command("new-year")
@spoken
def new_year(
    school: School,
    year: Year,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="写入的工作簿（XLSX）；默认为当前目录的 学校-年份.xlsx。"),
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(
            "--edition",
            "-e",
            help="国家数据表的版本（form edition）：年份，或对照表 CSV 的路径；默认为不晚于该年的最新版。",
        ),
    ] = None,
    from_data: Annotated[
        bool,
        typer.Option("--from-data", help="把该年已有的数据填入工作簿（fill from existing data）。"),
    ] = False,
    force: Force = False,
    data: Data = None,
) -> None:
    """生成新一年的填报工作簿（write the form for a new year, XLSX）。"""
    from qzanalysis.intake import workbook

    path = out or Path(f"{school}-{year}.xlsx")
    if from_data:
        content = workbook.filled(school, year, data)
    else:
        content = workbook.blank(school, year, edition, data)
    workbook.save(path, content, force=force)
    typer.echo(str(path))


@app.command("import")
@spoken
def import_(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="填好的工作簿（XLSX），或手工 CSV 文件、CSV 文件夹。"),
    ],
    school: Annotated[
        str | None, typer.Option("--school", "-s", help="学校代号；CSV 必须给出，工作簿可省略。")
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", "-y", help="报告年份；CSV 必须给出，工作簿可省略。")
    ] = None,
    dash: Annotated[
        Dash | None,
        typer.Option("--dash", help="单独的横线（—、-）的含义：missing 未填报，zero 零。"),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="替换该年已有的数据（replace existing data）。")
    ] = False,
    data: Data = None,
) -> None:
    """检查并导入一年的数据，有一处不对就什么也不写（import, all or nothing）。"""
    from qzanalysis.intake import importing

    done = importing.import_file(
        file, school, year, data, dash=dash.value if dash else None, replace=replace
    )
    for notice in done.notices:
        typer.echo(f"说明：{harmless(notice)}", err=True)
    for path in done.paths:
        typer.echo(str(path))


@app.command("new-school")
@spoken
def new_school(
    school: Annotated[
        str, typer.Option("--school", "-s", help="学校代号：小写字母、数字，以单个横线分隔。")
    ],
    name: Annotated[str, typer.Option("--name", help="学校全称（full name）。")],
    short_name: Annotated[str, typer.Option("--short-name", help="学校简称（short name）。")],
    region: Annotated[str, typer.Option("--region", help="所在地（region），如 浙江省衢州市。")],
    programme: Annotated[
        list[str] | None,
        typer.Option("--programme", help="开设的专业（programme）：名称或编号，可重复。"),
    ] = None,
    add_programme: Annotated[
        list[str] | None,
        typer.Option(
            "--add-programme",
            metavar="ID=NAME",
            help="目录中没有的专业：编号=名称，登记后开设，可重复。",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，确认登记（assume yes）。")] = False,
    data: Data = None,
) -> None:
    """登记一所新学校（register a school）。"""
    from qzanalysis.intake import schools

    request = schools.validated(
        (school, name, short_name, region), programme or (), add_programme or (), data
    )
    typer.echo(request.summary(), err=True)
    if not yes and not typer.confirm("确认登记？", err=True):
        raise typer.Exit(2)
    for path in schools.register(request, data):
        typer.echo(str(path))


@app.command("extract")
@spoken
def extract(
    file: Annotated[
        Path, typer.Argument(metavar="REPORT", help="报告文件：.docx、.pdf、.html 或 .txt。")
    ],
    school: School,
    year: Year,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="写入的工作簿（XLSX）；默认为当前目录的 学校-年份.xlsx。"),
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option("--edition", "-e", help="国家数据表的版本（form edition），同 new-year。"),
    ] = None,
    force: Force = False,
    data: Data = None,
) -> None:
    """从报告中提取数据表，填入工作簿供核对（extract tables into the form）。"""
    from qzanalysis.intake import extraction

    path = out or Path(f"{school}-{year}.xlsx")
    done = extraction.into_workbook(file, path, (school, year, edition), data, force=force)
    for line in done.summary():
        typer.echo(harmless(line), err=True)
    typer.echo(str(path))
