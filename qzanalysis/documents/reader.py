"""Reads one document in a process of its own: `python -m qzanalysis.documents.reader KIND FILE`.

A hostile document cannot touch the process that asks. The reader limits its own memory, its parent
limits the time; the document comes back as JSON on standard output.
"""

from __future__ import annotations

import contextlib
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from qzanalysis.documents.model import Document, plain

MEMORY: Final = 500 * 2**20
_FAULTS: Final = {
    "NoText": "no_text",
    "TooManyPages": "too_many_pages",
    "DTDForbidden": "doctype",
    "MemoryError": "too_big",
    "OverflowError": "too_big",
    "RecursionError": "too_big",
    "UnicodeError": "encoding",
    "UnicodeDecodeError": "encoding",
}


def main(kind: str, path: str) -> dict[str, str | Document]:
    """`{"document": …}`, or `{"fault": …}` with a fault of `faults.csv`."""
    limit_memory()
    reader = import_module(f"qzanalysis.documents.read_{kind}")
    try:
        return {"document": reader.read(Path(path).read_bytes())}
    except Exception as error:
        return {"fault": fault(error)}


def fault(error: Exception) -> str:
    """The fault of `faults.csv` that an error of a reader stands for."""
    name, text = type(error).__name__, str(error).lower()
    locked = "password" in (text + name.lower()) or "encrypt" in text
    return "protected" if locked else _FAULTS.get(name, "damaged")


def limit_memory() -> None:
    """At most `MEMORY` bytes for this process, where the system supports it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # libraries print; the answer must stay JSON
        answer = json.dumps(main(*sys.argv[1:3]), default=plain)
    sys.stdout.write(answer)
