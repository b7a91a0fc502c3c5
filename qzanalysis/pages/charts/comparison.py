"""Forms that set values side by side: over years, in order, close together, against each other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns

from qzanalysis.pages.charts.axes import (
    label_bar,
    label_ends,
    legend,
    name_lines,
    name_rows,
    row_colour,
    say_missing,
    span,
    tick,
    widen,
    write,
)
from qzanalysis.pages.charts.svg import NOTHING, Chart, describe, needs_data, svg
from qzanalysis.pages.charts.theme import (
    ADVERSE,
    BEFORE,
    GRID,
    INK,
    MARKERS,
    MUTED,
    NOW,
    SERIES,
    canvas,
)


def change(frame: pd.DataFrame, *, unit: str, highlight: str | None = None) -> Chart:
    """Values of several things over years: two years as a dumbbell, three or more as lines.

    Args:
        frame: rows are things, columns are years, cells are facts.
        unit: axis label.
        highlight: the row to draw in the warning colour.
    """
    if len(frame.columns) > 2:
        return lines(frame, unit=unit, highlight=highlight)
    return _dumbbell(frame, unit=unit, highlight=highlight)


@needs_data
def lines(frame: pd.DataFrame, *, unit: str, highlight: str | None = None) -> Chart:
    """Values over three or more years, one line a row, each labelled at its end."""
    values = frame.map(float)
    colours = [row_colour(str(n), highlight, o, len(values)) for o, n in enumerate(values.index)]
    with canvas(9) as (figure, axes):
        for order, (_, row) in enumerate(values.iterrows()):
            look: dict[str, Any] = {"color": colours[order], "marker": MARKERS[order % 4]}
            axes.plot(row.index, row.to_numpy(dtype=float), **look)  # a gap stays a gap
        name_lines(axes, frame, colours)
        axes.set_xticks(list(values.columns), [f"{year} 年" for year in values.columns])
        axes.set_ylabel(unit if axes.get_ylim()[0] <= 0 else f"{unit}，纵轴不从零开始")
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        return Chart(svg(figure), describe("折线图", frame, unit))


@needs_data
def _dumbbell(frame: pd.DataFrame, *, unit: str, highlight: str | None) -> Chart:
    frame = _ranked(frame)
    values = frame.map(float)
    names, (before, now) = [str(name) for name in frame.index], values.columns
    with canvas(len(frame) + 1.2) as (figure, axes):
        places = range(len(frame))
        for place, name in zip(places, names, strict=True):
            pair = values.iloc[place]
            colour = ADVERSE if name == highlight else MUTED
            axes.plot(
                [pair[before], pair[now]], [place, place], color=colour, linewidth=2, zorder=1
            )
        ring: dict[str, Any] = {"facecolor": "none", "edgecolor": BEFORE, "s": 84, "linewidth": 1.8}
        dot: dict[str, Any] = {"facecolor": NOW, "edgecolor": NOW, "s": 26}
        for order, (year, look) in enumerate(((before, ring), (now, dot))):
            axes.scatter(values[year], list(places), label=f"{year} 年", zorder=2 + order, **look)
        axes.hlines(list(places), *span(values), color=GRID, linewidth=0.6, zorder=0)
        from_zero = float(values.min().min()) <= 0
        name_rows(axes, names, unit if from_zero else f"{unit}，横轴不从零开始")
        widen(axes, values)
        label_ends(axes, frame)
        legend(figure, axes)
        return Chart(svg(figure), describe("哑铃图", frame, unit))


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Many rows from the highest present value down; few stay as given."""
    if len(frame) < 6:
        return frame
    now = frame[frame.columns[-1]].map(float)
    return frame.loc[now.sort_values(ascending=False, kind="stable").index]


@needs_data
def bars(series: pd.Series, *, unit: str, highlight: str | None = None) -> Chart:
    """Ordered horizontal bars with the value on each; negative ones point left.

    Args:
        series: facts, indexed by name, in the order to draw from the top.
        unit: axis label.
        highlight: the row to draw in the warning colour.
    """
    values = series.map(float)
    names = [str(name) for name in series.index]
    palette = [ADVERSE if name == highlight else NOW for name in names]
    with canvas(len(series) + 0.6) as (figure, axes):
        axes.barh(range(len(names)), values.to_numpy(), height=0.62, color=palette)
        for place, fact in enumerate(series):
            label_bar(axes, float(fact), place, fact, signed=bool((values < 0).any()))
        name_rows(axes, names, unit)
        axes.axvline(0, color=INK, linewidth=0.8)
        widen(axes, values.to_frame(), zero=True)
        return Chart(svg(figure), describe("条形图", series.to_frame("值"), unit))


@needs_data
def dots(frame: pd.DataFrame, *, unit: str) -> Chart:
    """Values close together, one row of dots for each row of the frame; the axis says where it starts.

    Args:
        frame: rows are groups, columns are series, cells are facts; unknown ones leave a gap.
    """
    values = frame.map(float)
    names = [str(name) for name in frame.index]
    lanes = [(order - (len(frame.columns) - 1) / 2) * 0.21 for order in range(len(frame.columns))]
    with canvas(len(frame) * 0.44 * (len(frame.columns) + 0.6) + 1.4) as (figure, axes):
        for order, part in enumerate(frame.columns):
            places = [place + lanes[order] for place in range(len(frame))]
            sns.scatterplot(
                x=values[part],
                y=places,
                ax=axes,
                color=SERIES[order % 4],
                s=52,
                marker=MARKERS[order % 4],
                label=str(part),
            )
            for place, fact in zip(places, frame[part], strict=True):
                if fact.known:
                    write(axes, fact.text(), (float(fact), place), (6, 0))
        name_rows(axes, names, f"{unit}，横轴不从零开始")
        widen(axes, values)
        for lane, part in zip(lanes, frame.columns, strict=True):
            for place, fact in enumerate(frame[part]):
                if not fact.known:
                    say_missing(axes, str(part), fact, place + lane)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        legend(figure, axes)
        return Chart(svg(figure), describe("点图", frame, unit))


@needs_data
def scatter(frame: pd.DataFrame, *, x: str, y: str, highlight: str) -> Chart:
    """Two measures against each other, one point a row; the row to look at is named and coloured.

    Args:
        frame: columns `x` and `y` hold facts and name the axes.
    """
    if highlight not in frame.index:
        return NOTHING
    values = frame.map(float)
    with canvas(8.5) as (figure, axes):
        rest, seen = values.drop(index=highlight), values.loc[[highlight]]
        sns.scatterplot(x=rest[x], y=rest[y], ax=axes, color=NOW, s=52)
        sns.scatterplot(x=seen[x], y=seen[y], ax=axes, color=ADVERSE, s=90, marker="D")
        axes.axhline(0, color=GRID, linewidth=0.8, zorder=0)
        axes.axvline(0, color=GRID, linewidth=0.8, zorder=0)
        point = seen.iloc[0]
        right = float(point[x]) > float(values[x].mean())
        side = {"ha": "right"} if right else {"ha": "left"}
        shift = (-10 if right else 10, 0)
        write(axes, highlight, (point[x], point[y]), shift, color=ADVERSE, fontsize=10.5, **side)
        middle = rest.median()
        text = f"其余 {len(rest)} 个专业"
        look = {"color": NOW, "fontsize": 10.5, "va": "baseline"}
        write(axes, text, (middle[x], middle[y]), (14, -22), **look)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.margins(0.12)
        axes.tick_params(length=0)
        axes.xaxis.set_major_formatter(tick)
        axes.yaxis.set_major_formatter(tick)
        return Chart(svg(figure), describe("散点图", frame, ""))
