"""Relations that hold in the rows and columns of tables, found by test.

Which column is the share of which, which row is the total of which: every candidate is tested in all
rows, and one is believed where it holds in most of them beyond chance. Rows are tried as columns
are, on the transposed table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Final, TypeVar

from qzanalysis.audit.discovered.material import Sheet
from qzanalysis.audit.discovered.relations import (
    Family,
    Feasible,
    Quotient,
    Range,
    Relation,
    Sum,
    believed,
    common,
    family,
    kind,
)
from qzanalysis.audit.discovered.totals import (
    Labels,
    Line,
    added,
    columns,
    rows,
    structure,
    sums_down,
)
from qzanalysis.figures.located import SCALE, Located

MOST_LINES: Final = 30  # lines of one kind that are tried against each other
MOST_PAIRS: Final = 12  # lines of one kind that are tried as the sum of any two others
Row = TypeVar("Row")


def relations(sheet: Sheet) -> Iterator[Family]:
    """The families that are believed in one table, by columns and by rows."""
    for labels, lines in (columns(sheet), rows(sheet)):
        candidates = [
            *_quotients(lines, labels),
            *_sums_across(lines),
            *sums_down(lines, labels),
            *(() if labels is not sheet.labels else (*_lists(sheet, lines), *_changes(sheet))),
        ]
        tested = len(lines) ** 3 // 2  # lines as sums of neighbouring lines; few become candidates
        yield from best(
            [e for e in candidates if believed(e, tested if e.broken else len(candidates))]
        )


def best(families: Sequence[Family]) -> list[Family]:
    """For each claim the families of a kind with the fewest failures: the others are chance.

    A percentage that is known to be the quotient of two counts need not be feasible besides.
    """
    least: dict[object, int] = {}
    for each in families:
        for line in each.lines:
            key = (each.relations[0].kind, line)
            least[key] = min(least.get(key, each.broken), each.broken)
    return [
        each
        for each in families
        for name in [each.relations[0].kind]
        if all(each.broken <= least[name, line] for line in each.lines)
        and not (name == "grim" and any(("ratio", line) in least for line in each.lines))
    ]


# --- shares and rates ----------------------------------------------------------------------------


def _quotients(lines: Sequence[Line], labels: Labels) -> Iterator[Family]:
    """Shares of a common base, shares of the base of a group, rates of two lines, feasibility."""
    counts = [each for each in lines if each.kind == "count"][:MOST_LINES]
    for claim in lines:
        if claim.kind == "percent":
            for top in counts:
                yield from _shares(claim, top, labels)
            pairs = permutations(counts, 2)
            yield from (_rate(claim, top, bottom) for top, bottom in pairs)
            yield from (_feasible(claim, base) for base in counts)
            yield from (_mean(claim, weight, labels) for weight in counts)
        elif claim.kind == "number":
            for top, bottom in permutations(counts, 2):
                yield _rate(claim, top, bottom, factor=1)


def _rate(claim: Line, top: Line, bottom: Line, factor: int = 100) -> Family:
    rows = zip(claim.figures, top.figures, bottom.figures, strict=True)
    full = [(c, t, b) for c, t, b in rows if c and t and b and b.low > 0]
    scale = factor * SCALE
    fits = sum(
        c.low * b.low <= scale * t.top and scale * t.low <= c.top * b.top for c, t, b in full
    )
    return family([Quotient("ratio", *row, factor) for row in _if(fits, full)], claim)


def _if(fits: int, rows: list[Row]) -> list[Row]:
    """The rows if enough of them fit for a family to be believed."""
    return rows if fits > 1 and 3 * fits >= 2 * len(rows) else []


def _feasible(claim: Line, base: Line) -> Family:
    rows = zip(claim.figures, base.figures, strict=True)
    return family([Feasible("grim", c, b) for c, b in rows if c and b and b.low > 0], claim)


def _mean(claim: Line, weight: Line, labels: Labels) -> Family:
    """The rate of the whole as the mean of the rates of its parts, weighted by their sizes."""
    pairs = [(c if w else None) for c, w in zip(claim.figures, weight.figures, strict=True)]
    found: list[Relation] = []
    for total, parts in structure(pairs, labels):
        whole = weight.figures[total]
        assert whole is not None
        terms = [(weight.figures[n], claim.figures[n]) for n in parts]
        if len(terms) > 1 and sum(w.value for w, _ in terms if w) == whole.value:
            found.append(
                Sum(
                    "mean",
                    (
                        (-whole.value, claim.figures[total]),  # type: ignore[arg-type]
                        *((w.value, c) for w, c in terms if w and c),
                    ),
                )
            )
    return family(found, claim)


def _shares(claim: Line, top: Line, labels: Labels) -> Iterator[Family]:
    """Shares of one base for the whole line, or of one for each group."""
    pairs = [
        (n, c, t)
        for n, (c, t) in enumerate(zip(claim.figures, top.figures, strict=True))
        if c is not None and t is not None
    ]
    whole = family(_of_base(pairs, top.filled), claim)
    yield whole
    groups: dict[str, list[tuple[int, Located, Located]]] = {}
    for n, c, t in pairs:
        groups.setdefault(labels[n][0] if len(labels[n]) > 1 else "", []).append((n, c, t))
    if len(groups) > 1 and whole.held < 2 * whole.broken:
        own = [_of_base(part, top.filled) for part in groups.values()]
        most = [each for each in own if 3 * sum(r.holds({}) for r in each) >= 2 * len(each)]
        yield family([each for part in most for each in part], claim)


def _of_base(
    pairs: Sequence[tuple[int, Located, Located]], printed: Sequence[Located]
) -> list[Relation]:
    """Shares of the base that most of them agree on: a printed one where its value fits."""
    ranges = [
        bounds
        for _, c, t in pairs
        if t.low > 0 and c.low > 0 and (bounds := Quotient("ratio", c, t, (1, 1)).base())
    ]
    base = common(ranges)
    if base is None:
        return []
    fitting = [each for each in printed if base[0] <= each.value <= base[1]]
    named: Located | tuple[int, int] = fitting[-1] if fitting else base
    found: list[Relation] = [Quotient("ratio", c, t, named) for _, c, t in pairs]
    return found


# --- sums ----------------------------------------------------------------------------------------


def _sums_across(lines: Sequence[Line]) -> Iterator[Family]:
    """A line that is the sum of neighbouring lines of its kind, or of two, so also a difference."""
    for name in ("count", "percent", "number"):
        own = [each for each in lines if each.kind == name][:MOST_LINES]
        for suffix in dict.fromkeys(each.head[-1:] for each in own):
            yield from _fitting([each for each in own if each.head[-1:] == suffix], False)
        yield from _fitting(own, len(own) <= MOST_PAIRS)


def _fitting(own: Sequence[Line], pairs: bool) -> Iterator[Family]:
    """Each line as the sum of others, where most of its figures fit."""
    filled = [[(n, e) for n, e in enumerate(line.figures) if e and e.value] for line in own]
    for parts, ends in _part_sets(own, pairs):
        for total, there in zip(own, filled, strict=True):
            fits = sum(ends[n][0] <= e.top and e.low <= ends[n][1] for n, e in there)
            if _if(fits, there) and total not in parts:
                yield _total_of(total, parts)


def _part_sets(own: Sequence[Line], pairs: bool) -> Iterator[tuple[Sequence[Line], list[Range]]]:
    """Neighbouring lines, and any two, with the lowest and highest sum of each row."""
    ends = [[(e.low, e.top) if e else (0, 0) for e in line.figures] for line in own]
    for start, first in enumerate(ends):
        running = first
        for end in range(start + 1, len(own)):
            running = [(a + c, b + d) for (a, b), (c, d) in zip(running, ends[end], strict=True)]
            yield own[start : end + 1], running
            if pairs and end > start + 1:
                two = zip(first, ends[end], strict=True)
                yield (own[start], own[end]), [(a + c, b + d) for (a, b), (c, d) in two]


def _total_of(total: Line, parts: Sequence[Line]) -> Family:
    found: list[Relation] = []
    for n, whole in enumerate(total.figures):
        terms = [part.figures[n] for part in parts]
        if whole and any(terms):
            found.append(Sum("parts_total", ((1, whole), *((-1, t) for t in terms if t))))
    return added([[each] for each in found], total)


# --- changes -------------------------------------------------------------------------------------


def _changes(sheet: Sheet) -> Iterator[Family]:
    """Columns of changes between two others, row by row whatever the kind of the row."""
    columns = list(zip(*sheet.values, strict=True))
    changes = [c for c in columns if any(each and each.role == "change" for each in c)]
    for claims in changes:
        pairs = permutations([each for each in columns if each not in changes and any(each)], 2)
        for firsts, lasts in pairs:
            rows = [
                (claim, first, last)
                for claim, first, last in zip(claims, firsts, lasts, strict=True)
                if claim and first and last and claim.usable and first.usable and last.usable
            ]
            yield family([each for row in rows if (each := change(*row))], claims)
            growth = [Quotient("ratio", c, b, a, shift=100) for c, a, b in rows if a.low > 0]
            yield family([each for each in growth if each.claim.percent], claims)


def change(claim: Located, first: Located, last: Located) -> Relation | None:
    """A change from a first to a last figure; points printed as per cent are a wrong word.

    A change in per cent of two percentages is right as growth too.
    """
    if kind(first) != kind(last):
        return None
    difference = Sum("difference", ((1, claim), (-1, last), (1, first)))
    if not claim.percent:
        return difference
    growth = Quotient("wording", claim, last, first, shift=100)
    if first.percent and not growth.holds({}) and not difference.holds({}):
        return difference
    return growth if first.percent else None


# --- cells with several figures ------------------------------------------------------------------


def _lists(sheet: Sheet, lines: Sequence[Line]) -> Iterator[Family]:
    """A column that sums up the figures listed in the cells of another."""
    columns = {column for _, column in sheet.lists}
    for column in columns:
        for line in lines:
            found: list[Relation] = []
            for n, whole in enumerate(line.figures):
                parts = [
                    p for p in sheet.lists.get((n, column), ()) if whole and kind(p) == kind(whole)
                ]
                if whole and parts:
                    found.append(Sum("parts_total", ((1, whole), *((-1, p) for p in parts))))
            yield family(found, line, "list")
