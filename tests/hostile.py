"""Text that would do something if it were let, and how to see whether it did."""

from __future__ import annotations

import os
import re
import shutil
from html.parser import HTMLParser

RUN = "window.__pwned=(window.__pwned||0)+1"
SCRIPTS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"</title></style></textarea><svg onload={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f"' onmouseover='{RUN}' autofocus onfocus='{RUN}' x='",
    f"]]></text></svg><script>{RUN}</script>",
    f"<!--<script>--><img src=x onerror={RUN}>",
    f"javascript:{RUN}",
    "{{ 7*7 }}{% raw %}",
    "&lt;img src=x onerror=alert(1)&gt;",
    "$\\frac{x}{",
]
STEERING = [
    "\x1b]0;owned\x07\x1b[2J",
    "\u202e1202\u202c",
    "\u2066x\u2069",
    "\x9b31m",
    "a\rb",
    "\x00",
]
FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1", "＝1+1", "＋1+x", "＠x"]
MISLEADING = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
CHROMIUM = os.environ.get("QZANALYSIS_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ADDRESSES = {"href", "src", "xlink:href", "action", "formaction"}


class Markup(HTMLParser):
    """What a page would run: scripts, event handlers, addresses of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self.tags: set[str] = set()
        self._script = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self._script = tag == "script" and given.get("type") != "application/json"
        self.handlers += [
            f"{tag} {name}={value}"
            for name, value in attrs
            if name.startswith("on") or (name in ADDRESSES and _runs(value or ""))
        ]

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def _runs(address: str) -> bool:
    return address.strip().lower().startswith("javascript:")


def formulas(cells: list[str]) -> list[str]:
    """Cells that a spreadsheet would compute; a plain number is none."""
    return [
        cell
        for cell in cells
        if re.match(r"[=+\-@＝＋－＠\t\r\n]", cell) and not re.fullmatch(r"[+-]?[\d.,]+%?", cell)
    ]
