"""Figures that stand far outside their peers, and means that their members cannot give.

Peers are the values of one indicator over the programmes. The measure is robust: distance from
the median in units of the median absolute deviation (scaled to a standard deviation), with a floor
so that near-equal peers do not make outliers of rounding. It chooses what to ask about and is not
stated: without head-counts a multiple of it says little, the number of people behind a rate more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from qzanalysis import codebook
from qzanalysis.audit import evaluate
from qzanalysis.audit.book import Book, Key, Reading, figures_of, fits
from qzanalysis.audit.evaluate import Scope
from qzanalysis.audit.findings import MATERIAL, Finding, severity
from qzanalysis.audit.lookup import chapter, ratio
from qzanalysis.figures.intervals import HUNDRED, Interval, shown, signed

PEERS: Final[Mapping[str, str]] = {"programme": "*"}
ENOUGH: Final = 7  # peers
FAR: Final = Decimal(6)  # robust standard deviations
SCALE: Final = Decimal("0.6745")  # median absolute deviation of a standard normal
LEVEL_FLOOR: Final = Decimal("0.02")  # of the median, as the least spread of levels
NOTICEABLE: Final = Decimal("0.5")  # points by which an overall rate must move to be doubted
# rates and means over graduates: who they are over, as counts of the form added and subtracted
PEOPLE: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "job_match_rate": ("直接就业", ("graduates_placed", "progression")),
    "starting_salary": ("直接就业", ("graduates_placed", "progression")),
    "employment_rate": ("毕业生", ("graduates",)),
}
CHANGE_FLOOR: Final = Decimal("0.005")  # of the median level, as the least spread of changes


@dataclass(frozen=True, slots=True)
class Peer:
    """One programme's value (a level, or a change with the level it started from)."""

    readings: tuple[Reading, ...]
    value: Decimal

    @property
    def key(self) -> Key:
        """The figure judged."""
        return self.readings[0].key


@dataclass(frozen=True, slots=True)
class Crowd:
    """What peers are judged by: which quantity, its middle and its spread."""

    name: str
    what: str
    middle: Decimal
    spread: Decimal

    def distance(self, peer: Peer) -> Decimal:
        """How far from the middle, in robust standard deviations."""
        return abs(peer.value - self.middle) / self.spread


def findings(book: Book) -> Iterator[Finding]:
    """Outliers among programmes, and overall rates against those of the programmes."""
    for indicator, keys in book.by_indicator.items():
        members: dict[int, list[Reading]] = {}
        for key in keys if len(keys) >= ENOUGH else ():
            if fits(key.parts(), PEERS) and (reading := book.first.get(key)):
                members.setdefault(key.year, []).append(reading)
        for year in sorted(members):
            if len(members[year]) >= ENOUGH:
                for judge in (_levels, _changes, _mixture, _direction):
                    yield from judge(book, members[year], indicator, year)


def _levels(book: Book, members: Sequence[Reading], indicator: str, year: int) -> Iterator[Finding]:
    peers = [Peer((reading,), reading.interval.value) for reading in members]
    middle = abs(median(peer.value for peer in peers))
    yield from _judged(peers, middle * LEVEL_FLOOR, f"peers-{indicator}-{year}", "水平", "")


def _changes(
    book: Book, members: Sequence[Reading], indicator: str, year: int
) -> Iterator[Finding]:
    """Changes in per cent of the level before for amounts, in points for percentages."""
    points = codebook.indicator(indicator)["unit"] == "%"
    peers = []
    for now in members:
        before = book.first.get(now.key.before())
        if before is not None and before.interval.value > 0:
            change = now.interval.value - before.interval.value
            scale = Decimal(1) if points else before.interval.value / HUNDRED
            peers.append(Peer((now, before), change / scale))
    if len(peers) >= ENOUGH:
        name = f"peers-change-{indicator}-{year}"
        behind = _behind(book, indicator, year, len(peers), percent=points)
        yield from _judged(peers, HUNDRED * CHANGE_FLOOR, name, "变动", behind)


