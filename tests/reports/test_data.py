"""The figures by another route: three tables typed a second time, and sums that must hold.

Typed from the report itself and not from the data files: 附表1 (drawn by lot), and §1.2 and §2.4,
on which most conclusions rest. A slip in either transcription shows here.
"""

from __future__ import annotations

import pytest

from qzanalysis.reports.report import Report

# §1.2: row, indicator, breakdown, 2020, 2021, change
STUDENTS = """
1 intake - 1691 1566 -125
2 students - 4852 4902 +50
3 graduates - 1474 1664 +190
4 students class=progression 4033 4423 390
5 students class=college_track 1207 1331 124
6 students class=employment 819 479 -340
7 retention_rate - 95.76% 97.47% 1.71%
"""

# §2.4: row, programme, employment rate, job-match rate, starting salary, each of 2020 and 2021
EMPLOYMENT = """
1 fashion 100 100 83.1 83.4 3216 3240
2 construction 99.95 99.96 85.5 86.1 3285 3310
3 art_design 96.9 97 93.3 93.5 2565 2635
4 computing 98.8 99 83.4 83.5 3120 3130
5 tourism 100 100 98.6 98.7 3476 3480
6 childcare 100 100 98.6 98.8 2295 2300
7 ecommerce 99.8 100 96.7 96.8 3378 3450
8 accounting 98.5 99.6 75.1 71.3 2680 3800
9 mechatronics 100 100 99.4 99.5 4386 4450
10 cnc 99.8 99.9 99.3 99.5 4645 4730
11 industrial_analysis 100 100 100 100 3000 3100
"""

# 附表1: item, indicator, breakdown, 2020, 2021 (a dot is a blank cell)
ANNEX = """
1 political_teachers - 22 22
2 moral_education_managers - 103 110
3 head_teacher_studios - 1 1
3 head_teacher_studios level=national 0 0
3 head_teacher_studios level=provincial 0 0
3 head_teacher_studios level=municipal 1 1
4 political_teaching_teams - 0 0
4 political_teaching_teams level=national 0 0
4 political_teaching_teams level=provincial 0 0
4 political_teaching_teams level=municipal 0 0
5 political_model_lessons - 0 4
5 political_model_lessons level=national 0 0
5 political_model_lessons level=provincial 0 0
6 employer_satisfaction_literacy - 99.6 99.7
7 employer_satisfaction_skills - 85 87
8 pe_teachers - 15 16
9 arts_teachers - 29 29
10 academic_pass_rate - 99.38 99.69
11 fitness_pass_rate - 95.67 96.01
12 graduates - 1474 1664
13 graduates_placed - 1466 1615
14 graduates_employed employer=above_scale 437 515
15 graduates_employed employer=small_medium 62 176
16 job_match_rate - 92 91
17 progression route=vocational_gaokao 540 865
18 progression route=independent 56 86
19 progression route=bachelor_track 0 38
20 progression route=college_track 335 420
21 progression route=exempt 0 0
22 progression institution=bachelor 129 128
23 progression institution=college 802 1281
24 progression route=other 0 0
25 national_skills_awards - 0 0
26 national_vocational_awards - 0 0
27 vocational_certificates - 502 629
28 students - 4852 4902
29 land_per_student - . 51.00
30 building_per_student - . 28.07
31 equipment_per_student - . 14147.29
32 appropriation_per_student - . 16818.77
33 printed_books - 84368 87816
34 ebooks - 5500 5500
35 backbone_bandwidth - 1000 1000
36 posts_established - 295 295
37 staff - 297 296
38 teachers - 272 268
39 student_teacher_ratio - 17.84:1 18.29:1
40 dual_qualified_teachers - 120 121
41 partner_teacher_bases - 56 60
42 senior_title_share - 33.46 36.19
43 postgraduate_share - 18.01 17.91
44 partner_equipment_value - . 237
45 partner_internship_share - 75 80
46 partner_internship_subsidy - . 0
47 internship_fiscal_subsidy - . 0
"""

Cell = tuple[str, str, int, str, str]


def _lines(text: str) -> list[list[str]]:
    lines = [line.split() for line in text.split("\n") if line]
    return [["" if word in ("-", ".") else word for word in line] for line in lines]


def _students() -> list[Cell]:
    cells: list[Cell] = []
    for row, indicator, part, before, now, change in _lines(STUDENTS):
        source = f"§1.2表#{row}"
        changed = ";".join(word for word in (part, "change=difference") if word)
        cells += [
            (indicator, part, 2020, before, source),
            (indicator, part, 2021, now, source),
            (indicator, changed, 2021, change, source),
        ]
    return cells


