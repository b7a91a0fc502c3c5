"""The table of contents of the package."""

from __future__ import annotations

import graphlib
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

import qzanalysis

REPO = Path(__file__).parents[1]


def test_the_contents_are_sorted_and_without_repeats() -> None:
    assert qzanalysis.__all__ == sorted(set(qzanalysis.__all__))


@pytest.mark.parametrize("name", qzanalysis.__all__)
def test_everything_listed_can_be_had_and_says_what_it_is(name: str) -> None:
    assert getattr(qzanalysis, name).__doc__


def test_what_is_not_listed_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = qzanalysis.nothing


def test_every_function_a_package_offers_has_a_docstring() -> None:
    for package in (qzanalysis.measures, qzanalysis.charts, qzanalysis.audit):
        offered = [value for name, value in vars(package).items() if not name.startswith("_")]
        ours = [v for v in offered if getattr(v, "__module__", "").startswith("qzanalysis")]
        assert all(value.__doc__ for value in ours if callable(value)), package.__name__


def test_importing_the_package_waits_for_nothing_heavy() -> None:
    code = (
        "import sys, qzanalysis; "
        "print(sorted({'pandas', 'matplotlib', 'seaborn', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_import_goes_up() -> None:
    """The contract of pyproject.toml."""
    pyproject = str(REPO / "pyproject.toml")
    assert lint_imports(config_filename=pyproject, no_cache=True) == EXIT_STATUS_SUCCESS


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("qzanalysis", cache_dir=None)
    modules = {
        module
        for module in graph.modules
        if not module.startswith(("qzanalysis.intake", "qzanalysis.publishing"))
    }
    imports = {m: graph.find_modules_directly_imported_by(m) & modules for m in modules}
    graphlib.TopologicalSorter(imports).prepare()
