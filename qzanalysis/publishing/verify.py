"""A published report rendered again, in another folder, and the differences in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from qzanalysis.errors import UsageError
from qzanalysis.publishing import jobs, links, markup, parameters, pipeline, scratch
from qzanalysis.publishing.jobs import Job, Progress, Request, silent
from qzanalysis.publishing.ledger import manifest, records

_SHOWN: Final = 80  # characters of a differing line
_NONE: Final = "（无）"


def differences(folder: Path, request: Request, progress: Progress = silent) -> list[str]:
    """Every difference between a published report and one rendered now, one sentence each.

    Args:
        folder: a published report, with its manifest.
        request: where data and notebooks are; school, year and parameters come from the manifest.
        progress: called as chapters end.

    Raises:
        UsageError: the folder holds no report.
        RunFailed: it cannot be rendered, or its parameters cannot be read.
    """
    content = manifest.read(folder)
    if content is None:
        raise UsageError(f"{folder} 中没有已发布的报告（缺少 {records.MANIFEST}）")
    with scratch.folder() as place:
        again = replace(
            request,
            school=content["school"],
            year=content["year"],
            chapters=tuple(chapter["number"] for chapter in content["chapters"].values()),
            given={},
            out=Path(place),
            single_file=links.WHOLE in content["outputs"],
        )
        page = pipeline.render(again, progress, lambda asked: _as_published(asked, content))
        remade = {path.name: path.read_bytes() for path in page.parent.iterdir()}
    names = sorted({*content["outputs"], *remade} - {records.MANIFEST})
    return [
        *(f"{name}：{wrong}" for name, wrong in records.strays(folder, content).items()),
        *_inputs(content, json.loads(remade[records.MANIFEST])),
        *(one for name in names if (one := _output(folder / name, remade.get(name), content))),
    ]


def _as_published(request: Request, content: Mapping[str, Any]) -> Job:
    job = jobs.prepare(request)
    stored = {
        c.number: parameters.from_manifest(content, c, request.school, job.year) for c in job.chosen
    }
    return replace(job, values=stored)


def _inputs(content: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Inputs and versions that are not those of the manifest."""
    for kind in ("data", "codebook", "notebooks", "package"):
        before, after = content.get("inputs", {}).get(kind, {}), now["inputs"][kind]
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield f"输入 {name} 与发布时不同"
    for name in sorted({*content.get("versions", {}), *now["versions"]}):
        old, new = content.get("versions", {}).get(name), now["versions"].get(name)
        if old != new:
            yield f"{name} 的版本不同：发布时 {old}，现在 {new}"


def _output(path: Path, remade: bytes | None, content: Mapping[str, Any]) -> str:
    """The difference of one file; empty if there is none."""
    title = content["chapters"].get(path.name, {}).get("title", "")
    name = f"{path.name}《{title}》" if title else path.name
    if remade is None:
        return f"{name}：重新渲染时没有生成"
    if not path.is_file():
        return f"{name}：重新渲染时多出，发布的报告中没有"
    published = path.read_bytes()
    if published == remade:
        return ""
    return f"{name}：{_first(published.decode(errors='replace'), remade.decode())}"


def _first(published: str, remade: str) -> str:
    """The first number that differs; where none does, the first line."""
    for old, new in zip_longest(_numbers(published), _numbers(remade), fillvalue=("", _NONE)):
        if old != new:
            return f"第一处不同是“{new[0] or old[0]}”：已发布 {old[1]}，重新渲染 {new[1]}"
    lines = zip_longest(published.splitlines(), remade.splitlines(), fillvalue=_NONE)
    for number, (one, other) in enumerate(lines, 1):
        if one != other:
            return f"数字相同，第 {number} 行不同：{_around(one, other)}"
    return "换行符不同"


def _around(one: str, other: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    begin = max(0, at - 20)
    return f"已发布“{one[begin : begin + _SHOWN]}”，重新渲染“{other[begin : begin + _SHOWN]}”"


def _numbers(text: str) -> list[tuple[str, str]]:
    """Label and text of the numbers of a page, in order."""
    elements = markup.page(text).iter("data")
    return [(element.get("data-label", ""), markup.text_of(element)) for element in elements]
