"""The checks over many reports at once, a module for each module of `checks` that has one.

Each pass decides what certainly agrees, or certainly is not there, for all cells; the rest is asked
of the check's own module. What is meant by it stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from qzanalysis.audit.panel.batches import Batch
from qzanalysis.audit.panel.columns import Columns
from qzanalysis.audit.panel.passes import (
    completeness,
    grim,
    peers,
    ranges,
    repeats,
    restated,
    standards,
)
from qzanalysis.audit.panel.passes.relations import relations
from qzanalysis.audit.ranges import RANGES

PASSES: Final[tuple[Callable[[Columns], Batch], ...]] = (
    relations,
    repeats.repeated,
    repeats.shifted,
    *(ranges.bounded(range_) for range_ in RANGES),
    ranges.magnitudes,
    ranges.wordings,
    grim.feasible,
    grim.sized,
    peers.peers_apart,
    standards.thresholds,
    completeness.unfilled,
    completeness.telling,
    restated.restatements,
)
