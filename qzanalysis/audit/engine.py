"""All rules over one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qzanalysis.audit import (
    completeness,
    generic,
    grim,
    peers,
    ranges,
    repeats,
    restated,
    standards,
)
from qzanalysis.audit.advice import advice
from qzanalysis.audit.figures import Book, Figure, bind, printed
from qzanalysis.audit.findings import Finding, in_order
from qzanalysis.audit.judge import Tested, examine
from qzanalysis.audit.localise import localise
from qzanalysis.audit.rules import Rule, catalogue
from qzanalysis.reports.loading import Report
from qzanalysis.reports.memory import remembered

_OTHERS = (repeats, ranges, grim, peers, standards, completeness)


def run(report: Report) -> list[Finding]:
    """Test every relation between the figures of a report.

    Where values were decided (`corrections`), they are what is tested; `report.as_printed()` tests
    what stands in the report.

    Returns:
        Findings, worst first, in an order that depends on the figures only.
    """
    reports = (report, report.previous) if report.previous else (report,)
    return list(
        _findings(tuple((r.year, printed(r.observations.to_dict("records"))) for r in reports))
    )


@remembered
def _findings(reports: tuple[tuple[int, tuple[Figure, ...]], ...]) -> tuple[Finding, ...]:
    """What `run` returns, from year and figures of a report, and of the school's one before it."""
    book, *earlier = (bind(year, figures) for year, figures in reports)
    previous = earlier[0] if earlier else None
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
    return with_catalogue(generic.rules(book))


def with_catalogue(generated: Iterable[Rule]) -> list[Rule]:
    """Generated rules and the catalogue's, each id once."""
    rules = {rule.id: rule for rule in (*generated, *catalogue())}
    return list(rules.values())
