"""The page over audited documents: every number marked, findings that lead to it and back."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest

from qzanalysis.documents import audited
from qzanalysis.pages.audited import page
from tests.audit.discovered.made import shares
from tests.test_audit_files import html

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\u202e'


@pytest.fixture
def wrong(tmp_path: Path) -> audited.Audited:
    rows = shares([502, 78, 216, 785, 610, 320, 511])
    rows[3][1] = "261"
    rows[1][0] = HOSTILE.replace("<", "&lt;")
    path = tmp_path / "报告.html"
    path.write_text(html(rows), encoding="utf-8")
    return audited.of_file(path)


def test_every_number_is_marked_and_a_finding_leads_to_its_number_and_back(
    wrong: audited.Audited,
) -> None:
    tree = lxml.html.fromstring(page([wrong], ""))
    found = wrong.audit
    assert found is not None
    marked = tree.xpath('//main//*[contains("agrees doubted unchecked", @class) and @id]')
    assert len(marked) == found.ledger["read"]
    (doubted,) = tree.xpath('//a[@class="doubted"]')
    assert doubted.text == "261"
    (item,) = tree.xpath(f'//li[@id="{doubted.get("href")[1:]}"]')
    targets = item.xpath(".//a/@href")
    assert f"#{doubted.get('id')}" in targets
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {target[1:] for target in tree.xpath("//a/@href")} <= set(ids)


def test_hostile_text_stays_text_and_nothing_is_loaded(wrong: audited.Audited) -> None:
    text = page([wrong], "")
    tree = lxml.html.fromstring(text)
    assert not tree.xpath("//script | //img | //link | //iframe | //@onerror | //@src")
    assert "\u202e" not in text
    assert "alert(1)" in tree.text_content()
    assert "default-src 'none'" in text


def test_the_ledger_stands_first_and_for_each_table(wrong: audited.Audited) -> None:
    tree = lxml.html.fromstring(page([wrong], ""))
    assert "读到数字" in tree.xpath("//header")[0].text_content()
    assert "已核对" in tree.xpath("//main//caption")[0].text_content()


def test_several_documents_have_an_overview(wrong: audited.Audited, tmp_path: Path) -> None:
    broken = audited.Audited(tmp_path / "b.pdf", None, None, "不能读")
    tree = lxml.html.fromstring(page([wrong, wrong, broken], ""))
    rows = tree.xpath('//section[@class="overview"]//tbody/tr')
    assert len(rows) == 3
    assert "不能读" in rows[2].text_content()
