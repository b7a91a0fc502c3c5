"""Definitions as data: indicators, units, dimensions, programmes, standards and editions.

Each table is a CSV beside this file; each function below returns one, indexed by its id.
Text is text here: no column is guessed to be a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, Final, NamedTuple

import pandas as pd

from qzanalysis.errors import UsageError, nearest

FOLDER: Final = Path(__file__).parent
_OTHER_UNIT: Final = {
    "kind": "measure", "rises": "上升", "falls": "下降", "spaced": "yes", "large": "",
}  # fmt: skip


class Ratio(NamedTuple):
    """The definition of an indicator as `scale * numerator / denominator` (ids of indicators)."""

    numerator: str
    denominator: str
    scale: int


def read_table(source: Path | IO[bytes]) -> pd.DataFrame:
    """A CSV as text: no type guessed, empty cells kept as empty text."""
    return pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")


@cache
def indicators() -> pd.DataFrame:
    """Every indicator by id: name, unit, direction, chapter, part_of, definition.

    `numerator`, `denominator` and `scale` define a ratio (see `ratio`).

    >>> indicators().loc["students", ["name", "unit"]].to_list()
    ['全日制在校生数', '人']
    """
    return read_table(FOLDER / "indicators.csv").set_index("id")


@cache
def units() -> pd.DataFrame:
    """Every unit, with how it is read and written.

    Columns `kind` (`count`: whole things; `ordinal`: places in an order;
    both exact when printed without decimals; `measure`: rounded when printed), `rises` and
    `falls` (the verbs of a change), `spaced` (`yes`: a space before it), `large` (`yes`: shown in
    units of ten thousand from 100 000 on), `note`.
    """
    return read_table(FOLDER / "units.csv").set_index("unit")


@cache
def printed_units() -> dict[str, Fraction]:
    """Units that are printed with a figure → their size in the unit of the codebook (`base`)."""
    table = units()
    return {str(u): Fraction(f) for u, f in table["factor"].items() if f}


@cache
def dimensions() -> pd.DataFrame:
    """Every value a dimension may take, one row each; `*` means an open list described in `name`."""
    return read_table(FOLDER / "dimensions.csv")


@cache
def programmes() -> pd.DataFrame:
    """Programmes by id: the 2021 catalogue's name, other names in use, and the department.

    >>> programmes().loc["accounting", "name"]
    '会计事务'
    """
    return read_table(FOLDER / "programmes.csv").set_index("id")


@cache
def standards() -> pd.DataFrame:
    """Official thresholds by id, with document and article.

    >>> standards().loc["student_teacher_ratio_maximum", "threshold"]
    '20'
    """
    return read_table(FOLDER / "standards.csv").set_index("id")


def standard(identifier: str) -> dict[str, str]:
    """One standard's row."""
    return _records(standards)[identifier]


def standard_source(identifier: str, year: int) -> str:
    """The document and article of a standard in force in a year; a later confirmation as such.

    >>> standard_source("land_per_student_minimum", 2021)
    '教职成〔2010〕12号 第八条（2022 年由教职成〔2022〕5号附件1沿用）'
    >>> standard_source("land_per_student_minimum", 2022)
    '教职成〔2010〕12号 第八条；教职成〔2022〕5号附件1'
    """
    row = standard(identifier)
    source = f"{row['document']} {row['article']}"
    if not row["confirmed"]:
        return source
    if year < int(row["confirmed_year"]):
        return f"{source}（{row['confirmed_year']} 年由{row['confirmed']}沿用）"
    return f"{source}；{row['confirmed']}"


class Subject(NamedTuple):
    """What a figure is about.

    Attributes:
        rank: in the order of consequence, from 0.
        office: who in a school answers for it.
        one_matter: `yes` where several problems of it are one: too few teachers, a higher ratio.
    """

    rank: int
    name: str
    office: str
    one_matter: str


@cache
def subject(identifier: str) -> Subject:
    """The subject of an indicator: people before programmes, money, buildings and books.

    >>> subject("graduates_placed").rank < subject("printed_books").rank
    True
    """
    table = read_table(FOLDER / "subjects.csv")
    listed = [identifier in indicators.split() for indicators in table["indicators"]]
    row = listed.index(True) if True in listed else len(table) - 1
    return Subject(row, *table.loc[row, ["subject", "office", "one_matter"]])


@cache
def references() -> pd.DataFrame:
    """Published figures to compare with: indicator, area, year, value, and the document and place.

    >>> sorted(set(references()["area"]))[:1]
    ['全国']
    """
    return read_table(FOLDER / "references.csv")


@cache
def statuses() -> pd.DataFrame:
    """Printed texts that are not figures, with the status they mean."""
    return read_table(FOLDER / "statuses.csv").set_index("printed")


@cache
def parameters() -> pd.DataFrame:
    """The notebooks' parameters by name: label, unit, limits and meaning.

    >>> parameters().loc["hires", "label"]
    '新增专任教师数'
    """
    return read_table(FOLDER / "parameters.csv").set_index("name")


@cache
def chapters() -> pd.DataFrame:
    """Chapters by number (as text): page name and title.

    >>> chapters().loc["1", "name"]
    '学校情况'
    """
    return read_table(FOLDER / "chapters.csv").set_index("chapter")


