"""The data folder as a Frictionless data package: every file, its columns and what they may hold.

    python -m qzanalysis.reports.datapackage        # writes data/datapackage.json

`qzanalysis.reports.schema` guards loading; this describes the same files to anyone else's tools.
Definition of the format: https://datapackage.org/standard/data-package/
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from qzanalysis.reports import atomic, loading, schema

_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "indicator": {"title": "指标编号，见代码本", "constraints": {"required": True}},
    "breakdown": {"title": "指标的哪一部分：维度=取值，以分号连接；空为整体"},
    "year": {
        "title": "数值所属年份",
        "type": "integer",
        "constraints": {
            "required": True,
            "minimum": schema.FIRST_YEAR,
            "maximum": schema.LAST_YEAR,
        },
    },
    "printed": {"title": "报告所印的原文；空为未填报"},
    "source": {
        "title": "出处",
        "constraints": {"required": True, "pattern": schema.SOURCE_PATTERN},
    },
    "note": {"title": "说明；以“not_held：”等开头时决定状态"},
}
_SCHOOL_FIELDS: Final[dict[str, dict[str, Any]]] = {
    "school": {"title": "编号", "constraints": {"required": True, "unique": True}},
    "name": {"title": "校名", "constraints": {"required": True}},
    "short_name": {"title": "简称"},
    "region": {"title": "所在地"},
    schema.CONTACT: {"title": "联系方式"},
}


def describe(data: Path | str | None = None) -> dict[str, Any]:
    """The descriptor of a data folder, as `datapackage.json` holds it."""
    folder = loading.data_folder(data)
    schools = folder / "schools.csv"
    columns = ["school", *schema.read_schools(schools).columns]
    fields = {column: _SCHOOL_FIELDS[column] for column in columns}
    resources = [_resource(folder, schools, "学校名单", fields)]
    for slug, school in loading.schools(folder).items():
        for year in loading.years(slug, folder):
            title = f"{school.name} {year} 年度报告"
            resources += [
                _resource(folder, path, title, _FIELDS)
                for path in loading.files(slug, year, folder)
            ]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "qzanalysis-data",
        "title": "中等职业学校质量年度报告的数字",
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}],
        "resources": resources,
    }


def write(data: Path | str | None = None) -> Path:
    """Write the descriptor beside the data it describes, whole or not at all; returns its path."""
    path = loading.data_folder(data) / "datapackage.json"
    text = json.dumps(describe(data), ensure_ascii=False, indent=2)
    atomic.save(path, f"{text}\n".encode())
    return path


def _resource(
    folder: Path, path: Path, title: str, fields: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    relative = path.relative_to(folder)
    return {
        "name": "-".join(relative.with_suffix("").parts).replace("_", "-"),
        "title": title,
        "path": relative.as_posix(),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": name, "type": "string", **field} for name, field in fields.items()]
        },
    }


if __name__ == "__main__":
    print(write())
