"""Figures that stand far outside their peers, and means that their members cannot give.

Peers are the values of one indicator over the programmes. The measure is robust: distance from
the median in units of the median absolute deviation (scaled to a standard deviation), with a floor
so that near-equal peers do not make outliers of rounding. It chooses what to ask about and is not
stated: without head-counts a multiple of it says little, the number of people behind a rate more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from qzanalysis import codebook
from qzanalysis.audit import evaluate
from qzanalysis.audit.book import Book, Key, Reading, chapter, figures_of, fits, unit
from qzanalysis.audit.evaluate import Scope, Stated
from qzanalysis.audit.expressions import definition
from qzanalysis.audit.findings import MATERIAL, Finding, severity
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


class Peer(NamedTuple):
    """One programme's value (a level, or a change with the level it started from)."""

    readings: tuple[Reading, ...]
    value: Decimal

    @property
    def key(self) -> Key:
        """The figure judged."""
        return self.readings[0].key


class Quantity(NamedTuple):
    """What peers are compared by.

    Attributes:
        id: of its findings.
        behind: on how few people a value rests.
        floor: its least spread.
    """

    id: str
    name: str
    unit: str
    behind: str
    floor: Decimal


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
    floor = abs(median(peer.value for peer in peers)) * LEVEL_FLOOR
    yield from _judged(peers, Quantity(f"peers-{indicator}-{year}", "水平", "", "", floor))


def _changes(
    book: Book, members: Sequence[Reading], indicator: str, year: int
) -> Iterator[Finding]:
    """Changes in per cent of the level before for amounts, in points for percentages."""
    points = unit(indicator) == "%"
    peers = []
    for now in members:
        before = book.first.get(now.key.before())
        if before is not None and before.interval.value > 0:
            change = now.interval.value - before.interval.value
            scale = Decimal(1) if points else before.interval.value / HUNDRED
            peers.append(Peer((now, before), change / scale))
    if len(peers) >= ENOUGH:
        name, sign = f"peers-change-{indicator}-{year}", " 个百分点" if points else "%"
        behind = _behind(book, indicator, year, len(peers), percent=points)
        yield from _judged(peers, Quantity(name, "变动", sign, behind, HUNDRED * CHANGE_FLOOR))


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


def _judged(peers: Sequence[Peer], quantity: Quantity) -> Iterator[Finding]:
    middle, key = median(peer.value for peer in peers), peers[0].key
    spread = max(median(abs(peer.value - middle) for peer in peers) / SCALE, quantity.floor)
    far = [peer for peer in peers if abs(peer.value - middle) / spread >= FAR]
    near = [peer for peer in peers if peer not in far]
    for peer in far:
        yield _outlier(quantity, peer, near, middle)
    figures = tuple(f for peer in near for r in peer.readings for f in r.figures)
    text = (
        f"{key.year} 年各专业{codebook.label(key.indicator)}的{quantity.name}："
        f"{len(near)} 个专业没有离群值。"
    )
    place = chapter(key.indicator)
    yield Finding(quantity.id, place, "outlier", "holds", "none", text, figures, shown(middle))


def _outlier(quantity: Quantity, peer: Peer, near: Sequence[Peer], middle: Decimal) -> Finding:
    low, high = (_signed(end(p.value for p in near)) for end in (min, max))
    printed = " → ".join(r.printed for r in reversed(peer.readings))
    return Finding(
        f"{quantity.id}-{peer.key.parts()['programme']}",
        chapter(peer.key.indicator),
        "outlier",
        "implausible",
        severity("implausible", (peer.key.indicator,)),
        f"{peer.key.label}（{printed}）的{quantity.name}为 {_signed(peer.value)}{quantity.unit}，"
        f"其余 {len(near)} 个专业在 {low} 至 {high} 之间{quantity.behind}，须核实。",
        tuple(f for p in (peer, *near) for r in p.readings for f in r.figures),
        shown(middle),
        shown(peer.value - middle),
    )


def _signed(value: Decimal) -> str:
    """A number in a sentence, with a minus sign where it is negative."""
    return signed(shown(value))


def _mixture(
    book: Book, members: Sequence[Reading], indicator: str, year: int
) -> Iterator[Finding]:
    """An overall rate is a weighted mean of the programmes' rates: what weights would give it?"""
    whole = _overall(book, indicator, year)
    if whole is None or unit(indicator) != "%":
        return
    ordered = sorted(members, key=lambda reading: reading.interval.value)
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
        f"{year} 年总体{codebook.label(indicator)} {shown(whole.interval.value)}%（{whole.formula}）"
        f"应是各专业的加权平均：{said}。",
        figures_of((*whole.readings, *ordered)),
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
    now, before = (_overall(book, indicator, y) for y in (year, year - 1))
    pairs = [
        (after, then)
        for after in members
        if (then := book.first.get(after.key.before())) is not None
    ]
    if now is None or before is None or unit(indicator) != "%" or len(pairs) < ENOUGH:
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
        f"{year} 年总体{codebook.label(indicator)}由 {shown(before.interval.value)}% 变为 "
        f"{shown(now.interval.value)}%，{len(pairs)} 个专业的变动在 {shown(min(moves))} 至 "
        f"{shown(max(moves))} 个百分点之间，{doubt}。",
        figures_of(figures),
        shown(whole),
    )


def _overall(book: Book, indicator: str, year: int) -> Stated | None:
    """The rate of all programmes together: as printed, else from its definition."""
    reading = book.first.get(Key(indicator, "", year))
    if reading is None:
        return evaluate.stated(definition(indicator), Scope(book, year))
    return Stated(reading.interval, f"{reading.places}印作 {reading.printed}", (reading,))


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
