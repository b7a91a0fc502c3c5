"""The numbers on the notebooks: each leads to its row, and changes with it.

What is shown is shared with `test_notebooks`; see `conftest`.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from notebook_cells import NAMES, Shown

from qzanalysis.figures.quantities import parse
from qzanalysis.pages.blocks import Block

REPO = Path(__file__).parents[2]


# --- that every number leads to its row -----------------------------------------------------------


def _facts(block: Block) -> Iterator[tuple[dict[str, str], str]]:
    """The attributes and the text of every number of a block."""
    for attributes, text in re.findall(r"<data ([^>]*)>([^<]*)</data>", block.html):
        found = {
            key: html.unescape(value)
            for key, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)
        }
        yield found, html.unescape(text)


@cache
def _file(name: str) -> list[dict[str, str]]:
    with (REPO / "data" / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _row(place: str) -> dict[str, str]:
    name, _, number = place.rpartition(":")
    return _file(name)[int(number) - 2]


def _same(listed: list[str], expected: list[str]) -> bool:
    return set(listed) == set(expected)


def test_every_number_of_every_notebook_leads_back_to_its_row(shown: dict[str, Shown]) -> None:
    walked, wrong = 0, []
    for notebook in shown.values():
        for identifier, block in notebook.items():
            for fact, text in _facts(block):
                rows = [_row(place) for place in fact.get("data-rows", "").split()]
                walked += len(rows)
                keys = [f"{r['indicator']}|{r['breakdown']}|{r['year']}" for r in rows]
                agrees = (
                    _same(fact.get("data-keys", "").split(), keys)
                    and _same([p for p in fact.get("data-printed", "").split("；") if p], [r["printed"] for r in rows if r["printed"]])
                    and _same([s for s in fact.get("data-source", "").split("；") if s], [r["source"] for r in rows])
                )  # fmt: skip
                if not agrees:
                    wrong.append((identifier, text, fact))
    assert wrong == []
    assert walked > 1000


def test_every_number_that_is_not_computed_is_the_printed_one(shown: dict[str, Shown]) -> None:
    wrong = []
    for notebook in shown.values():
        for identifier, block in notebook.items():
            for fact, text in _facts(block):
                rows = [_row(place) for place in fact.get("data-rows", "").split()]
                if len(rows) != 1 or "data-how" in fact or "value" not in fact:
                    continue
                value = parse(rows[0]["printed"]).value
                if abs(abs(value) - abs(type(value)(fact["value"]))) > abs(value) / 10**20:
                    wrong.append((identifier, text, fact))
    assert wrong == []


def test_a_number_with_several_figures_behind_it_says_how_it_was_made(
    shown: dict[str, Shown],
) -> None:
    unexplained = [
        (identifier, text)
        for notebook in shown.values()
        for identifier, block in notebook.items()
        for fact, text in _facts(block)
        if len(fact.get("data-rows", "").split()) > 1 and "value" in fact and "data-how" not in fact
    ]
    assert unexplained == []


# --- that the sentences say what the report's figures give, worked out by hand ----------------------

# block → the numbers of its sentence, in order; the words are free
BY_HAND = {
    # 1409 ÷ 1664, 931 ÷ 1474; 1615 − 1409, 535 − 206; 1664 − 1615, 49 − 8
    "00-05": "2021 1664 1409 84.68 63.16 206 329 49 41",
    "00-07": "2021",
    "01-05": "4902 50 125 190",
    "01-06": "7.4 12.9",  # 125 ÷ 1691, 190 ÷ 1474
    "01-07": "4754 4902 148",
    "01-11": "90.2 340 41.5 479",  # 340 ÷ 819
    "01-14": "1331 124",
    "01-16": "97.47 1.71",
    "01-19": "268 4 18.29 17.84",
    "01-20": "138 51.5",  # 138 ÷ 268
    "01-35": "6 97 96",  # 33.46 % of 272 is 91.01
    "02-21": "91 92 2 0",  # 90.5…91.5 less 91.5…92.5
    "02-22": "71.3",
    "02-23": "97",
    "02-24": "2300",
    "02-31": "3.8 41.8",  # 75.1 − 71.3; 1120 ÷ 2680
    "02-33": "2680 3800 9 3",
    "02-34": "206 11 19 1 5",  # 206 ÷ 11 = 18.7; 11 ÷ 206 = 5.3 %
    "02-39": "97.06 2.40 11 97",  # 1615 ÷ 1664 less 1466 ÷ 1474
    "03-05": "1409 84.68 21.51",
    "03-09": "478 325 68.0 479",  # 325 ÷ 478; 1281 − 802
    "03-13": "128 129 166 129 166",  # 128 + 38, 129 + 0
    "03-14": "9.1",  # 128 ÷ 1409
    "03-17": "206 535 49 8",  # 1466 − 931; 1474 − 1466
    "03-27": "9.1 13.9 11.8 13.9",  # 128 and 166 of 1409, 129 of 931
    "04-05": "2020 10127.45 8244.56 81.4",
    "04-13": "13 1555",
    "04-35": "1882.89 18.6 17.0",  # of 10127.45; 1725.05 ÷ 10127.45
    "05-05": "691 40 76.1 62.1",  # 526 and 429 of 691
    "06-05": "2503 8052 3.2",
    "06-10": "12.7",  # 99.7 − 87
    "06-14": "95.23 99.44 96.75",
    "07-06": "15 1 4902 59 65",
    "07-07": "65 4995 93 5000",  # (65 + 268) × 15
    "07-08": "20 1 23",  # 4902 ÷ 20 − 268
    "07-12": "3 69 20 49",  # 5049 ÷ 15 − 268, − 288
    "07-15": "1331 124 10.3 27.2",  # 124 ÷ 1207, 1331 ÷ 4902
    "07-26": "15 1 59 17 42 4 124 2",  # 58.8 − 17
    "08-19": "93 0",
}
# The same after the accounting match rate of 2021 has become 81.3: it is no longer the lowest.
BY_HAND_CHANGED = {
    "02-22": "81.3",
    "02-31": "6.2 41.8",
}


def _numbers(block: Block) -> str:
    """The numbers of the sentence of a block, or of the title of a chart."""
    sentence = block.text.partition("\n")[0]
    return " ".join(re.findall(r"\d+(?:\.\d+)?", sentence.replace("\u202f", "")))


def _said(notebooks: dict[str, Shown], blocks: dict[str, str]) -> dict[str, str]:
    found = {
        identifier: block for shown in notebooks.values() for identifier, block in shown.items()
    }
    return {identifier: _numbers(found[identifier]) for identifier in blocks}


def test_sentences_say_what_was_worked_out_by_hand(shown: dict[str, Shown]) -> None:
    assert _said(shown, BY_HAND) == BY_HAND


def test_so_do_the_sentences_on_other_data(changed: dict[str, Shown]) -> None:
    assert _said(changed, BY_HAND_CHANGED) == BY_HAND_CHANGED


# --- that one value changes all that rests on it, and nothing else --------------------------------

# In 02 what is drawn and tabled of the match rates; in 04 the matrix of programmes.
RESTS_ON_IT = {"02-22", "02-31", "04-37", "04-38"}
# Registers, counts and lists of checks and problems, which may change with it.
COUNTS = {
    "00-13", "00-15", "07-19", "07-20", "07-21", "09-09", "09-10", "09-11", "09-13", "09-14",
    "09-21", "09-23", "09-24",
}  # fmt: skip


def _differing(shown: dict[str, Shown], changed: dict[str, Shown]) -> set[str]:
    return {
        identifier
        for name in NAMES
        for identifier in shown[name]
        if shown[name][identifier] != changed[name][identifier]
    }


def test_every_block_that_rests_on_a_value_changes_with_it(
    shown: dict[str, Shown], changed: dict[str, Shown], rate: tuple[str, int]
) -> None:
    place = re.compile(rf"{re.escape(rate[0])}:{rate[1]}\b")
    resting = {
        identifier
        for notebook in shown.values()
        for identifier, block in notebook.items()
        if place.search(block.html)
    }
    assert resting == RESTS_ON_IT
    assert resting <= _differing(shown, changed)


def test_nothing_else_changes(shown: dict[str, Shown], changed: dict[str, Shown]) -> None:
    assert _differing(shown, changed) <= RESTS_ON_IT | COUNTS


def test_the_old_value_is_gone_everywhere(changed: dict[str, Shown]) -> None:
    still = [
        identifier
        for notebook in changed.values()
        for identifier, block in notebook.items()
        if re.search(
            r"(?<![\d.])71\.3(?!\d)",
            block.text + re.sub(r"<svg.*?</svg>", "", block.html, flags=re.DOTALL),
        )
    ]
    assert still == []


def test_sentence_chart_table_and_download_change_together(
    shown: dict[str, Shown], changed: dict[str, Shown]
) -> None:
    """The figure of the match rates by programme."""
    before, after = shown["02-students"]["02-22"].html, changed["02-students"]["02-22"].html
    for pattern in (
        r"<figcaption.*?</figcaption>",
        r"<svg.*?</svg>",
        r"<table.*?</table>",
        r'href="data:[^"]*"',
    ):
        old, new = (re.findall(pattern, page, flags=re.DOTALL) for page in (before, after))
        assert old and all(one != other for one, other in zip(old, new, strict=True)), pattern


@pytest.mark.parametrize(
    "name", ["01-school", "03-teaching", "05-cooperation", "06-service", "08-cases"]
)
def test_a_chapter_that_does_not_use_the_value_stays_as_it_is(
    shown: dict[str, Shown], changed: dict[str, Shown], name: str
) -> None:
    """And it looks the same whether run from the repository's root or from the notebooks folder."""
    assert shown[name] == changed[name]
