"""A small mixed-integer programme: columns, rows, solve. The only place that knows HiGHS."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Any, Final

INFINITE: Final = float("inf")
_ZERO: Final = 1e-9
_OPTIONS: Final[Mapping[str, object]] = {
    "log_to_console": False,
    "threads": 1,
    "random_seed": 1,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
}


@cache
def _highs() -> Any:
    """Imported when first needed: most commands never localise an error."""
    import highspy  # noqa: PLC0415

    with _mute():
        # the first one prints a banner, before any option can be set
        highspy.Highs()  # type: ignore[no-untyped-call, unused-ignore]
    return highspy


@contextmanager
def _mute() -> Iterator[None]:
    """Send the process's standard output nowhere: HiGHS writes past Python, into our JSON."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
        _flush()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _flush() -> None:
    """Empty the C library's buffer, so that nothing comes out later."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).fflush(None)


@dataclass
class Programme:
    """Minimise cost over columns within bounds, subject to rows within bounds."""

    costs: list[float] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[dict[int, float], float, float]] = field(default_factory=list)

    def column(self, low: float, high: float, *, cost: float = 0.0, whole: bool = False) -> int:
        """Add a column; returns its number."""
        self.costs.append(cost)
        self.bounds.append((low, high))
        self.whole.append(whole)
        return len(self.costs) - 1

    def row(self, weights: Mapping[int, float], low: float, high: float) -> None:
        """Add a row: `low <= sum of weights * columns <= high`."""
        self.rows.append((dict(weights), low, high))

    def solve(self) -> list[float] | None:
        """The columns' values at the optimum, or None if nothing satisfies the rows."""
        return _optimum(self._solver(self.costs, self.whole))

    def fixed(self) -> Fixed:
        """The programme as it stands, with every whole column fixed at 0 until another is named."""
        solver = self._solver([0.0] * len(self.costs), [False] * len(self.costs))
        solver.setOptionValue("presolve", "off")  # which finds no proof of infeasibility
        free = [{column for column in weights if self.whole[column]} for weights, _, _ in self.rows]
        for number in set[int]().union(*free):
            solver.changeColBounds(number, 0.0, 0.0)
        return Fixed(solver, free)

    def _solver(self, costs: Sequence[float], whole: Sequence[bool]) -> Any:
        highspy = _highs()
        solver = highspy.Highs()
        solver.silent()
        for name, value in _OPTIONS.items():
            solver.setOptionValue(name, value)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(costs), len(self.rows)
        model.col_cost_ = costs
        model.col_lower_ = [low for low, _ in self.bounds]
        model.col_upper_ = [high for _, high in self.bounds]
        model.row_lower_ = [low for _, low, _ in self.rows]
        model.row_upper_ = [high for _, _, high in self.rows]
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in whole]
        weights = [own for own, _, _ in self.rows]
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = [0, *accumulate(map(len, weights))]
        matrix.index_ = [column for own in weights for column in own]
        matrix.value_ = [value for own in weights for value in own.values()]
        solver.passModel(model)
        return solver


class Fixed:
    """A programme whose whole columns are fixed, solved again and again from where it was left."""

    def __init__(self, solver: Any, free: Sequence[set[int]]) -> None:
        self._solver, self._free = solver, free

    def conflict(self, ones: Collection[int]) -> set[int] | None:
        """None if the rows can be satisfied, else whole columns of which one more has to be 1.

        They are those of the rows that prove the contradiction (a dual ray).

        Args:
            ones: the whole columns that are 1; the others are 0.
        """
        with self._set(ones):
            if _optimum(self._solver) is not None:
                return None
            _, _, ray = self._solver.getDualRay()
        proof = [own for own, weight in zip(self._free, ray, strict=True) if abs(weight) > _ZERO]
        return set[int]().union(*proof) - set(ones)

    def span(self, ones: Collection[int], column: int) -> tuple[float, float]:
        """The least and the greatest value of a column where the rows can be satisfied."""
        ends = []
        with self._set(ones):
            for cost in (1.0, -1.0):
                self._solver.changeColCost(column, cost)
                values = _optimum(self._solver)
                ends.append(cost * INFINITE if values is None else values[column])
        self._solver.changeColCost(column, 0.0)
        return ends[0], ends[1]

    @contextmanager
    def _set(self, ones: Collection[int]) -> Iterator[None]:
        for number in ones:
            self._solver.changeColBounds(number, 1.0, 1.0)
        yield
        for number in ones:
            self._solver.changeColBounds(number, 0.0, 0.0)


def _optimum(solver: Any) -> list[float] | None:
    solver.run()
    if solver.getModelStatus() != _highs().HighsModelStatus.kOptimal:
        return None
    return list(solver.getSolution().col_value)
