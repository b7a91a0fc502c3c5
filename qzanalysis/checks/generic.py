"""The rules nobody has to write: made from the codebook for whatever a report prints.

- a rate that names its numerator and denominator follows from them;
- a change between years is the difference of the two;
- a part (`part_of`, or one value of a dimension) is not above its whole;
- parts that make up a whole (`partitions.csv`) add up to it.

`exceptions.csv` softens single generated rules whose failure has a stated other explanation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.checks.figures import Book, Key
from qzanalysis.checks.lookup import COUNTED, about, chapter, unit
from qzanalysis.checks.rules import Rule

_FOLDER: Final = Path(__file__).parent
_CHANGES: Final[Mapping[str, str]] = {
    "difference": "{now} - {before}",
    "increase": "{now} - {before}",
    "decrease": "{before} - {now}",
}


def rules(book: Book) -> list[Rule]:
    """Every generated rule for the figures of a report, each once."""
    made = chain(_ratios(book), _differences(book), _wholes(book), _parts(book), _partitions(book))
    unique = {rule.id: rule for rule in made}
    return [soft for rule in unique.values() if (soft := _softened(rule)) is not None]


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
    table = codebook.read_table(_FOLDER / "exceptions.csv")
    return tuple((str(a), str(b), str(c)) for a, b, c in table.itertuples(index=False))


def _term(indicator: str, breakdown: str, year: int = 0) -> str:
    return f"{indicator}[{breakdown}]" + (f"@{year}" if year else "")


def _without(key: Key, dimension: str) -> str:
    return ";".join(p for p in key.breakdown.split(";") if p and not p.startswith(f"{dimension}="))


def _kinds_of(book: Book) -> Iterator[Key]:
    """One key for each indicator and breakdown, without changes; the year does not matter."""
    seen = set()
    for key in book.by_key:
        if (key.indicator, key.breakdown) not in seen and "change=" not in key.breakdown:
            seen.add((key.indicator, key.breakdown))
            yield key


def _name(key: Key) -> str:
    return codebook.label(key.indicator, key.breakdown)


def _suffix(breakdown: str) -> str:
    return f"-{breakdown}" if breakdown else ""


def _ratios(book: Book) -> Iterator[Rule]:
    for key in _kinds_of(book):
        fact = about(key.indicator)
        if not (fact["numerator"] and fact["denominator"]):
            continue
        top, bottom = (_term(fact[side], key.breakdown) for side in ("numerator", "denominator"))
        names = [about(fact[side])["name"] for side in ("numerator", "denominator")]
        yield Rule(
            id=f"ratio-{key.indicator}{_suffix(key.breakdown)}",
            chapter=chapter(key.indicator),
            kind="ratio",
            claim=_term(key.indicator, key.breakdown),
            relation="=",
            computed=f"share({top}, {bottom})" if fact["unit"] == "%" else f"{top} / {bottom}",
            statement=f"{_name(key)}应由{names[0]}除以{names[1]}得出",
            search=True,
        )


def _differences(book: Book) -> Iterator[Rule]:
    for key in book.by_key:
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


def _wholes(book: Book) -> Iterator[Rule]:
    for key in _kinds_of(book):
        whole = about(key.indicator)["part_of"]
        own_whole = key.breakdown and _printed(book, key.indicator, "")
        if whole and not own_whole:
            inner = key.breakdown if _printed(book, whole, key.breakdown) else ""
            yield Rule(
                id=f"within-{key.indicator}{_suffix(key.breakdown)}",
                chapter=chapter(key.indicator),
                kind="subset",
                claim=_term(key.indicator, key.breakdown),
                relation="<=",
                computed=_term(whole, inner),
                statement=f"{_name(key)}不应多于{codebook.label(whole, inner)}",
            )


def _printed(book: Book, indicator: str, breakdown: str) -> bool:
    return any(key.breakdown == breakdown for key in book.by_indicator.get(indicator, []))


def _parts(book: Book) -> Iterator[Rule]:
    for key in _kinds_of(book):
        if not key.breakdown or unit(key.indicator) not in COUNTED:
            continue
        for dimension in key.parts():
            rest = _without(key, dimension)
            if _printed(book, key.indicator, rest):
                yield Rule(
                    id=f"part-{key.indicator}-{key.breakdown}" + (f"-in-{rest}" if rest else ""),
                    chapter=chapter(key.indicator),
                    kind="subset",
                    claim=_term(key.indicator, key.breakdown),
                    relation="<=",
                    computed=_term(key.indicator, rest),
                    statement=f"{_name(key)}不应多于{codebook.label(key.indicator, rest)}",
                )


def _partitions(book: Book) -> Iterator[Rule]:
    table = codebook.read_table(_FOLDER / "partitions.csv")
    for line in table.itertuples(index=False):
        values = str(line.members).split("|")
        indicator, dimension = str(line.indicator), str(line.dimension)
        for rest in _contexts(book, indicator, dimension, values):
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


def _contexts(book: Book, indicator: str, dimension: str, values: list[str]) -> list[str]:
    """The other parts of breakdowns under which the whole and all its parts are printed."""
    known = {key.breakdown for key in book.by_indicator.get(indicator, [])}
    rests = dict.fromkeys(
        _without(key, dimension)
        for key in book.by_indicator.get(indicator, [])
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
