"""Labels as different reports write them: spacing, width, brackets, numbering, other wordings.

Two labels are *the same* when they differ only in spacing, width, punctuation or numbering; *near*
when they differ in words that carry no meaning, or in a letter or two. Near is never sure.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Generic, TypeVar

from qzanalysis import codebook
from qzanalysis.documents.plain import bare, squeeze

T = TypeVar("T", bound=Hashable)

MAX_LABEL: Final = 80
_UNIT: Final = re.compile(
    r"[(（\[【]\s*(?:单位\s*[:：])?\s*([^()（）\[\]【】]{0,6})\s*[)）\]】]\s*$"
)


@cache
def words(role: str) -> dict[str, str]:
    """The words of one role in `words.csv`, each with the usual word for it, in the file's order."""
    frame = codebook.read_table(Path(__file__).with_name("words.csv"))
    chosen = frame[frame["role"] == role]
    return dict(zip(chosen["word"], chosen["usual"], strict=True))


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What a label was taken for, and whether without doubt."""

    target: T
    sure: bool


def split_unit(text: str) -> tuple[str, str]:
    """`就业率 (%)` → `就业率`, `%`; no unit, empty text.

    >>> split_unit("初次就业起薪（元）")
    ('初次就业起薪', '元')
    """
    match = _UNIT.search(text.strip())
    if match and squeeze(match[1]) in set(map(squeeze, words("unit"))):
        return text.strip()[: match.start()].strip(), squeeze(match[1])
    return text.strip(), ""


def canonical(text: str) -> str:
    """The words alone, in one of several wordings."""
    plain = bare(text)
    for wording, usual in words("wording").items():
        plain = plain.replace(wording, usual)
    return plain


def distinctive(text: str) -> frozenset[str]:
    """The words of a label that decide its meaning."""
    plain = canonical(text)
    return frozenset(word for word in words("distinctive") if word in plain)


def distance(one: str, other: str) -> int:
    """How many letters must be put in, taken out or changed to make one of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def match(text: str, known: Mapping[str, T], *, near: bool = True) -> Match[T] | None:
    """Look a label up among known ones (keyed by `bare`).

    Args:
        near: also take a label that says the same in other words, or with a slip of the pen.
    """
    plain = bare(text)
    if not plain or len(plain) > MAX_LABEL:
        return None
    if plain in known:
        return Match(known[plain], sure=True)
    return _near(plain, known) if near and len(plain) >= 4 else None


def _near(plain: str, known: Mapping[str, T]) -> Match[T] | None:
    """The one known meaning that is near; None if there are two, or none."""
    usual = canonical(plain)
    same = {name for name in known if canonical(name) == usual}
    if not same:
        own = distinctive(plain)
        same = _closest(usual, (name for name in known if distinctive(name) == own))
    targets = {known[name] for name in same}
    return Match(targets.pop(), sure=False) if len(targets) == 1 else None


def _closest(usual: str, names: Iterable[str]) -> set[str]:
    """Names within a fifth of the letters, with those that are hardly further off."""
    ranked = sorted((distance(usual, canonical(name)), name) for name in names)
    if not ranked or ranked[0][0] > min(len(usual), len(canonical(ranked[0][1]))) // 5:
        return set()
    return {name for steps, name in ranked if steps <= ranked[0][0] + 1}
