"""How many seeded errors `qzanalysis audit` finds, and how many sound rewordings it accuses.

    python -m benchmarks.audit_documents [--documents DIR] [--seed N] [--copies N] [--errors N]
                                         [--formats docx,html,pdf,memory]

Each document is read, its content is written anew with errors at known places, and audited again.
Errors are put on figures that took part in a relation; those after which every relation still holds
(two addends exchanged, a last digit within the rounding of the figures beside it) are counted apart.
Documents are read from `--documents` (PDF, docx, html, txt); where there are none, made-up tables
are used, and the output says so. The numbers read of a PDF are compared with a count over its text
layer as PDFium itself puts it into lines.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import random
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from benchmarks.documents_made import contents, through
from qzanalysis.audit.discovered.engine import Audit, audit
from qzanalysis.audit.discovered.material import Passage, Sheet
from qzanalysis.documents import numbers
from qzanalysis.documents.model import Block, Cell, Document, Paragraph, Table
from qzanalysis.figures.located import SCALE, Located

ACCUSED = {"contradiction", "implausible", "other_base"}


@dataclass(frozen=True)
class Site:
    """A number of a document: its block, its cell or its span of characters, and its text."""

    block: int
    number: Located
    token: str
    start: int = 0
    end: int = 0
    row: int = -1
    column: int = -1

    @property
    def place(self) -> str:
        return self.number.place


def sites(content: Document, found: Audit) -> list[Site]:
    """The checked figures of a document, with where they stand in its content."""
    listed = []
    for n, (block, part) in enumerate(zip(content.blocks, found.material.order, strict=True)):
        if isinstance(part, Passage):
            for start, end, number in part.spans:
                if number in found.checked:
                    listed.append(Site(n, number, part.text[start:end], start, end))
        elif isinstance(part, Sheet) and isinstance(block, Table):
            for number in (each for row in part.values for each in row if each):
                at = re.search(r"第(\d+)行第(\d+)列", number.place)
                if number in found.checked and at:
                    row, column = int(at[1]), int(at[2])
                    text = next(c.text for line in block.rows for c in line if at_(c, row, column))
                    token = re.search(r"\d[\d,]*(?:\.\d+)?", text)
                    if token:
                        listed.append(Site(n, number, token[0], row=row, column=column))
    return listed


def edited(content: Document, changes: dict[Site, str]) -> Document:
    """The content with other texts at some sites."""
    blocks: list[Block] = list(content.blocks)
    for site in sorted(changes, key=lambda each: -each.start):
        block, text = blocks[site.block], changes[site]
        if isinstance(block, Paragraph):
            whole = block.text[: site.start] + text + block.text[site.end :]
            blocks[site.block] = replace(block, text=whole)
        else:
            blocks[site.block] = with_text(block, site, text)
    return replace(content, blocks=tuple(blocks))


def at_(cell: Cell, row: int, column: int) -> bool:
    return (cell.place.row, cell.place.column) == (row, column)


def with_text(table: Table, site: Site, text: str) -> Table:
    """The table with another token in one cell, at every position that the cell covers."""
    rows = [list(row) for row in table.rows]
    for r, row in enumerate(table.rows):
        for c, cell in enumerate(row):
            if at_(cell, site.row, site.column):
                across, down = table.extent(r, c)
                new = cell.text.replace(site.token, text, 1)
                for line in rows[r : r + down]:
                    for column in range(c, c + across):
                        line[column] = replace(line[column], text=new)
    return table.with_rows(rows)


# --- errors and rewordings -----------------------------------------------------------------------

Change = Callable[[Site, list[Site], random.Random], dict[Site, str] | None]


def one_digit(site: Site, _: list[Site], choice: random.Random) -> dict[Site, str] | None:
    places = [n for n, sign in enumerate(site.token) if sign.isdigit()]
    at = choice.choice(places)
    digits = [d for d in "0123456789" if d != site.token[at] and (at > 0 or d != "0")]
    return {site: site.token[:at] + choice.choice(digits) + site.token[at + 1 :]}


def exchanged(site: Site, others: list[Site], choice: random.Random) -> dict[Site, str] | None:
    """Two figures of one column, or of one paragraph."""
    same = [
        each
        for each in others
        if each.block == site.block
        and each.column == site.column
        and each.token != site.token
        and each.number.percent == site.number.percent
        and ("." in each.token) == ("." in site.token)
    ]
    if not same:
        return None
    other = choice.choice(same)
    return {site: other.token, other: site.token}


def unit_slip(site: Site, _: list[Site], choice: random.Random) -> dict[Site, str] | None:
    if "." in site.token or len(site.token) < 2 or site.number.percent:
        return None
    return {site: site.token + "0" if choice.random() < 0.5 else site.token + "00"}


def stale(site: Site, others: list[Site], choice: random.Random) -> dict[Site, str] | None:
    """A figure of the same form from another table."""
    same = [
        each
        for each in others
        if each.block != site.block
        and len(each.token) == len(site.token)
        and each.token != site.token
        and each.number.percent == site.number.percent
    ]
    return {site: choice.choice(same).token} if same else None


def old_total(site: Site, others: list[Site], choice: random.Random) -> dict[Site, str] | None:
    """A total that was not updated: another value near it."""
    if "." in site.token or "计" not in site.number.words or int(site.token.replace(",", "")) < 20:
        return None
    value = int(site.token.replace(",", ""))
    return {site: str(value - choice.randint(1, max(2, value // 10)))}


def points(site: Site, _: list[Site], choice: random.Random) -> dict[Site, str] | None:
    return None


def fewer_digits(site: Site, _: list[Site], choice: random.Random) -> dict[Site, str] | None:
    if not re.fullmatch(r"\d+\.\d[0-46-9]", site.token):
        return None  # a half may have been rounded up to: rounded again, it would be wrong
    value = site.number.quantity.value
    return {site: f"{round(value + (value == 0), 1) if value else value:.1f}"}


def truncated(site: Site, _: list[Site], choice: random.Random) -> dict[Site, str] | None:
    return {site: site.token[:-1]} if re.fullmatch(r"\d+\.\d\d", site.token) else None


ERRORS: dict[str, Change] = {
    "one digit": one_digit,
    "two exchanged": exchanged,
    "unit slip": unit_slip,
    "stale figure": stale,
    "old total": old_total,
}
SOUND: dict[str, Change] = {"fewer decimals": fewer_digits, "truncated": truncated}


def changes(
    name: str, change: Change, listed: list[Site], count: int, choice: random.Random
) -> dict[Site, str]:
    """Up to so many changes of one kind at different blocks."""
    made: dict[Site, str] = {}
    used: set[int] = set()
    for site in choice.sample(listed, len(listed)):
        if site.block in used:
            continue
        new = change(site, listed, choice)
        if new and not any(each in made for each in new):
            made |= new
            used.add(site.block)
        if len(used) >= count:
            break
    return made


def counted(path: Path) -> int:
    """The numbers in the text layer of a PDF, without contents, running heads and page numbers."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage().get_text_range().splitlines() for page in document]
    texts = Counter(re.sub(r"[\s\d]", "", line) for lines in pages for line in set(lines))
    total = 0
    for lines in pages:
        if sum(bool(re.search(r"[.．…·]{4,}\s*\d+\s*$", line)) for line in lines) > len(lines) / 3:
            continue
        for n, line in enumerate(lines):
            edge = n < 2 or n >= len(lines) - 2
            common = texts[re.sub(r"[\s\d]", "", line)] > max(2, len(pages) / 3)
            if not (edge and (common or re.fullmatch(r"[-—–\s]*\d{1,4}[-—–\s]*", line))):
                total += len(re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?", line))
    return total


# --- measuring -----------------------------------------------------------------------------------


def accused(found: Audit) -> list[tuple[str, str, list[str]]]:
    """Of each accusation its kind, the printed figure it names, and all it quotes."""
    return [
        (f.verdict, f.figures[0].printed, [each.printed for each in f.figures])
        for f in found.findings
        if f.verdict in ACCUSED
    ]


def consistent(seeded: dict[Site, str], found: Audit) -> set[Site]:
    """The sites of errors after which every relation of the sound document is still true.

    Two addends of one sum that are exchanged, or a last digit within the rounding of the figures
    beside it, leave a document that contradicts itself nowhere.
    """
    values = {}
    for site, text in seeded.items():
        old, new = (Decimal(each.replace(",", "")) for each in (site.token, text))
        values[site.number] = int(new * (site.number.value / old if old else SCALE))
    return {
        site
        for site in seeded
        if all(r.holds(values) for r in found.relations if site.number in r.numbers)
    }


def measure(
    content: Document,
    form: str,
    copies: int,
    count: int,
    choice: random.Random,
    folder: Path,
    verbose: bool,
) -> Iterator[tuple[str, int, int, int, int, int]]:
    """For each kind of change: made, still consistent, found, accused in all, wrongly accused."""
    base = through(content, form, folder)
    before = audit(numbers.read(base))
    known = Counter(f.figures[0].printed for f in before.findings)
    listed = sites(base, before)
    for name, change in {**ERRORS, **SOUND}.items():
        made = quiet = hit = told = wrong = 0
        for _ in range(copies):
            seeded = changes(name, change, listed, count, choice)
            if not seeded:
                continue
            after = audit(numbers.read(through(edited(base, seeded), form, folder)))
            findings = [f for f in after.findings if f.verdict in ACCUSED]
            places = {(site.place, text) for site, text in seeded.items()}
            fresh = [f for f in findings if not known[f.figures[0].printed]]
            right = [
                f
                for f in fresh
                if any(
                    (n.place, _token(n)) in places
                    for n in f.figures
                    if n is f.figures[0] or f"{n.place}“{n.printed}”" in (f.suggestion or "")
                )
            ]
            quoted = {(n.place, _token(n)) for f in fresh for n in f.figures}
            made += len(seeded)
            still = {(each.place, seeded[each]) for each in consistent(seeded, before)}
            quiet += len(still - quoted)
            hit += len(places & quoted) if name in ERRORS else 0
            told += len(fresh)
            wrong += len(fresh) - len(right) if name in ERRORS else len(fresh)
            if verbose:
                for site, text in seeded.items():
                    if name in ERRORS and (site.place, text) not in quoted | still:
                        print(
                            "  MISSED", name, site.place, site.token, "->", text, site.number.words
                        )
                for f in fresh:
                    if f not in right or name in SOUND:
                        print("  WRONG", name, f.statement, f.suggestion)
        yield name, made, quiet, hit, told, wrong


def _token(number: Located) -> str:
    found = re.search(r"\d[\d,]*(?:\.\d+)?", number.printed)
    return found[0] if found else ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line a document, form and kind of change, and the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--errors", type=int, default=10)
    parser.add_argument("--formats", default="docx,html,pdf")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(arguments)
    sources = contents(options.documents)
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for label, content in sources:
            began = time.process_time()
            found = audit(numbers.read(content))
            seconds = time.process_time() - began
            ledger = found.ledger
            print(
                f"{label}: read {ledger['read']}, checked {ledger['checked'] / ledger['read']:.1%}, "
                f"alarms {len(accused(found))}, {seconds:.1f} s"
            )
            path = (options.documents or Path()) / label
            if path.suffix == ".pdf" and path.is_file():
                print(f"  numbers counted over the text layer: {counted(path)}")
            for form in options.formats.split(","):
                choice = random.Random(options.seed)
                for name, made, quiet, hit, told, wrong in measure(
                    content,
                    form,
                    options.copies,
                    options.errors,
                    choice,
                    Path(folder),
                    options.verbose,
                ):
                    kind = "errors" if name in ERRORS else "sound"
                    total[f"{kind} made"] += made
                    total[f"{kind} quiet"] += quiet
                    total[f"{kind} found"] += hit
                    total[f"{kind} told"] += told
                    total[f"{kind} wrong"] += wrong
                    share, sharp = hit / max(1, made), hit / max(1, made - quiet)
                    score = (
                        f", {quiet} break no relation; recall {sharp:.1%} of the others, {share:.1%} of all"
                        if kind == "errors"
                        else ""
                    )
                    print(f"  {form} {name}: {made} made, {told} accused, {wrong} wrongly{score}")
    print(
        f"errors: recall {total['errors found'] / max(1, total['errors made']):.1%} of all, "
        f"{total['errors found'] / max(1, total['errors made'] - total['errors quiet']):.1%} of those "
        f"that break a relation of the sound document, precision "
        f"{1 - total['errors wrong'] / max(1, total['errors told']):.1%}; "
        f"sound rewordings {total['sound made']}, accused {total['sound told']}; "
        f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB"
    )


if __name__ == "__main__":
    main()
