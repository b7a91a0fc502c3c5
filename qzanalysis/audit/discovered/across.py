"""The same figures in two tables: columns with the same labels that agree in most rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from qzanalysis.audit.discovered.material import Material, Sheet
from qzanalysis.audit.discovered.relations import Family, Quotient, Sum, believed, family, kind
from qzanalysis.figures.located import Located

LEAST: Final = 3  # labels that two tables share
_ENDING: Final = re.compile(r"(?:汇总|小计|合计|总计|总数|共计)$")


def relations(material: Material, families: Sequence[Family]) -> list[Family]:
    """Families of equal figures, and of rates over a count of another table.

    Args:
        material: the document.
        families: what is believed inside its tables.
    """
    columns = [_columns(sheet) for sheet in material.sheets]
    explained = {
        relation.numbers[0]
        for each in families
        for relation in each.relations
        if isinstance(relation, Quotient) or "list" in each.lines
    }
    found: list[Family] = []
    for one, other in combinations(range(len(columns)), 2):
        if len(columns[one][0].keys() & columns[other][0].keys()) >= LEAST:
            found += _equal(columns[one], columns[other])
            found += _rates(columns[one], columns[other], explained)
            found += _rates(columns[other], columns[one], explained)
    return found


Keyed = tuple[dict[str, int], list[list[Located | None]]]


def _columns(sheet: Sheet) -> Keyed:
    """Rows by their label where it is the only one of its name, and the columns of figures."""
    names = [name(path) for path in sheet.labels]
    once = Counter(names)
    rows = {label: n for n, label in enumerate(names) if label and once[label] == 1}
    columns = [
        [each if each and each.usable else None for each in column]
        for column in zip(*sheet.values, strict=True)
    ]
    return rows, [column for column in columns if any(column)]


def name(path: Sequence[str]) -> str:
    """The label of a row without the word that marks a subtotal; a grand total is `合计`."""
    last = path[-1] if path else ""
    return _ENDING.sub("", last) or ("合计" if last else "")


def _equal(one: Keyed, other: Keyed) -> Iterator[Family]:
    rows, more = one[0], other[0]
    shared = [(rows[label], more[label]) for label in rows if label in more]
    tried = len(one[1]) * len(other[1])
    for left in one[1]:
        for right in other[1]:
            pairs = [
                (a, b)
                for i, j in shared
                if (a := left[i]) and (b := right[j]) and kind(a) == kind(b)
            ]
            if len(pairs) >= LEAST and sum(a.value == b.value for a, b in pairs) * 2 > len(pairs):
                each = family([Sum("same_figure", ((1, a), (-1, b))) for a, b in pairs], left[0])
                distinct = len({a.value for a, b in pairs if a.value == b.value})
                if distinct >= LEAST and believed(each, tried):
                    yield each


def _rates(one: Keyed, other: Keyed, explained: set[Located]) -> Iterator[Family]:
    """Percentages of one table whose numerator or base stands in the other."""
    rows, more = one[0], other[0]
    shared = [(rows[label], more[label]) for label in rows if label in more]
    claims = [
        c
        for c in one[1]
        if sum(bool(e and e.percent and e not in explained) for e in c) > len(c) / 2
    ]
    counts = [c for c in one[1] if any(e and kind(e) == "count" for e in c)]
    far = [c for c in other[1] if any(e and kind(e) == "count" for e in c)]
    for claim in claims:
        for near in counts:
            for column in far:
                for swap in (False, True):
                    found = [
                        Quotient("ratio", c, *((b, t) if swap else (t, b)))
                        for i, j in shared
                        if (c := claim[i])
                        and (t := near[i])
                        and (b := column[j])
                        and c.percent
                        and kind(t) == kind(b) == "count"
                        and min(t.low, b.low) > 0
                    ]
                    each = family(found, claim[0])
                    if len(found) >= LEAST and believed(each, 2 * len(counts) * len(far)):
                        yield each
