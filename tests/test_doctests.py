"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import papermill  # noqa: F401  # imports its engines: before the module of ours
import pytest

import qzanalysis
from qzanalysis import load, measures
from qzanalysis.reports.report import Report

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(qzanalysis.__path__, "qzanalysis.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str, report: Report) -> None:
    """In all examples, `report` is the report of 2021 and `scale` its `measures.enrolment`."""
    given = {"load": load, "report": report, "scale": measures.enrolment(report)}
    assert doctest.testmod(import_module(name), extraglobs=given).failed == 0
