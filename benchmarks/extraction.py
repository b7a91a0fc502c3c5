"""How much of a report's tables does the extractor find, and is it ever sure and wrong?

    python benchmarks/extraction.py [--look LOOK]… [--format FORMAT]…
    python benchmarks/extraction.py --unruled 20
    python benchmarks/extraction.py --report FILE

Without `--report`, the figures of `data/` are printed again as made-up reports: several layouts
(spacing, width of digits, order, extra columns, page breaks, halves side by side) in several
formats. With `--unruled`, PDFs of words alone are drawn by chance: so many with labels at the top, in
the middle and at the bottom of merged cells. With `--report`, one document that prints the figures of the 2021 report is measured instead.

- right: placed with the printed text, in per cent of all cells of the six tables.
- sure: placed and marked as needing no second look.
- wrong: placed with another text, marked for a look; `wrong and sure` must be 0.
- left: not placed, for a person to type.
- listed: entries of the list of what was found and not placed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from intake import made_reports as made
from intake import made_unruled

from qzanalysis.documents import guard
from qzanalysis.intake.extraction.extract import extract
from qzanalysis.intake.layout import layout

HEADING = "layout     format     right   sure  wrong  wrong and sure  left  listed  seconds"


def main() -> int:
    """Print one line a document; exit 1 if anything was sure and wrong."""
    asked = _arguments()
    guard.SECONDS = 60.0  # a busy machine must not decide what is found; the time is printed
    print(HEADING)
    if asked.report:
        return _measure("", "", asked.report, made.truth())
    with tempfile.TemporaryDirectory() as folder:
        if asked.unruled:
            return _unruled(asked.unruled, Path(folder))
        worst = [
            _measure(look, form, _printed(look, form, Path(folder)), made.truth())
            for look in asked.look or made.LOOKS
            for form in asked.format or made.FORMATS
        ]
    return max(worst)


def _unruled(count: int, folder: Path) -> int:
    """One line for each document drawn by chance."""
    worst = 0
    for seed, down in made_unruled.seeds(count):
        content, figures = made_unruled.document(seed, down)
        path = folder / f"{seed}-{down}.pdf"
        path.write_bytes(content)
        worst = max(worst, _measure(f"seed {seed}", down, path, figures.truth))
    return worst


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--look", action="append", choices=sorted(made.LOOKS))
    parser.add_argument("--format", action="append", choices=sorted(made.FORMATS))
    parser.add_argument("--unruled", type=int, metavar="SEEDS")
    parser.add_argument("--report", type=Path)
    return parser.parse_args()


def _printed(look: str, form: str, folder: Path) -> Path:
    suffix, make = made.FORMATS[form]
    path = folder / f"{look}-{form}{suffix}"
    path.write_bytes(make(made.tables(made.LOOKS[look]), made.LOOKS[look]))
    return path


def _measure(look: str, form: str, path: Path, truth: made.Truth) -> int:
    started = time.perf_counter()
    found = extract(path, layout(made.SCHOOL, made.YEAR))
    seconds = time.perf_counter() - started
    score = made.score(found.cells, truth)
    print(
        f"{look:10} {form:10} {score.share:5.1%} {score.sure:5} {len(score.wrong):6} "
        f"{len(score.wrong_and_sure):15} {len(score.left):5} {len(found.unplaced):7} {seconds:8.2f}"
    )
    return int(bool(score.wrong_and_sure))


if __name__ == "__main__":
    sys.exit(main())
