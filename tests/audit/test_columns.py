"""The engine over arrays comes to what plain decimals come to, whatever the reports look like."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qzanalysis import codebook, load
from qzanalysis.audit import engine, exact, relations
from qzanalysis.audit.exact import Spans
from qzanalysis.audit.findings import AGREE
from qzanalysis.audit.table import Table
from qzanalysis.figures import quantities
from qzanalysis.figures.intervals import INFINITY, Interval
from qzanalysis.reports.loading import Report

from . import plain

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


def _verdicts(table: Table, report: int) -> dict[str, str]:
    """Id → verdict of every relation of one report, as plain decimals name it."""
    found = {}
    for group, _ in relations.groups(table):
        for case in np.flatnonzero(relations.mentioned(group)).tolist():
            if group.cases.report[case] == report:
                found[group.name(case)] = group.verdict[case] or "fails"
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=3, max_size=3, unique=True),
    edited=st.sampled_from([0.0, 0.02, 0.1, 0.5]),
    left_out=st.sampled_from([0.0, 0.02, 0.3, 0.9]),
)
def test_every_verdict_is_that_of_plain_decimals(
    seeds: list[int], edited: float, left_out: float
) -> None:
    """Several years in one table, no two of which print the same figures."""
    made = [
        _made(year, seed, edited, left_out)
        for year, seed in zip((2018, 2020, 2021), seeds, strict=True)
    ]
    table = engine.table_of(*made)
    for number, report in enumerate(made):
        assert _verdicts(table, number) == plain.verdicts(report)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), edited=st.sampled_from([0.02, 0.1, 0.5]))
def test_what_agrees_over_arrays_agrees_in_words(seed: int, edited: float) -> None:
    """Sentences are made of decimals: their verdict, id and severity are those of the arrays."""
    table = engine.table_of(_made(2020, seed, edited, 0.02), _made(2021, seed + 1, edited, 0.02))
    for _, _, batch in engine.staged(table):
        for case in range(len(batch.report)):
            findings = list(batch.findings(case))
            if batch.verdict[case]:
                (one,) = findings
                known = (*batch.name(case), batch.verdict[case], "none")
                assert (one.id, one.chapter, one.rule, one.verdict, one.severity) == known
            else:
                assert all(one.verdict not in AGREE or one.rule != "ratio" for one in findings)


@pytest.mark.parametrize("edited", [0.0, 0.1])
def test_one_report_comes_out_the_same_among_others(edited: float) -> None:
    """A report alone, after another school's and between its own: the same findings."""
    alone = [_made(2021, seed, edited, 0.02) for seed in (1, 2)]
    both = engine.table_of(*alone)
    for number, report in enumerate(alone):
        assert _verdicts(both, number) == _verdicts(engine.table_of(report), 0)


NUMBERS = st.one_of(
    st.decimals(min_value=-(10**9), max_value=10**9, places=4),
    st.integers(-(10**30), 10**30).map(Decimal),
    st.integers(-99, 99).map(lambda n: Decimal(n) / 3),
)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Any interval, exact or not, now and then without an upper end."""
    low, value, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    kind = draw(st.sampled_from(["exact", "open", "closed", "closed"]))
    if kind == "exact":
        return Interval.exact(value)
    return Interval(value, low, INFINITY if kind == "open" else high)


JOINS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


@given(a=intervals(), b=intervals(), operator=st.sampled_from("+-*/"), many=st.booleans())
def test_arithmetic_is_that_of_decimals(
    a: Interval, b: Interval, operator: str, many: bool
) -> None:
    """In 64 bits where they suffice, beyond them, and with infinite ends."""
    assume(operator != "-" or b.high.is_finite() or a.high.is_finite())
    size = 100 if many else 1  # few cases are Python's integers at once
    first, second = (Spans.of([x, x]).take(np.zeros(size, np.int64)) for x in (a, b))
    if operator == "/" and second.may_be_zero()[0]:
        with pytest.raises(ZeroDivisionError):
            JOINS[operator](a, b)
        return
    found = JOINS[operator](first, second).interval(size - 1)
    assert plain.same(JOINS[operator](a, b), found)


@given(a=intervals(), b=intervals())
def test_comparisons_are_those_of_decimals(a: Interval, b: Interval) -> None:
    first, second = Spans.of([a]), Spans.of([b])
    assert first.meets(second)[0] == a.meets(b)
    assert exact.at_most(first.high, second.high)[0] == (a.high <= b.high)
    assert exact.less(first.low, second.value)[0] == (a.low < b.value)
    assert first.exact_only()[0] == a.is_exact


@given(own=st.lists(intervals(), min_size=1, max_size=5))
def test_sums_and_extremes_are_those_of_decimals(own: list[Interval]) -> None:
    spans, there = Spans.of([*own, Interval.exact(7)]), np.array([[True] * len(own) + [False]])
    members = spans.take(np.arange(len(own) + 1)[np.newaxis, :])
    assert plain.same(plain.added(own), exact.total(members, there).interval(0))
    for least, pick in ((True, min), (False, max)):
        ends = (pick(getattr(i, end) for i in own) for end in ("value", "low", "high"))
        assert plain.same(Interval(*ends), exact.extreme(members, there, least=least).interval(0))


def test_a_product_beyond_64_bits_is_exact() -> None:
    """10¹² × 10¹² × 100 overflows twice over, in one case of a hundred."""
    large, small = Interval.exact(10**12 + 1), Interval.exact(3)
    spans = Spans.of([small, large]).take(np.array([0] * 99 + [1]))
    found = spans * spans * Spans.exact(100)
    assert found.interval(99).value == Decimal((10**12 + 1) ** 2 * 100).normalize()
    assert found.interval(0).value == 900
    assert exact.equal(found.value, found.value).all()


def test_a_third_is_a_third() -> None:
    """120 亩 are 80 000 m² exactly, and 100 亩 are 200 000 thirds."""
    assert quantities.parse("120亩").value == 80_000
    one, three = quantities.parse("100亩"), Interval.exact(3)
    found = Spans.of([one]) * Spans.of([three])
    assert exact.equal(found.value, Spans.exact(200_000).value)[0]
