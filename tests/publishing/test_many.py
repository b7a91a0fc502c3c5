"""All reports in one go: a first page over them, and one failure that does not stop the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qzanalysis.errors import RunFailed
from qzanalysis.publishing import many
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.ledger import manifest, records

from .conftest import write_notebook


@pytest.fixture
def request_all(data: Path, tmp_path: Path) -> Request:
    """Two schools; the notebook fails for the one called `bad`."""
    schools = data / "schools.csv"
    schools.write_text(schools.read_text("utf-8") + "bad,坏学校,坏校,某地\n", "utf-8")
    (data / "bad" / "2021").mkdir(parents=True)
    table = (data / "tiny" / "2021" / "annex.csv").read_bytes()
    (data / "bad" / "2021" / "annex.csv").write_bytes(table)
    folder = tmp_path / "nb"
    (folder / "bureau").mkdir(parents=True)
    write_notebook(folder / "00-summary.ipynb", "摘要", "assert school != 'bad', '故意'")
    bureau = write_notebook(folder / "bureau" / "00-bureau.ipynb", "各校比较", "print(year)")
    text = bureau.read_text("utf-8")
    bureau.write_text(text.replace('school: str = \\"tiny\\"  # 学校\\n', ""), "utf-8")
    return Request("", 0, data=data, notebooks=folder, out=tmp_path / "reports")


@pytest.mark.slow
def test_one_failure_does_not_stop_the_others(request_all: Request) -> None:
    """The first page leads to what there is; the recap names what is not."""
    start, outcomes = many.render_all(request_all, lambda *_: None)
    assert [one.index is not None for one in outcomes] == [True, False, True]
    page = start.read_text("utf-8")
    assert 'href="tiny/2021/index.html"' in page and "bad/2021" not in page
    assert 'href="bureau/2021/index.html"' in page
    content = manifest.read(start.parent / "bureau" / "2021")
    assert content and records.exact(start.parent / "bureau" / "2021")
    assert {"data/tiny/2021/annex.csv", "data/bad/2021/annex.csv"} <= set(content["inputs"]["data"])
    with pytest.raises(RunFailed, match=r"完成 2 份，失败 1 份(.|\n)*坏学校 2021 年(.|\n)*故意"):
        many.recap(outcomes)


def test_a_recap_without_failures_is_one_line() -> None:
    """And no error."""
    assert many.recap([many.Outcome("甲", Path("x"))]) == "完成 1 份，失败 0 份。"


@pytest.mark.slow
def test_a_place_is_let_go_where_nothing_could_begin(
    request_all: Request,
) -> None:
    """Unreadable figures of one school, and a comparison without its notebook; then both mended."""
    assert request_all.data
    table = request_all.data / "bad" / "2021" / "annex.csv"
    sound = table.read_text("utf-8")
    table.write_text(sound.replace("120", "十二零"), "utf-8")
    folder = request_all.notebooks / "bureau"
    folder.rename(folder.with_name("away"))
    summary = request_all.notebooks / "00-summary.ipynb"
    summary.write_text(summary.read_text("utf-8").replace("'bad'", "'none'"), "utf-8")
    _, outcomes = many.render_all(request_all, lambda *_: None)
    assert [one.index is not None for one in outcomes] == [True, False, False]
    assert "十二零" in str(outcomes[1].error)
    assert not list(request_all.out.rglob("*.lock"))
    table.write_text(sound, "utf-8")
    folder.with_name("away").rename(folder)
    _, outcomes = many.render_all(request_all, lambda *_: None)
    assert [one.error for one in outcomes] == [None, None, None]


@pytest.mark.slow
def test_every_report_can_be_had_as_one_file(request_all: Request) -> None:
    """With what was asked for of one report asked for of all."""
    many.render_all(replace(request_all, single_file=True), lambda *_: None)
    found = {path.parents[1].name for path in request_all.out.rglob("report.html")}
    assert found == {"tiny"}
