"""The last look at a report before it is published: links, anchors, requests, sizes.

Everything found is told at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from qzanalysis.errors import RunFailed
from qzanalysis.publishing.markup import Attributes, Rewriter
from qzanalysis.reports.memory import remembered

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
_MAIN: Final = re.compile(r"<main\b.*</main>", re.DOTALL)
_MAY_STAY_OPEN: Final = frozenset(
    {"html", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option"}
)
_LEFT_OVER: Final = ("Traceback (most recent call last)", "\x1b[")


@dataclass(frozen=True, slots=True)
class Survey:
    """What a page, or a part of one, defines, points to, and would ask the network for.

    Attributes:
        ids: how often each id is given.
        tags: how often each element occurs.
        targets: where links lead.
        faults: what must not be there, told in words.
        scripts: how many there are, data not counted.
    """

    ids: Counter[str]
    tags: Counter[str]
    targets: tuple[str, ...]
    faults: tuple[str, ...]
    scripts: int

    def __add__(self, other: Survey) -> Survey:
        return Survey(
            self.ids + other.ids,
            self.tags + other.tags,
            self.targets + other.targets,
            self.faults + other.faults,
            self.scripts + other.scripts,
        )


@remembered
def survey(markup: str) -> Survey:
    """The survey of a page, or of a part of one that closes what it opens."""
    surveyor = _Surveyor()
    surveyor.rewrite(markup)
    return surveyor.result()


class _Surveyor(Rewriter):
    def __init__(self) -> None:
        super().__init__()
        self._ids: Counter[str] = Counter()
        self._tags: Counter[str] = Counter()
        self._targets: list[str] = []
        self._faults: list[str] = []
        self._scripts = 0

    def result(self) -> Survey:
        """What was found, and what does not close what it opens."""
        left = {*self.unclosed, *self.stack} - _MAY_STAY_OPEN
        faults = [*self._faults, *(f"<{tag}> 没有闭合" for tag in sorted(left))]
        faults += [f"多余的 </{tag}>" for tag in self.stray]
        return Survey(self._ids, self._tags, tuple(self._targets), tuple(faults), self._scripts)

    def start(self, tag: str, attributes: Attributes, raw: str) -> str:
        self._tags[tag] += 1
        if "id" in attributes:
            self._ids[attributes["id"]] += 1
        if tag in _FORBIDDEN:
            self._faults.append(f"含有不允许的元素 <{tag}>")
        for name in _REQUESTING:
            if name in attributes and not attributes[name].startswith("data:"):
                self._faults.append(f"<{tag}> 会请求外部内容：{attributes[name][:80]}")
        self._faults += _running(tag, attributes)
        if tag == "script" and attributes.get("type") != "application/json":
            self._scripts += 1
        if tag == "a" and "href" in attributes:
            self._targets.append(attributes["href"])
        elif "href" in attributes or "xlink:href" in attributes:
            self._inner(tag, attributes.get("href") or attributes.get("xlink:href", ""))
        if _STYLE_REQUEST.search(attributes.get("style", "")):
            self._faults.append(f"<{tag}> 的样式会请求外部内容")
        return ""

    def text(self, raw: str) -> str:
        if self.stack and self.stack[-1] == "style" and _STYLE_REQUEST.search(raw):
            self._faults.append("样式表会请求外部内容")
        return ""

    def _inner(self, tag: str, target: str) -> None:
        if target.startswith("#"):
            self._targets.append(target)
        elif not target.startswith("data:"):
            self._faults.append(f"<{tag}> 会请求外部内容：{target[:80]}")


def prove(pages: Mapping[str, str], page_limit: int = PAGE_LIMIT) -> None:
    """Refuse a set of pages that is not fit to publish.

    Args:
        pages: markup by file name.
        page_limit: bytes a page may have, but for the edition in one file.

    Raises:
        RunFailed: a dead link or anchor, an id used twice, a request to another address, a page
            without one h1 and one main, an element left open, a script that is not the report's
            own, error output, or more bytes than allowed.
    """
    surveys = {name: _surveyed(markup) for name, markup in pages.items()}
    faults = [
        f"  {name}：{fault}"
        for name, found in surveys.items()
        for fault in (
            *_own(found),
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


def _surveyed(page: str) -> Survey:
    """The main part by itself, for it may have been surveyed before its page was put together."""
    found = _MAIN.search(page)
    if not found:
        return survey(page)
    return survey(found[0]) + survey(page[: found.start()] + page[found.end() :])


def _own(found: Survey) -> Iterator[str]:
    yield from dict.fromkeys(found.faults)
    if found.scripts > _OWN_SCRIPTS:
        yield f"含有 {found.scripts - _OWN_SCRIPTS} 段不属于报告的脚本"
    for name, count in found.ids.items():
        if count > 1:
            yield f"编号 id={name} 出现 {count} 次"
    for tag in ("h1", "main", "title"):
        if found.tags[tag] != 1:
            yield f"应有一个 <{tag}>，实有 {found.tags[tag]} 个"


def _dead(name: str, surveys: Mapping[str, Survey]) -> Iterator[str]:
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
