"""What one label says: a year, a cohort, a programme, a course, a track, a partner, a level."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.documents.plain import bare, squeeze
from qzanalysis.intake.extraction.wording import Match, match, split_unit

_CHINESE_YEAR: Final = re.compile(r"二[〇○零0][一二三四五六七八九〇○零\d]{2}(?=年)")
_CHINESE_DIGITS: Final = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_SPAN: Final = re.compile(r"(20\d\d)年?[-\u2010-\u2015~～至](?:20)?(\d\d)(?:学年度?|年度?)?")
_SCHOOL_YEAR: Final = re.compile(r"(20\d\d)学年度?")
_YEAR: Final = re.compile(r"(20\d\d)(?:年度|年末|年底|年|度)?")
_SHORT_YEAR: Final = re.compile(r"(?<!\d)([12]\d)年")
_NOW: Final = re.compile(r"本年度?|今年|当年|报告年度")
_BEFORE: Final = re.compile(r"上一?年度?|去年|前一年度?")
_COHORT: Final = re.compile(r"(?:20)?([012]\d)级(?:学生|新生)?")
_BRACKETS: Final = re.compile(r"^(?P<outer>[^(（]+)[(（](?P<inner>[^()（）]+)[)）]$")


@dataclass(frozen=True, slots=True)
class Year:
    """A year found in a label, and what else the label says."""

    year: int
    sure: bool
    rest: str


def find_year(text: str, report_year: int) -> Year | None:
    """The one year a label names; None if it names none, or several.

    School years (`2020-2021学年`) are taken for the year they end in, and never as sure.
    """
    plain = squeeze(text)
    plain = _CHINESE_YEAR.sub(lambda m: m[0].translate(_CHINESE_DIGITS), plain)
    found: list[tuple[int, bool]] = []

    def take(year: int, sure: bool) -> str:
        found.append((year, sure))
        return ""

    plain = _SPAN.sub(lambda m: take(2000 + int(m[2]), False), plain)
    plain = _SCHOOL_YEAR.sub(lambda m: take(int(m[1]), False), plain)
    plain = _YEAR.sub(lambda m: take(int(m[1]), True), plain)
    plain = _SHORT_YEAR.sub(lambda m: take(2000 + int(m[1]), False), plain)
    if not found:
        plain = _BEFORE.sub(lambda _: take(report_year - 1, True), plain)
        plain = _NOW.sub(lambda _: take(report_year, True), plain)
    if len({year for year, _ in found}) != 1:
        return None
    return Year(found[0][0], all(sure for _, sure in found), plain)


def cohort(text: str) -> Match[str] | None:
    """`18 级` → 2018."""
    found = _COHORT.fullmatch(squeeze(text))
    return Match(f"20{found[1]}", sure=True) if found else None


@cache
def named(table: str) -> dict[str, tuple[str, str, bool]]:
    """The wordings of one kind, by their bare words: indicator, breakdown, whether without doubt."""
    frame = codebook.read_table(codebook.FOLDER.parent / "intake" / "extraction" / "names.csv")
    rows = frame[frame["table"] == table].to_dict("records")
    return {
        bare(r["name"]): (r["indicator"], r["breakdown"], r["certainty"] == "sure") for r in rows
    }


def look_up(table: str, text: str, *, near: bool = False) -> Match[tuple[str, str]] | None:
    """A wording of `names.csv` → indicator and breakdown."""
    found = match(split_unit(text)[0], named(table), near=near)
    if found is None:
        return None
    indicator, breakdown, sure = found.target
    return Match((indicator, breakdown), found.sure and sure)


def value_of(table: str, text: str) -> Match[str] | None:
    """A wording of one dimension → its value: `语文` → `chinese`."""
    found = look_up(table, text)
    return None if found is None else Match(found.target[1].partition("=")[2], found.sure)


@cache
def _programmes() -> dict[str, str]:
    table = codebook.programmes()
    names: dict[str, str] = {}
    for identifier, row in table.iterrows():
        for name in (row["name"], *row["other_names"].split(";")):
            if name:
                names.setdefault(bare(name), str(identifier))
    return names


def programme(text: str) -> Match[str] | None:
    """A programme by any of its names; a name cut short or with a direction added is not sure."""
    names = _programmes()
    plain = bare(text)
    if plain in names:
        return Match(names[plain], sure=True)
    if brackets := _BRACKETS.match(squeeze(text)):
        outer, inner = names.get(bare(brackets["outer"])), names.get(bare(brackets["inner"]))
        if outer and (inner is None or inner == outer):
            return Match(outer, sure=inner == outer)
    return _worn_programme(plain, names)


def names(text: str) -> bool:
    """Whether a text is, word for word, a name of a section's table: a programme, a partner…"""
    found = (look_up("students", text), programme(text), track(text), partner(text))
    return any(match is not None and match.sure for match in found)


def _worn_programme(plain: str, names: dict[str, str]) -> Match[str] | None:
    usual = _plainer(plain)
    found = {i for name, i in names.items() if _plainer(name) == usual}
    if not found and len(plain) >= 5:
        found = {
            i for name, i in names.items() if name.startswith(plain) and len(name) - len(plain) <= 2
        }
    return Match(found.pop(), sure=False) if len(found) == 1 else None


def _plainer(plain: str) -> str:
    return re.sub(r"[与和及]|专业$|方向$", "", plain)


def track(text: str) -> Match[str] | None:
    """A form of study: 三年, 中高职一体…"""
    found = value_of("track", text)
    if found is None and text.strip():
        found = _dimension_value("track", text)
    return found


def partner(text: str) -> Match[str] | None:
    """A partner institution, by its registered name only: many differ in one letter."""
    return _dimension_value("partner", text)


def _dimension_value(dimension: str, text: str) -> Match[str] | None:
    table = codebook.dimensions()
    rows = table[table["dimension"] == dimension]
    known = {bare(name): value for name, value in zip(rows["name"], rows["value"], strict=True)}
    return match(text, known, near=False)
