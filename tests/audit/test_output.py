"""Findings in the forms people and programs read, on findings made by hand."""

from __future__ import annotations

import json
from collections.abc import Callable

from qzanalysis.audit import Finding, as_json, as_text, coverage, frame, run, summary
from qzanalysis.audit.book import Key, places
from qzanalysis.audit.engine import book
from qzanalysis.reports.report import Report

Build = Callable[..., Report]
ROWS = [
    ("students", "", 2021, "100", "附表1#28"),
    ("students", "", 2021, "105", "§1.2"),
    ("head_teacher_studios", "", 2021, "3", "附表1#11"),
    ("ebooks", "", 2021, "5000", "§1.4"),
]


def _findings() -> list[Finding]:
    return [
        Finding("b", 2, "bounds", "holds", "none", "二。", ()),
        Finding("a", 1, "ratio", "contradiction", "high", "一。", (), "5", "1", "改为 5。"),
        Finding("c", 3, "subset", "undecided", "low", "三。", ()),
    ]


def test_text_tells_what_needs_attention_worst_first() -> None:
    """Two of three: what agrees is only counted."""
    counts = "共核对 3 项关系：矛盾 1，无法判定 1，相符 1。"
    assert summary(_findings()) == counts
    assert as_text(_findings()).split("\n") == [
        counts,
        "",
        "[高] 矛盾 · 第 1 章 · 比率与分母 · a",
        "    一。",
        "    建议：改为 5。",
        "[低] 无法判定 · 第 3 章 · 部分不大于整体 · c",
        "    三。",
        "",
        counts,
        "",
    ]


def test_json_is_read_line_by_line() -> None:
    text = as_json(_findings())
    assert text.endswith("]\n") and text.count("\n") > 30 and "改为 5。" in text
    assert [one["id"] for one in json.loads(text)] == ["b", "a", "c"]


def test_a_frame_has_the_columns_of_the_contract(build: Build) -> None:
    """The figures in one cell: where, what, as printed."""
    table = frame(run(build(ROWS)))
    assert list(table.columns) == [
        "id", "chapter", "rule", "verdict", "severity", "statement", "figures", "recomputed",
        "difference", "suggestion",
    ]  # fmt: skip
    cell = table.set_index("id").loc["same-students-2021-differs", "figures"]
    assert cell == "附表1#28 2021 年全日制在校生数 100；§1.2 2021 年全日制在校生数 105"


def test_coverage_counts_figures_in_relations_with_others(build: Build) -> None:
    """The two student numbers are compared; the other two are only within bounds."""
    report = build(ROWS)
    covered = coverage(report, run(report))
    assert covered.table.loc["附表1"].tolist() == [2, 2, 1]
    assert covered.table.loc["§1.2"].tolist() == [1, 1, 1]
    assert covered.table.loc["§1.4"].tolist() == [1, 1, 0]
    assert covered.share("附表1") == 0.5
    assert covered.share() == 0.5
    assert covered.untested["printed"].tolist() == ["3", "5000"]
    assert covered.untested.columns.tolist() == [
        "indicator", "breakdown", "year", "printed", "source", "file", "row",
    ]  # fmt: skip


def test_a_figure_in_no_finding_is_not_tested(build: Build) -> None:
    report = build(ROWS)
    assert coverage(report, []).table["tested"].tolist() == [0, 0, 0]


def test_the_form_stands_before_tables_and_tables_before_text(build: Build) -> None:
    """Which printing of a figure counts, whatever the order of the rows."""
    sources = ["§1.2", "§2表#1", "附表1#28", "§1.1"]
    rows = [("students", "", 2021, str(n), source) for n, source in enumerate(sources)]
    figures = book(build(rows)).figures[Key("students", "", 2021)]
    assert [figure.source for figure in figures] == ["附表1#28", "§2表#1", "§1.2", "§1.1"]
    assert places(figures) == "附表1#28、§2表#1、§1.2、§1.1"


def test_a_source_holds_its_table_and_no_longer_number(build: Build) -> None:
    """§1.1 is not §1.12; the form is every table of it."""
    sources = ["§1.1", "§1.1表#2", "§1.12", "附表2#1"]
    rows = [("students", "", 2021, str(n), source) for n, source in enumerate(sources)]
    figures = book(build(rows))

    def places_in(source: str) -> list[str]:
        return [one.places for one in figures.readings(Key("students", "", 2021), source)]

    assert places_in("§1.1") == ["§1.1表#2", "§1.1"]
    assert places_in("附表") == ["附表2#1"]
    assert places_in("§1") == []
