"""One school's report as frames of numbers, each with the place where it was printed.

`load` reads `data/<school>/<year>/*.csv` into a `Report`. A report answers three questions:
`fact` (one number), `series` (one number over the years), `table` (one indicator over a dimension).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import UsageError, nearest
from qzanalysis.figures.facts import Fact, Origin
from qzanalysis.figures.frames import Column, Table
from qzanalysis.figures.quantities import parse
from qzanalysis.reports import schema
from qzanalysis.reports.memory import remembered

_PROGRAMME: Final = re.compile(r"专业名印作([^；]+)")
REGISTERS: Final = frozenset({"corrections.csv"})  # files of a report's folder that hold no figures


@dataclass(frozen=True)
class School:
    """The school that published a report, as `schools.csv` describes it."""

    slug: str
    name: str
    short_name: str
    region: str


@dataclass(frozen=True)
class Report:
    """One school's report of one year.

    Attributes:
        school: who published it.
        year: the report's year; it prints this year and usually the one before.
        observations: one row a printed figure: the six columns of the contract, then `quantity`
            (`Interval` or None), `status`, `file` and `row` (as a spreadsheet numbers it).
        previous: the school's report before this one, where there is one; it fills the years that
            this one does not print. What both print is taken from this one.
    """

    school: School
    year: int
    observations: pd.DataFrame
    previous: Report | None = None

    @cached_property
    def years(self) -> list[int]:
        """The years a series runs over, earlier first: those of the form (附表) and of earlier reports.

        The report's own year and the one before are always among them.
        """
        form = self.observations[self.observations["source"].str.startswith("附表")]
        earlier = self.previous.years if self.previous else []
        return sorted({*form["year"], *earlier, self.year - 1, self.year})

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str, int], list[dict[str, Any]]]:
        rows: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
        for row in self.observations.to_dict("records"):
            rows.setdefault(
                (row["indicator"], sorted_key(row["breakdown"]), row["year"]), []
            ).append(row)  # type: ignore[arg-type]
        return {key: sorted(printed, key=_rank) for key, printed in rows.items()}

    def printings(self, indicator: str, year: int, **breakdown: str) -> list[Fact]:
        """Every place where one figure is printed: the national form first, then tables, then text."""
        codebook.indicator(indicator)
        key = (indicator, sorted_key(codebook.format_breakdown(breakdown)), year)
        return [_fact(row) for row in self._by_key.get(key, [])]

    def fact(self, indicator: str, year: int | None = None, **breakdown: str) -> Fact:
        """One number, from the most authoritative place that gives it.

        Returns an absent fact (`known` is False) when the report does not give it.

        Raises:
            UsageError: no such indicator.
        """
        year = self.year if year is None else year
        printings = self.printings(indicator, year, **breakdown)
        if known := [fact for fact in printings if fact.known]:
            return known[0]
        if self.previous and (earlier := self.previous.fact(indicator, year, **breakdown)).known:
            return earlier
        if printings:
            return printings[0]
        text = codebook.label(indicator, codebook.format_breakdown(breakdown))
        return Fact(
            None, codebook.indicator(indicator)["unit"], 0, f"{year} 年{text}", status="missing"
        )

    def change(self, indicator: str, **breakdown: str) -> Fact:
        """The change of one number from the year before; of a percentage, in percentage points."""
        now = self.fact(indicator, self.year, **breakdown)
        return now - self.fact(indicator, self.year - 1, **breakdown)

    def series(self, indicator: str, **breakdown: str) -> Column:
        """An indicator over the years of the form.

        Args:
            indicator: an id of the codebook.
            breakdown: the part of it, as dimension=value.

        Returns:
            Numbers in the indicator's unit, indexed by year; their facts under `.facts`.

        Raises:
            UsageError: no such indicator.

        >>> load("quzhou-zhongzhuan", 2021).series("students").to_dict()
        {2020: 4852, 2021: 4902}
        """
        facts = {year: self.fact(indicator, year, **breakdown) for year in self.years}
        return Column(pd.Series(facts, dtype=object, name=indicator))

    def table(self, indicator: str, by: str, **fixed: str) -> Table:
        """An indicator over a dimension.

        Args:
            indicator: an id of the codebook.
            by: the dimension.
            fixed: values of other dimensions.

        Returns:
            Numbers in the indicator's unit, their facts under `.facts`: a row for each value of
            the dimension, in the order printed (those that only an earlier report has come last),
            a column for each year.

        Raises:
            UsageError: no such indicator.

        >>> load("quzhou-zhongzhuan", 2021).table("job_match_rate", "programme").mean().round(2)
        2020    92.09
        2021    91.92
        dtype: float64
        """
        order = self.members(indicator, by, **fixed)
        facts = {
            year: [self.fact(indicator, year, **{by: value}, **fixed) for value in order]
            for year in self.years
        }
        return Table(pd.DataFrame(facts, index=pd.Index(order, name=by), dtype=object))

    def tidy(self, *dimensions: str) -> pd.DataFrame:
        """Every printed figure of the report, one row each, for `groupby` and seaborn.

        Args:
            dimensions: each becomes a column; only figures broken down by all of them are left.

        Returns:
            Columns `indicator`, `name`, `breakdown`, the dimensions, `year` (int64), `value`, `low`
            and `high` (float64, in `unit`; NaN where no number is reported; `low` and `high` bound
            the values that would be printed so), `unit`, `status`, `printed`, `source`, `note`.
            Where a decision replaces a printed figure, `value` is the decided one.

        >>> rates = load("quzhou-zhongzhuan", 2021).tidy("programme")
        >>> rates.query("indicator == 'job_match_rate'").groupby("year")["value"].max().to_dict()
        {2020: 100.0, 2021: 100.0}
        """
        rows = self.observations
        parts = pd.DataFrame(
            [codebook.parse_breakdown(text) for text in rows["breakdown"]],
            index=rows.index,
            columns=list(dimensions),
            dtype=object,
        )
        names = codebook.indicators().loc[rows["indicator"], ["name", "unit"]].set_axis(rows.index)
        bounds = {
            name: [float("nan") if q is None else float(getattr(q, name)) for q in rows["quantity"]]
            for name in ("value", "low", "high")
        }
        frame = rows.assign(name=names["name"], unit=names["unit"], **parts, **bounds)
        order = ["indicator", "name", "breakdown", *dimensions, "year", *bounds]
        chosen = parts.notna().all(axis=1)
        return frame.loc[chosen, [*order, "unit", "status", "printed", "source", "note"]]

    def members(self, indicator: str, by: str, **fixed: str) -> list[str]:
        """The values of a dimension that an indicator is printed for, earlier reports' own last."""
        texts = self.observations.loc[self.observations["indicator"] == indicator, "breakdown"]
        own = [
            parts[by]
            for text in texts
            if set(parts := codebook.parse_breakdown(text)) == {by, *fixed}
            and all(parts[name] == value for name, value in fixed.items())
        ]
        earlier = self.previous.members(indicator, by, **fixed) if self.previous else []
        return list(dict.fromkeys([*own, *earlier]))

    def members_of(self, by: str, indicator: str) -> list[str]:
        """The values of a dimension that an indicator is printed for in the report's year, in order."""
        rows = self.observations
        own = rows[(rows["indicator"] == indicator) & (rows["year"] == self.year)]
        parts = map(codebook.parse_breakdown, own["breakdown"])
        return list(dict.fromkeys(one[by] for one in parts if by in one))

    def as_printed(self) -> Report:
        """The same report without anyone's decisions: every figure means what its text says."""
        columns = [*schema.OBSERVATION_COLUMNS, "file", "row"]
        earlier = self.previous.as_printed() if self.previous else None
        frame = understand(self.observations[columns])
        return replace(self, observations=frame, previous=earlier)

    def with_observations(self, observations: pd.DataFrame) -> Report:
        """The same report over other figures."""
        return replace(self, observations=observations)


