"""CSV by hand: what is taken, what is asked about, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from qzanalysis.reports import atomic, loading

from .conftest import HEADER, Run, state

ROW = "students,,2022,130,附表1#28,\n"


def bring(run: Run, data: Path, content: bytes | str, *options: str):
    """Import one file as the small school's 2022 report."""
    path = data.parent / "hand.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return run("import", path, "-s", "tiny", "-y", 2022, "--data", data, *options)


def stored(data: Path) -> list[str]:
    """The rows of the form that were written."""
    return (data / "tiny/2022/annex.csv").read_text(encoding="utf-8").splitlines()[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str, tiny: Path, run: Run) -> None:
    """Chinese arrives in each; the guess of GB18030 is told."""
    content = (HEADER + ROW.replace(",\n", ",说明文字\n")).encode(encoding)
    result = bring(run, tiny, content)
    assert result.exit_code == 0, result.stderr
    assert stored(tiny) == ["students,,2022,130,附表1#28,说明文字"]
    assert ("GB18030" in result.stderr) is (encoding == "gb18030")


@pytest.mark.parametrize(
    ("indicator", "typed", "kept", "value"),
    [
        ("students", "１３０", "130", 130),
        ("students", '"1,300"', '"1,300"', 1300),
        ("students", "1 300", "1 300", 1300),
        ("students", "1.3万", "1.3万", 13000),
        ("equipment_per_student", "0.0002亿", "0.0002亿", 20000),
        ("job_match_rate", "９１．５％", "91.5%", 91.5),
        ("job_match_rate", "915‰", "915‰", 91.5),
        ("job_match_rate", "／", "/", None),
        ("student_teacher_ratio", "18.3：1", "18.3:1", 18.3),
        ("students", "", "", None),
        ("students", "　", "", None),
        ("students", "90余", "90余", 90),
        ("equipment_per_student", "6928.78", "6928.78", 6928.78),
        ("equipment_per_student", "7012.35", "7012.35", 7012.35),
        ("equipment_per_student", "2021.12", "2021.12", 2021.12),
        ("equipment_per_student", "3294.9", "3294.9", 3294.9),
    ],
)
def test_notations(
    indicator: str, typed: str, kept: str, value: float | None, tiny: Path, run: Run
) -> None:
    """Width is normalised, nothing else; the value is what was meant."""
    result = bring(run, tiny, f"{HEADER}{indicator},,2022,{typed},附表1#28,\n")
    assert result.exit_code == 0, result.stderr
    assert stored(tiny) == [f"{indicator},,2022,{kept},附表1#28,"]
    fact = loading.load("tiny", 2022, tiny).fact(indicator)
    assert (float(fact) == value) if value is not None else not fact.known


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ('"12,5"', "两种读法"),
        ('"0,125"', "两种读法"),
        ('"1234,567"', "两种读法"),
        ("—", "--dash"),
        ("-", "--dash"),
        ("–", "--dash"),
        ("12 34", "空格"),
        ("3-2", "日期"),
        ("2021.3.2", "日期"),
        ("2021年3月", "日期"),
        ("3月2日", "日期"),
        ("=1+1", "报告所印的数字"),
        ("<b>5</b>", "报告所印的数字"),
        ("①", "特殊字符"),
        ("1e5", "报告所印的数字"),
        ("9" * 40, "小于"),
        ("9" * 100, "60 个字符"),
        ("18.3:1", "不是比"),
        ("5‰", "千分号"),
    ],
)
def test_ambiguous_or_unreadable_is_asked_about(
    typed: str, words: str, tiny: Path, run: Run
) -> None:
    """File, row, column, and both readings where there are two."""
    before = state(tiny)
    result = bring(run, tiny, f"{HEADER}students,,2022,{typed},附表1#28,\n")
    assert result.exit_code == 2 and words in result.stderr
    assert "hand.csv，第 2 行，列 printed" in result.stderr
    assert state(tiny) == before


