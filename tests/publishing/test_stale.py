"""A page is never older than what it rests on: one test for each way it could be."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matrix import matrix

from qzanalysis.errors import UsageError
from qzanalysis.publishing import many, pipeline, pools, verify
from qzanalysis.publishing.jobs import Request
from qzanalysis.publishing.ledger import fingerprints, records
from qzanalysis.publishing.ledger.fingerprints import Places

from .conftest import write_notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not pools.can_fork(), reason="reads are seen where it forks"),
]

REPO = Path(__file__).parents[2]
SHOW = "from qzanalysis import load\nprint(load(school, year).fact('students').text())"
UNCHANGED = "没有变化，沿用已发布的报告"
Change = Callable[[Path, str], None]


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Request:
    """A report of one chapter that prints the number of students."""
    folder = tmp_path / "nb"
    folder.mkdir()
    write_notebook(folder / "00-summary.ipynb", "摘要", SHOW)
    return Request("tiny", 2021, data=data, notebooks=folder, out=tmp_path / "reports")


def page(request: Request) -> str:
    """The first page as it stands."""
    return (request.out / "tiny" / "2021" / "index.html").read_text("utf-8")


def said(request: Request) -> str:
    """What a render says of reuse; as the command line does, it first asks for the quick answer."""
    key = str(request.chapters)
    places = Places(request.data or Path(), request.notebooks)
    if not request.force and records.unchanged(request.out, key, places):
        return UNCHANGED
    lines: list[str] = []
    pipeline.render(replace(request, key=key, say=lines.append))
    return "\n".join(lines)


def command(request: Request, **environment: str) -> str:
    """What the command line says of the same request, in a process of its own."""
    places = {"--data": request.data, "--notebooks": request.notebooks, "--out": request.out}
    named = [part for name, place in places.items() for part in (name, str(place))]
    done = subprocess.run(
        [sys.executable, "-m", "qzanalysis.cli", "render", *named],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(REPO), **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def other(request: Request, students: str = "121") -> Request:
    """The same request of a copy of the data folder with another number of students."""
    assert request.data
    folder = request.data.with_name("other")
    shutil.copytree(request.data, folder)
    table = folder / "tiny" / "2021" / "annex.csv"
    table.write_text(table.read_text("utf-8").replace("120", students), "utf-8")
    return replace(request, data=folder)


# --- another data folder --------------------------------------------------------------------------


def test_another_folder_with_other_figures_gives_other_pages(made: Request) -> None:
    assert UNCHANGED not in said(made)
    assert UNCHANGED in said(made)
    changed = other(made)
    assert "annex.csv 有变化" in said(changed)
    assert "121" in page(made) and verify.differences(made.out / "tiny" / "2021", changed) == []
    assert UNCHANGED not in said(made) and "120" in page(made)


def test_another_folder_with_the_same_figures_gives_the_same_answer(made: Request) -> None:
    said(made)
    assert UNCHANGED in said(other(made, "120"))


def test_a_relative_folder_means_another_one_elsewhere(
    made: Request, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = other(made)
    relative = replace(made, data=Path("data"))
    monkeypatch.chdir(tmp_path)
    said(relative)
    (tmp_path / "elsewhere").mkdir()
    assert changed.data
    shutil.copytree(changed.data, tmp_path / "elsewhere" / "data")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert UNCHANGED not in said(relative) and "121" in page(made)


def test_all_reports_of_another_folder_are_made_anew(made: Request) -> None:
    """And the comparison, which is used again where nothing has changed."""
    (made.notebooks / "bureau").mkdir()
    bureau = write_notebook(
        made.notebooks / "bureau" / "00-bureau.ipynb", "各校比较", SHOW.replace("school", "'tiny'")
    )
    text = bureau.read_text("utf-8").replace('school: str = \\"tiny\\"  # 学校\\n', "")
    bureau.write_text(text, "utf-8")
    lines: list[str] = []
    everything = replace(made, school="", year=0, say=lines.append)
    many.render_all(everything, lambda *_: None)
    lines.clear()
    many.render_all(everything, lambda *_: None)
    assert lines == []
    many.render_all(replace(everything, data=other(made).data), lambda *_: None)
    comparison = (made.out / "bureau" / "2021" / "index.html").read_text("utf-8")
    assert "121" in page(made) and "121" in comparison


# --- files outside the data folder ----------------------------------------------------------------


def text_file(path: Path, value: str) -> None:
    path.write_text(value, "utf-8")


def parquet(path: Path, value: str) -> None:
    pd.DataFrame({"value": [value]}).to_parquet(path)


def database(path: Path, value: str) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (value text)")
        connection.execute("insert into t values (?)", (value,))
    connection.close()


def folder(path: Path, value: str) -> None:
    shutil.rmtree(path, ignore_errors=True)
    (path / value).mkdir(parents=True)


SQLITE = "import sqlite3\nprint(sqlite3.connect({!r}).execute('select value from t').fetchone())"
WAYS: dict[str, tuple[str, Change]] = {
    "text": ("print(open({!r}).read())", text_file),
    "csv with pandas": ("import pandas\nprint(list(pandas.read_csv({!r})))", text_file),
    "a thread": (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool:\n    print(pool.submit(open({!r}).read).result())",
        text_file,
    ),
    "parquet with pandas": ("import pandas\nprint(pandas.read_parquet({!r}))", parquet),
    "sqlite": (SQLITE, database),
    "a folder's names": ("import os\nprint(os.listdir({!r}))", folder),
    "a module beside it": (
        "import importlib.util as u\ns = u.spec_from_file_location('m', {!r})\n"
        "m = u.module_from_spec(s)\ns.loader.exec_module(m)\nprint(m.value)",
        lambda path, value: path.write_text(f"value = {value!r}\n", "utf-8"),
    ),
    "another program": ("import subprocess\nprint(subprocess.getoutput('cat ' + {!r}))", text_file),
}


@pytest.mark.parametrize(
    "way", matrix(WAYS, {"text", "parquet with pandas", "sqlite", "another program"})
)
def test_a_file_that_a_cell_reads_counts_wherever_it_lies(
    way: str, made: Request, tmp_path: Path
) -> None:
    """Here: below a temporary folder. The command line, and all that is behind it."""
    source, change = WAYS[way]
    name = "outside.py" if "module" in way else "outside"
    file = tmp_path / name
    change(file, "first-value")
    write_notebook(made.notebooks / "00-summary.ipynb", "摘要", source.format(str(file)))
    said(made)
    assert "first-value" in page(made)
    change(file, "other-value")
    assert UNCHANGED not in said(made) and "other-value" in page(made)


def test_a_file_read_by_a_library_itself_counts_where_it_is_declared(
    made: Request, tmp_path: Path
) -> None:
    """Arrow opens files by itself, which cannot be seen; undeclared, the chapter always runs."""
    file = tmp_path / "outside.parquet"
    parquet(file, "first-value")
    source = f"import pyarrow.parquet\nprint(pyarrow.parquet.read_table({str(file)!r}).to_pylist())"
    notebook = write_notebook(made.notebooks / "00-summary.ipynb", "摘要", source)
    assert "运行" in said(made) and "运行" in said(made)
    content = json.loads(notebook.read_text("utf-8"))
    content["metadata"]["inputs"] = ["../outside.parquet"]
    notebook.write_text(json.dumps(content), "utf-8")
    assert "运行" in said(made) and said(made) == UNCHANGED
    parquet(file, "other-value")
    assert "outside.parquet 有变化" in said(made) and "other-value" in page(made)
    file.unlink()
    with pytest.raises(UsageError, match=r"inputs 所列的 \.\./outside\.parquet 不存在"):
        said(made)


def test_a_file_that_a_cell_makes_for_itself_is_no_input(made: Request) -> None:
    source = (
        "import tempfile, pathlib\nwith tempfile.TemporaryDirectory() as place:\n"
        "    file = pathlib.Path(place, 'x')\n    file.write_text('1')\n    print(file.read_text())"
    )
    write_notebook(made.notebooks / "00-summary.ipynb", "摘要", source)
    said(made)
    assert said(made) == UNCHANGED


# --- the libraries --------------------------------------------------------------------------------


LIBRARY_FILES = (
    "jinja2/utils.py",
    "jinja2-*.dist-info/METADATA",
    "pylopdf_fonts_zh_cn/**/*.[ot]tf",
)


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the template library and of the font, found before the installed ones."""
    import jinja2  # noqa: PLC0415
    import pylopdf_fonts_zh_cn  # noqa: PLC0415

    place = tmp_path_factory.mktemp("libraries")
    for module in (jinja2, pylopdf_fonts_zh_cn):
        package = Path(module.__file__ or "").parent
        shutil.copytree(package, place / package.name)
    (information,) = Path(jinja2.__file__).parents[1].glob("jinja2-*.dist-info")
    shutil.copytree(information, place / information.name)
    return place


