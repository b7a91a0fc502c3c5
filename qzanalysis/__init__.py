"""Reproducible analysis of the annual quality reports of vocational schools.

The table of contents: what a notebook needs. Names load on first use, so that a command that only
prints its help does not wait for pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Report": "qzanalysis.reports.loading",
    "check_parameters": "qzanalysis.publishing.parameters",
    "load": "qzanalysis.reports.corrections",
    "sentence": "qzanalysis.figures.sentences",
}
_MODULES = {
    "audit": "qzanalysis.audit",
    "blocks": "qzanalysis.pages.blocks",
    "charts": "qzanalysis.pages.charts",
    "codebook": "qzanalysis.codebook",
    "comparison": "qzanalysis.pages.comparison",
    "corrections": "qzanalysis.reports.corrections",
    "facts": "qzanalysis.figures.facts",
    "measures": "qzanalysis.measures",
    "narrative": "qzanalysis.pages.narrative",
    "problems": "qzanalysis.pages.problems",
}

__all__ = [
    "Report",
    "audit",
    "blocks",
    "charts",
    "check_parameters",
    "codebook",
    "comparison",
    "corrections",
    "facts",
    "load",
    "measures",
    "narrative",
    "problems",
    "sentence",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in _MODULES:
        return import_module(_MODULES[name])
    raise AttributeError(f"module 'qzanalysis' has no attribute {name!r}")
