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


def test_a_share_of_the_whole_before_it_is_doubted_where_one_digit_mends_it() -> None:
    """97 ÷ 268 = 36.19 %, 138 ÷ 268 = 51.49 %, 120 ÷ 138 = 86.96 %."""
    text = "教师268人，其中高级{}人，比例达36.19%。专业教师138人，占51.49%。技师120人，占86.96%。"
    assert audited(text.format(97)).findings == ()
    assert [f.figures[0].printed for f in audited(text.format(96)).findings] == ["96"]


def test_a_difference_of_the_rates_of_two_years_is_in_points() -> None:
    text = "近视率2019年度为85.04%，2020年度为83.96%，同比下降1.08{}。"
    assert audited(text.format("个百分点")).findings == ()
    found = audited(text.format("%")).findings
    assert [(f.rule, f.verdict) for f in found] == [("wording", "other_base")]
    assert found[0].suggestion is not None and "1.08 个百分点" in found[0].suggestion


def test_items_of_which_a_total_consists_may_not_make_more() -> None:
    text = "共有127位教师参加培训，其中网络培训{}人、学时培训16人、市内培训90人。"
    assert audited(text.format(21)).findings == ()
    found = audited(text.format(31)).findings
    assert [(f.verdict, f.figures[0].printed) for f in found] == [("undecided", "127")]


def test_items_of_the_noun_of_a_total_should_make_it() -> None:
    text = "社团共34个。四星级社团{}个，三星级社团8个，二星级社团11个，一星级社团12个。"
    assert audited(text.format(3)).findings == ()
    found = audited(text.format(2)).findings
    assert [(f.verdict, f.figures[0].printed) for f in found] == [("undecided", "34")]


def test_shares_of_a_complete_list_make_a_hundred() -> None:
    text = "去向分别为就业（占63.89%）、升学（占25.00%）、创业（占11.{}%）。"
    found = audited(text.format("11"))
    assert found.findings == () and found.ledger["checked"] == 3
    wrong = audited(text.format("71")).findings
    assert [f.statement.partition("，")[2] for f in wrong] == [
        "各项 100 − 25.00% − 11.71% = 63.27 至 63.3，不符。"
    ]
    open_list = text.replace("分别为", "主要为")
    assert audited(open_list.format("11")).ledger["checked"] == 0


def test_figures_of_two_years_that_are_not_one_quantity_have_no_difference() -> None:
    text = "2020年在校生4852人，2021年招生1566人，增加50人。"
    assert audited(text).findings == ()
    assert audited(text).ledger["checked"] == 0
