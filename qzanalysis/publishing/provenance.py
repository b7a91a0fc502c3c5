"""What a page says about itself: its parameters, what the checks found, and the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.audit import Finding
from qzanalysis.audit.findings import MATERIAL, SEVERITIES, VERDICTS
from qzanalysis.audit.output import counts
from qzanalysis.figures.quantities import parse
from qzanalysis.figures.sentences import spaced
from qzanalysis.publishing.parameters import Values
from qzanalysis.reports.report import School

_PRINTED: Final = ("36.19%", "93%", "18.29:1", "近5000", "100余")  # examples of printed figures


def methods() -> dict[str, Any]:
    """What the page on methods shows: examples of intervals, and tables of the codebook."""
    examples = [parse(text) for text in _PRINTED]
    definitions = ["name", "unit", "definition", "definition_source"]
    return {
        "intervals": [(one.printed, one.low, one.high) for one in examples],
        "statuses": [
            (text or "（空白）", name) for text, name in codebook.statuses()["name"].items()
        ],
        "verdicts": VERDICTS,
        "severities": SEVERITIES,
        "material": f"{MATERIAL * 100:.0f}",
        "named": _named_rules,
        "standards": codebook.standards()[["label", "name", "document", "article"]].values.tolist(),
        "indicators": codebook.indicators()[definitions].values.tolist(),
    }


def _named_rules(names: Mapping[str, str], rules: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each name beside its rule."""
    return [(name, rules[key]) for key, name in names.items()]


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
