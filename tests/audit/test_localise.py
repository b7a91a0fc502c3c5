"""Which figure is wrong: the smallest set that restores agreement."""

from __future__ import annotations

from collections.abc import Callable

from qzanalysis.audit import Finding
from qzanalysis.audit.solver import Programme

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


def test_the_programme_minimises_and_says_when_it_cannot() -> None:
    """x + y >= 3 with x <= 2 whole: cheapest is x = 2, y = 1; an impossible row gives None."""
    programme = Programme()
    x = programme.column(0, 2, cost=1, whole=True)
    y = programme.column(0, 9, cost=2)
    programme.row({x: 1, y: 1}, 3, float("inf"))
    assert programme.solve() == [2, 1]
    assert programme.fixed().span([x], y) == (2, 9)  # x fixed at 1
    assert programme.fixed().span([], y) == (3, 9)  # and at 0
    programme.row({y: 1}, 0, 2)
    assert programme.fixed().conflict([]) == {x}
    assert programme.fixed().conflict([x]) is None
    programme.row({x: 1}, 5, 6)
    assert programme.solve() is None
