"""Results stored with the fingerprints of what they rest on, outside the published folder.

Whatever a stored file holds, it can cost no more than time: a file that is not, byte for byte, what
was written counts as none. Chapters are stored beside their report (`.2021.cache/`), and so is what
was published there last, so that a page and its manifest changed together are noticed. The answers
to whole requests are stored for all reports together (`.cache/`).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import scratch
from qzanalysis.publishing.ledger import fingerprints
from qzanalysis.publishing.ledger.fingerprints import Places
from qzanalysis.reports import atomic

MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Record:
    """What was made, and what it was made from.

    Attributes:
        inputs: fingerprints by name: `parameters`, `package`, `libraries`, files and folders.
        result: texts by name.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    result: Mapping[str, str] = field(default_factory=dict)

    def changed(self, places: Places, given: Mapping[str, str]) -> str:
        """The name of the first input that is another now; empty if none is.

        Args:
            places: the folders of the request.
            given: fingerprints that are known without reading a file.
        """
        for name, value in self.inputs.items():
            if (given[name] if name in given else fingerprints.of_path(places.path(name))) != value:
                return name
        return ""


def save(file: Path, record: Record) -> None:
    """Store a record under its own SHA-256: whole or not at all, and not at all on a full disk."""
    text = json.dumps(asdict(record), ensure_ascii=False).encode()
    with contextlib.suppress(OSError, RunFailed):  # a record saves time, and nothing rests on it
        file.parent.mkdir(parents=True, exist_ok=True)
        atomic.save(file, f"{fingerprints.digest(text)}\n".encode() + text)


def read(file: Path, *results: str) -> Record | None:
    """The record stored there, if it is as it was written and has these results; else None."""
    with contextlib.suppress(Exception):  # a cache may hold anything
        checksum, _, text = file.read_bytes().partition(b"\n")
        record = Record(**json.loads(text))
        texts = [*record.inputs.values(), *(record.result[name] for name in results)]
        whole = fingerprints.digest(text).encode() == checksum
        return record if whole and all(isinstance(one, str) for one in texts) else None
    return None


def beside(target: Path, name: str) -> Path:
    """The place of a record of one report."""
    return target.with_name(f".{target.name}.cache") / f"{name}.json"


def of_request(out: Path, key: str) -> Path:
    """The place of the answer to a request."""
    return out / ".cache" / f"{key[:16]}.json"


def exact(report: Path) -> str:
    """SHA-256 of a report's manifest, if the folder holds exactly what it lists; else empty."""
    with contextlib.suppress(Exception):  # a folder may hold anything
        content = (report / MANIFEST).read_bytes()
        return "" if strays(report, json.loads(content)) else fingerprints.digest(content)
    return ""


def strays(report: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """The faults of a report's files, in words (Chinese), by file name."""
    wrong = {}
    for name, value in sorted(manifest["outputs"].items()):
        path = report / name
        if not path.is_file():
            wrong[name] = "清单中有，文件夹中没有"
        elif path.is_symlink() or fingerprints.of_path(path) != value:
            wrong[name] = "文件在发布之后被改动（与清单的 SHA-256 不符）"
    foreign = {path.name for path in report.iterdir()} - {*manifest["outputs"], MANIFEST}
    return {**wrong, **dict.fromkeys(sorted(foreign), "文件夹中有，清单中没有")}


def unchanged(out: Path, key: str, places: Places) -> Path | None:
    """The first page of the report, if this request was rendered and would give the same; else None.

    Also None where a killed render has left something behind: the next one clears it.

    Args:
        out: the folder of all reports.
        key: SHA-256 of everything the caller asked for, but for its folders.
        places: the folders of the request.
    """
    scratch.sweep()
    record = read(of_request(out, key), "report", "page", "manifest")
    if record is None or record.changed(places, fingerprints.code()):
        return None
    report = out / record.result["report"]
    if exact(report) != record.result["manifest"] or atomic.leftovers(report):
        return None
    return (report / record.result["page"]).resolve()
