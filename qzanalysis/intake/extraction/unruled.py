"""Records of tables without ruling: merged labels dealt to their rows, leftovers made into doubts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from qzanalysis.documents.model import Cell
from qzanalysis.documents.plain import bare, unnumbered
from qzanalysis.documents.spanning import Span, owners

if TYPE_CHECKING:
    from qzanalysis.intake.extraction.records import Record

BY_PLACE: Final = "没有框线，合并的名称按位置归于本行"
PUT_TOGETHER: Final = "没有框线，由几行拼成"
BESIDE: Final = "旁边有一行只有文字，本行名称可能不全"

Test = Callable[["Record"], bool]


def measured(records: Sequence[Record]) -> bool:
    """Whether the document says how high its words stand."""
    return any(slot.bottom > slot.top for record in records for slot in record.slots)


def spread(records: Sequence[Record], labels: Sequence[int], filled: Test) -> list[Record]:
    """Labels beside several rows, given to each of them; rows that two labels may own get none.

    Args:
        labels: the numbers of the columns that hold labels.
        filled: whether a record has values.
    """
    made = list(records)
    if measured(made):
        for column in labels:
            made = _spread(made, column, filled)
    return made


def _spread(records: list[Record], column: int, filled: Test) -> list[Record]:
    rows = [n for n, record in enumerate(records) if filled(record)]
    lacking = [n for n in rows if _names_inside(records[n], column)]
    marks = [n for n, record in enumerate(records) if column in record.labels]
    if not lacking or not marks:
        return records
    owned = owners(
        [_row_span(records[n], column) for n in rows],
        [_label_span(records[n].slots[column]) for n in marks],
    )
    made = dict(enumerate(records))
    for n, owner in zip(rows, owned, strict=True):
        record = records[n]
        if owner is not None and marks[owner] != n:
            made[n] = _given(record, column, records[marks[owner]].labels[column])
        elif n in lacking:
            made[n] = replace(record, astray=True)
    return [made[n] for n, record in enumerate(records) if n in rows or not _only(record, column)]


def _names_inside(record: Record, column: int) -> bool:
    """Whether a record has no label in a column but one further in."""
    return column not in record.labels and any(n > column for n in record.labels)


def _only(record: Record, column: int) -> bool:
    return set(record.labels) == {column} and not record.number and not record.unit


def _given(record: Record, column: int, text: str) -> Record:
    labels = dict(sorted({**record.labels, column: text}.items()))
    return replace(record, labels=labels, doubt=BY_PLACE)


def _row_span(record: Record, column: int) -> Span:
    """A row by its words beside the column."""
    inked = [(n, slot) for n, slot in enumerate(record.slots) if slot.text.strip()]
    beside = [slot for n, slot in inked if n > column] or [slot for _, slot in inked]
    words = "|".join(bare(text) for n, text in record.labels.items() if n != column)
    top, bottom = min(slot.top for slot in beside), max(slot.bottom for slot in beside)
    return Span(beside[0].place.page, top, bottom, words)


def _label_span(slot: Cell) -> Span:
    return Span(slot.place.page, slot.top, slot.bottom, bare(slot.text))


def doubted(records: Sequence[Record], filled: Test, known: Callable[[str], bool]) -> list[Record]:
    """Rows next to a line of words alone: doubtful if these may end a name, refused if they may be one."""
    return [
        _beside(record, [*records[max(0, n - 2) : n], *records[n + 1 : n + 3]], filled, known)
        if filled(record)
        else record
        for n, record in enumerate(records)
    ]


def _beside(
    record: Record, around: Sequence[Record], filled: Test, known: Callable[[str], bool]
) -> Record:
    for each in around:
        if (
            not each.labels
            and each.slots[0].place.page == record.slots[0].place.page
            and _inked(each)
        ):
            return replace(record, refused="旁边有一行没有名称，可能属于本行")
        if (
            filled(each)
            or not each.labels
            or each.slots[0].place.page != record.slots[0].place.page
        ):
            continue
        at, text = next(reversed(each.labels.items()))
        if at not in record.labels and at > min(record.labels, default=at):
            return replace(record, refused=f"旁边的“{text}”可能属于本行")
        if _may_be_a_rest(text, known):
            record = replace(record, doubt=record.doubt or BESIDE)
    return record


def _inked(record: Record) -> bool:
    return any(slot.text.strip() for slot in record.slots)


def _may_be_a_rest(text: str, known: Callable[[str], bool]) -> bool:
    """Whether words may be the rest of a name: they are no name, nor a heading with a number."""
    return not known(text) and unnumbered(text) == text.strip()
