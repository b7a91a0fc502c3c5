"""What is worked out once is handed on, and is never another answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qzanalysis import audit
from qzanalysis.reports import loading, schema
from qzanalysis.reports.memory import Memory, remembered

SCHOOL, YEAR = "quzhou-zhongzhuan", 2021
CALLS: list[int] = []


@remembered
def double(number: int) -> int:
    """Twice the number; every call is noted."""
    CALLS.append(number)
    return 2 * number


@given(st.lists(st.integers(0, 5), min_size=1))
def test_a_function_is_called_once_for_each_argument(numbers: list[int]) -> None:
    CALLS.clear()
    with Memory().in_use():
        assert [double(number) for number in numbers] == [2 * number for number in numbers]
    assert list(dict.fromkeys(numbers)) == CALLS


def test_nothing_is_kept_outside() -> None:
    CALLS.clear()
    with Memory().in_use():
        double(1)
    double(1)
    double(1)
    assert CALLS == [1, 1, 1]


def test_another_process_begins_with_what_it_is_handed() -> None:
    CALLS.clear()
    memory = Memory()
    with memory.in_use():
        double(1)
    with Memory(memory.packed()).in_use():
        assert (double(1), double(2)) == (2, 4)
    assert CALLS == [1, 2]


def handed(data: Path) -> bytes:
    memory = Memory()
    with memory.in_use():
        audit.run(loading.load(SCHOOL, YEAR, data).as_printed())
    return memory.packed()


def test_figures_and_findings_are_not_worked_out_again(
    data_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = loading.load(SCHOOL, YEAR, data_copy)
    found = audit.run(fresh)
    packed = handed(data_copy)
    monkeypatch.setattr(schema, "with_figures", lambda rows: pytest.fail("read again"))
    monkeypatch.setattr(audit.engine.relations, "cases", lambda table: pytest.fail("tested again"))
    with Memory(packed).in_use():
        report = loading.load(SCHOOL, YEAR, data_copy)
        assert audit.run(report) == found
    pd.testing.assert_frame_equal(report.observations, fresh.observations)


def test_a_changed_file_is_read_anew(data_copy: Path) -> None:
    packed = handed(data_copy)
    table = data_copy / SCHOOL / str(YEAR) / "employment.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace(",71.3,", ",71.9,"), encoding="utf-8"
    )
    with Memory(packed).in_use():
        report = loading.load(SCHOOL, YEAR, data_copy)
        found = audit.run(report)
    printed = report.fact("job_match_rate", programme="accounting").printed
    assert (printed, found) == ("71.9", audit.run(loading.load(SCHOOL, YEAR, data_copy)))


def test_an_added_file_counts(data_copy: Path) -> None:
    packed = handed(data_copy)
    folder = data_copy / SCHOOL / str(YEAR)
    table = "indicator,breakdown,year,printed,source,note\nstudents,,2021,1,§9.9,\n"
    (folder / "z.csv").write_text(table, encoding="utf-8")
    with Memory(packed).in_use():
        assert "§9.9" in set(loading.load(SCHOOL, YEAR, data_copy).observations["source"])


def test_a_report_of_the_year_before_counts(data_copy: Path) -> None:
    packed = handed(data_copy)
    folder = data_copy / SCHOOL
    shutil.copytree(folder / "2021", folder / "2020")
    with Memory(packed).in_use():
        report = loading.load(SCHOOL, YEAR, data_copy)
        assert report.previous is not None
        found = audit.run(report)
    assert found == audit.run(loading.load(SCHOOL, YEAR, data_copy))


def test_who_changes_a_frame_changes_no_other(data_copy: Path) -> None:
    """A notebook may edit its frame in place; who loads the report next gets the report."""
    with Memory(handed(data_copy)).in_use():
        first = loading.load(SCHOOL, YEAR, data_copy)
        before = first.observations["printed"].to_list()
        first.observations.loc[:, "printed"] = "0"
        first.observations["quantity"] = None
        again = loading.load(SCHOOL, YEAR, data_copy).observations
    assert again["printed"].to_list() == before
    assert again["quantity"].notna().any()
