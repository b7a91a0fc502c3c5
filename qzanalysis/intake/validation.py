"""Typed figures → cells of the data, or every fault with its place, value and remedy.

A frame of typed figures holds texts: the columns of an observation file, and `file` (a CSV file,
or a workbook's file and sheet), `row` (as a spreadsheet numbers it) and `headings` (the heading
of each column in that file, where it is not the column's name).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import invisible, nearest
from qzanalysis.intake import values
from qzanalysis.intake.faults import Faults
from qzanalysis.intake.layout import Cell
from qzanalysis.reports import schema
from qzanalysis.reports.report import sorted_key

Record = Mapping[Any, Any]
Failing = list[tuple[schema.Rule, set[str]]]


def validate(
    figures: pd.DataFrame, report_year: int, dash: str | None, faults: Faults
) -> list[Cell]:
    """Every figure as a cell of the data; adds every problem of every figure to `faults`.

    Args:
        figures: typed figures; see the module.
        report_year: the report's year; figures of later years need a note that begins with 照印.
        dash: see `values.read`.
    """
    cells: dict[tuple[object, ...], tuple[Cell, Record]] = {}
    fields = _fields(figures)
    failing = _failing(fields)
    for typed, row in zip(figures.to_dict("records"), fields.to_dict("records"), strict=True):
        before = len(faults.problems)
        _check_fields(typed, row, failing, faults)
        if len(faults.problems) > before:
            continue
        cell = _cell(typed, row, report_year, dash, faults)
        key = (cell.indicator, sorted_key(cell.breakdown), cell.year, cell.source, cell.note)
        if len(faults.problems) == before:
            _, earlier = cells.setdefault(key, (cell, typed))
            if earlier is not typed:
                value = "，".join(
                    typed[name] for name in ("indicator", "breakdown", "year", "source")
                )
                first = f"{earlier['file']}第 {earlier['row']} 行"
                add(faults, typed, "repeated", "indicator", value, first=first)
    return [cell for cell, _ in cells.values()]


def add(
    faults: Faults, typed: Record, fault: str, column: str, value: str | None = None, **details: Any
) -> None:
    """Add a fault of one field of a typed figure, with its place in the file."""
    heading = typed["headings"].get(column, column)
    text = typed[column] if value is None else value
    faults.add(fault, text, typed["file"], typed["row"], heading, **details)


def column_keys(
    faults: Faults, file: str, headings: Mapping[str, str], known: Mapping[str, str]
) -> dict[str, str]:
    """The key of the column under each letter, in any order; none if a heading has a fault.

    Args:
        faults: gets the headings that are unknown, repeated or lost.
        headings: texts of the first row by letter.
        known: keys by heading.
    """
    by_text = {values.tidy(heading): key for heading, key in known.items()}
    keys: dict[str, str] = {}
    before = len(faults.problems)
    for letter, text in headings.items():
        key = by_text.get(values.tidy(text))
        if key is None or key in keys.values():
            fault = "repeated_column" if key else "other_column"
            near = nearest(values.tidy(text), known)
            faults.add(fault, text or "（空）", file, 1, f"{letter}1", near=near)
        else:
            keys[letter] = key
    for key, heading in {key: heading for heading, key in known.items()}.items():
        if key not in keys.values():
            faults.add("no_column", "（缺少这一列）", file, 1, heading, heading=heading)
    return keys if len(faults.problems) == before else {}


def _fields(figures: pd.DataFrame) -> pd.DataFrame:
    """The columns that are stored but for the printed text, with ids in place of names."""
    return pd.DataFrame(
        {
            "indicator": figures["indicator"].map(values.indicator_id),
            "breakdown": figures["breakdown"].map(values.breakdown_ids),
            "year": figures["year"].map(lambda text: re.sub("年$", "", values.tidy(text))),
            "source": figures["source"].map(values.tidy),
            "note": figures["note"].map(lambda text: " ".join(text.split())),
        },
        dtype=object,
    )


def _failing(fields: pd.DataFrame) -> Failing:
    """The schema's rules, each with the texts of its column that break it."""
    return [
        (rule, {text for text in fields[rule.column].unique() if not rule.passes(text)})
        for rule in schema.OBSERVATION_RULES
        if rule.column in fields
    ]


def _check_fields(typed: Record, row: Record, failing: Failing, faults: Faults) -> None:
    """Add the fields that break the schema, and faults of the note.

    An unknown Chinese name is compared with the Chinese names.
    """
    for rule in (rule for rule, texts in failing if row[rule.column] in texts):
        text, words = row[rule.column], {"expected": rule.expected}
        if rule.column == "indicator" and not text.isascii():
            near = nearest(text, codebook.indicators()["name"])
            add(faults, typed, "indicator_name", rule.column, text, near=near, **words)
        else:
            add(faults, typed, "schema", rule.column, text, remedy=rule.remedy(text), **words)
    if invisible(row["note"]):
        add(faults, typed, "invisible_note", "note", "（含控制字符）")


def _cell(typed: Record, row: Record, report_year: int, dash: str | None, faults: Faults) -> Cell:
    """The cell of a figure whose fields pass the schema; adds faults of its value and year."""
    figure, year = (row["indicator"], row["breakdown"]), int(row["year"])
    printed, note, fault = values.read(*figure, typed["printed"], row["note"], dash)
    if fault:
        add(faults, typed, fault, "printed", **values.DETAILS)
    if not row["note"].startswith(values.AS_PRINTED):
        tabled = "表" in row["source"]  # a table prints the report's year and the one before
        if year > report_year or (tabled and year < report_year - 1):
            add(faults, typed, "year", "year", year=report_year, **values.DETAILS)
    return Cell(*figure, year, printed, row["source"], note)
