"""Which figure is wrong? The smallest set whose change makes every relation hold.

Fellegi and Holt (1976), solved as a mixed-integer programme: every reading of a figure has a
switch that says "this is wrong" and frees its value; the sum of switches is minimised over all
linear rules together. A figure printed in several places is a little dearer to change than one
printed once, which orders equals but never outweighs a whole figure. Sets of the same size are
all told; equally dear ones are told as ties.

Contradictions that share no figure are solved apart: each with every relation that holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qzanalysis.audit.constraints import Constraint, constraints, readings_in_conflict, span
from qzanalysis.audit.lookup import unit
from qzanalysis.audit.relations import Tested
from qzanalysis.audit.solver import INFINITE, Fixed, Programme
from qzanalysis.audit.table import Book, Key, Reading

AGAIN: Final = 0.05  # how much dearer a figure is for each further place that prints it
MOST_PLACES: Final = 4  # further places that count
ALTERNATIVES: Final = 6
MOST_SETS: Final = 100
REACH: Final = 3  # relations away from a contradiction that still bear on it


@dataclass(frozen=True)
class Change:
    """One figure to change, and the interval in which its value must then lie."""

    reading: Reading
    low: float
    high: float


@dataclass(frozen=True)
class Repair:
    """A smallest set of changes that makes everything agree, with its cost."""

    changes: tuple[Change, ...]
    cost: float


@dataclass(frozen=True)
class Cluster:
    """Contradictions that share figures, and the repairs for them, cheapest first."""

    findings: frozenset[str]
    keys: frozenset[Key]
    repairs: tuple[Repair, ...]


def localise(book: Book, tested: Sequence[Tested]) -> list[Cluster]:
    """The contradictions of a report, grouped by shared figures, with their smallest repairs."""
    linear = constraints(tested)
    conflicts = readings_in_conflict(book)
    cut = {one.claim for one in tested if one.finding.verdict == "truncated" and one.claim}
    sound = [c for c in linear if not c.broken]

    of_key: dict[Key, list[int]] = {}
    for number, constraint in enumerate(sound):
        for key in constraint.keys:
            of_key.setdefault(key, []).append(number)

    def solved(broken: list[Constraint], keys: set[Key]) -> Cluster:
        near = [sound[n] for n in _near(sound, of_key, keys, conflicts - keys)]
        repairs = _Problem(book, [*broken, *near], keys, cut).repairs()
        return Cluster(frozenset(c.finding for c in broken), frozenset(keys), tuple(repairs))

    clusters: list[Cluster] = []
    for broken, keys in _grouped([c for c in linear if c.broken], conflicts):
        together, apart = solved(broken, keys), []
        if len(together.findings) > 1:
            apart = [solved(*group) for group in _one_by_one(broken, conflicts & keys)]
        clusters += apart if apart and _no_gain(together, apart) else [together]
    return clusters


def _one_by_one(
    broken: list[Constraint], conflicts: set[Key]
) -> list[tuple[list[Constraint], set[Key]]]:
    names = dict.fromkeys(constraint.finding for constraint in broken)
    groups = [[c for c in broken if c.finding == name] for name in names]
    single = [(group, {key for c in group for key in c.keys}) for group in groups]
    covered = {key for _, keys in single for key in keys}
    return single + [([], {key}) for key in sorted(conflicts - covered)]


def _no_gain(together: Cluster, apart: list[Cluster]) -> bool:
    """Whether contradictions that share a figure are no better explained by it together."""
    if not together.repairs or not all(cluster.repairs for cluster in apart):
        return False
    alone = sum(len(cluster.repairs[0].changes) for cluster in apart)
    return len(together.repairs[0].changes) >= alone


def _grouped(
    broken: Iterable[Constraint], conflicts: Iterable[Key]
) -> list[tuple[list[Constraint], set[Key]]]:
    groups: list[tuple[list[Constraint], set[Key]]] = [([], {key}) for key in sorted(conflicts)]
    for constraint in broken:
        touching = [group for group in groups if group[1] & constraint.keys]
        merged = ([constraint], set(constraint.keys))
        for group in touching:
            merged[0].extend(group[0])
            merged[1].update(group[1])
        groups = [group for group in groups if group not in touching] + [merged]
    return groups


def _near(
    sound: Sequence[Constraint], of_key: Mapping[Key, list[int]], keys: set[Key], avoid: set[Key]
) -> list[int]:
    """The relations within reach of some figures, but for those another contradiction blurs."""
    reached, chosen = set(keys), set[int]()
    for _ in range(REACH):
        new = {n for key in reached for n in of_key.get(key, ())} - chosen
        new = {n for n in new if avoid.isdisjoint(sound[n].keys)}
        chosen |= new
        reached |= {key for n in new for key in sound[n].keys}
    return sorted(chosen)


class _Problem:
    """The programme of one cluster: a column for each figure, a switch for each of its readings."""

    def __init__(
        self, book: Book, ties: list[Constraint], centre: set[Key], cut: set[Reading]
    ) -> None:
        self._programme = Programme()
        keys = sorted({key for tie in ties for key in tie.keys} | centre)
        self._limit = _limits(book, keys)
        self._column: dict[Key, int] = {}
        self._switch: dict[Reading, int] = {}
        self._claims = {tie.switch for tie in ties if tie.broken}
        for key in keys:
            self._add_key(book, key, cut)
        for tie in ties:
            self._add_tie(tie)

    def _add_key(self, book: Book, key: Key, cut: set[Reading]) -> None:
        limit = self._limit[unit(key.indicator)]
        low = -limit if "change=" in key.breakdown else 0.0
        column = self._programme.column(low, limit)
        self._column[key] = column
        for reading in book.readings(key):
            further = min(len(reading.figures) - 1, MOST_PLACES)
            switch = self._programme.column(0, 1, cost=1 + AGAIN * further, whole=True)
            self._switch[reading] = switch
            first, last = (float(end) for end in span(reading, truncated=reading in cut))
            self._programme.row({column: 1, switch: first - low}, first, INFINITE)
            if last < limit:
                self._programme.row({column: 1, switch: last - limit}, -INFINITE, last)

    def _add_tie(self, tie: Constraint) -> None:
        weights = {self._column[key]: float(weight) for key, weight in tie.weights}
        low, high = float(tie.low), float(tie.high)
        if tie.switch is None:
            self._programme.row(weights, low, high)
            return
        switch = self._switch[tie.switch]
        reach = sum(abs(float(w)) * self._limit[unit(key.indicator)] for key, w in tie.weights)
        slack = -reach if high == INFINITE else reach
        # low <= w.x + reach*z  or  w.x - reach*z <= high: the switch frees the relation
        self._programme.row(weights | {switch: -slack}, low, high)

    def repairs(self) -> list[Repair]:
        """All smallest repairs, cheapest first, up to `ALTERNATIVES`.

        A set of wrong figures that does not restore agreement leaves a proof of the contradiction;
        any larger repair changes one of the figures of that proof as well. Beyond `MOST_SETS` sets
        of a size, the mixed-integer programme is solved.
        """
        fixed = self._programme.fixed()
        sets = {frozenset[int](): fixed.conflict(())}
        while sets and None not in sets.values():
            larger = {own | {more} for own, proof in sets.items() for more in proof or ()}
            if len(larger) > MOST_SETS:
                return self._larger(fixed)
            sets = {own: fixed.conflict(own) for own in larger}
        found = [self._repair(fixed, own) for own, proof in sets.items() if own and proof is None]
        return sorted(found, key=self._rank)[:ALTERNATIVES]

    def _rank(self, repair: Repair) -> tuple[float, list[tuple[bool, int]]]:
        """Cheapest first; of equals, those that change what was tested."""
        changed = [change.reading for change in repair.changes]
        return repair.cost, [(one not in self._claims, self._switch[one]) for one in changed]

    def _larger(self, fixed: Fixed) -> list[Repair]:
        """The smallest repairs as the mixed-integer programme gives them."""
        found: list[Repair] = []
        while len(found) < ALTERNATIVES and (values := self._programme.solve()) is not None:
            wrong = [number for number in self._switch.values() if values[number] > 0.5]
            if not wrong or (found and len(wrong) > len(found[0].changes)):
                break
            found.append(self._repair(fixed, wrong))
            if len(found) == 1:
                self._programme.row(dict.fromkeys(self._switch.values(), 1), 0, len(wrong))
            self._programme.row(dict.fromkeys(wrong, 1), 0, len(wrong) - 1)
        return found

    def _repair(self, fixed: Fixed, wrong: Collection[int]) -> Repair:
        """A repair with how far each of its figures can go when no other is touched."""
        changed = [reading for reading, number in self._switch.items() if number in wrong]
        changes = tuple(
            Change(reading, *fixed.span(wrong, self._column[reading.key])) for reading in changed
        )
        return Repair(changes, sum(self._programme.costs[number] for number in wrong))


def _limits(book: Book, keys: Iterable[Key]) -> dict[str, float]:
    """For each unit, how large a corrected figure may be: well above anything printed in it."""
    limits: dict[str, float] = {}
    for key in keys:
        values = [abs(reading.interval.value) for reading in book.readings(key)]
        largest = float(max(values, default=Decimal(0)))
        limits[unit(key.indicator)] = max(limits.get(unit(key.indicator), 100.0), 3 * largest + 100)
    return limits
