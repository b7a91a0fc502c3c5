"""Charts: what is drawn, what is said for those who cannot see it, and that the page can hold it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from qzanalysis import measures
from qzanalysis.figures.facts import Fact
from qzanalysis.pages import charts
from qzanalysis.pages.charts import Chart
from qzanalysis.pages.charts.theme import ON_TINT
from qzanalysis.publishing import markup, structure
from qzanalysis.publishing.shell import TEMPLATES
from qzanalysis.reports.report import Report

D = Decimal


def fact(value: str | None, unit: str = "%", decimals: int = 1) -> Fact:
    return Fact(None if value is None else D(value), unit, decimals, "甲")


def frame(rows: dict[str, list[str | None]], columns: list[object]) -> pd.DataFrame:
    cells = [[fact(value) for value in values] for values in rows.values()]
    return pd.DataFrame(cells, index=list(rows), columns=columns, dtype=object)


def texts(chart: Chart) -> list[str]:
    """What a reader can select in the drawing."""
    return [
        element.get_text() for element in BeautifulSoup(chart.svg, "html.parser").find_all("text")
    ]


def drawn(report: Report) -> dict[str, Callable[[], Chart]]:
    """Every form, on the real report."""
    match = measures.programme_table(report, "job_match_rate")
    pair = measures.match_and_salary(report)
    grid = measures.sensitivity(report, 15, 20)
    return {
        "条形图，各自整体中的比例": lambda: charts.shares(
            measures.staff_structure(report), count="人数", whole="分母", share="占比"
        ),
        "哑铃图": lambda: charts.change(
            match, unit="对口就业率（%）", highlight="会计电算化（会计事务）"
        ),
        "条形图": lambda: charts.bars(
            measures.contributions(match).facts["贡献"],
            unit="百分点",
            highlight="会计电算化（会计事务）",
        ),
        "堆叠条形图": lambda: charts.stacked(measures.places_by_programme(report), unit="人"),
        "条形图，各项数值与标准之比": lambda: charts.against_standard(
            measures.standards_levels(report)
        ),
        "点图": lambda: charts.dots(measures.courses(report), unit="合格率（%）"),
        "散点图": lambda: charts.scatter(
            pair, x=pair.columns[0], y=pair.columns[1], highlight="会计电算化（会计事务）"
        ),
        "热力图": lambda: charts.heat(
            grid, x="在校生（人）", y="目标生师比", mark=measures.grid_marks(grid, report, 15)
        ),
    }


@pytest.fixture(scope="module")
def real(report: Report) -> dict[str, Chart]:
    return {form: draw() for form, draw in drawn(report).items()}


FORMS = [
    "条形图，各自整体中的比例",
    "哑铃图",
    "条形图",
    "堆叠条形图",
    "条形图，各项数值与标准之比",
    "点图",
    "散点图",
    "热力图",
]


@pytest.mark.parametrize("form", FORMS)
def test_a_chart_is_small_self_contained_and_its_text_is_text(
    real: dict[str, Chart], form: str
) -> None:
    svg = real[form].svg
    assert svg.startswith("<svg")
    assert max(len(svg.encode()), len(real[form].narrow.encode())) < 25_000
    assert "<?xml" not in svg
    assert "<metadata" not in svg
    assert not re.search(r'(?:href|src)="(?!#)', svg), "nothing is fetched from elsewhere"
    assert any(re.search(r"[\u4e00-\u9fff]", text) for text in texts(real[form]))


@pytest.mark.parametrize("form", FORMS)
def test_the_drawing_scales_with_the_page(real: dict[str, Chart], form: str) -> None:
    head = real[form].svg.partition(">")[0]
    assert "viewBox" in head
    assert " width=" not in head
    assert " height=" not in head


@pytest.mark.parametrize("form", FORMS)
def test_the_alt_text_begins_with_the_form(real: dict[str, Chart], form: str) -> None:
    assert re.match(rf"{form}(?:（|。|：)", real[form].alt)


def test_the_alt_text_holds_every_value(report: Report, real: dict[str, Chart]) -> None:
    match = measures.programme_table(report, "job_match_rate").facts
    for name, row in match.iterrows():
        assert (
            f"{name}：2020 年 {row[2020].text()}、2021 年 {row[2021].text()}" in real["哑铃图"].alt
        )
    grid = measures.sensitivity(report, 15, 20)
    for cell in grid.facts.to_numpy().ravel():
        assert cell.text() in real["热力图"].alt
    assert "标出的格：报告的算法：65；按实有在校生：59" in real["热力图"].alt
    assert "生均纸质图书 17.9，标准 30" in real["条形图，各项数值与标准之比"].alt


def test_every_value_of_the_dumbbell_is_written_beside_its_mark(
    report: Report, real: dict[str, Chart]
) -> None:
    written = texts(real["哑铃图"])
    for cell in measures.programme_table(report, "job_match_rate").facts.to_numpy().ravel():
        assert cell.text() in written


@pytest.mark.parametrize("form", FORMS)
def test_every_colour_has_its_counterpart_in_the_dark_theme(
    real: dict[str, Chart], form: str
) -> None:
    """By the page's style; the cells of a heat map and their words keep theirs."""
    style = (TEMPLATES / "qz" / "style.css").read_text(encoding="utf-8")
    used = set(re.findall(r"(?:fill|stroke)[:=]\"?#\w{6}", real[form].svg + real[form].narrow))
    lacking = {colour for colour in used if colour not in style}
    if form == "热力图":
        assert f"fill:{ON_TINT.lower()}" in lacking and len(lacking) > 10
        return
    assert lacking == set()


