"""The pages in a real browser: what a reader's hands and eyes meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qzanalysis.publishing import pipeline
from qzanalysis.publishing.jobs import Request

from .browsing import CHROMIUM, NO_CHROMIUM
from .conftest import FACT, write_notebook

sync_api = pytest.importorskip("playwright.sync_api", reason="没有 playwright，跳过浏览器测试")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)]

ROWS = "".join(
    f'<tr><th scope="row">行{n}</th><td class="num">'
    f'<data class="fact" value="{value}" data-label="第 {n} 行" data-source="附表1#{n}">'
    f"{value}</data></td></tr>"
    for n, value in enumerate((30, 4, 100, 7, 9, 12, 5, 61, 2, 18))
)
TABLE = (
    '<div class="table-wrap"><table class="data sortable"><caption>表</caption><thead><tr>'
    '<th scope="col">项目</th><th scope="col">人数</th></tr></thead>'
    f"<tbody>{ROWS}</tbody></table></div>"
)
CORRECTED = (
    '<p class="fixed"><data class="fact" value="125" data-label="在校生" data-source="附表1#28" '
    'data-printed="120" data-remark="按学籍册改为 125">125</data><sup class="decided">更正</sup> 人</p>'
)
DETAILS = "<details class='data'><summary>数据表</summary><p id='inside'>表内</p></details>"


@pytest.fixture
def page(request_: Request, browser: Any, no_kernels: list[str]) -> Iterator[Any]:
    """The summary of a tiny report, open in Chromium, with a record of what went wrong."""
    markdown = ["## 要点", FACT, CORRECTED, DETAILS, "## 明细", TABLE]
    write_notebook(request_.notebooks / "00-summary.ipynb", "摘要", "1", markdown=markdown)
    index = pipeline.render(request_)
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on(
        "request",
        lambda made: made.url.startswith(("file:", "data:")) or faults.append(made.url),
    )
    tab.goto(index.as_uri())
    yield tab
    assert faults == []
    tab.close()


def values(page: Any) -> list[str]:
    return list(page.eval_on_selector_all("tbody data", "all => all.map(one => one.textContent)"))


def test_a_number_tells_its_source_on_focus_and_hides_on_escape(page: Any) -> None:
    """By keyboard alone; in a table one number is a tab stop and arrows do the rest."""
    page.focus("p.say data.fact")
    assert "附表1#28" in page.inner_text("#card")
    page.keyboard.press("Escape")
    assert page.is_hidden("#card")
    assert page.locator('tbody data[tabindex="0"]').count() == 1
    page.focus("tbody data")
    page.keyboard.press("ArrowDown")
    assert "附表1#1" in page.inner_text("#card")


def test_a_corrected_number_says_so_beside_it_in_its_card_and_in_its_note(page: Any) -> None:
    """What was printed, and what was decided."""
    assert page.inner_text("p.fixed sup.decided") == "更正"
    page.click("p.fixed data.fact")
    card = page.inner_text("#card")
    assert "更正" in card and "按学籍册改为 125" in card and "120" in card
    assert "更正：按学籍册改为 125" in page.text_content(".notes")


def test_search_finds_chinese_text_of_every_chapter_and_leads_there(page: Any) -> None:
    """Opened by a key; the first result by Enter."""
    page.keyboard.press("/")
    page.fill("#search-input", "师资")
    assert "找到 1 处" in page.inner_text("#search-status")
    page.keyboard.press("Enter")
    page.wait_for_url("**/07-challenges.html#sec-1")
    page.go_back()
    page.click("#open-search")
    page.fill("#search-input", "没有的词")
    assert "没有找到" in page.inner_text("#search-status")
    page.keyboard.press("Escape")
    assert page.is_hidden("#search")


def test_tables_sort_by_value_and_filter(page: Any) -> None:
    """Numbers as numbers; a second click turns the order round."""
    page.click("thead th:nth-child(2) button")
    assert values(page)[:3] == ["2", "4", "5"]
    assert page.get_attribute("thead th:nth-child(2)", "aria-sort") == "ascending"
    page.click("thead th:nth-child(2) button")
    assert values(page)[0] == "100"
    page.fill(".filter input", "行3")
    assert page.locator("tbody tr:visible").count() == 1
    assert page.inner_text(".filter .count") == "1 / 10 行"


def test_switches_show_code_and_the_dark_theme(page: Any) -> None:
    """Code is hidden until asked for; the theme is remembered on the next page."""
    assert page.is_hidden("main .code >> nth=0")
    page.click("#toggle-code")
    assert page.is_visible("main .code >> nth=0")
    page.click("#toggle-theme")
    page.click(".pager .next")
    assert page.get_attribute("html", "data-theme") == "dark"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(page: Any, width: int) -> None:
    """From a phone to a desktop."""
    page.set_viewport_size({"width": width, "height": 800})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def test_paper_has_everything_open_and_no_controls(page: Any, tmp_path: Path) -> None:
    """Details, notes and their marks; no navigation."""
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.is_visible("#inside") and page.is_visible(".notes li >> nth=0")
    assert page.is_visible("p.say sup.ref")
    assert page.is_hidden(".side") and page.is_hidden(".tools") and page.is_hidden(".pager")
