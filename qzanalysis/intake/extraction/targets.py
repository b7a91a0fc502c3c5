"""The rules of the section tables: what the value at one row and column of each of them is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from qzanalysis.documents.plain import bare
from qzanalysis.intake.extraction import facets, headers
from qzanalysis.intake.extraction.aims import Aim, Aims, Doubts, Refusal, dated, finish
from qzanalysis.intake.extraction.records import Record, Sheet
from qzanalysis.intake.extraction.wording import Match, words

SCHOOL_YEARS: Final = 5  # no cohort of a report is older


def aims(kind: str, sheet: Sheet, report_year: int) -> Aims:
    """Every value position of a sheet of one kind, with its target or the reason it has none."""
    rule = _RULES[kind]
    carried: dict[str, str] = {}
    for record in sheet.records:
        for column in sheet.values:
            yield record, column, rule(sheet, record, column, report_year, carried)


def _students(
    sheet: Sheet, record: Record, column: int, report_year: int, _: dict[str, str]
) -> Aim:
    head, doubts = sheet.columns[column], Doubts()
    label = head.subject or record.last_label
    found = facets.look_up("students", label)
    if found is None:
        return Refusal(
            f"“{label or '（空白）'}”不是本表的项目", "row" if not head.subject else "column"
        )
    if not found.sure:
        doubts.found.append(f"名称“{label}”与登记的略有不同")
    indicator, breakdown = found.target
    if head.role == "change":
        if {report_year - 1, report_year} - {column.year for column in sheet.columns}:
            return Refusal(f"不是 {report_year - 1} 年到 {report_year} 年的变化", "column")
        breakdown = ";".join(part for part in (breakdown, "change=difference") if part)
        return finish("students", record, (indicator, breakdown, report_year), doubts)
    year = dated(sheet, record, column, report_year, doubts)
    if isinstance(year, Refusal):
        return year
    return finish(
        "students", record, (indicator, breakdown, year), doubts, head.unit or record.unit
    )


def _academic(
    sheet: Sheet, record: Record, column: int, report_year: int, carried: dict[str, str]
) -> Aim:
    head, doubts = sheet.columns[column], Doubts()
    course = headers.course_of(head.subject)
    if course is None:
        return Refusal(f"“{head.head}”不是已登记的课程合格率", "column")
    record = _dated_record(sheet, record, report_year, carried)
    cohort = next((m for text in record.labels.values() if (m := facets.cohort(text))), None)
    if cohort is None:
        return Refusal(f"“{record.name}”没有写明年级（如 19级）", "row")
    doubts.take(Match(course[0], course[1]), head.subject)
    year = dated(sheet, record, column, report_year, doubts)
    if isinstance(year, Refusal):
        return year
    if not 0 <= year - int(cohort.target) <= SCHOOL_YEARS:
        return Refusal(f"{cohort.target} 级在 {year} 年不在校", "row")
    key = ("academic_pass_rate", f"cohort={cohort.target};course={course[0]}", year)
    return finish("academic_tests", record, key, doubts, head.unit)


def _dated_record(
    sheet: Sheet, record: Record, report_year: int, carried: dict[str, str]
) -> Record:
    """A row whose year stands in a merged cell above: the year is carried down."""
    years = [(n, t) for n, t in record.labels.items() if facets.find_year(t, report_year)]
    if years:
        carried["year"] = years[0][1] if sheet.carries(years[0][0]) else ""
        return record
    if not carried.get("year"):
        return record
    labels = {-1: carried["year"], **record.labels}
    return Record(record.index, labels, record.number, record.unit, record.slots, record.mended)


def _skills(sheet: Sheet, record: Record, column: int, report_year: int, _: dict[str, str]) -> Aim:
    head, doubts = sheet.columns[column], Doubts()
    if head.subject and (found := facets.look_up("skill_tests", head.subject)) is None:
        return Refusal(f"“{head.head}”不是专业技能合格率", "column")
    if head.subject and found is not None and not found.sure:
        doubts.found.append(f"表头“{head.subject}”与登记的略有不同")
    return _by_programme(
        sheet, record, column, report_year, "skill_tests", "skill_test_pass_rate", doubts
    )


def _employment(
    sheet: Sheet, record: Record, column: int, report_year: int, _: dict[str, str]
) -> Aim:
    head, doubts = sheet.columns[column], Doubts()
    found = facets.look_up("employment", head.subject) if head.subject else None
    if found is None:
        return Refusal(f"“{head.head}”不是本表的项目", "column")
    if not found.sure:
        doubts.found.append(f"表头“{head.subject}”与登记的略有不同")
    return _by_programme(sheet, record, column, report_year, "employment", found.target[0], doubts)


def _by_programme(
    sheet: Sheet,
    record: Record,
    column: int,
    report_year: int,
    kind: str,
    indicator: str,
    doubts: Doubts,
) -> Aim:
    """A figure of one programme and year."""
    label, found = _programme_label(record)
    if found is None:
        return Refusal(f"专业“{label or '（空白）'}”不在专业表中", "row")
    programme = doubts.take(found, label)
    year = dated(sheet, record, column, report_year, doubts)
    if isinstance(year, Refusal):
        return year
    key = (indicator, f"programme={programme}", year)
    return finish(kind, record, key, doubts, sheet.columns[column].unit)


def _programme_label(record: Record) -> tuple[str, Match[str] | None]:
    """The innermost label that names a programme; the innermost label if none does."""
    for text in reversed(record.labels.values()):
        if found := facets.programme(text):
            return text, found
    return record.last_label, None


def _programmes(
    sheet: Sheet, record: Record, column: int, report_year: int, carried: dict[str, str]
) -> Aim:
    head, doubts = sheet.columns[column], Doubts()
    places = facets.look_up("programmes", head.subject) if head.subject else None
    if places is None:
        return Refusal(f"“{head.head}”不是专业设置人数", "column")
    if not places.sure:
        doubts.found.append(f"表头“{head.head}”与登记的略有不同")
    parts = _parts(sheet, record, carried, doubts)
    if isinstance(parts, Refusal):
        return parts
    year = _places_year(sheet, record, column, report_year, doubts)
    if isinstance(year, Refusal):
        return year
    breakdown = ";".join(f"{name}={value}" for name, value in parts.items())
    return finish("programmes", record, ("programme_places", breakdown, year), doubts, head.unit)


def _places_year(
    sheet: Sheet, record: Record, column: int, report_year: int, doubts: Doubts
) -> int | Refusal:
    """The year in the heading or in the sentence above; the report's own year, in doubt, if neither."""
    head = sheet.columns[column]
    if head.year is None and (context := sheet.context_year()) is not None:
        if context == report_year:
            return report_year
    elif head.year is None:
        doubts.found.append(f"没有写明年份，按 {report_year} 年理解")
        return report_year
    return dated(sheet, record, column, report_year, doubts)