@pytest.mark.parametrize("form", FORMS)
def test_type_is_legible_on_a_phone(real: dict[str, Chart], form: str) -> None:
    """At least 11 pixels where the drawing is 347 pixels wide, as on a screen of 360."""
    width = float(re.findall(r'viewBox="0 0 ([\d.]+)', real[form].narrow)[0])
    sizes = [float(size) for size in re.findall(r'font-size[:=]"?([\d.]+)', real[form].narrow)]
    assert 'font-size="' in real[form].narrow.partition(">")[0], "of all that give none themselves"
    assert min(sizes) * 347 / width >= 11


def test_a_part_is_drawn_as_a_share_of_its_own_whole(report: Report) -> None:
    """121 of 138 is 87.7 %, over the specialised-subject teachers and not over all."""
    frame = measures.staff_structure(report)
    written = texts(charts.shares(frame, count="人数", whole="分母", share="占比"))
    assert {"“双师”素质专业课教师", "占专业课教师", "121 人，87.7%", "占专任教师"} <= set(written)


def test_the_columns_of_the_grid_say_what_they_are(real: dict[str, Chart]) -> None:
    assert {"（−5%）", "（实有）", "（报告所用）", "（+5%）"} <= set(texts(real["热力图"]))


def test_a_missed_standard_is_said_in_words(real: dict[str, Chart]) -> None:
    """Not by colour alone."""
    written = texts(real["条形图，各项数值与标准之比"])
    assert "17.9，未达到" in written and "标准 30 册" in written


def test_no_id_is_used_by_two_charts_and_each_reference_is_met(real: dict[str, Chart]) -> None:
    body, unmatched = markup.parsed("".join(chart.svg for chart in real.values()))
    structure.structure(body)
    text = markup.written(body)
    ids = re.findall(r' id="([^"]+)"', text)
    used = re.findall(r"url\(#([^)]+)\)", text) + re.findall(r'href="#([^"]+)"', text)
    assert not unmatched
    assert len(ids) == len(set(ids)) > 10
    assert set(ids) == set(used)


def test_the_same_data_give_the_same_bytes(report: Report, real: dict[str, Chart]) -> None:
    assert drawn(report)["哑铃图"]() == real["哑铃图"]


