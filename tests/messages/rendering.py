"""The messages of notebooks, parameters and publishing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_output
from publishing.conftest import write_notebook

from qzanalysis.publishing import chapters, export
from qzanalysis.reports import atomic

from .place import Case, Place, raised, verified


def _rewrite(old: str, new: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def _locked(place: Place) -> tuple[int, str]:
    place.notebooks("1")
    with atomic.locked(place / "reports" / "tiny" / "2021"):
        return place.render()


def _unwritable(place: Place) -> tuple[int, str]:
    place.notebooks("1")
    (place / "reports").write_text("a file where a folder should be")
    return place.render()


def _error_output(place: Place) -> tuple[int, str]:
    chapter = chapters.discover(place.notebooks("1"))[0]
    notebook = nbformat.read(chapter.path, as_version=4)
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


def _inputs(place: Place, inputs: object) -> tuple[int, str]:
    (notebook,) = place.notebooks("1").glob("*.ipynb")
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["metadata"]["inputs"] = inputs
    notebook.write_text(json.dumps(content), encoding="utf-8")
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


CASES: dict[str, Case] = {
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
    "… 的元数据 inputs 应是文件路径的列表": lambda at: _inputs(at, "x.csv"),
    "… 的元数据 inputs 所列的 … 不存在": lambda at: _inputs(at, ["x.csv"]),
    "没有第 … 章；可用的有：…": lambda at: (at.notebooks("1"), at.render("--chapter", 9))[1],
    "参数有 … 处问题，未运行任何笔记本：": lambda at: (
        at.notebooks("1"),
        at.render("-p", "yaer=1"),
    )[1],
    "… 无法读取：…；应为“名字 = 值”，一行一个": _stored_parameters,
    "… 章运行失败，已发布的报告保持不变：": lambda at: (at.notebooks("1 / 0"), at.render())[1],
    "…：运行它的进程被中止（可能是内存不足）；可用 --jobs 1 重试": lambda at: (
        at.notebooks("import os; os._exit(9)"),
        at.render(),
    )[1],
    "…：图中有字体缺失的字符：…": lambda at: (
        at.notebooks("import sys; print('Glyph 1 (x) missing from font', file=sys.stderr)"),
        at.render(),
    )[1],
    "…第 … 个单元格的输出是错误：…": _error_output,
    "学校代号“…”不能用作文件夹名；只用字母、数字、点、横线和下划线": lambda at: raised(
        lambda: atomic.place(at.folder, "../x", 2021)
    ),
    "另一个进程（PID …）正在使用 …；请等它结束后再试": _locked,
    "无法写入 …：…。已发布的报告保持不变": _unwritable,
    "无法写入 …：…": lambda at: raised(lambda: atomic.save(at / "no" / "such" / "x.csv", b"")),
    "页面检查发现 … 处问题，未发布：": _dead_link,
    "… 中没有已发布的报告（缺少 …）": lambda at: at.cli("verify", at.folder),
    "… 不是可读的清单（manifest）；…": lambda at: verified(at, lambda path: path.write_text("{")),
    "清单（manifest）里的章节参数无法读取": lambda at: verified(
        at, _rewrite('"parameters": {', '"parameter": {')
    ),
}