@cache
def edition(year: int) -> pd.DataFrame:
    """The national form of one year: item number → indicator and breakdown.

    Raises:
        UsageError: no mapping is known for that year.
    """
    path = FOLDER / "editions" / f"{year}.csv"
    if not path.exists():
        known = sorted(p.stem for p in path.parent.glob("*.csv"))
        raise UsageError(f"没有 {year} 年版数据表的对照；已有：{'、'.join(known)}")
    return read_table(path)


def indicator(identifier: str) -> dict[str, str]:
    """One indicator's row, with its `id`.

    Raises:
        UsageError: no such id; names the nearest.

    >>> indicator("students")["unit"]
    '人'
    """
    known = _records(indicators)
    if identifier not in known:
        raise UsageError(f"没有指标“{identifier}”；{nearest(identifier, known)}")
    return known[identifier]


def unit(name: str) -> dict[str, str]:
    """One unit's row of `units`; a unit that is not listed is a measure written with a space."""
    return _records(units).get(name, _OTHER_UNIT)


@cache
def ratio(identifier: str) -> Ratio | None:
    """The numerator, denominator and scale an indicator is defined by; None if by no ratio.

    Raises:
        UsageError: no such indicator.

    >>> ratio("computers_per_100_students")
    Ratio(numerator='teaching_computers', denominator='students', scale=100)
    """
    row = indicator(identifier)
    if not (row["numerator"] and row["denominator"]):
        return None
    return Ratio(row["numerator"], row["denominator"], int(row["scale"]))


@cache
def kind(identifier: str) -> str:
    """The scale of measurement of an indicator: `count`, `ordinal` or `measure`.

    A ratio is a measure whatever its unit: 29.2 computers per 100 students are no whole number.

    Raises:
        UsageError: no such indicator.
    """
    return "measure" if ratio(identifier) else unit(indicator(identifier)["unit"])["kind"]


def is_count(identifier: str) -> bool:
    """True for an indicator that counts whole things, which cannot be negative or fractional."""
    return kind(identifier) == "count"


def is_exact(identifier: str) -> bool:
    """True for an indicator whose printed whole numbers are exact: a count or a place in an order."""
    return kind(identifier) != "measure"


def status_of(printed: str) -> str:
    """The status of a printed text that is no figure (`not_held`, …); empty for any other text."""
    return _records(statuses).get(printed, {}).get("status", "")


def has_value(dimension: str, value: str) -> bool:
    """True if a value of a dimension is listed."""
    if dimension == "programme":
        return value in programmes().index
    return (dimension, value) in _names_by_value()


def parse_breakdown(breakdown: str) -> dict[str, str]:
    """The values of a breakdown by dimension.

    >>> parse_breakdown("programme=accounting;track=3+2")
    {'programme': 'accounting', 'track': '3+2'}
    """
    return dict(pair.split("=", 1) for pair in breakdown.split(";") if pair)


def format_breakdown(parts: Mapping[str, str]) -> str:
    """The inverse of `parse_breakdown`, pairs in the order given."""
    return ";".join(f"{dimension}={value}" for dimension, value in parts.items())


@cache
def value_name(dimension: str, value: str) -> str:
    """The Chinese name of one value of a dimension: `accounting` → 会计事务; `*` → 各专业.

    Raises:
        KeyError: no such programme.

    >>> value_name("programme", "accounting"), value_name("cohort", "2020")
    ('会计事务', '20级')
    """
    if value == "*":
        table = dimensions()
        names = table.loc[table["dimension"] == dimension, "dimension_name"]
        return f"各{names.iloc[0]}"
    if dimension == "programme":
        return str(programmes().loc[value, "name"])
    if dimension == "cohort":
        return f"{value[-2:]}级"
    return _names_by_value().get((dimension, value), value)


def programme_label(programme: str) -> str:
    """The catalogue's name with the others in use: 会计事务（又名会计电算化）."""
    row = programmes().loc[programme]
    others = row["other_names"].replace(";", "、")
    return f"{row['name']}（又名{others}）" if others else str(row["name"])


@cache
def label(identifier: str, breakdown: str = "") -> str:
    """The Chinese name of a figure.

    Raises:
        UsageError: no such indicator.

    >>> label("job_match_rate", "programme=accounting")
    '对口就业率（会计事务）'
    """
    name = str(indicator(identifier)["name"])
    parts = [value_name(d, v) for d, v in parse_breakdown(breakdown).items()]
    return f"{name}（{'，'.join(parts)}）" if parts else name


# Single cells are asked for thousands of times, and a frame takes a hundred times as long as a dict.


@cache
def _records(table: Callable[[], pd.DataFrame]) -> dict[str, dict[str, str]]:
    """The rows of a table by the value of its index."""
    frame = table()
    rows = frame.reset_index().to_dict("records")
    return {row[frame.index.name]: {str(k): str(v) for k, v in row.items()} for row in rows}


@cache
def _names_by_value() -> dict[tuple[str, str], str]:
    table = dimensions()
    return dict(
        zip(zip(table["dimension"], table["value"], strict=True), table["name"], strict=True)
    )