def test_two_years_are_a_dumbbell_and_three_are_lines() -> None:
    rows: dict[str, list[str | None]] = {"甲": ["1", "2", "3"], "乙": ["2", "2", "1"]}
    three = charts.change(frame(rows, [2020, 2021, 2022]), unit="%")
    two = charts.change(frame({k: v[:2] for k, v in rows.items()}, [2020, 2021]), unit="%")
    assert three.alt.startswith("折线图（%）。甲：2020 年 1.0、2021 年 2.0、2022 年 3.0；")
    assert two.alt.startswith("哑铃图（%）。甲：2020 年 1.0、2021 年 2.0；")
    assert {"甲 3.0", "乙 1.0", "2022 年"} <= set(texts(three))


def test_a_missing_value_is_said_and_drawn_in_words() -> None:
    gaps = frame({"甲": ["1", None], "乙": [None, None], "丙": ["3", "4"]}, [2020, 2021])
    chart = charts.change(gaps, unit="%")
    assert "甲：2020 年 1.0、2021 年 无数据；乙：2020 年 无数据、2021 年 无数据" in chart.alt
    assert {"无数据", "1.0（2021 年无数据）"} <= set(texts(chart))
    bars = charts.bars(gaps[2021], unit="%")
    assert "乙：无数据" in bars.alt
    assert texts(bars).count("无数据") == 2
    assert "nan" not in bars.alt + chart.alt + "".join(texts(bars) + texts(chart))


@pytest.mark.parametrize("form", [charts.dots, charts.stacked])
def test_gaps_in_dots_and_stacks_are_named_in_the_alt_text(form: Callable[..., Chart]) -> None:
    chart = form(frame({"甲": ["1", None], "乙": ["2", "3"]}, ["左", "右"]), unit="%")
    assert "甲：左 1.0、右 无数据" in chart.alt
    assert "nan" not in "".join(texts(chart))


@pytest.mark.parametrize("form", [charts.change, charts.bars, charts.dots, charts.stacked])
def test_nothing_known_nothing_drawn(form: Callable[..., Chart]) -> None:
    """No empty axes: the block says in words what the report does not give."""
    data = frame({"甲": [None, None]}, [2020, 2021])
    assert form(data[2021] if form is charts.bars else data, unit="%") == Chart("", "")


def test_negative_bars_carry_signs() -> None:
    chart = charts.bars(frame({"甲": ["-1.5"], "乙": ["2"]}, ["值"])["值"], unit="%")
    assert {"−1.5", "+2.0"} <= set(texts(chart))


def test_lines_with_a_gap_are_drawn() -> None:
    rows: dict[str, list[str | None]] = {"甲": ["1", None, "3"], "乙": ["2", "2", None]}
    chart = charts.lines(frame(rows, [2020, 2021, 2022]), unit="%")
    assert "2021 年 无数据" in chart.alt


def test_a_missing_glyph_is_an_error_and_not_a_box() -> None:
    with pytest.raises(UserWarning, match="missing from"):
        charts.bars(frame({"甲\U00013000": ["1"]}, ["值"])["值"], unit="%")


def test_labels_that_look_like_markup_stay_labels() -> None:
    chart = charts.bars(frame({"<b>甲</b>": ["1"], "乙&丙": ["2"]}, ["值"])["值"], unit="%")
    soup = BeautifulSoup(chart.svg, "html.parser")
    assert soup.find("b") is None
    assert "乙&丙" in texts(chart)


def test_no_label_is_read_as_a_formula() -> None:
    """matplotlib sets text between dollar signs as mathematics, unless told not to."""
    assert "$甲_1$" in texts(charts.bars(frame({"$甲_1$": ["1"]}, ["值"])["值"], unit="%"))


@pytest.mark.parametrize("values", [["5"], ["0", "0"], ["7", "7"]])
def test_one_value_and_equal_values_can_be_drawn(values: list[str]) -> None:
    rows: dict[str, list[str | None]] = {f"行{n}": [value] * 2 for n, value in enumerate(values)}
    data = frame(rows, [2020, 2021])
    for chart in (
        charts.change(data, unit="%"),
        charts.bars(data[2021], unit="%"),
        charts.dots(data, unit="%"),
    ):
        assert len(chart.svg) > 1000
