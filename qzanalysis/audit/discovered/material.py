"""What discovery works on: tables of located numbers and passages of text, free of any file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qzanalysis.figures.located import Located


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A table.

    Attributes:
        caption, place: its title, and `表7`.
        labels: for each row of the body, its label from the outermost group inwards.
        heads: for each column, its heading from the uppermost inwards.
        values: rows by columns; None where a cell is no single figure.
        lists: figures of the cells that hold several, by row and column.
        others: numbers that are no figure of the body: in headings, labels, serial numbers, lists.
        source: the table it was read from, for the page.
    """

    caption: str
    place: str
    labels: tuple[tuple[str, ...], ...]
    heads: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Located | None, ...], ...]
    lists: Mapping[tuple[int, int], tuple[Located, ...]]
    others: tuple[Located, ...]
    source: Any = None

    @property
    def numbers(self) -> tuple[Located, ...]:
        """Every number of the table."""
        return (*(each for row in self.values for each in row if each), *self.others)


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A paragraph: its text, and its numbers with the span of characters each stands in."""

    text: str
    spans: tuple[tuple[int, int, Located], ...]
    place: str

    @property
    def numbers(self) -> tuple[Located, ...]:
        """Every number of the paragraph."""
        return tuple(number for _, _, number in self.spans)


@dataclass(frozen=True, slots=True)
class Material:
    """A document: its tables, its passages, both in reading order, and places that are unread."""

    sheets: tuple[Sheet, ...]
    passages: tuple[Passage, ...]
    order: tuple[Sheet | Passage, ...]
    unread: int = 0

    @property
    def numbers(self) -> tuple[Located, ...]:
        """Every number that was read, in reading order."""
        return tuple(number for part in self.order for number in part.numbers)
