"""Money, places, staff, lists and completeness."""

from __future__ import annotations

from qzanalysis import measures
from qzanalysis.pages.tables import plain_frame
from qzanalysis.reports.report import Report


def test_the_appropriation_fits_the_next_years_students(report: Report) -> None:
    """82445600 ÷ 4852 = 16992.09 and ÷ 4902 = 16818.77, which is what is printed for 2020."""
    table = plain_frame(measures.per_student_appropriation(report))["元/生"]
    assert table.tolist() == ["16\u202f818.77", "16\u202f992.09", "16\u202f818.77"]
    base = measures.appropriation_base(report)
    assert (base["money"], base["students"]) == ("2020", "2021")


def test_places_of_programmes_and_departments(report: Report) -> None:
    places = measures.places_by_programme(report)
    assert places.shape == (13, 4)
    assert int(measures.grand_total(places, "x").value or 0) == 1555
    assert plain_frame(places).loc["会计事务"].tolist().count("—") == 2
    departments = measures.places_by_department(report).facts
    assert [int(fact.value) for fact in departments["人数"]] == [545, 300, 395, 315]
    assert [int(count) for count in departments["专业数"]] == [5, 2, 3, 3]


def test_partner_colleges(report: Report) -> None:
    partners = measures.partner_colleges(report).facts
    assert len(partners) == 16
    abroad = partners[partners["国际"] == "是"]
    assert [fact.printed for fact in abroad["人数"]] == ["20", "20"]
    assert sum(partners["人数"]).value == 565


def test_staff_shares_name_their_denominators(report: Report) -> None:
    staff = plain_frame(measures.staff_structure(report))
    assert staff.loc["专业课教师"].tolist() == ["138", "专任教师", "51.5"]
    assert staff.loc["“双师”素质专业课教师"].tolist() == ["121", "专业课教师", "87.7"]
    assert staff.loc["兼职教师"].tolist() == ["44", "专任教师", "16.4"]
    assert staff.loc["专任教师"].tolist() == ["268", "教职员工", "90.5"]


def test_training_by_mode_adds_up(report: Report) -> None:
    modes = {
        name: int(fact.value)
        for name, fact in measures.training_modes(report, 2020).facts["人数"].items()
    }
    assert (modes["线上"], modes["线下"]) == (21, 106)
    assert modes["线下：市内"] + modes["线下：省内"] == 106


def test_lists_keep_printed_order_and_name_earlier_years(report: Report) -> None:
    clubs = measures.listed(report, "student_clubs", year=2021)
    assert plain_frame(clubs)["数值"].tolist()[:5] == ["34", "2", "8", "11", "12"]
    money = measures.listed(report, "total_funds", "printed_books")
    assert list(money.index) == ["总经费（2020 年）", "纸质图书数"]


def test_case_figures_show_what_that_section_prints_each_once(report: Report) -> None:
    # five, four and four more rows count the parts of slogans
    for case, count in (("一", 20), ("二", 8), ("三", 6)):
        source = f"§8案例{case}"
        figures = measures.case_figures(report, source).facts
        assert len(figures) == count
        assert all(o.source == source for fact in figures["数值"] for o in fact.origins)


def test_named_cells(report: Report) -> None:
    column = measures.enrolment(report).facts[2021]
    assert measures.named_cells(column, pupils="在校生")["pupils"].printed == "4902"


def test_completeness_counts_every_figure_once(report: Report) -> None:
    table = measures.completeness(report).astype(int)
    assert int(table["合计"].sum()) == len(report.observations)
    assert table.loc["附表1", ["已报告", "未填报", "合计"]].tolist() == [103, 7, 110]
    assert table.loc["§2.2表", ["无数值", "证书试点"]].tolist() == [6, 3]
    assert (table.drop(columns="合计").sum(axis=1) == table["合计"]).all()


def test_completeness_follows_the_order_of_reading(report: Report) -> None:
    """The preface, then sections as they are numbered (also in Chinese), then the form."""
    parts = list(measures.completeness(report).index)
    assert parts[:2] == ["前言", "§1.1"] and parts[-1] == "附表1"
    assert parts[-4:-1] == ["§8案例一", "§8案例二", "§8案例三"]
    assert parts.index("§4.5.4") < parts.index("§4.6.2") < parts.index("§4.6.6")
    assert parts.index("§2.1.2") < parts.index("§2.1.2表") < parts.index("§2.2")
    assert list(measures.completeness(report).columns) == [
        "已报告", "未填报", "无数值", "证书试点", "合计",
    ]  # fmt: skip


def test_every_cell_without_a_number_is_listed_with_its_meaning(report: Report) -> None:
    table = measures.unreported(report)
    assert len(table) == int((report.observations["status"] != "reported").sum())
    assert set(table["含义"]) == {"未填报", "无数值", "证书试点"}
    noughts = table[table["原样"] == "0"]
    assert len(noughts) == 3
    assert noughts["说明"].ne("").all(), "a nought that is no number says why"
    assert table["原样"].ne("").all()
