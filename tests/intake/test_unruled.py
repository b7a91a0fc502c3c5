"""Tables of words alone: no line, no tab, only places. Nothing wrong is ever called sure."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matrix import matrix

from qzanalysis.documents import read_pdf, spanning
from qzanalysis.documents.assembly import assemble
from qzanalysis.documents.lines import Line, Piece
from qzanalysis.documents.model import Table
from qzanalysis.documents.spanning import Span
from qzanalysis.documents.stream import blocks
from qzanalysis.intake.extraction.extract import Extraction, place
from qzanalysis.intake.layout import layout

from . import made_reports as made
from . import made_unruled as drawn

PLAN = layout(made.SCHOOL, made.YEAR)
FEW, MANY = 3, 20


def extracted(content: bytes) -> Extraction:
    """What the reader and the rest give, in this process."""
    return place(read_pdf.read(content).tables, PLAN)


def scored(seed: int, down: str) -> made.Score:
    """One document drawn by chance, extracted and compared."""
    content, figures = drawn.document(seed, down)
    return made.score(extracted(content).cells, figures.truth)


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "down"), drawn.seeds(FEW))
def test_words_alone_give_the_table(seed: int, down: str) -> None:
    """At least 95 % of each of these documents, and nothing wrong."""
    result = scored(seed, down)
    assert not result.wrong_and_sure + result.wrong
    assert result.share >= 0.95, result.left


@pytest.mark.long
@pytest.mark.parametrize("down", drawn.DOWN)
def test_many_documents_without_ruling(down: str) -> None:
    """95 % on average, nine tenths of the worst; not one figure wrong and sure."""
    results = [scored(seed, down) for seed in range(MANY)]
    assert not [words for result in results for words in result.wrong_and_sure]
    assert sum(len(result.wrong) for result in results) <= 2
    assert sum(result.share for result in results) / MANY >= 0.95
    assert min(result.share for result in results) >= 0.9


@pytest.mark.parametrize("look", matrix(made.LOOKS, {"halves"}))
def test_labels_at_the_bottom_of_their_cells(look: str) -> None:
    """The looks of the ruled reports, without their ruling."""
    _, make = made.FORMATS["pdf-none"]
    result = made.score(
        extracted(make(made.tables(made.LOOKS[look]), made.LOOKS[look])).cells, made.truth()
    )
    assert not result.wrong_and_sure + result.wrong
    assert result.share >= 0.95, result.left


# --- which rows a label covers -------------------------------------------------------------------

STEP, HEIGHT = 20.0, 9.0


def column(groups: list[int], down: str, breaks: list[int]) -> tuple[list[Span], list[Span]]:
    """Rows and labels of a column: groups of rows, pages that end after some of them.

    A label stands in the rows of its first page.
    """
    page, y, starts = 0, 0.0, set(breaks)
    rows: list[Span] = []
    for n in range(sum(groups)):
        if n in starts:
            page, y = page + 1, 0.0
        rows.append(Span(page, y, y + HEIGHT, f"row {n}"))
        y += STEP
    labels, at = [], 0
    for number, count in enumerate(groups):
        own = [row for row in rows[at : at + count] if row.part == rows[at].part]
        top = {
            "top": own[0].top,
            "middle": (own[0].top + own[-1].bottom - HEIGHT) / 2,
            "bottom": own[-1].top,
        }[down]
        labels.append(Span(own[0].part, top, top + HEIGHT, f"label {number}"))
        at += count
    return rows, labels


GROUPS = st.lists(st.integers(1, 5), min_size=1, max_size=8)


@settings(max_examples=400, deadline=None)
@given(GROUPS, st.sampled_from(drawn.DOWN), st.lists(st.integers(1, 20), max_size=2))
def test_a_row_gets_its_own_label_or_none(groups: list[int], down: str, breaks: list[int]) -> None:
    """Whatever the groups, the places of the labels and the page breaks."""
    rows, labels = column(groups, down, breaks)
    truth = [number for number, count in enumerate(groups) for _ in range(count)]
    for owner, right in zip(spanning.owners(rows, labels), truth, strict=True):
        assert owner in (None, right)


@pytest.mark.parametrize("down", drawn.DOWN)
def test_plain_columns_are_read(down: str) -> None:
    """Three rows, one, two: only one reading fits."""
    rows, labels = column([3, 1, 2], down, [])
    assert spanning.owners(rows, labels) == [0, 0, 0, 1, 2, 2]


def test_two_readings_are_none() -> None:
    """Labels at rows 1 and 3 of 4: two and two from the top, or one and three in the middle."""
    rows, labels = column([2, 2], "top", [])
    assert spanning.owners(rows, labels) == [0, None, 1, 1]


def test_a_figure_is_printed_once() -> None:
    """Of the two readings, the one that names two rows alike falls away."""
    rows, labels = column([2, 2], "top", [])
    named = [Span(r.part, r.top, r.bottom, w) for r, w in zip(rows, "abbc", strict=True)]
    assert spanning.owners(named, labels) == [0, 0, 1, 1]


def test_a_label_between_its_pages_is_understood() -> None:
    """Two rows on each page, the label in the middle of all four, as browsers print it."""
    rows, labels = column([2, 4, 2], "middle", [4])
    moved = [labels[0], Span(0, 3.5 * STEP, 3.5 * STEP + HEIGHT, "label 1"), labels[2]]
    assert spanning.owners(rows, moved) == [0, 0, 1, 1, 1, 1, 2, 2]


@pytest.mark.parametrize("step", [0.0, -5.0])
def test_rows_that_are_not_below_each_other_get_no_label(step: float) -> None:
    """And cost no time."""
    rows = [Span(0, step * n, step * n + HEIGHT) for n in range(200)]
    assert set(spanning.owners(rows, rows[:100])) == {None}


# --- noise ---------------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    [
        "序号",
        "专业",
        "学制",
        "人数",
        "2020年",
        "2021年",
        "护理",
        "三年",
        "中高职一体",
        "就业率",
        "20级",
        "12",
        "99.5%",
        "/",
        "全日制在校生数",
        "国家级",
        "试点",
        "合作院校",
        "语文合格率",
        "时间",
        "1",
    ]
)
PIECES = st.builds(
    lambda text, left, top, tall: Piece(text, left, left + 8 * len(text), top, top + tall),
    TEXTS,
    st.sampled_from([50.0, 55.0, 120.0, 200.0, 260.0, 300.0]),
    st.integers(0, 300).map(float),
    st.sampled_from([0.0, 7.0, 9.0, 12.0]),
)


def tables(lines: list[Line]) -> list[Table]:
    """The tables that stand in some lines."""
    return list(assemble("pdf", (b for b in blocks(lines) if isinstance(b, Table))).tables)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(PIECES, min_size=1, max_size=6), max_size=14), st.integers(1, 14))
def test_words_anywhere_give_cells_or_a_list(lines: list[list[Piece]], page: int) -> None:
    """Words strewn over pages: no error, years of the report only."""
    placed = [
        Line(tuple(sorted(pieces, key=lambda p: p.left)), n // page)
        for n, pieces in enumerate(lines)
    ]
    found = place(tables(placed), PLAN)
    assert all(cell.year in PLAN.years for cell in found.cells)
    assert all(it.reason for it in found.unplaced)


def test_rows_of_other_columns_are_not_put_below(tmp_path) -> None:
    """The rest of a table on another page, moved aside: no figure changes its column."""
    head = _line(["专业", "2020年", "2021年"], [50, 150, 250], 0, 1)
    title = _line(["就业率一览表"], [50], -40, 1)
    rows = [_line(["护理", "91", "92"], [50, 150, 250], 20 * n, 1) for n in (1, 2)]
    text = Line((Piece("一段与表无关的正文" * 9, 50, 700, 100, 109),), 1)
    aside = [_line(["会计事务", "3384", "3096"], [50, 250, 350], 20 * n, 2) for n in (1, 2)]
    cells = place(tables([title, head, *rows, text, *aside]), PLAN).cells
    assert not [cell for cell in cells if cell.printed in {"3384", "3096"}]


def _line(texts: list[str], lefts: list[float], top: float, page: int) -> Line:
    pieces = tuple(
        Piece(text, left, left + 9 * len(text), top, top + 9)
        for text, left in zip(texts, lefts, strict=True)
    )
    assert all(a.right < b.left for a, b in pairwise(pieces))
    return Line(pieces, page)