def data_folder(data: Path | str | None = None) -> Path:
    """The folder of the figures: the argument, else `QZANALYSIS_DATA`, else the repository's `data/`."""
    if data is not None:
        return Path(data)
    if set_by_hand := os.environ.get("QZANALYSIS_DATA"):
        return Path(set_by_hand)
    return Path(__file__).parents[2] / "data"


def schools(data: Path | str | None = None) -> dict[str, School]:
    """The schools there are, by slug."""
    table = schema.read_schools(data_folder(data) / "schools.csv")
    return {
        str(slug): School(str(slug), *map(str, row))
        for slug, row in zip(table.index, table.values, strict=True)
    }


def years(school: str, data: Path | str | None = None) -> list[int]:
    """The report years a school has figures for."""
    folder = data_folder(data) / school
    return sorted(int(path.name) for path in folder.glob("[0-9]" * 4) if any(path.glob("*.csv")))


def files(school: str, year: int, data: Path | str | None = None) -> list[Path]:
    """The observation files of one report, in a fixed order."""
    folder = data_folder(data) / school / str(year)
    return sorted(path for path in folder.glob("*.csv") if path.name not in REGISTERS)


def chosen(school: str | None, year: int | None, data: Path | str | None = None) -> tuple[str, int]:
    """The school and year asked for; by default the first school and its latest year.

    Raises:
        UsageError: the data hold no school.
    """
    known = schools(data)
    if school is None and not known:
        raise UsageError("schools.csv 中没有学校；请先登记一所")
    school = school or next(iter(known))
    available = years(school, data) if school in known else []
    return school, available[-1] if year is None and available else year or 0


