"""Imported once by the server that notebooks' processes are forked from: all that costs time.

What is prepared here is shared by every chapter and changed by none: modules, tables of the
codebook, the chart theme with its font, the exporter with its template.
"""

# ruff: noqa: E402
from __future__ import annotations

import contextlib
import gc

gc.disable()  # nothing that is imported goes away again

import papermill  # noqa: F401

import qzanalysis.audit
import qzanalysis.measures
import qzanalysis.pages.blocks
import qzanalysis.pages.narrative
import qzanalysis.pages.problems  # noqa: F401
from qzanalysis.pages.charts import theme
from qzanalysis.publishing import export, forked, rehearsal  # noqa: F401

theme.theme()
export.exporter()
with contextlib.suppress(OSError):  # no room for it: then each chapter does its own first times
    rehearsal.rehearse()
gc.freeze()  # what is shared is not gone through again in every process
gc.enable()
