"""The real report in a real browser: every page, at every width, in both themes, and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .browsing import (
    CHROMIUM,
    EVERY_PAGE,
    LAYOUT,
    NO_CHROMIUM,
    OPEN_ALL,
    WHOLE,
    opened,
    printed_text,
    squeezed,
    violations,
)

pytest.importorskip("playwright.sync_api", reason="没有 playwright，跳过浏览器测试")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]

# --- layout ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*EVERY_PAGE, WHOLE])
def test_nothing_overlaps_or_is_cut_off_from_phone_to_desktop(
    real_pages: Path, browser: Any, name: str
) -> None:
    """With everything folded open; nothing is fetched and nothing complains meanwhile."""
    widths = (360, 768, 1280) if name != WHOLE else (360,)
    with opened(browser, real_pages / f"{name}.html") as tab:
        tab.evaluate(OPEN_ALL)
        for width in widths:
            tab.set_viewport_size({"width": width, "height": 900})
            tab.wait_for_timeout(60)
            assert tab.evaluate(LAYOUT) == [], f"{name} at {width} px"


DRAWINGS = """() => [...document.querySelectorAll('figure.chart')].map((figure) => {
  const svg = [...figure.querySelectorAll('.plot svg')].filter((one) => one.checkVisibility());
  const sizes = [...svg[0].querySelectorAll('text')].map((text) => (
    parseFloat(getComputedStyle(text).fontSize) * Math.hypot(text.getScreenCTM().a, text.getScreenCTM().b)));
  const frame = getComputedStyle(figure);
  const inside = figure.clientWidth - parseFloat(frame.paddingLeft) - parseFloat(frame.paddingRight);
  return [svg.length, svg[0].getBoundingClientRect().width / inside, Math.min(...sizes)];
})"""


@pytest.mark.parametrize("name", ["02-students", "07-challenges"])
def test_charts_fill_their_card_and_their_type_is_legible(
    real_pages: Path, browser: Any, name: str
) -> None:
    """One drawing a chart at each width; the smallest type has 11 pixels; dark marks in the dark."""
    with opened(browser, real_pages / f"{name}.html") as tab:
        for width in (360, 390, 768, 1280):
            tab.set_viewport_size({"width": width, "height": 900})
            for shown, share, smallest in tab.evaluate(DRAWINGS):
                assert shown == 1
                assert share > 0.99
                assert smallest >= 11
        words = "getComputedStyle(document.querySelector('.plot text')).fill"
        assert tab.evaluate(words) == "rgb(31, 41, 51)"
        tab.click("#toggle-theme")
        assert tab.evaluate(words) == "rgb(228, 234, 238)"


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_axe_finds_nothing_in_either_theme(real_pages: Path, browser: Any, name: str) -> None:
    """WCAG 2.2 AA; in the dark only colours differ, so only contrast is looked at again."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    with opened(browser, real_pages / f"{name}.html") as tab:
        assert violations(axe, tab, {"type": "tag", "values": tags}) == [], name
        tab.click("#toggle-theme")
        assert violations(axe, tab, {"type": "rule", "values": ["color-contrast"]}) == [], "dark"


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_paper_holds_every_table(real_pages: Path, browser: Any, name: str, tmp_path: Path) -> None:
    """Printed to PDF from the page as it opens, with tables and findings folded away."""
    path = tmp_path / "page.pdf"
    with opened(browser, real_pages / f"{name}.html") as tab:
        wanted = tab.eval_on_selector_all(
            "main caption, main .finding summary, main tbody tr:last-child th",
            "all => all.map((one) => one.textContent)",
        )
        tab.pdf(path=str(path), prefer_css_page_size=True)
        assert tab.locator(".finding[open]").count() == 0, "folded again after printing"
    printed = squeezed(printed_text(path))
    assert [text for text in wanted if squeezed(text) not in printed] == []
    assert "衢州中等专业学校2021年度质量报告分析" in printed, "the running head"


# What leads in: alone at the foot of a page it says nothing. A headline may end its section.
LEADS = "h2, h3, .headline:not(:last-child), .chart-title, caption, thead tr, .definitions dt"


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_no_printed_page_ends_in_a_heading_or_begins_with_a_row_without_its_head(
    real_pages: Path, browser: Any, name: str, tmp_path: Path
) -> None:
    """Headings and headlines go with what they announce; a table's head stands on each page."""
    path = tmp_path / "page.pdf"
    with opened(browser, real_pages / f"{name}.html") as tab:
        tab.evaluate(OPEN_ALL)
        # Marks of notes stand on lines of their own in the text of a PDF; hidden, they keep room.
        tab.eval_on_selector_all(
            "sup", "all => all.forEach((one) => { one.style.visibility = 'hidden'; })"
        )
        ends, starts = (
            tuple(squeezed(text) for text in tab.locator(chosen).all_inner_texts())
            for chosen in (LEADS, "main tbody tr")
        )
        tab.pdf(path=str(path), prefer_css_page_size=True)
    sheets = [_sheet(text) for text in printed_text(path, "layout").split("\f") if text.strip()]
    assert all(ends) and any(ends[0] in sheet for sheet in sheets)
    assert [sheet[-40:] for sheet in sheets if sheet.endswith(ends)] == [], "alone at the foot"
    assert [sheet[:40] for sheet in sheets if sheet.startswith(starts)] == [], "without its head"


def _sheet(text: str) -> str:
    """What a printed page says between its running head and its number."""
    lines = text.strip().splitlines()
    return squeezed("".join(lines[1:-1]))
