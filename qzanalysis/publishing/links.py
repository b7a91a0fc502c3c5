"""The proof of a report before it is published: links, anchors, requests, scripts, sizes.

All faults are reported at once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from lxml import etree

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import markup
from qzanalysis.publishing.ledger.records import MANIFEST

PAGE_LIMIT: Final = 400_000  # bytes
REPORT_LIMIT: Final = 4_000_000
WHOLE: Final = "report.html"  # counted apart: it holds what the other pages hold

_OUTSIDE: Final = re.compile(r"(https?|mailto):")
_REQUESTING: Final = ("src", "srcset", "poster", "action", "formaction", "background")
_LINKS: Final = ("href", "xlink:href")
_ADDRESSES: Final = frozenset({*_LINKS, *_REQUESTING})
_WATCHED: Final = _ADDRESSES | {"id", "style"}
_FORBIDDEN: Final = frozenset({"iframe", "object", "embed", "base", "link", "frame"})
_STYLE_REQUEST: Final = re.compile(r"""@import|url\(\s*['"]?(?!#|data:)""", re.IGNORECASE)
_OWN_SCRIPTS: Final = 2  # the theme and the rest, as the page's policy lists them
_ONCE: Final = ("h1", "main", "title")
_LEFT_OVER: Final = ("Traceback (most recent call last)", "\x1b[")


class _Survey(NamedTuple):
    """The ids of a page with their number, the targets of its links, and its own faults."""

    ids: Counter[str]
    targets: Sequence[str]
    faults: Sequence[str]


def prove(
    pages: Mapping[str, str],
    page_limit: int = PAGE_LIMIT,
    unmatched: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Refuse a set of pages that is not fit to publish.

    Args:
        pages: markup by file name.
        page_limit: bytes a page may have, but for the edition in one file.
        unmatched: by file name, the tags of its body that did not match, as `markup.parsed` gives
            them: the page itself has been written from a tree.

    Raises:
        RunFailed: a dead link or anchor, an id used twice, a request to another address, a page
            without one h1 and one main, an element left open, a script that is not the report's
            own, error output, or more bytes than allowed.
    """
    surveys = {name: _survey(text) for name, text in pages.items()}
    faults = [
        f"  {name}：{fault}"
        for name, text in pages.items()
        for fault in (
            *dict.fromkeys((unmatched or {}).get(name, ())),
            *dict.fromkeys(surveys[name].faults),
            *_dead(name, surveys),
            *_contents(name, text, page_limit),
        )
    ]
    total = sum(len(text.encode()) for name, text in pages.items() if name != WHOLE)
    if total > REPORT_LIMIT:
        faults.append(f"  整份报告 {total:,} 字节，超过上限 {REPORT_LIMIT:,}")
    if faults:
        raise RunFailed("\n".join([f"页面检查发现 {len(faults)} 处问题，未发布：", *faults]))


def _survey(text: str) -> _Survey:
    elements = list(markup.page(text).iter(etree.Element))
    attributes = [
        (element.tag, name, value)
        for element in elements
        for name, value in element.items()
        if name in _WATCHED or name.startswith("on")
    ]
    ids = Counter(value for _, name, value in attributes if name == "id")
    faults = [
        *_elements(elements),
        *(fault for one in attributes if (fault := _attribute(*one))),
        *(f"编号 id={name} 出现 {number} 次" for name, number in ids.items() if number > 1),
    ]
    return _Survey(ids, [one[2] for one in attributes if _leads(*one)], faults)


def _elements(elements: Sequence[markup.Element]) -> Iterator[str]:
    tags = Counter(element.tag for element in elements)
    yield from (f"含有不允许的元素 <{tag}>" for tag in tags if tag in _FORBIDDEN)
    yield from (f"应有一个 <{tag}>，实有 {tags[tag]} 个" for tag in _ONCE if tags[tag] != 1)
    if any(e.tag == "style" and _STYLE_REQUEST.search(e.text or "") for e in elements):
        yield "样式表会请求外部内容"
    scripts = sum(e.tag == "script" and e.get("type") != "application/json" for e in elements)
    if scripts > _OWN_SCRIPTS:
        yield f"含有 {scripts - _OWN_SCRIPTS} 段不属于报告的脚本"


def _attribute(tag: str, name: str, value: str) -> str:
    """The fault of an attribute: it runs as a script, or asks another address for something."""
    address = "".join(value.split()).lower() if name in _ADDRESSES else ""
    if name.startswith("on") or address.startswith(("javascript:", "vbscript:")):
        return f"<{tag}> 的 {name} 会执行脚本"
    if name == "style":
        return f"<{tag}> 的样式会请求外部内容" if _STYLE_REQUEST.search(value) else ""
    if address and not address.startswith("data:") and not _leads(tag, name, value):
        return f"<{tag}> 会请求外部内容：{value[:80]}"
    return ""


def _leads(tag: str, name: str, value: str) -> bool:
    """True if an attribute is a link to a place, on this page or another."""
    return name in _LINKS and (tag == "a" or value.startswith("#"))


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


def _contents(name: str, text: str, page_limit: int) -> Iterator[str]:
    length = len(text.encode())
    limit = REPORT_LIMIT if name == WHOLE else page_limit
    if length > limit:
        yield f"{length:,} 字节，超过上限 {limit:,}"
    for output in _LEFT_OVER:
        if output in text:
            yield "含有程序出错的输出"
