"""Wrong numbers of a table are named, one finding each; sound tables are left alone."""

from __future__ import annotations

import json

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


def test_a_finding_has_the_fields_of_the_contract() -> None:
    rows = shares(COUNTS)
    rows[3][1] = "261"  # 216
    found = json.loads(json.dumps([f.as_dict() for f in audited(rows).findings]))
    fields = {"id", "chapter", "rule", "verdict", "severity", "statement", "figures"}
    assert set(found[0]) == fields | {"recomputed", "difference", "suggestion"}
    assert set(found[0]["figures"][0]) == {"printed", "place", "words"}


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


def test_a_column_of_changes_is_checked_row_by_row_whatever_the_kind() -> None:
    rows = [
        ["项目", "2020年", "2021年", "变化情况"],
        ["招生数", "1691", "1566", "-125"],
        ["住校生数", "4852", "4902", "+50"],
        ["毕业生数", "1474", "1664", "190"],
        ["巩固率", "95.76%", "97.47%", "1.71个百分点"],
    ]
    assert audited(rows).findings == ()
    rows[2][3] = "+60"
    assert [f.figures[0].printed for f in audited(rows).findings] == ["60"]
    rows[2][3], rows[4][3] = "+50", "1.71%"
    assert [(f.rule, f.verdict) for f in audited(rows).findings] == [("wording", "other_base")]


def test_an_error_in_one_of_two_sums_of_a_table_is_found() -> None:
    """Each relation is judged by its own rows, not by those of another column."""
    rows = [["院系", "男", "女", "人数", "省内", "省外", "生源"]]
    rows += [
        [
            f"{chr(0x7532 + n)}系",
            str(a),
            str(b),
            str(a + b),
            str(b + 7),
            str(a + 9),
            str(a + b + 16),
        ]
        for n, (a, b) in enumerate([(52, 31), (78, 45), (16, 93), (85, 27), (61, 38), (32, 74)])
    ]
    assert audited(rows).findings == ()
    rows[3][6] = "175"  # 125
    assert [f.figures[0].printed for f in audited(rows).findings] == ["175"]


def test_a_wrong_first_digit_of_the_only_total_is_found() -> None:
    rows = [
        ["企业", "人数"],
        *([f"{c}厂", str(n)] for c, n in zip("甲乙丙丁", (42, 55, 14, 42), strict=True)),
    ]
    sound = [shares(COUNTS), shares(COUNTS[::-1]), shares(COUNTS[2:])]
    assert audited(*sound, [*rows, ["总计", "153"]]).findings == ()
    found = audited(*sound, [*rows, ["总计", "553"]]).findings
    assert [f.figures[0].printed for f in found] == ["553"]
