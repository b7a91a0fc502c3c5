"""The tables and rows of a school's report of one year, and the record of one figure.

The national form comes from the edition's mapping (`codebook/editions/`). The tables of the
sections have the rows of an earlier report, with years and cohorts moved to the new report's.
A table's name is its file's name: `data/<school>/<year>/<table>.csv`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import nearest
from qzanalysis.intake.faults import refusal
from qzanalysis.reports import loading
from qzanalysis.reports.report import Report, School, sorted_key

TEXT: Final = "text"  # beginning of the names of the files with figures of running text
FORM: Final = "annex"
SURE, CHECK = "sure", "check"  # certainty of an extracted figure
FIRST_YEAR: Final = 2001  # the year before must fit the schema too
LAST_YEAR: Final = 2100
OFFERED: Final = "offered.csv"  # a school's programmes, read for the form of its first report

# Files of figures beside the national form, in printed order: place in the report, sheet title.
_FILES: Final = codebook.read_table(Path(__file__).with_name("files.csv")).set_index("name")
_TITLES: Final = {str(name): str(text) for name, text in _FILES["title"].items() if text}
SECTION_TABLES: Final = {name: title.partition(" ")[0] for name, title in _TITLES.items()}
_NAMES_BY_PLACE: Final = {str(place): str(name) for name, place in _FILES["place"].items()}
_ORDER: Final = {
    name: at for at, name in enumerate(_NAMES_BY_PLACE.values()) if name not in _TITLES
}
_FORM_SOURCE: Final = re.compile(r"附表(?P<number>\d+)#")
_SECTION_SOURCE: Final = re.compile(r"(?P<table>(?P<chapter>§\d+)[\d.]*(表(?=#\d))?)")
_MAPPING_COLUMNS: Final = ("item", "indicator", "breakdown")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure on its way into the data.

    Attributes:
        indicator, breakdown, year: the key of the figure; see `docs/data.md`.
        printed: the text as printed.
        source: its place in the report, in the notation of the data files.
        note: as in the data files.
        origin: its place in the document it was extracted from (`表 3，第 5 行，第 2 列`).
        certainty: `sure`, `check` (a person must compare it); empty when typed.
    """

    indicator: str
    breakdown: str
    year: int
    printed: str
    source: str
    note: str = ""
    origin: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Text of a report that has no place in the form, the position it was read at, and the reason."""

    text: str
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, before its figures are known.

    Attributes:
        label: its number as the report prints it (`39`), or its position in the table (`8`).
        indicator, breakdown: the figure it holds.
        source: its place in the report (`附表1#39`, `§2.4表#8`).
        years: the years with a cell in this row, in ascending order.
        previous: the earlier report's text for the year before; empty if it has none.
        note: the note of the earlier report's figure.
    """

    label: str
    indicator: str
    breakdown: str
    source: str
    years: tuple[int, ...] = ()
    previous: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """The Chinese name, from the codebook."""
        return codebook.label(self.indicator, self.breakdown)


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
        year: the report's year.
        edition: the edition of the national form.
        tables: the national form first, then the tables of the sections.
        text: figures of running text that the earlier report printed, one year each.
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


def layout(school: str, year: int, edition: str | None = None, data: Path | None = None) -> Layout:
    """The tables that one school's report of one year will have.

    Args:
        school: slug of `schools.csv`.
        year: the new report's year.
        edition: a year of `codebook/editions/`, or the path of such a mapping; by default the
            latest edition that is not later than `year`.
        data: the data folder.

    Raises:
        UsageError: unknown school, impossible year, unknown edition.
        BadData: the earlier report's files break their schema.
    """
    known_school(school, data)
    known_year(year)
    name, mapping = edition_for(year, edition)
    tables, own = _form_tables(mapping), _latest(school, data, year)
    others = (_latest(each, data) for each in loading.schools(data) if each != school)
    if model := own or next(filter(None, others), None):
        tables += _section_tables(model, year, None if own else offered(school, data))
    text = _text_rows(own, year) if own else ()
    return Layout(school, year, name, _with_previous(tables, own, year), text)


def of_report(report: Report) -> tuple[Layout, list[Cell]]:
    """The layout of an existing report's figures, and the figures in printed order."""
    year = report.year
    tables = _tables(report.observations, year)
    cells = [
        Cell(it.indicator, it.breakdown, int(it.year), it.printed, it.source, it.note)
        for it in _in_printed_order(report.observations)
    ]
    edition, _ = edition_for(year)
    complete = _with_previous(tables, report.previous, year)
    return Layout(report.school.slug, year, edition, complete), cells


