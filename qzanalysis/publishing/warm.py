"""Imported by the fork server: all that costs time is done once, before processes are forked.

Modules are imported, tables of the codebook read, the chart theme set with its font, the exporter
made with its template, and one chapter of made-up figures drawn and exported (not published), for
much is done only the first time.
"""

# ruff: noqa: E402
from __future__ import annotations

import gc

gc.disable()  # nothing that is imported goes away again

import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Final

import IPython.core.completerlib  # imported by each new kernel, as the next
import IPython.extensions.storemagic  # noqa: F401
import nbformat.v4
import pandas as pd
import papermill  # noqa: F401
import tornado.platform.asyncio  # noqa: F401

import qzanalysis.audit
import qzanalysis.measures
import qzanalysis.pages.narrative
import qzanalysis.pages.questions  # noqa: F401
from qzanalysis import sentence
from qzanalysis.pages import blocks, charts
from qzanalysis.pages.charts import theme
from qzanalysis.publishing import export, kernel, run  # noqa: F401
from qzanalysis.publishing.chapters import Chapter
from qzanalysis.reports.report import Report, School
from qzanalysis.reports.schema import with_figures

_YEAR: Final = 2021
_FIGURES: Final = (
    ("students", "", _YEAR - 1, "1000", "附表1#1"),
    ("students", "", _YEAR, "1100", "附表1#1"),
    ("job_match_rate", "programme=accounting", _YEAR - 1, "75.1%", "§2.4表#1"),
    ("job_match_rate", "programme=accounting", _YEAR, "71.3%", "§2.4表#1"),
    ("job_match_rate", "programme=tourism", _YEAR - 1, "98.6%", "§2.4表#2"),
    ("job_match_rate", "programme=tourism", _YEAR, "98.7%", "§2.4表#2"),
)


def regard_main_as_loaded() -> None:
    """Let forked processes not run the caller's main module, which their functions do not need.

    multiprocessing runs it again unless it is the server's own main module. A script without
    `if __name__ == "__main__"` would start itself over and over.
    """
    main = sys.modules["__main__"]
    if path := os.environ.pop("QZANALYSIS_MAIN_PATH", None):
        main.__file__ = path
    if name := os.environ.pop("QZANALYSIS_MAIN_NAME", None):
        main.__spec__ = ModuleSpec(name, None)


def rehearse() -> None:
    """Draw a headline, a chart and a table of made-up figures, and export them."""
    columns = ["indicator", "breakdown", "year", "printed", "source"]
    rows = pd.DataFrame(_FIGURES, columns=columns).assign(note="", file="", row=0)
    report = Report(School("", "", "", ""), _YEAR, with_figures(rows))
    rates = report.table("job_match_rate", "programme")
    shown = (
        blocks.headline("{students}", students=report.fact("students")),
        blocks.figure(sentence("预演"), charts.change(rates, unit="%"), rates),
        blocks.table(rates, "预演"),
    )
    notebook = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    for block in shown:
        output = nbformat.v4.new_output("display_data", block._repr_mimebundle_())  # type: ignore[no-untyped-call]
        cell = nbformat.v4.new_code_cell("1", outputs=[output])  # type: ignore[no-untyped-call]
        notebook.cells.append(cell)
    export.body(Chapter(0, Path("00-rehearsal.ipynb"), "预演", (), 0), notebook)


regard_main_as_loaded()
theme.theme()
rehearse()
gc.freeze()  # what is shared is not gone through again in every process
gc.enable()
