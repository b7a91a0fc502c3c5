"""The engine comes to what plain decimals come to, whatever the reports look like."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qzanalysis import codebook, load
from qzanalysis.audit import engine, relations
from qzanalysis.audit.findings import AGREE
from qzanalysis.audit.spans import Span, agreement, extreme, span_of
from qzanalysis.figures import quantities
from qzanalysis.figures.intervals import INFINITY, Interval
from qzanalysis.reports.report import Report

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


def _verdicts(report: Report) -> dict[str, str]:
    """Id → verdict of every relation of a report, as plain decimals name it."""
    return {case.name: case.verdict or "fails" for case in relations.cases(engine.book(report))}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    year=st.sampled_from([2018, 2020, 2021]),
    seeds=st.lists(st.integers(0, 2**32), min_size=3, max_size=3, unique=True),
    edited=st.sampled_from([0.0, 0.02, 0.1, 0.5]),
    left_out=st.sampled_from([0.0, 0.02, 0.3, 0.9]),
)
def test_every_verdict_is_that_of_plain_decimals(
    year: int, seeds: list[int], edited: float, left_out: float
) -> None:
    """No two reports print the same figures."""
    for seed in seeds:
        report = _made(year, seed, edited, left_out)
        assert _verdicts(report) == plain.verdicts(report)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), edited=st.sampled_from([0.02, 0.1, 0.5]))
def test_sentences_keep_the_verdict(seed: int, edited: float) -> None:
    """What agrees without a sentence agrees with one; what does not hold is never said to agree."""
    for case in relations.cases(engine.book(_made(2021, seed, edited, 0.02))):
        finding = case.finding
        assert (finding.id, finding.chapter) == (case.name, case.rule.chapter)
        assert finding.severity != "none" or case.verdict in AGREE
        if case.verdict:
            assert finding.verdict == case.verdict
        else:
            assert finding.verdict not in AGREE


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


@given(a=intervals(), b=intervals(), operator=st.sampled_from("+-*/"))
def test_arithmetic_is_that_of_decimals(a: Interval, b: Interval, operator: str) -> None:
    """Whatever the size, and with infinite ends."""
    first, second = span_of(a), span_of(b)
    if operator == "/" and b.low <= 0 <= b.high:
        for pair in ((a, b), (first, second)):
            with pytest.raises(ZeroDivisionError):
                JOINS[operator](*pair)
        return
    assert plain.same(JOINS[operator](a, b), JOINS[operator](first, second).interval())


@given(a=intervals(), b=intervals())
def test_comparisons_are_those_of_decimals(a: Interval, b: Interval) -> None:
    first, second = span_of(a), span_of(b)
    assert first.meets(second) == a.meets(b)
    assert first.at_most(second) == (a.low <= b.high)
    assert first.same_value(second) == (a.value == b.value)
    assert first.is_exact == a.is_exact


@given(own=st.lists(intervals(), min_size=1, max_size=5))
def test_sums_and_extremes_are_those_of_decimals(own: list[Interval]) -> None:
    spans = [span_of(interval) for interval in own]
    assert plain.same(plain.added(own), sum(spans, Span.exact(0)).interval())
    for least, pick in ((True, min), (False, max)):
        ends = (pick(getattr(i, end) for i in own) for end in ("value", "low", "high"))
        assert plain.same(Interval(*ends), extreme(spans, least=least).interval())


def test_a_large_product_is_exact() -> None:
    """(10¹² + 1)² × 100 has more digits than a decimal of 28 holds with another factor."""
    large = Span.exact(10**12 + 1)
    found = large * large * large * Span.exact(100)
    assert (found.value, found.over) == ((10**12 + 1) ** 3 * 100, 1)


def test_a_quotient_multiplied_back_is_the_number() -> None:
    """96 ÷ 268 × 67 is 24, which decimals miss in the last digit; 268 ÷ 96 rounded is 3."""
    quotient = Span.exact(96) / Span.exact(268)
    assert agreement(Span.exact(24), quotient * Span.exact(67)) == "holds"
    assert (Span.exact(268) / Span.exact(96)).rounded().interval() == Interval.exact(3)


def test_halves_are_rounded_away_from_zero() -> None:
    """2.5 → 3, −2.5 → −3, 2.4 → 2; an endless end stays."""
    whole = Span(-5, 5, float("inf"), 2).rounded()
    assert (whole.low, whole.value, whole.high, whole.over) == (-3, 3, float("inf"), 1)
    assert Span.exact(Decimal("2.4")).rounded().value == 2


def test_a_third_is_a_third() -> None:
    """120 亩 are 80 000 m² exactly, and 100 亩 are 200 000 thirds."""
    assert quantities.parse("120亩").value == 80_000
    found = span_of(quantities.parse("100亩")) * Span.exact(3)
    assert found.same_value(Span.exact(200_000))
