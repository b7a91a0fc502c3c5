"""The messages of the command line, the data and the rules."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from qzanalysis import codebook
from qzanalysis.audit import expressions, rules
from qzanalysis.documents import audited
from qzanalysis.pages import comparison
from qzanalysis.publishing import many, pipeline, pools

from .place import Case, Place, raised, verified


def _swap(table: list[list[str]], column: str, value: str) -> None:
    table[1][table[0].index(column)] = value


def _interrupted(place: Place) -> tuple[int, str]:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    place.patch.setattr(pipeline, "render", stop)
    return place.cli("render")


def _append(place: Place, line: str) -> tuple[int, str]:
    with place.annex.open("a", encoding="utf-8") as file:
        file.write(line)
    return place.cli("check")


def _no_schools(place: Place) -> tuple[int, str]:
    (place.data / "schools.csv").write_text("school,name,short_name,region\n", encoding="utf-8")
    return place.cli("check")


def _no_list_of_schools(place: Place) -> tuple[int, str]:
    (place.data / "schools.csv").unlink()
    return place.cli("check")


def _without(place: Place, module: str) -> Place:
    """As if an extra were not installed."""
    home, _, name = module.rpartition(".")
    if home:
        place.patch.delattr(sys.modules[home], name, raising=False)
    place.patch.setitem(sys.modules, module, None)
    return place


def _nothing_to_audit(place: Place) -> tuple[int, str]:
    (place.folder / "empty").mkdir()
    return raised(lambda: audited.files([place.folder / "empty"]))


class _Lost(ThreadPoolExecutor):
    """As a cluster whose scheduler has gone: every call is cancelled."""

    def submit(self, *_: object, **__: object) -> Future[Any]:
        future: Future[Any] = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


@contextlib.contextmanager
def _lost_cluster() -> Iterator[tuple[_Lost, int]]:
    yield _Lost(), 1


CASES: dict[str, Case] = {
    "schools.csv 中没有学校；请先登记一所": _no_schools,
    "数据文件夹 … 里没有 schools.csv；用 --data 指定数据文件夹，"
    "或先用 qzanalysis new-school 登记学校": _no_list_of_schools,
    "没有学校“…”；…": lambda at: at.cli("check", "--school", "tinny"),
    "…没有 … 年的数据；已有年份：…": lambda at: at.cli("check", "--year", 1999),
    "参数 year 的值“…”应为整数（int）": lambda at: at.cli("render", "-p", "year=x"),
    "--all 已包括所有学校和年份，不能再写 --school 或 --year": lambda at: at.cli(
        "render", "--all", "--school", "tiny"
    ),
    "没有核验结论“…”；…": lambda at: at.cli("check", "--fail-on", "contradicton"),
    "… 中没有可核验的文件（…）": _nothing_to_audit,
    "XLSX 需要用 --out 指定文件名": lambda at: at.cli("export", "--format", "xlsx"),
    "有 … 项核验结论为 …": lambda at: at.cli("check", "--fail-on", "not_checkable"),
    "… 与重新渲染的结果有 … 处不同：": lambda at: verified(
        at, lambda path: (path.parent / "index.html").write_text("x")
    ),
    "完成 … 份，失败 … 份。": lambda at: raised(
        lambda: many.recap([many.Outcome("甲", None, "错"), many.Outcome("乙", Path("x"))])
    ),
    "已中断；已发布的报告保持不变。": _interrupted,
    "check --all 需要 pyarrow：pip install 'qzanalysis[panel]'": lambda at: _without(
        at, "qzanalysis.audit.panel"
    ).cli("check", "--all"),
    "--scheduler 需要 Dask：pip install 'qzanalysis[cluster]'": lambda at: raised(
        lambda: _without(at, "distributed") and pools.choose(None, "local")
    ),
    "连不上调度器（scheduler）…：…": lambda at: raised(
        lambda: list(pools.choose(None, "tcp://no-port-at-all")([]))
    ),
    "与调度器（scheduler）的连接中断；已发布的报告保持不变": lambda _: raised(
        lambda: list(pools._results(_lost_cluster, [(1, (abs, (-1,)))]))
    ),
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
}
