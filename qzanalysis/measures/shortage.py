"""The teacher shortage, as a function of what it depends on: students, and the target ratio.

    shortage = students ÷ target ratio − teachers

positive when teachers are missing. The report states one number (§7.1); which student number and
which ratio it rests on decides whether it can be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from qzanalysis.figures.facts import Fact, constant, merge_origins, quotient
from qzanalysis.figures.frames import Table, as_facts, numeric
from qzanalysis.reports.report import Report


def shortage(students: Fact, teachers: Fact, ratio: float) -> Fact:
    """Teachers missing for a target ratio; negative when there are more.

    Args:
        students, teachers: in people.
        ratio: students for each teacher.

    >>> shortage(report.fact("students"), report.fact("teachers"), 15).text()
    '59'
    """
    needed = quotient(
        students, constant(ratio, ":1", "目标生师比"), "人", f"按 {ratio:g}:1 所需教师", decimals=0
    )
    missing = needed - teachers
    label = f"按 {ratio:g}:1 计算的教师缺口"
    formula = f"{students.printed or students.text()} ÷ {ratio:g} − {teachers.text()}"
    return (
        Fact(missing.value, "人", 0, label, missing.low, missing.high, missing.origins, formula)
        if missing.known
        else missing.named(label)
    )


def students_for_shortage(stated: Fact, teachers: Fact, ratio: float) -> Fact:
    """The student number that would give the stated shortage: (stated + teachers) × ratio.

    Args:
        stated, teachers: in people.
        ratio: students for each teacher.

    >>> students_for_shortage(report.fact("teacher_shortage"), report.fact("teachers"), 15).text()
    '4995'
    """
    label = f"使缺口等于报告所述数的在校生数（按 {ratio:g}:1）"
    if stated.value is None or teachers.value is None:
        return Fact(None, "人", 0, label, status="missing")
    number = (stated.value + teachers.value) * Decimal(str(ratio))
    half = Decimal(str(ratio)) / 2  # the stated number is rounded to whole teachers
    return Fact(
        number,
        "人",
        0,
        label,
        number - half,
        number + half,
        merge_origins(stated, teachers),
        f"({stated.text()} + {teachers.text()}) × {ratio:g}",
    )


@numeric
def shortage_grid(
    report: Report, students: Sequence[Fact], ratios: Sequence[float]
) -> pd.DataFrame:
    """The shortage in people for each student number (columns) and target ratio (rows).

    >>> shortage_grid(report, [report.fact("students")], [15, 20])["4902"].to_list()
    [58.8, -22.9]
    """
    teachers = report.fact("teachers")
    columns = [f"{fact.text()}" for fact in students]
    cells = [[shortage(fact, teachers, ratio) for fact in students] for ratio in ratios]
    index = pd.Index([f"{ratio:g}:1" for ratio in ratios], name="目标生师比")
    return pd.DataFrame(cells, index=index, columns=columns, dtype=object)


def report_point(report: Report) -> Fact:
    """The student number the report itself uses where it states the shortage (§7).

    >>> report_point(report).text()
    '近5000'
    """
    stated = [
        fact
        for fact in report.printings("students", report.year)
        if fact.origins[0].source.startswith("§7")
    ]
    return stated[0] if stated else report.fact("students")


@numeric
def scenarios(report: Report, ratio: float, growth: float, hires: int) -> pd.DataFrame:
    """The shortage today, after growth of the students, after hiring, and after both.

    Args:
        ratio: students per teacher aimed at.
        growth: change of the student number in per cent.
        hires: teachers who join.

    Returns:
        A row for each case; students, teachers and shortage in people, and the ratio.

    >>> scenarios(report, 15, 3, 20)["教师缺口"].to_list()
    [58.8, 68.6, 38.8, 48.6]
    """
    students, teachers = report.fact("students"), report.fact("teachers")
    grown, staffed = grow(students, growth), teachers + constant(hires, "人", "新增教师")
    cases = {
        "现状": (students, teachers),
        f"在校生变化 {growth:+g}%": (grown, teachers),
        f"新增教师 {hires} 人": (students, staffed),
        "两者同时": (grown, staffed),
    }
    rows = {
        name: {
            "在校生": pupils,
            "专任教师": staff,
            "生师比": quotient(pupils, staff, ":1", f"{name}的生师比"),
            "教师缺口": shortage(pupils, staff, ratio),
        }
        for name, (pupils, staff) in cases.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("情景")


def grow(students: Fact, growth: float) -> Fact:
    """The students after a growth in per cent, to whole people, halves to the even number."""
    factor = (Decimal(100) + Decimal(str(growth))) / Decimal(100)
    if students.value is None:
        return students
    value = (students.value * factor).quantize(Decimal(1))
    return Fact(
        value,
        "人",
        0,
        f"在校生变化 {growth:+g}% 后的人数",
        value,
        value,
        students.origins,
        f"{students.text()} × (1 {growth:+g}%)",
    )


def sensitivity(report: Report, target: float, national: float) -> Table:
    """The shortage between two ratios, for a range of student numbers around the enrolled one.

    Args:
        target, national: students for each teacher.

    Returns:
        Shortages in people. Columns are named by their number and what it is: the enrolled one,
        that one less and plus five per cent, and the one the report's own statement uses; rows run
        from the stricter ratio to the looser one.

    >>> sensitivity(report, 15, 20).columns.to_list()
    ['4657（−5%）', '4902（实有）', '近5000（报告所用）', '5147（+5%）']
    """
    points = _points(report)
    low, high = sorted((target, national))
    ratios = sorted({low, high, *range(int(low) + 1, int(high) + 1)})
    ordered = sorted(points.values(), key=float)
    grid = shortage_grid(report, ordered, ratios)
    names = {fact.text(): _column(name, fact) for name, fact in points.items()}
    return Table(grid.facts.rename(columns=names))


def _points(report: Report) -> dict[str, Fact]:
    """The known student numbers of the grid by what they are; of two equal ones the last."""
    enrolled = report.fact("students")
    around = {f"{growth:+}%".replace("-", "−"): grow(enrolled, growth) for growth in (-5, 5)}
    points = {**around, "报告所用": report_point(report), "实有": enrolled}
    latest = {float(fact): name for name, fact in points.items() if fact.known}
    return {name: points[name] for name in latest.values()}


def _column(name: str, students: Fact) -> str:
    return f"{students.text()}（{name}）"


def grid_marks(grid: pd.DataFrame, report: Report, target: float) -> list[tuple[int, int, str]]:
    """The cells to point out: the report's own reckoning, and the one over the enrolled students.

    Args:
        grid: see `sensitivity`.
        target: the ratio of the row.

    Returns:
        Row, column and name of each cell.

    Raises:
        ValueError: the grid has no row of that ratio.

    >>> grid_marks(sensitivity(report, 15, 20), report, 15)
    [(0, 2, '报告的算法'), (0, 1, '按实有在校生')]
    """
    row = list(grid.index).index(f"{target:g}:1")
    names = {"报告所用": "报告的算法", "实有": "按实有在校生"}
    columns, points = list(grid.columns), _points(report)
    return [
        (row, columns.index(_column(point, points[point])), name)
        for point, name in names.items()
        if point in points
    ]


def range_of_targets(grid: pd.DataFrame, students: Fact) -> dict[str, str | Fact]:
    """The strictest and the loosest target of a grid, and how far their shortages lie apart.

    >>> range_of_targets(sensitivity(report, 15, 20), report.fact("students"))["range"].text()
    '82'
    """
    name = _column("实有", students)
    if name not in grid:
        return {"strict": "", "loose": "", "range": students}
    column = as_facts(grid)[name]
    gap = (column.iloc[0] - column.iloc[-1]).named("两种目标之间教师缺口的差")
    return {"strict": str(grid.index[0]), "loose": str(grid.index[-1]), "range": gap}
