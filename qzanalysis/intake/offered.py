"""The programmes a school offers: `data/<school>/offered.csv`, one programme id a line.

Only the form for a school's first report needs it; afterwards the reports themselves say.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.reports import loading

FILE: Final = "offered.csv"
COLUMN: Final = "programme"


def read(school: str, data: Path | None = None) -> list[str]:
    """The ids of a school's programmes, in the order given; none where nobody has said."""
    path = loading.data_folder(data) / school / FILE
    if not path.is_file():
        return []
    known = codebook.programmes().index
    return [each for each in codebook.read_table(path)[COLUMN] if each in known]


def text(programmes: list[str]) -> str:
    """The file's content."""
    return "\n".join([COLUMN, *programmes]) + "\n"
