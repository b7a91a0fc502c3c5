"""The register of known errors: what a reviewer decided about printed figures.

`data/<school>/<year>/corrections.csv`, one decision a row:

    finding     id of the finding that led to it (`qzanalysis check --format json`); may be empty
    indicator, breakdown, year, source
                the printed figure, exactly as in the observation files
    printed     the text as it stood when the decision was taken
    decision    accept (as printed), use (another value), ask (the school)
    value       the value to use, in the notation of the observation files; only with `use`
    reason      why, in one sentence
    decided_by  a role (质量年报审核岗), never a person's name

The printed text is never overwritten. `apply` gives the analysis the decided value, and marks the
observation with the reason, so that a page can say so beside the figure. A decision holds for the
text it was taken on: once the printed text changes, the run stops until somebody decides again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import BadData, Problem, nearest
from qzanalysis.figures.quantities import is_figure, parse
from qzanalysis.reports import atomic, loading, schema
from qzanalysis.reports.loading import data_folder
from qzanalysis.reports.report import Report

FILE: Final = "corrections.csv"
DECISIONS: Final = {"accept": "照印采用", "use": "改用他值", "ask": "待学校说明"}
_PLACE: Final = ["indicator", "breakdown", "year", "source"]


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision; see the module's docstring for the fields. `row` is that of the register."""

    finding: str
    indicator: str
    breakdown: str
    year: int
    source: str
    printed: str
    decision: str
    value: str
    reason: str
    decided_by: str
    row: int = 0

    @property
    def wording(self) -> str:
        """The decision as a page shows it."""
        change = f"分析中改用 {self.value}" if self.decision == "use" else DECISIONS[self.decision]
        return f"印作 {self.printed}，{change}：{self.reason}（{self.decided_by}）"


COLUMNS: Final = [field.name for field in fields(Correction) if field.name != "row"]


def read(school: str, year: int, data: Path | str | None = None) -> tuple[Correction, ...]:
    """The decisions on one report; none if it has no register.

    Args:
        school, year, data: as of `load`.

    Raises:
        BadData: a row has an unknown decision, no reason, or a value that cannot be read.

    >>> read("quzhou-zhongzhuan", 2021)
    ()
    """
    path = data_folder(data) / school / str(year) / FILE
    if not path.exists():
        return ()
    return _decisions(path, _lines(path, data_folder(data)))


def _lines(path: Path, folder: Path) -> list[dict[str, Any]]:
    """The rows of a register, with the number that each has in a spreadsheet."""
    table = schema.read_file(path, folder, COLUMNS)
    return table.assign(row=range(2, len(table) + 2)).to_dict("records")  # type: ignore[return-value]


def _decisions(path: Path, lines: Sequence[dict[str, Any]]) -> tuple[Correction, ...]:
    name = "/".join(path.parts[-3:]) if path.name == FILE else path.name
    if problems := [problem for line in lines for problem in _problems(name, line)]:
        raise BadData(problems)
    return tuple(Correction(**{**line, "year": int(line["year"])}) for line in lines)


