"""The provenance of a report in RO-Crate's form, read by RO-Crate's own validator."""

from __future__ import annotations

import io
import json
from email.message import Message
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from qzanalysis.publishing import pipeline
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.ledger import crate, fingerprints, manifest


@pytest.fixture
def report(request_: Request, no_kernels: list[str]) -> Path:
    """A published report."""
    return pipeline.render(request_).parent


def entities(folder: Path) -> dict[str, dict[str, Any]]:
    graph = json.loads((folder / crate.FILE).read_text(encoding="utf-8"))["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph), "an @id is used twice"
    return found


def test_the_crate_says_what_the_manifest_says(report: Path) -> None:
    """Every output by its checksum and size; every input, library and parameter behind them."""
    content = manifest.read(report)
    assert content is not None
    known = entities(report)
    outputs = {name: value for name, value in content["outputs"].items() if name != crate.FILE}
    assert {name: known[name]["sha256"] for name in outputs} == outputs
    assert all(known[n]["contentSize"] == str((report / n).stat().st_size) for n in outputs)
    for kind in content["inputs"].values():
        assert {path: known[f"#{path}"]["sha256"] for path in kind} == kind
    assert known["#07-challenges.html:target_student_teacher_ratio"]["value"] == "15.0"
    assert known["#pandas"]["softwareVersion"] == content["versions"]["pandas"]
    assert known["./"]["datePublished"] == "2021"
    assert content["outputs"][crate.FILE] == fingerprints.of_path(report / crate.FILE)


def test_every_reference_of_the_crate_leads_to_something_it_describes(report: Path) -> None:
    """But for the standard itself."""
    known = entities(report)

    def references(value: Any) -> list[str]:
        if isinstance(value, list):
            return [found for one in value for found in references(one)]
        return [value["@id"]] if isinstance(value, dict) else []

    named = {name for one in known.values() for value in one.values() for name in references(value)}
    assert named - set(known) == {crate.SPECIFICATION}


@pytest.mark.long
def test_its_own_validator_finds_nothing_of_weight(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It recommends a day of publication, which would differ from run to run, and a web address.

    Without a network: the vocabulary is the copy that the rocrate library carries.
    """
    services = pytest.importorskip("rocrate_validator.services", reason="没有 roc-validator")
    rocrate = pytest.importorskip("rocrate", reason="没有 rocrate")
    import rdflib.parser  # noqa: PLC0415
    from rocrate_validator.utils.http import HttpRequester  # noqa: PLC0415

    vocabulary = Path(rocrate.__file__).parent.joinpath("data", "ro-crate.jsonld").read_bytes()
    answer = partial(_Answer, vocabulary)
    monkeypatch.setattr(HttpRequester, "get", lambda _, address, **__: answer(address), False)
    monkeypatch.setattr(rdflib.parser, "_urlopen", lambda asked: answer(asked.full_url))
    settings = {
        "rocrate_uri": str(report),
        "profile_identifier": "ro-crate-1.1",
        "requirement_severity": "RECOMMENDED",
    }
    result = services.validate(settings)
    told = [issue.message for issue in result.get_issues()]
    known = ("datePublished", "The organization SHOULD have a URL")
    assert [message for message in told if not any(part in message for part in known)] == []


class _Answer(io.BytesIO):
    """What the network would answer, as both urllib and requests give it."""

    status_code = 200

    def __init__(self, content: bytes, address: str) -> None:
        super().__init__(content)
        self._content, self._address = content, address
        self.headers = Message()
        self.headers["Content-Type"] = "application/ld+json"

    def json(self) -> Any:
        return json.loads(self._content)

    def geturl(self) -> str:
        return self._address

    def info(self) -> Message:
        return self.headers
