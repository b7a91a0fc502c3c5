"""Which figure is wrong: the smallest set that restores agreement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qzanalysis.audit import Finding, localise
from qzanalysis.audit.solver import Part, Programme, Row

Check = Callable[..., dict[str, Finding]]
N = 2023


def advice(found: dict[str, Finding], name: str) -> str:
    """The suggestion of one finding."""
    return found[name].suggestion or ""


def test_a_figure_in_two_broken_relations_is_the_suspect(check_school: Check) -> None:
    """Specialised teachers 102 → 120 breaks a share; senior teachers are left in peace."""
    found = check_school(
        ("progression", "", N, "附表6#2", "700"),
    )
    for name in ("sum-progression-institution-2023", "ratio-progression_rate-2023"):
        assert advice(found, name).startswith("最可能有误的是附表6#2")
        assert "“700”，应为 600" in advice(found, name)


def test_a_figure_held_by_others_is_not_suspected(check_school: Check) -> None:
    """A wrong class size is not blamed on the total, which many relations hold in place."""
    found = check_school(("students", "class=employment", N, "附表2#3", "1060"))
    text = advice(found, "sum-students-class-2023")
    assert "“3050”" not in text
    assert "“1060”，应为 1050" in text


def test_a_tie_names_both(check_school: Check) -> None:
    """Land area or land per student: arithmetic cannot tell."""
    text = advice(
        check_school(("land_per_student", "", N, "附表4#1", "38.34")),
        "ratio-land_per_student-2023",
    )
    assert "分不清" in text and "应为 39.34" in text and "§1.1" in text


def test_two_errors_far_apart_are_told_apart(check_school: Check) -> None:
    """Each contradiction is told its own suspect only."""
    found = check_school(
        ("senior_teachers", "", N, "§1.3", "15"), ("interns", "found_by=self", N, "§2.4", "159")
    )
    assert "实习" not in advice(found, "ratio-senior_title_share-2023")
    assert "职称" not in advice(found, "sum-interns-found_by-2023")


def test_contradictions_too_many_to_solve_together_are_solved_alone(
    check_school: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No repair of both relations at once is found; each alone still names a figure."""
    each, calls = localise._Problem.repairs, []

    def none_at_first(problem: localise._Problem) -> list[localise.Repair]:
        calls.append(problem)
        return each(problem) if len(calls) > 1 else []

    monkeypatch.setattr(localise._Problem, "repairs", none_at_first)
    found = check_school(("progression", "", N, "附表6#2", "700"))
    assert len(calls) > 1
    assert "“700”，应为 600" in advice(found, "sum-progression-institution-2023")


def test_a_programme_gives_spans_and_proofs_of_contradiction() -> None:
    """x + y >= 3 with x fixed at 0: y from 3; with y at most 2 as well, a contradiction of both rows."""
    rows = [Row({0: 1.0, 1: 1.0}, 3, float("inf")), Row({1: 1.0}, 0, 2)]
    programme = Programme([(0, 0), (0, 9)], rows)
    programme.change({}, frozenset([1]))  # without the second row
    assert programme.proof() is None
    assert programme.span(1) == (3, 9)
    programme.change({}, frozenset())
    assert programme.proof() == Part(frozenset([0]), frozenset([0, 1]))
    programme.change({0: (0, 2)}, frozenset())
    assert programme.proof() is None
    assert programme.span(0) == (1, 2) and programme.span(1) == (1, 2)
    programme.change({}, frozenset())
    assert programme.proof() is not None  # as it was
