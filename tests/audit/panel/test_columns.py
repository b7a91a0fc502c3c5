"""What is decided in columns is what the exact rules decide, whatever the reports look like."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("pyarrow")
import pyarrow as pa

from qzanalysis import codebook, load
from qzanalysis.audit import engine, evaluate
from qzanalysis.audit.figures import Book, open_book
from qzanalysis.audit.panel import cache as kept_figures
from qzanalysis.audit.panel import estimate
from qzanalysis.audit.panel import tested as panel_tested
from qzanalysis.audit.panel.nearly import Near, Span
from qzanalysis.figures import quantities
from qzanalysis.figures.intervals import Interval
from qzanalysis.reports.loading import Report

Row = dict[str, Any]


@cache
def _real() -> Report:
    return load("quzhou-zhongzhuan", 2021)


def _printed(row: Row, text: str) -> Row:
    """The row with another text, understood as the loader does it; as it was if that is no figure."""
    try:
        quantity = quantities.parse(text, count=codebook.is_exact(row["indicator"]))
    except quantities.NotAFigure:
        return row
    return {**row, "printed": text, "quantity": quantity, "status": "reported"}


def _digit(row: Row, chance: random.Random) -> list[Row]:
    text = row["printed"]
    places = [at for at, character in enumerate(text) if character in "0123456789"]
    if not places:
        return [row]
    at = chance.choice(places)
    return [_printed(row, text[:at] + str(chance.randrange(10)) + text[at + 1 :])]


def _emptied(row: Row, chance: random.Random) -> list[Row]:
    return [{**row, "printed": "", "quantity": None, "status": "missing"}]


def _removed(row: Row, chance: random.Random) -> list[Row]:
    return []


def _twice(row: Row, chance: random.Random) -> list[Row]:
    """Printed again elsewhere, mostly with another value."""
    other = {**row, "source": chance.choice(["§1.3", "附表1#99", "§2.4表#3", "§7.1", "§3.2"])}
    return [row, *_digit(other, chance)]


def _finer(row: Row, chance: random.Random) -> list[Row]:
    digit = str(chance.randrange(10))
    text = row["printed"].rstrip("%")
    return [_printed(row, f"{text}{digit if '.' in text else '.' + digit}")]


def _rough(row: Row, chance: random.Random) -> list[Row]:
    return [
        _printed(
            row,
            chance.choice(["近{}", "{}以上", "约{}", "-{}", "{}余", "{}000"]).format(
                row["printed"]
            ),
        )
    ]


def _of_another_year(row: Row, chance: random.Random) -> list[Row]:
    return [row, {**row, "year": row["year"] - chance.choice([1, 2, 5])}]


EDITS: tuple[Callable[[Row, random.Random], list[Row]], ...] = (
    _digit, _emptied, _removed, _twice, _finer, _rough, _of_another_year,
)  # fmt: skip


def _made(year: int, seed: int, edited: float, left_out: float) -> Report:
    """The real report of another year, edited here and there, and with much of it left out."""
    chance, rows = random.Random(seed), []
    for row in _real().observations.to_dict("records"):
        if chance.random() < left_out:
            continue
        moved = {str(k): v for k, v in row.items()} | {"year": row["year"] - 2021 + year}
        edit = chance.choice(EDITS) if chance.random() < edited else lambda row, chance: [row]
        rows += edit(moved, chance)
    rows = [{**row, "row": at} for at, row in enumerate(rows, start=2)]
    return replace(_real(), year=year, observations=pd.DataFrame(rows))


def _exactly(book: Book, before: Book | None) -> list[tuple[Any, ...]]:
    """The rows of a report as the rules that know no columns give them."""
    cells: dict[str, list[Any]] = {name: [] for name in panel_tested._ALL.names}
    for finding in engine.untold(book, before, engine.examine_rules(book)):
        panel_tested._add(cells, (0, 0, 0, 0), finding)
    return list(zip(*(cells[field.name] for field in panel_tested._FIELDS), strict=True))


def _in_columns(reports: dict[str, Report]) -> dict[str, list[tuple[Any, ...]]]:
    tables = [
        kept_figures.rows_of(name.partition("/")[0], report.year, report)
        for name, report in reports.items()
    ]
    found = panel_tested.tested(pa.concat_tables(tables), reports.keys())
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in reports}
    for school, year, *rest in zip(*(c.to_pylist() for c in found.columns), strict=True):
        rows[f"{school}/{year}"].append(tuple(rest))
    return rows


def _agree(reports: dict[str, Report]) -> None:
    found = _in_columns(reports)
    books = {name: open_book(report) for name, report in reports.items()}
    pairs = {now: then for then, now in pairwise(reports)}
    for name, book in books.items():
        then = pairs.get(name, "/")
        same = then.partition("/")[0] == name.partition("/")[0]
        exact = _exactly(book, books[then] if same else None)
        lost, extra = set(exact) - set(found[name]), set(found[name]) - set(exact)
        assert (sorted(lost, key=str)[:3], sorted(extra, key=str)[:3]) == ([], [])
        assert found[name] == exact  # and in the same order


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=5, max_size=5, unique=True),
    edited=st.sampled_from([0.0, 0.02, 0.1, 0.5]),
    left_out=st.sampled_from([0.0, 0.02, 0.3, 0.9]),
)
def test_columns_find_what_the_exact_rules_find(
    seeds: list[int], edited: float, left_out: float
) -> None:
    """Reports of several schools and years in one table, no two of which print the same figures."""
    years = {"a/2019": 2019, "a/2020": 2020, "a/2021": 2021, "b/2021": 2021, "c/2016": 2016}
    made = {
        name: _made(year, seed, edited, left_out)
        for (name, year), seed in zip(years.items(), seeds, strict=True)
    }
    _agree(made)


def test_reports_that_print_the_same_figures_are_told_apart() -> None:
    """One shape, one rule a pass: what fails in one report holds in the next."""
    _agree({f"a/{year}": _made(year, 0, 0.0, 0.0) for year in (2020, 2021)} | {"b/2021": _real()})


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)
INTERVALS = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(sorted)


@given(a=INTERVALS, b=INTERVALS, operator=st.sampled_from("+-*/"))
def test_bounds_hold_the_exact_result(a: list[Decimal], b: list[Decimal], operator: str) -> None:
    """What is told of a number is within its bound of the exact one, or nothing is told."""

    def both(kind: Any, ends: list[Any]) -> Any:
        low, value, high = ends
        return kind(value, low, high)

    near = [both(Span, [Near.of([end]) for end in ends]) for ends in (a, b)]
    try:
        exact = evaluate._ARITHMETIC[operator](both(Interval, a), both(Interval, b))
    except ZeroDivisionError:
        exact = None
    found = estimate._ARITHMETIC[operator](*near)
    for name in ("value", "low", "high"):
        number = getattr(found, name)
        at, off = float(number.at[0]), float(number.off[0])
        if exact is None:
            assert math.isnan(at)
        elif not math.isnan(at):
            assert abs(Decimal(at) - getattr(exact, name)) <= Decimal(off) * 2


@given(a=NUMBERS, b=NUMBERS)
def test_comparisons_are_true_only_where_they_are(a: Decimal, b: Decimal) -> None:
    """Certain means true; between whole numbers nothing is left open."""
    first, second = Near.of([a]), Near.of([b])
    assert not (first.at_most(second)[0] and a > b)
    assert not (first.less(second)[0] and a >= b)
    assert not (first.same(second)[0] and a != b)
    whole, other = Near.of([a.to_integral_value()]), Near.of([b.to_integral_value()])
    assert whole.at_most(other)[0] or other.less(whole)[0]
