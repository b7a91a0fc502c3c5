"""Tables made with consistent figures are never accused; a wrong digit is found or not checkable."""

from __future__ import annotations

import random
import re
from collections import Counter
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qzanalysis.documents.model import Paragraph, Place
from qzanalysis.figures.located import SCALE

from .made import audit_of, merged, misprinted, table

CELL = re.compile(r"第(\d+)行第(\d+)列")
ACCUSED = {"contradiction", "implausible"}
Grid = list[list[str]]


def share(choice: random.Random, top: int, bottom: int, digits: int, rounding: str) -> str:
    if not bottom:
        return "-"
    step = Decimal(1).scaleb(-digits)
    return f"{(Decimal(100 * top) / bottom).quantize(step, rounding)}%"


def consistent(choice: random.Random) -> tuple[Grid, list[list[tuple[int, int]]]]:
    """A table of random shape: groups or none, subtotals, shares, rates, means, blanks."""
    groups = choice.randint(1, 4) if choice.random() < 0.5 else 1
    sizes = [choice.randint(2, 9) for _ in range(groups)]
    columns = choice.randint(1, 4)
    most = choice.choice([9, 60, 900, 9000])
    digits, rounding = choice.randint(0, 2), choice.choice([ROUND_HALF_UP, ROUND_DOWN])
    leaves = [
        [[choice.randint(0, most) for _ in range(columns)] for _ in range(size)] for size in sizes
    ]
    form = choice.choice(["share", "rate", "across", "plain", "mean"])
    for group in leaves:  # the second column is a part of the first
        for row in group:
            row[0] -= row[0] % 2  # the rate of a sum is then that of its parts' halves
            if columns > 1:
                row[1] = choice.randint(0, row[0])
    total = [sum(row[c] for group in leaves for row in group) for c in range(columns)]
    noise = choice.random() < 0.3
    heads = ["组", "类别"][2 - (groups > 1) - 1 :] + [
        f"甲{'乙丙丁戊'[c]}数" for c in range(columns)
    ]
    extra = {"share": "占比", "rate": "合格率", "across": "总人数", "mean": "平均分", "plain": ""}[
        form
    ]
    heads += ([extra] if extra else []) + ["楼层"] * noise

    numbers_aside = [choice.randint(1, 400) for _ in range(sum(sizes))]  # nobody adds these up
    summary = choice.choice([max, lambda own: sum(own) // len(own), lambda own: "-"])

    def line(labels: list[str], row: list[int], noted: str) -> list[str]:
        cells = [str(v) if v or choice.random() < 0.7 else "-" for v in row]
        if form == "share":
            cells.append(share(choice, row[0], total[0], digits, rounding))
        elif form == "rate":
            cells.append(
                share(choice, row[-1] if columns == 2 else row[0] // 2, row[0], digits, rounding)
            )
        elif form == "across":
            cells.append(str(sum(row)))
        elif form == "mean":
            cells.append(f"{choice.uniform(1, 5):.2f}")
        return [*labels, *cells, *([noted] if noise else [])]

    rows, owners = [heads], [[(0, c) for c in range(len(heads))]]
    for g, group in enumerate(leaves):
        first = len(rows)
        aside = numbers_aside[sum(sizes[:g]) : sum(sizes[: g + 1])]
        for n, row in enumerate(group):
            label = f"第{g}组{chr(0x4E00 + 37 * n + g)}"
            labels = [f"{g}号院", label] if groups > 1 else [label]
            rows.append(line(labels, row, str(aside[n])))
            owners.append(
                [
                    (first, 0) if groups > 1 and c == 0 else (len(rows) - 1, c)
                    for c in range(len(heads))
                ]
            )
        if groups > 1:
            rows.append(
                line(
                    [f"{g}号院汇总"] * 2,
                    [sum(r[c] for r in group) for c in range(columns)],
                    str(summary(aside)),
                )
            )
            r = len(rows) - 1
            owners.append([(r, 0) if c < 2 else (r, c) for c in range(len(heads))])
    if choice.random() < 0.8:
        rows.append(line(["总计"] * (2 if groups > 1 else 1), total, str(summary(numbers_aside))))
        owners.append([(len(rows) - 1, c) for c in range(len(heads))])
    return rows, owners


def accused(seed: int) -> list[str]:
    """The statements of accusations in a consistent table."""
    rows, owners = consistent(random.Random(seed))
    found = audit_of(merged(owners, rows))
    assert found.ledger["read"] == found.ledger["checked"] + found.ledger["uncheckable"]
    return [f.statement for f in found.findings if f.verdict in ACCUSED]


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_a_consistent_table_is_not_accused(seed: int) -> None:
    assert accused(seed) == []


@pytest.mark.long
def test_ten_thousand_consistent_tables_are_not_accused() -> None:
    assert [seed for seed in range(10_000) if accused(seed)] == []


def outcome(seed: int) -> str:
    """What becomes of one wrong digit in a checked cell of a consistent table.

    Returns:
        `found`; `consistent` where every relation of the sound table still holds; `uncheckable`
        where the ledger says so; else `missed`; `none` without a checked cell.
    """
    choice = random.Random(seed)
    rows, owners = consistent(choice)
    sound = audit_of(merged(owners, rows))
    cells = {
        (int(m[1]) - 1, int(m[2]) - 1): n for n in sound.checked if (m := CELL.search(n.place))
    }
    if not cells:
        return "none"
    row, column = choice.choice(sorted(cells))
    number, token = cells[row, column], rows[row][column].rstrip("%")
    text = misprinted(token, choice)
    rows[row][column] = rows[row][column].replace(token, text)
    after = audit_of(merged(owners, rows))
    accusing = [f for f in after.findings if f.verdict in ACCUSED]
    if number.place in {n.place for f in accusing for n in f.figures}:
        return "found"
    changed = {number: int(Decimal(text) * SCALE)}
    if all(r.holds(changed) for r in sound.relations if number in r.numbers):
        return "consistent"
    return "missed" if number.place in {n.place for n in after.checked} else "uncheckable"


@pytest.mark.long
def test_a_wrong_digit_is_found_or_the_cell_is_uncheckable() -> None:
    """But for cells that a second, weaker relation still seems to confirm: under one in a hundred."""
    outcomes = Counter(outcome(seed) for seed in range(2_000))
    assert outcomes["missed"] <= 20
    assert outcomes["found"] > 1_000


PIECES = st.sampled_from(
    ["人", "%", "，", "其中", "占", "合计", "总计", "小计", "比上年增加", "个百分点", "分别为", "、", "年", "万",
     "：", "1:", "第", "-", "（", "）", "。", " ", "表 1 ", "男", "女", "率", "0", "5", "12", "2021", "33.3", "100", "9" * 40]
)  # fmt: skip
CELLS = st.lists(PIECES, max_size=4).map("".join)


@given(st.lists(st.lists(PIECES, max_size=25).map("".join), max_size=4), st.data())
@settings(max_examples=200, deadline=None)
def test_any_document_has_a_ledger_whose_parts_add_up(said: list[str], data: st.DataObject) -> None:
    """However little sense its text and its tables make."""
    width = data.draw(st.integers(1, 5))
    grid = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6))
    blocks = [Paragraph(text, Place(1, paragraph=n)) for n, text in enumerate(said, 1)]
    found = audit_of(*blocks, *([table(grid, "表 1")] if grid else []))
    assert found.ledger["read"] == found.ledger["checked"] + found.ledger["uncheckable"]
    for each in found.findings:
        assert each.as_dict()["statement"]
