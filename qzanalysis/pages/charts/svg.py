"""From a figure to inline SVG, and to the sentence that stands for it."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import pandas as pd
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from qzanalysis.figures.facts import Fact
from qzanalysis.figures.frames import as_facts
from qzanalysis.pages.tables import heading, status_name

Form = TypeVar("Form", bound=Callable[..., "Chart"])


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing as SVG and the sentence that stands for it where it cannot be seen."""

    svg: str
    alt: str

    def __html__(self) -> Markup:
        """The drawing as an image with its sentence."""
        head = Markup('<svg role="img" aria-label="{}"').format(self.alt)
        return Markup(self.svg.replace("<svg", head, 1))


NOTHING: Final = Chart("", "")


def needs_data(form: Form) -> Form:
    """A chart form that draws nothing where no fact is known, instead of empty axes."""

    @functools.wraps(form)
    def drawn(data: pd.DataFrame | pd.Series, **options: Any) -> Chart:
        facts = as_facts(data)  # type: ignore[type-var]
        cells = facts.to_numpy().ravel()
        known = any(isinstance(cell, Fact) and cell.known for cell in cells)
        return form(facts, **options) if known else NOTHING

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
    body = re.sub(r"(<(?:use|image)\b[^>]*?) xlink:href=", r"\1 href=", text[text.index("<svg") :])
    body = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", body, flags=re.DOTALL)
    head, mark, rest = body.partition(">")
    return re.sub(r'\s+(?:width|height|xmlns(?::\w+)?)="[^"]*"', "", head) + mark + rest.strip()
