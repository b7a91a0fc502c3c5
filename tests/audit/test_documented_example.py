"""The example of docs/adding-a-check.md works as printed, and so do the names it uses."""

from __future__ import annotations

import re
from pathlib import Path

from qzanalysis.audit import expressions
from qzanalysis.audit.engine import book
from qzanalysis.audit.relations import cases
from qzanalysis.audit.rules import catalogue
from qzanalysis.reports.report import Report

DOCUMENT = Path(__file__).parents[2] / "docs" / "adding-a-check.md"


def test_the_documented_line_is_a_rule_that_runs(report: Report, tmp_path: Path) -> None:
    """Copy the line into a catalogue: it is read, tested, and gives one sentence."""
    text = DOCUMENT.read_text(encoding="utf-8")
    block = re.search(r"```csv\n(.+?)```", text, re.S)
    assert block
    path = tmp_path / "catalogue.csv"
    path.write_text(block[1], encoding="utf-8")
    (rule,) = catalogue(path)
    (case,) = cases(book(report), [rule])
    found = case.finding
    assert found.id == "teams-half-2021"
    assert found.verdict == "holds"
    assert "§2.3印作 9，对照 19（38 ÷ 2）" in found.statement


def test_every_function_of_the_language_is_documented() -> None:
    """A function that is not in the document cannot be found by those who write rules."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert not [name for name in expressions.FUNCTIONS if f"{name}(" not in text]
