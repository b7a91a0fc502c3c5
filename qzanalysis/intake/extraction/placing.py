"""The figure that each value of a table gives, from the labels of its row and the headings over it.

The rows of the national form are known by their names first, by their numbers second; sub-items
(国家级, 省级) belong to the item above. A figure of a section's table is put together from what its
row and its column name: indicator, programme, course, cohort, form of study, partner, year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Final

from qzanalysis.documents.plain import bare, squeeze
from qzanalysis.intake.extraction import meanings
from qzanalysis.intake.extraction.headers import Column
from qzanalysis.intake.extraction.meanings import Match, T, match, split_unit, words
from qzanalysis.intake.extraction.records import Record, Sheet, has_values
from qzanalysis.intake.extraction.values import Refused
from qzanalysis.intake.layout import FORM, SECTION_TABLES, Layout, Row, file_of

SCHOOL_YEARS: Final = 5  # no cohort of a report is older
Figure = tuple[str, str]  # indicator and breakdown

# What a column of a section's table is about: the vocabulary of its subjects, the indicator where
# the vocabulary names none, the words for a subject that is unknown.
_SUBJECTS: Final = {
    "students": ("students", "", "本表的项目"),
    "academic_tests": ("course", "academic_pass_rate", "已登记的课程合格率"),
    "skill_tests": ("skill_tests", "skill_test_pass_rate", "专业技能合格率"),
    "employment": ("employment", "", "本表的项目"),
    "programmes": ("programmes", "", "专业设置人数"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """The figure that one value gives.

    Attributes:
        doubts: why a person should look; sure if there are none.
        unit: the unit the document names for it.
    """

    indicator: str
    breakdown: str
    year: int
    source: str
    doubts: tuple[str, ...] = ()
    unit: str = ""


Aim = Target | Refused
Place = Callable[[Record, int], Target]  # of one value, by its column; raises `Refused`


@dataclass(frozen=True)
class Form:
    """The rows of an edition's form, by every wording this package knows for them."""

    layout: Layout

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all tables of the form."""
        tables = [table for table in self.layout.tables if table.name.startswith(FORM)]
        return tuple(row for table in tables for row in table.rows)

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Wordings of the rows of this edition."""
        own = {bare(row.name): (row.indicator, row.breakdown) for row in self.rows}
        here = set(own.values())
        named = {name: found[:2] for name, found in meanings.named(FORM).items()}
        return own | {name: figure for name, figure in named.items() if figure in here}

    def names(self, label: str) -> bool:
        """True if a label names a row of its own (国家级 does not)."""
        return bare(split_unit(label)[0]) in self.figures

    def knows(self, label: str) -> bool:
        """True if a label is, word for word, one of the form's."""
        return self.names(label) or meanings.look_up("level", label) is not None

    def recognises(self, label: str) -> bool:
        """True if a label names a row of its own, if perhaps in other words."""
        return match(split_unit(label)[0], self.figures) is not None

    def find(self, label: str, doubts: list[str]) -> Figure | None:
        """The figure a label names; a doubt if it does so in other words."""
        text = split_unit(label)[0]
        if (found := match(text, self.figures)) is None:
            return None
        loose = not meanings.named(FORM).get(bare(text), ("", "", True))[2]
        return _certain(replace(found, sure=found.sure and not loose), label, doubts)

    def row(self, figure: Figure, table: str) -> Row:
        """The one row for a figure; among several, the one of the table with this number.

        Raises:
            Refused: there is none, or there are several.
        """
        rows = [row for row in self.rows if (row.indicator, row.breakdown) == figure]
        if len(rows) > 1 and table:
            named = FORM if table == "1" else f"{FORM}-{table}"
            rows = [row for row in rows if file_of(row.source) == named] or rows
        if not rows:
            raise Refused("本版数据表没有这一行", "row")
        if len(rows) > 1:
            raise Refused("本版数据表有几处这个指标，不知是哪一处", "row")
        return rows[0]


def aims(kind: str, sheet: Sheet, form: Form) -> Iterator[tuple[Record, int, Aim]]:
    """Every value position of a sheet, with its target or the reason it has none.

    Args:
        kind: the file name of the table: `annex` for the national form, `employment`…
    """
    year = form.layout.year
    placed = _Form(sheet, year, form) if kind == FORM else _Section(sheet, year, kind)
    for record in sheet.records:
        if (target := placed.begin(record)) is None:
            continue
        for column in sheet.values:
            try:
                yield record, column, target(record, column)
            except Refused as refused:
                yield record, column, refused


def _certain(found: Match[T], label: str, doubts: list[str]) -> T:
    """What a label was taken for; a doubt if it was not an exact match."""
    if not found.sure:
        doubts.append(f"名称“{' '.join(label.split())}”与登记的略有不同")
    return found.target


