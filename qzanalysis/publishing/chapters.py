"""The chapters of a report: one notebook each, known by number, title and declared parameters."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from qzanalysis.errors import UsageError

PARAMETERS_TAG: Final = "parameters"
TYPES: Final[dict[str, type]] = {"int": int, "float": float, "str": str, "bool": bool}
_HEADING: Final = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
_FILE_NAME: Final = re.compile(r"(?P<number>\d\d)-(?P<slug>[a-z0-9-]+)\.ipynb")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared line `name: type = value  # 说明` of the cell tagged `parameters`."""

    name: str
    type: type
    default: object
    comment: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One notebook of the report.

    Attributes:
        number: its place, from the first two digits of the file name; 0 is the summary.
        path: the notebook, stored without outputs.
        title: text of the first heading of level one.
        parameters: what it declares, in its own order.
        parameters_cell: index of the cell tagged `parameters`.
        inputs: files and folders that its metadata declares (`inputs`, relative to its own folder),
            because it reads them in a way that cannot be seen; None if it declares nothing.
    """

    number: int
    path: Path
    title: str
    parameters: tuple[Parameter, ...]
    parameters_cell: int
    inputs: tuple[Path, ...] | None = None

    @property
    def page(self) -> str:
        """The page's file name: the summary is the index."""
        return "index.html" if self.number == 0 else f"{self.path.stem}.html"

    @property
    def label(self) -> str:
        """How messages name the chapter: title and file."""
        return f"《{self.title}》（{self.path.name}）"


def discover(folder: Path) -> list[Chapter]:
    """All chapters of a folder, in order.

    Raises:
        UsageError: no notebooks, an unreadable one, two with one number, or bad parameters.
    """
    paths = sorted(path for path in folder.glob("*.ipynb") if _FILE_NAME.fullmatch(path.name))
    if not paths:
        raise UsageError(f"文件夹 {folder} 中没有形如 01-name.ipynb 的笔记本（notebook）")
    chapters = [read(path) for path in paths]
    numbers = [chapter.number for chapter in chapters]
    if repeated := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise UsageError(f"章号重复：{_listed(repeated)}；每章只能有一个笔记本")
    return chapters


def read(path: Path) -> Chapter:
    """One notebook's number, title and parameters, without running it.

    Raises:
        UsageError: not a notebook, no title, a line of parameters that is not understood, or a
            declared input that does not exist.
    """
    cells, inputs = _load(path)
    match = _FILE_NAME.fullmatch(path.name)
    tagged = (n for n, c in enumerate(cells) if c.kind == "code" and PARAMETERS_TAG in c.tags)
    if (index := next(tagged, None)) is None:
        raise UsageError(f"{path.name} 没有带 parameters 标签的单元格；请声明 school 与 year")
    headings = (_HEADING.search(cell.source) for cell in cells if cell.kind == "markdown")
    if (title := next(filter(None, headings), None)) is None:
        raise UsageError(f"{path.name} 缺少一级标题（# 标题）")
    declared = declarations(cells[index].source, path.name)
    number = int(match["number"]) if match else 0
    return Chapter(number, path, title[1], declared, index, _inputs(inputs, path))


def choose(chapters: Sequence[Chapter], numbers: Iterable[int]) -> list[Chapter]:
    """The chapters of these numbers, or all when none is named.

    Raises:
        UsageError: a number that no chapter has; lists those there are.
    """
    wanted = set(numbers)
    if unknown := sorted(wanted - {chapter.number for chapter in chapters}):
        there = "、".join(f"{chapter.number} {chapter.title}" for chapter in chapters)
        raise UsageError(f"没有第 {_listed(unknown)} 章；可用的有：{there}")
    return [chapter for chapter in chapters if not wanted or chapter.number in wanted]


def declarations(source: str, file: str) -> tuple[Parameter, ...]:
    """The parameters a cell declares.

    Raises:
        UsageError: a statement other than `name: type = value`, or another type than TYPES.
    """
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        place = f"{file} 的参数单元格第 {error.lineno} 行"
        raise UsageError(f"{place}有语法错误：{error.msg}") from error
    lines = source.splitlines()
    return tuple(_declaration(statement, lines, file) for statement in body)


def _declaration(statement: ast.stmt, lines: Sequence[str], file: str) -> Parameter:
    line = lines[statement.lineno - 1]
    match statement:
        case ast.AnnAssign(
            target=ast.Name(id=name), annotation=ast.Name(id=kind), value=ast.expr() as value
        ) if kind in TYPES:
            comment = line.partition("#")[2].strip()
            return Parameter(name, TYPES[kind], _literal(value, line, file), comment)
    kinds = "、".join(TYPES)
    raise UsageError(
        f"{file} 的参数单元格：“{line.strip()}”应写成 name: type = value，类型为 {kinds} 之一"
    )


def _literal(value: ast.expr, line: str, file: str) -> object:
    try:
        return ast.literal_eval(value)
    except ValueError as error:
        raise UsageError(f"{file} 的参数单元格：“{line.strip()}”的默认值应是字面值") from error


class _Cell(NamedTuple):
    kind: str
    source: str
    tags: Sequence[str]


def _load(path: Path) -> tuple[list[_Cell], object]:
    """The cells of a notebook, and `inputs` of its metadata."""
    try:
        notebook = json.loads(path.read_bytes())
        if notebook["nbformat"] != 4:
            import nbformat  # noqa: PLC0415  (takes as long to import as all notebooks to read)

            notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        cells = [
            _Cell(c["cell_type"], "".join(c["source"]), c["metadata"].get("tags", []))
            for c in notebook["cells"]
        ]
        return cells, notebook["metadata"].get("inputs")
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path.name} 不是可读的笔记本（notebook）：{str(error)[:200]}") from error


def _inputs(names: object, path: Path) -> tuple[Path, ...] | None:
    """The declared inputs of a notebook; None if it declares nothing."""
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UsageError(f"{path.name} 的元数据 inputs 应是文件路径的列表")
    for name in names:
        if not (path.parent / name).exists():
            raise UsageError(f"{path.name} 的元数据 inputs 所列的 {name} 不存在")
    return tuple(path.parent / name for name in names)


def _listed(numbers: Iterable[int]) -> str:
    return "、".join(map(str, numbers))
