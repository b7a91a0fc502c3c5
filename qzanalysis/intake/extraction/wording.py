"""Labels as different reports write them: spacing, width, brackets, numbering, other wordings.

Two labels are *the same* when they differ only in spacing, width, punctuation or numbering; *near*
when they differ in words that carry no meaning, or in a letter or two. Near is never sure.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from qzanalysis.documents.plain import bare, squeeze

T = TypeVar("T", bound=Hashable)

MAX_LABEL: Final = 80
_UNIT: Final = re.compile(
    r"[(（\[【]\s*(?:单位\s*[:：])?\s*([^()（）\[\]【】]{0,6})\s*[)）\]】]\s*$"
)
_UNITS: Final = frozenset(
    {
        "人",
        "个",
        "%",
        "元",
        "万元",
        "册",
        "平方米",
        "㎡",
        "m2",
        "m²",
        "Mbps",
        "项",
        "人次",
        "亩",
        "元/生",
        "元/人",
        "元/月",
        "千元",
        "亿元",
        "万册",
        "平方米/生",
        "名",
        "所",
        "Gbps",
        "‰",
    }
)

# Wordings that say the same; a match that needs them is near, not the same.
_SYNONYMS: Final = (
    ("百分比", "占比"),
    ("比例", "占比"),
    ("比率", "占比"),
    ("比重", "占比"),
    ("职称", "专业技术职务"),
    ("思政课", "思想政治课"),
    ("人数", "数"),
    ("总数", "数"),
    ("数量", "数"),
    ("总量", "数"),
    ("教职工", "教职员工"),
    ("其它", "其他"),
    ("获得", "获取"),
    ("提供的", "提供"),
    ("核定", "额定"),
    ("的", ""),
    ("学校", ""),
    ("本校", ""),
    ("及", ""),
    ("和", ""),
    ("与", ""),
)
# Words that decide the meaning: two labels of which one has such a word are not near.
_TELLING: Final = (
    "生均",
    "总值",
    "占比",
    "率",
    "面积",
    "全国",
    "国家",
    "全省",
    "省级",
    "地市级",
    "市级",
    "县级",
    "校级",
    "本科",
    "高职",
    "专科",
    "中本",
    "中高",
    "纸质",
    "电子",
    "体育",
    "美育",
    "德育",
    "思想政治",
    "素养",
    "技能",
    "规模以上",
    "中小微",
    "对口",
    "单独",
    "高考",
    "免试",
    "专任",
    "兼职",
    "双师",
    "高级",
    "中级",
    "初级",
    "硕士",
    "博士",
    "团队",
    "课堂",
    "工作室",
    "基地",
    "校园",
    "校舍",
    "占地",
    "建筑",
    "仪器",
    "财政",
    "企业",
    "毕业",
    "在校",
    "招生",
    "就业",
    "升学",
    "留学",
    "编制",
    "人次",
    "带宽",
    "补贴",
    "拨款",
    "设备",
    "合格",
    "体质",
    "文化",
    "非",
    "不",
    "未",
    "新增",
    "累计",
    "月",
    "男",
    "女",
    "参与",
    "教师",
    "学生",
    "大赛",
    "院校",
)


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What a label was taken for, and whether without doubt."""

    target: T
    sure: bool


def split_unit(text: str) -> tuple[str, str]:
    """`就业率 (%)` → `就业率`, `%`; no unit, empty text.

    >>> split_unit("初次就业起薪（元）")
    ('初次就业起薪', '元')
    """
    match = _UNIT.search(text.strip())
    if match and squeeze(match[1]) in {squeeze(unit) for unit in _UNITS}:
        return text.strip()[: match.start()].strip(), squeeze(match[1])
    return text.strip(), ""


def canonical(text: str) -> str:
    """The words alone, in one of several wordings."""
    plain = bare(text)
    for wording, usual in _SYNONYMS:
        plain = plain.replace(wording, usual)
    return plain


def telling(text: str) -> frozenset[str]:
    """The words of a label that decide its meaning."""
    plain = canonical(text)
    return frozenset(word for word in _TELLING if word in plain)


def distance(one: str, other: str) -> int:
    """How many letters must be put in, taken out or changed to make one of the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def match(text: str, known: Mapping[str, T], *, near: bool = True) -> Match[T] | None:
    """Look a label up among known ones (keyed by `bare`).

    Args:
        near: also take a label that says the same in other words, or with a slip of the pen.
    """
    plain = bare(text)
    if not plain or len(plain) > MAX_LABEL:
        return None
    if plain in known:
        return Match(known[plain], sure=True)
    return _near(plain, known) if near and len(plain) >= 4 else None


def _near(plain: str, known: Mapping[str, T]) -> Match[T] | None:
    """The one known meaning that is near; None if there are two, or none."""
    usual = canonical(plain)
    same = {name for name in known if canonical(name) == usual}
    if not same:
        words = telling(plain)
        same = _closest(usual, (name for name in known if telling(name) == words))
    targets = {known[name] for name in same}
    return Match(targets.pop(), sure=False) if len(targets) == 1 else None


def _closest(usual: str, names: Iterable[str]) -> set[str]:
    """Names within a fifth of the letters, with those that are hardly further off."""
    ranked = sorted((distance(usual, canonical(name)), name) for name in names)
    if not ranked or ranked[0][0] > min(len(usual), len(canonical(ranked[0][1]))) // 5:
        return set()
    return {name for steps, name in ranked if steps <= ranked[0][0] + 1}
