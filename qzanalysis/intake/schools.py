"""Registers a school: its slug, names and region, and the programmes it offers.

Programmes are matched with the catalogue's names and the other names in use. One that is not there
is never guessed: it is refused with the nearest names, or added on purpose with `id=name`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qzanalysis import codebook
from qzanalysis.errors import RunFailed, UsageError, nearest
from qzanalysis.intake import entries, offered, store, values
from qzanalysis.reports import atomic, loading, schema

LONGEST_NAME: Final = 60
_PROGRAMME_ID: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_REGISTERED: Final = "学校登记"


@dataclass(frozen=True, slots=True)
class Request:
    """A school to register, examined.

    Attributes:
        school: who it is.
        programmes: ids of the programmes it offers, in the order given.
        added: id and name of programmes new to the codebook.
    """

    school: loading.School
    programmes: tuple[str, ...]
    added: tuple[tuple[str, str], ...]

    def summary(self) -> str:
        """What will be registered, for a person to confirm."""
        new = dict(self.added)
        lines = [
            f"学校代号（slug）：{self.school.slug}",
            f"名称：{self.school.name}（{self.school.short_name}），{self.school.region}",
        ]
        for programme in self.programmes:
            if programme in new:
                lines.append(f"专业：{new[programme]}（{programme}，新登记）")
            else:
                lines.append(f"专业：{codebook.programme_label(programme)}（{programme}）")
        return "\n".join(lines)


def request(
    fields: tuple[str, str, str, str],
    programmes: Sequence[str],
    additions: Sequence[str],
    data: Path | None = None,
) -> Request:
    """Examine a registration.

    Args:
        fields: slug, name, short name, region.
        programmes: names or ids, matched with the catalogue.
        additions: `id=name` of programmes that the catalogue lacks.
        data: the data folder.

    Raises:
        UsageError: with everything that is wrong, or that is there already.
    """
    slug, *texts = fields
    store.check_slug(slug)
    names = [" ".join(text.split()) for text in texts]
    faults = _text_faults(names) + _taken(slug, names[0], data)
    added, found = _additions(additions)
    faults += found
    ids, found = _matched(programmes)
    faults += found
    if faults:
        raise UsageError("；\n".join(faults))
    chosen = tuple(dict.fromkeys([*ids, *(identifier for identifier, _ in added)]))
    return Request(loading.School(slug, *names), chosen, tuple(added))


def register(request: Request, data: Path | None = None) -> list[Path]:
    """Write a registration: the codebook's new programmes, the school's list, then `schools.csv`.

    Returns the paths written.

    Raises:
        RunFailed: a file cannot be written.
    """
    folder = loading.data_folder(data)
    school = request.school
    list_path = store.folder_for(school.slug, 2000, data).parent / offered.FILE
    paths = []
    try:
        if request.added:
            paths.append(_append(codebook.FOLDER / "programmes.csv", _programme_rows(request)))
            codebook.programmes.cache_clear()
            entries.forget()
        if request.programmes:
            list_path.parent.mkdir(exist_ok=True)
            atomic.save(list_path, offered.text(list(request.programmes)).encode())
            paths.append(list_path)
        row = (school.slug, school.name, school.short_name, school.region)
        paths.append(_append(folder / "schools.csv", [row], schema.SCHOOL_COLUMNS))
        paths.append(store.describe(data))
    except OSError as error:
        raise RunFailed(f"无法写入 {folder}：{error.strerror or error}") from error
    return paths


def _text_faults(names: Sequence[str]) -> list[str]:
    faults = []
    for name, what in zip(
        names, ("全称（--name）", "简称（--short-name）", "所在地（--region）"), strict=True
    ):
        if not name:
            faults.append(f"{what}不能为空")
        elif len(name) > LONGEST_NAME or values.steering(name):
            faults.append(f"{what}应不超过 {LONGEST_NAME} 个字符，不含控制字符")
    return faults


def _taken(slug: str, name: str, data: Path | None) -> list[str]:
    if not (loading.data_folder(data) / "schools.csv").exists():
        return []
    known = loading.schools(data)
    if slug in known:
        return [f"学校代号“{slug}”已登记为{known[slug].name}；另取代号"]
    return [
        f"“{name}”已登记，代号是 {school.slug}" for school in known.values() if school.name == name
    ]


def _additions(additions: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    known = _catalogue()
    added: list[tuple[str, str]] = []
    faults = []
    for text in additions:
        identifier, _, name = (part.strip() for part in text.partition("="))
        if not _PROGRAMME_ID.fullmatch(identifier) or not name:
            faults.append(
                f"--add-programme 的“{text}”应写作 编号=名称，编号用小写字母、数字和下划线，如 logistics=物流服务与管理"
            )
        elif len(name) > LONGEST_NAME or values.steering(name) or ";" in name:
            faults.append(f"--add-programme 的名称“{name[:LONGEST_NAME]}”过长或含有分号、控制字符")
        elif identifier in known or values.tidy(name) in known:
            there = known.get(identifier) or known[values.tidy(name)]
            faults.append(
                f"“{text}”与已有专业 {codebook.programme_label(there)}（{there}）重复；改用 --programme"
            )
        elif identifier in dict(added) or name in dict(added).values():
            faults.append(f"--add-programme 的“{text}”写了两次")
        else:
            added.append((identifier, name))
    return added, faults


def _matched(programmes: Sequence[str]) -> tuple[list[str], list[str]]:
    known = _catalogue()
    ids, faults = [], []
    for text in programmes:
        if identifier := known.get(values.tidy(text)):
            ids.append(identifier)
        else:
            hint = nearest(text, codebook.programmes()["name"])
            faults.append(
                f"专业目录中没有“{text}”；{hint}。确是新专业时用 --add-programme 编号={text}"
            )
    return ids, faults


def _catalogue() -> dict[str, str]:
    """Ids by id, catalogue name and other names."""
    known: dict[str, str] = {}
    for identifier, row in codebook.programmes().iterrows():
        for name in (str(identifier), row["name"], *row["other_names"].split(";")):
            if name:
                known.setdefault(values.tidy(name), str(identifier))
    return known


def _programme_rows(request: Request) -> list[tuple[str, ...]]:
    return [
        (identifier, name, "", "", f"{request.school.slug} {_REGISTERED}")
        for identifier, name in request.added
    ]


def _append(path: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = ()) -> Path:
    """A CSV with these rows added at its end, written whole or not at all."""
    before = path.read_bytes() if path.exists() else (",".join(header) + "\n").encode()
    if not before.endswith(b"\n"):
        before += b"\n"
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    atomic.save(path, before + buffer.getvalue().encode())
    return path
