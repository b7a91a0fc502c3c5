"""Documents made by the tests: tables of departments with counts, shares and totals, and prose."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from qzanalysis.audit.discovered.engine import Audit, audit
from qzanalysis.documents import numbers
from qzanalysis.documents.assembly import Box, lay_out, numbered
from qzanalysis.documents.model import DOWN, RIGHT, Block, Cell, Document, Paragraph, Place, Table

Rows = list[list[str]]


def percent(top: int, bottom: int, digits: int = 2) -> str:
    """A share as a report prints it."""
    step = Decimal(1).scaleb(-digits)
    return f"{(Decimal(100 * top) / bottom).quantize(step, ROUND_HALF_UP)}%"


def shares(counts: Sequence[int], digits: int = 2) -> Rows:
    """Departments with their counts, shares of the total, and the total."""
    total = sum(counts)
    rows = [["院系", "人数", "占比"]]
    rows += [
        [f"{chr(0x7532 + n)}系", str(c), percent(c, total, digits)] for n, c in enumerate(counts)
    ]
    return [*rows, ["总计", str(total), percent(total, total, digits)]]


def table(rows: Rows, caption: str = "表 1 各院系人数") -> Table:
    """A table without merged cells."""
    return Table(lay_out([[Box(text) for text in row] for row in rows]), caption)


def merged(owners: Sequence[Sequence[tuple[int, int]]], rows: Rows, caption: str = "表 1") -> Table:
    """A table in which each position shows the cell that owns it."""
    return Table(
        tuple(
            tuple(
                Cell(rows[r][c], Place(row=r + 1, column=c + 1))
                if (own := owners[r][c]) == (r, c)
                else Cell(
                    rows[own[0]][own[1]],
                    Place(row=r + 1, column=c + 1),
                    RIGHT if c and owners[r][c - 1] == own else DOWN,
                )
                for c in range(len(owners[r]))
            )
            for r in range(len(owners))
        ),
        caption,
    )


def audit_of(*blocks: Block) -> Audit:
    """The audit of these blocks."""
    return audit(numbers.read(Document(blocks=tuple(numbered(blocks)))))


def audited(*parts: str | Rows) -> Audit:
    """The audit of paragraphs and tables in this order."""
    return audit_of(
        *(
            Paragraph(part, Place(paragraph=n)) if isinstance(part, str) else table(part)
            for n, part in enumerate(parts, start=1)
        )
    )


def misprinted(text: str, choice: random.Random) -> str:
    """A number with one of its digits changed."""
    places = [n for n, sign in enumerate(text) if sign.isdigit()]
    at = choice.choice(places)
    digit = choice.choice([d for d in "0123456789" if d != text[at] and (at > 0 or d != "0")])
    return text[:at] + digit + text[at + 1 :]
