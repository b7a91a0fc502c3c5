"""Bodies of chapters kept with what they were made from, so that nothing is made twice.

A kept body is used again only if the notebook, its parameters, every file and folder that was read,
the package and the installed libraries are as they were. Anything unreadable counts as not kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qzanalysis.publishing import observe, scratch


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a body is made from, apart from the files its notebook reads.

    Attributes:
        notebook: SHA-256 of the notebook.
        parameters: its parameters.
        package: fingerprint of the package.
        libraries: fingerprint of what is installed.
    """

    notebook: str
    parameters: Mapping[str, Any]
    package: str
    libraries: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A body that can be used again, or the reason why there is none."""

    body: str | None
    reason: str = ""


def recipe(path: Path, parameters: Mapping[str, Any], package: str) -> Recipe:
    """The recipe of one chapter."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    return Recipe(content, dict(parameters), package, observe.libraries())


def keep(file: Path, made: Recipe, reads: Mapping[str, str], body: str) -> None:
    """Write a body down; whole or not at all, and not at all where there is no room."""
    content = {"recipe": asdict(made), "reads": dict(reads), "body": body}
    scratch.write(file, json.dumps(content, ensure_ascii=False))


def look(file: Path, wanted: Recipe) -> Kept:
    """The body kept for this recipe, or why the chapter has to run."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        known, reads, body = content["recipe"], dict(content["reads"]), str(content["body"])
    except (OSError, ValueError, KeyError, TypeError):
        return Kept(None, "还没有结果")
    if reason := _difference(known, asdict(wanted)):
        return Kept(None, reason)
    if path := observe.changed(reads):
        return Kept(None, f"{Path(path).name} 有变化")
    return Kept(body)


_REASONS: Sequence[tuple[str, str]] = (
    ("notebook", "笔记本有变化"),
    ("parameters", "参数有变化"),
    ("package", "程序有变化"),
    ("libraries", "程序库有变化"),
)


def _difference(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    return next((reason for name, reason in _REASONS if known.get(name) != wanted[name]), "")
