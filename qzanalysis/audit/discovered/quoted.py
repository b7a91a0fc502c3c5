"""Figures of running text that a table of the document has too.

A figure is that of a table if its clause names the row, or if the count or the share beside it is
that of one row alone; a column is known by the other figures of the sentence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import Final

from qzanalysis.audit.discovered.across import name
from qzanalysis.audit.discovered.material import Material, Passage, Sheet
from qzanalysis.audit.discovered.relations import Family, Sum, family, kind, slip
from qzanalysis.audit.discovered.sentences import GENERIC, counts_and_shares, usable
from qzanalysis.figures.located import SCALE, Located

SURE: Final = 100 * SCALE  # larger counts hardly stand in two rows by chance
RARE: Final = 30 * SCALE  # smaller counts stand in many rows
_KEY: Final = re.compile(r"[^\W\d_]*?(?=(?:分别)?[为达是约共有“\"]*\s*$)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number of a passage: its clause, the clauses before it, and the words right before it."""

    number: Located
    clause: str
    before: str
    key: str
    sentence: int


Row = tuple[Located, Located]  # the count and the share of a row


def relations(material: Material, families: Sequence[Family]) -> list[Family]:
    """Families of equal figures, of a passage and of a table.

    Args:
        material: the document.
        families: what is believed inside its tables and its passages.
    """
    explained = {n for each in families for r in each.relations if r.holds({}) for n in r.numbers}
    rows = _rows(material.sheets)
    by_value = _by_value(material.sheets)
    found: list[Family] = []
    for at, part in enumerate(material.order):
        if isinstance(part, Passage) and part.spans:
            named = list(_tables(list(_mentions(part)), rows, _around(material.order, at)))
            found += [*_undoubted(named), family(list(_beside(part, by_value, explained)), part)]
    return [each for each in found if each.relations]


def _undoubted(families: Sequence[Family]) -> list[Family]:
    """The families without doubts about a number that agrees with another table."""
    agreed = {n for each in families for r in each.relations if r.holds({}) for n in r.numbers}
    kept = (
        [r for r in each.relations if r.holds({}) or r.numbers[0] not in agreed]
        for each in families
    )
    return [family(own, *each.lines) for own, each in zip(kept, families, strict=True)]


def _around(order: Sequence[Sheet | Passage], at: int) -> list[Sheet]:
    """The two tables that come next and the one before."""
    after = [each for each in order[at : at + 14] if isinstance(each, Sheet)][:2]
    before = [each for each in order[max(0, at - 8) : at] if isinstance(each, Sheet)][-1:]
    return [*after, *before]


def _mentions(passage: Passage) -> Iterator[Mention]:
    """Each number with its clause, the clauses before it in its sentence, and its key.

    Commas inside brackets and quotation marks do not end a clause.
    """
    text, depth, clause, sentence = passage.text, 0, 0, 0
    starts = {start: number for start, _, number in usable(passage)}
    for at, sign in enumerate(text):
        depth += (sign in "(（“《") - (sign in ")）”》")
        depth = max(0, depth)
        if at in starts:
            own, key = text[clause:at], _KEY.search(text[max(0, at - 12) : at])
            assert key is not None
            before = _blankless(text[sentence:clause])
            yield Mention(starts[at], _blankless(own), before, key[0][-3:], sentence)
        elif depth == 0 and sign in "，,、；;。":
            clause = at + 1
            if sign in "；;。":
                sentence = clause


def _blankless(text: str) -> str:
    return re.sub(r"[“”\"\s]", "", text)


# --- rows by their figures -----------------------------------------------------------------------


