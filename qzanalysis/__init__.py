"""Reproducible analysis of the annual quality reports of vocational schools.

The table of contents: what a notebook needs. Names load on first use, so that a command that only
prints its help does not wait for pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Report": "qzanalysis.dataset",
    "load": "qzanalysis.corrections",
    "sentence": "qzanalysis.sentences",
}
_ROOMS = (
    "blocks",
    "charts",
    "checks",
    "codebook",
    "comparison",
    "corrections",
    "dataset",
    "facts",
    "measures",
    "narrative",
    "panel",
    "problems",
)

__all__ = [
    "Report",
    "blocks",
    "charts",
    "checks",
    "codebook",
    "comparison",
    "corrections",
    "dataset",
    "facts",
    "load",
    "measures",
    "narrative",
    "panel",
    "problems",
    "sentence",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _ROOMS:
        return import_module(f"qzanalysis.{name}")
    raise AttributeError(f"module 'qzanalysis' has no attribute {name!r}")