@dataclass
class _Placed:
    """A table whose records are placed from top to bottom."""

    sheet: Sheet
    report_year: int

    def dated(self, record: Record, column: int, doubts: list[str]) -> int:
        """The year of a position, from its column, else its row, else the title.

        Raises:
            Refused: no year is named, several are, or it is not one of the report's.
        """
        head = self.sheet.columns[column]
        named = [(head.year, head.sure)] if head.year else []
        for text in record.labels.values():
            found = meanings.find_year(text, self.report_year)
            if found and not bare(found.rest):
                named.append((found.year, found.sure))
        if not named and not record.astray and (context := self.sheet.context_year()):
            named.append((context, False))
        if len({year for year, _ in named}) != 1:
            raise Refused("表头没有写明年份，或写法互相矛盾", "column")
        year = named[0][0]
        if year not in (self.report_year - 1, self.report_year):
            raise Refused(f"{year} 年不在 {self.report_year} 年报告的两年之内", "column")
        if not all(sure for _, sure in named):
            doubts.append(f"年份按 {year} 年理解")
        return year


@dataclass
class _Form(_Placed):
    """The national form; `parent` is the item above, that sub-items belong to."""

    form: Form
    parent: Figure | None = None
    number: str = ""
    parent_doubts: list[str] = field(default_factory=list)

    def begin(self, record: Record) -> Place | None:
        """Find the record's row, the parent of the sub-items that follow; None for a heading."""
        doubts = ["名称由两行拼成"] if record.mended else []
        try:
            row: Row | Refused = self._row(record, doubts)
        except Refused as refused:
            row = refused
        if isinstance(row, Refused) and not has_values(record, self.sheet.columns):
            return None
        return partial(self._target, row, doubts)

    def _target(self, row: Row | Refused, found: list[str], record: Record, column: int) -> Target:
        head = self.sheet.columns[column]
        if head.role == "change" or head.subject:
            raise Refused(f"“{head.head}”不是年份列", "column")
        if isinstance(row, Refused):
            raise row
        doubts = list(found)
        year = self.dated(record, column, doubts)
        unit = record.unit or split_unit(record.last_label)[1] or head.unit
        figure = (row.indicator, row.breakdown)
        return Target(*figure, year, row.source, tuple(dict.fromkeys(doubts)), unit)

    def _row(self, record: Record, doubts: list[str]) -> Row:
        level = meanings.look_up("level", record.last_label)
        if level is not None:
            return self._sub_item(record, level, doubts)
        figure = self._figure(record, doubts)
        self.parent, self.number = figure, squeeze(record.number)
        self.parent_doubts = list(doubts)
        if figure is None:
            raise Refused(self._unknown(record), "row")
        row = self.form.row(figure, self.sheet.form_number)
        number = self.number.strip(".、")
        if number and number != row.label:
            doubts.append(f"项号印作 {number}，本版为 {row.label}")
        return row

    def _figure(self, record: Record, doubts: list[str]) -> Figure | None:
        """By the innermost label; by an outer one only where the inner says 合计."""
        labels = list(record.labels.values())
        if len(labels) > 1 and bare(labels[-1]) in words("total"):
            labels = labels[:-1]
        return self.form.find(labels[-1], doubts) if labels else None

    def _sub_item(self, record: Record, level: Match[Figure], doubts: list[str]) -> Row:
        """国家级, 省级… of the item above, or of the item in a merged cell beside it."""
        outer = [text for text in list(record.labels.values())[:-1] if self.form.names(text)]
        figure = self.form.find(outer[-1], doubts) if outer else self.parent
        if figure is None or record.astray:
            raise Refused(f"“{record.name}”所属的项目不明", "row")
        number = squeeze(record.number)
        if not outer:
            doubts += self.parent_doubts
            if number and number != self.number:
                raise Refused(f"“{record.name}”的项号与上一项不同，所属不明", "row")
        _, breakdown = _certain(level, record.last_label, doubts)
        return self.form.row((figure[0], breakdown), self.sheet.form_number)

    def _unknown(self, record: Record) -> str:
        """Why a row has no place; names what its number would mean, for the person who decides."""
        number = squeeze(record.number)
        meant = next((row.name for row in self.form.rows if number and row.label == number), "")
        hint = f"（本版第 {number} 项为“{meant}”）" if meant else ""
        return f"“{record.name or '（空白）'}”不是本版数据表的指标{hint}"


