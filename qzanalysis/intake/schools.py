"""Registers a school: its slug, names and region, and the programmes it offers.

Programmes are matched with the catalogue's names and the other names in use. A name that is not
there is refused with the nearest ones, or added explicitly with `id=name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from qzanalysis import codebook
from qzanalysis.errors import RunFailed, UsageError, nearest, shown
from qzanalysis.intake import layout, store, values
from qzanalysis.intake.faults import message
from qzanalysis.reports import atomic, datapackage, loading, schema
from qzanalysis.reports.report import School

_PROGRAMME_ID: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_FIELDS: Final = ("全称（--name）", "简称（--short-name）", "所在地（--region）")


@dataclass(frozen=True, slots=True)
class Registration:
    """A school to register, validated.

    Attributes:
        programmes: ids of the programmes it offers, in the order given.
        added: names by id of the programmes that are new to the codebook.
    """

    school: School
    programmes: tuple[str, ...]
    added: Mapping[str, str]

    def summary(self) -> str:
        """The entries to be written, for a person to confirm."""
        school = self.school
        lines = [
            f"学校代号（slug）：{school.slug}",
            f"名称：{school.name}（{school.short_name}），{school.region}",
        ]
        for it in self.programmes:
            new = self.added.get(it)
            text = f"{new}（{it}，新登记）" if new else f"{codebook.programme_label(it)}（{it}）"
            lines.append(f"专业：{text}")
        return "\n".join(lines)


def validated(
    fields: tuple[str, str, str, str],
    programmes: Sequence[str],
    additions: Sequence[str],
    data: Path | None = None,
) -> Registration:
    """Validate a registration.

    Args:
        fields: slug, name, short name, region.
        programmes: names or ids, matched with the catalogue.
        additions: `id=name` of programmes that the catalogue lacks.
        data: the data folder.

    Raises:
        UsageError: with everything that is wrong, or already registered.
    """
    slug, *texts = fields
    store.check_slug(slug)
    names = [" ".join(text.split()) for text in texts]
    added, faults = _additions(additions)
    known = _catalogue()
    ids = [known.get(values.tidy(text), "") for text in programmes]
    for text, programme in zip(programmes, ids, strict=True):
        if not programme:
            near = nearest(text, codebook.programmes()["name"])
            faults.append(message("no_programme", text=text, near=near))
    if faults := [*_name_faults(names), *_taken(slug, names[0], data), *faults]:
        raise UsageError("；\n".join(faults))
    return Registration(School(slug, *names), tuple(dict.fromkeys([*ids, *added])), added)


def register(registration: Registration, data: Path | None = None) -> list[Path]:
    """Write a registration: new programmes, the school's programmes, then `schools.csv`.

    Returns:
        The paths written.

    Raises:
        RunFailed: a file cannot be written.
    """
    folder = loading.data_folder(data)
    school = registration.school
    offered = store.folder_for(school.slug, layout.FIRST_YEAR, data).parent / layout.OFFERED
    paths = []
    try:
        if registration.added:
            source = f"{school.slug} 学校登记"
            rows = [(it, name, "", "", source) for it, name in registration.added.items()]
            paths.append(_append(codebook.FOLDER / "programmes.csv", rows))
            codebook.programmes.cache_clear()
            values.value_ids.cache_clear()
        if registration.programmes:
            offered.parent.mkdir(exist_ok=True)
            content = "\n".join(["programme", *registration.programmes, ""])
            atomic.save(offered, content.encode())
            paths.append(offered)
        row = (school.slug, school.name, school.short_name, school.region)
        paths.append(_append(folder / "schools.csv", [row], schema.SCHOOL_COLUMNS))
        paths.append(datapackage.write(data))
    except OSError as error:
        raise RunFailed(f"无法写入 {folder}：{error.strerror or error}") from error
    return paths


def _name_faults(names: Sequence[str]) -> Iterator[str]:
    for name, field, rule in zip(names, _FIELDS, schema.SCHOOL_RULES[1:], strict=True):
        if not rule.passes(name):
            yield message("name", field=field, rule=f" {rule.expected}")


def _taken(slug: str, name: str, data: Path | None) -> Iterator[str]:
    """Faults of a slug or a name that is registered already."""
    if (loading.data_folder(data) / "schools.csv").exists():
        for school in loading.schools(data).values():
            if school.slug == slug:
                yield message("slug_taken", slug=slug, name=school.name)
            elif school.name == name:
                yield message("name_taken", name=name, slug=school.slug)


def _additions(texts: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Names by id of the programmes to add, and the faults of those that cannot be added."""
    known = _catalogue()
    added: dict[str, str] = {}
    faults: list[str] = []
    for text in texts:
        identifier, _, name = (part.strip() for part in text.partition("="))
        there = known.get(identifier) or known.get(values.tidy(name))
        if not _PROGRAMME_ID.fullmatch(identifier) or not name:
            faults.append(message("addition", text=text))
        elif not schema.SCHOOL_RULES[1].passes(name) or ";" in name:
            faults.append(message("addition_name", name=shown(name)))
        elif there:
            label = codebook.programme_label(there)
            faults.append(message("addition_known", text=text, label=label, programme=there))
        elif identifier in added or name in added.values():
            faults.append(message("addition_twice", text=text))
        else:
            added[identifier] = name
    return added, faults


def _catalogue() -> dict[str, str]:
    """Programme ids by id, and by tidied catalogue name and other names."""
    named = {
        name: it for (dimension, name), it in values.value_ids().items() if dimension == "programme"
    }
    return named | {str(it): str(it) for it in codebook.programmes().index}


def _append(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> Path:
    """Add rows at the end of a CSV, written whole or not at all."""
    before = path.read_bytes() if path.exists() else (",".join(header) + "\n").encode()
    added = pd.DataFrame(rows).to_csv(index=False, header=False, lineterminator="\n")
    atomic.save(path, before.removesuffix(b"\n") + b"\n" + added.encode())
    return path
