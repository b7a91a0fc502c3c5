"""docs/messages.md is complete and true: each of its messages is raised here, and no other exists."""

from __future__ import annotations

import ast
import csv
import io
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from intake.conftest import make_tiny
from intake.test_extraction_documents import BAD as BAD_DOCUMENTS
from nbformat.v4 import new_output
from openpyxl import Workbook, load_workbook
from rendering.conftest import write_notebook
from typer.testing import CliRunner

from qzanalysis import cli, codebook, comparison
from qzanalysis.checks import expressions, rules
from qzanalysis.errors import QzAnalysisError
from qzanalysis.intake import guard, workbook
from qzanalysis.intake.extraction import guard as documents
from qzanalysis.rendering import chapters, export, many, pipeline, pools, publish, tables
from qzanalysis.rendering.pipeline import Request

REPO = Path(__file__).parents[1]
PACKAGE = REPO / "qzanalysis"
_ROW = re.compile(r"\| (?P<status>[12]) \| (?P<message>.+?) \| [^|]+ \|")
ROWS = {
    match["message"]: int(match["status"])
    for match in _ROW.finditer((REPO / "docs" / "messages.md").read_text(encoding="utf-8"))
}
ERRORS = {"UsageError", "RunFailed"}


# --- that the table is complete -------------------------------------------------------------------


def _skeleton(node: ast.expr) -> str:
    """A message with `…` for what is filled in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_skeleton(value) for value in values)
        case ast.BinOp(left=left, right=right):
            return _skeleton(left) + _skeleton(right)
    return "…"


def _calls() -> Iterator[tuple[str, ast.expr]]:
    """Every call of the package with an argument: the name called, and its first argument."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                yield ast.unparse(node.func), node.args[0]


def _raised() -> set[str]:
    """The first line of every message that stands in the package as it is raised.

    Or as it is put on a list that is raised: of a registration's faults, or joined by line breaks.
    """
    found = set()
    for name, text in _calls():
        if name.rpartition(".")[2] in ERRORS or name == "faults.append":
            first = text.args[0].elts[0] if _joined(text) else text  # type: ignore[attr-defined]
            found.add(_skeleton(first).split("\n")[0])
    indented = {text for text in found if text.startswith("  ")}  # lines below a first one
    return {text for text in found - indented if set(text) - {"…", " "}}


def _joined(text: ast.expr) -> bool:
    """`"\\n".join([first, *rest])`."""
    return isinstance(text, ast.Call) and bool(text.args) and isinstance(text.args[0], ast.List)


