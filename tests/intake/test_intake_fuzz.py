"""Whatever comes in: a message or a report, never a traceback, never half a change."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from qzanalysis import codebook
from qzanalysis.errors import QzAnalysisError
from qzanalysis.figures.quantities import is_figure
from qzanalysis.intake import faults, importing, reading, values
from qzanalysis.reports import loading

from .conftest import HEADER, make_tiny, state

TIMES = int(os.environ.get("QZANALYSIS_FUZZ", "1"))
SIGNS = "0123456789.,%‰:：/+-—－（）()[]{}<>=@'\"\\;；，．万亿千百余多近超第前强亩兆 　\t\n\r\0\x1b\u202e²①一二十年月日人A"
TYPED = st.one_of(
    st.text(SIGNS, max_size=12),
    st.text(max_size=20),
    st.sampled_from(
        ["", "/", "1,234", "12,5", "—", "2021-03-02", "=1+1", "<script>", "１２％", "NaN", "1e400"]
    ),
)


def fuzz(cases: int) -> settings:
    """So many cases, times QZANALYSIS_FUZZ, however long one takes."""
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=cases * TIMES, deadline=None, suppress_health_check=slow)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all cases: none may change it."""
    return make_tiny(tmp_path_factory.mktemp("fuzz") / "data")


def attempt(path: Path, data: Path, **options: object) -> bool:
    """Import; True if it was accepted. A refused file must have changed nothing."""
    before = state(data)
    try:
        importing.import_file(path, data=data, replace=True, **options)  # type: ignore[arg-type]
    except QzAnalysisError as error:
        assert error.exit_code == 2 and str(error)
        assert state(data) == before
        return False
    loading.load("tiny", 2021, data)
    return True


@fuzz(400)
@given(
    st.sampled_from(["students", "job_match_rate", "student_teacher_ratio", "intake"]), TYPED, TYPED
)
def test_any_text_is_accepted_or_a_fault(indicator: str, printed: str, note: str) -> None:
    """An accepted text can be loaded: a status, or a figure with a finite value."""
    text, _, fault = values.read(indicator, "", printed, note)
    if fault:
        assert all(faults._wordings("faults")[fault])
    else:
        assert text in codebook.statuses().index or is_figure(text)


@fuzz(100)
@given(rows=st.lists(st.tuples(*[TYPED] * 6), min_size=1, max_size=4))
def test_any_csv_cells(rows: list[tuple[str, ...]], data: Path, tmp_path: Path) -> None:
    """Cells of any text in a well-formed CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    path = tmp_path / "x.csv"
    path.write_bytes((HEADER + buffer.getvalue()).encode("utf-8", "replace"))
    attempt(path, data, school="tiny", year=2021)


@fuzz(100)
@given(
    content=st.binary(max_size=300),
    start=st.sampled_from([b"", HEADER.encode(), "指标,细分".encode("gb18030")]),
)
def test_any_bytes_as_csv(content: bytes, start: bytes, data: Path, tmp_path: Path) -> None:
    """Bytes that are no CSV at all."""
    path = tmp_path / "x.csv"
    path.write_bytes(start + content)
    assert not attempt(path, data, school="tiny", year=2021)


@fuzz(60)
@given(draw=st.data())
def test_a_workbook_with_damaged_bytes(
    draw: st.DataObject, data: Path, tmp_path: Path, tiny_book: bytes
) -> None:
    """Cut anywhere, or with bytes changed anywhere."""
    content = bytearray(tiny_book)
    for at, byte in draw.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=5)
    ):
        content[at] = byte
    path = tmp_path / "x.xlsx"
    path.write_bytes(content[: draw.draw(st.integers(0, len(content)))])
    attempt(path, data)


@fuzz(60)
@given(draw=st.data())
def test_a_workbook_with_damaged_parts(
    draw: st.DataObject, data: Path, tmp_path: Path, tiny_book: bytes
) -> None:
    """A sound zip whose XML is not what a spreadsheet writes."""
    with zipfile.ZipFile(io.BytesIO(tiny_book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw.draw(st.sampled_from(sorted(parts)))
    old = parts[name]
    start = draw.draw(st.integers(0, len(old)))
    end = min(len(old), start + draw.draw(st.integers(0, 40)))
    parts[name] = old[:start] + draw.draw(st.binary(max_size=20)) + old[end:]
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    attempt(path, data)


@fuzz(25)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from("CDEFGHIJMNO"), st.integers(1, 6), TYPED), max_size=4
    )
)
def test_a_workbook_with_any_cells(
    changes: list[tuple[str, int, str]], data: Path, tmp_path: Path, tiny_book: bytes
) -> None:
    """Any text in any cell of the form."""
    book = load_workbook(io.BytesIO(tiny_book))
    for column, row, text in changes:
        cell = book["附表1 数据表"][f"{column}{row}"]
        cell.value = "".join(c for c in text if c.isprintable())
        cell.data_type = "s"
    path = tmp_path / "x.xlsx"
    book.save(path)
    attempt(path, data)


@fuzz(100)
@given(
    st.one_of(st.integers(-(10**9), 10**9), st.floats()), st.text('0#,.%eE+@;_"[]$yd', max_size=8)
)
def test_any_number_in_any_format(value: float, number_format: str) -> None:
    """A number is shown as the program would, or not at all."""
    reading.as_displayed(value, number_format)
