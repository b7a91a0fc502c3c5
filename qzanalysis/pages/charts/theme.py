"""One theme: colours, font, sizes, and the canvas every chart is drawn on."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import matplotlib as mpl
import pylopdf_fonts_zh_cn
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Each reaches 3:1 on white and stays apart from its neighbours in grey and for the colour-blind.
NOW: Final = "#12436D"
BEFORE: Final = "#28A197"
ADVERSE: Final = "#801650"
MARK: Final = "#F46A25"
MUTED: Final = "#5B6470"
INK: Final = "#1F2933"
GRID: Final = "#D5DAE0"
SERIES: Final = (NOW, BEFORE, MARK, ADVERSE)
HATCHES: Final = ("", "///", "---", "xxx")  # parts differ without colour; dots weigh 150 KB as SVG
AS_TEXT: Final = {BEFORE: "#1B7A72", MARK: "#B4450A"}  # shades that words can be read in: 4.5:1
MARKERS: Final = ("o", "s", "D", "^")
ON_TINT: Final = "#1F2934"  # words on a coloured cell: dark in the dark theme too
PAPER: Final = {"boxstyle": "square,pad=0.12", "fc": "white", "ec": "none"}  # behind a label
WIDE: Final = 8.2  # inches, drawn for laptops and paper
NARROW: Final = 4.3  # inches, drawn for phones: SMALL type is at least 11 pixels high there
SMALL: Final = 9.9  # points: the smallest type of a drawing
ROW: Final = 0.36
FONT: Final = "Noto Sans SC"


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
        "axes.labelsize": SMALL,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.unicode_minus": False,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": 10.5,
        "hatch.linewidth": 0.6,
        "text.parse_math": False,  # a dollar sign in a name is a dollar sign
        "svg.fonttype": "none",
        "svg.hashsalt": "qzanalysis",
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
    }


@contextmanager
def canvas(rows: float) -> Iterator[tuple[Figure, Axes]]:
    """A figure in the theme, as wide as `figure.figsize` says and high enough for `rows` rows.

    A missing glyph is an error.
    """
    with mpl.rc_context(theme()), warnings.catch_warnings():
        warnings.filterwarnings(
            "error", message=".*missing from.*font|constrained_layout not applied"
        )
        width = mpl.rcParams["figure.figsize"][0]
        figure = Figure(figsize=(width, 0.75 + ROW * rows), layout="constrained")
        yield figure, figure.subplots()