def known_school(school: str, data: Path | None) -> School:
    """The school with this slug.

    Raises:
        UsageError: no such school; names the nearest.
    """
    known = loading.schools(data)
    if school not in known:
        raise refusal("no_school", school=school, near=nearest(school, known))
    return known[school]


def known_year(year: int) -> None:
    """Check the year of a report.

    Raises:
        UsageError: the year is out of range.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise refusal("year", year=year, first=FIRST_YEAR, last=LAST_YEAR)


def edition_for(year: int, edition: str | None = None) -> tuple[str, pd.DataFrame]:
    """An edition's name and its mapping: item → indicator, breakdown.

    Raises:
        UsageError: unknown edition, or a mapping file that is absent, unreadable or incomplete.
    """
    if edition is not None and edition.endswith(".csv"):
        return Path(edition).stem, _mapping(Path(edition))
    known = sorted(int(path.stem) for path in (codebook.FOLDER / "editions").glob("[0-9]*.csv"))
    if edition is not None and edition not in map(str, known):
        raise refusal("edition", edition=edition, known="、".join(map(str, known)))
    chosen = max((each for each in known if each <= year), default=known[0])
    name = edition or str(chosen)
    return name, codebook.edition(int(name))


def _mapping(path: Path) -> pd.DataFrame:
    try:
        frame = codebook.read_table(path)
    except FileNotFoundError as error:
        raise refusal("no_mapping", path=path) from error
    except (OSError, ValueError) as error:
        raise refusal("mapping", path=path) from error
    if missing := [name for name in _MAPPING_COLUMNS if name not in frame.columns]:
        raise refusal("mapping_columns", path=path, columns="、".join(missing))
    for indicator in frame["indicator"]:
        codebook.indicator(indicator)
    return frame


def offered(school: str, data: Path | None) -> list[str]:
    """The ids of the programmes a school is registered with, in their order; may be empty."""
    path = loading.data_folder(data) / school / OFFERED
    if not path.is_file():
        return []
    known = codebook.programmes().index
    return [each for each in codebook.read_table(path)["programme"] if each in known]


def file_of(source: str) -> str:
    """The file (without `.csv`) that figures from this place belong to.

    >>> file_of("附表1#39"), file_of("§2.4表#8"), file_of("§2.4"), file_of("前言")
    ('annex', 'employment', 'text-students', 'text-preface')
    """
    if form := _FORM_SOURCE.match(source):
        return FORM if form["number"] == "1" else f"{FORM}-{form['number']}"
    section = _SECTION_SOURCE.match(source)
    places = (section["table"], section["chapter"], "") if section else ("前言",)
    return next(_NAMES_BY_PLACE[place] for place in places if place in _NAMES_BY_PLACE)


def _latest(school: str, data: Path | None, before: int = LAST_YEAR + 1) -> Report | None:
    """The latest report of a school before a year; None if there is none."""
    years = [each for each in loading.years(school, data) if each < before]
    return loading.load(school, years[-1], data) if years else None


def _form_tables(mapping: pd.DataFrame) -> list[Table]:
    """The tables of the national form; an edition with several has a column `table` (附表2)."""
    rows: dict[str, list[Row]] = {}
    titles: dict[str, str] = {}
    for record in mapping.to_dict("records"):
        table = str(record.get("table") or "附表1")
        titles.setdefault(table, str(record.get("table_title") or f"{table} 数据表"))
        item, figure = str(record["item"]), (record["indicator"], record["breakdown"])
        rows.setdefault(table, []).append(Row(item, *figure, f"{table}#{item}"))
    return [Table(file_of(f"{table}#1"), titles[table], tuple(rows[table])) for table in rows]


def _tables(observations: pd.DataFrame, year: int) -> list[Table]:
    """The tables with these figures of a report's two years: the form, then the sections'."""
    names = observations["source"].map(file_of)
    wanted = ~names.str.startswith(TEXT) & observations["year"].isin((year - 1, year))
    tables = [
        Table(str(name), _title(str(name)), tuple(_rows(part)))
        for name, part in observations[wanted].groupby(names[wanted])
    ]
    return sorted(tables, key=lambda table: (table.name in SECTION_TABLES, table.title))


def _title(name: str) -> str:
    return _TITLES.get(name) or f"附表{name.removeprefix(FORM).lstrip('-') or 1} 数据表"


def _section_tables(model: Report, year: int, programmes: list[str] | None) -> list[Table]:
    """The tables of the sections, years and cohorts moved; with these programmes unless None."""
    observations, shift = model.observations, year - model.year
    moved = observations.assign(
        year=observations["year"] + shift,
        breakdown=[
            re.sub(r"(?<=cohort=)\d+", lambda m: str(int(m[0]) + shift), breakdown)
            for breakdown in observations["breakdown"]
        ],
    )
    tables = [table for table in _tables(moved, year) if table.name in SECTION_TABLES]
    if programmes is not None:
        tables = [replace(it, rows=_for_programmes(it.rows, programmes)) for it in tables]
    return [table for table in tables if table.rows]


def _rows(observations: Any) -> list[Row]:
    """Rows for existing observations, in their order; a row holds a year once."""
    rows: list[Row] = []
    latest: dict[tuple[str, str, str], int] = {}
    for it in observations.itertuples():
        key, year = (it.indicator, it.breakdown, it.source), int(it.year)
        at = latest.get(key)
        if at is None or year in rows[at].years:
            latest[key] = len(rows)
            rows.append(Row(it.source.rpartition("#")[2], *key, (year,)))
        else:
            rows[at] = replace(rows[at], years=tuple(sorted((*rows[at].years, year))))
    return rows


def _for_programmes(rows: Sequence[Row], programmes: Iterable[str]) -> tuple[Row, ...]:
    """Rows of another school's table, with this school's programmes in place of that school's."""
    kept = [row for row in rows if "programme=" not in row.breakdown]
    usual: dict[str, Counter[tuple[str, tuple[int, ...]]]] = {}
    for row in rows:
        parts = codebook.parse_breakdown(row.breakdown)
        if parts.pop("programme", ""):
            parts.pop("partner", "")
            kind = (codebook.format_breakdown(parts), row.years)
            usual.setdefault(row.indicator, Counter())[kind] += 1
    section = rows[0].source.partition("表#")[0]
    for number, programme in enumerate(programmes, len({row.label for row in kept}) + 1):
        for indicator, seen in usual.items():
            rest, years = seen.most_common(1)[0][0]
            breakdown = ";".join(part for part in (f"programme={programme}", rest) if part)
            place = f"{section}表#{number}"
            kept.append(Row(str(number), indicator, breakdown, place, years))
    return tuple(kept)