def _employment() -> list[Cell]:
    columns = ("employment_rate", "job_match_rate", "starting_salary")
    return [
        (columns[place // 2], f"programme={programme}", 2020 + place % 2, text, f"§2.4表#{row}")
        for row, programme, *texts in _lines(EMPLOYMENT)
        for place, text in enumerate(texts)
    ]


def _annex() -> list[Cell]:
    return [
        (indicator, part, year, text, f"附表1#{item}")
        for item, indicator, part, before, now in _lines(ANNEX)
        for year, text in ((2020, before), (2021, now))
    ]


@pytest.mark.parametrize(
    ("cells", "pattern"),
    [(_students(), r"§1\.2表#"), (_employment(), r"§2\.4表#"), (_annex(), r"附表1#")],
    ids=["§1.2", "§2.4", "附表1"],
)
def test_a_second_transcription_agrees(report: Report, cells: list[Cell], pattern: str) -> None:
    rows = report.observations
    held = rows[rows["source"].str.match(pattern)]
    found = set(
        zip(
            held["indicator"],
            held["breakdown"],
            held["year"],
            held["printed"],
            held["source"],
            strict=True,
        )
    )
    assert len(held) == len(cells)
    assert found == set(cells)


def _value(report: Report, indicator: str, year: int = 2021, **breakdown: str) -> int:
    fact = report.fact(indicator, year, **breakdown)
    assert fact.value is not None
    return int(fact.value)


ROUTES = ["vocational_gaokao", "independent", "bachelor_track", "college_track", "exempt", "other"]


@pytest.mark.parametrize(("year", "total"), [(2020, 931), (2021, 1409)])
def test_routes_and_institutions_add_up_to_those_who_went_on(
    report: Report, year: int, total: int
) -> None:
    assert sum(_value(report, "progression", year, route=route) for route in ROUTES) == total
    kinds = [
        _value(report, "progression", year, institution=kind) for kind in ("bachelor", "college")
    ]
    assert sum(kinds) == total


@pytest.mark.parametrize(("year", "total"), [(2020, 4852), (2021, 4902)])
def test_classes_add_up_to_the_students(report: Report, year: int, total: int) -> None:
    kinds = [
        _value(report, "students", year, **{"class": kind})
        for kind in ("progression", "employment")
    ]
    assert sum(kinds) == total == _value(report, "students", year)


def test_staff_add_up(report: Report) -> None:
    posts = [_value(report, "staff", post=post) for post in ("established", "contract")]
    assert (posts, sum(posts)) == ([278, 18], 296)
    assert _value(report, "posts_established") - 278 == _value(report, "posts_vacant") == 17


def test_interns_add_up(report: Report) -> None:
    found = [_value(report, "interns", found_by=by) for by in ("self", "school")]
    assert (found, sum(found)) == ([165, 526], 691)
    assert _value(report, "interns") == 691


def test_books_and_clubs_add_up(report: Report) -> None:
    assert _value(report, "printed_books", 2020) == 84368
    assert 84368 - 5434 + 8882 == _value(report, "printed_books") == 87816
    stars = [_value(report, "student_clubs", star=star) for star in ("four", "three", "two", "one")]
    assert stars == [2, 8, 11, 12]


def test_the_programme_table_adds_up(report: Report) -> None:
    """Department by department, added by hand from the printed table."""
    rows = report.observations[report.observations["indicator"] == "programme_places"]
    places = {
        source: int(quantity.value)
        for source, quantity in zip(rows["source"], rows["quantity"], strict=True)
    }
    by_row = [places[f"§4.4.2表#{row}"] for row in range(1, 29)]
    assert by_row[:10] == [40, 90, 20, 45, 45, 45, 35, 45, 45, 135]
    assert [sum(by_row[:10]), sum(by_row[10:14]), sum(by_row[14:21]), sum(by_row[21:])] == [
        545,
        300,
        395,
        315,
    ]
    assert sum(by_row) == 1555


def test_the_mean_pass_rate_of_the_tests_is_the_printed_one(report: Report) -> None:
    """Added by hand: six rates of 2020, seven of 2021."""
    for year, total, count, printed in ((2020, "596.31", 6, "99.38"), (2021, "697.84", 7, "99.69")):
        rows = report.observations
        rates = rows[
            rows["source"].str.startswith("§2.1.2表")
            & (rows["year"] == year)
            & (rows["status"] == "reported")
        ]
        assert f"{sum(q.value for q in rates['quantity']):.2f}" == total
        assert len(rates) == count
        assert abs(float(total) / count - float(printed)) < 0.01


NAME_OF_A_PERSON = r"[\u4e00-\u9fff]{2,3}(?:老师|同学|校长|书记)"


def test_notes_hold_no_sentence_of_the_report_and_no_person(report: Report) -> None:
    """Notes are remarks of the transcriber: short, and without names."""
    notes = report.observations["note"]
    assert notes.str.len().max() <= 60
    assert not notes.str.contains("。").any()
    named = notes[notes.str.contains(NAME_OF_A_PERSON)]
    assert list(named) == []
