"""Reproducible analysis of the annual quality reports of vocational schools.

The names that a notebook needs. They load on first use, so that a command that only prints its help
does not wait for pandas. `docs/for-researchers.md` shows how to use them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PLACES = {
    "Report": "reports.report:Report",
    "audit": "audit",
    "blocks": "pages.blocks",
    "charts": "pages.charts",
    "check_parameters": "publishing.parameters:check_parameters",
    "codebook": "codebook",
    "comparison": "pages.comparison",
    "corrections": "reports.corrections",
    "facts": "figures.facts",
    "load": "reports.corrections:load",
    "measures": "measures",
    "narrative": "pages.narrative",
    "problems": "pages.problems",
    "questions": "pages.questions",
    "sentence": "figures.sentences:sentence",
}
__all__ = list(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'qzanalysis' has no attribute {name!r}")
    path, _, member = _PLACES[name].partition(":")
    module = import_module(f"qzanalysis.{path}")
    return getattr(module, member) if member else module
