"""The meaning of one label: an indicator, a year, a cohort, a programme, a course, a level…

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
_FOLDER: Final = Path(__file__).parent
_UNIT: Final = re.compile(
    r"[(（\[【]\s*(?:单位\s*[:：])?\s*([^()（）\[\]【】]{0,6})\s*[)）\]】]\s*$"
)
_CHINESE_YEAR: Final = re.compile(r"二[〇○零0][一二三四五六七八九〇○零\d]{2}(?=年)")
_CHINESE_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
# Written years, the century of the digits they give, and whether they are sure.
_YEARS: Final = (
    (re.compile(r"20\d\d年?[-\u2010-\u2015~～至](?:20)?(\d\d)(?:学年度?|年度?)?"), False),
    (re.compile(r"20(\d\d)学年度?"), False),
    (re.compile(r"20(\d\d)(?:年度|年末|年底|年|度)?"), True),
    (re.compile(r"(?<!\d)([12]\d)年"), False),
)
_RELATIVE_YEARS: Final = (
    (re.compile(r"上一?年度?|去年|前一年度?"), 1),
    (re.compile(r"本年度?|今年|当年|报告年度"), 0),
)
_COHORT: Final = re.compile(r"(?:20)?([012]\d)级(?:学生|新生)?")
_COURSE_RATE: Final = re.compile(r"(?P<course>.+?)(?:课|学科|科目)?(?:合格率|通过率)?")
_BRACKETS: Final = re.compile(r"^(?P<outer>[^(（]+)[(（](?P<inner>[^()（）]+)[)）]$")


@cache
def words(role: str) -> dict[str, str]:
    """The words of one role in `words.csv`, each with the usual word for it, in the file's order."""
    frame = codebook.read_table(_FOLDER / "words.csv")
    chosen = frame[frame["role"] == role]
    return dict(zip(chosen["word"], chosen["usual"], strict=True))


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """The meaning of a label, and whether without doubt."""

    target: T
    sure: bool


@dataclass(frozen=True, slots=True)
class Year:
    """A year found in a label, and what else the label says."""

    year: int
    sure: bool
    rest: str


def split_unit(text: str) -> tuple[str, str]:
    """`就业率 (%)` → `就业率`, `%`; no unit, empty text.

    >>> split_unit("初次就业起薪（元）")
    ('初次就业起薪', '元')
    """
    match = _UNIT.search(text.strip())
    if match and squeeze(match[1]) in set(map(squeeze, words("unit"))):
        return text.strip()[: match.start()].strip(), squeeze(match[1])
    return text.strip(), ""


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
    usual = _canonical(plain)
    same = {name for name in known if _canonical(name) == usual}
    if not same:
        own = _distinctive(plain)
        same = _closest(usual, (name for name in known if _distinctive(name) == own))
    return _only({known[name] for name in same})


def _only(targets: set[T]) -> Match[T] | None:
    return Match(targets.pop(), sure=False) if len(targets) == 1 else None


def _canonical(text: str) -> str:
    """The words alone, in one of several wordings."""
    plain = bare(text)
    for wording, usual in words("wording").items():
        plain = plain.replace(wording, usual)
    return plain


def _distinctive(text: str) -> frozenset[str]:
    """The words of a label that decide its meaning."""
    plain = _canonical(text)
    return frozenset(word for word in words("distinctive") if word in plain)


