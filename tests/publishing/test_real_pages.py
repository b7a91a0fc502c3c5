"""The real report as files: how heavy it is, and that every chart can be drawn without system fonts."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from matplotlib.ft2font import FT2Font

from qzanalysis.publishing.shell import look

pytestmark = pytest.mark.slow
KB = 1024


def test_sizes(real_pages: Path) -> None:
    """A chapter 400 KB, the report 4 MB, style and scripts 34 KB."""
    sizes = {path.name: path.stat().st_size for path in real_pages.glob("*.html")}
    whole = sizes.pop("report.html")
    assert {name: size for name, size in sizes.items() if size > 400_000} == {}
    assert sum(sizes.values()) <= 4_000_000 and whole <= 4_000_000
    own = look()
    assert sum(len(own[part].encode()) for part in ("style", "script", "theme_script")) <= 44 * KB


def test_every_character_of_the_charts_is_in_the_font_that_comes_along(real_pages: Path) -> None:
    """So a machine without Chinese fonts lays charts out alike; readers see their own font."""
    there = set(FT2Font(str(pylopdf_fonts_zh_cn.sans_path())).get_charmap())
    page = (real_pages / "report.html").read_text(encoding="utf-8")
    texts = re.findall(r"<text\b[^>]*>(.*?)</text>", page, re.DOTALL)
    assert len(texts) > 300
    # The narrow space is drawn as a space where a font has none of its own.
    used = set(unescape(re.sub(r"<[^>]+>", "", "".join(texts)))) - {"\n", "\u202f"}
    assert {character for character in used if ord(character) not in there} == set()


def test_text_is_drawn_with_a_chinese_font_where_the_reader_has_one(real_pages: Path) -> None:
    """Windows, macOS and Linux each bring one of these; none is fetched."""
    page = (real_pages / "index.html").read_text(encoding="utf-8")
    for font in ("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC"):
        assert font in page
    assert "@font-face" not in page


def test_no_parameter_is_shown_with_decimals_it_does_not_have(real_pages: Path) -> None:
    """15, not 15.0; names instead of codes."""
    for page in real_pages.glob("[0-9]*.html"):
        shown = re.search(r"<dt>参数</dt><dd>(.*?)</dd>", page.read_text(encoding="utf-8"))
        assert shown is not None
        assert not re.search(r"\d\.0\b|quzhou|accounting", shown[1]), page.name


def test_every_numeric_column_has_its_head_on_the_right(real_pages: Path) -> None:
    """Also where no script runs."""
    page = (real_pages / "report.html").read_text(encoding="utf-8")
    for table in re.findall(r"<table class=\"data.*?</table>", page, re.DOTALL):
        heads = ["num" in tag for tag in re.findall(r"<th\b[^>]*\bscope=\"col\"[^>]*>", table)][1:]
        first = re.search(r"<tbody><tr>(.*?)</tr>", table, re.DOTALL)
        cells = re.findall(r"<td class=\"(num|text)", first[1] if first else "")
        assert heads == [cell == "num" for cell in cells]