@dataclass
class _Section(_Placed):
    """A table of a section; `carried` holds what a blank cell below a merged one stands for."""

    kind: str
    carried: dict[str, str] = field(default_factory=dict)

    def begin(self, _: Record) -> Place:
        """Every record may have figures."""
        return self._target

    def _target(self, record: Record, column: int) -> Target:
        """The figure that row and column name together."""
        head, doubts = self.sheet.columns[column], list[str]()
        indicator, breakdown = self._subject(record, head, doubts)
        record = self._with_year(record)
        parts = [*_DIMENSIONS[self.kind](self, record, doubts), breakdown]
        if head.role == "change":
            parts.append(self._change())
            year, unit = self.report_year, ""
        else:
            year, unit = self._year(record, column, doubts), head.unit
        if self.kind == "academic_tests":
            cohort = int(parts[0].removeprefix("cohort="))
            if not 0 <= year - cohort <= SCHOOL_YEARS:
                raise Refused(f"{cohort} 级在 {year} 年不在校", "row")
        if record.mended:
            doubts.append("名称由两行拼成")
        if self.kind == "students":
            unit = unit or record.unit
        source = f"{SECTION_TABLES[self.kind]}表#{record.index}"
        known = ";".join(filter(None, parts))
        return Target(indicator, known, year, source, tuple(dict.fromkeys(doubts)), unit)

    def _subject(self, record: Record, head: Column, doubts: list[str]) -> Figure:
        """The indicator and its part, from the heading; in the table of students also the row."""
        vocabulary, usual, what = _SUBJECTS[self.kind]
        label = head.subject
        if self.kind == "students" and not label:
            label = record.last_label
        if self.kind == "skill_tests" and not label:
            return usual, ""
        found = meanings.subject(vocabulary, label)
        if found is None:
            whole = "column" if head.subject or self.kind != "students" else "row"
            text = label if self.kind == "students" else head.head
            raise Refused(f"“{text or '（空白）'}”不是{what}", whole)
        indicator, breakdown = _certain(found, label, doubts)
        return indicator or usual, breakdown

    def _change(self) -> str:
        years = (self.report_year - 1, self.report_year)
        if set(years) - {column.year for column in self.sheet.columns}:
            raise Refused(f"不是 {years[0]} 年到 {years[1]} 年的变化", "column")
        return "change=difference"

    def _year(self, record: Record, column: int, doubts: list[str]) -> int:
        """As `dated`; places of programmes are of the report's own year where none is named."""
        if self.kind == "programmes" and self.sheet.columns[column].year is None:
            context = self.sheet.context_year()
            if context is None:
                doubts.append(f"没有写明年份，按 {self.report_year} 年理解")
            if context in (None, self.report_year):
                return self.report_year
        return self.dated(record, column, doubts)

    def _with_year(self, record: Record) -> Record:
        """A row whose year stands in a merged cell above: the year is carried down."""
        if self.kind != "academic_tests":
            return record
        years = [
            (n, text)
            for n, text in record.labels.items()
            if meanings.find_year(text, self.report_year)
        ]
        if years:
            self.carried["year"] = years[0][1] if self.sheet.carries(years[0][0]) else ""
        elif self.carried.get("year"):
            return replace(record, labels={-1: self.carried["year"], **record.labels})
        return record

    def cohort(self, record: Record, _: list[str]) -> Iterator[str]:
        """`19级` in a label of the row."""
        found = next(filter(None, map(meanings.cohort, record.labels.values())), "")
        if not found:
            raise Refused(f"“{record.name}”没有写明年级（如 19级）", "row")
        yield f"cohort={found}"

    def programme(self, record: Record, doubts: list[str]) -> Iterator[str]:
        """The innermost label that names a programme."""
        labels = [text for text in record.labels.values() if meanings.programme(text)]
        yield _programme((labels or [record.last_label])[-1], doubts)

    def study(self, record: Record, doubts: list[str]) -> Iterator[str]:
        """Programme, form of study and partner of one row; the programme is carried down."""
        texts = {self._role(n): text for n, text in record.labels.items()}
        if "programme" in texts:
            at = next(n for n in range(len(self.sheet.columns)) if self._role(n) == "programme")
            self.carried["programme"] = texts["programme"] if self.sheet.carries(at) else ""
        yield _programme(texts.get("programme") or self.carried.get("programme", ""), doubts)
        yield self._track(texts, doubts)
        if any(self._role(n) == "partner" for n in self.sheet.values):
            raise Refused("合作院校一列的表头认不出，不知本行有没有合作院校", "row")
        if text := texts.get("partner"):
            if (partner := meanings.partner(text)) is None:
                raise Refused(f"合作院校“{' '.join(text.split())}”没有登记", "row")
            yield partner.target

    def _track(self, texts: dict[str, str], doubts: list[str]) -> str:
        if "track" in texts and (found := meanings.track(texts["track"])):
            return _certain(found, texts["track"], doubts)
        misplaced = next(filter(None, map(meanings.track, texts.values())), None)
        if "track" in texts or misplaced is None:
            raise Refused(f"学制“{texts.get('track', '（空白）')}”没有登记", "row")
        doubts.append("学制不在它的列里，可能错位")
        return misplaced.target

    def _role(self, column: int) -> str:
        head = bare(self.sheet.columns[column].head)
        roles = words("programme_column").items()
        return next((role for word, role in roles if word in head), head)


def _programme(label: str, doubts: list[str]) -> str:
    found = meanings.programme(label)
    if found is None:
        raise Refused(f"专业“{label or '（空白）'}”不在专业表中", "row")
    return f"programme={_certain(found, label, doubts)}"


_DIMENSIONS: Final[dict[str, Callable[[_Section, Record, list[str]], Iterator[str]]]] = {
    "students": lambda *_: iter(()),
    "academic_tests": _Section.cohort,
    "skill_tests": _Section.programme,
    "employment": _Section.programme,
    "programmes": _Section.study,
}
