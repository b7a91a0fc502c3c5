"""Numbers, texts, names and options that no honest user gives: exit 2, a bounded message, in time.

Each class of fault goes through every door it can come in by: data files, hand-made CSV, workbook,
`params.toml`, the command line.
"""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from click.testing import Result
from intake.conftest import HEADER, make_tiny, state
from openpyxl import load_workbook
from typer.testing import CliRunner

from qzanalysis.cli import app
from qzanalysis.intake import workbook

DIGITS = "9" * 4301  # more than int() reads
FIELD = "x" * 131_073  # more than the csv module reads
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
SCHOOL = "school,name,short_name,region\n"
REGISTER = (
    "finding,indicator,breakdown,year,source,printed,decision,value,reason,decided_by\n"
    ",students,,2021,附表1#28,120,use,{},理由,审核岗\n"
)
SECONDS, LONGEST = 10.0, 60_000  # of an answer, and characters of its message


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is not refused writes into the current folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one small report."""
    return make_tiny(tmp_path / "data")


def refused(*arguments: object, **options: object) -> str:
    """The message of a command that is refused: exit 2, no traceback, in time, of bounded length."""
    begin = time.perf_counter()
    result: Result = CliRunner().invoke(app, [str(each) for each in arguments], **options)  # type: ignore[arg-type]
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert time.perf_counter() - begin < SECONDS
    assert result.exit_code == 2, result.output
    assert len(result.stderr) < LONGEST and "Traceback" not in result.stderr
    return result.stderr


def append(path: Path, row: str) -> None:
    """Add a row to a CSV."""
    with path.open("a", encoding="utf-8") as file:
        file.write(row)


ROWS = {
    "a year of 4301 digits": f"students,,{DIGITS},120,附表1#28,\n",
    "a figure of 400 digits": f"students,,2021,{'9' * 400},附表1#28,\n",
    "a figure of 41 digits": f"students,,2021,{'9' * 41},附表1#28,\n",
    "a figure of 4301 decimals": f"students,,2021,1.{DIGITS},附表1#28,\n",
    "a source of 4301 digits": f"students,,2021,120,附表{DIGITS}#28,\n",
    "a cohort of 4301 digits": f"academic_pass_rate,cohort={DIGITS};course=chinese,2021,9%,附表1#9,\n",
    "a field that csv does not read": f"students,,2021,120,附表1#28,{FIELD}\n",
    "an Arabic-Indic year": f"students,,{'2021'.translate(ARABIC)},120,附表1#29,\n",
    "an Arabic-Indic figure": f"students,,2021,{'120'.translate(ARABIC)},附表1#29,\n",
    "an Arabic-Indic source": f"students,,2021,120,附表{'1#29'.translate(ARABIC)},\n",
    "an Arabic-Indic section": f"students,,2021,120,§{'1.2'.translate(ARABIC)},\n",
    "an Arabic-Indic cohort": (
        f"academic_pass_rate,cohort=20{'18'.translate(ARABIC)};course=chinese,2021,9%,附表1#9,\n"
    ),
    "minus zero": "students,,2021,-0,附表1#29,\n",
}


@pytest.mark.parametrize("door", ["check", "render", "export", "import"])
@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_row(name: str, door: str, data: Path, tmp_path: Path) -> None:
    """Named with its file and row, whichever verb reads it."""
    if door == "import":
        path = tmp_path / "hand.csv"
        path.write_text(HEADER + ROWS[name], encoding="utf-8")
        message = refused("import", path, "-s", "tiny", "-y", 2021, "--replace", "--data", data)
        assert "hand.csv" in message
    else:
        append(data / "tiny/2021/annex.csv", ROWS[name])
        out = ("--out", tmp_path / "out") if door == "render" else ()
        assert "annex.csv" in refused(door, "--data", data, *out)


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_row_in_a_workbook(name: str, data: Path, tmp_path: Path) -> None:
    """Named with its sheet and row."""
    book = load_workbook(io.BytesIO(workbook.filled("tiny", 2021, data)))
    _, breakdown, year, printed, source, note = ROWS[name].strip("\n").split(",")
    texts = (ROWS[name].partition(",")[0], breakdown, year, printed, source, note[:32_000])
    for letter, text in zip("ABGHIJ", texts, strict=True):
        book["正文数字"][f"{letter}9"] = text
    path = tmp_path / "form.xlsx"
    book.save(path)
    before = state(data)
    message = refused("import", path, "--replace", "--data", data)
    assert "正文数字" in message and "第 9 行" in message
    assert state(data) == before


@pytest.mark.parametrize(
    "value",
    [DIGITS, "9" * 400, "1." + DIGITS, "120".translate(ARABIC), "-0"],
    ids=["4301", "400", "decimals", "arabic", "minus zero"],
)
def test_a_hostile_decision(value: str, data: Path) -> None:
    """The value to use is read like a printed one."""
    path = data / "tiny/2021/corrections.csv"
    path.write_text(REGISTER.format(value), encoding="utf-8")
    assert "corrections.csv" in refused("check", "--data", data)


GARBAGE = {
    "random bytes": bytes(range(256)) * 4,
    "text": b"hello world\n",
    "NUL": REGISTER.format("110").encode().replace(b"use", b"u\0se"),
    "only NUL": bytes(1000),
    "UTF-16": REGISTER.format("110").encode("utf-16"),
    "GB18030": REGISTER.format("110").encode("gb18030"),
    "empty": b"",
    "long field": REGISTER.format("110").encode() + b"," + FIELD.encode() + b",,,,,,,,\n",
    "open quote": REGISTER.format('"110').encode(),
}


@pytest.mark.parametrize("verb", ["check", "check --decided", "render", "export"])
@pytest.mark.parametrize("name", GARBAGE)
def test_a_register_that_cannot_be_read_is_refused(
    name: str, verb: str, data: Path, tmp_path: Path
) -> None:
    """A decision that is not understood is never passed over."""
    (data / "tiny/2021/corrections.csv").write_bytes(GARBAGE[name])
    out = ("--out", tmp_path / "out") if verb == "render" else ()
    assert "corrections.csv" in refused(*verb.split(), "--data", data, *out)


def test_a_register_that_is_a_folder_is_refused(data: Path) -> None:
    """It is no file."""
    (data / "tiny/2021/corrections.csv").mkdir()
    assert "corrections.csv" in refused("check", "--data", data)


SCHOOLS = {
    "the same slug twice": "tiny,小小中专,小中专,某省\ntiny,另一所,另,某省\n",
    "slugs that differ by case": "tiny,小小中专,小中专,某省\nTINY,另一所,另,某省\n",
    "a reserved slug": "bureau,小小中专,小中专,某省\n",
    "a slug of 300 characters": f"{'a' * 300},小小中专,小中专,某省\n",
    "a slug that leads out": "../tiny,小小中专,小中专,某省\n",
    "an empty slug": ",小小中专,小中专,某省\n",
    "a name of 300 characters": f"tiny,{'校' * 300},小中专,某省\n",
    "a name that runs backwards": "tiny,小小\u202e中专,小中专,某省\n",
    "no name": "tiny,,小中专,某省\n",
    "NUL": "tiny,小小\0中专,小中专,某省\n",
    "a long field": f"tiny,{FIELD},小中专,某省\n",
}


@pytest.mark.parametrize("verb", ["check", "render", "render --all", "new-year"])
@pytest.mark.parametrize("name", SCHOOLS)
def test_a_hostile_list_of_schools(name: str, verb: str, data: Path, tmp_path: Path) -> None:
    """Every verb refuses it with the row."""
    (data / "schools.csv").write_text(SCHOOL + SCHOOLS[name], encoding="utf-8")
    out = ("--out", tmp_path / "out") if "render" in verb else ()
    more = ("-s", "tiny", "-y", 2022) if verb == "new-year" else ()
    assert "schools.csv" in refused(*verb.split(), *more, "--data", data, *out)


NAMES = ("--name", "邻县中专", "--short-name", "邻中", "--region", "某省")


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("bureau", "保留"),
        ("assets", "保留"),
        ("index", "保留"),
        ("con", "保留"),
        ("Tiny", "小写字母"),
        ("a" * 300, "小写字母"),
        ("٣", "小写字母"),
        ("", "小写字母"),
    ],
)
def test_a_slug_that_cannot_be_registered(slug: str, words: str, data: Path) -> None:
    """Names that the site or a file system uses, too long, of another alphabet."""
    before = state(data)
    assert words in refused("new-school", "-s", slug, *NAMES, "--yes", "--data", data)
    assert state(data) == before


@pytest.mark.parametrize("option", ["--name", "--short-name", "--region"])
@pytest.mark.parametrize("text", ["校" * 300, "a\u202eb", "a\0b", "  ", "a\u200bb"])
def test_a_name_that_cannot_be_registered(option: str, text: str, data: Path) -> None:
    """Too long, empty, or with characters that mislead."""
    before = state(data)
    message = refused("new-school", "-s", "x", *NAMES, option, text, "--yes", "--data", data)
    assert option in message and state(data) == before


PARAMETERS = {
    "a year of 4301 digits": f"[defaults]\nyear = {DIGITS}\n",
    "a nested array": f"x = {'[' * 5000}{']' * 5000}\n",
    "nested tables": f"[{'.'.join('a' * 2000)}]\nx = 1\n",
    "a long text": f'x = "{"9" * 2_000_000}"\n',
    "NUL": "x = 1\0\n",
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_hostile_parameter_file(name: str, data: Path, tmp_path: Path) -> None:
    """Refused with the file's name."""
    (data / "params.toml").write_text(PARAMETERS[name], encoding="utf-8")
    (data / "tiny/params.toml").write_text(PARAMETERS[name], encoding="utf-8")
    (data / "tiny/2021/params.toml").write_text(PARAMETERS[name], encoding="utf-8")
    message = refused("render", "--data", data, "--out", tmp_path / "out")
    assert "params.toml" in message


