"""Tables of a plain text: columns kept apart by tabs, by `|`, or by standing below each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from qzanalysis.documents import aligned
from qzanalysis.documents.document import Document, Spoken
from qzanalysis.documents.grids import LOST, Grid, Slot, tidy
from qzanalysis.documents.lines import Line, Piece, numeric
from qzanalysis.documents.plain import decode

MAX_LINES: Final = 50_000
_GAP: Final = re.compile(r"\S+(?: \S+)*")
_WORD: Final = re.compile(r"\S+")
_BARS: Final = str.maketrans("│┃｜¦", "||||")
_RULE: Final = re.compile(r"[\s|+\-—–─━=:┌┐└┘├┤┬┴┼╔╗╚╝]*[-—–─━=┌└├┬┴┼]{2}[\s|+\-—–─━=:┌┐└┘├┤┬┴┼]*")
_PAGE_MARK: Final = re.compile(r"[-—–\s]*(第\s*)?\d{1,3}(\s*页)?[-—–\s]*|\f")
_HEAD_WORDS: Final = ("序号", "指标", "专业", "项目", "年级", "学制", "学部", "单位", "学生情况")


def read(content: bytes) -> Document:
    """Every table of the text, and the lines outside the tables."""
    lines = decode(content).replace("\f", "\n").splitlines()
    if len(lines) > MAX_LINES:
        raise OverflowError("lines")
    grids: list[Grid] = []
    tabled: set[int] = set()
    for kind, numbers, before, apart in _blocks(lines):
        made = _MAKERS[kind](lines, numbers, before)
        if made is None:
            continue
        grids.append(replace(made, apart=apart))
        tabled.update(numbers)
    spoken = (
        Spoken(line, f"第 {n + 1} 行")
        for n, line in enumerate(lines)
        if n not in tabled and line.strip() and _PAGE_MARK.fullmatch(line) is None
    )
    return Document(tuple(grids), tuple(spoken))


Block = tuple[str, list[int], list[str], bool]


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Runs of lines of one kind, with the text before; `apart` if real text lies in between."""
    heard: list[str] = []
    run: list[int] = []
    kind, apart, blank = "", True, False
    for number, line in enumerate([*lines, "。"]):
        now = _kind(line) or ("spaces" if run and kind == "spaces" and _sparse(line) else "")
        if not now:
            if line.strip() and _PAGE_MARK.fullmatch(line) is None:
                if run:
                    yield kind, run, heard, apart
                    run, heard, apart = [], [], False
                heard.append(" ".join(line.split())[:200])
                apart = apart or len(heard[-1]) > 40
            blank = True
            continue
        begun = any(numeric(word) for n in run for word in lines[n].split())
        if run and (now != kind or (blank and begun and _starts_table(line))):
            yield kind, run, heard, apart
            run, heard, apart = [], [], False
        kind, blank = now, False
        run.append(number)


def _kind(line: str) -> str:
    text = line.translate(_BARS)
    if _RULE.fullmatch(text):
        return ""
    if "\t" in line.strip(" ") and line.strip():
        return "tabs"
    if text.count("|") >= 2 or (text.count("|") == 1 and len(text) < 80):
        return "bars"
    return "spaces" if len(_pieces(line)) >= 3 or _single_spaced(line) else ""


def _sparse(line: str) -> bool:
    """A row of a table by position of which most columns are blank."""
    pieces = _pieces(line)
    return len(pieces) == 2 or (len(pieces) == 1 and line.startswith("  ") and len(line) < 40)


def _single_spaced(line: str) -> bool:
    """Short words kept apart by single blanks, ending in values: a row, not a sentence."""
    words = line.split()
    if not 3 <= len(words) <= 20 or len(line) > 80:
        return False
    return numeric(words[-1]) or sum(word in _HEAD_WORDS for word in words) >= 2


def _starts_table(line: str) -> bool:
    return any(word in line.replace(" ", "") for word in _HEAD_WORDS)


def _tabs(lines: Sequence[str], numbers: Sequence[int], before: Sequence[str]) -> Grid | None:
    return _split(numbers, before, [lines[n].split("\t") for n in numbers])


def _bars(lines: Sequence[str], numbers: Sequence[int], before: Sequence[str]) -> Grid | None:
    texts = [lines[n].translate(_BARS).strip() for n in numbers]
    if all(text.startswith("|") for text in texts):  # a frame; else a first cell that is blank
        texts = [text[1:] for text in texts]
    if all(text.endswith("|") for text in texts):
        texts = [text[:-1] for text in texts]
    return _split(numbers, before, [text.split("|") for text in texts])


def _split(
    numbers: Sequence[int], before: Sequence[str], cells: Sequence[Sequence[str]]
) -> Grid | None:
    width = min(max(map(len, cells)), 60)
    rows = [
        tuple(_slot(row, column, number) for column in range(width))
        for number, row in zip(numbers, cells, strict=True)
    ]
    place = f"第 {numbers[0] + 1} 行起的表"
    return tidy(Grid(tuple(rows), tuple(before)[-4:], place, spans=False))


def _slot(row: Sequence[str], column: int, number: int) -> Slot:
    place = f"第 {number + 1} 行，第 {column + 1} 列"
    return Slot(row[column].strip(), "", place) if column < len(row) else Slot("", LOST, place)


def _spaces(lines: Sequence[str], numbers: Sequence[int], before: Sequence[str]) -> Grid | None:
    """Columns by position; by counting words where single blanks keep every line complete."""
    place = f"第 {numbers[0] + 1} 行起的表"
    ways = [[Line(_pieces(lines[n], w), f"第 {n + 1} 行") for n in numbers] for w in (2, 1)]
    if sum(len(line.pieces) >= 3 for line in ways[0]) * 2 > len(ways[0]):
        return aligned.grid(min(ways, key=aligned.misfits), before, place)
    words = [_WORD.findall(lines[n]) for n in numbers]
    made = _split(numbers, before, words)
    return None if made is None else replace(made, ruled=False)


def _pieces(line: str, wide: int = 2) -> tuple[Piece, ...]:
    """Word groups two or more blanks apart, with their edges.

    Args:
        wide: how many columns a Chinese sign takes: 2 on a terminal, 1 where a program counted signs.
    """
    plain = line.replace("\u3000", "  " if wide == 2 else " ")
    return tuple(
        Piece(m[0], float(_edge(plain[: m.start()], wide)), float(_edge(plain[: m.end()], wide)))
        for m in _GAP.finditer(plain)
    )


def _edge(text: str, wide: int) -> int:
    return sum(wide if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


_MAKERS: Final = {"tabs": _tabs, "bars": _bars, "spaces": _spaces}
