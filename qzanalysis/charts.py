"""One theme and a few chart forms on seaborn; each chart carries its alt text.

A form takes a frame of facts (rows are what is compared, columns are years or parts) and returns a
`Chart`: an SVG whose text is text, and a description made from the same data. Titles stand above
the chart in the page, so the drawing holds axes, marks and labels only.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import matplotlib as mpl
import pandas as pd
import pylopdf_fonts_zh_cn
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from qzanalysis.facts import Fact

# Each reaches 3:1 on white and stays apart from its neighbours in grey and for the colour-blind.
NOW: Final = "#12436D"
BEFORE: Final = "#28A197"
ADVERSE: Final = "#801650"
MARK: Final = "#F46A25"
MUTED: Final = "#6B7280"
INK: Final = "#1F2933"
GRID: Final = "#D5DAE0"
SERIES: Final = (NOW, BEFORE, MARK, ADVERSE)
HATCHES: Final = ("", "///", "---", "xxx")  # parts differ without colour; dots weigh 150 KB as SVG
WIDTH: Final = 5.2  # inches: narrow, so that labels stay readable on a phone
ROW: Final = 0.36
NARROW: Final = 0.06  # of the longest bar
LEGEND_WIDTH: Final = 13  # characters of all names before the legend needs two columns
NAME_WIDTH: Final = 10  # characters of a row's name before it goes on in the next line
FONT: Final = "Noto Sans SC"
PAPER: Final = {"boxstyle": "square,pad=0.12", "fc": "white", "ec": "none"}  # behind a label
_MINUS: Final = "−"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing as SVG and the sentence that stands for it where it cannot be seen."""

    svg: str
    alt: str


@cache
def theme() -> Any:
    """The settings of every chart; registers the Chinese font once a process."""
    font_manager.fontManager.addfont(str(pylopdf_fonts_zh_cn.sans_path()))
    return {
        **sns.axes_style("white"),
        "font.family": [FONT],
        "font.size": 10.5,
        "axes.edgecolor": GRID,
        "axes.labelcolor": INK,
        "axes.labelsize": 9.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.unicode_minus": False,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 9.5,
        "ytick.labelsize": 10.5,
        "hatch.linewidth": 0.6,
        "svg.fonttype": "none",
        "svg.hashsalt": "qzanalysis",
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
    }


@contextmanager
def canvas(rows: float, *, width: float = WIDTH) -> Iterator[tuple[Figure, Axes]]:
    """A figure in the theme, high enough for `rows` rows; a missing glyph is an error."""
    with mpl.rc_context(theme()), warnings.catch_warnings():
        warnings.filterwarnings(
            "error", message=".*missing from.*font|constrained_layout not applied"
        )
        figure = Figure(figsize=(width, 0.75 + ROW * rows), layout="constrained")
        yield figure, figure.subplots()


def change(frame: pd.DataFrame, *, unit: str, highlight: str | None = None) -> Chart:
    """Values of several things over years: two years as a dumbbell, three or more as lines.

    Args:
        frame: rows are things, columns are years, cells are facts.
        unit: axis label.
        highlight: the row to draw in the warning colour.
    """
    if len(frame.columns) > 2:
        return lines(frame, unit=unit, highlight=highlight)
    return _dumbbell(frame, unit, highlight)


def lines(frame: pd.DataFrame, *, unit: str, highlight: str | None = None) -> Chart:
    """Values over three or more years, one line a row, each labelled at its end."""
    values = frame.map(float)
    with canvas(9) as (figure, axes):
        for order, (name, row) in enumerate(values.iterrows()):
            colour = _row_colour(str(name), highlight, order, len(values))
            sns.lineplot(x=list(row.index), y=row.to_numpy(), ax=axes, color=colour, marker="o")
            axes.annotate(
                str(name),
                (row.index[-1], row.iloc[-1]),
                xytext=(8, 0),
                va="center",
                textcoords="offset points",
                color=colour,
            )
        axes.set_xticks(list(values.columns), [f"{year} 年" for year in values.columns])
        axes.set_ylabel(unit)
        axes.grid(axis="y", color=GRID, linewidth=0.6)
        return Chart(_svg(figure), _describe("折线图", frame, unit))


