"""The school's figures against the official standards of the codebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.figures.facts import PERCENT, Fact, constant, quotient, share
from qzanalysis.figures.frames import numeric
from qzanalysis.reports.report import Report

_COMPARE: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "at_least": lambda value, threshold: value >= threshold,
    "at_most": lambda value, threshold: value <= threshold,
}


def indicator_value(report: Report, indicator: str, year: int | None = None) -> Fact:
    """An indicator as printed, else computed from the numerator and denominator it is defined by.

    >>> indicator_value(report, "computers_per_100_students").formula
    '1431 ÷ 4902 × 100'
    """
    printed = report.fact(indicator, year)
    ratio = codebook.ratio(indicator)
    if printed.known or ratio is None:
        return printed
    row = codebook.indicator(indicator)
    decimals = 2 if row["unit"] == PERCENT else 1
    return _divided(
        report, indicator, ratio, year, f"{year or report.year} 年{row['name']}", decimals
    )


def compare(value: Fact, comparison: str, threshold: Fact) -> bool | None:
    """True if a value meets a threshold; None where the standard says "about" or the value is unknown.

    Args:
        comparison: of the codebook's standards: `at_least`, `at_most` or `about`.

    >>> compare(report.fact("student_teacher_ratio"), "at_most", threshold("student_teacher_ratio_maximum"))
    True
    """
    if value.value is None or threshold.value is None or comparison not in _COMPARE:
        return None
    return _COMPARE[comparison](value.value, threshold.value)


@numeric
def standards(report: Report) -> pd.DataFrame:
    """Every official standard with the school's value.

    Returns:
        Rows indexed by standard id: `label` (a short name), `value` and `threshold` (facts),
        `level` (the value in per cent of the threshold; for an upper limit the threshold in per cent
        of the value, so that 100 or more is always good), `met` (True, False or None), `rule`
        (the standard in words), `source` (document and article).

    >>> standards(report).loc["student_teacher_ratio_maximum", "met"]
    True
    """
    rows = {
        identifier: _row(report, codebook.standard(identifier))
        | {"source": codebook.standard_source(identifier, report.year)}
        for identifier in codebook.standards().index
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("standard")


@numeric
def standards_table(report: Report) -> pd.DataFrame:
    """The standards as a page shows them: value, threshold, whether met, and the document.

    >>> standards_table(report)["结果"].value_counts().to_dict()
    {'达到': 12, '参考': 1, '未达到': 1}
    """
    table = standards(report).facts
    words = {True: "达到", False: "未达到"}
    return pd.DataFrame(
        {
            "学校": table["value"].to_list(),
            "标准": table["threshold"].to_list(),
            "结果": [
                words.get(met, "参考" if value.known else "未填报")
                for met, value in zip(table["met"], table["value"], strict=True)
            ],
            "依据": table["source"].to_list(),
        },
        index=pd.Index(table["rule"], name="标准的内容"),
        dtype=object,
    )


@numeric
def standards_levels(report: Report) -> pd.DataFrame:
    """The standards that relate two quantities, ready to be drawn: those per student or per teacher.

    Returns:
        The columns of `standards` by short name, the lowest level first.

    >>> standards_levels(report)["level"].round(0).iloc[0]
    np.float64(60.0)
    """
    table = standards(report).facts
    relative = [bool(codebook.standard(identifier)["over"]) for identifier in table.index]
    drawn = table[pd.Series(relative, index=table.index) & table["met"].notna()]
    named = drawn.set_index("label").rename_axis("标准")
    return named.sort_values("level", key=lambda column: column.map(float))


def _row(report: Report, standard: Mapping[str, str]) -> dict[str, object]:
    value = indicator_value(report, standard["indicator"])
    threshold = constant(standard["threshold"], standard["unit"], standard["name"])
    top, bottom = (threshold, value) if standard["comparison"] == "at_most" else (value, threshold)
    return {
        "label": standard["label"],
        "value": value,
        "threshold": threshold,
        "level": share(top, bottom, f"{standard['name']}的达标程度", decimals=0),
        "met": compare(value, standard["comparison"], threshold),
        "rule": standard["name"],
    }


def threshold(standard: str) -> Fact:
    """The threshold of one standard, in its unit.

    Raises:
        KeyError: no such standard.

    >>> threshold("student_teacher_ratio_maximum").text()
    '20'
    """
    row = codebook.standard(standard)
    return constant(row["threshold"], row["unit"], row["name"])


def computed(report: Report, indicator: str) -> Fact:
    """An indicator from its numerator and denominator, whatever is printed for it.

    Args:
        indicator: one that is defined by a ratio.

    >>> computed(report, "land_per_student").text()
    '58.48'
    """
    ratio, name = codebook.ratio(indicator), codebook.label(indicator)
    assert ratio is not None
    return _divided(report, indicator, ratio, report.year, f"按总量推算的{name}", 2)


def _divided(
    report: Report,
    indicator: str,
    ratio: codebook.Ratio,
    year: int | None,
    label: str,
    decimals: int,
) -> Fact:
    top, bottom = report.fact(ratio.numerator, year), report.fact(ratio.denominator, year)
    unit = codebook.indicator(indicator)["unit"]
    return quotient(top, bottom, unit, label, decimals, ratio.scale)
