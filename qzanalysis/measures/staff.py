"""Teachers: how many, and with what qualifications, each share with its denominator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from qzanalysis.figures.facts import share
from qzanalysis.measures.common import pick
from qzanalysis.reports.loading import Report

# name → what is counted, over what it is a share, and that whole's name
_STRUCTURE: Final[Mapping[str, tuple[str | tuple[str, Mapping[str, str]], str, str]]] = {
    "编内人员": (("staff", {"post": "established"}), "staff", "教职员工"),
    "编外人员": (("staff", {"post": "contract"}), "staff", "教职员工"),
    "专任教师": ("teachers", "staff", "教职员工"),
    "专业课教师": ("specialised_teachers", "teachers", "专任教师"),
    "“双师”素质专业课教师": ("dual_qualified_teachers", "specialised_teachers", "专业课教师"),
    "持高级工以上证书教师": ("certified_teachers", "specialised_teachers", "专业课教师"),
    "思想政治课专任教师": ("political_teachers", "teachers", "专任教师"),
    "体育课专任教师": ("pe_teachers", "teachers", "专任教师"),
    "美育课专任教师": ("arts_teachers", "teachers", "专任教师"),
    "兼职教师": ("part_time_teachers", "teachers", "专任教师"),
}


def staff_structure(report: Report) -> pd.DataFrame:
    """Head-counts of the report year, the whole each is a share of, and the share."""
    rows = {}
    for name, (what, whole_id, whole_name) in _STRUCTURE.items():
        count, whole = pick(report, what), report.fact(whole_id)
        rows[name] = {
            "人数": count,
            "分母": whole_name,
            "占比": share(count, whole, f"{name}占{whole_name}的比例", decimals=1),
        }
    return pd.DataFrame.from_dict(rows, orient="index", dtype=object).rename_axis("类别")


def training_modes(report: Report, year: int) -> pd.DataFrame:
    """Teachers in training by mode, and those in person by place."""
    rows: Mapping[str, dict[str, str]] = {
        "线上": {"mode": "online"},
        "线下": {"mode": "in_person"},
        "线下：市内": {"mode": "in_person", "location": "city"},
        "线下：省内": {"mode": "in_person", "location": "province"},
    }
    facts = {
        name: report.fact("teacher_training_participants", year, **parts)
        for name, parts in rows.items()
    }
    return pd.DataFrame({"人数": facts}, dtype=object).rename_axis("培训形式")
