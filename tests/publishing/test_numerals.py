"""Numerals in all published sentences, by GB/T 15835—2011; the rules are in `docs/style.md`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from qzanalysis.publishing import markup
from qzanalysis.publishing.site import main_of

FAULTS = {
    "全角数字或百分号": r"[０-９％]",
    "百分之": r"百分之[一二三四五六七八九十百零]",
    "汉字写的小数": r"[一二三四五六七八九十]点[一二三四五六七八九十零]",
    "小数点前没有 0": r"(?<![\d.§])\.\d",
    "数字后跟十、百、千": r"\d[十百千](?!分)",
    "负数用连字符": r"(?<![\w#§—-])-\d+(?![\d-]*[a-z])",
    "范围只有一端写 %": r"\d ?[～~—] ?\d+(?:\.\d+)?%",
    "两位的年份": r"(?<!\d)\d\d ?年度",
    "% 前有空格": r"\d %",
    "单位在“以上”之后": r"以上(?:个|周|人|项|册)",
    "过多的小数": r"\d\.\d{5}",
    "重复的名词": r"(?:人数|数量)数|情况情况|占比的比例",
}
SENTENCES = etree.XPath(
    ".//p | .//li | .//dd | .//dt | .//caption | .//figcaption | .//summary | .//td | .//th"
)
QUOTED = re.compile("“[^”]*”")  # as printed


def faults(text: str) -> list[str]:
    """The rules that a sentence breaks, outside what it quotes."""
    plain = QUOTED.sub("“”", text)
    return [name for name, pattern in FAULTS.items() if re.search(pattern, plain)]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("占 ３６%", "占 36%"),
        ("百分之三十六", "36%"),
        ("下降三点八个百分点", "下降 3.8 个百分点"),
        ("相差 .45", "相差 0.45"),
        ("约 5千人", "约 5000 人"),
        ("变化 -18 人", "变化 −18 人"),
        ("15～20%", "15%～20%"),
        ("21 年度报告", "2021 年度报告"),
        ("36 %", "36%"),
        ("五万以上个", "5 万个以上"),
        ("9.1234567", "9.12"),
        ("人员人数数", "人数"),
    ],
)
def test_a_rule_tells_wrong_from_right(wrong: str, right: str) -> None:
    assert len(faults(wrong)) == 1
    assert faults(right) == []
    assert faults(f"原样“{wrong}”") == []


def test_every_published_sentence_keeps_the_rules(real_pages: Path) -> None:
    broken = []
    for path in sorted(real_pages.glob("*.html")):
        main = main_of(path.read_text(encoding="utf-8"))
        for code in main.xpath(".//*[contains(@class, 'code')] | .//svg"):
            code.getparent().remove(code)
        texts = {markup.text_of(element) for element in SENTENCES(main)}
        broken += [(path.name, fault, text[:80]) for text in texts for fault in faults(text)]
    assert broken == []
