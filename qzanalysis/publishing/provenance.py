"""What a page says about itself: its parameters, and what the checks found, in few words."""

from __future__ import annotations

from collections.abc import Sequence

from qzanalysis import codebook
from qzanalysis.audit import Finding
from qzanalysis.audit.output import counts
from qzanalysis.figures.sentences import spaced
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports.report import School


def labelled(school: School, values: Values) -> list[tuple[str, str]]:
    """Parameters as a reader knows them: names instead of codes, units beside numbers."""
    table = codebook.parameters()
    labels, units = dict(table["label"]), dict(table["unit"])
    return [
        (labels.get(name, name), _named(school, name, value) + spaced(units.get(name, "")))
        for name, value in values.items()
    ]


def _named(school: School, name: str, value: object) -> str:
    if name == "school":
        return school.name
    if name == "focus_programme":
        return codebook.value_name("programme", str(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def status(findings: Sequence[Finding]) -> list[str]:
    """What the checks found, in a few words: contradictions, then other doubts."""
    found = counts(findings)
    if not findings:
        return ["未核验"]
    if not found["矛盾"] and not found["存疑"]:
        return ["没有矛盾或存疑"]
    return [f"{name} {found[name]} 项" for name in ("矛盾", "存疑")]
