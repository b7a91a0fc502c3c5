"""The manifest in a standard form: RO-Crate 1.1 metadata, for tools that read provenance.

https://www.researchobject.org/ro-crate/specification/1.1/. Everything in it comes from the manifest
and the pages, so that the same inputs give the same bytes: the report's year stands for the date of
publication, which the standard requires.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from qzanalysis.publishing.ledger import manifest
from qzanalysis.publishing.ledger.fingerprints import digest
from qzanalysis.publishing.ledger.records import MANIFEST

FILE: Final = "ro-crate-metadata.json"
SPECIFICATION: Final = "https://w3id.org/ro/crate/1.1"
LICENCE: Final = "https://spdx.org/licenses/MIT"
_AUTHORS: Final = "#authors"
_PRODUCTION: Final = "#production"
_FORMATS: Final = {"html": "text/html", "json": "application/json"}
# The standard's own context has no name for a checksum.
_CONTEXT: Final = [f"{SPECIFICATION}/context", {"sha256": "http://schema.org/sha256"}]

Entity = dict[str, Any]


def completed(
    school: str, content: Mapping[str, Any], pages: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The pages with their manifest and its standard form beside them.

    Args:
        school: the school's name.
        content: the manifest without its outputs.
        pages: the content of the pages, by name.
    """
    outputs = {name: digest(page) for name, page in sorted(pages.items())}
    graph = _graph(school, {**content, "outputs": outputs}, pages)
    metadata = manifest.text({"@context": _CONTEXT, "@graph": graph}).encode()
    outputs[FILE] = digest(metadata)
    listed = manifest.text({**content, "outputs": outputs}).encode()
    return {**pages, FILE: metadata, MANIFEST: listed}


def _graph(school: str, content: Mapping[str, Any], pages: Mapping[str, bytes]) -> list[Entity]:
    """The entities: the report, what made it, its files, then inputs and parameters.

    Inputs stay where they are: the crate identifies them by path and checksum.
    """
    programs, files = _programs(content), _outputs(content, pages)
    used = [*_inputs(content["inputs"]), *_parameters(content["chapters"])]
    return [
        _entity(FILE, "CreativeWork", conformsTo=_to(SPECIFICATION), about=_to("./")),
        _report(school, content, files),
        _entity(
            LICENCE,
            "CreativeWork",
            name="MIT License",
            description="可自由使用、修改和再分发，须保留版权与许可声明。",
        ),
        _entity(_AUTHORS, "Organization", name="The qzanalysis authors"),
        # the same as an activity in PROV
        _entity(
            _PRODUCTION,
            "CreateAction",
            name="运行各章笔记本并导出网页",
            instrument=_all(programs),
            object=_all(used),
            result=_all(files),
        ),
        *programs,
        *files,
        _file(MANIFEST, "清单（manifest）：参数、输入与输出的 SHA-256"),
        *used,
    ]


def _report(school: str, content: Mapping[str, Any], files: Iterable[Entity]) -> Entity:
    return _entity(
        "./",
        "Dataset",
        name=f"{school} {content['year']} 年度质量报告分析",
        description=(
            f"由 {content['year']} 年度质量报告印出的数字计算而成的网页；"
            f"数据版本 {content['data_version']}，程序版本 {content['code_version']}。"
            "每个数字都标明出处。"
        ),
        datePublished=str(content["year"]),
        license=_to(LICENCE),
        author=_to(_AUTHORS),
        publisher=_to(_AUTHORS),
        hasPart=[*_all(files), _to(MANIFEST)],
        mentions=_to(_PRODUCTION),
    )


def _programs(content: Mapping[str, Any]) -> list[Entity]:
    versions = {"qzanalysis": content["code_version"], **content["versions"]}
    return [
        _entity(f"#{name}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in versions.items()
    ]


def _outputs(content: Mapping[str, Any], pages: Mapping[str, bytes]) -> list[Entity]:
    return [
        _file(name, content["chapters"].get(name, {}).get("title", name))
        | {"sha256": checksum, "contentSize": str(len(pages[name]))}
        for name, checksum in sorted(content["outputs"].items())
    ]


def _inputs(inputs: Mapping[str, Mapping[str, str]]) -> list[Entity]:
    return [
        _entity(f"#{path}", "CreativeWork", name=path, sha256=checksum)
        for kind in ("data", "codebook", "notebooks", "package")
        for path, checksum in sorted(inputs[kind].items())
    ]


def _parameters(chapters: Mapping[str, Any]) -> list[Entity]:
    return [
        _entity(f"#{page}:{name}", "PropertyValue", name=name, value=str(value))
        for page, chapter in sorted(chapters.items())
        for name, value in chapter["parameters"].items()
    ]


def _entity(identifier: str, kind: str, **values: Any) -> Entity:
    return {"@id": identifier, "@type": kind, **values}


def _file(name: str, title: str) -> Entity:
    return _entity(name, "File", name=title, encodingFormat=_FORMATS[name.rpartition(".")[2]])


def _to(identifier: str) -> Entity:
    return {"@id": identifier}


def _all(entities: Iterable[Entity]) -> list[Entity]:
    return [_to(entity["@id"]) for entity in entities]
