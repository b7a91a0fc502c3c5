"""Quantities by name: one printed at several places, and those that are defined by others.

A number has a name where its words alone say all that it is: the label of a row of a form (a table
whose columns are years), or the words right before it in a sentence. What a name leaves open (the
date, who is counted) is a guess, and a relation that rests on one says so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qzanalysis.audit.discovered.across import name as label
from qzanalysis.audit.discovered.material import Material, Passage, Sheet
from qzanalysis.audit.discovered.relations import (
    Family,
    Feasible,
    Quotient,
    Relation,
    Sum,
    family,
    kind,
    slip,
    slipped,
)
from qzanalysis.figures.located import SCALE, Located

SURE: Final = 100 * SCALE  # a figure that has a digit wrong rather than another meaning
LONG: Final = 3  # signs that a name has more of than chance explains
PEOPLE: Final = frozenset({"人", "名", "位"})
_PUT_ASIDE: Final = re.compile(r"[（(][^（）()]*[）)]|[“”\"\s的]")
_FIRST: Final = re.compile(
    r"^(?:其中[:：]?|全校|全体|学校|我校|本校|目前|现在|[共拥现设建]?有|全日制|合计|当年|学?年度?|届)+"
)
_LAST: Final = re.compile(
    r"(?:总人数|人数|总数|总量|数量|规模|总计|合计|数|共有|共|计|达到|达|为|是|有|仅|约|近|分别|高)+$"
)
_VAGUE: Final = re.compile(
    r"^(?:占.*|.*占比|比例|比率|其他|.*其中.*|[男女][生性]|总.*|参加.*|.*比.*年|投入|投资|(?!招生).{0,2})$"
)
_PER_HEAD: Final = re.compile(r"^年?生均(?P<amount>.{2,})")
_OUTCOME: Final = re.compile(r"就业率|升学率|落实率")
STUDENTS, LEAVERS, ENTRANTS, TEACHERS = "在校生", "毕业生", "招生", "专任教师"

OTHER_SCOPE: Final = "假定两处说的是同一时间、同一范围"
SAME_AMOUNT: Final = "假定“{}”就是“{}”的总量"
OTHER_YEAR: Final = "只有用 {} 年的在校生数才相符：分子与分母不是同一年"
NO_TRANSFER: Final = "假定没有转学、休学、复学和退学"
LEAVERS_ONLY: Final = "假定它是毕业生或其中一部分人的比率"


@dataclass(frozen=True, slots=True)
class Named:
    """A number with its name, and the year it is of; None where none is printed."""

    number: Located
    name: str
    year: int | None

    @property
    def form(self) -> tuple[str, str]:
        """What two numbers of one quantity have in common."""
        return self.name, kind(self.number)


Printed = Mapping[tuple[str, int | None], Sequence[Named]]


def relations(material: Material) -> list[Family]:
    """Families of figures that agree, or should, by their names."""
    listed = list(_named(material))
    years = Counter(each.year for each in listed if each.year)
    latest = max((year for year, count in years.items() if count > 1), default=None)
    dated = [replace(each, year=each.year or latest) for each in listed]
    found: list[Relation] = [
        *_repeated(dated),
        *_parted(dated),
        *_defined(dated),
        *_outcomes(material, dated),
    ]
    return [family([each], each.numbers[0]) for each in found]


def counted(number: Located) -> str:
    """The unit of a number; people are people whatever the measure word."""
    return "人" if number.unit in PEOPLE else number.unit


def name_of(words: str) -> str:
    """The name of a quantity without what only says that it is counted: 全校教职工总数 is 教职工."""
    text = _PUT_ASIDE.sub("", words)
    return _LAST.sub("", _FIRST.sub("", text)) or text


def _named(material: Material) -> Iterator[Named]:
    for part in material.order:
        found = _of_passage(part) if isinstance(part, Passage) else _of_form(part)
        for number, words in found:
            if number.usable and number.role != "change":
                name = name_of(words)
                if not _VAGUE.match(name):
                    yield Named(number, name, number.year)


def _of_passage(passage: Passage) -> Iterator[tuple[Located, str]]:
    """Numbers with the words before them; a rate only where its sentence begins with its name."""
    for start, end, number in passage.spans:
        before = passage.text[:start].rstrip(' “"')
        begins = re.search(r"(?:^|[。;；])[^,，。;；]*$", before)
        listed = before.endswith(("(", "（"))  # an item of a list: its base stands elsewhere
        attribute = re.match(r"\s*%?[的以]", passage.text[end:])  # 达到 100%的专业
        whole = (number.unit or number.role == "ratio") and not attribute
        if whole and not listed and (begins or kind(number) not in ("percent", "number")):
            yield number, number.label


def _of_form(sheet: Sheet) -> Iterator[tuple[Located, str]]:
    """The figures of columns that are years, by their rows; those of a total, by their columns."""
    own = [c for c, head in enumerate(sheet.heads) if head and re.match(r"(?:19|20)\d\d", head[-1])]
    for path, row in zip(sheet.labels, sheet.values, strict=True):
        if path and not own and label(path) == "合计":
            yield from (
                (each, "".join(head[-1:]))
                for each, head in zip(row, sheet.heads, strict=True)
                if each
            )
        if path and len(set(sheet.heads)) > len(own):
            yield from ((number, path[-1]) for c in own if (number := row[c]) is not None)


def _repeated(named: Sequence[Named]) -> Iterator[Relation]:
    """Figures of one name, unit and year in several parts of the document."""
    groups: dict[object, list[Named]] = defaultdict(list)
    for each in named:
        groups[each.form, each.year].append(each)
    for group in groups.values():
        group.sort(key=lambda each: "表" not in each.number.place)
        parts = {each.number.part: each.number for each in group}
        if len(parts) < 2 or len(parts) < len(group):
            continue
        values = Counter(number.value for number in parts.values())
        first = next(n for n in parts.values() if n.value == values.most_common(1)[0][0])
        for number in parts.values():
            if len({counted(number), counted(first)} - {""}) > 1:
                continue
            same = Sum("same_figure", ((1, number), (-1, first)), guess=OTHER_SCOPE)
            if number is not first and same.holds({}):
                yield replace(same, guess="")
            elif number is not first and len(values) == 2 and _near(number, first):
                certain = len(group[0].name) > 2 * LONG - 1 and number.value >= SURE
                certain = certain and slip(number, first.value)
                yield replace(same, guess="" if certain else OTHER_SCOPE)


def _near(one: Located, other: Located) -> bool:
    """True for values that differ in one digit or by a tenth."""
    return slip(one, other.value) or 10 * abs(one.value - other.value) <= other.value


def _parted(named: Sequence[Named]) -> Iterator[Relation]:
    """Two counts of a passage whose names end in that of a total: 男生毕业人数 and 女生毕业人数."""
    counts = [each for each in named if kind(each.number) == "count"]
    totals = {each.name: each.number for each in counts if len(each.name) > LONG}
    groups: dict[tuple[str, str], list[Located]] = defaultdict(list)
    for each in counts:
        for end in (each.name[at:] for at in range(1, len(each.name) - LONG)):
            if end in totals:
                groups[each.number.part, end].append(each.number)
                break
    for (part, end), parts in groups.items():
        if len(parts) == 2 and totals[end].part != part:
            total = Sum("parts_total", ((1, totals[end]), *((-1, each) for each in parts)))
            if total.holds({}) or slipped(total, parts):
                yield total


# --- quantities that others define ---------------------------------------------------------------


def _defined(named: Sequence[Named]) -> Iterator[Relation]:
    """Amounts a student, students a teacher, and the students of one year from those before."""
    printed: dict[tuple[str, int | None], list[Named]] = defaultdict(list)
    for each in named:
        if each.number.exact or kind(each.number) != "count":
            printed[each.name, each.year].append(each)
    for each in named:
        if match := _PER_HEAD.match(each.name):
            yield from _per_head(each, match["amount"], named, printed)
        elif each.name == "生师比":
            top, bottom = (_first(printed, n, each.year) for n in (STUDENTS, TEACHERS))
            if top and bottom:
                ratio = Quotient("ratio", each.number, top, bottom, 1)
                yield ratio if ratio.holds({}) else replace(ratio, guess="假定师生人数没有折算")
    for year in sorted({year for name, year in printed if name == STUDENTS and year}):
        terms = [(STUDENTS, year), (STUDENTS, year - 1), (ENTRANTS, year), (LEAVERS, year)]
        numbers = [_first(printed, *term) for term in terms]
        if all(numbers):
            signs = zip((1, -1, -1, 1), numbers, strict=True)
            flow = tuple((sign, number) for sign, number in signs if number)
            yield Sum("stock_flow", flow, guess=NO_TRANSFER)


def _first(printed: Printed, name: str, year: int | None) -> Located | None:
    found = printed.get((name, year), ())
    return found[0].number if found else None


def _per_head(
    claim: Named, amount: str, named: Sequence[Named], printed: Printed
) -> Iterator[Relation]:
    """An amount a student against the total of that amount and the number of students."""
    totals = [
        each
        for each in named
        if each.number.unit == claim.number.unit
        and each.number.value > 20 * claim.number.value > 0
        and (each.name in amount or amount in each.name)
    ]
    students = {
        year: each[0].number for (name, year), each in printed.items() if name == STUDENTS and each
    }
    tried = [
        (total, year, Quotient("ratio", claim.number, total.number, count, 1))
        for total in totals
        for year, count in students.items()
    ]
    own = [each for each in tried if each[1] == each[0].year == claim.year]
    held = [each for each in tried if each[2].holds({})]
    for total, year, quotient in (held or own)[:1]:
        if not held:
            yield replace(quotient, guess=SAME_AMOUNT.format(total.name, amount))
        elif (total, year, quotient) in own:
            yield quotient
        else:
            expected = next((e for e in tried if e[0] is total and e[1] == total.year), None)
            if expected:
                yield replace(expected[2], guess=OTHER_YEAR.format(year))


def _outcomes(material: Material, named: Sequence[Named]) -> Iterator[Relation]:
    """Rates of leavers that need more people than ever left."""
    leavers = {
        each.year: each.number for each in named if each.name == LEAVERS and each.number.exact
    }
    for sheet in material.sheets:
        for number in (each for row in sheet.values for each in row if each and each.percent):
            base = leavers.get(number.year)
            if base and base.value and _OUTCOME.search(number.words):
                rate = Feasible("grim", number, base, LEAVERS_ONLY, part=True)
                if not rate.holds({}):
                    yield rate
