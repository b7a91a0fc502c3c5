"""Another school, another edition: silence where it agrees, and exactly the planted errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qzanalysis.audit import Finding

Check = Callable[..., dict[str, Finding]]
ALARMS = {"contradiction", "implausible", "truncated", "other_base"}
N = 2023

PLANTED = {
    "change-students-difference-2023": ("students", "change=difference", N, "§1.2表#1", "+60"),
    "sum-head_teacher_studios-level-2023": (
        "head_teacher_studios", "level=municipal", N, "附表5#1", "1",
    ),
    "ratio-land_per_student-2023": ("land_per_student", "", N, "附表4#1", "38.34"),
    "same-ebooks-2023-differs": ("ebooks", "", N, "§1.4", "5000"),
    "books-stock-flow-2023": ("printed_books_acquired", "", N, "§1.4", "3100"),
    "within-pe_teachers-2023": ("pe_teachers", "", N, "附表3#7", "180"),
    "grim-employment_rate-programme=computing-2023": (
        "employment_rate", "programme=computing", N, "§2.4表#6", "96.9973",
    ),
    "peers-change-starting_salary-2023-tourism": (
        "starting_salary", "programme=tourism", N, "§2.4表#7", "4470",
    ),
    "bounds-percent-fitness_pass_rate-2023": ("fitness_pass_rate", "", N, "附表5#2", "106.01"),
    "magnitude-partner_equipment_value-2023": (
        "partner_equipment_value", "", N, "附表4#5", "2370000",
    ),
}  # fmt: skip


def alarms(found: dict[str, Finding]) -> set[str]:
    return {name for name, finding in found.items() if finding.verdict in ALARMS}


def test_a_report_that_agrees_with_itself_is_left_in_peace(check_school: Check) -> None:
    """No alarm and no open question where nothing is wrong."""
    found = check_school()
    assert alarms(found) == set()
    assert not [f.statement for f in found.values() if f.verdict == "undecided"]


def test_ten_planted_errors_are_exactly_what_is_found(check_school: Check) -> None:
    """All ten at once: each found, nothing else accused."""
    assert alarms(check_school(*PLANTED.values())) == set(PLANTED)


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_error_alone(check_school: Check, name: str) -> None:
    """Each one alone is found, and is the only one."""
    assert alarms(check_school(PLANTED[name])) == {name}
