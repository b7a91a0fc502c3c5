"""Numeric pandas frames, with the facts their numbers come from.

Measures compute with `Fact`s, which keep their origins. People plot and model with numbers. A
`Table` (or `Column`) is an ordinary numeric frame (or series) whose `facts` are the same cells as
`Fact`s. Anything computed from it is a plain pandas object: a number that was changed has no origin.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from numbers import Real
from typing import Any, ClassVar, ParamSpec, TypeVar

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, absent, constant

P = ParamSpec("P")
Data = TypeVar("Data", pd.DataFrame, pd.Series)


class Column(pd.Series):
    """A numeric series made from a series of facts; see `numbers` for its type."""

    _metadata: ClassVar[list[str]] = [*pd.Series._metadata, "_facts", "_numbers"]  # type: ignore[attr-defined]

    def __init__(self, facts: pd.Series) -> None:
        super().__init__(numbers(facts))  # type: ignore[call-arg]
        self._facts, self._numbers = facts, pd.Series(self)

    def __finalize__(self, other: Any, method: str | None = None, **_: Any) -> pd.Series:
        """A result that pandas makes of this type, as a plain series: it has no facts."""
        return pd.Series(self)

    @property
    def facts(self) -> pd.Series:
        """The same values as `Fact`s, with origins, statuses and formulas."""
        return self._facts.copy()


class Table(pd.DataFrame):
    """A numeric frame made from a frame of facts; columns of words stay as they are.

    Args:
        facts: rows are what is compared, columns are years or parts, cells are `Fact`s.

    >>> from qzanalysis.figures.facts import constant
    >>> table = Table(pd.DataFrame({2020: [constant(4, "人", "甲")], 2021: [absent("乙", "%")]}))
    >>> [str(kind) for kind in table.dtypes], table.facts.loc[0, 2020].label
    (['Int64', 'float64'], '甲')
    """

    _metadata: ClassVar[list[str]] = ["_facts", "_numbers"]

    def __init__(self, facts: pd.DataFrame) -> None:
        columns = {name: numbers(column) for name, column in facts.items()}
        super().__init__(columns, index=facts.index, columns=facts.columns)  # type: ignore[call-arg]
        self._facts, self._numbers = facts, pd.DataFrame(self)

    def __finalize__(self, other: Any, method: str | None = None, **_: Any) -> pd.DataFrame:
        """A result that pandas makes of this type (`T`), as a plain frame: it has no facts."""
        return pd.DataFrame(self)

    @property
    def facts(self) -> pd.DataFrame:
        """The same cells as `Fact`s, with origins, statuses and formulas."""
        return self._facts.copy()


def numbers(facts: pd.Series) -> pd.Series:
    """A series of facts as numbers.

    Returns:
        `Int64` (missing: NA) where no unit is a measure and every value is whole, else
        `float64` (missing: NaN). A series that holds anything but facts comes back with the type
        that pandas infers.
    """
    if not all(isinstance(fact, Fact) for fact in facts) or facts.empty:
        return facts.infer_objects()
    values = [fact.value for fact in facts]
    whole = all(value is None or value == value.to_integral_value() for value in values)
    if whole and all(codebook.unit(fact.unit)["kind"] != "measure" for fact in facts):
        cells: Any = pd.array([None if v is None else int(v) for v in values], dtype="Int64")
    else:
        cells = [float(fact) for fact in facts]
    return pd.Series(cells, index=facts.index, name=facts.name)


def numeric(measure: Callable[P, pd.DataFrame]) -> Callable[P, Table]:
    """Let a function that returns a frame of facts return the `Table` of it."""

    @wraps(measure)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> Table:
        return Table(measure(*arguments, **options))

    return wrapped


def sourced(data: Data) -> Data:
    """The facts of a `Table` or `Column`.

    Any other data, and a `Table` whose numbers were changed in place, is returned as it is: its
    numbers have no origin.
    """
    if isinstance(data, Table | Column) and data.equals(data._numbers):
        return data.facts
    return data


def as_facts(data: Data) -> Data:
    """The facts of a `Table` or `Column`; any other number becomes a `Fact` without an origin.

    >>> as_facts(pd.Series([1.5, None], index=["甲", "乙"])).map(lambda fact: fact.text()).to_list()
    ['1.5', '—']
    """
    return sourced(data).map(_as_fact)


def _as_fact(cell: Any) -> Any:
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return absent("—", "")
    if isinstance(cell, Real) and not isinstance(cell, bool):
        fact = constant(float(cell), "", "—")
        return fact.shown(min(fact.decimals, 2))
    return cell
