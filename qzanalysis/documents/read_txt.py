"""Paragraphs and tables of a plain text: columns by tabs, by `|`, or by standing below each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from qzanalysis.documents import aligned
from qzanalysis.documents.assembly import MAX_COLUMNS, Box, assemble, lay_out
from qzanalysis.documents.lines import Line, Piece
from qzanalysis.documents.model import Block, Document, Paragraph, Table
from qzanalysis.documents.plain import decode, headings, is_contents, is_value

MAX_LINES: Final = 50_000
_GAP: Final = re.compile(r"\S+(?: \S+)*")
_BARS: Final = str.maketrans("│┃｜¦", "||||")
_RULE: Final = re.compile(r"[\s|+\-—–─━=:┌┐└┘├┤┬┴┼╔╗╚╝]*[-—–─━=┌└├┬┴┼]{2}[\s|+\-—–─━=:┌┐└┘├┤┬┴┼]*")
_FULL: Final = 30  # characters of a line that may go on below
_OPEN: Final = re.compile(r"[^。！？!?；;：:）)”\"…\s]\s*$")
_BEGINS: Final = re.compile(
    r"\s*(?:第?[\d一二三四五六七八九十]+[章节、.．)）]|[（(]|[表图附]\s*\d)"
)
_PAGE_MARK: Final = re.compile(r"[-—–\s]*(第\s*)?\d{1,3}(\s*页)?[-—–\s]*|\f")


def read(content: bytes) -> Document:
    """Lines are paragraphs, or of tables; page numbers and rules are left out.

    Raises:
        OverflowError: more than `MAX_LINES` lines.
        UnicodeError: unknown encoding.
    """
    lines = decode(content).replace("\f", "\n").splitlines()
    if len(lines) > MAX_LINES:
        raise OverflowError("lines")
    return assemble("txt", _unbroken(_blocks(lines)))


def _unbroken(blocks: Iterable[Block]) -> Iterator[Block]:
    """Paragraphs of which a long line without the end of a sentence goes on in the next line."""
    before: Paragraph | None = None
    for block in blocks:
        text = before.text if before else ""
        if not isinstance(block, Paragraph):
            yield from [before] if before else []
            yield block
            before = None
        elif len(text) > _FULL and _OPEN.search(text) and not _BEGINS.match(block.text):
            before = Paragraph(text + block.text)
        else:
            yield from [before] if before else []
            before = block
    yield from [before] if before else []


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Paragraphs, and a table for each run of lines of one kind."""
    run: list[str] = []
    kind, blank = "", False
    for number, line in enumerate((*lines, "")):
        now = _kind(line) or ("spaces" if kind == "spaces" and _sparse(line) else "")
        said = not now and line.strip() and not _PAGE_MARK.fullmatch(line) and not _is_rule(line)
        begun = any(is_value(word) for each in run for word in each.split())
        anew = now and (now != kind or (blank and begun and _starts_table(line)))
        if run and (said or anew or number == len(lines)):
            yield from _block(kind, run)
            run = []
        if said:
            yield Paragraph(line)
        if now:
            run.append(line)
        kind, blank = (now or kind) if run else "", not now


def _block(kind: str, lines: Sequence[str]) -> Iterator[Block]:
    table = _MAKERS[kind](lines)
    if table is not None:
        yield table
    else:
        yield from map(Paragraph, lines)


def _kind(line: str) -> str:
    text = line.translate(_BARS)
    if _is_rule(line) or is_contents(line):
        return ""
    if "\t" in line.strip(" ") and line.strip():
        return "tabs"
    if text.count("|") >= 2 or (text.count("|") == 1 and len(text) < 80):
        return "bars"
    return "spaces" if len(_pieces(line)) >= 3 or _single_spaced(line) else ""


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line.translate(_BARS)) is not None


def _sparse(line: str) -> bool:
    """A row of a table by position of which most columns are blank."""
    pieces = _pieces(line)
    return len(pieces) == 2 or (len(pieces) == 1 and line.startswith("  ") and len(line) < 40)


def _single_spaced(line: str) -> bool:
    """Short words kept apart by single blanks, ending in values: a row, not a sentence."""
    words = line.split()
    if not 3 <= len(words) <= 20 or len(line) > 80:
        return False
    return is_value(words[-1]) or sum(word in headings("first") for word in words) >= 2


def _starts_table(line: str) -> bool:
    return any(word in line.replace(" ", "") for word in headings("first"))


def _tabs(lines: Sequence[str]) -> Table:
    return _split([line.split("\t") for line in lines])


def _bars(lines: Sequence[str]) -> Table:
    texts = [line.translate(_BARS).strip() for line in lines]
    if all(text.startswith("|") for text in texts):  # a frame; else a first cell that is blank
        texts = [text[1:] for text in texts]
    if all(text.endswith("|") for text in texts):
        texts = [text[:-1] for text in texts]
    return _split([text.split("|") for text in texts])


def _split(cells: Sequence[Sequence[str]]) -> Table:
    boxes = [[Box(text.strip()) for text in row[:MAX_COLUMNS]] for row in cells]
    return Table(lay_out(boxes), spans=False)


def _spaces(lines: Sequence[str]) -> Table | None:
    """Columns by position; by counting words where single blanks keep every line complete."""
    ways = [[Line(_pieces(line, wide)) for line in lines] for wide in (2, 1)]
    if sum(len(line.pieces) >= 3 for line in ways[0]) * 2 > len(ways[0]):
        return aligned.table(min(ways, key=aligned.misfits))
    return replace(_split([line.split() for line in lines]), ruled=False)


def _pieces(line: str, wide: int = 2) -> tuple[Piece, ...]:
    """Word groups two or more blanks apart, with their edges.

    Args:
        wide: columns that a Chinese character takes: 2 on a terminal, 1 where characters were
            counted.
    """
    plain = line.replace("\u3000", "  " if wide == 2 else " ")
    return tuple(
        Piece(m[0], float(_edge(plain[: m.start()], wide)), float(_edge(plain[: m.end()], wide)))
        for m in _GAP.finditer(plain)
    )


def _edge(text: str, wide: int) -> int:
    return sum(wide if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


_MAKERS: Final = {"tabs": _tabs, "bars": _bars, "spaces": _spaces}
