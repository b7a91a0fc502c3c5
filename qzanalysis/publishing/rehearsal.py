"""A chapter in miniature, run once before any real one.

Much is done only the first time: tables of the codebook are read, templates compiled, fonts opened.
A server that has rehearsed hands all of that to every process it forks. The figures are made up,
the folder is gone afterwards, and nothing of it is published. They are neither loaded nor checked:
real chapters are handed figures and findings (`memory`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from qzanalysis.publishing import chapters, export, parameters, run, scratch

_SLUG, _YEAR = "rehearsal", 2021
_CELLS: Final = (
    """\
import pandas as pd

from qzanalysis.pages import blocks, charts
from qzanalysis import sentence
from qzanalysis.reports.loading import Report, School, understand

rows = pd.DataFrame(
    [
        ("students", "", 2020, "1000", "附表1#1"),
        ("students", "", 2021, "1100", "附表1#1"),
        ("job_match_rate", "programme=accounting", 2020, "75.1%", "§2.4表#1"),
        ("job_match_rate", "programme=accounting", 2021, "71.3%", "§2.4表#1"),
        ("job_match_rate", "programme=tourism", 2020, "98.6%", "§2.4表#2"),
        ("job_match_rate", "programme=tourism", 2021, "98.7%", "§2.4表#2"),
    ],
    columns=["indicator", "breakdown", "year", "printed", "source"],
).assign(note="", file="", row=0)
report = Report(School(school, "", "", ""), year, understand(rows))""",
    'blocks.headline("{students}", students=report.fact("students"))',
    'rates = report.table("job_match_rate", "programme")\n'
    'blocks.figure(sentence("预演"), charts.change(rates, unit="%"), rates)',
    'blocks.table(rates, "预演")',
)


def rehearse() -> None:
    """Draw, execute and export, on a few made-up figures."""
    with scratch.folder() as place:
        notebooks = Path(place)
        text = json.dumps(_notebook(), ensure_ascii=False)
        (notebooks / "00-rehearsal.ipynb").write_text(text, encoding="utf-8")
        found = chapters.discover(notebooks)
        values = parameters.resolve({}, found, _SLUG, _YEAR)
        settings = run.Settings(notebooks, run.FORKED)
        export.body(found[0], run.execute(found[0], values[0], settings))


def _notebook() -> dict[str, Any]:
    declared = f'school: str = "{_SLUG}"  # 学校\nyear: int = {_YEAR}  # 年度'
    code = [({"tags": [chapters.PARAMETERS_TAG]}, declared), *(({}, text) for text in _CELLS)]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# 预演"},
            *(
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "metadata": metadata,
                    "source": text,
                    "outputs": [],
                    "execution_count": None,
                }
                for number, (metadata, text) in enumerate(code)
            ),
        ],
    }
