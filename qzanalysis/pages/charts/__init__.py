"""One theme and a few chart forms on seaborn; each chart carries its alt text.

A form takes a frame of facts (rows are what is compared, columns are years or parts) and returns a
`Chart`: an SVG whose text is text, and a description made from the same data. Titles stand above
the chart in the page, so the drawing holds axes, marks and labels only.
"""

from qzanalysis.pages.charts.comparison import bars, change, dots, lines, scatter
from qzanalysis.pages.charts.composition import against_standard, heat, shares, stacked
from qzanalysis.pages.charts.svg import Chart
from qzanalysis.pages.charts.theme import theme as style

__all__ = [
    "Chart",
    "against_standard",
    "bars",
    "change",
    "dots",
    "heat",
    "lines",
    "scatter",
    "shares",
    "stacked",
    "style",
]
