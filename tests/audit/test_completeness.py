"""What a report leaves out."""

from __future__ import annotations

from qzanalysis import codebook

from .small_reports import Check, one


def test_every_item_of_the_form_is_asked_for_in_both_its_years(check: Check) -> None:
    """55 lines, two years each; an empty cell counts as missing, a number does not."""
    lines = len(codebook.edition(2021))
    found = check(("students", "", 2021, "", "附表1#28"), ("students", "", 2020, "5", "附表1#28"))
    empty = {name: one for name, one in found.items() if name.startswith("empty-")}
    assert len(empty) == 2 * lines - 1
    assert "empty-students-2020" not in empty
    finding = empty["empty-students-2021"]
    assert (finding.verdict, finding.severity, finding.rule) == (
        "not_checkable", "low", "completeness",
    )  # fmt: skip
    assert [figure.source for figure in finding.figures] == ["附表1#28"]


def test_programmes_offered_and_programmes_placed(check: Check) -> None:
    """Each list's own are named; equal lists, or one list only, are no finding."""
    places = [
        one("programme_places", "30", f"§4表#{n}", f"programme={name};track=three_year")
        for n, name in enumerate(("cnc", "nursing"))
    ]
    rates = [
        one("employment_rate", "96", f"§2表#{n}", f"programme={name}")
        for n, name in enumerate(("cnc", "tourism"))
    ]
    finding = check(*places, *rates)["programme-lists-2021"]
    names = [codebook.value_name("programme", name) for name in ("nursing", "tourism")]
    assert f"前者有而后者没有的是{names[0]}，后者有而前者没有的是{names[1]}；" in finding.statement
    assert [figure.source for figure in finding.figures] == ["§4表#1", "§2表#1"]
    assert (finding.verdict, finding.severity) == ("undecided", "low")
    only = check(*places, rates[0])["programme-lists-2021"].statement
    assert f"没有的是{names[0]}，后者有而前者没有的是无；" in only
    for rows in (places, rates, [places[0], rates[0]]):
        assert "programme-lists-2021" not in check(*rows)
