"""A small mixed-integer programme: columns, rows, solve. The only place that knows HiGHS."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

INFINITE = float("inf")


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

    def solve(self, costs: Mapping[int, float] | None = None) -> list[float] | None:
        """The columns' values at the optimum, or None if nothing satisfies the rows.

        Args:
            costs: other costs than the columns' own, for asking how far one column can go.
        """
        highspy = _highs()
        solver = highspy.Highs()
        solver.silent()
        solver.setOptionValue("log_to_console", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 1)
        solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
        solver.setOptionValue("primal_feasibility_tolerance", 1e-9)
        solver.passModel(self._model(highspy, costs))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return list(solver.getSolution().col_value)

    def _model(self, highspy: Any, costs: Mapping[int, float] | None) -> Any:
        model = highspy.HighsLp()
        count = len(self.costs)
        model.num_col_, model.num_row_ = count, len(self.rows)
        chosen = self.costs if costs is None else [costs.get(n, 0.0) for n in range(count)]
        model.col_cost_ = chosen
        model.col_lower_ = [low for low, _ in self.bounds]
        model.col_upper_ = [high for _, high in self.bounds]
        model.row_lower_ = [low for _, low, _ in self.rows]
        model.row_upper_ = [high for _, _, high in self.rows]
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in self.whole]
        starts, index, value = [0], [], []
        for weights, _, _ in self.rows:
            index += list(weights)
            value += list(weights.values())
            starts.append(len(index))
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_, matrix.index_, matrix.value_ = starts, index, value
        return model