def _dumbbell(frame: pd.DataFrame, unit: str, highlight: str | None) -> Chart:
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
        sns.scatterplot(
            x=values[before],
            y=list(places),
            ax=axes,
            color="white",
            s=52,
            zorder=2,
            edgecolor=BEFORE,
            linewidth=1.8,
            label=f"{before} 年",
        )
        sns.scatterplot(
            x=values[now],
            y=list(places),
            ax=axes,
            color=NOW,
            s=58,
            zorder=3,
            edgecolor=NOW,
            label=f"{now} 年",
        )
        axes.hlines(list(places), *_span(values), color=GRID, linewidth=0.6, zorder=0)
        _label_ends(axes, frame)
        _rows(axes, names, f"{unit}，横轴不从零开始")
        _pad(axes, values)
        _legend(axes, 2)
        return Chart(_svg(figure), _describe("哑铃图", frame, unit))


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
        sns.barplot(
            x=values.to_numpy(),
            y=names,
            hue=names,
            palette=palette,
            legend=False,
            ax=axes,
            width=0.62,
            saturation=1,
        )
        for place, fact in enumerate(series):
            _beside(axes, float(fact), place, fact, signed=bool((values < 0).any()))
        _rows(axes, names, unit)
        axes.axvline(0, color=INK, linewidth=0.8)
        _pad(axes, values.to_frame(), zero=True)
        return Chart(_svg(figure), _describe("条形图", series.to_frame("值"), unit))


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
                        fontsize=9 if small else 9.5,
                        color=INK,
                        bbox=None if small else PAPER,
                    )
            left = left + values[part]
        _rows(axes, names, unit)
        axes.set_xlim(0, limit * 1.02)
        _legend(axes, 2 if sum(len(str(part)) for part in frame.columns) > LEGEND_WIDTH else 4)
        return Chart(_svg(figure), _describe("堆叠条形图", frame, unit))


def against_standard(frame: pd.DataFrame) -> Chart:
    """How far each value is from its standard, as per cent of the standard.

    Args:
        frame: rows named by standard, columns `level` (fact, per cent of the threshold), `value`,
            `threshold` (facts) and `met` (bool).
    """
    names = [str(name) for name in frame.index]
    level = frame["level"].map(float)
    with canvas(len(frame) + 0.9) as (figure, axes):
        colours = [NOW if met else ADVERSE for met in frame["met"]]
        sns.barplot(
            x=level.to_numpy(),
            y=names,
            hue=names,
            palette=colours,
            legend=False,
            ax=axes,
            width=0.6,
            saturation=1,
        )
        for place, (_, row) in enumerate(frame.iterrows()):
            word = "达到" if row["met"] else "未达到"
            text = f"{row['value'].text()}（标准 {row['threshold'].text()}，{word}）"
            axes.annotate(
                text,
                (level.iloc[place], place),
                xytext=(6, 0),
                va="center",
                fontsize=9.5,
                textcoords="offset points",
                bbox=PAPER,
            )
        axes.axvline(100, color=MARK, linewidth=2, linestyle=(0, (4, 2)))
        _rows(axes, names, "相当于标准的百分比（%），虚线为标准")
        axes.set_xlim(0, float(level.max()) * 1.55)
        pairs = "；".join(
            f"{name} {row['value'].text()}，标准 {row['threshold'].text()}"
            for name, row in zip(names, frame.to_dict("records"), strict=True)
        )
        return Chart(_svg(figure), f"条形图，各项数值与标准之比：{pairs}。")


def dots(frame: pd.DataFrame, *, unit: str) -> Chart:
    """Values close together, one row of dots for each row of the frame; the axis says where it starts.

    Args:
        frame: rows are groups, columns are series, cells are facts; unknown ones leave a gap.
    """
    values = frame.map(float)
    names = [str(name) for name in frame.index]
    markers = ("o", "s", "D", "^")
    with canvas(len(frame) * 1.3 + 1.4) as (figure, axes):
        for order, part in enumerate(frame.columns):
            offset = (order - (len(frame.columns) - 1) / 2) * 0.2
            places = [place + offset for place in range(len(frame))]
            sns.scatterplot(
                x=values[part],
                y=places,
                ax=axes,
                color=SERIES[order % 4],
                s=52,
                marker=markers[order % 4],
                label=str(part),
            )
            for place, fact in zip(places, frame[part], strict=True):
                if fact.known:
                    axes.annotate(
                        fact.text(),
                        (float(fact), place),
                        xytext=(6, 0),
                        fontsize=8.5,
                        textcoords="offset points",
                        va="center",
                    )
        _rows(axes, names, f"{unit}，横轴不从零开始")
        _pad(axes, values)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
        _legend(axes, len(frame.columns))
        return Chart(_svg(figure), _describe("点图", frame, unit))


def scatter(frame: pd.DataFrame, *, x: str, y: str, highlight: str) -> Chart:
    """Two measures against each other, one point a row; the row to look at is named and coloured.

    Args:
        frame: columns `x` and `y` hold facts and name the axes.
    """
    values = frame.map(float)
    with canvas(8.5) as (figure, axes):
        rest, seen = values.drop(index=highlight), values.loc[[highlight]]
        sns.scatterplot(x=rest[x], y=rest[y], ax=axes, color=NOW, s=52)
        sns.scatterplot(x=seen[x], y=seen[y], ax=axes, color=ADVERSE, s=90, marker="D")
        axes.axhline(0, color=GRID, linewidth=0.8, zorder=0)
        axes.axvline(0, color=GRID, linewidth=0.8, zorder=0)
        point = seen.iloc[0]
        right = float(point[x]) > float(values[x].mean())
        axes.annotate(
            highlight,
            (point[x], point[y]),
            xytext=(-10 if right else 10, 0),
            color=ADVERSE,
            textcoords="offset points",
            ha="right" if right else "left",
            va="center",
        )
        middle = rest.median()
        axes.annotate(
            f"其余 {len(rest)} 个专业",
            (middle[x], middle[y]),
            xytext=(14, -22),
            textcoords="offset points",
            color=NOW,
        )
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.margins(0.12)
        axes.tick_params(length=0)
        axes.xaxis.set_major_formatter(_tick)
        axes.yaxis.set_major_formatter(_tick)
        return Chart(_svg(figure), _describe("散点图", frame, ""))


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
            text.set_color(INK)
        for order, (row, column, _) in enumerate(mark):
            axes.add_patch(
                Rectangle(
                    (column + 0.04, row + 0.04),
                    0.92,
                    0.92,
                    fill=False,
                    edgecolor=ADVERSE,
                    linewidth=2.2,
                    linestyle=frames[order % 2],
                )
            )
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.tick_params(length=0, rotation=0)
        marked = "；".join(f"{name}：{texts.iloc[row, column]!s}" for row, column, name in mark)
        description = _describe("热力图", frame, "") + (f"标出的格：{marked}。" if marked else "")
        return Chart(_svg(figure), description)


