"""The little language of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from qzanalysis.audit import evaluate, expressions
from qzanalysis.audit.engine import book
from qzanalysis.audit.evaluate import Absent, Scope, Weights
from qzanalysis.errors import UsageError
from qzanalysis.reports.report import Report


@pytest.fixture(scope="module")
def scope(report: Report) -> Scope:
    """The figures of the real report in its year."""
    return Scope(book(report), 2021)


def absent(text: str, scope: Scope) -> Absent:
    """What is missing for an expression."""
    with pytest.raises(Absent) as error:
        evaluate.value(expressions.parse(text), scope)
    return error.value


def named(weights: Weights | None) -> dict[str, Decimal] | None:
    """Coefficients by indicator, those that are not zero; the constant has no name."""
    return weights and {key.indicator if key else "": w for key, w in weights.items() if w}


@pytest.mark.parametrize(
    ("text", "value", "formula"),
    [
        ("students", "4902", "4902"),
        ("students@-1", "4852", "4852"),
        ("students@2020 + intake - graduates", "4754", "4852 + 1566 − 1664"),
        ("2 * (teachers - 8) / 10", "52", "2 × (268 − 8) ÷ 10"),
        ("share(senior_teachers, teachers) * 67", "2400", "(96 ÷ 268 × 100%) × 67"),
        ("total(interns[found_by=*])", "691", "165 + 526"),
        ("least(starting_salary[programme=*])", "2300", "11 个数中最小的 2300"),
        ("distinct(programme_places, programme)", "13", "表中列出 13 种"),
        ("number(employment_rate[programme=*])", "11", "表中列出 11 项"),
        ("exact(students{§7.1})", "5000", "近5000"),
        ("year - 2012", "9", "2021 − 2012"),
    ],
)
def test_value_and_formula(scope: Scope, text: str, value: str, formula: str) -> None:
    """What it comes to, and how a reader sees it."""
    node = expressions.parse(text)
    assert round(evaluate.value(node, scope).interval().value, 6) == Decimal(value)
    assert evaluate.words(node, scope).formula == formula


@pytest.mark.parametrize("text", ["students +", "share(students", "students ! 3", "total()", "1 2"])
def test_a_faulty_expression_is_refused_with_its_text(text: str) -> None:
    """The message shows the expression."""
    with pytest.raises(UsageError, match="规则表达式"):
        expressions.parse(text)


def test_a_figure_that_is_not_there_is_missing(scope: Scope) -> None:
    """An empty cell is known to be empty; a figure nobody printed is not."""
    assert [figure.printed for figure in absent("land_per_student@-1", scope).empty] == [""]
    assert absent("land_per_student@1999", scope).empty == ()


def test_linear_coefficients(scope: Scope) -> None:
    """Localisation needs weights; a ratio of figures has none."""
    found = expressions.parse("2 * students - graduates / 4 + 7")
    assert named(evaluate.weights(found, scope)) == {
        "students": 2,
        "graduates": Decimal("-0.25"),
        "": 7,
    }
    assert evaluate.weights(expressions.parse("students / teachers"), scope) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("students - (teachers - 8)", "4902 − (268 − 8)"),
        ("students - teachers - 8", "4902 − 268 − 8"),
        ("students * teachers / 2", "4902 × 268 ÷ 2"),
        ("students / (teachers * 2)", "4902 ÷ (268 × 2)"),
        ("(students + teachers) * 2", "(4902 + 268) × 2"),
        ("most(starting_salary[programme=*])", "11 个数中最大的 4300"),
        ("mean(job_match_rate[programme=*])", "11 个数的简单平均"),
        ("total(starting_salary[programme=*])", "11 个数合计"),
        ("distinct(programme_places, department)", "表中列出 4 种"),
    ],
)
def test_a_formula_reads_as_it_is_computed(scope: Scope, text: str, shown: str) -> None:
    """Brackets where they are needed; long lists are counted."""
    formula = evaluate.words(expressions.parse(text), scope).formula
    assert formula.partition("最大的")[0] == shown.partition("最大的")[0]


@pytest.mark.parametrize(("members", "written"), [(7, True), (8, False)])
def test_seven_members_are_written_out(
    build: Callable[..., Report], members: int, written: bool
) -> None:
    names = ["cnc", "mechatronics", "construction", "childcare", "art_design", "computing",
             "tourism", "accounting"]  # fmt: skip
    rows = [("starting_salary", f"programme={n}", 2021, "1", "§2.4") for n in names[:members]]
    total = expressions.parse("total(starting_salary[programme=*])")
    formula = evaluate.words(total, Scope(book(build(rows)), 2021)).formula
    assert formula == (" + ".join("1" * 7) if written else "8 个数合计")


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("students / 4", {"students": Decimal("0.25")}),
        ("students * 4", {"students": 4}),
        ("4 * students", {"students": 4}),
        ("students - 3", {"students": 1, "": -3}),
        ("year - 2000", {"": 21}),
        ("mean(interns[found_by=*])", {"interns": Decimal("0.5")}),
        ("students * teachers", None),
        ("4 / students", None),
        ("least(interns[found_by=*])", None),
        ("students{§1.2}", None),
    ],
)
def test_weights_of_what_is_linear(
    scope: Scope, text: str, weights: dict[str, Decimal] | None
) -> None:
    """By hand; None where there are none."""
    assert named(evaluate.weights(expressions.parse(text), scope)) == weights


def test_what_is_missing_says_its_name(scope: Scope) -> None:
    assert absent("land_per_student@1999", scope).name == "1999 年生均校园占地面积"


def test_kinds_are_counted_in_their_own_year(build: Callable[..., Report]) -> None:
    """Two programmes of 2020 and one of 2021."""
    rows = [
        ("programme_places", f"programme={name};track=three_year", year, "30", "§4表#1")
        for name, year in (("cnc", 2020), ("nursing", 2020), ("tourism", 2021))
    ]
    kinds, scope = (
        expressions.parse("distinct(programme_places, programme)"),
        Scope(book(build(rows)), 2021),
    )
    assert evaluate.value(kinds, scope).value == 1
    assert evaluate.words(kinds, scope).formula == "表中列出 1 种"
