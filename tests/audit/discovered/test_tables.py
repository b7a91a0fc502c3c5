"""Wrong numbers of a table are named, one finding each; sound tables are left alone."""

from __future__ import annotations

import pytest

from tests.audit.discovered.made import audited, percent, shares

COUNTS = [502, 78, 216, 785, 610, 320, 511]


def test_a_sound_table_has_no_finding_and_every_figure_is_checked() -> None:
    found = audited(shares(COUNTS))
    assert found.findings == ()
    assert found.ledger["checked"] >= 16


@pytest.mark.parametrize("row", range(1, 9))
@pytest.mark.parametrize("column", [1, 2])
def test_one_wrong_cell_is_one_finding_that_names_it_and_its_value(row: int, column: int) -> None:
    rows = shares(COUNTS)
    right = rows[row][column]
    if right == "100.00%":
        return
    rows[row][column] = (
        right.replace(right[1], str((int(right[1]) + 3) % 10), 1)
        if right[1].isdigit()
        else "9" + right[1:]
    )
    found = audited(rows).findings
    assert len(found) == 1, found
    assert found[0].figures[0].printed == rows[row][column]
    assert found[0].suggestion is not None and right.rstrip("%") in found[0].suggestion


def test_shares_cut_off_or_printed_with_fewer_digits_are_not_accused() -> None:
    rows = shares(COUNTS, digits=1)
    assert audited(rows).findings == ()
    cut = shares(COUNTS, digits=4)
    for row in cut[1:-1]:
        row[2] = row[2][:-3] + "%"
    assert audited(cut).findings == ()


def grouped() -> list[list[str]]:
    rows = [["学院", "专业", "毕业人数", "落实人数", "落实率"]]
    groups = {
        "机电学院": [(154, 141), (57, 52), (241, 215)],
        "商学院": [(250, 233), (207, 184), (40, 38)],
    }
    for name, members in groups.items():
        rows += [
            [name, f"{name[0]}专业{n}", str(a), str(b), percent(b, a)]
            for n, (a, b) in zip("甲乙丙", members, strict=True)
        ]
        a, b = (sum(m[i] for m in members) for i in (0, 1))
        rows.append([f"{name}汇总", f"{name}汇总", str(a), str(b), percent(b, a)])
    a, b = (sum(m[i] for g in groups.values() for m in g) for i in (0, 1))
    return [*rows, ["总计", "总计", str(a), str(b), percent(b, a)]]


def test_a_wrong_subtotal_is_one_finding_though_it_stands_in_three_relations() -> None:
    assert audited(grouped()).findings == ()
    rows = grouped()
    rows[4][3] = "480"  # 408
    found = audited(rows).findings
    assert [f.figures[0].printed for f in found] == ["480"]
    assert "408" in (found[0].suggestion or "")


def test_a_rate_column_is_checked_against_its_own_counts() -> None:
    rows = grouped()
    rows[2][4] = "19.23%"
    found = audited(rows).findings
    assert [f.figures[0].printed for f in found] == ["19.23%"]


def test_figures_repeated_in_another_table_must_be_the_same() -> None:
    other = [["院系", "报到人数", "住宿人数"]]
    other += [[row[0], row[1], str(n * 7)] for n, row in enumerate(shares(COUNTS)[1:-1], start=11)]
    other[3][1] = "261"  # 216
    found = audited(shares(COUNTS), other).findings
    assert [f.figures[0].printed for f in found] == ["261"]
