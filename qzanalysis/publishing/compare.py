"""Says in words how a published report differs from the same report rendered again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from qzanalysis.publishing import markup
from qzanalysis.publishing.ledger import records

_SHOWN: Final = 80  # characters of a differing line
_Number = tuple[str, str]  # label, text


def differences(folder: Path, content: Mapping[str, Any], remade: Mapping[str, bytes]) -> list[str]:
    """Every file that is not what it should be, one sentence each; none means all agree.

    Args:
        folder: the published report.
        content: its manifest.
        remade: the files of the new rendering, by name.
    """
    return [
        *(f"{name}：{wrong}" for name, wrong in records.strays(folder, content).items()),
        *_inputs(content, remade),
        *(
            sentence
            for name in sorted({*content["outputs"], *remade} - {records.MANIFEST})
            if (sentence := _output(folder / name, remade.get(name), content))
        ),
    ]


def _inputs(content: Mapping[str, Any], remade: Mapping[str, bytes]) -> Iterator[str]:
    now = json.loads(remade[records.MANIFEST])
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
    for old, new in zip_longest(_numbers(published), _numbers(remade), fillvalue=("", "（无）")):
        if old != new:
            return f"第一处不同是“{new[0] or old[0]}”：已发布 {old[1]}，重新渲染 {new[1]}"
    lines = zip_longest(published.splitlines(), remade.splitlines(), fillvalue="（无）")
    for number, (one, other) in enumerate(lines, 1):
        if one != other:
            return f"数字相同，第 {number} 行不同：{_around(one, other)}"
    return "换行符不同"


def _around(one: str, other: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    begin = max(0, at - 20)
    return f"已发布“{one[begin : begin + _SHOWN]}”，重新渲染“{other[begin : begin + _SHOWN]}”"


def _numbers(text: str) -> list[_Number]:
    """The numbers of a page, in order."""
    elements = markup.page(text).iter("data")
    return [(element.get("data-label", ""), markup.text_of(element)) for element in elements]
