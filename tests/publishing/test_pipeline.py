"""The whole way: from figures to a published report, and back to compare."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from qzanalysis.errors import BadData, RunFailed, UsageError
from qzanalysis.publishing import pipeline, verify
from qzanalysis.publishing.jobs import Request

from .conftest import write_notebook

BESIDE = {"manifest.json", "methods.html", "ro-crate-metadata.json"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
def test_two_renders_give_the_same_bytes_in_any_place_zone_and_order(
    request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real kernels; another folder, time zone, hash seed and number of workers the second time."""
    first = pipeline.render(replace(request_, workers=1)).parent
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.chdir(tmp_path)
    second = pipeline.render(replace(request_, workers=2, out=tmp_path / "elsewhere")).parent
    assert contents(first) == contents(second)
    page = (first / "index.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page and "附表1#28" in page
    assert "\\u" not in page and "injected" not in page


@pytest.mark.slow
def test_a_failing_notebook_leaves_the_published_report(
    request_: Request, monkeypatch: pytest.MonkeyPatch, no_kernels: list[str]
) -> None:
    """And nothing beside it. The report is published without kernels, then one is started."""
    published = pipeline.render(request_).parent
    before = contents(published)
    monkeypatch.undo()
    write_notebook(request_.notebooks / "07-challenges.ipynb", "面临挑战", "1 / 0")
    with pytest.raises(RunFailed, match="ZeroDivisionError"):
        pipeline.render(replace(request_, chapters=(7,)))
    assert contents(published) == before
    assert {path.name for path in published.parent.iterdir()} == {"2021", ".2021.cache"}


@pytest.mark.usefixtures("no_kernels")
def test_the_manifest_names_inputs_parameters_versions_and_outputs(request_: Request) -> None:
    """Every page by its hash; no time stamp and no path of this machine."""
    folder = pipeline.render(replace(request_, single_file=True)).parent
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    content = json.loads(text)
    pages = {"index.html", "07-challenges.html", "methods.html", "report.html"}
    assert set(content["outputs"]) == pages | {"ro-crate-metadata.json"}
    assert content["chapters"]["07-challenges.html"]["parameters"] == {
        "school": "tiny",
        "year": 2021,
        "target_student_teacher_ratio": 15.0,
    }
    assert set(content["inputs"]["data"]) == {
        "data/schools.csv?school=tiny",
        "data/tiny/2021/annex.csv",
    }
    assert "notebooks/00-summary.ipynb" in content["inputs"]["notebooks"]
    assert "qzanalysis/codebook/indicators.csv" in content["inputs"]["codebook"]
    assert "qzanalysis/publishing/template/qz/style.css" in content["inputs"]["package"]
    assert str(request_.data) not in text


def test_nothing_runs_again_until_an_input_changes(
    request_: Request, no_kernels: list[str]
) -> None:
    """Unless it is forced; another parameter runs the chapter that has it; a touched page, none."""
    folder = pipeline.render(request_).parent
    before = contents(folder)
    both = ["00-summary.ipynb", "07-challenges.ipynb"]
    assert no_kernels == both
    pipeline.render(request_)
    assert no_kernels == both
    pipeline.render(replace(request_, force=True))
    assert no_kernels == both * 2
    (folder / "index.html").write_text("touched", encoding="utf-8")
    pipeline.render(request_)
    assert no_kernels == both * 2 and contents(folder) == before
    pipeline.render(replace(request_, given={"target_student_teacher_ratio": "16"}))
    assert no_kernels == [*both * 2, both[1]]


def test_one_chapter_alone_leaves_the_others_as_they_are(
    request_: Request, no_kernels: list[str]
) -> None:
    """Where nothing is published, only the chosen chapter appears, and the others are no links."""
    (request_.notebooks / "00-summary.ipynb").rename(request_.notebooks / "01-first.ipynb")
    write_notebook(
        request_.notebooks / "01-first.ipynb",
        "先",
        "1",
        markdown=["见[后](07-challenges.html#sec-1)。"],
    )
    last = request_.notebooks / "07-challenges.ipynb"
    write_notebook(last, "面临挑战", "1", declared="hires: int = 0\n", markdown=["## 师资"])
    alone = pipeline.render(replace(request_, chapters=(1,))).parent
    assert set(contents(alone)) == {"01-first.html", *BESIDE}
    assert '<span class="unavailable"><span class="no">07</span>' in (
        alone / "01-first.html"
    ).read_text(encoding="utf-8")
    before = (alone / "01-first.html").read_bytes()
    assert 'href="07-challenges' not in before.decode()
    pipeline.render(replace(request_, chapters=(7,), given={"hires": "3"}))
    assert (alone / "01-first.html").read_bytes() == before
    assert set(contents(alone)) == {"01-first.html", "07-challenges.html", *BESIDE}
    assert no_kernels == ["01-first.ipynb", "07-challenges.ipynb"]


@pytest.mark.usefixtures("no_kernels")
def test_the_edition_in_one_file_holds_all_chapters_and_no_outward_link(
    request_: Request,
) -> None:
    """Ids are the chapter's own; links between chapters become anchors."""
    folder = pipeline.render(replace(request_, single_file=True)).parent
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="ch00-sec-1"' in page and 'id="ch07-sec-1"' in page
    assert 'href="#ch00-sec-1"' in page and ".html" not in page.partition("<main")[2]
    assert page.count("<h1") == 1


@pytest.mark.usefixtures("no_kernels")
def test_every_page_says_what_it_rests_on_whom_to_ask_and_how_to_cite_it(
    request_: Request,
) -> None:
    """The contact is that of `schools.csv`; without one the page says so."""
    assert request_.data is not None
    footer = "小小中专 2021 年度质量报告；数字所属年份：2020、2021 年"
    for path in pipeline.render(request_).parent.glob("*.html"):
        assert "联系方式：未登记" in path.read_text(encoding="utf-8")
    (request_.data / "schools.csv").write_text(
        "school,name,short_name,region,contact\ntiny,小小中专,小中专,某省某市,jwc@example.org\n",
        encoding="utf-8",
    )
    folder = pipeline.render(replace(request_, single_file=True)).parent
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert footer in text and "小小中专（某省某市）；联系方式：jwc@example.org" in text
        assert "《小小中专 2021 年度质量报告分析》" in text
        assert ("report.html" in text) == (path.name != "report.html")


@pytest.mark.usefixtures("no_kernels")
def test_the_page_on_methods_explains_signs_intervals_and_rules(request_: Request) -> None:
    """18.29:1 stands for 18.285 to 18.295; the standards and definitions of the codebook."""
    page = pipeline.render(request_).with_name("methods.html").read_text(encoding="utf-8")
    cells = re.findall("<t[dh][^>]*>([^<]*)</t[dh]>", page)
    at = cells.index("18.29:1", cells.index("印出"))
    assert cells[at : at + 3] == ["18.29:1", "18.285", "18.295"]
    assert {"矛盾", "另有口径", "无数值", "高", "专任教师数不少于 60 人"} <= set(cells)
    assert "报告所印的全日制在册学生人数；报告未写明统计日期。" in cells


@pytest.mark.usefixtures("no_kernels")
def test_a_dead_link_in_a_notebook_is_not_published(request_: Request) -> None:
    """The page and the target are told."""
    write_notebook(request_.notebooks / "01-x.ipynb", "甲", "1", markdown=["[x](02-gone.html)"])
    with pytest.raises(RunFailed, match=r"01-x\.html：链接 02-gone\.html 指向的页面不存在"):
        pipeline.render(request_)
    assert not (request_.out / "tiny" / "2021").exists()


def test_bad_usage_and_bad_data_stop_before_anything_is_written(
    request_: Request, no_kernels: list[str]
) -> None:
    """School, year, chapter, parameter, data."""
    wrong = [
        (replace(request_, school="tinny"), "最接近的是 tiny"),
        (replace(request_, year=2022), "已有年份：2021"),
        (replace(request_, chapters=(3,)), "没有第 3 章"),
        (replace(request_, given={"hire": "1"}), "没有参数 hire"),
    ]
    for request, told in wrong:
        with pytest.raises(UsageError, match=told):
            pipeline.render(request)
    assert request_.data is not None
    with (request_.data / "tiny" / "2021" / "annex.csv").open("a", encoding="utf-8") as file:
        file.write("studnets,,2021,120,附表1#28,\n")
    with pytest.raises(BadData, match="studnets"):
        pipeline.render(request_)
    assert not request_.out.exists() and not no_kernels


@pytest.mark.usefixtures("no_kernels")
def test_verify_names_the_page_and_the_first_number_that_differs(request_: Request) -> None:
    """A report as it was published verifies; a touched page or changed data do not."""
    folder = pipeline.render(request_).parent
    assert verify.differences(folder, request_) == []
    page = folder / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace(">120<", ">121<"), encoding="utf-8")
    told = "\n".join(verify.differences(folder, request_))
    assert "index.html：文件在发布之后被改动" in told
    assert "“在校生数2021年”：已发布 121，重新渲染 120" in told
    with pytest.raises(UsageError, match="没有已发布的报告"):
        verify.differences(folder.parent, request_)


