"""What the forms share: names down the side, labels on the marks, room for them, the legend."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Final

import pandas as pd
from matplotlib.axes import Axes

from qzanalysis.charts.theme import ADVERSE, MUTED, PAPER, SERIES
from qzanalysis.facts import Fact

LEGEND_WIDTH: Final = 13  # characters of all names before the legend needs two columns
NAME_WIDTH: Final = 10  # characters of a row's name before it goes on in the next line


def row_colour(name: str, highlight: str | None, order: int, rows: int) -> str:
    if name == highlight:
        return ADVERSE
    return MUTED if highlight or rows > len(SERIES) else SERIES[order]


def label_ends(axes: Axes, frame: pd.DataFrame) -> None:
    """The two values of each row beside their marks, the smaller one to the left."""
    before, now = frame.columns
    for place, (_, row) in enumerate(frame.iterrows()):
        known = [fact for fact in (row[before], row[now]) if fact.known]
        ordered = sorted(known, key=float)
        if not ordered:
            axes.annotate("无数据", (axes.get_xlim()[0], place), va="center", color=MUTED)
            continue
        same = len(ordered) == 2 and float(ordered[0]) == float(ordered[1])
        if len(ordered) == 2 and not same:
            _annotate(axes, ordered[0], place, -8, "right")
        _annotate(axes, ordered[-1], place, 8, "left")


def label_bar(axes: Axes, value: float, place: int, fact: Fact, *, signed: bool) -> None:
    left = value < 0
    text = fact.text(sign=signed) if fact.known else "无数据"
    axes.annotate(
        text,
        (0 if pd.isna(value) else value, place),
        xytext=(-5 if left else 5, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=9.5,
    )


def name_rows(axes: Axes, names: Sequence[str], unit: str) -> None:
    """Names down the left side, the first at the top; the unit under the horizontal axis."""
    axes.set_yticks(range(len(names)), [_wrapped(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_ylabel("")
    axes.set_xlabel(unit)
    axes.tick_params(length=0)
    axes.xaxis.set_major_formatter(tick)


def make_room(axes: Axes, values: pd.DataFrame, *, zero: bool = False) -> None:
    """Room for the labels on both sides; from zero where bars are drawn."""
    low, high = float(values.min().min()), float(values.max().max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low or abs(high) or 1.0) * 0.2
    axes.set_xlim(low if zero and low == 0 else low - room, high + room)
    if "%" in axes.get_xlabel() and high <= 100:  # a share has no place above 100
        axes.set_xticks([tick for tick in axes.get_xticks() if low - room <= tick <= 100])


def span(values: pd.DataFrame) -> tuple[float, float]:
    return float(values.min().min()), float(values.max().max())


def legend(axes: Axes, columns: int) -> None:
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        frameon=False,
        borderaxespad=0.2,
        handletextpad=0.4,
        columnspacing=1.4,
    )


def tick(value: float, _: object = None) -> str:
    return f"{value:g}".replace("-", "−")


def _annotate(axes: Axes, fact: Fact, place: float, shift: float, side: str) -> None:
    axes.annotate(
        fact.text(),
        (float(fact), place),
        xytext=(shift, 0),
        fontsize=9,
        bbox=PAPER,
        textcoords="offset points",
        ha=side,
        va="center",
    )


def _wrapped(name: str) -> str:
    """A long name on several lines, so that it leaves room for the marks."""
    lines = math.ceil(len(name) / NAME_WIDTH)
    return "\n".join(textwrap.wrap(name, math.ceil(len(name) / lines))) if lines > 1 else name
