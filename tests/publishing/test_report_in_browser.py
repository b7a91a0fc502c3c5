"""The real report in a real browser: ways through it, switches, tables and downloads."""

from __future__ import annotations

import base64
import csv
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree

from .browsing import (
    CHROMIUM,
    NO_CHROMIUM,
    OPEN_ALL,
    PAGES,
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

# --- finding one's way ----------------------------------------------------------------------------


@pytest.mark.long
def test_next_and_previous_lead_through_all_chapters_and_back(
    real_pages: Path, browser: Any
) -> None:
    with opened(browser, real_pages / "index.html") as tab:
        for way, order in (("next", PAGES), ("previous", PAGES[::-1])):
            for name in order[1:]:
                tab.click(f".pager .{way}")
                tab.wait_for_url(f"**/{name}.html")
                assert tab.locator(".nav-chapters [aria-current=page]").count() == 1
            assert tab.locator(f".pager .{way}").count() == 0, "the end"
        tab.click(".nav-chapters a >> nth=7")
        tab.wait_for_url("**/07-challenges.html")
        tab.click(".status a")
        tab.wait_for_url("**/09-data-quality.html")


@pytest.mark.parametrize("name", ["index", WHOLE])
def test_search_finds_accounting_and_goes_there(real_pages: Path, browser: Any, name: str) -> None:
    """In Chinese, over all chapters, by keyboard alone; in the single file too."""
    with opened(browser, real_pages / f"{name}.html") as tab:
        tab.keyboard.press("/")
        tab.fill("#search-input", "会计")
        assert re.match(r"找到 \d+ 处", tab.inner_text("#search-status"))
        hits = tab.locator("#search-results a")
        assert "会计" in hits.first.inner_text()
        student = hits.filter(has_text="分专业就业").first
        target = str(student.get_attribute("href")).partition("#")[2]
        student.click()
        tab.wait_for_url(f"**#{target}")
        heading = tab.locator(f"#{target}")
        assert heading.inner_text() == "分专业就业"
        top = heading.bounding_box()["y"]
        assert 0 <= top < 900, "the reader sees it"
        assert tab.is_hidden("#search")


def test_a_doubted_figure_leads_to_its_arithmetic(real_pages: Path, browser: Any) -> None:
    """The line beside the figure names the doubt; its link opens the finding."""
    with opened(browser, real_pages / "02-students.html") as tab:
        line = tab.locator("p.doubted", has_text="起薪").first
        assert "41.79%" in line.inner_text()
        line.locator("a").click()
        tab.wait_for_url("**/09-data-quality.html#finding-*")
        finding = tab.locator(f"#{tab.url.partition('#')[2]}[open]")
        finding.wait_for()
        assert "印出的数字" in finding.inner_text() and "2680" in finding.inner_text()


def test_a_number_and_a_term_explain_themselves(real_pages: Path, browser: Any) -> None:
    """On focus or click: source, printed text, arithmetic, doubt; a term's definition."""
    with opened(browser, real_pages / "02-students.html") as tab:
        tab.focus(".chart-title data.fact[data-doubt][data-how]")
        card = tab.inner_text("#card")
        assert "附表1" in card or "§2.4表#8" in card
        assert "算法" in card and "75.1" in card and "核验（不合情理）" in card
        tab.keyboard.press("Escape")
        assert tab.is_hidden("#card")
        tab.click("dfn.term >> nth=0")
        assert "定义" in tab.inner_text("#card")


BOXES = """() => ['#card', 'p:has(data.fact.open)'].map((chosen) => {
  const box = document.querySelector(chosen).getBoundingClientRect();
  return [box.top, box.bottom, box.left, box.right];
})"""


def test_a_card_covers_no_part_of_its_sentence_and_names_no_file(
    real_pages: Path, browser: Any
) -> None:
    """Below the sentence or above it; on a phone a sheet at the foot; the file beside code only."""
    with opened(browser, real_pages / "02-students.html") as tab:
        for width, height in ((1280, 900), (390, 844)):
            tab.set_viewport_size({"width": width, "height": height})
            for number in tab.locator("p data.fact").all()[:6]:
                number.focus()
                card, sentence = tab.evaluate(BOXES)
                assert card[0] >= sentence[1] or card[1] <= sentence[0]
                if width == 390:
                    assert (card[1], card[2], card[3]) == (844, 0, 390)
        assert ".csv" not in tab.inner_text("#card")
        tab.click("#toggle-code")
        tab.locator("p data.fact >> nth=0").focus()
        assert ".csv" in tab.inner_text("#card")


def test_a_chart_is_read_from_overview_to_points_by_keyboard(
    real_pages: Path, browser: Any
) -> None:
    """The rows of its table: series, then names and values."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with opened(browser, real_pages / "02-students.html") as tab:
        figure = tab.locator("figure.chart", has_text="的对口就业率最低")
        figure.locator(".structure summary").click()
        tree = figure.locator("[role=tree]")
        tree.locator("li >> nth=0").focus()
        assert tree.inner_text().startswith("哑铃图")
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("ArrowDown")
        assert tab.evaluate("document.activeElement.textContent").startswith("2021 年")
        tab.keyboard.press("ArrowRight")
        tab.keyboard.press("ArrowRight")
        points = tree.locator("li li li").all_inner_texts()
        assert tab.evaluate("document.activeElement.textContent") in points
        assert "会计电算化（会计事务）：71.3" in [point.replace(" ", "") for point in points]
        assert violations(axe, tab, {"type": "tag", "values": ["wcag2a", "wcag2aa"]}) == []


# --- switches, tables, downloads ------------------------------------------------------------------


def test_switches_for_code_and_theme(real_pages: Path, browser: Any) -> None:
    with opened(browser, real_pages / "01-school.html") as tab:
        assert tab.locator("main .code:visible").count() == 0
        tab.click("#toggle-code")
        assert tab.locator("main .code:visible").count() > 5
        light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        tab.click("#toggle-theme")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != light
        assert tab.get_attribute("#toggle-theme", "aria-pressed") == "true"


def test_a_long_table_sorts_and_filters(real_pages: Path, browser: Any) -> None:
    with opened(browser, real_pages / "04-policy.html") as tab:
        table = tab.locator("table.sortable", has_text="合作院校与学制")
        people = (
            "rows => rows.map((row) => Number(row.querySelector('data').getAttribute('value')))"
        )
        table.locator("thead th", has_text="人数").locator("button").click()
        numbers = table.locator("tbody tr").evaluate_all(people)
        assert numbers == sorted(numbers) and len(set(numbers)) > 3
        tab.fill(".filter input >> nth=1", "会计")
        assert table.locator("tbody tr:visible").count() == 2


def test_findings_are_chosen_by_severity_and_chapter(real_pages: Path, browser: Any) -> None:
    """Each choice says how many there are; both together narrow."""
    with opened(browser, real_pages / "09-data-quality.html") as tab:
        shown = tab.locator("details.finding:visible")
        every = shown.count()
        severity, chapter = tab.locator(".filter select").all()[:2]
        severity.select_option("high")
        high = shown.count()
        assert 0 < high < every
        assert f"（{high}）" in severity.locator("option:checked").inner_text()
        assert tab.inner_text(".filter .count >> nth=0") == f"显示 {high} / {every} 条"
        chapter.select_option("1")
        assert 0 < shown.count() < high
        shown.first.locator("summary").click()
        assert "印出的数字" in shown.first.inner_text()


@pytest.mark.parametrize("name", ["02-students", "07-challenges"])
def test_downloads_hold_the_numbers_of_their_tables(
    real_pages: Path, browser: Any, name: str, tmp_path: Path
) -> None:
    """CSV and XLSX agree with each other and with the table; the same bytes each time."""
    with opened(browser, real_pages / f"{name}.html") as tab:
        tab.evaluate(OPEN_ALL)
        for place in tab.locator(".downloads").all()[:4]:  # browsers ask before an eleventh
            table = place.locator("xpath=preceding-sibling::*[1]//table")
            values = table.locator("tbody data.fact").evaluate_all(
                "all => all.map((one) => one.getAttribute('value')).filter(Boolean)"
            )
            tidy = _csv(str(place.locator("a").get_attribute("href")))
            numbers = [
                float(row["数值"])
                for row in tidy
                if row["原样"] or row["算法"]
                if _number(row["数值"])
            ]
            # a CSV gives computed numbers with at most four decimals
            assert numbers == pytest.approx([float(value) for value in values], abs=5.1e-5)
            first, second = (_saved(tab, place, tmp_path / f"{n}.xlsx") for n in "ab")
            assert first.read_bytes() == second.read_bytes()
            wide, long = openpyxl.load_workbook(first)
            assert wide.max_row == table.locator("tr").count()
            held = [tuple(row) for row in long.iter_rows(min_row=2, max_col=4, values_only=True)]
            assert held == [
                (row["项目"], row["列"], _value(row["数值"]), row["单位"]) for row in tidy
            ]
            cells = [cell for sheet in (wide, long) for row in sheet for cell in row]
            assert {cell.data_type for cell in cells} <= {"n", "s", "inlineStr"}, "no formulas"


def test_a_drawing_is_saved_as_png_and_svg(real_pages: Path, browser: Any, tmp_path: Path) -> None:
    """With its title and source, in light colours, whatever the theme."""
    with opened(browser, real_pages / "02-students.html", theme="dark") as tab:
        figure = tab.locator("figure.chart >> nth=0")
        figure.locator("details.data summary").click()
        for kind in ("png", "svg"):
            with tab.expect_download() as waiting:
                figure.locator("button", has_text=kind.upper()).click()
            waiting.value.save_as(tmp_path / f"chart.{kind}")
            assert waiting.value.suggested_filename.endswith(f".{kind}")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    drawing = etree.fromstring((tmp_path / "chart.svg").read_bytes())
    text = "".join(drawing.itertext())
    assert "不低于" in text and "来源：" in text
    assert "#12436d" in etree.tostring(drawing).decode() and "var(" not in text


def test_a_short_print_leaves_out_tables_and_sources(
    real_pages: Path, browser: Any, tmp_path: Path
) -> None:
    """By choice; the full one has them. Both have every headline and chart title."""
    texts = {}
    with opened(browser, real_pages / "02-students.html") as tab:
        tab.evaluate(
            "window.print = () => { window.printed = document.documentElement.dataset.print; }"
        )
        leads = [squeezed(text) for text in tab.locator("figcaption").all_inner_texts()]
        for choice in ("简本", "全本"):
            tab.click("#open-print")
            tab.locator("#print button", has_text=choice).click()
            tab.wait_for_function("window.printed")
            path = tmp_path / f"{choice}.pdf"
            tab.pdf(path=str(path), prefer_css_page_size=True)
            texts[choice] = printed_text(path)
            tab.evaluate("delete window.printed")
    short, full = (squeezed(texts[choice]) for choice in ("简本", "全本"))
    assert all(lead in short for lead in leads)
    assert "本页数字的出处" not in short and "附表1#" not in short
    assert "本页数字的出处" not in full and "附表1#" in full
    assert texts["简本"].count("\f") * 1.5 < texts["全本"].count("\f")


def _csv(href: str) -> list[dict[str, str]]:
    text = base64.b64decode(href.partition("base64,")[2]).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


def _value(text: str) -> float | str:
    return float(text) if _number(text) else text


def _saved(tab: Any, place: Any, path: Path) -> Path:
    with tab.expect_download() as waiting:
        place.locator("button", has_text="XLSX").click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    waiting.value.save_as(path)
    return path