@pytest.mark.usefixtures("no_kernels")
def test_text_from_outside_cannot_run_or_mislead(request_: Request) -> None:
    """A school's name with markup and quotes, a note with an order override."""
    assert request_.data is not None
    evil = '"</title><script>alert(1)</script>"'
    annex = request_.data / "tiny/2021/annex.csv"
    annex.write_text(annex.read_text("utf-8").replace("附表1#28,\n", "附表1#28,\u202ex\n"), "utf-8")
    assert "\u202e" in annex.read_text("utf-8")
    (request_.data / "schools.csv").write_text(
        f'school,name,short_name,region\ntiny,"{evil.replace(chr(34), chr(34) * 2)}",x,y\n',
        encoding="utf-8",
    )
    page = pipeline.render(request_).read_text(encoding="utf-8")
    assert "<script>alert" not in page and "\u202e" not in page
    assert page.count("<script>") == 2


@pytest.mark.usefixtures("no_kernels")
def test_leftovers_of_a_killed_run_are_removed(request_: Request) -> None:
    """Without anyone cleaning up by hand."""
    folder = request_.out / "tiny"
    (folder / f".2021.building-{os.getpid()}0").mkdir(parents=True)
    (folder / ".2021.lock").write_text("1", encoding="utf-8")
    pipeline.render(request_)
    assert {path.name for path in folder.iterdir()} == {"2021", ".2021.cache"}
