"""Functions that select facts and lay them out in a frame.

Functions that return a frame return a `Table`: numbers, with the facts under `.facts`. Functions
that take a frame or a column accept a `Table`, a frame of facts, or plain numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import Fact, absent, growth, mean, share, total
from qzanalysis.figures.frames import Column, as_facts, numeric
from qzanalysis.reports.report import Report, printed_programme

CHANGE: Final = "比上年"
_PERIOD: Final = re.compile(r"\d{4}(学年|下半年至\d{4}上半年)")
NOBODY: Final = "—"  # the name of the largest or smallest row of a frame without rows
Selected = str | tuple[str, Mapping[str, str]]


def pick(report: Report, what: Selected, year: int | None = None) -> Fact:
    """The fact of an indicator of one year (the report's by default).

    Args:
        what: an indicator, or an indicator and its breakdown (dimension → value).

    Raises:
        UsageError: no such indicator; so do all functions that take one.

    >>> pick(report, ("students", {"class": "employment"})).text()
    '479'
    """
    indicator, breakdown = (what, {}) if isinstance(what, str) else what
    return report.fact(indicator, year, **breakdown)


def programme_name(report: Report, indicator: str, programme: str) -> str:
    """A programme as the table of an indicator prints it, the catalogue's name beside it.

    >>> from qzanalysis import load
    >>> programme_name(load("quzhou-zhongzhuan", 2021), "job_match_rate", "accounting")
    '会计电算化（会计事务）'
    """
    rows = report.observations
    own = rows["breakdown"].str.split(";").map(lambda parts: f"programme={programme}" in parts)
    notes = rows.loc[own & (rows["indicator"] == indicator), "note"]
    printed = next(filter(None, map(printed_programme, notes)), "")
    name = codebook.value_name("programme", programme)
    return f"{printed}（{name}）" if printed else name


def period(report: Report, fact: Fact, year: int) -> str:
    """The time a figure is of: a school year or two halves where its note says so, else the year.

    >>> from qzanalysis import load
    >>> report = load("quzhou-zhongzhuan", 2021)
    >>> period(report, report.fact("individual_counselling", 2020), 2020)
    '2020 学年'
    """
    rows = report.observations
    places = {(origin.file, origin.row) for origin in fact.origins}
    own = [place in places for place in zip(rows["file"], rows["row"], strict=True)]
    for note in rows.loc[own, "note"]:
        if found := _PERIOD.match(note):
            return re.sub(r"(\d{4})(\D)", _spaced, found[0]).strip()
    return f"{year} 年"


def _spaced(found: re.Match[str]) -> str:
    return f" {found[1]} 学" if found[2] == "学" else f" {found[1]} 年{found[2]}"


def last_known(
    report: Report, what: Selected, years: Iterable[int] | None = None
) -> tuple[Fact, int]:
    """The fact of the latest year that has one, and that year; else the latest year's absent fact.

    Args:
        what: see `pick`.
        years: the years to look at; by default those of the form.

    >>> last_known(report, "myopia_rate")[1]
    2020
    """
    order = sorted(report.years if years is None else years, reverse=True)
    picked = [(pick(report, what, year), year) for year in order]
    return next((pair for pair in picked if pair[0].known), picked[0])


@numeric
def over_years(report: Report, rows: Mapping[str, Selected]) -> pd.DataFrame:
    """Figures over the years of the form.

    Args:
        rows: name of a row → indicator, or indicator and breakdown.

    Returns:
        A row for each name, a column for each year, each row in its indicator's unit.

    >>> over_years(report, {"教师": "teachers"}).loc["教师"].to_list()
    [272, 268]
    """
    return pd.DataFrame(
        {year: [pick(report, what, year) for what in rows.values()] for year in report.years},
        index=pd.Index(list(rows), name="指标"),
        dtype=object,
    )


@numeric
def latest(report: Report, rows: Mapping[str, Selected]) -> pd.DataFrame:
    """Figures of the latest year that has them.

    A row whose figure is of another time than the report's year has that in its name.

    Args:
        rows: see `over_years`.

    Returns:
        One column, `数值`, each row in its indicator's unit.

    >>> latest(report, {"近视率": "myopia_rate"})["数值"].to_dict()
    {'近视率（2020 年）': 83.96}
    """
    picked = [last_known(report, what) for what in rows.values()]
    names = [
        named(name, period(report, fact, year), report)
        for name, (fact, year) in zip(rows, picked, strict=True)
    ]
    return pd.DataFrame(
        {"数值": [fact for fact, _ in picked]}, index=pd.Index(names, name="指标"), dtype=object
    )


def named(name: str, when: str, report: Report) -> str:
    """The name of a row; with its time where that is not the report's year."""
    return name if when == f"{report.year} 年" else f"{name}（{when}）"


@numeric
def parts(report: Report, indicator: str, dimension: str, values: list[str]) -> pd.DataFrame:
    """An indicator's parts over the years of the form.

    Args:
        values: of the dimension, one for each part.

    Returns:
        A row for each year, a column for each part, in the indicator's unit.

    >>> parts(report, "students", "class", ["progression", "employment"]).loc["2021 年"].to_dict()
    {'升学班': 4423, '就业班': 479}
    """
    return pd.DataFrame(
        {
            codebook.value_name(dimension, value): [
                report.fact(indicator, year, **{dimension: value}) for year in report.years
            ]
            for value in values
        },
        index=pd.Index([f"{year} 年" for year in report.years], name="年份"),
        dtype=object,
    )


@numeric
def by_dimension(report: Report, indicator: str, by: str, **fixed: str) -> pd.DataFrame:
    """`Report.table` with its rows named in Chinese.

    Args:
        by: the dimension.
        fixed: values of other dimensions.

    Returns:
        A row for each value of the dimension, a column for each year, in the indicator's unit.

    >>> by_dimension(report, "interns", "found_by")[2021].to_dict()
    {'自谋': 165, '学校推荐': 526}
    """
    table = report.table(indicator, by, **fixed).facts
    names = [codebook.value_name(by, value) for value in table.index]
    dimension = codebook.dimensions().set_index("dimension")["dimension_name"].to_dict()[by]
    return table.set_axis(pd.Index(names, name=dimension))


@numeric
def with_change(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with one more column, `比上年`: its last column minus the one before.

    Args:
        frame: at least two columns, years from left to right.

    >>> with_change(over_years(report, {"教师": "teachers"})).loc["教师"].to_list()
    [272, 268, -4]
    """
    facts = as_facts(frame)
    before, now = facts.columns[-2:]
    return facts.assign(**{CHANGE: facts[now] - facts[before]})


def extreme(column: pd.Series) -> tuple[str, Fact]:
    """The row with the largest value without its sign: its name and its fact.

    Like `lowest`, `smallest` and `cell`, it returns an absent fact where there is no such row, so
    that a sentence about it states what the report does not give.

    >>> extreme(with_change(scale)["比上年"])[0]
    '毕业生'
    """
    return _chosen(column, key=lambda fact: -abs(float(fact)))


def lowest(column: pd.Series) -> tuple[str, Fact]:
    """The row with the smallest value: its name and its fact.

    >>> lowest(scale[2021])[0]
    '招生'
    """
    return _chosen(column, key=float)


def cell(frame: pd.DataFrame, name: str, column: Hashable) -> Fact:
    """One cell; an absent fact where the row or the column is missing.

    >>> cell(scale, "招生", 2021).text()
    '1566'
    """
    nothing = _no_rows(frame.index) if name == NOBODY else absent(f"{name}的数字", "")
    return as_facts(frame)[column].get(name, nothing) if column in frame else nothing


def row(frame: pd.DataFrame, name: str) -> list[Fact]:
    """The cells of one row; absent facts where the row is missing.

    >>> [fact.text() for fact in row(scale, "在校生")]
    ['4852', '4902']
    """
    return [cell(frame, name, column) for column in frame.columns]


def smallest(frame: pd.DataFrame) -> Fact:
    """The smallest known cell.

    >>> smallest(scale).text()
    '1474'
    """
    return min(_known(frame), key=float, default=_no_rows(frame.index))


def growths(frame: pd.DataFrame, **names: str) -> dict[str, Fact]:
    """Growth of the last column over the one before, in per cent.

    Args:
        names: key of the result → name of the row.

    Raises:
        KeyError: the frame has no row of that name.

    >>> growths(scale, graduates="毕业生")["graduates"].text(sign=True)
    '+12.9'
    """
    facts = as_facts(frame)
    first, last = facts.columns[-2:]
    return {
        key: growth(facts[last][name], facts[first][name], f"{name}的增长率")
        for key, name in names.items()
    }


def column_means(frame: pd.DataFrame) -> Column:
    """The unweighted mean of each column, indexed by column name, in the frame's unit.

    >>> column_means(by_dimension(report, "job_match_rate", "programme")).round(2).to_list()
    [92.09, 91.92]
    """
    means = {
        name: mean(facts, f"{name} 年各项的简单平均") for name, facts in as_facts(frame).items()
    }
    return Column(pd.Series(means, dtype=object))


def rank(column: pd.Series, name: str) -> int:
    """The place of one row, counted from the largest value.

    >>> rank(scale[2021], "毕业生")
    2
    """
    values = as_facts(column).map(float)
    return int((values > values.get(name, float("nan"))).sum()) + 1


def share_of_row(frame: pd.DataFrame, column: str, whole: str) -> Fact:
    """One column of the last row in per cent of that row's total.

    Args:
        whole: name of the total, for the label.

    >>> classes = parts(report, "students", "class", ["progression", "employment"])
    >>> share_of_row(classes, "升学班", "在校生").text()
    '90.2'
    """
    if column not in frame or frame.empty:
        return absent(f"各项占{whole}的比例", "")
    last = as_facts(frame).iloc[-1]
    return share(last[column], total(last, whole), f"{column}占{whole}的比例", decimals=1)


def grand_total(frame: pd.DataFrame, label: str) -> Fact:
    """The sum of every known cell; all must be of one unit.

    >>> grand_total(scale.loc[["招生"]], "两年招生").text()
    '3257'
    """
    return total(_known(frame), label)


def largest_row(frame: pd.DataFrame) -> dict[str, str | Fact]:
    """The row with the largest total of known cells: its `name` and its `total`.

    >>> largest_row(scale)["name"]
    '在校生'
    """
    facts = as_facts(frame)
    totals = {str(name): grand_total(facts.loc[[name]], f"{name}合计") for name in facts.index}
    name, most = extreme(pd.Series(totals, dtype=object))
    return {"name": name, "total": most}


def total_places(report: Report, parts: Sequence[Mapping[str, str]], label: str) -> Fact:
    """The places of parts of the programme table, in people; absent where there are no parts."""
    if not parts:
        return Fact(None, "人", 0, label, status="not_offered")
    return total([report.fact("programme_places", None, **part) for part in parts], label)


def _known(frame: pd.DataFrame) -> list[Fact]:
    return [fact for line in as_facts(frame).to_numpy() for fact in line if fact.known]


def _chosen(column: pd.Series, key: Callable[[Fact], float]) -> tuple[str, Fact]:
    known = [(str(name), fact) for name, fact in as_facts(column).items() if fact.known]
    nothing = (NOBODY, _no_rows(column.index))
    return min(known, key=lambda pair: key(pair[1]), default=nothing)


def _no_rows(rows: pd.Index) -> Fact:
    """The absent fact for a whole list of rows."""
    return absent(f"按{rows.name or '项目'}分列的数字", "")
