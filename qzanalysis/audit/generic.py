"""The rules nobody has to write: made from the codebook for whatever a report prints.

- a rate that names its numerator and denominator follows from them;
- a change between years is the difference of the two;
- a part (`part_of`, or one value of a dimension) is not above its whole;
- parts that make up a whole (`partitions.csv`) add up to it.

`exceptions.csv` softens single generated rules whose failure has a stated other explanation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache, cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.audit.figures import Book, Key
from qzanalysis.audit.lookup import chapter, ratio
from qzanalysis.audit.rules import Rule

_FOLDER: Final = Path(__file__).parent
_CHANGES: Final[Mapping[str, str]] = {
    "difference": "{now} - {before}",
    "increase": "{now} - {before}",
    "decrease": "{before} - {now}",
}


@dataclass(frozen=True)
class Shape:
    """What a report prints, whatever its numbers: a key of year 0 for each indicator and breakdown.

    Reports of one edition differ little in this, so that rules need not be made for each anew.
    """

    keys: tuple[Key, ...]

    @cached_property
    def by_indicator(self) -> Mapping[str, list[Key]]:
        """Indicator → its keys."""
        found: dict[str, list[Key]] = {}
        for key in self.keys:
            found.setdefault(key.indicator, []).append(key)
        return found


def rules(book: Book) -> tuple[Rule, ...]:
    """Every generated rule for the figures of a report, each once."""
    return for_keys(tuple(dict.fromkeys(key._replace(year=0) for key in book.by_key)))


@lru_cache(maxsize=256)
def for_keys(keys: tuple[Key, ...]) -> tuple[Rule, ...]:
    """Every generated rule for a report that prints these keys (of year 0), each once."""
    shape = Shape(keys)
    made = chain(
        _ratios(shape), _differences(shape), _wholes(shape), _parts(shape), _partitions(shape)
    )
    unique = {rule.id: rule for rule in made}
    return tuple(soft for rule in unique.values() if (soft := _softened(rule)) is not None)


def _softened(rule: Rule) -> Rule | None:
    """The rule with its exception applied; None if it does not apply at all (`skip`)."""
    for pattern, otherwise, reason in _exceptions():
        if fnmatchcase(rule.id, pattern):
            if otherwise == "skip":
                return None
            return replace(rule, otherwise=otherwise, reason=reason)
    return rule


@cache
def _exceptions() -> tuple[tuple[str, str, str], ...]:
    table = _table("exceptions.csv")
    return tuple((str(a), str(b), str(c)) for a, b, c in table.itertuples(index=False))


@cache
def _table(name: str) -> pd.DataFrame:
    return codebook.read_table(_FOLDER / name)


def _term(indicator: str, breakdown: str, year: int = 0) -> str:
    return f"{indicator}[{breakdown}]" + (f"@{year}" if year else "")


def _without(key: Key, dimension: str) -> str:
    return ";".join(p for p in key.breakdown.split(";") if p and not p.startswith(f"{dimension}="))


def _kinds_of(shape: Shape) -> Iterator[Key]:
    """One key for each indicator and breakdown, without changes."""
    return (key for key in shape.keys if "change=" not in key.breakdown)


def _name(key: Key) -> str:
    return codebook.label(key.indicator, key.breakdown)


def _suffix(breakdown: str) -> str:
    return f"-{breakdown}" if breakdown else ""


def _ratios(shape: Shape) -> Iterator[Rule]:
    for key in _kinds_of(shape):
        found, computed = codebook.ratio(key.indicator), ratio(key.indicator, key.breakdown)
        if found is None or computed is None:
            continue
        names = [codebook.label(side) for side in (found.numerator, found.denominator)]
        yield Rule(
            id=f"ratio-{key.indicator}{_suffix(key.breakdown)}",
            chapter=chapter(key.indicator),
            kind="ratio",
            claim=_term(key.indicator, key.breakdown),
            relation="=",
            computed=computed,
            statement=f"{_name(key)}应由{names[0]}除以{names[1]}得出",
            search=True,
        )


def _differences(shape: Shape) -> Iterator[Rule]:
    for key in shape.keys:
        change = key.parts().get("change")
        if change is None:
            continue
        rest = _without(key, "change")
        now, before = _term(key.indicator, rest), _term(key.indicator, rest, -1)
        yield Rule(
            id=f"change-{key.indicator}{_suffix(rest)}-{change}",
            chapter=chapter(key.indicator),
            kind="difference",
            claim=_term(key.indicator, key.breakdown),
            relation="=",
            computed=_CHANGES[change].format(now=now, before=before),
            statement=f"{codebook.label(key.indicator, rest)}与上年的增减应等于两年之差",
        )


def _wholes(shape: Shape) -> Iterator[Rule]:
    for key in _kinds_of(shape):
        whole = codebook.indicator(key.indicator)["part_of"]
        own_whole = key.breakdown and _printed(shape, key.indicator, "")
        if whole and not own_whole:
            inner = key.breakdown if _printed(shape, whole, key.breakdown) else ""
            yield Rule(
                id=f"within-{key.indicator}{_suffix(key.breakdown)}",
                chapter=chapter(key.indicator),
                kind="subset",
                claim=_term(key.indicator, key.breakdown),
                relation="<=",
                computed=_term(whole, inner),
                statement=f"{_name(key)}不应多于{codebook.label(whole, inner)}",
            )


def _printed(shape: Shape, indicator: str, breakdown: str) -> bool:
    return any(key.breakdown == breakdown for key in shape.by_indicator.get(indicator, []))


def _parts(shape: Shape) -> Iterator[Rule]:
    for key in _kinds_of(shape):
        if not (key.breakdown and codebook.is_count(key.indicator)):
            continue
        for dimension in key.parts():
            rest = _without(key, dimension)
            if _printed(shape, key.indicator, rest):
                yield Rule(
                    id=f"part-{key.indicator}-{key.breakdown}" + (f"-in-{rest}" if rest else ""),
                    chapter=chapter(key.indicator),
                    kind="subset",
                    claim=_term(key.indicator, key.breakdown),
                    relation="<=",
                    computed=_term(key.indicator, rest),
                    statement=f"{_name(key)}不应多于{codebook.label(key.indicator, rest)}",
                )


def _partitions(shape: Shape) -> Iterator[Rule]:
    table = _table("partitions.csv")
    for line in table.itertuples(index=False):
        values = str(line.members).split("|")
        indicator, dimension = str(line.indicator), str(line.dimension)
        for rest in _contexts(shape, indicator, dimension, values):
            members = [_joined(rest, dimension, value) for value in values]
            yield Rule(
                id=f"sum-{indicator}-{dimension}{_suffix(rest)}",
                chapter=chapter(indicator),
                kind="parts_total",
                claim=_term(indicator, rest),
                relation="=",
                computed=" + ".join(_term(indicator, member) for member in members),
                statement=str(line.statement),
            )


def _contexts(shape: Shape, indicator: str, dimension: str, values: list[str]) -> list[str]:
    """The other parts of breakdowns under which the whole and all its parts are printed."""
    known = {key.breakdown for key in shape.by_indicator.get(indicator, [])}
    rests = dict.fromkeys(
        _without(key, dimension)
        for key in shape.by_indicator.get(indicator, [])
        if dimension in key.parts()
    )
    return [
        rest
        for rest in rests
        if rest in known and all(_joined(rest, dimension, value) in known for value in values)
    ]


def _joined(rest: str, dimension: str, value: str) -> str:
    pairs = [pair for pair in rest.split(";") if pair]
    return ";".join(sorted([*pairs, f"{dimension}={value}"]))
