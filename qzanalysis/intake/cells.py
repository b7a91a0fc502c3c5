"""What the workbook and the extractor exchange: one cell of a table, and the tables of a report.

A `Layout` says which tables a report of one school and year has, and which rows. The national form
comes from the edition's mapping (`codebook/editions/`); the other tables take the shape of the
school's latest earlier report, moved on to the new year. Table names are file names:
`data/<school>/<year>/<table>.csv`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

TEXT: Final = "text"  # the pseudo-table of figures printed in running text
FORM: Final = "annex"

# Table files beside the national form: file name and section. A source `§2.4表#8` belongs to §2.4.
SECTION_TABLES: Final = {
    "students": "§1.2",
    "academic_tests": "§2.1.2",
    "skill_tests": "§2.2",
    "employment": "§2.4",
    "programmes": "§4.4.2",
}
_CHAPTER_FILES: Final = {
    "1": "text-school",
    "2": "text-students",
    "3": "text-teaching",
    "4": "text-policy",
    "5": "text-cooperation",
    "6": "text-service",
    "7": "text-challenges",
    "8": "text-cases",
}
TEXT_FILES: Final = ("text-preface", *_CHAPTER_FILES.values(), "text-other")
_FORM_SOURCE: Final = re.compile(r"附表(?P<number>\d+)#")
_SECTION_SOURCE: Final = re.compile(r"(?P<section>§(?P<chapter>\d+)[\d.]*)(?P<table>表#\d+)?")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of one table of the form.

    Attributes:
        indicator, breakdown, year: the key of the figure; see `docs/data.md`.
        printed: the text as printed.
        source: where it is printed, in the notation of the data files.
        note: as in the data files.
        origin: where in the document it was found (`表 3，第 5 行，第 2 列`); empty when typed.
        certainty: `sure`, `check` (a person must look), or empty when typed.
    """

    indicator: str
    breakdown: str
    year: int
    printed: str
    source: str
    note: str = ""
    origin: str = ""
    certainty: str = ""

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What makes a cell of the form this cell and no other."""
        return self.indicator, self.breakdown, self.year, self.source


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of the form.

    Attributes:
        label: its number as the report prints it (`39`), or its place in the table (`8`).
        name: its Chinese name, from the codebook.
        indicator, breakdown: what it holds.
        unit, definition: from the codebook.
        source: where it will be printed (`附表1#39`, `§2.4表#8`).
        years: the years that have a cell in this row, earlier first.
        previous: what the earlier report printed for the year before; empty if nothing.
        note: the note the earlier report's figure carries.
    """

    label: str
    name: str
    indicator: str
    breakdown: str
    unit: str
    definition: str
    source: str
    years: tuple[int, ...]
    previous: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its file name, its Chinese title, its rows in printed order."""

    name: str
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of one school's report of one year.

    Attributes:
        school: slug.
        year: the report's year; tables print it and the year before.
        edition: which edition of the national form.
        tables: the national form first, then the tables of the sections.
        text: figures of running text that the earlier report printed; one year each.
    """

    school: str
    year: int
    edition: str
    tables: tuple[Table, ...]
    text: tuple[Row, ...] = ()

    @property
    def years(self) -> tuple[int, int]:
        """The year columns of every table: the year before as restated, and the report's year."""
        return self.year - 1, self.year

    def table(self, name: str) -> Table | None:
        """The table with this file name, if the layout has it."""
        return next((table for table in self.tables if table.name == name), None)


def file_of(source: str) -> str:
    """The file (without `.csv`) that figures from this place belong to.

    >>> file_of("附表1#39"), file_of("§2.4表#8"), file_of("§2.4"), file_of("前言")
    ('annex', 'employment', 'text-students', 'text-preface')
    """
    if form := _FORM_SOURCE.match(source):
        return FORM if form["number"] == "1" else f"{FORM}-{form['number']}"
    section = _SECTION_SOURCE.match(source)
    if section is None:
        return "text-preface"
    if section["table"]:
        for name, place in SECTION_TABLES.items():
            if place == section["section"]:
                return name
    return _CHAPTER_FILES.get(section["chapter"], "text-other")
