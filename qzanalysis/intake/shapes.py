"""Rows of a new report modelled on an earlier one: the same places, moved on to the new years."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from qzanalysis import codebook
from qzanalysis.intake import offered
from qzanalysis.intake.cells import SECTION_TABLES, TEXT, TEXT_FILES, Row, Table, file_of
from qzanalysis.reports import loading

Past = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Shape:
    """Whose tables the new ones are modelled on.

    Attributes:
        observations: rows of that report.
        shift: years between that report and the new one.
        own: whether it is the same school's.
    """

    observations: pd.DataFrame
    shift: int
    own: bool


def latest(school: str, year: int, data: Path | None) -> Shape | None:
    """The latest earlier report of the school; else another school's, for the shape alone."""
    earlier = [each for each in loading.years(school, data) if each < year]
    if earlier:
        report = loading.load(school, earlier[-1], data)
        return Shape(report.observations, year - report.year, own=True)
    for other in loading.schools(data):
        if other != school and (there := loading.years(other, data)):
            report = loading.load(other, there[-1], data)
            return Shape(report.observations, year - report.year, own=False)
    return None


def row(
    label: str,
    indicator: str,
    breakdown: str,
    source: str,
    years: Iterable[int] = (),
) -> Row:
    """A row with its name, unit and definition from the codebook."""
    about = codebook.indicator(indicator)
    return Row(
        label,
        codebook.label(indicator, breakdown),
        indicator,
        breakdown,
        str(about["unit"]),
        str(about["definition"]),
        source,
        tuple(years),
    )


def rows_of(observations: pd.DataFrame) -> list[Row]:
    """Rows for existing observations, in their order; a row holds a year once."""
    rows: list[Row] = []
    latest: dict[tuple[str, str, str], int] = {}
    for record in observations.to_dict("records"):
        key = (record["indicator"], record["breakdown"], record["source"])
        year = int(record["year"])
        at = latest.get(key)
        if at is None or year in rows[at].years:
            latest[key] = len(rows)
            rows.append(row(record["source"].rpartition("#")[2], *key, years=(year,)))
        else:
            rows[at] = replace(rows[at], years=tuple(sorted((*rows[at].years, year))))
    return rows


def section_tables(shape: Shape, year: int, school: str, data: Path | None) -> list[Table]:
    """The tables of the sections, moved on to a new year."""
    programmes = [] if shape.own else offered.read(school, data)
    past = past_of(shape, year)
    tables = []
    for name in SECTION_TABLES:
        here = shape.observations[shape.observations["source"].map(file_of) == name]
        rows = [_moved(each, shape.shift, year) for each in rows_of(here)]
        if not shape.own:
            rows = _for_programmes(rows, programmes)
        kept = tuple(with_past(each, year, past) for each in rows if each.years)
        if kept:
            tables.append(Table(name, title_of(name), kept))
    return tables


def _moved(old: Row, shift: int, year: int) -> Row:
    """The same row `shift` years later; cohorts move with the years."""
    breakdown = re.sub(r"cohort=(\d+)", lambda m: f"cohort={int(m[1]) + shift}", old.breakdown)
    years = [each + shift for each in old.years if each + shift in (year - 1, year)]
    return row(old.label, old.indicator, breakdown, old.source, years)


def _for_programmes(rows: Sequence[Row], programmes: Sequence[str]) -> list[Row]:
    """Rows of another school's table, its programmes replaced by those offered here."""
    kept = [each for each in rows if "programme=" not in each.breakdown]
    usual: dict[str, Counter[tuple[str, tuple[int, ...]]]] = {}
    for each in rows:
        if "programme=" in each.breakdown:
            usual.setdefault(each.indicator, Counter())[(_rest(each.breakdown), each.years)] += 1
    section = rows[0].source.partition("表#")[0] if rows else ""
    for number, programme in enumerate(programmes, len({each.label for each in kept}) + 1):
        for indicator, seen in usual.items():
            rest, years = seen.most_common(1)[0][0]
            breakdown = ";".join(part for part in (f"programme={programme}", rest) if part)
            source = f"{section}表#{number}"
            kept.append(row(str(number), indicator, breakdown, source, years))
    return kept


def _rest(breakdown: str) -> str:
    parts = codebook.parse_breakdown(breakdown)
    return codebook.format_breakdown(
        {name: value for name, value in parts.items() if name not in {"programme", "partner"}}
    )


def past_of(shape: Shape | None, year: int) -> Past:
    """What the earlier report printed for the year before: by place, and by figure alone."""
    past: dict[tuple[str, str, str], str] = {}
    if shape is None or not shape.own:
        return past
    frame = shape.observations[shape.observations["year"] == year - 1]
    for record in frame.to_dict("records"):
        breakdown = loading.sorted_key(record["breakdown"])
        past.setdefault((record["indicator"], breakdown, ""), record["printed"])
        past.setdefault((record["indicator"], breakdown, record["source"]), record["printed"])
    return past


def with_past(new: Row, year: int, past: Past) -> Row:
    """The row with what the earlier report printed; both years where it names none."""
    key = (new.indicator, loading.sorted_key(new.breakdown))
    printed = past.get((*key, new.source), past.get((*key, ""), ""))
    return replace(new, years=new.years or (year - 1, year), previous=printed)


def text_rows(shape: Shape, year: int) -> tuple[Row, ...]:
    """Figures of running text, moved on to the new year; the old text beside each."""
    frame = shape.observations[shape.observations["source"].map(file_of).str.startswith(TEXT)]
    frame = in_printed_order(frame)
    return tuple(
        replace(
            row("", record["indicator"], record["breakdown"], record["source"]),
            years=(min(int(record["year"]) + shape.shift, year),),
            previous=record["printed"],
            note=record["note"],
        )
        for record in frame.to_dict("records")
    )


def in_printed_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Running text from the preface to the cases; rows of one file keep their order."""
    at = (
        frame["source"]
        .map(file_of)
        .map(lambda name: TEXT_FILES.index(name) if name in TEXT_FILES else -1)
    )
    return frame.iloc[at.argsort(kind="stable")]


def title_of(table: str) -> str:
    """The Chinese title of a table's sheet: its section, and what the codebook calls its content."""
    titles = {
        "students": "学生情况",
        "academic_tests": "文化基础课合格率",
        "skill_tests": "专业技能合格率",
        "employment": "就业质量",
        "programmes": "专业设置",
    }
    return f"{SECTION_TABLES[table]} {titles[table]}"
