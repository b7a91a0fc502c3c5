"""Reads one document into grids, in a process of its own: `python -m … KIND FILE`, JSON out.

Whatever a hostile document does to this process, it cannot touch the one that asked. The process
gives itself a memory limit; its parent gives it the time.
"""

from __future__ import annotations

import contextlib
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from qzanalysis.documents.document import to_json

MEMORY: Final = 500 * 2**20
KINDS: Final = ("docx", "pdf", "html", "txt")


def main(kind: str, path: str) -> dict[str, Any]:
    """What a document holds, or the word for what is wrong with it."""
    limit_memory()
    room = f"qzanalysis.documents.read_{'text' if kind == 'txt' else kind}"
    reader = import_module(room)
    try:
        return to_json(reader.read(Path(path).read_bytes()))
    except (MemoryError, OverflowError, RecursionError):
        return {"fault": "too_big"}
    except Exception as error:
        return {"fault": fault(error)}


def fault(error: Exception) -> str:
    """What is wrong with the document, in one word of `guard.FAULTS`."""
    name, text = type(error).__name__, str(error).lower()
    if name in {"NoText", "TooManyPages", "HasDoctype"}:
        return name
    if "password" in text or "encrypt" in text or "Password" in name:
        return "protected"
    if isinstance(error, UnicodeError):
        return "encoding"
    return "damaged"


def limit_memory() -> None:
    """At most 500 MB for this process, where the system can say so."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):  # a library's chatter must not mix with the answer
        answer = main(*sys.argv[1:3])
    sys.stdout.write(json.dumps(answer))