def _behind(book: Book, indicator: str, year: int, count: int, *, percent: bool) -> str:
    """How few people the mean programme's figure rests on; empty where the report does not give it."""
    name, indicators = PEOPLE.get(indicator, ("", ()))
    readings = [book.first.get(Key(one, "", year)) for one in indicators]
    values = [reading.interval.value for reading in readings if reading]
    if not values or len(values) < len(indicators) or values[0] - sum(values[1:]) <= 0:
        return ""
    people = values[0] - sum(values[1:])
    single = f"，1 人约合 {shown(HUNDRED * count / people, 1)} 个百分点" if percent else ""
    counted = " − ".join(reading.printed for reading in readings if reading)
    whole = shown(people) if len(values) == 1 else f"{shown(people)} 人（{counted}）"
    return (
        f"；报告没有印出分专业人数，{name} {whole}平均到 {count} 个专业，"
        f"每个约 {shown(people / count, 0)} 人{single}"
    )


def _judged(
    peers: Sequence[Peer], floor: Decimal, name: str, what: str, behind: str
) -> Iterator[Finding]:
    middle = median(peer.value for peer in peers)
    spread = max(median(abs(peer.value - middle) for peer in peers) / SCALE, floor)
    crowd = Crowd(name, what, middle, spread)
    far = [peer for peer in peers if crowd.distance(peer) >= FAR]
    near = [peer for peer in peers if peer not in far]
    title = codebook.indicator(peers[0].key.indicator)["name"]
    for peer in far:
        yield _outlier(crowd, peer, near, behind)
    figures = tuple(f for peer in near for r in peer.readings for f in r.figures)
    text = f"{peers[0].key.year} 年各专业{title}的{what}：{len(near)} 个专业没有离群值。"
    place = chapter(peers[0].key.indicator)
    yield Finding(name, place, "outlier", "holds", "none", text, figures, shown(middle))


def _outlier(crowd: Crowd, peer: Peer, near: Sequence[Peer], behind: str) -> Finding:
    low, high = (_signed(end(p.value for p in near)) for end in (min, max))
    suffix = "" if crowd.what == "水平" else _change_unit(peer.key.indicator)
    printed = " → ".join(r.printed for r in reversed(peer.readings))
    return Finding(
        f"{crowd.name}-{peer.key.parts()['programme']}",
        chapter(peer.key.indicator),
        "outlier",
        "implausible",
        severity("implausible", (peer.key.indicator,)),
        f"{peer.key.label}（{printed}）的{crowd.what}为 {_signed(peer.value)}{suffix}，"
        f"其余 {len(near)} 个专业在 {low} 至 {high} 之间{behind}，须核实。",
        tuple(f for p in (peer, *near) for r in p.readings for f in r.figures),
        shown(crowd.middle),
        shown(peer.value - crowd.middle),
    )


def _signed(value: Decimal) -> str:
    """A number in a sentence, with a minus sign where it is negative."""
    return signed(shown(value))


def _change_unit(indicator: str) -> str:
    return " 个百分点" if codebook.indicator(indicator)["unit"] == "%" else "%"


def _mixture(
    book: Book, members: Sequence[Reading], indicator: str, year: int
) -> Iterator[Finding]:
    """An overall rate is a weighted mean of the programmes' rates: what weights would give it?"""
    fact = codebook.indicator(indicator)
    whole = _overall(book, indicator, year)
    if whole is None or fact["unit"] != "%":
        return
    ordered = sorted(members, key=lambda reading: reading.interval.value)
    figures = tuple(f for r in (*whole.readings, *ordered) for f in r.figures)
    verdict, said = _weighed(whole.interval, ordered)
    if verdict == "implausible" and (lacking := _not_listed(book, members)):
        verdict = "undecided"
        said = f"仅凭表列 {len(ordered)} 个专业（{_between(ordered)}）得不出；{lacking}，不能判定"
    yield Finding(
        f"mixture-{indicator}-{year}",
        chapter(indicator),
        "mean",
        verdict,
        severity(verdict, (indicator,)),
        f"{year} 年总体{fact['name']} {shown(whole.interval.value)}%（{whole.formula}）"
        f"应是各专业的加权平均：{said}。",
        figures,
        _between(ordered),
    )