def _parts(
    sheet: Sheet, record: Record, carried: dict[str, str], doubts: Doubts
) -> dict[str, str] | Refusal:
    """Programme, form of study and partner of one row; the programme is carried down."""
    texts = {_column_kind(sheet, n): text for n, text in record.labels.items()}
    label = _carried_programme(sheet, texts, carried)
    programme = facets.programme(label)
    if programme is None:
        return Refusal(f"专业“{label or '（空白）'}”不在专业表中", "row")
    parts = {"programme": doubts.take(programme, label)}
    track = _track(texts, doubts)
    if track is None:
        return Refusal(f"学制“{texts.get('track', '（空白）')}”没有登记", "row")
    parts["track"] = track
    if any(_column_kind(sheet, n) == "partner" for n in sheet.values):
        return Refusal("合作院校一列的表头认不出，不知本行有没有合作院校", "row")
    if text := texts.get("partner"):
        if (partner := facets.partner(text)) is None:
            return Refusal(f"合作院校“{' '.join(text.split())}”没有登记", "row")
        parts["partner"] = partner.target
    return parts


def _carried_programme(sheet: Sheet, texts: dict[str, str], carried: dict[str, str]) -> str:
    """The programme of a row: its own label, or the one above that the blank stands for."""
    if "programme" in texts:
        at = [n for n in range(len(sheet.columns)) if _column_kind(sheet, n) == "programme"]
        carried["programme"] = texts["programme"] if sheet.carries(at[0]) else ""
        return texts["programme"]
    return carried.get("programme", "")


def _track(texts: dict[str, str], doubts: Doubts) -> str | None:
    if "track" in texts:
        found = facets.track(texts["track"])
        return doubts.take(found, texts["track"]) if found else None
    for text in texts.values():
        if found := facets.track(text):
            doubts.found.append("学制不在它的列里，可能错位")
            return found.target
    return None


def _column_kind(sheet: Sheet, column: int) -> str:
    head = bare(sheet.columns[column].head)
    return next((kind for word, kind in words("programme_column").items() if word in head), head)


_RULES: Final[dict[str, Callable[[Sheet, Record, int, int, dict[str, str]], Aim]]] = {
    "students": _students,
    "academic_tests": _academic,
    "skill_tests": _skills,
    "employment": _employment,
    "programmes": _programmes,
}