def test_every_kind_of_error_is_looked_for() -> None:
    """Those that carry their own text; the others are put together from problems."""
    kinds = [QzAnalysisError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    mine = {kind.__name__ for kind in kinds if kind.__module__.startswith("qzanalysis.")}
    assert mine == ERRORS | {"QzAnalysisError", "BadData"}


def test_every_message_of_the_package_is_in_the_table() -> None:
    """One that puts its text together elsewhere is there by its first line."""
    loose = {re.sub(r"…+", "…", text) for text in ROWS}
    unlisted = {text for text in _raised() if re.sub(r"…+", "…", text) not in loose}
    elsewhere = {"…有语法错误：…"}  # its place is worked out one line above
    assert unlisted - elsewhere == set()


def test_every_fault_of_a_document_is_in_the_table() -> None:
    """By what was found; the rest of the line is the fault's own."""
    assert {
        f"…：值为“{found}”；应为：…。处理办法：…" for found, _, _ in documents.FAULTS.values()
    } <= set(ROWS)


def test_every_row_of_the_table_is_raised_below() -> None:
    """And nothing is raised that the table lacks."""
    assert set(CASES) == set(ROWS)
    assert len(ROWS) > 70


# --- that each is raised --------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A folder with a tiny school's data, and room for anything else."""

    folder: Path
    patch: pytest.MonkeyPatch

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def annex(self) -> Path:
        return self.data / "tiny" / "2021" / "annex.csv"

    def __truediv__(self, name: str) -> Path:
        return self.folder / name

    def cli(self, *arguments: object) -> tuple[int, str]:
        """Status and message of a command; data are the tiny school's."""
        done = CliRunner().invoke(cli.app, [*map(str, arguments), "--data", str(self.data)])
        return done.exit_code, done.stderr

    def notebooks(self, *sources: str, declared: str = "", name: str = "00-summary") -> Path:
        folder = self / "notebooks"
        folder.mkdir(exist_ok=True)
        write_notebook(folder / f"{name}.ipynb", "摘要", *sources, declared=declared)
        return folder

    def render(self, *arguments: object) -> tuple[int, str]:
        """A render of the notebooks made before."""
        where = ("--notebooks", self / "notebooks", "--out", self / "reports")
        return self.cli("render", *where, *arguments)

    def request(self) -> Request:
        return Request(
            "tiny", 2021, data=self.data, notebooks=self.notebooks("1"), out=self / "reports"
        )

    def catalogue(self, change: Callable[[list[list[str]]], object]) -> Path:
        """The catalogue of rules, changed."""
        with rules.CATALOGUE.open(encoding="utf-8-sig", newline="") as lines:
            table = list(csv.reader(lines))
        change(table)
        with (self / "rules.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)
        return self / "rules.csv"

    def file(self, content: bytes, name: str = "x.xlsx") -> Path:
        (self / name).write_bytes(content)
        return self / name

    def zipped(self, **parts: bytes) -> Path:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {"xl__workbook.xml": b"<a/>", **parts}.items():
                archive.writestr(name.replace("__", "/"), content)
        return self.file(buffer.getvalue())

    def book(self, change: Callable[[Workbook], object]) -> Path:
        """The tiny school's form, changed."""
        book = load_workbook(io.BytesIO(workbook.filled("tiny", 2021, self.data)))
        change(book)
        book.save(self / "form.xlsx")
        return self / "form.xlsx"

    def brought(self, path: Path, *arguments: object) -> tuple[int, str]:
        return self.cli("import", path, *arguments)


def raised(action: Callable[[], object]) -> tuple[int, str]:
    """Status and message of a call."""
    with pytest.raises(QzAnalysisError) as error:
        action()
    return error.value.exit_code, str(error.value)


def _swap(table: list[list[str]], column: str, value: str) -> None:
    table[1][table[0].index(column)] = value


def _set(sheet: str, cell: str, value: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


def _interrupted(place: Place) -> tuple[int, str]:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    place.patch.setattr(pipeline, "render", stop)
    return place.cli("render")


def _verified(place: Place, break_it: Callable[[Path], object]) -> tuple[int, str]:
    place.notebooks("1")
    assert place.render()[0] == 0
    folder = place / "reports" / "tiny" / "2021"
    break_it(folder / "manifest.json")
    return place.cli("verify", folder, "--notebooks", place / "notebooks")


def _rewrite(old: str, new: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def _locked(place: Place) -> tuple[int, str]:
    place.notebooks("1")
    with publish.locked(place / "reports" / "tiny" / "2021"):
        return place.render()


def _unwritable(place: Place) -> tuple[int, str]:
    place.notebooks("1")
    (place / "reports").write_text("a file where a folder should be")
    return place.render()


def _unstorable(place: Place) -> tuple[int, str]:
    path = place.book(lambda _: None)
    place.patch.setattr(
        "qzanalysis.intake.store._swap_in", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )
    return place.brought(path, "--replace")


def _linked(place: Place) -> tuple[int, str]:
    path = place.book(lambda _: None)
    shutil.move(place.data / "tiny", place / "elsewhere")
    (place.data / "tiny").symlink_to(place / "elsewhere")
    return place.brought(path, "--replace")


def _error_output(place: Place) -> tuple[int, str]:
    chapter = chapters.discover(place.notebooks("1"))[0]
    notebook = chapters._load(chapter.path)
    notebook.cells[-1].outputs = [new_output("error", ename="E", evalue="x", traceback=[])]
    return raised(lambda: export.body(chapter, notebook))


def _headless(place: Place) -> tuple[int, str]:
    chapter = place.notebooks("1") / "00-summary.ipynb"
    chapter.write_text(chapter.read_text("utf-8").replace("# 摘要", "摘要"), "utf-8")
    return place.render()


def _untagged(place: Place) -> tuple[int, str]:
    chapter = place.notebooks("1") / "00-summary.ipynb"
    chapter.write_text(chapter.read_text("utf-8").replace('"parameters"', '"x"'), "utf-8")
    return place.render()


def _declared(place: Place, line: str) -> tuple[int, str]:
    place.notebooks("1", declared=line)
    return place.render()


def _twice(place: Place) -> tuple[int, str]:
    place.notebooks("1")
    place.notebooks("1", name="00-other")
    return place.render()


def _broken(place: Place) -> tuple[int, str]:
    (place.notebooks("1") / "01-x.ipynb").write_text("{", encoding="utf-8")
    return place.render()


def _stored_parameters(place: Place) -> tuple[int, str]:
    place.notebooks("1")
    (place.annex.parent / "params.toml").write_text("= 1", encoding="utf-8")
    return place.render()


def _dead_link(place: Place) -> tuple[int, str]:
    folder = place / "notebooks"
    folder.mkdir()
    write_notebook(folder / "00-summary.ipynb", "摘要", "1", markdown=["[x](nowhere.html)"])
    return place.render()


def _append(place: Place, line: str) -> tuple[int, str]:
    with place.annex.open("a", encoding="utf-8") as file:
        file.write(line)
    return place.cli("check")


def _no_schools(place: Place) -> tuple[int, str]:
    (place.data / "schools.csv").write_text("school,name,short_name,region\n", encoding="utf-8")
    return place.cli("check")


def _mapping(place: Place, content: bytes | None) -> tuple[int, str]:
    path = place / "2030.csv" if content is None else place.file(content, "2030.csv")
    return place.cli("new-year", "--school", "tiny", "--year", 2022, "--edition", path)


def _existing(place: Place) -> tuple[int, str]:
    path = place.file(b"half filled in")
    return place.cli("new-year", "--school", "tiny", "--year", 2022, "--out", path)


def _new_school(place: Place, slug: str, *options: str) -> tuple[int, str]:
    named = ("--name", "甲校", "--short-name", "甲", "--region", "某地", "--yes")
    return place.cli("new-school", "--school", slug, *named, *options)


def _declined(place: Place) -> tuple[int, str]:
    named = ("--name", "甲校", "--short-name", "甲", "--region", "某地", "--data", str(place.data))
    done = CliRunner().invoke(cli.app, ["new-school", "--school", "x", *named], input="n\n")
    return done.exit_code, done.stderr


def _extracted(place: Place, path: Path) -> tuple[int, str]:
    """Never the real workbook's place: a refusal writes nothing."""
    out = place / "out.xlsx"
    told = place.cli("extract", path, "--school", "tiny", "--year", 2021, "--out", out)
    assert not out.exists()
    return told


def _document(name: str, content: bytes | None = None) -> Case:
    """A document that is refused; without content, one of those the documents' own tests make."""
    return lambda at: _extracted(
        at, at.file(BAD_DOCUMENTS[name][0] if content is None else content, name)
    )


def _no_permission(place: Place) -> tuple[int, str]:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = place.file(b"a\tb\n", "report.txt")
    place.patch.setattr(Path, "read_bytes", refuse)
    return raised(lambda: documents.read(path))


def _huge(place: Place) -> tuple[int, str]:
    place.patch.setattr(documents, "MAX_BYTES", 10)
    return _extracted(place, place.file(b"a\tb\n" * 10, "report.txt"))


def _slow(place: Place) -> tuple[int, str]:
    place.patch.setattr(documents, "SECONDS", 0.001)
    return _extracted(place, place.file(b"a\tb\n1\t2\n", "report.txt"))


def _without_library(place: Place) -> tuple[int, str]:
    place.patch.setattr(documents, "_installed", lambda _: False)
    return _document("endless.pdf")(place)


def _fault(name: str) -> str:
    """The row of one fault of a document."""
    return f"…：值为“{documents.FAULTS[name][0]}”；应为：…。处理办法：…"


def _too_big(place: Place) -> tuple[int, str]:
    place.patch.setattr(guard, "LARGEST_FILE", 10)
    return place.brought(place.file(b"PK" + b"x" * 100))


def _too_wide(place: Place) -> tuple[int, str]:
    sheet = b'<worksheet><sheetData><row r="9999999"><c r="A9999999"><v>1</v></c></row></sheetData></worksheet>'
    return place.brought(
        place.zipped(xl__worksheets__sheet1__xml=sheet, **{"xl__worksheets__sheet1.xml": sheet})
    )


def _unreadable(place: Place) -> tuple[int, str]:
    path = place.file(b"PK....")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    place.patch.setattr(guard, "_check_parts", refuse)
    place.patch.setattr(zipfile, "ZipFile", refuse)
    return place.brought(path)


Case = Callable[[Place], tuple[int, str]]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
NEW = ("new-year", "--school")
CASES: dict[str, Case] = {
    "schools.csv 中没有学校；请先登记一所": _no_schools,
    "没有学校“…”；…": lambda at: at.cli("check", "--school", "tinny"),
    "…没有 … 年的数据；已有年份：…": lambda at: at.cli("check", "--year", 1999),
    "参数 year 的值“…”应为整数（int）": lambda at: at.cli("render", "-p", "year=x"),
    "--all 已包括所有学校和年份，不能再写 --school 或 --year": lambda at: at.cli(
        "render", "--all", "--school", "tiny"
    ),
    "没有核验结论“…”；…": lambda at: at.cli("check", "--fail-on", "contradicton"),
    "XLSX 需要用 --out 指定文件名": lambda at: at.cli("export", "--format", "xlsx"),
    "有 … 项核验结论为 …": lambda at: at.cli("check", "--fail-on", "not_checkable"),
    "… 与重新渲染的结果有 … 处不同：": lambda at: _verified(
        at, lambda path: (path.parent / "index.html").write_text("x")
    ),
    "完成 … 份，失败 … 份。": lambda at: raised(
        lambda: many.recap([many.Outcome("甲", None, "错"), many.Outcome("乙", Path("x"))])
    ),
    "已中断；已发布的报告保持不变。": _interrupted,
    "数据有 … 处问题，未写出任何文件：": lambda at: _append(at, "studnets,,2021,1,§1.1,\n"),
    "没有指标“…”；…": lambda at: raised(lambda: codebook.indicator("studnets")),
    "没有 … 年版数据表的对照；已有：…": lambda at: raised(lambda: codebook.edition(1999)),
    "没有一所学校有 … 年的数据": lambda at: raised(lambda: comparison.load_all(1999, at.data)),
    "… 的列应为 …": lambda at: raised(
        lambda: rules.catalogue(at.catalogue(lambda table: table[0].reverse()))
    ),
    "…：规则编号重复：…": lambda at: raised(
        lambda: rules.catalogue(at.catalogue(lambda table: table.append(table[1])))
    ),
    "规则 …：等式的 claim 列应是一个数字，不是算式": lambda at: raised(
        lambda: rules.catalogue(at.catalogue(lambda table: _swap(table, "claim", "students + 1")))
    ),
    "规则 … 的 … 列没有“…”；…": lambda at: raised(
        lambda: rules.catalogue(at.catalogue(lambda table: _swap(table, "kind", "flow")))
    ),
    "规则表达式“…”第 … 个字符起无法识别": lambda at: raised(
        lambda: expressions.parse("students ? 1")
    ),
    "规则表达式“…”在“…”处不合语法": lambda at: raised(lambda: expressions.parse("students + )")),
    "文件夹 … 中没有形如 01-name.ipynb 的笔记本（notebook）": lambda at: at.render(),
    "笔记本文件夹 … 在数据文件夹 … 里：数据中的笔记本一律不运行": lambda at: at.cli(
        "render", "--notebooks", at.data
    ),
    "章号重复：…；每章只能有一个笔记本": _twice,
    "… 不是可读的笔记本（notebook）：…": _broken,
    "… 没有带 parameters 标签的单元格；请声明 school 与 year": _untagged,
    "… 缺少一级标题（# 标题）": _headless,
    "… 的参数单元格第 … 行有语法错误：…": lambda at: _declared(at, "x ="),
    "… 的参数单元格：“…”应写成 name: type = value，类型为 … 之一": lambda at: _declared(
        at, "import os"
    ),
    "… 的参数单元格：“…”的默认值应是字面值": lambda at: _declared(at, "x: int = len('a')"),
    "没有第 … 章；可用的有：…": lambda at: (at.notebooks("1"), at.render("--chapter", 9))[1],
    "参数有 … 处问题，未运行任何笔记本：": lambda at: (
        at.notebooks("1"),
        at.render("-p", "yaer=1"),
    )[1],
    "… 无法读取：…；应为“名字 = 值”，一行一个": _stored_parameters,
    "… 章运行失败，已发布的报告保持不变：": lambda at: (at.notebooks("1 / 0"), at.render())[1],
    "…第 … 个单元格的输出是错误：…": _error_output,
    "学校代号“…”不能用作文件夹名；只用字母、数字、点、横线和下划线": lambda at: raised(
        lambda: publish.place(at.folder, "../x", 2021)
    ),
    "另一个进程（PID …）正在使用 …；请等它结束后再试": _locked,
    "无法写入 …：…。已发布的报告保持不变": _unwritable,
    "无法写入 …：…": lambda at: raised(lambda: tables.save(at / "no" / "such" / "x.csv", b"")),
    "页面检查发现 … 处问题，未发布：": _dead_link,
    "… 中没有已发布的报告（缺少 …）": lambda at: at.cli("verify", at.folder),
    "… 不是可读的清单（manifest）；…": lambda at: _verified(at, lambda path: path.write_text("{")),
    "清单（manifest）里的章节参数无法读取": lambda at: _verified(
        at, _rewrite('"parameters": {', '"parameter": {')
    ),
    "没有学校“…”；…。新学校先用 qzanalysis new-school 登记": lambda at: at.cli(
        *NEW, "tinny", "--year", 2022
    ),
    "报告年份（year）“…”应在 … 至 … 之间": lambda at: at.cli(*NEW, "tiny", "--year", 1022),
    "没有版本（edition）“…”的数据表对照；已有：…": lambda at: at.cli(
        *NEW, "tiny", "--year", 2022, "--edition", "1999"
    ),
    "没有版本对照文件（edition mapping）…": lambda at: _mapping(at, None),
    "版本对照文件 … 无法读取：应为 UTF-8 编码的 CSV": lambda at: _mapping(at, b"\xff\xfe\x00"),
    "版本对照文件 … 缺少列：…": lambda at: _mapping(at, b"item,indicator\n1,students\n"),
    "学校代号（slug）“…”不合规则：只用小写字母、数字和单个横线，不超过 … 个字符，如 quzhou-zhongzhuan": lambda at: (
        _new_school(at, "Q!")
    ),
    "学校代号“…”已登记为…；另取代号": lambda at: _new_school(at, "tiny"),
    "“…”已登记，代号是 …": lambda at: _new_school(at, "x", "--name", "小小中专"),
    "…不能为空": lambda at: _new_school(at, "x", "--region", " "),
    "…应不超过 … 个字符，不含控制字符": lambda at: _new_school(at, "x", "--region", "甲" * 61),
    "--add-programme 的“…”应写作 编号=名称，编号用小写字母、数字和下划线，如 logistics=物流服务与管理": lambda at: (
        _new_school(at, "x", "--add-programme", "物流")
    ),
    "--add-programme 的名称“…”过长或含有分号、控制字符": lambda at: _new_school(
        at, "x", "--add-programme", "new=甲;乙"
    ),
    "“…”与已有专业 …（…）重复；改用 --programme": lambda at: _new_school(
        at, "x", "--add-programme", "nursing=护理学"
    ),
    "--add-programme 的“…”写了两次": lambda at: _new_school(
        at, "x", "--add-programme", "new_one=甲甲", "--add-programme", "new_one=乙乙"
    ),
    "专业目录中没有“…”；…。确是新专业时用 --add-programme 编号=…": lambda at: _new_school(
        at, "x", "--programme", "护理学"
    ),
    "确认登记？": _declined,
    "… 是链接（symbolic link），可能指向数据文件夹之外；请改为普通文件夹": _linked,
    "… 已有 … 年的数据（…）；确认要替换时加 --replace，先用 qzanalysis new-year --from-data 可保存一份": lambda at: (
        at.brought(at.book(lambda _: None))
    ),
    "无法写入 …：…。原有数据保持不变": _unstorable,
    "工作簿的扩展名应为 .xlsx，而不是“…”": lambda at: at.cli(
        *NEW, "tiny", "--year", 2022, "--out", at / "x.docx"
    ),
    "没有文件夹 …：请先建立它，或用 --out 另指定": lambda at: at.cli(
        *NEW, "tiny", "--year", 2022, "--out", at / "none" / "x.xlsx"
    ),
    "… 已存在，可能已填写；要覆盖请加 --force，或用 --out 另取文件名": _existing,
    "没有文件或文件夹 …": lambda at: at.brought(at / "none.xlsx"),
    "文件夹 … 中没有 CSV 文件": lambda at: at.brought(
        at.notebooks("1"), "--school", "tiny", "--year", 2022
    ),
    "导入 CSV 时要用 --school 和 --year 说明是哪所学校、哪一年的报告": lambda at: at.brought(
        at.annex
    ),
    "… 是报告，不是工作簿：请先用 qzanalysis extract 提取其中的表，核对后再导入": lambda at: (
        at.brought(at.file(b"PK", "x.docx"))
    ),
    "… 是办公软件打开文件时的临时文件：请先关闭该文件，再导入文件名前没有“~$”的那一个": lambda at: (
        at.brought(at.file(b"x", "~$x.xlsx"))
    ),
    "… 里没有 … 年的数字，只有 … 年的：核对报告年份，未写出任何文件": lambda at: at.brought(
        at.file(
            b"indicator,breakdown,year,printed,source,note\nstudents,,2021,1,\xc2\xa71.1,\n",
            "x.csv",
        ),
        *("--school", "tiny", "--year", 2022),
    ),
    "… 里没有填写任何数字，未写出任何文件": lambda at: at.brought(
        at.file(b"indicator,breakdown,year,printed,source,note\n", "x.csv"),
        *("--school", "tiny", "--year", 2022),
    ),
    "… 是…“…”的工作簿，与所给的“…”不同：核对文件": lambda at: at.brought(
        at.book(lambda _: None), "--year", 2022
    ),
    "没有文件 …": lambda at: raised(lambda: guard.inspect(at / "none.xlsx")),
    "… 是空文件（0 字节）：请重新保存或重新传输": lambda at: at.brought(at.file(b"")),
    "… 有 … MB，超过上限 20 MB：请删去图片等多余内容": _too_big,
    "… 无法读取：…": _unreadable,
    "… 是 PDF，不是工作簿：请用 qzanalysis extract 提取其中的表": lambda at: at.brought(
        at.file(b"%PDF-1.7 xxxx")
    ),
    "… 不是 XLSX 工作簿：请在 Excel、WPS 或 LibreOffice 中另存为 .xlsx": lambda at: at.brought(
        at.file(b"hello, world")
    ),
    "check --all 需要 pyarrow：pip install 'qzanalysis[panel]'": lambda at: _without(
        at, "qzanalysis.panel"
    ).cli("check", "--all"),
    "--scheduler 需要 Dask：pip install 'qzanalysis[cluster]'": lambda at: raised(
        lambda: _without(at, "distributed") and pools.choose(None, "local")
    ),
    "连不上调度器（scheduler）…：…": lambda at: raised(
        lambda: list(pools.choose(None, "tcp://no-port-at-all")([]))
    ),
    "… 不是 XLSX 工作簿：请用 qzanalysis new-year 生成的工作簿": lambda at: raised(
        lambda: guard.inspect(_renamed(at))
    ),
    "… 有密码保护（password-protected）：请去掉密码后另存": lambda at: at.brought(
        at.file(OLE + "EncryptedPackage".encode("utf-16-le"))
    ),
    "… 是旧版格式（.xls、.doc）：请另存为 .xlsx": lambda at: at.brought(at.file(OLE + b"x" * 99)),
    "… 展开后有 … MB、… 个部分，超过上限 200 MB、2000 个（zip bomb）：请重新生成工作簿": lambda at: (
        at.brought(at.zipped(**{f"p{n}": b"" for n in range(2100)}))
    ),
    "… …，超过上限（每表 … 行、… 列，共 … 格）：请用 new-year 生成的工作簿重填": _too_wide,
    "… 含有文档类型声明（DOCTYPE），不予打开：请重新另存为 .xlsx": lambda at: at.brought(
        at.zipped(**{"xl__worksheets__sheet1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'})
    ),
    "… 已损坏或没有保存完整（truncated）：请重新保存或重新传输后再导入": lambda at: at.brought(
        at.file(b"PK\x03\x04 then nothing")
    ),
    "… 的内容无法识别（…）：请在 Excel、WPS 或 LibreOffice 中重新另存为 .xlsx": lambda at: (
        at.brought(at.zipped())
    ),
    "… 不是 qzanalysis new-year 生成的工作簿（缺少隐藏的 … 表）：把数字填入 new-year 生成的工作簿，或整理成 CSV 导入": lambda at: (
        at.brought(at.book(lambda book: book.remove(book["_meta"])))
    ),
    "… 由另一版本生成：请用现在的 qzanalysis new-year 重新生成": lambda at: at.brought(
        at.book(_old_version)
    ),
    "… 的 …：请重新生成": lambda at: at.brought(at.book(_set("_meta", "B5", "20x1"))),
    _fault("absent"): lambda at: _extracted(at, at / "none.docx"),
    _fault("folder"): lambda at: _extracted(at, at.data),
    _fault("unreadable"): _no_permission,
    _fault("empty"): _document("blank.txt"),
    _fault("huge"): _huge,
    _fault("bomb"): _document("bomb.docx"),
    _fault("too_big"): _document("deep.docx"),
    _fault("slow"): _slow,
    _fault("TooManyPages"): _document("endless.pdf"),
    _fault("NoText"): _document("pictures.pdf"),
    _fault("HasDoctype"): _document("laughs.docx"),
    _fault("protected"): _document("locked.docx"),
    _fault("old_word"): _document("old.doc"),
    _fault("workbook"): _document("book.docx"),
    _fault("wrong_type"): _document("page.xyz"),
    _fault("damaged"): _document("broken.docx"),
    _fault("encoding"): _document("x.txt", b"\xff\xff\xff\t1\n"),
    _fault("library"): _without_library,
    "…：值为“（没有数据表）”；应为：…。处理办法：…": _document("x.txt", "没有表。\n".encode()),
    "…：值为“（没有可放入的数据）…”；应为：…。处理办法：…": _document(
        "x.txt", "指标\t2010年\t2011年\n毕业生数\t1\t2\n招生数\t3\t4\n".encode()
    ),
}


def _without(place: Place, module: str) -> Place:
    """As if an extra were not installed."""
    place.patch.setitem(sys.modules, module, None)
    home, _, name = module.rpartition(".")
    if home:
        place.patch.delattr(sys.modules[home], name, raising=False)
    return place


def _renamed(place: Place) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    return place.file(buffer.getvalue())


def _old_version(book: Workbook) -> None:
    for row in book["_meta"].iter_rows(max_col=2):
        if row[0].value == "version":
            row[1].value = "0"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    make_tiny(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QZANALYSIS_DATA", raising=False)
    return Place(tmp_path, monkeypatch)


@pytest.mark.parametrize("message", CASES)
def test_a_message_is_raised_with_its_status(message: str, place: Place) -> None:
    """As the table says it, with something in place of each `…`."""
    status, told = CASES[message](place)
    assert status == ROWS[message], told
    assert "Traceback" not in told
    pattern = re.escape(message).replace("…", ".+?")
    assert re.search(pattern, told, re.DOTALL), told


def test_a_request_among_the_data_is_refused_before_anything_is_read(place: Place) -> None:
    """Also below the data folder, and through a link."""
    inside = place.data / "tiny" / "notebooks"
    shutil.copytree(place.notebooks("1"), inside)
    (place / "link").symlink_to(inside)
    for folder in (inside, place / "link"):
        request = replace(place.request(), notebooks=folder)
        assert "一律不运行" in raised(lambda request=request: pipeline.render(request))[1]  # type: ignore[misc]


def test_an_option_that_is_not_one_is_told_by_the_library(place: Place) -> None:
    """Status 2 as for every other slip."""
    for arguments in (
        ("check", "--yaer", "1"),
        ("check", "--year", "x"),
        ("render", "--jobs", "0"),
    ):
        status, told = place.cli(*arguments)
        assert status == 2 and arguments[1] in told and "Traceback" not in told
