"""What the browser tests share: where Chromium is, and what is read off a page in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import pytest
from matrix import matrix

CHROMIUM = os.environ.get("QZANALYSIS_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FONTS = """<?xml version="1.0"?><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{}</dir></fontconfig>"""
NO_CHROMIUM = "没有 Chromium，跳过浏览器测试（Chromium not found; set QZANALYSIS_CHROMIUM）"

PAGES = [
    "index", "01-school", "02-students", "03-teaching", "04-policy", "05-cooperation",
    "06-service", "07-challenges", "08-cases", "09-data-quality",
]  # fmt: skip
WHOLE = "report"
EVERY_PAGE = matrix([*PAGES, "methods"], {"index", "02-students", "09-data-quality"})
OPEN_ALL = "document.querySelectorAll('main details').forEach((one) => { one.open = true; })"

# Every line of text on the page, then what overlaps, what is cut off, and what makes it scroll.
LAYOUT = """() => {
  const root = document.documentElement, faults = [], lines = [];
  const name = (text) => text.trim().slice(0, 24);
  if (root.scrollWidth > root.clientWidth) faults.push('the page scrolls sideways');
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const node = texts.currentNode, holder = node.parentElement;
    if (!node.textContent.trim() || !holder.checkVisibility() || holder.closest('.skip, .stacked thead')) continue;
    const drawing = holder.closest('svg'), scrolled = holder.closest('.table-wrap, pre, .side');
    const frame = drawing ? drawing.getBoundingClientRect() : { left: 0, right: root.clientWidth };
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      if (!scrolled && (box.left < frame.left - 1 || box.right > frame.right + 1))
        faults.push('cut off: ' + name(node.textContent));
      const slack = box.height * 0.22;  // a font's box is higher than what it draws
      lines.push({ text: name(node.textContent), left: box.left, right: box.right,
        top: box.top + slack, bottom: box.bottom - slack });
    }
  }
  lines.sort((a, b) => a.top - b.top);
  lines.forEach((a, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < a.bottom - 2; next += 1) {
      const b = lines[next];
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2)
        faults.push('overlap: ' + a.text + ' | ' + b.text);
    }
  });
  document.querySelectorAll('main *, header *').forEach((part) => {
    const style = getComputedStyle(part);
    if (style.overflowX === 'hidden' && style.position !== 'absolute' && part.scrollWidth > part.clientWidth + 1)
      faults.push('clipped: ' + name(part.textContent));
  });
  return faults;
}"""


def launch(browsers: Any, folder: Path) -> Any:
    """Chromium, with the charts' Chinese font for machines that have none."""
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(pylopdf_fonts_zh_cn.sans_path().parent), encoding="utf-8")
    return browsers.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox"],
        env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
    )


@contextmanager
def opened(browser: Any, page: Path, *, width: int = 1280, theme: str = "light") -> Iterator[Any]:
    """A page from the disk in a tab of its own; anything said or fetched fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, accept_downloads=True
    )
    tab, faults = context.new_page(), watch(context)
    tab.goto(page.as_uri())
    yield tab
    assert faults() == []
    context.close()


def watch(context: Any) -> Callable[[], list[str]]:
    """Console messages, errors and requests that leave the disk, from now on."""
    faults: list[str] = []
    context.on("console", lambda message: faults.append(message.text))
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on(
        "request",
        lambda made: made.url.startswith(("file:", "data:", "blob:")) or faults.append(made.url),
    )
    return lambda: faults


def printed_text(path: Path, order: str = "raw") -> str:
    """As the file has it, or line by line as laid out; a form feed between pages."""
    if shutil.which("pdftotext"):
        command = ["pdftotext", f"-{order}", str(path), "-"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    reader = pytest.importorskip("pypdf", reason="没有 pdftotext，也没有 pypdf").PdfReader(path)
    mode = "layout" if order == "layout" else "plain"
    return "\f".join(page.extract_text(extraction_mode=mode) for page in reader.pages)


def squeezed(text: str) -> str:
    """Without spaces and marks of notes, which a PDF puts where it likes; radicals as characters."""
    return re.sub(r"\s|[\u00ad\u200b]", "", unicodedata.normalize("NFKC", text))


def violations(axe: Any, tab: Any, only: dict[str, object]) -> list[tuple[str, str, int]]:
    """What axe objects to: the rule, the first place, how many places."""
    found = axe.run(tab, options={"resultTypes": ["violations"], "runOnly": only}).response
    return [(v["id"], v["nodes"][0]["html"][:120], len(v["nodes"])) for v in found["violations"]]
