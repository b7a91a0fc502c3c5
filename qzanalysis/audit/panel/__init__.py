"""Many reports at once: the figures of every school and year in columns, and their checks.

    figures = panel.observations()
    found = panel.findings()

Needs the extra `panel` (pyarrow).
"""

from __future__ import annotations

from qzanalysis.audit.panel.audit import as_json, as_text, findings, tally
from qzanalysis.audit.panel.cache import observations

__all__ = ["as_json", "as_text", "findings", "observations", "tally"]