@pytest.mark.parametrize(("choice", "printed"), [("missing", ""), ("zero", "0")])
def test_a_dash_is_what_one_says(choice: str, printed: str, tiny: Path, run: Run) -> None:
    """And the note keeps what was printed."""
    result = bring(run, tiny, f"{HEADER}students,,2022,—,附表1#28,\n", "--dash", choice)
    assert result.exit_code == 0, result.stderr
    assert (
        stored(tiny)[0].startswith(f"students,,2022,{printed},附表1#28,") and "—" in stored(tiny)[0]
    )
    status = loading.load("tiny", 2022, tiny).observations["status"].iloc[0]
    assert status == ("missing" if choice == "missing" else "reported")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["空文件"]),
        (b"\xff\xfei\x00", ["UTF-16"]),
        (b"\xd0\xcf\x11\xe0" + bytes(10), ["Excel"]),
        (b"%PDF-1.4", ["extract"]),
        (b"\x80\x81\xff\xff", ["GB18030"]),
        (HEADER + "a\0b,,2022,1,前言,\n", ["GB18030"]),
        (HEADER.replace("printed", "value") + ROW, ["printed", "value"]),
        (HEADER.replace("note", "printed") + ROW, ["重复", "note"]),
        (HEADER + "students,,2022,1,300,附表1#28,\n", ["7 列", "第 2 行"]),
        (HEADER + 'students,,2022,"1,附表1#28,\n', ["CSV"]),
        (HEADER + ROW + ROW, ["重复", "第 3 行", "第 2 行"]),
        (HEADER + "studens,,2022,1,附表1#28,\n", ["studens", "students"]),
        (HEADER + "students,programme=cnx,2022,1,附表1#28,\n", ["cnx", "cnc"]),
        (HEADER + "students,,22,1,附表1#28,\n", ["2000 至 2100"]),
        (HEADER + "students,,2022,1,第三页,\n", ["§1.3"]),
        (HEADER + "students,,2022,1,附表1#28,\u202eabc\n", ["控制字符"]),
        (HEADER, ["没有填写任何数字"]),
        (HEADER + ROW * 10_001, ["10000"]),
    ],
)
def test_bad_files(content: bytes | str, words: list[str], tiny: Path, run: Run) -> None:
    """One message for each fault, exit 2, nothing written."""
    before = state(tiny)
    result = bring(run, tiny, content)
    assert result.exit_code == 2
    assert [word for word in words if word not in result.stderr] == []
    assert state(tiny) == before


def test_chinese_headings_in_any_order_and_chinese_names(tiny: Path, run: Run) -> None:
    """As the workbook calls them; names of the codebook become ids."""
    text = "年份,指标,细分,所印,说明,出处\n2022,对口就业率,专业=会计电算化,90%,,§2.4表#1\n"
    result = bring(run, tiny, text)
    assert result.exit_code == 0, result.stderr
    written = (tiny / "tiny/2022/employment.csv").read_text(encoding="utf-8")
    assert written.endswith("job_match_rate,programme=accounting,2022,90%,§2.4表#1,\n")


def test_a_folder_of_files_goes_to_the_files_of_their_sources(tiny: Path, run: Run) -> None:
    """The register of corrections is not an observation file."""
    folder = tiny.parent / "hand"
    folder.mkdir()
    (folder / "a.csv").write_text(HEADER + ROW, encoding="utf-8")
    (folder / "b.csv").write_text(HEADER + "teachers,,2022,9,§1.3,\n", encoding="utf-8")
    (folder / "corrections.csv").write_text("finding\n", encoding="utf-8")
    result = run("import", folder, "-s", "tiny", "-y", 2022, "--data", tiny)
    assert result.exit_code == 0, result.stderr
    names = sorted(path.name for path in (tiny / "tiny/2022").iterdir())
    assert names == ["annex.csv", "text-school.csv"]
    assert '"tiny/2022/text-school.csv"' in (tiny / "datapackage.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "--school"),
        (("-s", "../x", "-y", "2022"), "小写字母"),
        (("-s", "tinny", "-y", "2022"), "tiny"),
        (("-s", "tiny", "-y", "20222"), "2001 至 2100"),
        (("-s", "tiny", "-y", "2021"), "--replace"),
    ],
)
def test_whose_figures_must_be_clear(
    options: tuple[str, ...], words: str, tiny: Path, run: Run
) -> None:
    """A CSV does not say it."""
    path = tiny.parent / "hand.csv"
    path.write_text(HEADER + ROW.replace("2022", "2021"), encoding="utf-8")
    before = state(tiny)
    result = run("import", path, *options, "--data", tiny)
    assert result.exit_code == 2 and words in result.stderr and state(tiny) == before


def test_a_folder_that_cannot_be_written_loses_nothing(
    tiny: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed swap leaves the old figures, and no left-overs."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "swap", full)
    before = state(tiny)
    result = bring(run, tiny, HEADER + ROW, "--replace")
    assert result.exit_code == 1 and "2022" in result.stderr
    assert state(tiny) == before
