"""From a figure to inline SVG, and to the sentence that stands for it."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar, cast

import matplotlib as mpl
import pandas as pd
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import as_facts
from qzanalysis.pages.charts.theme import INK, NARROW, SMALL, WIDE
from qzanalysis.pages.tables import heading, status_name

Form = TypeVar("Form", bound=Callable[..., "Chart"])


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and the sentence that stands for it where it cannot be seen.

    Attributes:
        svg: for laptops and paper.
        alt: the sentence.
        narrow: the same for phones; hidden where the page's style does not show it.
    """

    svg: str
    alt: str
    narrow: str = ""

    def __html__(self) -> Markup:
        """Both drawings as one image with its sentence."""
        narrow = self.narrow.replace("<svg", '<svg class="narrow" style="display:none"', 1)
        image = Markup('<div role="img" aria-label="{}">{}{}</div>')
        return image.format(self.alt, Markup(self.svg), Markup(narrow))


NOTHING: Final = Chart("", "")
_ROOT: Final = f"""<svg font-family="'Noto Sans SC',sans-serif" font-size="{SMALL}" \
fill="{INK.lower()}" stroke-linejoin="round\""""
# What matplotlib writes and a page does not need, and what stands for it.
_SHORTER: Final = {
    r"<(metadata|style)\b.*?</\1>|<!--.*?-->": "",
    r"\s+": " ",
    r"> <": "><",
    r" ?([:;]) ": r"\1",
    r"xlink:href=": "href=",
    r"font-family:'[^']*';": "",
    rf"(<text[^>]*)font-size:{SMALL}px;": r"\1",
    rf"(<text[^>]*?);?fill:{INK.lower()}": r"\1",
    r' transform="rotate\(-0 [^"]*"': "",
    r'<g id="[^"]*"': "<g",
    r'<path d="[^"]*" style="fill:none"/>': "",
    r"<defs/>|<defs></defs>": "",
    r"<g>(<text[^>]*>[^<]*</text>)</g>": r"\1",
    r"<g>(<text[^>]*>[^<]*</text>|)</g>": r"\1",
}


def needs_data(form: Form) -> Form:
    """A chart form at both widths; nothing where no fact is known, instead of empty axes."""

    def at_width(inches: float, facts: Any, options: Mapping[str, Any]) -> Chart:
        with mpl.rc_context({"figure.figsize": (inches, inches)}):
            return form(facts, **options)

    @functools.wraps(form)
    def drawn(data: pd.DataFrame | pd.Series, **options: Any) -> Chart:
        facts = as_facts(data)  # type: ignore[type-var]
        cells = facts.to_numpy().ravel()
        if not any(isinstance(cell, Fact) and cell.known for cell in cells):
            return NOTHING
        chart = at_width(WIDE, facts, options)
        return replace(chart, narrow=at_width(NARROW, facts, options).svg)

    return cast(Form, drawn)


def missing(fact: Fact) -> str:
    """The word for a missing value: 未填报, 未开考; 无数据 where nothing more is known."""
    name = status_name(fact)
    return "无数据" if name == "—" else name


def describe(form: str, frame: pd.DataFrame, unit: str) -> str:
    """Alt text: the form, what is shown, and every value."""
    of = f"（{unit}）" if unit else ""
    single = len(frame.columns) == 1

    def cells(row: pd.Series) -> str:
        shown = [
            ("" if single else f"{heading(column)} ")
            + (fact.text() if fact.known else missing(fact))
            for column, fact in row.items()
        ]
        return "、".join(shown)

    rows = "；".join(f"{heading(name)}：{cells(row)}" for name, row in frame.iterrows())
    return f"{form}{of}。{rows}。"


def svg(figure: Figure) -> str:
    """The figure as inline SVG that scales with the page: no prolog, name spaces, size or date."""
    buffer = io.StringIO()
    # Not figure.savefig: with a layout engine it draws everything twice.
    canvas = FigureCanvasSVG(figure)
    canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    text = buffer.getvalue()
    body = text[text.index("<svg") :]
    for pattern, short in _SHORTER.items():
        body = re.sub(pattern, short, body, flags=re.DOTALL)
    body = re.sub("<[^>]+>", lambda tag: re.sub(r"(\.\d)\d+", r"\1", tag[0]), body)
    head, mark, rest = body.partition(">")
    head = re.sub(r'\s+(?:width|height|version|xmlns(?::\w+)?)="[^"]*"', "", head)
    return head.replace("<svg", _ROOT, 1) + mark + rest
