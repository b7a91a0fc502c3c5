"""The manifest in a standard form: RO-Crate 1.1 metadata, for tools that read provenance.

https://www.researchobject.org/ro-crate/specification/1.1/. Everything in it comes from the manifest
and the pages, so that the same inputs give the same bytes: the report's year stands for the date of
publication, which the standard asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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


def text(school: str, content: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """The metadata of one report, as JSON-LD.

    Args:
        school: the school's name.
        content: the manifest, with the outputs known so far.
        files: the content of these outputs, by name.
    """
    graph = [_descriptor(), _root(school, content), *_entities(content, files)]
    made = {"@context": _CONTEXT, "@graph": graph}
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


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
    metadata = text(school, {**content, "outputs": outputs}, pages).encode()
    outputs[FILE] = digest(metadata)
    listed = manifest.text({**content, "outputs": outputs}).encode()
    return {**pages, FILE: metadata, MANIFEST: listed}


def _descriptor() -> Entity:
    return {
        "@id": FILE,
        "@type": "CreativeWork",
        "conformsTo": _to(SPECIFICATION),
        "about": _to("./"),
    }


def _root(school: str, content: Mapping[str, Any]) -> Entity:
    year = content["year"]
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{school} {year} 年度质量报告分析",
        "description": (
            f"由 {year} 年度质量报告印出的数字计算而成的网页；数据版本 {content['data_version']}，"
            f"程序版本 {content['code_version']}。每个数字都标明出处。"
        ),
        "datePublished": str(year),
        "license": _to(LICENCE),
        "author": _to(_AUTHORS),
        "publisher": _to(_AUTHORS),
        "hasPart": [_to(name) for name in (*sorted(content["outputs"]), MANIFEST)],
        "mentions": _to(_PRODUCTION),
    }


def _entities(content: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Entity]:
    yield {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "MIT License",
        "description": "可自由使用、修改和再分发，须保留版权与许可声明。",
    }
    yield {"@id": _AUTHORS, "@type": "Organization", "name": "The qzanalysis authors"}
    yield _production(content)
    yield from _programs(content)
    yield from _outputs(content, files)
    yield from _inputs(content)
    yield from _parameters(content)


def _production(content: Mapping[str, Any]) -> Entity:
    """What made the pages, from what, and with what: the same as PROV's activity."""
    made_from = [*_inputs(content), *_parameters(content)]
    return {
        "@id": _PRODUCTION,
        "@type": "CreateAction",
        "name": "运行各章笔记本并导出网页",
        "instrument": [_to(program["@id"]) for program in _programs(content)],
        "object": [_to(entity["@id"]) for entity in made_from],
        "result": [_to(name) for name in sorted(content["outputs"])],
    }


def _programs(content: Mapping[str, Any]) -> Iterator[Entity]:
    versions = {"qzanalysis": content["code_version"], **content["versions"]}
    for name, version in versions.items():
        yield {
            "@id": f"#{name}",
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": version,
        }


def _outputs(content: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Entity]:
    titles = {page: chapter["title"] for page, chapter in content["chapters"].items()}
    for name, checksum in sorted(content["outputs"].items()):
        file = _file(name, titles.get(name, name))
        yield {**file, "sha256": checksum, "contentSize": str(len(files[name]))}
    yield _file(MANIFEST, "清单（manifest）：参数、输入与输出的 SHA-256")


def _file(name: str, title: str) -> Entity:
    kind = _FORMATS[name.rpartition(".")[2]]
    return {"@id": name, "@type": "File", "name": title, "encodingFormat": kind}


def _inputs(content: Mapping[str, Any]) -> Iterator[Entity]:
    """Inputs stay where they are: the crate knows them by path and checksum."""
    for kind in ("data", "codebook", "notebooks", "package"):
        for path, checksum in sorted(content["inputs"][kind].items()):
            yield {"@id": f"#{path}", "@type": "CreativeWork", "name": path, "sha256": checksum}


def _parameters(content: Mapping[str, Any]) -> Iterator[Entity]:
    for page, chapter in sorted(content["chapters"].items()):
        for name, value in chapter["parameters"].items():
            yield {
                "@id": f"#{page}:{name}",
                "@type": "PropertyValue",
                "name": name,
                "value": str(value),
            }


def _to(identifier: str) -> Entity:
    return {"@id": identifier}
