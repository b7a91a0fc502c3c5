"""The same inputs give the same bytes, whatever machine and whatever mood they are rendered in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from publishing.conftest import write_notebook

pytestmark = pytest.mark.slow
REPO = Path(__file__).parents[1]
CHART = """
from qzanalysis.pages import blocks, charts
from qzanalysis import load, measures, sentence
report = load(school, year)
scale = measures.enrolment(report)
title = sentence("在校生 {students}", students=report.fact("students"))
blocks.figure(title, charts.change(scale, unit="人"), measures.with_change(scale))
"""
# Orders that a hash seed or a clock would change, were they free.
ORDER = "print(list({'甲', '乙', '丙', '丁'}), hash('甲'))\nimport time\nprint(time.tzname)"
RENDER = """
import sys
from pathlib import Path
from qzanalysis.publishing import pipeline
from qzanalysis.publishing.jobs import Request
where, jobs, engine = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
engine = None if engine == "default" else engine
for _ in range(int(sys.argv[4])):
    pipeline.render(Request("tiny", 2021, data=where / "data",
        notebooks=where / "notebooks", out=where / "reports", workers=jobs, force=True,
        engine=engine))
"""


@dataclass(frozen=True)
class Way:
    """How a report is rendered.

    Attributes:
        jobs: notebooks at once.
        engine: empty is papermill's own, with a kernel for each notebook.
        times: how often in one process; the second time everything is warm.
        environment: variables; `{new}` becomes an empty folder.
    """

    jobs: int = 1
    engine: str = "default"
    times: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)


WAYS = {
    "plain C locale, another time zone and hash seed": Way(
        environment={"LC_ALL": "C", "TZ": "Asia/Shanghai", "PYTHONHASHSEED": "7"}
    ),
    "Chinese locale, two at once, warm": Way(
        jobs=2, times=2, environment={"LC_ALL": "zh_CN.UTF-8", "TZ": "America/New_York"}
    ),
    "without caches and a home of one's own": Way(
        environment={"HOME": "{new}", "MPLCONFIGDIR": "{new}", "XDG_CACHE_HOME": "{new}"}
    ),
    "a kernel for each notebook": Way(
        jobs=2, engine="", environment={"PYTHONHASHSEED": "random", "TZ": "Asia/Kathmandu"}
    ),
}


def inputs(folder: Path) -> Path:
    """A tiny school and notebooks with a chart."""
    (folder / "data" / "tiny" / "2021").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    (folder / "data" / "schools.csv").write_text(
        "school,name,short_name,region\ntiny,小小中专,小中专,某省某市\n", encoding="utf-8"
    )
    figures = {"students": (100, 120), "intake": (40, 50), "graduates": (30, 35)}
    rows = [
        f"{name},,{year},{value},附表1#{28 + at},\n"
        for at, (name, values) in enumerate(figures.items())
        for year, value in zip((2020, 2021), values, strict=True)
    ]
    (folder / "data" / "tiny" / "2021" / "annex.csv").write_text(
        "indicator,breakdown,year,printed,source,note\n" + "".join(rows), encoding="utf-8"
    )
    write_notebook(folder / "notebooks" / "00-summary.ipynb", "摘要", CHART, markdown=["## 图"])
    write_notebook(folder / "notebooks" / "01-school.ipynb", "学校", CHART, ORDER)
    return folder


def rendered(folder: Path, way: Way) -> dict[str, bytes]:
    new = folder / "new"
    new.mkdir()
    variables = {name: value.replace("{new}", str(new)) for name, value in way.environment.items()}
    done = subprocess.run(
        [sys.executable, "-c", RENDER, str(folder), str(way.jobs), way.engine, str(way.times)],
        capture_output=True,
        text=True,
        cwd=folder,
        check=False,
        env={**os.environ, "PYTHONPATH": str(REPO), **variables},
    )
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in (folder / "reports/tiny/2021").iterdir()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The report as this machine makes it."""
    found = rendered(inputs(tmp_path_factory.mktemp("plain")), Way())
    assert b"<svg" in found["index.html"]
    return found


@pytest.mark.parametrize("name", WAYS)
def test_no_byte_depends_on_how_and_where_a_report_is_rendered(
    name: str, plain: dict[str, bytes], tmp_path: Path
) -> None:
    """In another folder each time; the manifest and the crate too."""
    folder = inputs(tmp_path / "ein anderer Ordner" / "中文")
    found = rendered(folder, WAYS[name])
    assert sorted(found) == sorted(plain)
    assert [name for name in found if found[name] != plain[name]] == []


def test_a_copied_package_gives_the_same_bytes(plain: dict[str, bytes], tmp_path: Path) -> None:
    """As on another machine, where the repository lies elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(REPO / "qzanalysis", elsewhere / "qzanalysis")
    folder = inputs(tmp_path / "inputs")
    found = rendered(folder, Way(environment={"PYTHONPATH": str(elsewhere)}))
    assert [name for name in plain if found.get(name) != plain[name]] == []
