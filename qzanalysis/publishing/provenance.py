"""What a page says about itself: its parameters, and what the checks found, in few words."""

from __future__ import annotations

from collections.abc import Sequence

from qzanalysis import codebook
from qzanalysis.audit import Finding
from qzanalysis.audit.findings import SUPPORTED
from qzanalysis.figures.sentences import spaced
from qzanalysis.publishing import notes
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports.loading import School


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
    verdicts = [finding.verdict for finding in findings]
    wrong = verdicts.count("contradiction")
    doubtful = sum(verdict in notes.DOUBTED for verdict in verdicts) - wrong
    if not verdicts:
        return ["未核验"]
    if not wrong and not doubtful:
        return ["全部相符"]
    return [f"{wrong} 处矛盾", f"{doubtful} 处存疑"]


def tally(findings: Sequence[Finding]) -> dict[str, int]:
    """How many checks agree, disagree or doubt, and could not be made."""
    verdicts = [finding.verdict for finding in findings]
    return {
        "相符": sum(verdict in SUPPORTED for verdict in verdicts),
        "矛盾或存疑": sum(verdict in notes.DOUBTED for verdict in verdicts),
        "无法核验": verdicts.count("not_checkable"),
    }