@pytest.mark.parametrize("pattern", matrix(LIBRARY_FILES, LIBRARY_FILES[1:2]))
def test_another_library_or_font_runs_everything_again(
    made: Request, copied: Path, pattern: str
) -> None:
    """Its code, its version as the manifest records it, its font."""
    path = os.pathsep.join([str(copied), str(REPO)])
    command(made, PYTHONPATH=path)
    assert UNCHANGED in command(made, PYTHONPATH=path)
    file = next(copied.glob(pattern))
    before = file.read_bytes()
    file.write_bytes(before.replace(b"\nVersion: 3", b"\nVersion: 4") + b"\n")
    assert "程序库有变化" in command(made, PYTHONPATH=path)
    if file.name == "METADATA":
        manifest = json.loads((made.out / "tiny/2021/manifest.json").read_text("utf-8"))
        assert manifest["versions"]["jinja2"].startswith("4")


# --- the published folder -------------------------------------------------------------------------


FOREIGN = ("notes.txt", "empty/", "deep/er/page.html", ".hidden")


@pytest.mark.parametrize("name", matrix(FOREIGN, {"notes.txt", "empty/"}))
def test_a_published_folder_is_exactly_its_manifest(made: Request, name: str) -> None:
    """What does not belong there is told by `verify` and gone after `render`, though nothing runs."""
    said(made)
    report = made.out / "tiny" / "2021"
    before = {path.name: path.read_bytes() for path in report.iterdir()}
    place = report / name
    if name.endswith("/"):
        place.mkdir()
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("foreign", "utf-8")
    first = name.split("/", maxsplit=1)[0]
    assert f"{first}：文件夹中有，清单中没有" in verify.differences(report, made)
    assert UNCHANGED not in said(made)
    assert {path.name: path.read_bytes() for path in report.iterdir()} == before
    assert verify.differences(report, made) == []