def _between(ordered: Sequence[Reading]) -> str:
    return f"{shown(ordered[0].interval.value)} 至 {shown(ordered[-1].interval.value)}"


def _not_listed(book: Book, members: Sequence[Reading]) -> str:
    """Why the programmes of a table may not be all there are; empty where they are."""
    listed = {reading.key.parts()["programme"] for reading in members}
    offered = dict.fromkeys(
        key.parts()["programme"]
        for key in book.by_indicator.get("programme_places", [])
        if "programme" in key.parts()
    )
    if not offered:
        return "表中是否列出全部专业，报告没有写明"
    absent = [codebook.value_name("programme", one) for one in offered if one not in listed]
    return f"表中没有列出{'、'.join(absent)}，人数也没有印出" if absent else ""


def _direction(
    book: Book, members: Sequence[Reading], indicator: str, year: int
) -> Iterator[Finding]:
    """The overall rate falls although no programme's does, or the other way round."""
    fact = codebook.indicator(indicator)
    now, before = (_overall(book, indicator, y) for y in (year, year - 1))
    pairs = [
        (after, then)
        for after in members
        if (then := book.first.get(after.key.before())) is not None
    ]
    if now is None or before is None or fact["unit"] != "%" or len(pairs) < ENOUGH:
        return
    moves = [after.interval.value - then.interval.value for after, then in pairs]
    whole = now.interval.value - before.interval.value
    against = (whole < 0 <= min(moves)) or (max(moves) <= 0 < whole)
    figures = (*now.readings, *before.readings, *(r for pair in pairs for r in pair))
    verdict = "undecided" if against and abs(whole) >= NOTICEABLE else "holds"
    doubt = "方向不矛盾"
    if verdict == "undecided":
        others = _not_listed(book, members)
        doubt = "只有各专业人数比重大变才可能" + (f"，或因{others}" if others else "")
    yield Finding(
        f"direction-{indicator}-{year}",
        chapter(indicator),
        "mean",
        verdict,
        severity(verdict, (indicator,), MATERIAL if verdict == "undecided" else None),
        f"{year} 年总体{fact['name']}由 {shown(before.interval.value)}% 变为 "
        f"{shown(now.interval.value)}%，{len(pairs)} 个专业的变动在 {shown(min(moves))} 至 "
        f"{shown(max(moves))} 个百分点之间，{doubt}。",
        figures_of(figures),
        shown(whole),
    )


class _Overall(NamedTuple):
    interval: Interval
    formula: str
    readings: tuple[Reading, ...]


def _overall(book: Book, indicator: str, year: int) -> _Overall | None:
    """The rate of all programmes together: as printed, else from its definition."""
    reading, definition = book.first.get(Key(indicator, "", year)), ratio(indicator)
    if reading is not None:
        return _Overall(reading.interval, f"{reading.places}印作 {reading.printed}", (reading,))
    scope = Scope(book, year)
    found = None if definition is None else evaluate.known(definition, scope)
    if definition is None or found is None:
        return None
    words = evaluate.words(definition, scope)
    return _Overall(found.interval(), words.formula, words.readings)


def _weighed(whole: Interval, ordered: Sequence[Reading]) -> tuple[str, str]:
    low, high = ordered[0].interval, ordered[-1].interval
    if whole.high < low.low or whole.low > high.high:
        return "implausible", "总体不在各专业最低与最高之间，除非所列专业不全，否则不可能"
    for end, next_, word in ((ordered[0], ordered[1], "最低"), (ordered[-1], ordered[-2], "最高")):
        span = next_.interval.value - end.interval.value
        weight = (next_.interval.value - whole.value) / span if span else Decimal(0)
        if weight > Decimal("0.5"):
            name = codebook.value_name("programme", end.key.parts()["programme"])
            share = f"的 {shown(weight * HUNDRED, 0)}% 以上" if weight < 1 else ""
            return "implausible", (
                f"除非{word}的{name}（{end.printed}）占全部人数{share}，否则得不出"
            )
    near = "" if low.value <= whole.value <= high.value else "计入四舍五入，"
    return "holds", f"{near}落在 {shown(low.value)} 至 {shown(high.value)} 之间"
