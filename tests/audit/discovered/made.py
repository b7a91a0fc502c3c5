"""Documents made by the tests: tables of departments with counts, shares and totals, and prose."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from qzanalysis.audit.discovered.engine import Audit, audit
from qzanalysis.documents import numbers
from qzanalysis.documents.content import Block, Content, Paragraph, Table, merged

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
    grid = [[(r, c) for c in range(len(row))] for r, row in enumerate(rows)]
    texts = {(r, c): text for r, row in enumerate(rows) for c, text in enumerate(row)}
    return Table(caption, merged(grid, texts), 0)


def audited(*parts: str | Rows) -> Audit:
    """The audit of paragraphs and tables in this order."""
    blocks: list[Block] = []
    for n, part in enumerate(parts, start=1):
        blocks.append(Paragraph(part, 0, n) if isinstance(part, str) else table(part))
    return audit(numbers.read(Content(tuple(blocks), 0, 0)))


def misprinted(text: str, choice: random.Random) -> str:
    """A number with one of its digits changed."""
    places = [n for n, sign in enumerate(text) if sign.isdigit()]
    at = choice.choice(places)
    digit = choice.choice([d for d in "0123456789" if d != text[at] and (at > 0 or d != "0")])
    return text[:at] + digit + text[at + 1 :]