def tampered(request: Request) -> None:
    """Another number on the page, and the page's new hash in the manifest and the crate's."""
    report = request.out / "tiny" / "2021"
    manifest = report / "manifest.json"
    old = fingerprints.of_path(report / "index.html")
    (report / "index.html").write_text(page(request).replace("120", "987"), "utf-8")
    new = fingerprints.of_path(report / "index.html")
    manifest.write_text(manifest.read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.parametrize("cache", matrix(["there", "lost", "broken"], {"there", "broken"}))
def test_a_page_changed_together_with_its_manifest_is_made_again(made: Request, cache: str) -> None:
    """Also where the records beside the report are lost: that costs only time."""
    said(made)
    tampered(made)
    assert verify.differences(made.out / "tiny" / "2021", made)
    for place in [path for path in made.out.rglob("*.json") if ".cache" in str(path)]:
        if cache == "lost":
            place.unlink()
        elif cache == "broken":
            place.write_bytes(b"\xff[" + b"[" * 100_000)
    assert UNCHANGED not in said(made) and "987" not in page(made) and "120" in page(made)
    assert verify.differences(made.out / "tiny" / "2021", made) == []


def test_other_chapters_are_not_taken_over_from_a_folder_that_was_changed(made: Request) -> None:
    """One chapter is asked for; the page of the other was tampered with."""
    write_notebook(made.notebooks / "07-challenges.ipynb", "面临挑战", "print('固定')")
    said(made)
    tampered(made)
    assert "沿用（没有变化）：摘要" in said(replace(made, chapters=(7,), force=True))
    assert "987" not in page(made) and "120" in page(made)


def test_a_chapter_left_out_when_its_notebook_changed_is_made_later(made: Request) -> None:
    """Its page is older than the manifest around it."""
    write_notebook(made.notebooks / "07-challenges.ipynb", "面临挑战", "print('固定')")
    said(made)
    write_notebook(made.notebooks / "00-summary.ipynb", "摘要", "print('changed')")
    said(replace(made, chapters=(7,)))
    assert "changed" not in page(made)
    assert "摘要（笔记本有变化）" in said(made) and "changed" in page(made)


def test_what_the_cache_holds_never_blocks_a_render(made: Request) -> None:
    """A folder where a file is expected, and a file where the folder is."""
    said(made)
    for place in [path for path in made.out.rglob("*.json") if ".cache" in str(path)]:
        place.unlink()
        place.mkdir()
    assert UNCHANGED not in said(made)
    shutil.rmtree(made.out / "tiny" / ".2021.cache")
    shutil.rmtree(made.out / ".cache")
    (made.out / "tiny" / ".2021.cache").write_text("", "utf-8")
    (made.out / ".cache").write_text("", "utf-8")
    assert UNCHANGED not in said(made) and "120" in page(made)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"paths": []}',
        '{"inputs": [], "result": {}}',
        '{"inputs": {"x": []}, "result": {"body": 3, "manifest": [], "report": 1, "page": 2}}',
        '{"inputs": {"\\u0000": "x"}, "result": {"body": "", "manifest": "", "report": "", "page": ""}}',
    ],
    ids=["deep", "another format", "no inputs", "no texts", "an impossible path"],
)
@pytest.mark.parametrize("signed", [True, False], ids=["own checksum", "no checksum"])
def test_a_corrupt_cache_costs_only_time(made: Request, text: str, signed: bool) -> None:
    """Also one with the right checksum over content of another form."""
    said(made)
    content = text.encode()
    if signed:
        content = fingerprints.digest(content).encode() + b"\n" + content
    for place in [path for path in made.out.rglob("*.json") if ".cache" in str(path)]:
        place.write_bytes(content)
    assert UNCHANGED not in said(made)
    assert "120" in page(made) and said(made) == UNCHANGED


