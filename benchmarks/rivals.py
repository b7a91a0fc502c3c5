"""Two caches for notebooks, on copies of the report's notebooks; needs jupyter-cache and Jupyter Book 1.

jupyter-cache executes what has changed, in parallel, and one nbconvert process exports it; Jupyter
Book executes through its cache and builds the whole book. Both know only the notebooks: after a
change of the data they run nothing again, so that case is not compared.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.timing import ROOT, run

# Notebooks of the lock file are enough for papermill; jupyter-cache wants them executed in place.
_EXPORT: Final = """
import sys
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
import nbformat
place = sys.argv[1]
cache = get_cache(place + "/.jupyter_cache")
for path in sys.argv[2:]:
    cache.add_nb_to_project(path)
done = load_executor("local-parallel", cache).run_and_cache(timeout=300)
assert not done.errored and not done.excepted, done
for path in done.succeeded:
    record = cache.get_project_record(path)
    _, merged = cache.merge_match_into_file(record.uri)
    nbformat.write(merged, place + "/made/" + path.rsplit("/", 1)[1])
print(*done.succeeded)
"""


def there() -> bool:
    """Whether both are installed."""
    return all(importlib.util.find_spec(name) for name in ("jupyter_cache", "jupyter_book"))


def prepare(place: Path, notebooks: Sequence[Path]) -> list[Path]:
    """Copies of the notebooks in an empty folder, with what each tool wants beside them."""
    shutil.rmtree(place, ignore_errors=True)
    (place / "made").mkdir(parents=True)
    copies = [Path(shutil.copy(path, place)) for path in notebooks]
    (place / "_config.yml").write_text(
        "title: x\nexecute: {execute_notebooks: cache, timeout: 300}\nonly_build_toc_files: true\n"
    )
    chapters = "".join(f"- file: {path.stem}\n" for path in copies[1:])
    (place / "_toc.yml").write_text(
        f"format: jb-book\nroot: {copies[0].stem}\nchapters:\n{chapters}"
    )
    return copies


def change(notebook: Path, turn: int) -> None:
    """Another value of the chapter's parameter, written into the notebook itself."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(c for c in content["cells"] if "parameters" in c["metadata"].get("tags", []))
    lines = "".join(cell["source"]).splitlines(keepends=True)
    cell["source"] = [line for line in lines if not line.startswith("turn")] + [
        f"\nturn: int = {turn}"
    ]
    notebook.write_text(json.dumps(content), encoding="utf-8")


def jupyter_cache(place: Path, notebooks: Sequence[Path]) -> None:
    """Execute what has changed, two and more at a time, and export it."""
    environment = _environment()
    shutil.rmtree(place / "made")
    (place / "made").mkdir()
    run([sys.executable, "-c", _EXPORT, str(place), *map(str, notebooks)], environment)
    made = sorted((place / "made").glob("*.ipynb"))
    if made:
        run([sys.executable, "-m", "nbconvert", "--to", "html", *map(str, made)], environment)


def jupyter_book(place: Path) -> None:
    """Build the book."""
    run([str(Path(sys.executable).with_name("jupyter-book")), "build", str(place)], _environment())


def _environment() -> dict[str, str]:
    return {**os.environ, "QZANALYSIS_DATA": str(ROOT / "data")}
