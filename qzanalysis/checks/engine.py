"""All rules over one report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qzanalysis.checks import (
    completeness,
    generic,
    grim,
    peers,
    ranges,
    repeats,
    restated,
    standards,
)
from qzanalysis.checks.advice import advice
from qzanalysis.checks.figures import Book, open_book
from qzanalysis.checks.findings import Finding, in_order
from qzanalysis.checks.judge import Tested, examine
from qzanalysis.checks.localise import localise
from qzanalysis.checks.rules import Rule, catalogue
from qzanalysis.dataset import Report
from qzanalysis.memory import remembered

_OTHERS = (repeats, ranges, grim, peers, standards, completeness)


def run(report: Report) -> list[Finding]:
    """Test every relation between the figures of a report.

    Where values were decided (`corrections`), they are what is tested; `report.as_printed()` tests
    what stands in the report.

    Returns:
        Findings, worst first, in an order that depends on the figures only.
    """
    previous = open_book(report.previous) if report.previous else None
    return list(_findings((open_book(report), previous)))


@remembered
def _findings(books: tuple[Book, Book | None]) -> tuple[Finding, ...]:
    """What `run` returns, for a report and the school's report before it."""
    book, previous = books
    tested = examine_rules(book)
    found = untold(book, previous, tested)
    told = advice(book, tested, found, localise(book, tested))
    return tuple(in_order(replace(f, suggestion=told[f.id]) if f.id in told else f for f in found))


def untold(book: Book, previous: Book | None, tested: Sequence[Tested]) -> list[Finding]:
    """The findings of every rule, in no order and without suggestions, which take longest.

    Args:
        book: the report.
        previous: the school's report before it.
        tested: what `examine_rules` gave.
    """
    found = [one.finding for one in tested]
    for module in _OTHERS:
        found += module.findings(book)
    return [*found, *restated.findings(book, previous)]


def examine_rules(book: Book) -> list[Tested]:
    """Every rule of the catalogue and every generated one, as tested."""
    return [one for rule in rules_for(book) for one in examine(rule, book)]


def rules_for(book: Book) -> list[Rule]:
    """The generated rules, then the catalogue's; a line of the same id replaces a generated one."""
    rules = {rule.id: rule for rule in generic.rules(book)}
    rules |= {rule.id: rule for rule in catalogue()}
    return list(rules.values())