# --- other schools --------------------------------------------------------------------------------


def test_registering_another_school_changes_no_byte_of_a_report(
    made: Request, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nor does a programme that the new school adds to the codebook; `verify` still passes."""
    said(made)
    report = made.out / "tiny" / "2021"
    before = {path.name: path.read_bytes() for path in report.iterdir()}
    assert made.data
    with (made.data / "schools.csv").open("a", encoding="utf-8") as schools:
        schools.write("other,另一学校,另校,某地\n")
    extended = tmp_path / "package" / "qzanalysis"
    shutil.copytree(fingerprints.PACKAGE, extended)
    with (extended / "codebook" / "programmes.csv").open("a", encoding="utf-8") as table:
        table.write("weaving,织造,,,other 学校登记\n")
    monkeypatch.setattr(fingerprints, "PACKAGE", extended)
    fingerprints.package.cache_clear()
    fingerprints.code.cache_clear()
    try:
        assert verify.differences(report, made) == []
        said(replace(made, force=True))
    finally:
        monkeypatch.undo()
        fingerprints.package.cache_clear()
        fingerprints.code.cache_clear()
    assert {path.name: path.read_bytes() for path in report.iterdir()} == before


def test_another_name_of_the_school_is_another_report(made: Request) -> None:
    said(made)
    assert made.data
    schools = made.data / "schools.csv"
    schools.write_text(schools.read_text("utf-8").replace("小小中专", "小小职校"), "utf-8")
    assert "输入 data/schools.csv?school=tiny 与发布时不同" in verify.differences(
        made.out / "tiny" / "2021", made
    )
    assert UNCHANGED not in said(made) and "小小职校" in page(made)
