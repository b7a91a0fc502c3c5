"""The problems of one import: collected from all sheets and files, worded by `faults.csv`.

Whatever ends a verb at once, before any figure is validated, is worded by `refusals.csv`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.errors import BadData, Problem, UsageError

MOST: Final = 200  # more are not read, and searching for near names takes time
_LONGEST_SHOWN: Final = 60


@dataclass(slots=True)
class Faults:
    """Problems in the order in which they were found; `more` counts those that are not kept."""

    problems: list[Problem] = field(default_factory=list)
    more: int = 0

    def add(
        self, fault: str, value: str, file: str, row: Any = None, column: Any = None, **details: Any
    ) -> None:
        """Add a problem, or count it if there are too many.

        Args:
            fault: id of `faults.csv`.
            value: the text that is wrong.
            file, row, column: its place; row and column are None for a whole sheet or file.
            details: the words that the expectation and the remedy leave open.
        """
        if len(self.problems) == MOST:
            self.more += 1
        else:
            advice = (text.format(**details) for text in _wordings("faults")[fault])
            self.problems.append(Problem(file, row, column, shown(value), *advice))

    def stop_if_any(self) -> None:
        """End the import if there are problems; a last line says that others are left out.

        Raises:
            BadData: with the problems.
        """
        left = f"至少另有 {self.more} 处"
        rest = (
            [Problem("其余", None, None, left, *_wordings("faults")["rest"])] if self.more else []
        )
        if self.problems:
            raise BadData([*self.problems, *rest])


def shown(value: str) -> str:
    """A value as a message shows it: one line, cut after 60 characters."""
    plain = " ".join(value.split())
    return plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "……"


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
