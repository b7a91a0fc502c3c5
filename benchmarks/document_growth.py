"""Processor time and memory of `qzanalysis audit` over the number of pages.

    python -m benchmarks.document_growth [--documents DIR] [--pages 10,100,1000]

The pages of each PDF are repeated to so many; without PDFs one is made up.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import random
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.documents_made import as_pdf, made_up
from qzanalysis.audit.discovered.engine import audit
from qzanalysis.documents import guard, numbers


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line for each PDF and number of pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--pages", default="10,100,1000")
    options = parser.parse_args(arguments)
    grow(options.documents, [int(each) for each in options.pages.split(",")])


def grow(folder: Path | None, counts: Sequence[int]) -> None:
    """The growth of each PDF of a folder, or of one that is made up."""
    with tempfile.TemporaryDirectory() as made:
        paths = sorted(folder.glob("*.pdf")) if folder else []
        if not paths:
            paths = [Path(made) / "made-up.pdf"]
            as_pdf(made_up(random.Random(7)), paths[0])
        for path in paths:
            growth(path, counts, Path(made))


def growth(path: Path, counts: Sequence[int], folder: Path) -> None:
    """One line for each number of pages: processor time and memory, of reading and of the audit."""
    import pypdfium2

    guard.SECONDS = 600.0  # a busy machine must not end it
    source = pypdfium2.PdfDocument(path)
    for count in counts:
        made = pypdfium2.PdfDocument.new()
        for start in range(0, count, len(source)):
            made.import_pages(source, list(range(min(len(source), count - start))))
        repeated = folder / f"{count}.pdf"
        made.save(str(repeated))
        began = processor()
        document = guard.read(repeated)
        read = processor() - began
        found = audit(numbers.read(document))
        whole = processor() - began
        memory = [
            resource.getrusage(who).ru_maxrss // 1024
            for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)
        ]
        print(
            f"{path.name}: {count} pages, {found.ledger['read']} numbers, read in {read:.1f} s "
            f"({1000 * read / count:.0f} ms a page, {memory[0]} MB), audited in {whole:.1f} s "
            f"({1000 * whole / count:.0f} ms a page, {memory[1]} MB)"
        )


def processor() -> float:
    """Seconds of processor that this process and those it has waited for have used."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