def is_register(path: Path) -> bool:
    """True for a CSV file with the columns of a register, such as a school's answers."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        return lines.readline().strip().split(",") == COLUMNS


def answer(path: Path, school: str, year: int, data: Path | str | None = None) -> tuple[Path, int]:
    """Add a school's answers to the register of a report; an earlier decision on a figure goes.

    Args:
        path: a register; its rows without a reason have no answer and are left out.

    Returns:
        The register, and how many rows were left out.

    Raises:
        BadData: an answer breaks a rule, or is about a figure that is not printed so.
        UsageError: unknown school or year.
        RunFailed: the register could not be written.
    """
    given = _lines(path, path.parent)
    new = _decisions(path, [line for line in given if line["reason"].strip()])
    apply(loading.load(school, year, data), new)
    place = attrgetter(*_PLACE)
    decided = {place(one): one for one in (*read(school, year, data), *new)}
    lines = [{name: getattr(one, name) for name in COLUMNS} for one in decided.values()]
    target = data_folder(data) / school / str(year) / FILE
    text = pd.DataFrame(lines, columns=COLUMNS).to_csv(index=False, lineterminator="\n")
    atomic.save(target, text.encode())
    return target, len(given) - len(new)


def load(school: str, year: int, data: Path | str | None = None) -> Report:
    """One school's report of one year, with the decided values; what notebooks load.

    Args:
        school: slug of `schools.csv`.
        year: the report's year.
        data: the data folder; by default `QZANALYSIS_DATA`, else the repository's `data/`.

    Raises:
        UsageError: unknown school or year.
        BadData: a data file or the register breaks its rules.

    >>> load("quzhou-zhongzhuan", 2021).years
    [2020, 2021]
    """
    return _decided_on(loading.load(school, year, data), data)


def _decided_on(report: Report, data: Path | str | None) -> Report:
    """The report and those before it with the decided values."""
    previous = report.previous and _decided_on(report.previous, data)
    return replace(apply(report, read(report.school.slug, report.year, data)), previous=previous)


def apply(report: Report, corrections: Sequence[Correction]) -> Report:
    """The same report with the decided values.

    Returns:
        A report whose observations have three more columns of text, empty without a decision:
        `correction` (the decision in words), `decision` (`accept`, `use` or `ask`) and `reason`.
        `quantity` is the decided value where one is to be used; `printed` is not changed.

    Raises:
        BadData: a decision is about a figure that is not there, or whose printed text has changed.
    """
    frame = report.observations.assign(correction="", decision="", reason="")
    problems = []
    for correction in corrections:
        place = [getattr(correction, column) for column in _PLACE]
        chosen = (frame[_PLACE] == place).all(axis=1)
        decided_on = chosen & (frame["printed"] == correction.printed)
        if not chosen.any():
            problems.append(_gone(correction, place))
        elif not decided_on.any():
            problems.append(_changed(correction, place, frame.loc[chosen, "printed"].iloc[0]))
        else:
            frame = _decided(frame, decided_on, correction)
    if problems:
        raise BadData(problems)
    return replace(report, observations=frame, undecided=report)


def _problems(name: str, line: Mapping[str, Any]) -> list[Problem]:
    def problem(column: str, expected: str, remedy: str) -> Problem:
        return Problem(name, line["row"], column, line[column], expected, remedy)

    problems = []
    if line["decision"] not in DECISIONS:
        hint = nearest(line["decision"], DECISIONS)
        problems.append(problem("decision", "、".join(DECISIONS), f"改用其一（{hint}）"))
    if (line["decision"] == "use") != bool(line["value"]):
        problems.append(problem("value", "decision 为 use 时填写，否则留空", "补上或删去这个值"))
    elif line["value"] and not is_figure(line["value"]):
        problems.append(problem("value", "可读的数字", "按数据文件的写法填写"))
    if not schema.known_year(line["year"]):
        problems.append(problem("year", "四位年份", "照数据文件填写"))
    problems += [
        problem(column, "非空", "写明理由和作出决定的岗位（不写姓名）")
        for column in ("reason", "decided_by")
        if not line[column].strip()
    ]
    return problems


def _decided(frame: pd.DataFrame, chosen: pd.Series, correction: Correction) -> pd.DataFrame:
    reason = f"{correction.reason}（{correction.decided_by}）"
    frame.loc[chosen, ["correction", "decision", "reason"]] = [
        correction.wording, correction.decision, reason,
    ]  # fmt: skip
    if correction.decision != "use":
        return frame
    value = parse(correction.value, count=codebook.is_exact(correction.indicator))
    values = pd.Series([value] * len(frame), index=frame.index, dtype=object)
    return frame.assign(
        quantity=frame["quantity"].where(~chosen, values),
        status=frame["status"].where(~chosen, "reported"),
    )


def _gone(correction: Correction, place: Sequence[object]) -> Problem:
    remedy = "核对指标、分项、年份和出处；数字若已删除，把这条决定也删去"
    return Problem(FILE, correction.row, None, _words(place), "数据中已有的一个数字", remedy)


def _changed(correction: Correction, place: Sequence[object], now: object) -> Problem:
    expected = f"与数据一致（{_words(place)} 现印作“{now}”）"
    remedy = "所印数字在作出决定后已改变：重新核对，更新或删去这条决定"
    return Problem(FILE, correction.row, "printed", correction.printed, expected, remedy)


def _words(place: Sequence[object]) -> str:
    return "，".join(str(part) for part in place if part)
