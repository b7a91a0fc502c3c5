"""Which of the tables that the package knows a sheet is. None rather than a guess."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from qzanalysis.documents.plain import bare
from qzanalysis.intake.extraction import facets, headers
from qzanalysis.intake.extraction.form import Form
from qzanalysis.intake.extraction.records import Sheet, programme_of
from qzanalysis.intake.extraction.wording import words
from qzanalysis.intake.layout import FORM

_FORM_TITLE: Final = re.compile(r"附\s*表|数据表|计分卡|资源表|质量数据")
_SKILL_TITLE: Final = re.compile(r"技能.{0,8}合格率|中级工.{0,6}合格率")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sheet shows; counted once, used by every rule."""

    programmes: int
    courses: int
    employment: int
    skills: int
    places: int
    tracks: int
    students: int
    form: int
    near_form: int
    passing: bool


def kind_of(sheet: Sheet, form: Form) -> str:
    """The file name of the table this is (`annex`, `employment`…), or empty.

    Args:
        form: the rows of the edition's form.
    """
    seen = _evidence(sheet, form)
    for kind, rule in _RULES:
        if rule(sheet, seen):
            return kind
    return ""


def _evidence(sheet: Sheet, form: Form) -> Evidence:
    subjects = [sheet.columns[n].subject for n in sheet.values]
    labels = [text for record in sheet.records for text in record.labels.values()]
    heads = "".join(column.head for column in sheet.columns)
    return Evidence(
        programmes=sum(bool(programme_of(record)) for record in sheet.records),
        courses=len({c[0] for c in map(headers.course_of, subjects) if c}),
        employment=len(
            {m.target for s in subjects if s and (m := facets.look_up("employment", s))}
        ),
        skills=sum(bool(s and facets.look_up("skill_tests", s)) for s in subjects),
        places=sum(bool(s and facets.look_up("programmes", s)) for s in subjects),
        tracks=sum(bool(facets.track(text)) for text in labels),
        students=sum(bool(s and facets.look_up("students", s)) for s in [*labels, *subjects]),
        form=sum(form.names(text) for text in labels),
        near_form=sum(form.recognises(text) for text in labels),
        passing=headers.speaks_of_passing(heads + sheet.title),
    )


def _academic(sheet: Sheet, seen: Evidence) -> bool:
    return seen.courses >= 2 and seen.passing


def _employment(sheet: Sheet, seen: Evidence) -> bool:
    return seen.programmes >= 1 and (seen.employment >= 2 or seen.employment == 1 < seen.programmes)


def _programmes(sheet: Sheet, seen: Evidence) -> bool:
    return seen.tracks >= 2 and seen.places >= 1 and seen.programmes >= 1


def _skills(sheet: Sheet, seen: Evidence) -> bool:
    titled = bool(_SKILL_TITLE.search(sheet.title + sheet.columns[0].head))
    return seen.programmes >= 2 and (seen.skills >= 1 or titled)


def _students(sheet: Sheet, seen: Evidence) -> bool:
    labels = {bare(text) for record in sheet.records for text in record.labels.values()}
    subjects = {bare(sheet.columns[n].subject) for n in sheet.values}
    own = len((labels | subjects) & words("students_only").keys())
    changes = any(column.role == "change" for column in sheet.columns)
    return seen.students >= 2 and seen.students > seen.form and own + changes >= 1


def _form(sheet: Sheet, seen: Evidence) -> bool:
    """A table of the national form says so: by its title, its columns, or the length of its list."""
    roles = {column.role for column in sheet.columns}
    heads = {bare(column.head) for column in sheet.columns}
    shaped = bool(heads & words("form_heading").keys()) and bool(roles & {"number", "unit"})
    titled = bool(_FORM_TITLE.search(sheet.title))
    return seen.form >= 8 or (seen.near_form >= 1 and (shaped or titled))


_RULES: Final[tuple[tuple[str, Callable[[Sheet, Evidence], bool]], ...]] = (
    ("academic_tests", _academic),
    ("employment", _employment),
    ("programmes", _programmes),
    ("skill_tests", _skills),
    ("students", _students),
    (FORM, _form),
)
