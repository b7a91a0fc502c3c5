"""A linear programme that is solved again and again with other bounds. The only place that knows HiGHS."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import accumulate
from typing import Any, Final, NamedTuple

INFINITE: Final = float("inf")
_ZERO: Final = 1e-9
_OPTIONS: Final[Mapping[str, object]] = {
    "log_to_console": False,
    "threads": 1,
    "presolve": "off",  # which finds no proof of infeasibility
    "primal_feasibility_tolerance": 1e-9,
}
Bounds = tuple[float, float]


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


class Row(NamedTuple):
    """`low <= sum of weights * columns <= high`."""

    weights: Mapping[int, float]
    low: float
    high: float


class Part(NamedTuple):
    """Some columns and rows of a programme, by number."""

    columns: frozenset[int] = frozenset()
    rows: frozenset[int] = frozenset()


class Programme:
    """Columns within bounds, and rows of weighted sums of them within bounds."""

    def __init__(self, bounds: Sequence[Bounds], rows: Sequence[Row]) -> None:
        self._bounds, self._rows, self._changed = bounds, rows, Part()
        highspy = _highs()
        self._solver = highspy.Highs()
        self._solver.silent()
        for name, setting in _OPTIONS.items():
            self._solver.setOptionValue(name, setting)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(bounds), len(rows)
        model.col_cost_ = [0.0] * len(bounds)
        model.col_lower_ = [low for low, _ in bounds]
        model.col_upper_ = [high for _, high in bounds]
        model.row_lower_ = [row.low for row in rows]
        model.row_upper_ = [row.high for row in rows]
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = [0, *accumulate(len(row.weights) for row in rows)]
        matrix.index_ = [column for row in rows for column in row.weights]
        matrix.value_ = [weight for row in rows for weight in row.weights.values()]
        self._solver.passModel(model)

    def change(self, columns: Mapping[int, Bounds], free: frozenset[int]) -> None:
        """Give these columns other bounds and these rows none; all others have their own."""
        for column in self._changed.columns - columns.keys():
            self._solver.changeColBounds(column, *self._bounds[column])
        for row in self._changed.rows - free:
            self._solver.changeRowBounds(row, self._rows[row].low, self._rows[row].high)
        for column, bounds in columns.items():
            self._solver.changeColBounds(column, *bounds)
        for row in free:
            self._solver.changeRowBounds(row, -INFINITE, INFINITE)
        self._changed = Part(frozenset(columns), free)

    def proof(self) -> Part | None:
        """None if the rows can be satisfied, else what together cannot be (from a dual ray)."""
        if self._optimum() is not None:
            return None
        _, known, ray = self._solver.getDualRay()
        if not known:
            return Part(frozenset(range(len(self._bounds))), frozenset(range(len(self._rows))))
        used = {row: ray[row] for row in range(len(self._rows)) if abs(ray[row]) > _ZERO}
        total: dict[int, float] = {}
        size: dict[int, float] = {}
        for row, multiple in used.items():
            for column, weight in self._rows[row].weights.items():
                total[column] = total.get(column, 0.0) + multiple * weight
                size[column] = size.get(column, 0.0) + abs(multiple * weight)
        columns = (column for column in total if abs(total[column]) > _ZERO * size[column])
        return Part(frozenset(columns), frozenset(used))

    def span(self, column: int) -> Bounds:
        """The least and the greatest value of a column where the rows can be satisfied."""
        ends = []
        for cost in (1.0, -1.0):
            self._solver.changeColCost(column, cost)
            values = self._optimum()
            ends.append(cost * INFINITE if values is None else values[column])
        self._solver.changeColCost(column, 0.0)
        return ends[0], ends[1]

    def _optimum(self) -> Any:
        """The columns' values, or None if nothing satisfies the rows."""
        self._solver.run()
        if self._solver.getModelStatus() != _highs().HighsModelStatus.kOptimal:
            return None
        return self._solver.getSolution().col_value
