"""Parts of every form: names down the side, labels on the marks, space for them, the legend."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qzanalysis.figures.facts import Fact
from qzanalysis.pages.charts.svg import missing
from qzanalysis.pages.charts.theme import ADVERSE, AS_TEXT, INK, MUTED, PAPER, SERIES, SMALL

LEGEND_KEY: Final = 36  # points: the mark before a name, and the space after it
LABEL_HEIGHT: Final = 0.075  # of a line chart: how far apart names at its right end stand
UNIT_WIDTH: Final = 26  # characters under the axis before they go on in the next line
MOST_LINES: Final = 4  # of one name; what is longer is cut, and whole in the table
NAME_WIDTH: Final = 10  # characters of a row's name before it goes on in the next line


def write(
    axes: Axes,
    text: str,
    at: tuple[Any, float],
    shift: tuple[float, float] = (0, 0),
    **look: Any,
) -> None:
    """A text beside a point of the drawing, in its middle height.

    Args:
        at: the point, in data coordinates.
        shift: of the text from the point, to the right and up, in points of type.
        look: other properties of the text.
    """
    look = {"va": "center", "fontsize": SMALL, **look}
    axes.annotate(text, at, xytext=shift, textcoords="offset points", **look)


def row_colour(name: str, highlight: str | None, order: int, rows: int) -> str:
    """The colour of a line; the highlighted one in the warning colour, the others then muted."""
    if name == highlight:
        return ADVERSE
    return MUTED if highlight or rows > len(SERIES) else SERIES[order]


def label_ends(axes: Axes, frame: pd.DataFrame) -> None:
    """The two values of each row beside their marks, the smaller one to the left."""
    before, now = frame.columns
    for place, (_, row) in enumerate(frame.iterrows()):
        ordered = sorted((fact for fact in row if fact.known), key=float)
        if not ordered:
            say_missing(axes, "", row[now], place)
            continue
        gap = [f"{year} 年{missing(row[year])}" for year in (before, now) if not row[year].known]
        same = len(ordered) == 2 and float(ordered[0]) == float(ordered[1])
        if len(ordered) == 2 and not same:
            _label(axes, ordered[0].text(), float(ordered[0]), place, -8)
        text = f"{ordered[-1].text()}（{gap[0]}）" if gap else ordered[-1].text()
        _label(axes, text, float(ordered[-1]), place, 8)


def label_bar(axes: Axes, value: float, place: int, fact: Fact, *, signed: bool) -> None:
    """The value of a bar at its end."""
    text = fact.text(sign=signed) if fact.known else missing(fact)
    at, colour = (0 if pd.isna(value) else value, place), INK if fact.known else MUTED
    if value < 0:
        write(axes, text, at, (-5, 0), ha="right", color=colour)
    else:
        write(axes, text, at, (5, 0), color=colour)


def say_missing(axes: Axes, part: str, fact: Fact, place: float) -> None:
    """The word for a gap, at the left end of its row."""
    at = (axes.get_xlim()[0], place)
    write(axes, f"{part}{missing(fact)}", at, color=MUTED, bbox=PAPER)


def name_rows(axes: Axes, names: Sequence[str], unit: str) -> None:
    """Names down the left side, the first at the top; the unit under the horizontal axis."""
    labels = [_wrapped(name) for name in names]
    axes.set_yticks(range(len(names)), labels, linespacing=1.15)
    for label in axes.get_yticklabels():
        label.set_fontsize(SMALL if "\n" in label.get_text() else 10.5)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_ylabel("")
    axes.set_xlabel(_unit(unit))
    axes.tick_params(length=0)
    axes.xaxis.set_major_formatter(tick)


def name_lines(axes: Axes, frame: pd.DataFrame, colours: Sequence[str]) -> None:
    """Each line's name and last value at its right end, moved apart where ends lie close."""
    axes.margins(y=0.08)
    low, high = axes.get_ylim()
    step = (high - low) * LABEL_HEIGHT
    rows = zip(frame.index, colours, frame.to_numpy(), strict=True)
    known = [(name, colour, [f for f in row if f.known]) for name, colour, row in rows]
    ends = [(float(facts[-1]), name, colour, facts[-1]) for name, colour, facts in known if facts]
    at = low - step
    for value, name, colour, fact in sorted(ends, key=lambda end: end[0]):
        at = max(value, at + step)
        shade = AS_TEXT.get(colour, colour)
        write(axes, f"{name} {fact.text()}", (frame.columns[-1], at), (8, 0), color=shade)


def widen(axes: Axes, values: pd.DataFrame, *, zero: bool = False) -> None:
    """Space for the labels on both sides; from zero where bars are drawn."""
    low, high = span(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    space = (high - low or abs(high) or 1.0) * 0.2
    axes.set_xlim(low if zero and low == 0 else low - space, high + space)
    if "%" in axes.get_xlabel() and high <= 100:  # a share has no place above 100
        axes.set_xticks([tick for tick in axes.get_xticks() if low - space <= tick < 100.001])


def span(values: pd.DataFrame) -> tuple[float, float]:
    """The smallest and the largest value."""
    return float(values.min().min()), float(values.max().max())


def beyond(figure: Figure, labels: Sequence[str]) -> float:
    """How many times as long as its longest bar an axis is, with space for a label at its end."""
    points = max(sum(SMALL if ord(c) > 0x2000 else 0.58 * SMALL for c in text) for text in labels)
    usable = figure.get_figwidth() * 72 - (NAME_WIDTH + 1) * SMALL
    return usable / (usable - points - 12)


def legend(figure: Figure, axes: Axes) -> None:
    """Above the drawing, from its left edge, in as few lines as its width allows."""
    handles, names = axes.get_legend_handles_labels()
    if own := axes.get_legend():  # seaborn's, inside the drawing
        own.remove()
    column = max(map(len, names)) * SMALL + LEGEND_KEY
    lines = math.ceil(len(names) / max(1, int(figure.get_figwidth() * 72 / column)))
    figure.legend(
        handles,
        names,
        loc="outside upper left",
        ncols=math.ceil(len(names) / lines),
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.2,
        handletextpad=0.4,
        columnspacing=1.2,
    )


def tick(value: float, _: object = None) -> str:
    """A number at a tick, with the minus sign."""
    return f"{value:g}".replace("-", "−")


def _label(axes: Axes, text: str, value: float, place: float, shift: float) -> None:
    side = "left" if shift > 0 else "right"
    write(axes, text, (value, place), (shift, 0), bbox=PAPER, ha=side)


def _wrapped(name: str) -> str:
    """A long name on several lines, so that it leaves space for the marks; brackets stay whole."""
    lines = 1 if "\n" in name else math.ceil(len(name) / NAME_WIDTH)
    head, mark, tail = name.partition("（")
    if lines > 1 and mark and max(len(head), len(tail) + 1) <= NAME_WIDTH + 1:
        return f"{head}\n{mark}{tail}"
    if lines > MOST_LINES:
        return "\n".join(textwrap.wrap(name, 2 * NAME_WIDTH, max_lines=MOST_LINES, placeholder="…"))
    return "\n".join(textwrap.wrap(name, math.ceil(len(name) / lines))) if lines > 1 else name


def _unit(text: str) -> str:
    """The text under the axis, on several lines where it is long."""
    return "\n".join(textwrap.wrap(text, UNIT_WIDTH, max_lines=MOST_LINES, placeholder="…"))
