"""The notebooks' cells, and a way to run them in this process: quicker than a kernel, and the same."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qzanalysis.pages.blocks import Block

FOLDER = Path(__file__).parents[1] / "notebooks"
NAMES = [path.stem for path in sorted(FOLDER.glob("*.ipynb"))]

Cell = Mapping[str, Any]
Shown = dict[str, Block]


@cache
def cells(name: str) -> tuple[Cell, ...]:
    found: list[Cell] = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return tuple(found)


def source(cell: Cell) -> str:
    return "".join(cell["source"])


def code(name: str) -> list[Cell]:
    return [cell for cell in cells(name) if cell["cell_type"] == "code"]


def prose(name: str) -> list[Cell]:
    return [cell for cell in cells(name) if cell["cell_type"] == "markdown"]


def tagged(name: str, tag: str) -> list[Cell]:
    return [cell for cell in code(name) if tag in cell["metadata"].get("tags", [])]


def parameters(name: str) -> list[Cell]:
    return tagged(name, "parameters")


def execute(name: str, **given: object) -> Shown:
    """What each cell shows, by its id. `given` is injected after the parameters."""
    return run(name, **given)[0]


def run(name: str, **given: object) -> tuple[Shown, dict[str, Any]]:
    """Every cell in order: the block each shows, by its id, and the variables at the end.

    What cells tagged `frame` show is in the variable `shown_frames`, by their ids.
    """
    scope: dict[str, Any] = {}
    frames: dict[str, Any] = {}
    shown: Shown = {}
    for cell in code(name):
        tree = ast.parse(source(cell), filename=cell["id"])
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec"), scope)
        if last is not None:
            assert isinstance(last, ast.Expr)
            value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), scope)
            (frames if cell in tagged(name, "frame") else shown)[cell["id"]] = value
        if cell in parameters(name):
            scope.update(given)
    return shown, scope | {"shown_frames": frames}


def execute_all(folder: Path, data: Path | None = None) -> dict[str, Shown]:
    """All notebooks, run from a folder as Jupyter would, perhaps on other data."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with pytest.MonkeyPatch.context() as patch:
            if data:
                patch.setenv("QZANALYSIS_DATA", str(data))
            else:
                patch.delenv("QZANALYSIS_DATA", raising=False)
            return {name: execute(name) for name in NAMES}
    finally:
        os.chdir(before)
