"""Parameters given on the command line, checked before any notebook starts.

A name is fine if at least one chosen chapter declares it, and reaches only those that do. Values
become Python objects here and stay so: papermill's own parser never sees them.
"""

from __future__ import annotations

import ast
import contextlib
import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from qzanalysis import codebook
from qzanalysis.errors import RunFailed, UsageError, nearest, shown
from qzanalysis.publishing.chapters import Chapter, Parameter, declarations

Values = dict[str, object]

_INJECTED: Final = "# Parameters\n"  # the first line of the cell that papermill adds
LONGEST_TEXT: Final = 200
LARGEST_FILE: Final = 100_000  # bytes of `params.toml`
_ASCII_NUMBER: Final = re.compile(r"[-+.0-9eE]+")
_TRUTH: Final = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}
_TYPE_NAMES: Final = {
    int: "整数（int）",
    float: "数（float）",
    str: f"不超过 {LONGEST_TEXT} 个字、不含控制字符的文字（str）",
    bool: "true 或 false（bool）",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """The possible values of a parameter; bounds are in `unit`, None where there is none."""

    label: str
    unit: str
    minimum: Decimal | None
    maximum: Decimal | None
    exclusive: bool
    one_of: frozenset[str]

    def allows(self, value: float) -> bool:
        """True if the value lies within the bounds."""
        number = Decimal(str(value))
        below = self.minimum is not None and number < self.minimum
        above = self.maximum is not None and number > self.maximum
        return not below and not above and not (self.exclusive and number == self.minimum)

    def __str__(self) -> str:
        bounds = {"大于" if self.exclusive else "不小于": self.minimum, "不大于": self.maximum}
        texts = [f"{words} {bound:f}" for words, bound in bounds.items() if bound is not None]
        return "、".join(texts) + (f"（{self.unit}）" if self.unit else "")


@cache
def limits() -> Mapping[str, Limit]:
    """The bounds in codebook/parameters.csv, by parameter name."""
    table = codebook.read_table(codebook.FOLDER / "parameters.csv")
    return {
        row["name"]: Limit(
            row["label"],
            row["unit"],
            Decimal(row["minimum"]) if row["minimum"] else None,
            Decimal(row["maximum"]) if row["maximum"] else None,
            row["exclusive_minimum"] == "1",
            frozenset(codebook.programmes().index) if row["one_of"] else frozenset(),
        )
        for row in table.to_dict("records")
    }


def split(texts: Sequence[str]) -> dict[str, str]:
    """`name=value` options as a mapping; a value may itself hold `=`.

    Raises:
        UsageError: an option without `=` or a name, or a name given twice.
    """
    found: dict[str, str] = {}
    problems = []
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            problems.append(f"“{text}”应写成 name=value")
        elif name in found:
            problems.append(f"参数 {name} 给了两次")
        found[name] = value
    _refuse(problems)
    return found


def year_of(given: dict[str, str], year: int | None) -> int | None:
    """Take the year out of the parameters given: `-p year=2021` means the same as `--year 2021`.

    Raises:
        UsageError: it is not a whole number.
    """
    if (text := given.pop("year", None)) is None:
        return year
    number, problems = convert(Parameter("year", int, 0, ""), text)
    if problems:
        raise UsageError(problems[0])
    return int(str(number))


def resolve(
    given: Mapping[str, object], chapters: Sequence[Chapter], school: str, year: int
) -> dict[int, Values]:
    """Every chapter's full set of parameters, by chapter number: its defaults, then what is given.

    Text is read as the declared type; other objects must already be of it.

    Raises:
        UsageError: unknown names, wrong types, impossible values; all of them at once.
    """
    problems = _unknown(given, _declared_by(chapters))
    wanted = {"school": school, "year": year, **given}
    result: dict[int, Values] = {chapter.number: {} for chapter in chapters}
    for chapter in chapters:
        for it in chapter.parameters:
            value, faults = convert(it, wanted.get(it.name, it.default))
            result[chapter.number][it.name] = value
            problems += faults
    _refuse(problems)
    return result


def check_parameters(namespace: Mapping[str, Any]) -> None:
    """Refuse, in a notebook, parameters that papermill accepts with a warning or without a word.

    The parameters are those that the last executed parameters cell declares, with their present
    values; unknown are names that papermill's own cell after it assigns.

    Args:
        namespace: the notebook's `globals()`; outside IPython it has no `In`, and nothing is checked.

    Raises:
        UsageError: unknown names, wrong types, impossible values; all of them at once.
    """
    injected: list[str] = []
    for source in reversed(namespace.get("In", [])):
        if source.startswith(_INJECTED):
            assigned = (it for it in ast.parse(source).body if isinstance(it, ast.Assign))
            injected += [ast.unparse(target) for it in assigned for target in it.targets]
        elif declared := _declared(source):
            problems = _unknown(injected, {parameter.name for parameter in declared})
            for parameter in declared:
                problems += _mistyped(parameter, namespace[parameter.name])
            _refuse(problems)
            return


def _declared(source: str) -> tuple[Parameter, ...]:
    """The parameters a cell declares; none, if it is another cell."""
    with contextlib.suppress(UsageError):
        return declarations(source, "")
    return ()


def _mistyped(parameter: Parameter, value: object) -> list[str]:
    """As `convert`, where text does not stand for a number."""
    if isinstance(value, str) != (parameter.type is str):
        return [_expected(parameter, value)]
    return convert(parameter, value)[1]


def convert(parameter: Parameter, value: object) -> tuple[object, list[str]]:
    """A value as the parameter's type, and what is wrong with it (nothing, if all is well)."""
    try:
        converted = _CONVERTERS[parameter.type](value)
    except (ValueError, OverflowError, KeyError):
        return value, [_expected(parameter, value)]
    limit = limits().get(parameter.name)
    if limit and isinstance(converted, int | float) and not limit.allows(converted):
        return value, [f"参数 {parameter.name}（{limit.label}）的值 {_shown(value)} 应{limit}"]
    if limit and limit.one_of and converted not in limit.one_of:
        hint = nearest(str(converted), limit.one_of)
        return value, [f"参数 {parameter.name}（{limit.label}）没有“{_shown(value)}”；{hint}"]
    return converted, []


def from_file(path: Path, chapters: Sequence[Chapter]) -> dict[str, object]:
    """The parameters a report keeps beside its data (`params.toml`).

    Raises:
        UsageError: the file cannot be read, or names what no chapter declares.
    """
    if not path.exists():
        return {}
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ValueError(f"超过 {LARGEST_FILE} 字节")
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError) as error:
        raise UsageError(
            f"{path.name} 无法读取：{shown(str(error))}；应为“名字 = 值”，一行一个"
        ) from error
    unknown = _unknown(stored, _declared_by(chapters) - {"school", "year"})
    _refuse([f"{path.name} 中{problem}" for problem in unknown])
    return stored