def _row_colour(name: str, highlight: str | None, order: int, rows: int) -> str:
    if name == highlight:
        return ADVERSE
    return MUTED if highlight or rows > len(SERIES) else SERIES[order]


def _label_ends(axes: Axes, frame: pd.DataFrame) -> None:
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


def _beside(axes: Axes, value: float, place: int, fact: Fact, *, signed: bool) -> None:
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


def _rows(axes: Axes, names: Sequence[str], unit: str) -> None:
    """Names down the left side, the first at the top; the unit under the horizontal axis."""
    axes.set_yticks(range(len(names)), [_wrapped(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_ylabel("")
    axes.set_xlabel(unit)
    axes.tick_params(length=0)
    axes.xaxis.set_major_formatter(_tick)


def _tick(value: float, _: object = None) -> str:
    return f"{value:g}".replace("-", _MINUS)


def _wrapped(name: str) -> str:
    """A long name on several lines, so that it leaves room for the marks."""
    lines = math.ceil(len(name) / NAME_WIDTH)
    return "\n".join(textwrap.wrap(name, math.ceil(len(name) / lines))) if lines > 1 else name


def _pad(axes: Axes, values: pd.DataFrame, *, zero: bool = False) -> None:
    """Room for the labels on both sides; from zero where bars are drawn."""
    low, high = float(values.min().min()), float(values.max().max())
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low or abs(high) or 1.0) * 0.2
    axes.set_xlim(low if zero and low == 0 else low - room, high + room)
    if "%" in axes.get_xlabel() and high <= 100:  # a share has no place above 100
        axes.set_xticks([tick for tick in axes.get_xticks() if low - room <= tick <= 100])


def _span(values: pd.DataFrame) -> tuple[float, float]:
    return float(values.min().min()), float(values.max().max())


def _legend(axes: Axes, columns: int) -> None:
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        frameon=False,
        borderaxespad=0.2,
        handletextpad=0.4,
        columnspacing=1.4,
    )


def _describe(form: str, frame: pd.DataFrame, unit: str) -> str:
    """Alt text: the form, what is shown, and every value."""
    of = f"（{unit}）" if unit else ""
    single = len(frame.columns) == 1

    def cells(row: pd.Series) -> str:
        shown = [
            ("" if single else f"{_heading(column)} ") + (fact.text() if fact.known else "无数据")
            for column, fact in row.items()
        ]
        return "、".join(shown)

    rows = "；".join(f"{_heading(name)}：{cells(row)}" for name, row in frame.iterrows())
    return f"{form}{of}。{rows}。"


def _heading(name: object) -> str:
    return f"{name} 年" if isinstance(name, int) and 1900 < name < 2200 else str(name)


def _svg(figure: Figure) -> str:
    """The figure as inline SVG: no prolog, no date, and only the ids that it refers to, made unique."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    body = text[text.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<!--.*?-->|\s+xmlns:\w+="[^"]*"(?=[^>]*viewBox)', "", body, flags=re.DOTALL)
    return _unique_ids(_responsive(body)).strip()


def _responsive(body: str) -> str:
    """Scale with the page: the view box stays, the fixed size goes."""
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*"',
        r"\1",
        re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", body, count=1),
        count=1,
    )


def _unique_ids(body: str) -> str:
    used = set(re.findall(r"url\(#([^)]+)\)", body)) | set(re.findall(r'href="#([^"]+)"', body))
    prefix = "c" + hashlib.sha256(body.encode()).hexdigest()[:8]

    def rename(match: re.Match[str]) -> str:
        return f' id="{prefix}-{match[1]}"' if match[1] in used else ""

    body = re.sub(r' id="([^"]+)"', rename, body)
    replace: Callable[[str, str], str] = lambda pattern, text: re.sub(  # noqa: E731
        pattern, lambda m: f"{m[1]}#{prefix}-{m[2]}", text
    )
    return replace(r'(href=")#([^"]+)', replace(r"(url\()#([^)]+)", body))
