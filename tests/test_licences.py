"""docs/licences.md names every locked dependency, and none that may not be used freely."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

REPO = Path(__file__).parents[1]
OPEN = {
    "LGPL-3.0-or-later",  # tools of the tests, not part of any report
    "W3C-20150513",
    *(
        "0BSD",
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
    ),
    *("MIT-CMU", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense", "Zlib", "Artistic-1.0"),
}


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    """The tool that writes the page; it lies beside the locks, outside the package."""
    path = REPO / "requirements" / "licences.py"
    specification = importlib.util.spec_from_file_location("licences", path)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_every_locked_dependency_is_listed(licences: ModuleType) -> None:
    """And nothing else."""
    assert set(licences.listed()) == set(licences.locked())


def test_every_licence_is_an_open_one(licences: ModuleType) -> None:
    """Where there is a choice, one of them is enough."""

    def acceptable(text: str) -> bool:
        choices = text.replace("(", "").replace(")", "").split(" OR ")
        return any(set(choice.split(" AND ")) <= OPEN for choice in choices)

    assert [item for item in licences.listed().items() if not acceptable(item[1])] == []


def test_the_page_says_what_installed_packages_say(licences: ModuleType) -> None:
    """As far as they are installed here."""
    listed = licences.listed()
    said = {name: licences.licence(name) for name in listed}
    assert {n: text for n, text in said.items() if text and text != listed[n]} == {}
