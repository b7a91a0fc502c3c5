"""Figures on their way in: what was typed, where it stands, and every fault found in it.

Workbooks and hand-made CSV both become `Entry` rows; `examine` turns them into `Cell`s or problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.errors import Problem, nearest
from qzanalysis.intake import values
from qzanalysis.intake.cells import Cell
from qzanalysis.reports import schema
from qzanalysis.reports.loading import sorted_key

ENOUGH: Final = 200  # problems: nobody reads more, and looking for near names takes time
LONGEST_NOTE: Final = 2000
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure as typed.

    Attributes:
        file: the file, or the workbook's file and sheet.
        row: as a spreadsheet numbers it.
        columns: the heading under which each field was typed, where it is not the field's name.
    """

    file: str
    row: int
    indicator: str
    breakdown: str
    year: str
    printed: str
    source: str
    note: str
    columns: Mapping[str, str] = field(default_factory=dict)

    def problem(self, name: str, value: str, expected: str, remedy: str) -> Problem:
        """A fault of one field of this entry."""
        column = self.columns.get(name, name)
        return Problem(self.file, self.row, column, shown(value), expected, remedy)


def shown(value: str) -> str:
    """A value as a message shows it: one line, not longer than fits."""
    plain = " ".join(value.split())
    return plain if len(plain) <= _SHOWN else plain[:_SHOWN] + "……"


def examine(
    entries: Iterable[Entry], report_year: int, dash: str | None = None
) -> tuple[list[Cell], list[Problem]]:
    """Every entry as a cell of the data, and every problem of every entry.

    Args:
        entries: as typed.
        report_year: the report's year; figures of later years need a note that begins with 照印.
        dash: see `values.take`.
    """
    cells: list[Cell] = []
    problems: list[Problem] = []
    first: dict[tuple[str, str, int, str, str], Entry] = {}
    passes = cache(_passes)
    for entry in entries:
        cell, found = _examine(entry, report_year, dash, passes)
        problems += found
        if len(problems) > ENOUGH:
            break
        if cell is None:
            continue
        key = (cell.indicator, sorted_key(cell.breakdown), cell.year, cell.source, cell.note)
        if earlier := first.get(key):
            problems.append(_repeated(entry, earlier))
        else:
            first[key] = entry
            cells.append(cell)
    return cells, problems


def _passes(rule: schema.Rule, text: str) -> bool:
    return rule.passes(text)


def _examine(
    entry: Entry, report_year: int, dash: str | None, passes: Callable[[schema.Rule, str], bool]
) -> tuple[Cell | None, list[Problem]]:
    fields = {
        "indicator": indicator_of(entry.indicator),
        "breakdown": breakdown_of(entry.breakdown),
        "year": re.sub(r"年$", "", values.tidy(entry.year)),
        "source": values.tidy(entry.source),
    }
    problems = [
        entry.problem(rule.column, fields[rule.column], rule.expected, _remedy(rule, entry, fields))
        for rule in schema.OBSERVATION_RULES
        if rule.column in fields and not passes(rule, fields[rule.column])
    ]
    note = " ".join(entry.note.split())
    problems += _note_problems(entry, note)
    if problems:
        return None, problems
    taken = values.take(fields["indicator"], fields["breakdown"], entry.printed, note, dash)
    if taken.doubt is not None:
        doubt = taken.doubt
        problems.append(entry.problem("printed", entry.printed, doubt.expected, doubt.remedy))
    problems += _year_problems(entry, int(fields["year"]), report_year, note)
    if problems:
        return None, problems
    return (
        Cell(
            fields["indicator"],
            fields["breakdown"],
            int(fields["year"]),
            taken.printed,
            fields["source"],
            taken.note,
        ),
        [],
    )


def _remedy(rule: schema.Rule, entry: Entry, fields: Mapping[str, str]) -> str:
    """The schema's remedy; an unknown Chinese name is compared with the Chinese names."""
    if rule.column == "indicator" and not entry.indicator.isascii():
        return f"从代码本中选取（{nearest(entry.indicator, codebook.indicators()['name'])}）"
    return rule.remedy(fields[rule.column])


def _year_problems(entry: Entry, year: int, report_year: int, note: str) -> list[Problem]:
    if year <= report_year or note.startswith(values.AS_PRINTED):
        return []
    remedy = f"核对年份；若报告确实印有以后年份的数字，在说明中以“{values.AS_PRINTED}”开头写明"
    return [entry.problem("year", entry.year, f"不晚于报告年份 {report_year}", remedy)]


def _note_problems(entry: Entry, note: str) -> list[Problem]:
    if len(note) > LONGEST_NOTE:
        return [entry.problem("note", note, f"不超过 {LONGEST_NOTE} 个字符", "缩短说明")]
    if values.steering(note):
        return [entry.problem("note", "（含控制字符）", "看得见的文字", "删去不可见的控制字符")]
    return []


def _repeated(entry: Entry, earlier: Entry) -> Problem:
    return entry.problem(
        "indicator",
        "，".join((entry.indicator, entry.breakdown, entry.year, entry.source)),
        "同一出处的同一数字只录一次",
        f"与{earlier.file}第 {earlier.row} 行重复：删去一处；若报告确实印了两次，在说明中写明区别",
    )


def indicator_of(text: str) -> str:
    """An indicator's id from what was picked or typed: its id, its name, or both."""
    tidied = values.tidy(text)
    if tidied in codebook.indicators().index:
        return tidied
    last = tidied.rpartition(" ")[2]
    return last if last in codebook.indicators().index else _ids_by_name().get(tidied, tidied)


def breakdown_of(text: str) -> str:
    """A breakdown with ids in place of the Chinese names that the codebook gives them."""
    pairs = []
    for pair in re.split("[;；]", values.tidy(text)):
        dimension, equals, value = (part.strip() for part in pair.partition("="))
        dimension = _dimension_ids().get(dimension, dimension)
        value = _value_ids().get((dimension, value), value)
        pairs.append(f"{dimension}{equals}{value}")
    return ";".join(pair for pair in pairs if pair)


def forget() -> None:
    """Read the codebook's names anew: a programme was added to it."""
    _value_ids.cache_clear()


@cache
def _ids_by_name() -> dict[str, str]:
    table = codebook.indicators()
    return dict(zip(table["name"].map(values.tidy), map(str, table.index), strict=True))


@cache
def _dimension_ids() -> dict[str, str]:
    table = codebook.dimensions()
    return dict(zip(table["dimension_name"], table["dimension"], strict=True))


@cache
def _value_ids() -> dict[tuple[str, str], str]:
    """Ids by dimension and Chinese name; names that stand for two values are left out."""
    known: dict[tuple[str, str], set[str]] = {}
    table = codebook.dimensions()
    for dimension, value, name in zip(
        table["dimension"], table["value"], table["name"], strict=True
    ):
        known.setdefault((dimension, values.tidy(name)), set()).add(value)
    for programme, row in codebook.programmes().iterrows():
        for name in (row["name"], *row["other_names"].split(";")):
            if name:
                known.setdefault(("programme", values.tidy(name)), set()).add(str(programme))
    return {key: next(iter(ids)) for key, ids in known.items() if len(ids) == 1}
