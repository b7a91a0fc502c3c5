"""Which figure is wrong? The smallest set whose change makes every relation hold.

Fellegi and Holt (1976), solved by linear programmes: a reading that is wrong frees its figure, and
what contradicts itself all the same (a dual ray) names the readings of which one more is wrong, so
that every smallest set is found. A figure printed in several places is a little dearer to change than one
printed once, which orders equals but never outweighs a whole figure. Sets of the same size are
all given; equally dear ones are ties.

Contradictions that share no figure are solved apart: each with every relation that holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import gt
from typing import Final

from qzanalysis.audit.book import Book, Key, Reading, is_change, unit
from qzanalysis.audit.constraints import Constraint, constraints, readings_in_conflict, span
from qzanalysis.audit.relations import Case
from qzanalysis.audit.solver import Bounds, Programme, Row

AGAIN: Final = 0.05  # how much dearer a figure is for each further place that prints it
MOST_PLACES: Final = 4  # further places that count
ALTERNATIVES: Final = 6
MOST_SETS: Final = 3000
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


def localise(book: Book, tested: Sequence[Case]) -> list[Cluster]:
    """The contradictions of a report, grouped by shared figures, with their smallest repairs."""
    linear = constraints(tested)
    conflicts = readings_in_conflict(book)
    cut = {one.claim for one in tested if one.finding.verdict == "truncated" and one.claim}
    sound = [c for c in linear if not c.broken]

    def solved(broken: list[Constraint], keys: set[Key]) -> Cluster:
        near = _near(sound, keys, conflicts - keys)
        repairs = _Problem(book, [*broken, *near], keys, cut).repairs()
        return Cluster(frozenset(c.finding for c in broken), frozenset(keys), tuple(repairs))

    clusters: list[Cluster] = []
    for broken, keys in _grouped([c for c in linear if c.broken], conflicts):
        together = solved(broken, keys)
        groups = _one_by_one(broken, conflicts & keys) if len(together.findings) > 1 else []
        fewest = _fewest(together)  # none where too many figures would have to change at once
        if groups and not 0 < fewest < len(groups):  # each group alone needs a change at least
            apart = [solved(*group) for group in groups]
            alone = [_fewest(cluster) for cluster in apart]
            clusters += apart if not fewest or (all(alone) and fewest >= sum(alone)) else [together]
        else:
            clusters.append(together)
    return clusters


def _fewest(cluster: Cluster) -> int:
    """The number of changes of the smallest repair; 0 where there is none."""
    return len(cluster.repairs[0].changes) if cluster.repairs else 0


def _one_by_one(
    broken: list[Constraint], conflicts: set[Key]
) -> list[tuple[list[Constraint], set[Key]]]:
    names = dict.fromkeys(constraint.finding for constraint in broken)
    groups = [[c for c in broken if c.finding == name] for name in names]
    single = [(group, {key for c in group for key in c.keys}) for group in groups]
    covered = {key for _, keys in single for key in keys}
    return single + [([], {key}) for key in sorted(conflicts - covered)]


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


def _near(sound: Sequence[Constraint], keys: set[Key], avoid: set[Key]) -> list[Constraint]:
    """The relations within reach of some figures, but for those another contradiction blurs."""
    clear = [constraint for constraint in sound if avoid.isdisjoint(constraint.keys)]
    reached, near = set(keys), list[Constraint]()
    for _ in range(REACH):
        near = [constraint for constraint in clear if not reached.isdisjoint(constraint.keys)]
        reached.update(*(constraint.keys for constraint in near))
    return near


class _Problem:
    """One cluster as a linear programme: a column for each figure, within its readings' intervals.

    Readings are numbered. Where some are wrong, their figures' columns are as wide as their unit
    allows, and relations that hold only as long as one of them is right are dropped.
    """

    def __init__(
        self, book: Book, ties: Sequence[Constraint], centre: set[Key], cut: set[Reading]
    ) -> None:
        keys = sorted({key for tie in ties for key in tie.keys} | centre)
        column = {key: at for at, key in enumerate(keys)}
        self._readings = [reading for key in keys for reading in book.readings(key)]
        number = {reading: at for at, reading in enumerate(self._readings)}
        self._column = [column[reading.key] for reading in self._readings]
        self._own: list[list[int]] = [[] for _ in keys]
        for at, own in enumerate(self._column):
            self._own[own].append(at)
        self._ends = [tuple(map(float, span(one, truncated=one in cut))) for one in self._readings]
        self._widest = _widest(keys, self._readings)
        self._switch = [None if tie.switch is None else number[tie.switch] for tie in ties]
        self._claims = {number[tie.switch] for tie in ties if tie.broken and tie.switch}
        rows = [
            Row({column[key]: float(w) for key, w in tie.weights}, float(tie.low), float(tie.high))
            for tie in ties
        ]
        nothing = frozenset[int]()
        bounds = [self._bounds(at, nothing) for at in range(len(keys))]
        self._crossed = [at for at, ends in enumerate(bounds) if gt(*ends)]
        self._programme = Programme(bounds, rows)
        self._proofs: list[frozenset[int]] = []

    def _bounds(self, column: int, wrong: frozenset[int]) -> Bounds:
        """Where the value of a figure may lie."""
        low, high = self._widest[column]
        ends = [self._ends[one] for one in self._own[column] if one not in wrong]
        return max([low, *(end[0] for end in ends)]), min([high, *(end[1] for end in ends)])

    def repairs(self) -> list[Repair]:
        """All smallest repairs, cheapest first, up to `ALTERNATIVES`; none beyond `MOST_SETS` sets.

        A set of wrong readings that does not restore agreement leaves a proof of the contradiction;
        any larger repair changes one of the readings of that proof as well.
        """
        sets, found = {frozenset[int]()}, list[frozenset[int]]()
        while sets and not found and len(sets) <= MOST_SETS:
            proofs = {wrong: self._proof(wrong) for wrong in sets}
            found = [wrong for wrong, proof in proofs.items() if proof is None]
            sets = {wrong | {more} for wrong, proof in proofs.items() for more in proof or ()}
        return [
            self._repair(wrong)
            for wrong in sorted(filter(None, found), key=self._rank)[:ALTERNATIVES]
        ]

    def _proof(self, wrong: frozenset[int]) -> frozenset[int] | None:
        """Readings of which one more must be wrong; None where no more need be."""
        for known in self._proofs:
            if known.isdisjoint(wrong):
                return known
        crossed = (column for column in self._crossed if gt(*self._bounds(column, wrong)))
        found = next((self._binding(column, wrong) for column in crossed), None)
        if found is None:
            found = self._infeasible(wrong)
        if found is not None:
            self._proofs.append(found)
        return found

    def _binding(self, column: int, wrong: frozenset[int]) -> frozenset[int]:
        """The readings that set the bounds of a column."""
        low, high = self._bounds(column, wrong)
        least, most = self._widest[column]
        return frozenset(
            one
            for one in self._own[column]
            if one not in wrong
            and (least < low == self._ends[one][0] or most > high == self._ends[one][1])
        )

    def _infeasible(self, wrong: frozenset[int]) -> frozenset[int] | None:
        self._drop(wrong)
        proof = self._programme.proof()
        if proof is None:
            return None
        switches = {one for row in proof.rows if (one := self._switch[row]) is not None}
        bounds = (self._binding(column, wrong) for column in proof.columns)
        return frozenset(switches - wrong).union(*bounds)

    def _drop(self, wrong: frozenset[int]) -> None:
        """Make the programme that of all readings but these."""
        columns = {self._column[one] for one in wrong}
        bounds = {column: self._bounds(column, wrong) for column in columns}
        free = frozenset(row for row, switch in enumerate(self._switch) if switch in wrong)
        self._programme.change(bounds, free)

    def _rank(self, wrong: frozenset[int]) -> tuple[float, list[tuple[bool, int]]]:
        """Cheapest first; of equals, those that change what was tested."""
        return self._cost(wrong), [(one not in self._claims, one) for one in sorted(wrong)]

    def _cost(self, wrong: frozenset[int]) -> float:
        further = (len(self._readings[one].figures) - 1 for one in sorted(wrong))
        return sum(1 + AGAIN * min(more, MOST_PLACES) for more in further)

    def _repair(self, wrong: frozenset[int]) -> Repair:
        """A repair with how far each of its figures can go when no other is touched."""
        self._drop(wrong)
        changes = tuple(
            Change(self._readings[one], *self._programme.span(self._column[one]))
            for one in sorted(wrong)
        )
        return Repair(changes, self._cost(wrong))


def _widest(keys: Sequence[Key], readings: Iterable[Reading]) -> list[Bounds]:
    """How far each figure could be corrected: well above anything printed in its unit."""
    limits = {unit(key.indicator): 100.0 for key in keys}
    for reading in readings:
        own = unit(reading.key.indicator)
        limits[own] = max(limits[own], 3 * float(abs(reading.interval.value)) + 100)
    widest = [limits[unit(key.indicator)] for key in keys]
    return [
        (-limit if is_change(key.breakdown) else 0.0, limit)
        for key, limit in zip(keys, widest, strict=True)
    ]
