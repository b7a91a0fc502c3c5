"""The last look at a report before it is published: links, anchors, requests, sizes.

Everything found is told at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from qzanalysis.errors import RunFailed
from qzanalysis.rendering.markup import Attributes, Rewriter

PAGE_LIMIT: Final = 400_000  # bytes
REPORT_LIMIT: Final = 4_000_000
MANIFEST: Final = "manifest.json"
WHOLE: Final = "whole-report.html"  # counted apart: it holds what the other pages hold

_OUTSIDE: Final = re.compile(r"(https?|mailto):")
_REQUESTING: Final = ("src", "srcset", "poster", "action", "formaction", "background")
_ADDRESSES: Final = ("href", "xlink:href", *_REQUESTING)
_FORBIDDEN: Final = frozenset({"iframe", "object", "embed", "base", "link", "frame"})
_STYLE_REQUEST: Final = re.compile(r"""@import|url\(\s*['"]?(?!#|data:)""", re.IGNORECASE)
_OWN_SCRIPTS: Final = 2  # the theme and the rest, as the page's policy lists them
_LEFT_OVER: Final = ("Traceback (most recent call last)", "\x1b[")


class _Survey(Rewriter):
    """What one page defines, points to, and would ask the network for."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.targets: list[str] = []
        self.faults: list[str] = []
        self.tags: Counter[str] = Counter()
        self.scripts = 0
        self._style = False

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        self.tags[tag] += 1
        if "id" in attributes:
            self.ids[attributes["id"]] += 1
        if tag in _FORBIDDEN:
            self.faults.append(f"含有不允许的元素 <{tag}>")
        for name in _REQUESTING:
            if name in attributes and not attributes[name].startswith("data:"):
                self.faults.append(f"<{tag}> 会请求外部内容：{attributes[name][:80]}")
        self.faults += _running(tag, attributes)
        if tag == "script" and attributes.get("type") != "application/json":
            self.scripts += 1
        if tag == "a" and "href" in attributes:
            self.targets.append(attributes["href"])
        elif "href" in attributes or "xlink:href" in attributes:
            self._inner(tag, attributes.get("href") or attributes.get("xlink:href", ""))
        if _STYLE_REQUEST.search(attributes.get("style", "")):
            self.faults.append(f"<{tag}> 的样式会请求外部内容")
        return ""

    def text(self, raw: str) -> str:
        if self.stack and self.stack[-1] == "style" and _STYLE_REQUEST.search(raw):
            self.faults.append("样式表会请求外部内容")
        return ""

    def _inner(self, tag: str, target: str) -> None:
        if target.startswith("#"):
            self.targets.append(target)
        elif not target.startswith("data:"):
            self.faults.append(f"<{tag}> 会请求外部内容：{target[:80]}")


def prove(pages: Mapping[str, str], page_limit: int = PAGE_LIMIT) -> None:
    """Refuse a set of pages that is not fit to publish.

    Args:
        pages: markup by file name.
        page_limit: bytes a page may have, but for the edition in one file.

    Raises:
        RunFailed: a dead link or anchor, an id used twice, a request to another address, a page
            without one h1 and one main, a script that is not the report's own, error output, or
            more bytes than allowed.
    """
    surveys = {name: _survey(markup) for name, markup in pages.items()}
    faults = [
        f"  {name}：{fault}"
        for name, survey in surveys.items()
        for fault in (
            *_own(survey),
            *_dead(name, surveys),
            *_contents(name, pages[name], page_limit),
        )
    ]
    total = sum(len(m.encode()) for name, m in pages.items() if name != WHOLE)
    if total > REPORT_LIMIT:
        faults.append(f"  整份报告 {total:,} 字节，超过上限 {REPORT_LIMIT:,}")
    if faults:
        raise RunFailed("\n".join([f"页面检查发现 {len(faults)} 处问题，未发布：", *faults]))


def _running(tag: str, attributes: Attributes) -> Iterator[str]:
    """Attributes that would run as a script; no page of ours has any."""
    for name, value in attributes.items():
        address = "".join(value.split()).lower() if name in _ADDRESSES else ""
        if name.startswith("on") or address.startswith(("javascript:", "vbscript:")):
            yield f"<{tag}> 的 {name} 会执行脚本"


def _survey(markup: str) -> _Survey:
    survey = _Survey()
    survey.rewrite(markup)
    return survey


def _own(survey: _Survey) -> Iterator[str]:
    yield from dict.fromkeys(survey.faults)
    if survey.scripts > _OWN_SCRIPTS:
        yield f"含有 {survey.scripts - _OWN_SCRIPTS} 段不属于报告的脚本"
    for name, count in survey.ids.items():
        if count > 1:
            yield f"编号 id={name} 出现 {count} 次"
    for tag in ("h1", "main", "title"):
        if survey.tags[tag] != 1:
            yield f"应有一个 <{tag}>，实有 {survey.tags[tag]} 个"


def _dead(name: str, surveys: Mapping[str, _Survey]) -> Iterator[str]:
    for target in dict.fromkeys(surveys[name].targets):
        if _OUTSIDE.match(target) or target.startswith("data:"):
            continue
        page, _, anchor = target.partition("#")
        page = unquote(page) or name
        if page not in surveys and page != MANIFEST:
            yield f"链接 {target[:80]} 指向的页面不存在"
        elif anchor and page in surveys and not surveys[page].ids[unquote(anchor)]:
            yield f"链接 {target[:80]} 指向的位置不存在"


def _contents(name: str, markup: str, page_limit: int) -> Iterator[str]:
    length = len(markup.encode())
    limit = REPORT_LIMIT if name == WHOLE else page_limit
    if length > limit:
        yield f"{length:,} 字节，超过上限 {limit:,}"
    for text in _LEFT_OVER:
        if text in markup:
            yield "含有程序出错的输出"