def _with_previous(tables: Iterable[Table], own: Report | None, year: int) -> tuple[Table, ...]:
    """The tables with the same school's earlier texts; a row that names no years has both."""
    past: dict[tuple[str, str, str], tuple[str, str]] = {}  # by figure and place, and by figure
    observations: Any = pd.DataFrame() if own is None else own.observations
    for it in observations.itertuples():
        if it.year == year - 1:
            for place in ("", it.source):
                key = (it.indicator, sorted_key(it.breakdown), place)
                past.setdefault(key, (it.printed, it.note))

    def complete(row: Row) -> Row:
        figure = (row.indicator, sorted_key(row.breakdown))
        printed, note = past.get((*figure, row.source)) or past.get((*figure, ""), ("", ""))
        return replace(row, years=row.years or (year - 1, year), previous=printed, note=note)

    return tuple(replace(it, rows=tuple(map(complete, it.rows))) for it in tables)


def _text_rows(own: Report, year: int) -> tuple[Row, ...]:
    """Figures of running text, moved on to the new year, each with the earlier text."""
    in_text = own.observations["source"].map(file_of).str.startswith(TEXT)
    rows = []
    for it in _in_printed_order(own.observations[in_text]):
        years = (min(int(it.year) + year - own.year, year),)
        rows.append(Row("", it.indicator, it.breakdown, it.source, years, it.printed, it.note))
    return tuple(rows)


def _in_printed_order(frame: pd.DataFrame) -> Iterable[Any]:
    """Rows of tables, then of running text from the preface to the cases; of one file in order."""
    at = frame["source"].map(file_of).map(lambda name: _ORDER.get(name, 0))
    return frame.iloc[at.argsort(kind="stable")].itertuples(index=False)