def load(school: str, year: int, data: Path | str | None = None) -> Report:
    """One school's report of one year.

    Args:
        school: slug of `schools.csv`, such as `quzhou-zhongzhuan`.
        year: the report's year.
        data: the data folder; see `data_folder`.

    Raises:
        UsageError: unknown school or year; the message lists what there is.
        BadData: a file breaks its schema; the message lists every problem.
    """
    known = schools(data)
    if school not in known:
        raise UsageError(f"没有学校“{school}”；{nearest(school, known)}")
    available = years(school, data)
    if year not in available:
        listed = "、".join(map(str, available)) or "（无）"
        raise UsageError(f"{known[school].name}没有 {year} 年的数据；已有年份：{listed}")
    frame = _figures(schema.contents(files(school, year, data), data_folder(data)))
    earlier = [other for other in available if other < year]
    previous = load(school, max(earlier), data) if earlier else None
    return Report(known[school], year, frame.copy(deep=False), previous)


@remembered
def _figures(contents: schema.Contents) -> pd.DataFrame:
    """The validated and understood rows of a report's files."""
    return understand(schema.observations(contents))


def understand(frame: pd.DataFrame) -> pd.DataFrame:
    """Validated text rows → rows with `year` as a number, `status`, and `quantity` where one is reported."""
    status = [schema.status_of(p, n) for p, n in zip(frame["printed"], frame["note"], strict=True)]
    quantity = [
        parse(printed, count=codebook.is_exact(indicator)) if state == "reported" else None
        for printed, indicator, state in zip(
            frame["printed"], frame["indicator"], status, strict=True
        )
    ]
    return frame.assign(
        year=frame["year"].astype(int),
        status=status,
        quantity=pd.Series(quantity, index=frame.index, dtype=object),
    )


def sorted_key(breakdown: str) -> str:
    """A breakdown with its pairs in alphabetical order, so that order does not matter."""
    return ";".join(sorted(pair for pair in breakdown.split(";") if pair))


def authority(source: str) -> int:
    """The rank of a place among several that print one figure, the most authoritative first.

    The national form (0) is the school's signed return; tables (1) come before running text (2).
    """
    return 0 if source.startswith("附表") else 1 if "表#" in source else 2


def _rank(row: Mapping[str, Any]) -> tuple[int, str, int]:
    return authority(row["source"]), row["file"], row["row"]


def printed_programme(note: str) -> str:
    """The name a table prints for a programme where it is not the catalogue's, from a row's note."""
    found = _PROGRAMME.search(note)
    return found[1] if found else ""


def _label(row: Mapping[str, Any]) -> str:
    """The name of a figure; a programme under its printed name, the catalogue's beside it."""
    label = codebook.label(row["indicator"], row["breakdown"])
    printed = printed_programme(row["note"])
    if not printed:
        return label
    name = codebook.value_name("programme", codebook.parse_breakdown(row["breakdown"])["programme"])
    return label.replace(name, f"{printed}，即{name}")


def _fact(row: Mapping[str, Any]) -> Fact:
    origin = Origin(
        row["indicator"],
        row["breakdown"],
        row["year"],
        row["printed"],
        row["source"],
        row["file"],
        row["row"],
    )
    name = f"{row['year']} 年{_label(row)}"
    unit, quantity = str(codebook.indicator(row["indicator"])["unit"]), row["quantity"]
    decided = str(row.get("correction") or "")
    if quantity is None:
        return Fact(
            None, unit, 0, name, origins=(origin,), status=row["status"], printed=row["printed"]
        )
    return Fact(
        quantity.value,
        unit,
        quantity.decimals,
        name,
        quantity.low,
        quantity.high,
        (origin,),
        status=row["status"],
        printed=quantity.printed,
        remark=decided,
    )
