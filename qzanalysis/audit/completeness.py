"""What is not there: empty items of the form, cells that hold no figure, lists that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from qzanalysis import codebook
from qzanalysis.audit.book import Book, Figure, Key, chapter
from qzanalysis.audit.findings import Finding, identifier, severity
from qzanalysis.errors import UsageError

NO_VALUE: Final = frozenset({"not_held", "pilot"})
OFFERED: Final = "programme_places"
PLACED: Final = "employment_rate"


def findings(book: Book) -> Iterator[Finding]:
    """Findings on empty items of the form, on cells without a value, on lists of programmes."""
    for key, item in _items(book.year):
        if not book.readings(key):
            said = f"国家数据表第 {item} 项（{key.label}）没有填报，无法与上下年比较。"
            figures = tuple(book.figures.get(key, ()))
            yield _unchecked(identifier("empty", *key), key, said, figures)
    yield from (_status(figure) for figure in book.filed if figure.status in NO_VALUE)
    yield from _programmes(book)


@cache
def _items(year: int) -> tuple[tuple[Key, str], ...]:
    """Every item of that year's form, which has a number for both of its years; its number."""
    try:
        form = codebook.edition(year)
    except UsageError:
        return ()
    return tuple(
        (Key(str(line.indicator), str(line.breakdown), of), str(line.item))
        for line in form.itertuples(index=False)
        for of in (year - 1, year)
    )


def _unchecked(name: str, key: Key, said: str, figures: tuple[Figure, ...]) -> Finding:
    low = severity("not_checkable", ())
    place = chapter(key.indicator)
    return Finding(name, place, "completeness", "not_checkable", low, said, figures)


def _status(figure: Figure) -> Finding:
    """A number that does not mean what its digits say; a cell that says why it has none."""
    key, zero = figure.key, figure.printed[:1].isdigit()
    said = (
        f"印作 {figure.printed}，报告没有说明：可能是当年没有举行，也可能确为 {figure.printed}，请学校写明"
        if zero
        else f"印作「{figure.printed}」，没有可比的数字"
    )
    text = f"{key.label}（{figure.source}）{said}。"
    return _unchecked(f"status-{key.indicator}-{key.breakdown}-{key.year}", key, text, (figure,))


def _programmes(book: Book) -> Iterator[Finding]:
    """Programmes offered against programmes with employment figures."""
    offered = _named(book, OFFERED)
    placed = _named(book, PLACED)
    if not offered or not placed or offered.keys() == placed.keys():
        return
    absent, extra = (
        [p for p in one if p not in other] for one, other in ((offered, placed), (placed, offered))
    )
    figures = [f for p in absent for f in offered[p]] + [f for p in extra for f in placed[p]]
    yield Finding(
        f"programme-lists-{book.year}",
        2,
        "completeness",
        "undecided",
        severity("undecided", ()),
        f"所开专业与就业质量表所列专业不一：前者有而后者没有的是{_listed(absent)}，后者有而前者没有的是{_listed(extra)}；"
        "新设专业尚无毕业生、停招专业仍有毕业生均属可能。",
        tuple(figures),
    )


def _named(book: Book, indicator: str) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {}
    for key in book.by_indicator.get(indicator, []):
        programme = key.parts().get("programme")
        if programme and key.year == book.year:
            found.setdefault(programme, []).extend(book.figures[key])
    return found


def _listed(programmes: Iterable[str]) -> str:
    return "、".join(codebook.value_name("programme", one) for one in programmes) or "无"
