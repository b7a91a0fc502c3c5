"""A number of a document: as printed, the interval it stands for, its unit and role, and its place."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qzanalysis.figures.intervals import Interval

SCALE: Final = 10**6  # relations are tested in whole millionths: exact, and fast
LARGEST: Final = Decimal(10**15)

ROLES: Final = {
    "count": "数量",
    "share": "占比",
    "rate": "比率",
    "ratio": "比",
    "change": "变化",
    "mean": "均值",
    "rank": "位次",
    "money": "金额",
    "area": "面积",
    "identifier": "编号",
    "date": "日期",
    "number": "数",
}
UNUSED: Final = frozenset({"identifier", "date", "rank"})  # never a term of a relation
SUMMED: Final = frozenset({"count", "share", "money", "area"})


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """A number at one place; two of the same value at different places are different.

    Attributes:
        quantity: printed text, value and interval.
        unit: `%`, `百分点`, `人`, `元`…; empty where none is printed.
        role: a key of `ROLES`.
        place: for a reader, `第12页 表7 第10行第4列`.
        words: the label of the cell, or the words around the number.
        label: what is counted or measured, as short as the document puts it.
        year: of the value, where the heading or the sentence names one.
        value: in millionths.
        low, high: the interval of true values that round to it, in millionths.
        top: the highest value that rounds to it or, cut off, prints so, in millionths.
    """

    quantity: Interval
    unit: str
    role: str
    place: str
    words: str
    label: str = ""
    year: int | None = None
    value: int = 0
    low: int = 0
    high: int = 0
    top: int = 0

    @property
    def printed(self) -> str:
        """The text as printed."""
        return self.quantity.printed

    @property
    def part(self) -> str:
        """The table or paragraph it stands in."""
        return self.place.split(" ")[-2] if "行第" in self.place else self.place

    @property
    def exact(self) -> bool:
        """Whether it stands for one value only."""
        return self.low == self.high

    @property
    def percent(self) -> bool:
        """Whether it is a percentage, not a change in percentage points."""
        return self.unit == "%"

    @property
    def usable(self) -> bool:
        """Whether it may be a term of a relation."""
        return self.role == "change" or (self.role not in UNUSED and self.low > -1)

    def as_dict(self) -> dict[str, str]:
        """The object of the contract: printed text, place, and the words around."""
        return {"printed": self.printed, "place": self.place, "words": self.words}


def located(
    quantity: Interval,
    unit: str,
    role: str,
    place: str,
    words: str,
    label: str = "",
    year: int | None = None,
) -> Located:
    """A number with its interval in millionths; one too large for that is an identifier."""
    if abs(quantity.value) > LARGEST:
        return Located(quantity, unit, "identifier", place, words, label, year)
    ends = (quantity.value, quantity.low, min(quantity.high, LARGEST * 10))
    value, low, high = (int(each * SCALE) for each in ends)
    step = 0 if quantity.high > LARGEST else high - low
    top = max(high, value + step - 1)
    return Located(quantity, unit, role, place, words, label, year, value, low, high, top)
