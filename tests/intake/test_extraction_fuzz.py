"""Whatever stands in a table or a file: cells or a list, or this package's error; no traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qzanalysis.documents import read_docx, read_html, read_txt, reader
from qzanalysis.documents.assembly import assemble
from qzanalysis.documents.model import Cell, Document, Paragraph, Place, Table, from_json, plain
from qzanalysis.intake.extraction.extract import place
from qzanalysis.intake.layout import layout

from . import made_reports as made

PLAN = layout(made.SCHOOL, made.YEAR)
WORDS = st.sampled_from(
    [
        "序号",
        "指标",
        "单位",
        "2020年",
        "2021年",
        "专业",
        "学制",
        "人数",
        "其中：国家级",
        "全日制在校生数",
        "就业率",
        "护理",
        "三年",
        "19级",
        "语文合格率",
        "变化情况",
        "招生规模",
        "1",
        "99.5%",
        "18:1",
        "/",
        "—",
        "",
        "合计",
        "人",
    ]
)
ANY_TEXT = st.one_of(WORDS, st.text(max_size=12), st.integers().map(str))
PLACES = st.builds(Place, *[st.integers(0, 300)] * 5)
SPANS = st.sampled_from(["", "", "", "right", "down", "missing"])
CELLS = st.builds(Cell, ANY_TEXT, st.just(Place(table=1)), SPANS)


@st.composite
def tables(draw: Callable[..., object]) -> Table:
    """Any rectangle of cells."""
    width = draw(st.integers(1, 8))
    row = st.lists(CELLS, min_size=width, max_size=width).map(tuple)  # type: ignore[arg-type]
    rows = draw(st.lists(row, min_size=1, max_size=8))
    before = draw(st.lists(ANY_TEXT, max_size=2))
    flags = [draw(st.booleans()) for _ in range(4)]
    return Table(tuple(rows), "", tuple(before), *flags)  # type: ignore[arg-type]


TIMES = int(os.environ.get("QZANALYSIS_FUZZ", "1"))
FAST = settings(max_examples=150 * TIMES, deadline=None, suppress_health_check=list(HealthCheck))


@FAST
@given(st.lists(tables(), max_size=3))
def test_any_table_gives_cells_or_a_list(made_up: list[Table]) -> None:
    """And what is placed can be kept: years of the report, known indicators."""
    found = place(assemble("html", made_up).tables, PLAN)
    assert all(cell.year in PLAN.years for cell in found.cells)
    assert all(cell.certainty in {"sure", "check"} for cell in found.cells)
    assert all(it.reason and it.origin for it in found.unplaced)


@FAST
@given(tables(), st.lists(st.builds(Paragraph, ANY_TEXT, PLACES), max_size=2).map(tuple))
def test_a_document_survives_the_way_between_processes(
    table: Table, said: tuple[Paragraph, ...]
) -> None:
    """To JSON and back."""
    document = Document("a.txt", "0" * 64, "txt", 1, 2, (*said, table))
    assert from_json(json.loads(json.dumps(document, default=plain))) == document


PLAIN = made.as_docx(made.tables()[:1])


@pytest.mark.parametrize("read", [read_txt.read, read_html.read, read_docx.read])
@settings(max_examples=60 * TIMES, deadline=None)
@given(content=st.binary(max_size=400), at=st.integers(0, len(PLAIN) - 1))
def test_any_bytes_give_tables_or_a_known_fault(
    read: Callable[[bytes], Document], content: bytes, at: int
) -> None:
    """Noise, and a real document with a piece of noise in it."""
    for document in (content, PLAIN[:at] + content + PLAIN[at + len(content) :]):
        try:
            assert isinstance(read(document), Document)
        except (OverflowError, MemoryError):
            continue
        except Exception as error:
            assert reader.fault(error) in {"damaged", "encoding", "doctype", "protected"}
