"""The known table that a sheet is, by its title, its columns and its labels. None rather than a guess."""

from __future__ import annotations

import re
from typing import Final

from qzanalysis.documents.plain import bare
from qzanalysis.intake.extraction import meanings
from qzanalysis.intake.extraction.meanings import words
from qzanalysis.intake.extraction.placing import Form
from qzanalysis.intake.extraction.records import Sheet
from qzanalysis.intake.layout import FORM

_FORM_TITLE: Final = re.compile(r"附\s*表|数据表|计分卡|资源表|质量数据")
_SKILL_TITLE: Final = re.compile(r"技能.{0,8}合格率|中级工.{0,6}合格率")


def kind_of(sheet: Sheet, form: Form) -> str:
    """The file name of the table this is (`annex`, `employment`…), or empty.

    Args:
        form: the rows of the edition's form.
    """
    subjects = [sheet.columns[n].subject for n in sheet.values]
    labels = [text for record in sheet.records for text in record.labels.values()]
    heads = [column.head for column in sheet.columns]
    programmes = sum(any(map(meanings.programme, it.labels.values())) for it in sheet.records)
    about = {table: _known(table, subjects) for table in ("course", "employment", "programmes")}
    skills = _known("skill_tests", subjects) or _SKILL_TITLE.search(sheet.title + heads[0])
    tracks = sum(bool(meanings.track(text)) for text in labels)
    measures = len(set(about["employment"]))
    holds = {
        "academic_tests": len(set(about["course"])) >= 2
        and "合格率" in "".join(heads) + sheet.title,
        "employment": measures >= 1 and programmes >= (1 if measures > 1 else 2),
        "programmes": tracks >= 2 and about["programmes"] and programmes >= 1,
        "skill_tests": programmes >= 2 and skills,
        "students": _is_of_students(sheet, labels, subjects, form),
        FORM: _is_form(sheet, labels, heads, form),
    }
    return next((kind for kind, true in holds.items() if true), "")


def _known(table: str, subjects: list[str]) -> list[tuple[str, str]]:
    """The meanings of those headings that a vocabulary has."""
    return [found.target for text in subjects if text and (found := meanings.subject(table, text))]


def _is_of_students(sheet: Sheet, labels: list[str], subjects: list[str], form: Form) -> bool:
    known = len(_known("students", [*labels, *subjects]))
    own = len({bare(text) for text in [*labels, *subjects]} & words("students_only").keys())
    changes = any(column.role == "change" for column in sheet.columns)
    return known >= 2 and known > sum(map(form.names, labels)) and own + changes >= 1


def _is_form(sheet: Sheet, labels: list[str], heads: list[str], form: Form) -> bool:
    """A table of the national form says so: by its title, its columns, or the length of its list."""
    listed = bool({bare(head) for head in heads} & words("form_heading").keys())
    numbered = any(column.role in {"number", "unit"} for column in sheet.columns)
    stated = (listed and numbered) or _FORM_TITLE.search(sheet.title)
    return sum(map(form.names, labels)) >= 8 or bool(stated and any(map(form.recognises, labels)))
