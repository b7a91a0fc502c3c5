"""The shortage that the page computes is the one that Python computes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from qzanalysis.figures.facts import Fact, constant
from qzanalysis.measures.shortage import grow, shortage
from qzanalysis.pages import blocks
from qzanalysis.publishing.shell import TEMPLATES

from .browsing import CHROMIUM, NO_CHROMIUM, launch

SCRIPT = (TEMPLATES / "qz" / "what-if.js").read_text(encoding="utf-8")


def people(number: int, label: str) -> Fact:
    return constant(number, "人", label)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A page that is the form for 4902 students and 268 teachers, and its script."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    form = blocks.what_if(
        people(4902, "在校生"), people(268, "专任教师"), ratio=15, growth=3, hires=20
    ).html
    folder = tmp_path_factory.mktemp("what-if")
    page = folder / "page.html"
    page.write_text(f"<meta charset=utf-8>{form}<script>{SCRIPT}</script>", encoding="utf-8")
    with sync_api.sync_playwright() as started:
        browser = launch(started, folder)
        shown = browser.new_page()
        shown.goto(page.as_uri())
        yield shown
        browser.close()


def settings(number: int) -> list[tuple[int, int, Decimal, Decimal, int]]:
    """Students, teachers, ratio, growth in per cent, hires."""
    chance = random.Random(14)
    return [
        (
            chance.randint(1, 20_000),
            chance.randint(1, 1_000),
            Decimal(chance.randint(2, 80)) / 2,
            Decimal(chance.randint(-200, 400)) / 2,
            chance.randint(0, 400),
        )
        for _ in range(number)
    ]


def by_python(
    students: int, teachers: int, ratio: Decimal, growth: Decimal, hires: int
) -> list[str]:
    grown = grow(people(students, "在校生"), float(growth))
    staff = people(teachers + hires, "专任教师")
    missing = shortage(grown, staff, float(ratio))
    return [
        f"{grown.value:f}",
        f"{staff.value:f}",
        missing.text().replace("−", "-").replace("\u202f", ""),
    ]


def test_a_thousand_settings_agree(tab: Any) -> None:
    """Halves included: the number of students to even, the shortage away from zero."""
    given = settings(1000)
    asked = json.dumps([[*map(str, one)] for one in given])
    found = tab.evaluate(f"{asked}.map((one) => qzWhatIf(...one))")
    assert found == [by_python(*one) for one in given]


def test_the_form_says_what_it_computes(tab: Any) -> None:
    """4902 and 3 % are 5049.06; 5049 ÷ 15 − 288 = 48.6; at 20:1 there are 35.55 too many."""
    said = tab.locator("output")
    assert said.inner_text() == "在校生 5049 人、专任教师 288 人，按 15:1，缺 49 人。"
    tab.fill("[name=ratio]", "20")
    assert said.inner_text() == "在校生 5049 人、专任教师 288 人，按 20:1，不缺教师，多出 36 人。"
    tab.fill("[name=ratio]", "")
    assert said.inner_text() == "请填写范围内的数。"
