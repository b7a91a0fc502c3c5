"""The quick answer: this request was rendered before, and nothing it rests on has changed since.

After a render, the request and the fingerprint of every input and output are written beside the
report. The same request then costs reading these files again and no more: neither pandas nor a
notebook is loaded. A trace that is missing, unreadable or different in anything means: render.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from qzanalysis.publishing import observe, scratch
from qzanalysis.reports import atomic

ROOT: Final = Path(__file__).parents[2]
_PACKAGE_FILES: Final = frozenset({".py", ".csv", ".j2", ".css", ".js", ".json"})


def look(out: Path, request: Mapping[str, Any]) -> Path | None:
    """The first page of the report, if this request would give what is published; else None.

    Also None where a killed render has left something behind: the next one clears it.

    Args:
        out: the folder of all reports.
        request: everything the caller asked for, as JSON can hold it.
    """
    scratch.sweep()
    try:
        trace = json.loads(_file(out, request).read_text(encoding="utf-8"))
        same = trace["libraries"] == observe.libraries() and not observe.changed(trace["paths"])
        index = Path(trace["index"])
        return index if same and not atomic.leftovers(index.parent) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(
    out: Path, request: Mapping[str, Any], index: Path, data: Path, notebooks: Path
) -> None:
    """Write down what a finished render rests on and what it gave.

    Args:
        out, request: as for `look`.
        index: the first page.
        data, notebooks: the folders the render read.
    """
    report = index.parent
    package = [p for p in observe.PACKAGE.rglob("*") if p.suffix in _PACKAGE_FILES or p.is_dir()]
    school = data / report.parent.name
    read = [data, *data.glob("*.*"), *school.rglob("*"), *notebooks.glob("*"), notebooks, school]
    places = [*read, *_real(package), report, *report.glob("*")]
    content = {
        "index": str(index.resolve()),
        "libraries": observe.libraries(),
        "paths": observe.fingerprints(sorted({str(place.resolve()) for place in places})),
    }
    scratch.write(_file(out, request), json.dumps(content))


def _real(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if "__pycache__" not in path.parts]


def _file(out: Path, request: Mapping[str, Any]) -> Path:
    text = json.dumps(request, sort_keys=True, default=str)
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    return out / ".cache" / f"{name}.json"
