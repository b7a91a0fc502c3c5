"""The messages of figures that come in: schools, workbooks, hand-made files."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook
from typer.testing import CliRunner

from qzanalysis import cli
from qzanalysis.intake import guard

from .place import Case, Place, raised

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
NEW = ("new-year", "--school")


def _set(sheet: str, cell: str, value: str) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


def _unstorable(place: Place) -> tuple[int, str]:
    path = place.book(lambda _: None)
    place.patch.setattr(
        "qzanalysis.intake.store._swap_in", lambda *_: (_ for _ in ()).throw(OSError(28, "full"))
    )
    return place.brought(path, "--replace")


def _linked(place: Place) -> tuple[int, str]:
    path = place.book(lambda _: None)
    shutil.move(place.data / "tiny", place / "elsewhere")
    (place.data / "tiny").symlink_to(place / "elsewhere")
    return place.brought(path, "--replace")


def _mapping(place: Place, content: bytes | None) -> tuple[int, str]:
    path = place / "2030.csv" if content is None else place.file(content, "2030.csv")
    return place.cli("new-year", "--school", "tiny", "--year", 2022, "--edition", path)


def _existing(place: Place) -> tuple[int, str]:
    path = place.file(b"half filled in")
    return place.cli("new-year", "--school", "tiny", "--year", 2022, "--out", path)


def _new_school(place: Place, slug: str, *options: str) -> tuple[int, str]:
    named = ("--name", "甲校", "--short-name", "甲", "--region", "某地", "--yes")
    return place.cli("new-school", "--school", slug, *named, *options)


def _declined(place: Place) -> tuple[int, str]:
    named = ("--name", "甲校", "--short-name", "甲", "--region", "某地", "--data", str(place.data))
    done = CliRunner().invoke(cli.app, ["new-school", "--school", "x", *named], input="n\n")
    return done.exit_code, done.stderr


def _too_big(place: Place) -> tuple[int, str]:
    place.patch.setattr(guard, "LARGEST_FILE", 10)
    return place.brought(place.file(b"PK" + b"x" * 100))


def _too_wide(place: Place) -> tuple[int, str]:
    sheet = b'<worksheet><sheetData><row r="9999999"><c r="A9999999"><v>1</v></c></row></sheetData></worksheet>'
    return place.brought(
        place.zipped(xl__worksheets__sheet1__xml=sheet, **{"xl__worksheets__sheet1.xml": sheet})
    )


def _unreadable(place: Place) -> tuple[int, str]:
    path = place.file(b"PK....")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    place.patch.setattr(guard, "_check_parts", refuse)
    place.patch.setattr(zipfile, "ZipFile", refuse)
    return place.brought(path)


def _renamed(place: Place) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    return place.file(buffer.getvalue())


def _old_version(book: Workbook) -> None:
    for row in book["_meta"].iter_rows(max_col=2):
        if row[0].value == "version":
            row[1].value = "0"


CASES: dict[str, Case] = {
    "没有学校“…”；…。新学校先用 qzanalysis new-school 登记": lambda at: at.cli(
        *NEW, "tinny", "--year", 2022
    ),
    "报告年份（year）“…”应在 … 至 … 之间": lambda at: at.cli(*NEW, "tiny", "--year", 1022),
    "没有版本（edition）“…”的数据表对照；已有：…": lambda at: at.cli(
        *NEW, "tiny", "--year", 2022, "--edition", "1999"
    ),
    "没有版本对照文件（edition mapping）…": lambda at: _mapping(at, None),
    "版本对照文件 … 无法读取：应为 UTF-8 编码的 CSV": lambda at: _mapping(at, b"\xff\xfe\x00"),
    "版本对照文件 … 缺少列：…": lambda at: _mapping(at, b"item,indicator\n1,students\n"),
    "学校代号（slug）“…”不合规则：应为…，如 quzhou-zhongzhuan": lambda at: _new_school(at, "Q!"),
    "学校代号“…”已登记为…；另取代号": lambda at: _new_school(at, "tiny"),
    "“…”已登记，代号是 …": lambda at: _new_school(at, "x", "--name", "小小中专"),
    "…应为…": lambda at: _new_school(at, "x", "--region", "甲" * 81),
    "--add-programme 的“…”应写作 编号=名称，编号用小写字母、数字和下划线，如 logistics=物流服务与管理": lambda at: (
        _new_school(at, "x", "--add-programme", "物流")
    ),
    "--add-programme 的名称“…”过长或含有分号、控制字符": lambda at: _new_school(
        at, "x", "--add-programme", "new=甲;乙"
    ),
    "“…”与已有专业 …（…）重复；改用 --programme": lambda at: _new_school(
        at, "x", "--add-programme", "nursing=护理学"
    ),
    "--add-programme 的“…”写了两次": lambda at: _new_school(
        at, "x", "--add-programme", "new_one=甲甲", "--add-programme", "new_one=乙乙"
    ),
    "专业目录中没有“…”；…。确是新专业时用 --add-programme 编号=…": lambda at: _new_school(
        at, "x", "--programme", "护理学"
    ),
    "确认登记？": _declined,
    "… 是链接（symbolic link），可能指向数据文件夹之外；请改为普通文件夹": _linked,
    "… 已有 … 年的数据（…）；确认要替换时加 --replace，先用 qzanalysis new-year --from-data 可保存一份": lambda at: (
        at.brought(at.book(lambda _: None))
    ),
    "无法写入 …：…。原有数据保持不变": _unstorable,
    "工作簿的扩展名应为 .xlsx，而不是“…”": lambda at: at.cli(
        *NEW, "tiny", "--year", 2022, "--out", at / "x.docx"
    ),
    "没有文件夹 …：请先建立它，或用 --out 另指定": lambda at: at.cli(
        *NEW, "tiny", "--year", 2022, "--out", at / "none" / "x.xlsx"
    ),
    "… 已存在，可能已填写；要覆盖请加 --force，或用 --out 另取文件名": _existing,
    "没有文件或文件夹 …": lambda at: at.brought(at / "none.xlsx"),
    "文件夹 … 中没有 CSV 文件": lambda at: at.brought(
        at.notebooks("1"), "--school", "tiny", "--year", 2022
    ),
    "导入 CSV 时要用 --school 和 --year 说明是哪所学校、哪一年的报告": lambda at: at.brought(
        at.annex
    ),
    "… 是报告，不是工作簿：请先用 qzanalysis extract 提取其中的表，核对后再导入": lambda at: (
        at.brought(at.file(b"PK", "x.docx"))
    ),
    "… 是办公软件打开文件时的临时文件：请先关闭该文件，再导入文件名前没有“~$”的那一个": lambda at: (
        at.brought(at.file(b"x", "~$x.xlsx"))
    ),
    "… 里没有 … 年的数字，只有 … 年的：核对报告年份，未写出任何文件": lambda at: at.brought(
        at.file(
            b"indicator,breakdown,year,printed,source,note\nstudents,,2021,1,\xc2\xa71.1,\n",
            "x.csv",
        ),
        *("--school", "tiny", "--year", 2022),
    ),
    "… 里没有填写任何数字，未写出任何文件": lambda at: at.brought(
        at.file(b"indicator,breakdown,year,printed,source,note\n", "x.csv"),
        *("--school", "tiny", "--year", 2022),
    ),
    "… 是…“…”的工作簿，与所给的“…”不同：核对文件": lambda at: at.brought(
        at.book(lambda _: None), "--year", 2022
    ),
    "没有文件 …": lambda at: raised(lambda: guard.inspect(at / "none.xlsx")),
    "… 是空文件（0 字节）：请重新保存或重新传输": lambda at: at.brought(at.file(b"")),
    "… 有 … MB，超过上限 20 MB：请删去图片等多余内容": _too_big,
    "… 无法读取：…": _unreadable,
    "… 是 PDF，不是工作簿：请用 qzanalysis extract 提取其中的表": lambda at: at.brought(
        at.file(b"%PDF-1.7 xxxx")
    ),
    "… 不是 XLSX 工作簿：请在 Excel、WPS 或 LibreOffice 中另存为 .xlsx": lambda at: at.brought(
        at.file(b"hello, world")
    ),
    "… 不是 XLSX 工作簿：请用 qzanalysis new-year 生成的工作簿": lambda at: raised(
        lambda: guard.inspect(_renamed(at))
    ),
    "… 有密码保护（password-protected）：请去掉密码后另存": lambda at: at.brought(
        at.file(OLE + "EncryptedPackage".encode("utf-16-le"))
    ),
    "… 是旧版格式（.xls、.doc）：请另存为 .xlsx": lambda at: at.brought(at.file(OLE + b"x" * 99)),
    "… 展开后有 … MB、… 个部分，超过上限 200 MB、2000 个（zip bomb）：请重新生成工作簿": lambda at: (
        at.brought(at.zipped(**{f"p{n}": b"" for n in range(2100)}))
    ),
    "… …，超过上限（每表 … 行、… 列，共 … 格）：请用 new-year 生成的工作簿重填": _too_wide,
    "… 含有文档类型声明（DOCTYPE），不予打开：请重新另存为 .xlsx": lambda at: at.brought(
        at.zipped(**{"xl__worksheets__sheet1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'})
    ),
    "… 已损坏或没有保存完整（truncated）：请重新保存或重新传输后再导入": lambda at: at.brought(
        at.file(b"PK\x03\x04 then nothing")
    ),
    "… 的内容无法识别（…）：请在 Excel、WPS 或 LibreOffice 中重新另存为 .xlsx": lambda at: (
        at.brought(at.zipped())
    ),
    "… 不是 qzanalysis new-year 生成的工作簿（缺少隐藏的 … 表）：把数字填入 new-year 生成的工作簿，或整理成 CSV 导入": lambda at: (
        at.brought(at.book(lambda book: book.remove(book["_meta"])))
    ),
    "… 由另一版本生成：请用现在的 qzanalysis new-year 重新生成": lambda at: at.brought(
        at.book(_old_version)
    ),
    "… 的 … 表被改动（year 为“…”）：请重新生成": lambda at: at.brought(
        at.book(_set("_meta", "B5", "20x1"))
    ),
}