OPTIONS = {
    "no out": (("render", "--out", ""), "--out"),
    "no data": (("render", "--data", ""), "--data"),
    "many jobs": (("render", "--jobs", "9" * 20), "--jobs"),
    "no jobs": (("render", "--jobs", "0"), "--jobs"),
    "Arabic-Indic jobs": (("render", "--jobs", "٣"), "--jobs"),
    "Arabic-Indic year": (("render", "-p", "year=٢٠٢١"), "year"),
    "Arabic-Indic --year": (("render", "--year", "٢٠٢١"), "--year"),
    "a year of 4301 digits": (("check", "--year", DIGITS), "--year"),
    "a parameter of 4301 digits": (("render", "-p", f"year={DIGITS}"), "year"),
    "a chapter of 4301 digits": (("render", "--chapter", DIGITS), "--chapter"),
    "export to nothing": (("export", "--out", ""), "--out"),
    "form to nothing": (("new-year", "-s", "tiny", "-y", "2022", "--out", ""), "--out"),
    "audit to nothing": (("audit", __file__, "--out", ""), "--out"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_a_hostile_option(name: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by its name, before anything is answered."""
    arguments, words = OPTIONS[name]
    monkeypatch.setenv("QZANALYSIS_DATA", str(data))
    assert words in refused(*arguments)


@pytest.mark.parametrize("verb", ["check", "render", "export", "new-year", "import", "check --all"])
@pytest.mark.parametrize("place", ["/nonexist", "/dev/null", "file", "empty"])
def test_a_data_folder_without_data_is_named(verb: str, place: str, tmp_path: Path) -> None:
    """The folder that was looked in, and the option that names another."""
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    folder = place if place.startswith("/") else str(tmp_path / place)
    hand = tmp_path / "hand.csv"
    hand.write_text(HEADER + "students,,2021,120,附表1#28,\n", encoding="utf-8")
    more: dict[str, tuple[object, ...]] = {
        "new-year": ("-s", "tiny", "-y", 2022),
        "import": (hand, "-s", "tiny", "-y", 2021),
        "render": ("--out", tmp_path / "out"),
    }
    message = refused(*verb.split(), *more.get(verb, ()), "--data", folder)
    assert folder in message and "--data" in message


def test_very_many_rows_are_refused_by_size_first(data: Path) -> None:
    """A bounded list, and the number of the others."""
    row = "students,,2021,120,附表1#28,\n"
    (data / "tiny/2021/annex.csv").write_text(HEADER + row * 200_000, encoding="utf-8")
    assert "annex.csv" in refused("check", "--data", data)


def test_a_thousand_faults_are_a_bounded_list(data: Path) -> None:
    """The others are counted."""
    append(data / "tiny/2021/annex.csv", "students,,2021,120,附表1#28,\n" * 1000)
    message = refused("check", "--data", data)
    assert message.count("\n") < 250 and "另有" in message


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("job_match_rate,,2021,134%,附表1#17,{}\n", "134%"),
        ("job_match_rate,,2021,134,附表1#17,{}\n", "134"),
        ("students,,2091,120,附表1#29,{}\n", "2091"),
        ("students,,2022,120,附表1#29,{}\n", "2022"),
        ("students,,2019,120,附表1#29,{}\n", "2019"),
        ("students,,2019,120,§1.2表#3,{}\n", "2019"),
        ("academic_pass_rate,cohort=2018;course=chinese,2017,90%,§2.1.2表#1,{}\n", "2017"),
    ],
)
def test_what_cannot_be_is_a_fault_unless_it_is_marked(
    row: str, words: str, data: Path, tmp_path: Path
) -> None:
    """In a CSV by hand; a note that begins with 照印 lets it through."""
    path = tmp_path / "hand.csv"
    sound = HEADER + "students,,2021,120,附表1#28,\n"
    arguments = ("import", path, "-s", "tiny", "-y", 2021, "--replace", "--data", data)
    path.write_text(sound + row.format(""), encoding="utf-8")
    message = refused(*arguments)
    assert words in message and "照印" in message
    path.write_text(sound + row.format("照印：报告如此"), encoding="utf-8")
    assert CliRunner().invoke(app, [str(each) for each in arguments]).exit_code == 0
