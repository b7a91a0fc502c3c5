"""Relations in running text: parts and shares, sums, rates, ratios, changes, and what tables say.

A sentence is compared with what surrounds it, never taken alone for wrong: a share is doubted only
where its neighbours agree on a base, a count only where the table it speaks of is known by its
other figures.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Final

from qzanalysis.audit.discovered.across import name
from qzanalysis.audit.discovered.material import Material, Passage, Sheet
from qzanalysis.audit.discovered.named import counted, name_of
from qzanalysis.audit.discovered.relations import (
    Family,
    Quotient,
    Relation,
    Sum,
    believed,
    common,
    family,
    kind,
    slipped,
)
from qzanalysis.audit.discovered.tables import change
from qzanalysis.figures.located import SCALE, Located

HUNDRED: Final = 100 * SCALE
ALL: Final = "假定所列各项就是全部"
APART: Final = "假定所列各项互不重叠"
MOST_BASES: Final = 12  # that doubted shares are tried with
NEAR: Final = 40  # characters between a count and its share
_SHARE: Final = re.compile(r"占|比例|比重|率\d{0,2}[为达是约]?\s*$|[(（]\s*$")
_STOP: Final = re.compile(r"[。；;！？!?]")
_CLAUSE: Final = re.compile(r"[。；;，,、()（）：:]")
_RATIO: Final = re.compile(
    r"(?:^|[，。；、：:,;]|全体|总体|全校|总)(?:毕业生|在校生|学生|教师|教职工)?的?"
    r"([^\W\d_])[生性]?([^\W\d_])[生性]?(?:人数)?的?比例?(?:约?为|是)?\s*$"
)
_COMPLETE: Final = re.compile(r"分别[为是]|其[他它余][^，,“”]{0,6}[为是]")
_OF_WHICH: Final = re.compile(r"[^。]{0,30}[，,。；;（(]其中[^，,。；;（(]*$")
_YEAR_AFTER: Final = re.compile(
    r"^[^，,。；;]{0,4}[，,；;]\s*20\d\d\s*学?年?[度底末]?[为达到是有]*\s*$"
)
_FALL: Final = re.compile(r"下降|减少|降低|回落|下滑")


def relations(material: Material) -> list[Family]:
    """Families found in the passages of a document."""
    populations = _populations(material.sheets)
    found: list[Family] = [_wholes(material.passages)]
    for passage in material.passages:
        found += _passage(passage, populations)
    return [each for each in found if each.relations]


def _passage(passage: Passage, populations: Sequence[Located]) -> Iterator[Family]:
    yield from _shares(passage, populations)
    yield from _listed(passage)
    for sentence in _sentences(passage):
        yield from _rates(passage, sentence, populations)
        yield from _hundreds(passage, sentence)
        yield from _ratios(passage, sentence)
        yield from _changes(passage, sentence)


# --- structure of a passage ----------------------------------------------------------------------


def usable(passage: Passage) -> list[tuple[int, int, Located]]:
    return [each for each in passage.spans if each[2].usable]


def _sentences(passage: Passage) -> Iterator[list[tuple[int, int, Located]]]:
    """The numbers of each sentence."""
    stops = [match.start() for match in re.finditer(r"[。！？!?]", passage.text)]
    groups: dict[int, list[tuple[int, int, Located]]] = {}
    for span in usable(passage):
        groups.setdefault(bisect_left(stops, span[0]), []).append(span)
    return iter(groups.values())


# --- shares of a base ----------------------------------------------------------------------------


def counts_and_shares(passage: Passage) -> Iterator[tuple[Located, Located]]:
    """Each count with the share that is printed right after it."""
    for (_, end, count), (start, _, share) in pairwise(usable(passage)):
        between = passage.text[end:start]
        if (
            kind(count) == "count"
            and share.percent
            and len(between) <= NEAR
            and _SHARE.search(between)
            and not _STOP.search(between)
            and count.low > 0
            and share.low > 0
        ):
            yield count, share


def _shares(passage: Passage, populations: Sequence[Located]) -> Iterator[Family]:
    """Shares of a base that a paragraph prints, that a table prints, or that most of them imply."""
    pairs = list(counts_and_shares(passage))
    own = [n for _, _, n in usable(passage) if kind(n) == "count"]
    known = {n.value: n for n in (*populations, *own)}
    fits = {
        share: [
            value
            for value, base in known.items()
            if base is not count and Quotient("ratio", share, count, base).holds({})
        ]
        for count, share in pairs
    }
    votes = Counter(value for values in fits.values() for value in values)
    ranked = [value for value, _ in votes.most_common()]
    printed = {number.value for number in own}
    found: list[Quotient] = []
    left: list[tuple[Located, Located]] = []
    for count, share in pairs:
        base = max(fits[share], key=votes.__getitem__, default=None)
        chance = base is not None and votes[base] == 1 < votes[ranked[0]] and base not in printed
        usual = Quotient("ratio", share, count, known[ranked[0]]) if chance else None
        if base is None or (usual and slipped(usual)):
            left.append((count, share))
        else:
            found.append(Quotient("ratio", share, count, known[base]))
    if left:
        found += _doubted(pairs, left, [*(known[v] for v in ranked), *own], own)
    for each in found:
        yield family([each], passage)


def _doubted(
    pairs: Sequence[tuple[Located, Located]],
    left: Sequence[tuple[Located, Located]],
    bases: Sequence[Located],
    own: Sequence[Located],
) -> Iterator[Quotient]:
    """Shares of no known base, against the base that the others of the paragraph agree on."""
    implied = common([r for c, s in pairs if (r := Quotient("ratio", s, c, (1, 1)).base())])
    best: list[Quotient] = []
    candidates: list[Located | tuple[int, int]] = [
        *bases[:MOST_BASES],
        *([implied] if implied else []),
    ]
    for base in candidates:
        agree = sum(Quotient("ratio", s, c, base).holds({}) for c, s in pairs)
        doubted = [Quotient("ratio", s, c, base) for c, s in left]
        least = 1 if base in own else 2 if isinstance(base, Located) else 3
        if agree >= least and (base in own or 2 * agree >= len(pairs)):
            best = [
                each
                for each in doubted
                if each.holds({}) or slipped(each) or (agree > 1 and len(left) == 1)
            ] or list(_swapped(doubted))
            break
        best = best or list(_swapped(doubted))
    yield from best


def _swapped(relations: Sequence[Quotient]) -> Iterator[Quotient]:
    """Those that hold if two of their counts, or two of their shares, are exchanged."""
    for one, other in permutations(relations, 2):
        changed = {one.claim: other.claim.value, other.claim: one.claim.value}
        if one.holds(changed) and other.holds(changed):
            yield one


def _populations(sheets: Iterable[Sheet]) -> list[Located]:
    """The totals of tables, one of each value."""
    totals = (
        number
        for sheet in sheets
        for row, path in zip(sheet.values, sheet.labels, strict=True)
        if name(path) == "合计"
        for number in row
        if number is not None and kind(number) == "count" and number.value > 20 * SCALE
    )
    return list({number.value: number for number in totals}.values())


# --- rates, sums, ratios, changes ----------------------------------------------------------------


def _rates(
    passage: Passage,
    sentence: Sequence[tuple[int, int, Located]],
    populations: Sequence[Located],
) -> Iterator[Family]:
    """A rate after the counts it is the quotient of, or after one of them and a known total.

    A rate right after a total and its part is doubted where one digit mends it, or where two other
    rates of the sentence follow theirs.
    """
    numbers = [number for _, _, number in sentence]
    triples = [
        Quotient("ratio", rate, top, bottom)
        for bottom, top, rate in zip(numbers, numbers[1:], numbers[2:], strict=False)
        if kind(bottom) == kind(top) == "count" and rate.percent and rate.quantity.decimals > 1
        if 0 < top.low <= bottom.value and rate.low > 0 and counted(top) == counted(bottom)
    ]
    sure = sum(each.holds({}) for each in triples) > 1
    firm = {each.claim: [each] for each in triples if sure or slipped(each, each.numbers)}
    for n, rate in enumerate(numbers):
        counts = [c for c in numbers[max(0, n - 4) : n] if kind(c) == "count" and c.low > 0]
        if not rate.percent or rate.low <= 0 or not counts:
            continue
        bases = [e for e in populations if counts[-1].value <= e.value and rate.role != "share"]
        alike = [p for p in permutations(counts, 2) if counted(p[0]) == counted(p[1])]
        tried = [(a, b) for a, b in alike if a.value <= b.value]
        pairs = [*tried, *((counts[-1], base) for base in bases)]
        found = [r for pair in pairs if (r := Quotient("ratio", rate, *pair)).holds({})]
        yield family((found or firm.get(rate, []))[:1], passage)


def _hundreds(passage: Passage, sentence: Sequence[tuple[int, int, Located]]) -> Iterator[Family]:
    """Shares of a list that is complete by its words make a hundred, or would but for a digit."""
    shares = [number for _, _, number in sentence if number.percent and number.quantity.decimals]
    if len(shares) > 1 and _COMPLETE.search(passage.text, sentence[0][0] - 60, sentence[-1][1]):
        whole = Sum("parts_total", tuple((1, n) for n in shares), (-HUNDRED, -HUNDRED))
        if whole.holds({}) or slipped(whole, shares):
            yield family([whole], passage)


def _listed(passage: Passage) -> Iterator[Family]:
    """Totals against the items that follow: 其中 and a list, or items of the noun of the total.

    Items that make more than their total are doubted, and so are all items of one noun that nearly
    make it; a list after 其中 may leave some out.
    """
    counts = [each for each in usable(passage) if kind(each[2]) == "count"]
    for n, (start, end, whole) in enumerate(counts[:-2]):
        after = counts[n + 1 :]
        noun = name_of(whole.label)[-2:]
        alike = [each for each in after if counted(each[2]) == counted(whole)]
        within = alike and _OF_WHICH.match(passage.text[end : alike[0][0]])
        if within:
            items = _parallel(passage, alike)
        elif re.search(r"共\s*$", passage.text[:start]) and len(noun) > 1:
            items = [each for _, _, each in after if name_of(each.label).endswith(noun)]
        else:
            continue
        runs = [
            Sum("parts_total", ((1, whole), *((-1, each) for each in items[:size])))
            for size in range(2 if within else 3, len(items) + 1)
        ]
        held = [each for each in runs if each.holds({})]
        guess = APART if within else ALL
        doubted = [replace(each, guess=guess) for each in runs if _doubtful(each, bool(within))]
        doubted.sort(key=lambda each: abs(sum(each.range({}))))
        yield family((held or doubted)[:1], passage)


def _doubtful(total: Sum, within: bool) -> bool:
    """True where items make more than their total, or, if all are there, nearly the total."""
    whole, *items = total.numbers
    over = sum(each.low for each in items) - whole.top
    if within:
        return over > 0 and all(each.value <= whole.value for each in items)
    return 10 * abs(over) < whole.value


def _parallel(passage: Passage, spans: Sequence[tuple[int, int, Located]]) -> list[Located]:
    """The first figures of a list: with one sign between them, or one at the ends of the items."""
    found: list[Located] = []
    signs: set[str] = set()
    ends: set[str] = set()
    for n, (_, end, number) in enumerate(spans):
        until = spans[n + 1][0] if n + 1 < len(spans) else len(passage.text)
        text = passage.text[end:until].strip().removeprefix(number.unit)
        item, sign, _ = re.split(r"([，,、。；;]|$)", text, maxsplit=1)
        found.append(number)
        ends.add(item.rstrip()[-1:])
        if sign not in ("、", "，", ","):
            break
        signs.add(sign)
    return found if signs == {"、"} or (len(ends) == 1 and ends != {""}) else []


def _ratios(passage: Passage, sentence: Sequence[tuple[int, int, Located]]) -> Iterator[Family]:
    """`男女比例为 84:100` against the last counts whose names begin with the same two signs."""
    for (start, _, left), (_, _, right) in pairwise(sentence):
        named = _RATIO.search(passage.text[:start]) if left.role == right.role == "ratio" else None
        if named and right.low > 0:
            before = [n for at, _, n in usable(passage) if at < start and n.role == "count"]
            tops, bottoms = (
                [n for n in before if name_of(n.label).startswith(sign)] for sign in named.groups()
            )
            if tops and bottoms and bottoms[-1].low > 0:
                ratio = Quotient("ratio", left, tops[-1], bottoms[-1], right.value // SCALE)
                yield family([ratio], passage)


def _changes(passage: Passage, sentence: Sequence[tuple[int, int, Located]]) -> Iterator[Family]:
    """`由 a 提高到 b，提高 c 个百分点`, `2019 年 a，2020 年 b，下降 c`, also counts and growth."""
    for n in range(len(sentence) - 2):
        (start, end, before), (middle, close, after), (_, _, moved) = sentence[n : n + 3]
        if moved.role != "change" or "change" in (before.role, after.role):
            continue
        lead, between = passage.text[max(0, start - 30) : start], passage.text[end:middle]
        stated = re.search(r"[由从]", lead) and re.search(r"[至到为]", between)
        dated = before.year and after.year == before.year + 1 and _YEAR_AFTER.search(between)
        if stated or dated:
            falls = _FALL.search(passage.text[end : close + 20])
            first, last = (after, before) if falls else (before, after)
            relation = change(moved, first, last)
            if relation is None and not falls and first.low > 0:
                relation = Quotient("ratio", moved, last, first, shift=100)
            if relation:
                yield family([relation], passage)


def _wholes(passages: Sequence[Passage]) -> Family:
    """`满意度为 a%，其中“非常满意”占 b%，…`: believed for all if true of most in the document."""
    found: list[Relation] = []
    for passage in passages:
        for sentence in _sentences(passage):
            for n, (_, end, whole) in enumerate(sentence):
                parts = [number for _, _, number in sentence[n + 1 :]]
                if (
                    whole.percent
                    and len(parts) > 1
                    and all(p.percent for p in parts)
                    and re.match(r"\s*%?[，,;；(（]?\s*其中", passage.text[end:])
                ):
                    found.append(Sum("parts_total", ((1, whole), *((-1, p) for p in parts))))
    each = family(found, "wholes")
    if believed(each, 1):
        return each
    return family([r for r in found if r.holds({})], "wholes")
