"""Figures of running text that a table of the document has too.

A figure is that of a table if the words before it are the label of a row, or if the count or the
share beside it is that of one row alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from qzanalysis.audit.discovered.material import Material, Passage, Sheet
from qzanalysis.audit.discovered.named import name_of
from qzanalysis.audit.discovered.relations import Family, Sum, family, kind, slip
from qzanalysis.audit.discovered.sentences import counts_and_shares, usable
from qzanalysis.figures.located import SCALE, Located

RARE: Final = 30 * SCALE  # smaller counts stand in many rows
LEAST: Final = 10 * SCALE  # smaller numbers differ in one digit from every other one
GENERIC: Final = frozenset({"合计", "其他", "其它", "数量"})  # names of rows of many tables
Row = tuple[Located, Located]  # the count and the share of a row


def relations(material: Material, families: Sequence[Family]) -> list[Family]:
    """Families of equal figures, of a passage and of a table.

    Args:
        material: the document.
        families: what is believed inside its tables and its passages.
    """
    explained = {n for each in families for r in each.relations if r.holds({}) for n in r.numbers}
    labelled, by_value = _by_label(material.sheets), _by_value(material.sheets)
    return [
        family([*_called(passage, labelled), *_beside(passage, by_value, explained)], passage)
        for passage in material.passages
    ]


def _by_label(sheets: Iterable[Sheet]) -> Mapping[str, list[Located]]:
    """The figures of rows by the name of the row."""
    found: dict[str, list[Located]] = defaultdict(list)
    for sheet in sheets:
        for path, row in zip(sheet.labels, sheet.values, strict=True):
            label = name_of("".join(path[-1:]))
            if len(label) > 1 and label not in GENERIC:
                found[label] += [each for each in row if each is not None and each.usable]
    return found


def _called(passage: Passage, rows: Mapping[str, list[Located]]) -> Iterator[Sum]:
    """A figure right after the label of a row of a table.

    One that the row does not have is doubted where its only figure of that kind differs in a digit,
    or where the passage quotes two other rows of the table.
    """
    others: list[tuple[Located, Located]] = []
    quoted: Counter[str] = Counter()
    for _, _, number in usable(passage):
        own = [e for e in rows.get(name_of(number.label), ()) if kind(e) == kind(number)]
        equal = [each for each in own if _same(number, each).holds({})]
        if equal:
            quoted.update({each.part for each in equal})
            yield _same(number, equal[0])
        elif len(own) == 1 and number.value >= LEAST:
            others.append((number, own[0]))
    for number, figure in others:
        if slip(number, figure.value) or quoted[figure.part] > 1:
            yield _same(number, figure)


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
    for count, share in counts_and_shares(passage):
        alike = [row for row in rows[share.value] if row[1].value == share.value]
        same = [row for row in rows[count.value] if row[0].value == count.value]
        found = [row for row in same if row in alike]
        if not found and share not in explained:
            found = _slips(passage, count, share, same, alike)
        for row in found[:1]:
            yield from (_same(count, row[0]), _same(share, row[1]))


def _slips(
    passage: Passage, count: Located, share: Located, same: Sequence[Row], alike: Sequence[Row]
) -> list[Row]:
    """The rows with a count or a share, if the other one has a slip or the label is in the text."""
    found = [row for row in same if slip(share, row[1].value) or row[0].label in passage.text]
    if count.value < RARE or len({row[1].value for row in found}) != 1:
        found = [
            row
            for row in alike
            if row[0].value >= RARE and share.quantity.decimals > 1
            if slip(count, row[0].value) or row[0].label in passage.text
        ]
    return found if len({(a.value, b.value) for a, b in found}) == 1 else []


def _same(one: Located, other: Located) -> Sum:
    return Sum("same_figure", ((1, one), (-1, other)))