def from_manifest(content: Mapping[str, Any], chapter: Chapter, school: str, year: int) -> Values:
    """The parameters a chapter was published with, as its manifest lists them.

    Raises:
        RunFailed: they cannot be read.
        UsageError: they are no longer possible.
    """
    try:
        given = fitting(dict(content["chapters"][chapter.page]["parameters"]), [chapter])
    except (KeyError, TypeError, ValueError) as error:
        raise RunFailed("清单（manifest）里的章节参数无法读取") from error
    return resolve(given, [chapter], school, year)[chapter.number]


def fitting(given: Mapping[str, object], chapters: Sequence[Chapter]) -> dict[str, object]:
    """Of some parameters, those that these chapters declare."""
    declared = _declared_by(chapters)
    return {name: value for name, value in given.items() if name in declared}


def _number(kind: type[int] | type[float], value: object) -> int | float:
    allowed = (int, str) if kind is int else (int, float, str)
    if isinstance(value, bool) or not isinstance(value, allowed):
        raise ValueError(value)
    if isinstance(value, str) and not _ASCII_NUMBER.fullmatch(value.strip()):
        raise ValueError(value)
    number = kind(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(value)
    if {unicodedata.category(character) for character in value} & {"Cc", "Cf", "Cs"}:
        raise ValueError(value)
    return value


_CONVERTERS: Final[Mapping[type, Callable[[object], object]]] = {
    int: partial(_number, int),
    float: partial(_number, float),
    bool: lambda value: _TRUTH[str(value).strip().lower()],
    str: _text,
}


def _declared_by(chapters: Iterable[Chapter]) -> set[str]:
    return {parameter.name for chapter in chapters for parameter in chapter.parameters}


def _unknown(given: Iterable[str], declared: Collection[str]) -> list[str]:
    return [f"没有参数 {name}；{nearest(name, declared)}" for name in given if name not in declared]


def _expected(parameter: Parameter, value: object) -> str:
    expected = _TYPE_NAMES[parameter.type]
    return f"参数 {parameter.name} 的值“{_shown(value)}”应为{expected}"


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _refuse(problems: Sequence[str]) -> None:
    if once := dict.fromkeys(problems):
        listed = "\n".join(f"  {problem}" for problem in once)
        raise UsageError(f"参数有 {len(once)} 处问题，未运行任何笔记本：\n{listed}")
