"""The words of the workbook: sheet names, headings, instructions. Writer and reader share them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

FORMAT: Final = "qzanalysis-form"
VERSION: Final = "1"

GUIDE_SHEET: Final = "填写说明"
TEXT_SHEET: Final = "正文数字"
CODE_SHEET: Final = "代码本"
META_SHEET: Final = "_meta"
UNPLACED_SHEET: Final = "未归位"
PROSE_SHEET: Final = "正文摘录"

# Where the figures in a workbook come from: nowhere yet (or an extractor), or existing data.
NEW: Final = "new"
DATA: Final = "data"

YES: Final = "是"
NO: Final = "否"

SPARE_ROWS: Final = 20
SPARE_TEXT_ROWS: Final = 200


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: what it holds, its heading, its width, whether a person fills it."""

    key: str
    heading: str
    width: int
    open: bool = False
    hidden: bool = False


def table_columns(year: int) -> tuple[Column, ...]:
    """The columns of a table's sheet, left to right; `before` and `now` are the year columns."""
    return (
        Column("label", "项号/行", 8),
        Column("name", "名称", 34),
        Column("unit", "单位", 8),
        Column("previous", f"{year - 1} 年（上年报告所印）", 14),
        Column("before", f"{year - 1} 年（本报告所印）", 14, open=True),
        Column("now", f"{year} 年（本报告所印）", 14, open=True),
        Column("source", "出处", 14, open=True),
        Column("note_before", f"{year - 1} 年说明", 22, open=True),
        Column("note_now", f"{year} 年说明", 22, open=True),
        Column("present", "本报告有此行", 9, open=True),
        Column("definition", "定义", 48),
        Column("origin", "提取位置与把握", 40),
        Column("indicator", "指标编号", 24),
        Column("breakdown", "细分", 30),
        Column("years", "年份", 10, hidden=True),
    )


def text_columns(year: int) -> tuple[Column, ...]:
    """The columns of the sheet for figures of running text, one figure a row."""
    return (
        Column("indicator", "指标", 34, open=True),
        Column("breakdown", "细分", 28, open=True),
        Column("name", "名称", 34),
        Column("unit", "单位", 8),
        Column("previous", f"{year - 1} 年报告所印", 12),
        Column("previous_note", f"{year - 1} 年报告的说明", 22),
        Column("year", "年份", 8, open=True),
        Column("printed", "所印", 14, open=True),
        Column("source", "出处", 12, open=True),
        Column("note", "说明", 28, open=True),
        Column("present", "本报告有此数", 9, open=True),
        Column("origin", "提取位置与把握", 40),
    )


def sheet_name(title: str) -> str:
    """A title as a sheet may be called: no `[]:*?/\\`, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31]


_GUIDE: Final = (
    ("学校", "{school}"),
    ("报告年份", "{year}"),
    ("数据表版本", "{edition} 年版"),
    (
        "要做什么",
        "对照报告，把每张表、每个数字照原样抄入浅黄色的格子；其余格子已锁定（没有密码）。",
    ),
    (
        "照原样",
        "36.19%、5.00、18.3:1、90余、13.85万 都照印抄录，不改小数位数，不加单位；"
        "全角数字可以直接输入，导入时改为半角。",
    ),
    (
        "两个年份",
        "报告的表同时印有 {before} 和 {year} 两年的数字，都要抄；"
        "{before} 年的数字与上年报告（灰色）不同，就是重新表述，照本报告抄。",
    ),
    ("空白", "报告留空就留空，表示未填报，不是零；印 0 才填 0。"),
    ("横线", "报告印横线（—）时，先弄清是“未填报”还是“零”：留空，或填 0。"),
    ("未开考等", "报告印 / 或“工种取消”等文字，照抄。"),
    (
        "本报告有此行",
        "报告的表里没有这一行（如专业停招）时选“否”；有这一行而没有数字时选“是”并留空。",
    ),
    (
        "新增的行",
        "表末的空行可以补充新的行：选指标编号，写细分（如 programme=accounting）和出处。",
    ),
    (
        "整张表没有",
        "整张表、或某一年整列都空着，表示报告没有印，导入时会说明，不算未填报。",
    ),
    (
        "正文数字",
        "“正文数字”中列出上年正文里的数字：本报告也印了就填“所印”，没有就空着；"
        "新出现的数字写在后面的空行，指标从列表中选。",
    ),
    ("出处", "写法：前言、§1.3、附表1#39（第 39 项）、§2.4表#8（该节表的第 8 行）。"),
    ("黄底“请核对”", "从报告文件提取的数字，标有“请核对”的要逐个对照原文。"),
    (
        "未归位",
        "从报告文件提取时，认不准的列在“未归位”，写明位置和原因；请对照原文填入相应的格子。",
    ),
    (
        "正文摘录",
        "从报告文件提取时，正文句子里的数字列在“正文摘录”，只供查找，不会导入；"
        "需要的抄入“正文数字”。",
    ),
    (
        "超出范围",
        "百分数超过 100、人数为负等不会被接受；如果报告确实这样印，在说明中以“照印”开头写明。",
    ),
    (
        "填完之后",
        "保存为 .xlsx，运行 qzanalysis import 文件名.xlsx：有一处不对就什么也不写，并一次列出全部问题。",
    ),
)


def guide(school: str, year: int, edition: str, extracted: str = "") -> tuple[tuple[str, str], ...]:
    """The instructions, as pairs of heading and text.

    Args:
        extracted: what an extractor has filled in, if one has.
    """
    about = {"school": school, "year": year, "before": year - 1, "edition": edition}
    told = [(heading, text.format(**about)) for heading, text in _GUIDE]
    if extracted:
        told.insert(3, ("提取结果", extracted))
    return tuple(told)
