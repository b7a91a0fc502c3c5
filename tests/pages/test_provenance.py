"""From any number on a published page to the row it was printed in; and what each page says of itself."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from qzanalysis.figures.quantities import parse

REPO = Path(__file__).parents[2]
PUBLISHED = REPO / "reports" / "quzhou-zhongzhuan" / "2021"
PAGES = sorted(PUBLISHED.glob("*.html"))
_FACT = re.compile(r'<data ([^>]*class="fact"[^>]*)>(.*?)</data>', re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def facts(page: Path) -> list[tuple[dict[str, str], str]]:
    """The attributes and the text of every number of a page."""
    found = _FACT.findall(page.read_text(encoding="utf-8"))
    return [
        ({name: unescape(value) for name, value in _ATTRIBUTE.findall(head)}, unescape(text))
        for head, text in found
    ]


@cache
def rows(file: str) -> list[dict[str, str]]:
    with (REPO / "data" / file).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def walked(fact: dict[str, str]) -> list[dict[str, str]]:
    """The rows a number names as file:row; the head is row 1."""
    places = [place.rpartition(":") for place in fact.get("data-rows", "").split()]
    return [rows(file)[int(number) - 2] for file, _, number in places]


def listed(text: str) -> set[str]:
    return set(filter(None, text.split("；")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_of_a_page_leads_to_its_rows(page: Path) -> None:
    """Key, printed text and place agree with the row; a number that is not computed is the row's."""
    wrong = []
    for fact, text in facts(page):
        found = walked(fact)
        agree = (
            {f"{row['indicator']}|{row['breakdown']}|{row['year']}" for row in found}
            == set(fact.get("data-keys", "").split())
            and {row["printed"] for row in found} - {""} == listed(fact.get("data-printed", ""))
            and {row["source"] for row in found} == listed(fact.get("data-source", ""))
        )
        if len(found) == 1 and "data-how" not in fact and "value" in fact:
            agree &= (
                abs(abs(float(fact["value"])) - abs(float(parse(found[0]["printed"]).value))) < 1e-9
            )
        if not agree:
            wrong.append((text, fact))
    assert wrong == []


def test_the_walk_is_a_long_one() -> None:
    """Hundreds of numbers, every one with a row, a formula, or the word that it is an assumption."""
    every = [fact for page in PAGES for fact, _ in facts(page)]
    assert len(every) > 800
    assert sum(len(walked(fact)) for fact in every) > 1200


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_says_what_it_was_made_from(page: Path) -> None:
    """Versions as in the manifest, the parameters, and how many checks agree and disagree."""
    content: dict[str, Any] = json.loads((PUBLISHED / "manifest.json").read_text(encoding="utf-8"))
    block = page.read_text(encoding="utf-8").partition('<footer class="provenance">')[2]
    assert f"数据版本 {content['data_version']}，代码版本 {content['code_version']}" in block
    assert "衢州中等专业学校" in block
    assert ('href="manifest.json"' in block) == (page.name != "report.html"), "mailed alone"
    assert re.search(r"相符 \d+ 项；矛盾 \d+ 项；存疑 \d+ 项；\w+ \d+ 项", block)
    outputs = {path.name for path in PUBLISHED.iterdir()} - {"manifest.json"}
    assert set(content["outputs"]) == outputs
