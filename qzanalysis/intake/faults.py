"""The problems of one import: collected from all sheets and files, worded by `faults.csv`.

Whatever ends a verb at once, before any figure is validated, is worded by `refusals.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from qzanalysis import codebook
from qzanalysis.errors import MOST_PROBLEMS, BadData, Problem, UsageError, shown


@dataclass(slots=True)
class Faults:
    """The problems of one import, in the order of its sheets, files and rows."""

    problems: list[Problem] = field(default_factory=list)

    def add(
        self, fault: str, value: str, file: str, row: Any = None, column: Any = None, **details: Any
    ) -> None:
        """Add a problem.

        Args:
            fault: id of `faults.csv`.
            value: the text that is wrong.
            file, row, column: its place; row and column are None for a whole sheet or file.
            details: the words that the expectation and the remedy leave open.

        Raises:
            BadData: a message can hold no more; its last line says so. Searching for near names
                takes time, so the rest of the input is not read.
        """
        if len(self.problems) == MOST_PROBLEMS - 1:
            rest = Problem("其余", None, None, "尚未检查", *_wordings("faults")["rest"])
            raise BadData([*self.problems, rest])
        advice = (text.format(**details) for text in _wordings("faults")[fault])
        self.problems.append(Problem(file, row, column, shown(value), *advice))


def refusal(name: str, /, **details: object) -> UsageError:
    """The error for an input that cannot be used; `name` is an id of `refusals.csv`."""
    return UsageError(message(name, **details))


def message(name: str, /, **details: object) -> str:
    """A message of `refusals.csv`, with its details filled in."""
    (text,) = _wordings("refusals")[name]
    return text.format(**details)


@cache
def _wordings(table: str) -> dict[str, tuple[str, ...]]:
    """The texts of a table of this package, by id."""
    rows = codebook.read_table(Path(__file__).with_name(f"{table}.csv")).to_numpy()
    return {name: tuple(texts) for name, *texts in rows}