def _distance(one: str, other: str) -> int:
    """The number of letters to put in, take out or change to make one of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def _closest(usual: str, names: Iterable[str]) -> set[str]:
    """Names within a fifth of the letters, with those that are hardly further off."""
    ranked = sorted((_distance(usual, _canonical(name)), name) for name in names)
    if not ranked or ranked[0][0] > min(len(usual), len(_canonical(ranked[0][1]))) // 5:
        return set()
    return {name for steps, name in ranked if steps <= ranked[0][0] + 1}


def find_year(text: str, report_year: int) -> Year | None:
    """The one year a label names; None if it names none, or several.

    School years (`2020-2021学年`) are taken for the year they end in, and never as sure.
    """
    plain = _CHINESE_YEAR.sub(lambda m: m[0].translate(_CHINESE_DIGITS), squeeze(text))
    found: dict[int, bool] = {}
    for pattern, sure in _YEARS:
        for year in {2000 + int(digits) for digits in pattern.findall(plain)}:
            found[year] = found.get(year, True) and sure
        plain = pattern.sub("", plain)
    for pattern, back in _RELATIVE_YEARS if not found else ():
        if pattern.search(plain):
            found[report_year - back] = True
            plain = pattern.sub("", plain)
    return Year(*next(iter(found.items())), plain) if len(found) == 1 else None


def cohort(text: str) -> str:
    """`18 级` → `2018`; empty if it is none."""
    found = _COHORT.fullmatch(squeeze(text))
    return f"20{found[1]}" if found else ""


@cache
def named(table: str) -> dict[str, tuple[str, str, bool]]:
    """The wordings of one kind, by their bare words: indicator, breakdown, whether without doubt."""
    frame = codebook.read_table(_FOLDER / "names.csv")
    rows = frame[frame["table"] == table].to_dict("records")
    return {
        bare(r["name"]): (r["indicator"], r["breakdown"], r["certainty"] == "sure") for r in rows
    }


def look_up(table: str, text: str) -> Match[tuple[str, str]] | None:
    """A wording of `names.csv` → indicator and breakdown."""
    found = match(split_unit(text)[0], named(table), near=False)
    return Match(found.target[:2], found.target[2]) if found else None


def subject(table: str, text: str) -> Match[tuple[str, str]] | None:
    """As `look_up`; a course also where the heading names its pass rate (`语文合格率`)."""
    if table == "course":
        rate = _COURSE_RATE.fullmatch(text.strip())
        text = rate["course"] if rate else ""
    return look_up(table, text)


def value_named(text: str) -> bool:
    """True if a text is, word for word, a name of a section's table: a programme, a partner…"""
    found = (look_up("students", text), programme(text), track(text), partner(text))
    return any(match is not None and match.sure for match in found)


@cache
def _programmes() -> dict[str, str]:
    named: dict[str, str] = {}
    for identifier, row in codebook.programmes().iterrows():
        for name in filter(None, (row["name"], *row["other_names"].split(";"))):
            named.setdefault(bare(name), str(identifier))
    return named


def programme(text: str) -> Match[str] | None:
    """A programme by any of its names; a name cut short or with a direction added is not sure."""
    known, plain = _programmes(), bare(text)
    if plain in known:
        return Match(known[plain], sure=True)
    if brackets := _BRACKETS.match(squeeze(text)):
        outer, inner = known.get(bare(brackets["outer"])), known.get(bare(brackets["inner"]))
        if outer and inner in (None, outer):
            return Match(outer, sure=inner == outer)
    usual = _plainer(plain)
    found = {it for name, it in known.items() if _plainer(name) == usual}
    if not found and len(plain) >= 5:
        cut = (name for name in known if name.startswith(plain) and len(name) - len(plain) <= 2)
        found = {known[name] for name in cut}
    return _only(found)


def _plainer(plain: str) -> str:
    return re.sub(r"[与和及]|专业$|方向$", "", plain)


def track(text: str) -> Match[str] | None:
    """A form of study, such as `track=three_year`: 三年, 中高职一体…"""
    found = look_up("track", text)
    return Match(found.target[1], found.sure) if found else _dimension_value("track", text)


def partner(text: str) -> Match[str] | None:
    """A partner institution, by its registered name only: many differ in one letter."""
    return _dimension_value("partner", text)


@cache
def _dimension_values(dimension: str) -> dict[str, str]:
    table = codebook.dimensions()
    rows = table[table["dimension"] == dimension]
    pairs = zip(rows["name"], rows["value"], strict=True)
    return {bare(name): f"{dimension}={value}" for name, value in pairs}


def _dimension_value(dimension: str, text: str) -> Match[str] | None:
    return match(text, _dimension_values(dimension), near=False)