def _by_value(sheets: Iterable[Sheet]) -> dict[int, list[Row]]:
    """The counts and shares of rows that have one count, by the value of each."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in (row for sheet in sheets for row in sheet.values):
        figures = [each for each in row if each is not None and each.usable]
        for count, share in pairwise(figures):
            if kind(count) == "count" and share.percent and share.quantity.decimals:
                found[count.value].append((count, share))
                found[share.value].append((count, share))
    return found


def _beside(
    passage: Passage, rows: dict[int, list[Row]], explained: Container[Located]
) -> Iterator[Sum]:
    """A count and its share against those of their row."""
    for count, share, _ in counts_and_shares(passage):
        if row := _row(count, share, rows, share in explained):
            yield from (_same(count, row[0]), _same(share, row[1]))


def _row(count: Located, share: Located, rows: dict[int, list[Row]], explained: bool) -> Row | None:
    """The row with a count and a share, or the only one with either if the other has a slip.

    A share that no base explains is held against the only row with its count as it is.
    """
    same = [row for row in rows[count.value] if row[0].value == count.value]
    alike = [row for row in rows[share.value] if row[1].value == share.value]
    equal = [row for row in same if row in alike]
    if equal:
        return equal[0]
    if count.value >= RARE and len({b.value for _, b in same}) == 1:
        loose = not explained and share.role == "share" and count.value >= SURE
        return same[0] if loose or slip(share, same[0][1].value) else None
    sharp = share.quantity.decimals > 1 and len({a.value for a, _ in alike}) == 1
    if sharp and alike[0][0].value >= RARE and slip(count, alike[0][0].value):
        return alike[0]
    return None


def _same(one: Located, other: Located) -> Sum:
    return Sum("same_figure", ((1, one), (-1, other)))


# --- rows by their labels ------------------------------------------------------------------------


def _rows(sheets: Iterable[Sheet]) -> dict[str, list[tuple[Sheet, int]]]:
    """Rows of tables by their label."""
    found: dict[str, list[tuple[Sheet, int]]] = {}
    for sheet in sheets:
        for n, path in enumerate(sheet.labels):
            label = name(path)
            if len(label) > 1 and label not in GENERIC:
                found.setdefault(label, []).append((sheet, n))
    return found


def _tables(
    mentions: Sequence[Mention], rows: dict[str, list[tuple[Sheet, int]]], near: Sequence[Sheet]
) -> Iterator[Family]:
    """The columns in which a table has the figures of a passage, by the labels of its clauses."""
    matches: dict[tuple[Sheet, int], list[tuple[Mention, int]]] = {}
    for mention in mentions:
        for sheet, row in _labelled(mention, rows):
            matches.setdefault((sheet, mention.sentence), []).append((mention, row))
    for (sheet, _), found in matches.items():
        slots: dict[tuple[str, str], list[tuple[Located, int]]] = {}
        for mention, row in found:
            slots.setdefault((mention.key, kind(mention.number)), []).append((mention.number, row))
        pairs = [pair for own in slots.values() for pair in _column(sheet, own)]
        each = family([_same(a, b) for a, b in pairs], sheet)
        tried = len(sheet.heads) * (1 if sheet in near else 1 + len(matches))
        if not each.held or each.bits < 6 + log2(tried) + 8 * (sheet not in near):
            continue
        unequal = [(a, b.value) for a, b in pairs if not _same(a, b).holds({})]
        exchanged = {a.value for a, _ in unequal} == {b for _, b in unequal}
        if each.held < 2 * each.broken and not (
            exchanged or (each.held >= each.broken and all(slip(a, b) for a, b in unequal))
        ):
            each = family([r for r in each.relations if r.holds({})], sheet)
        yield each


def _labelled(
    mention: Mention, rows: dict[str, list[tuple[Sheet, int]]]
) -> Iterator[tuple[Sheet, int]]:
    """The rows whose label stands in the clause of a number, else in the clauses before it."""
    for words in (mention.clause, mention.before):
        labels = sorted((each for each in rows if _names(words, each)), key=len, reverse=True)
        if labels:
            seen: set[int] = set()
            for sheet, row in (place for label in labels[:2] for place in rows[label]):
                if id(sheet) not in seen:
                    seen.add(id(sheet))
                    yield sheet, row
            return


def _names(words: str, label: str) -> bool:
    """True where a label stands in some words and is not excluded there, as in 省外."""
    at = words.rfind(label)
    return at >= 0 and words[at + len(label) : at + len(label) + 1] not in ("外", "以")


def _column(sheet: Sheet, own: Sequence[tuple[Located, int]]) -> list[tuple[Located, Located]]:
    """Figures of one kind with those of the column that most of them equal."""
    best: list[tuple[Located, Located]] = []
    most = 0
    for column in range(len(sheet.heads)):
        pairs = [
            (number, cell)
            for number, row in own
            if (cell := sheet.values[row][column]) is not None and kind(number) == kind(cell)
        ]
        equal = sum(_same(a, b).holds({}) for a, b in pairs)
        if equal > most:
            best, most = pairs, equal
    return best
