"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import papermill  # noqa: F401  # imports its engines: before the module of ours
import pytest

import qzanalysis

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(qzanalysis.__path__, "qzanalysis.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
