"""Imported once by the server that notebooks' processes are forked from: all that costs time.

What is prepared here is shared by every chapter and changed by none: modules, the chart theme with
its font, the exporter with its template.
"""

from __future__ import annotations

import papermill  # noqa: F401

import qzanalysis.blocks
import qzanalysis.checks
import qzanalysis.measures
import qzanalysis.narrative
import qzanalysis.problems  # noqa: F401
from qzanalysis.charts import theme
from qzanalysis.rendering import export, forked  # noqa: F401

theme.theme()
export.exporter()
