"""Running text against itself and against the tables it speaks of."""

from __future__ import annotations

from tests.audit.discovered.made import audited, shares

COUNTS = [502, 78, 216, 785, 610, 320, 511]
PROSE = (
    "人数排名前三的院系为甴系（785人，占比25.98%）、电系（610人，占比20.19%）、"
    "甸系（511人，占比16.91%）。"
)


def named() -> list[list[str]]:
    rows = shares(COUNTS)
    for row, name in zip(rows[1:], "甲乙丙甴电男甸", strict=False):
        row[0] = f"{name}系"
    return rows


def test_prose_that_repeats_its_table_is_checked() -> None:
    found = audited(PROSE, named())
    assert found.findings == ()
    assert found.ledger["checked"] >= 22


def test_a_count_of_the_prose_that_is_not_the_tables_is_named() -> None:
    found = audited(PROSE.replace("610", "601"), named()).findings
    assert [f.figures[0].printed for f in found] == ["601"]
    assert "610" in (found[0].suggestion or "")


def test_parts_of_a_whole_are_tested() -> None:
    text = "现有毕业生4567人，其中男生2072人，占45.37%；女生2495人，占54.63%。"
    found = audited(text)
    assert found.findings == ()
    assert found.ledger["checked"] == 5
    wrong = audited(text.replace("45.37", "45.73")).findings
    assert [f.figures[0].printed for f in wrong] == ["45.73%"]


def test_percentage_points_are_not_per_cent() -> None:
    right = "就业率由90.10%提高到95.37%，提高5.27个百分点。"
    assert audited(right).findings == ()
    found = audited(right.replace("个百分点", "%")).findings
    assert [f.rule for f in found] == ["wording"]


def test_a_ratio_is_held_against_the_counts_beside_it() -> None:
    text = "男生2072人，女生2495人，男女比例为{}：100。"
    assert audited(text.format(83)).findings == ()
    assert [f.figures[0].printed for f in audited(text.format(53)).findings] == ["53"]


def test_dates_list_numbers_and_names_are_read_but_never_accused() -> None:
    found = audited("1.根据教职成〔2021〕12号，截至2021年8月31日，见表1-2和图3。")
    assert found.findings == ()
    assert found.ledger["read"] == found.ledger["uncheckable"] == 9


def test_a_row_of_digits_too_long_for_a_figure_is_read_as_a_name() -> None:
    found = audited(f"统一编号{'4500' * 12}，共有12人。")
    assert found.ledger["read"] == 2
    assert found.findings == ()
