"""One school's report as frames of numbers, each with the place where it was printed.

A report answers three questions: `fact` (one number), `series` (one number over the years), `table`
(one indicator over a dimension).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, Origin, absent
from qzanalysis.figures.frames import Column, Table

_PROGRAMME: Final = re.compile(r"专业名印作([^；]+)")


@dataclass(frozen=True)
class School:
    """The school that published a report, as `schools.csv` describes it; a contact is optional."""

    slug: str
    name: str
    short_name: str
    region: str
    contact: str = ""


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
        undecided: where values were decided (`corrections`), the report as it was printed.
    """

    school: School
    year: int
    observations: pd.DataFrame
    previous: Report | None = None
    undecided: Report | None = None

    @cached_property
    def years(self) -> list[int]:
        """The years a series runs over, earlier first: those of the form (附表) and of earlier reports.

        The report's own year and the one before are always among them.

        >>> report.years
        [2020, 2021]
        """
        form = self.observations[self.observations["source"].str.startswith("附表")]
        earlier = self.previous.years if self.previous else []
        return sorted({*form["year"], *earlier, self.year - 1, self.year})

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str, int], list[dict[Hashable, Any]]]:
        """The rows by indicator, breakdown and year, of each the most authoritative first."""
        rows: dict[tuple[str, str, int], list[dict[Hashable, Any]]] = {}
        ranked = self.observations.assign(rank=self.observations["source"].map(authority))
        for row in ranked.sort_values(["rank", "file", "row"]).to_dict("records"):
            key = (row["indicator"], sorted_key(row["breakdown"]), row["year"])
            rows.setdefault(key, []).append(row)
        return rows

    def printings(self, indicator: str, year: int, **breakdown: str) -> list[Fact]:
        """Every place where one figure is printed: the national form first, then tables, then text.

        Raises:
            UsageError: no such indicator.

        >>> report.printings("students", 2021)[0].origins[0].source
        '附表1#28'
        """
        return [_fact(row) for row in self._rows.get(_key(indicator, year, breakdown), [])]

    def fact(self, indicator: str, year: int | None = None, **breakdown: str) -> Fact:
        """One number, from the most authoritative place that gives it.

        Args:
            indicator: an id of the codebook.
            year: the report's, by default.
            breakdown: the part of it, as dimension=value.

        Returns:
            The number in the indicator's unit; an absent fact (`known` is False) when the report does
            not give it.

        Raises:
            UsageError: no such indicator.

        >>> report.fact("job_match_rate", programme="accounting").text()
        '71.3'
        """
        year = self.year if year is None else year
        printed = self._rows.get(_key(indicator, year, breakdown), [])
        known = next((row for row in printed if row["quantity"] is not None), None)
        row = known or next(iter(printed), None)
        later = _fact(row) if row else None
        if self.previous is not None:
            earlier = self.previous.fact(indicator, year, **breakdown)
            if _stays(earlier, later):
                return earlier
        if later is not None:
            return later
        name = codebook.label(indicator, codebook.format_breakdown(breakdown))
        return absent(f"{year} 年{name}", codebook.indicator(indicator)["unit"])

    def change(self, indicator: str, **breakdown: str) -> Fact:
        """The change of one number from the year before; of a percentage, in percentage points.

        Raises:
            UsageError: no such indicator.

        >>> report.change("students").text(sign=True)
        '+50'
        """
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

        >>> report.series("students").to_dict()
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

        >>> report.table("job_match_rate", "programme").mean().round(2)
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

        >>> rates = report.tidy("programme")
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
        """The values of a dimension that an indicator is printed for, earlier reports' own last.

        >>> report.members("interns", "found_by")
        ['self', 'school']
        """
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
        """The same report without anyone's decisions: every figure means what its text says.

        >>> report.as_printed().fact("students").text()
        '4902'
        """
        earlier = self.previous.as_printed() if self.previous else None
        return replace(self.undecided or self, previous=earlier)

    def with_observations(self, observations: pd.DataFrame) -> Report:
        """The same report over other figures."""
        return replace(self, observations=observations, undecided=None)


def sorted_key(breakdown: str) -> str:
    """A breakdown with its pairs in alphabetical order, so that order does not matter."""
    return ";".join(sorted(pair for pair in breakdown.split(";") if pair))


def authority(source: str) -> int:
    """The rank of a place among several that print one figure, the most authoritative first.

    The national form (0) is the school's signed return; tables (1) come before running text (2).
    """
    return 0 if source.startswith("附表") else 1 if "表#" in source else 2


def _stays(earlier: Fact, later: Fact | None) -> bool:
    """True if an earlier report's figure is not replaced by what a later one prints, or leaves out.

    A status (not held, a pilot) that was decided for a text holds where that text is printed again.
    """
    if later is not None and later.known:
        return not earlier.known and earlier.printed == later.printed
    absent = later is None or not later.printed
    return earlier.known or (absent and earlier.status != "missing")


def _key(indicator: str, year: int, breakdown: Mapping[str, str]) -> tuple[str, str, int]:
    return (
        codebook.indicator(indicator)["id"],
        sorted_key(codebook.format_breakdown(breakdown)),
        year,
    )


def printed_programme(note: str) -> str:
    """The name a table prints for a programme where it is not the catalogue's, from a row's note."""
    found = _PROGRAMME.search(note)
    return found[1] if found else ""


def _label(indicator: str, breakdown: str, note: str) -> str:
    """The name of a figure; a programme under its printed name, the catalogue's beside it."""
    label = codebook.label(indicator, breakdown)
    if not (printed := printed_programme(note)):
        return label
    name = codebook.value_name("programme", codebook.parse_breakdown(breakdown)["programme"])
    return label.replace(name, f"{printed}，即{name}")


def _fact(row: Mapping[Hashable, Any]) -> Fact:
    name = f"{row['year']} 年{_label(row['indicator'], row['breakdown'], row['note'])}"
    unit, quantity = codebook.indicator(row["indicator"])["unit"], row["quantity"]
    origins = (Origin(*(row[field] for field in Origin.__slots__)),)
    if quantity is None:
        return Fact(None, unit, 0, name, None, None, origins, "", row["status"], row["printed"])
    return Fact(
        quantity.value,
        unit,
        quantity.decimals,
        name,
        quantity.low,
        quantity.high,
        origins,
        status=row["status"],
        printed=quantity.printed,
        remark=str(row.get("correction") or ""),
    )
