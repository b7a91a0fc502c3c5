"""Forms that show parts of a whole, distance from a standard, and a grid of two assumptions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from qzanalysis.figures.facts import Fact
from qzanalysis.figures.sentences import spaced
from qzanalysis.pages.charts.axes import beyond, legend, name_rows, write
from qzanalysis.pages.charts.svg import Chart, describe, missing, needs_data, svg
from qzanalysis.pages.charts.theme import (
    ADVERSE,
    GRID,
    HATCHES,
    INK,
    MARK,
    MUTED,
    NOW,
    ON_TINT,
    PAPER,
    SERIES,
    SMALL,
    canvas,
)

NARROW: Final = 0.06  # of the longest bar: a part too narrow for its label


@needs_data
def stacked(frame: pd.DataFrame, *, unit: str) -> Chart:
    """Composition: one bar a row, its parts side by side, each labelled with its value.

    Args:
        frame: rows are bars, columns are parts, cells are facts in one unit.
    """
    values = frame.map(float).fillna(0.0)
    names = [str(name) for name in frame.index]
    with canvas(len(frame) * (1.15 if len(frame) <= 4 else 0.95) + 1.4) as (figure, axes):
        left = pd.Series(0.0, index=frame.index)
        limit = float(values.sum(axis=1).max())
        for order, part in enumerate(frame.columns):
            axes.barh(
                names,
                values[part],
                left=left,
                color=SERIES[order % 4],
                label=str(part),
                height=0.62,
                edgecolor="white",
                hatch=HATCHES[order % 4],
                linewidth=0.8,
            )
            for place, fact in enumerate(frame[part]):
                middle = float(left.iloc[place] + values[part].iloc[place] / 2)
                small = float(values[part].iloc[place]) < limit * NARROW
                if fact.value:  # a part too narrow for its label has it above
                    axes.text(
                        middle,
                        place - 0.43 if small else place,
                        fact.text(),
                        ha="center",
                        va="center",
                        fontsize=SMALL,
                        color=INK,
                        bbox=None if small else PAPER,
                    )
            left = left + values[part]
        _say_gaps(axes, frame)
        name_rows(axes, names, unit)
        axes.set_xlim(0, limit * 1.02)
        legend(figure, axes)
        return Chart(svg(figure), describe("堆叠条形图", frame, unit))


def _say_gaps(axes: Axes, frame: pd.DataFrame) -> None:
    """Under each bar, the parts the report gives no number for; one never offered is no gap."""
    for place, (_, row) in enumerate(frame.iterrows()):
        lacking = [(p, f) for p, f in row.items() if not f.known and f.status != "not_offered"]
        gaps = "、".join(f"{part}{missing(fact)}" for part, fact in lacking)
        if gaps:
            axes.text(0, place + 0.43, gaps, va="center", fontsize=SMALL, color=MUTED)


@needs_data
def against_standard(frame: pd.DataFrame) -> Chart:
    """How far each value is from its standard, as per cent of the standard.

    Args:
        frame: rows named by standard, columns `level` (fact, per cent of the threshold), `value`,
            `threshold` (facts) and `met` (bool).
    """
    names = [str(name) for name in frame.index]
    level = frame["level"].map(float)
    with canvas(len(frame) * 1.25 + 0.9) as (figure, axes):
        colours = [NOW if met else ADVERSE for met in frame["met"]]
        axes.barh(range(len(names)), level.to_numpy(), height=0.6, color=colours)
        texts = [
            f"{value.text()}，{'达到' if met else '未达到'}"
            for value, met in zip(frame["value"], frame["met"], strict=True)
        ]
        for place, text in enumerate(texts):
            write(axes, text, (max(level.iloc[place], 100), place), (6, 0))
        axes.axvline(100, color=MARK, linewidth=2, linestyle=(0, (4, 2)))
        limits = [f"{name}\n标准 {_measured(row)}" for name, row in frame["threshold"].items()]
        name_rows(axes, limits, "相当于标准的百分比（%），虚线为标准")
        axes.set_xlim(0, max(float(level.max()), 100) * beyond(figure, texts))
        pairs = "；".join(
            f"{name} {row['value'].text()}，标准 {row['threshold'].text()}"
            for name, row in zip(names, frame.to_dict("records"), strict=True)
        )
        return Chart(svg(figure), f"条形图，各项数值与标准之比：{pairs}。")


def _measured(fact: Fact) -> str:
    """A standard with its unit."""
    return fact.text() + spaced(fact.shown_unit)


@needs_data
def shares(frame: pd.DataFrame, *, count: str, whole: str, share: str) -> Chart:
    """Parts of different wholes: each bar is a share of its own whole, drawn behind it.

    Args:
        frame: rows are parts; they may overlap, or lie within each other.
        count, whole, share: the columns of head-counts (facts), of the names of the wholes, and of
            the shares of them (facts, per cent).
    """
    names = [f"{name}\n占{row[whole]}" for name, row in frame.iterrows()]
    values = frame[share].map(float)
    with canvas(len(names) * 1.1 + 0.6) as (figure, axes):
        axes.barh(range(len(names)), values.notna() * 100, height=0.5, color=GRID)
        axes.barh(range(len(names)), values, height=0.5, color=NOW)
        labels = [
            f"{number.text()}{spaced(number.shown_unit)}，{part.text()}%"
            if part.known
            else missing(part)
            for part, number in zip(frame[share], frame[count], strict=True)
        ]
        for place, text in enumerate(labels):
            write(axes, text, (0 if values.isna().iloc[place] else 100, place), (6, 0))
        name_rows(axes, names, "占各自整体的百分比（%），浅色为整体")
        axes.set_xlim(0, 100 * beyond(figure, labels))
        axes.set_xticks(range(0, 101, 20))
        named = frame[[count, share]].set_axis([name.replace("\n", "，") for name in names])
        return Chart(svg(figure), describe("条形图，各自整体中的比例", named, ""))


@needs_data
def heat(
    frame: pd.DataFrame, *, x: str, y: str, mark: Sequence[tuple[int, int, str]] = ()
) -> Chart:
    """A grid of values, each written in its cell; marked cells are framed and explained below.

    Args:
        frame: rows run down the page, columns across it, cells are facts.
        x, y: what columns and rows are.
        mark: row number, column number and name of cells to point out.
    """
    values = frame.map(float)
    texts = frame.map(lambda fact: fact.text())
    limit = float(values.abs().max().max())
    frames = ("-", (0, (2, 1.5)))
    with canvas(len(frame) * 1.05 + 1.6) as (figure, axes):
        sns.heatmap(
            values,
            annot=texts.to_numpy(),
            fmt="",
            ax=axes,
            cbar=False,
            linewidths=1.5,
            linecolor="white",
            vmin=-limit,
            vmax=limit,
            annot_kws={"fontsize": 10},
            cmap=sns.diverging_palette(185, 20, s=70, l=70, as_cmap=True),
        )
        for text in axes.texts:
            text.set_color(ON_TINT)
        for order, (row, column, _) in enumerate(mark):
            axes.add_patch(
                Rectangle(
                    (column + 0.04, row + 0.04),
                    0.92,
                    0.92,
                    fill=False,
                    edgecolor=ON_TINT,
                    linewidth=2.2,
                    linestyle=frames[order % 2],
                )
            )
        columns = [str(name).replace("（", "\n（") for name in frame.columns]
        axes.set_xticks(axes.get_xticks(), columns, linespacing=1.3)
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.tick_params(length=0, rotation=0)
        marked = "；".join(f"{name}：{texts.iloc[row, column]!s}" for row, column, name in mark)
        description = describe("热力图", frame, "") + (f"标出的格：{marked}。" if marked else "")
        return Chart(svg(figure), description)
