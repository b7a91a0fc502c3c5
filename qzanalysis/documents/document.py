"""What a document holds before anything of it has a meaning: its tables, and the text around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from qzanalysis.documents import grids
from qzanalysis.documents.grids import Grid


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line or paragraph outside the tables, and where it stands."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """Tables and running text, each in reading order."""

    grids: tuple[Grid, ...]
    spoken: tuple[Spoken, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something an extractor found and could not place: listed for a person, never guessed."""

    text: str
    origin: str
    reason: str


def to_json(document: Document) -> dict[str, Any]:
    """A document as plain lists, to hand over between processes."""
    return {
        "grids": [grids.to_json(grid) for grid in document.grids],
        "spoken": [astuple(each) for each in document.spoken],
    }


def from_json(plain: Mapping[str, Any]) -> Document:
    """The inverse of `to_json`."""
    return Document(
        tuple(grids.from_json(grid) for grid in plain["grids"]),
        tuple(Spoken(*each) for each in plain["spoken"]),
    )
