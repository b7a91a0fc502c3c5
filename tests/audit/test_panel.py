"""Many reports in columns: the same figures and findings as one by one, whatever was kept before."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

pytest.importorskip("pyarrow")
import pyarrow as pa

from qzanalysis import audit as checks
from qzanalysis import cli
from qzanalysis.audit import panel, store
from qzanalysis.audit.findings import AGREE
from qzanalysis.errors import BadData
from qzanalysis.reports import corrections, loading
from qzanalysis.reports.report import Report

REAL = Path(__file__).parents[2] / "data"
SCHOOL = "quzhou-zhongzhuan"
FIELDS = ["verdict", "severity", "recomputed", "difference", "statement"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The real report, a year later with one figure restated, and a second school."""
    folder = tmp_path / "data"
    shutil.copytree(REAL, folder)
    schools = folder / "schools.csv"
    schools.write_text(schools.read_text("utf-8") + "other,别校,别校,某地\n", "utf-8")
    shutil.copytree(folder / SCHOOL / "2021", folder / "other" / "2021")
    shutil.copytree(folder / SCHOOL / "2021", folder / SCHOOL / "2022")
    table = folder / SCHOOL / "2022" / "employment.csv"
    table.write_text(table.read_text("utf-8").replace(",71.3,", ",72.4,"), "utf-8")
    return folder


def _by_hand(
    data: Path, load: Callable[[str, int, Path], Report] = loading.load
) -> dict[tuple[str, int, str], tuple[str, str]]:
    """Each report loaded and checked by itself: what the panel has to give."""
    return {
        (slug, year, finding.id): (finding.verdict, finding.severity)
        for slug in loading.schools(data)
        for year in loading.years(slug, data)
        for finding in checks.run(load(slug, year, data))
    }


def _found(frame: pd.DataFrame) -> dict[tuple[str, int, str], tuple[str, str]]:
    rows = frame[["school", "report_year", "id", "verdict", "severity"]].itertuples(index=False)
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in rows}


def test_findings_are_those_of_each_report_by_itself(data: Path) -> None:
    found = panel.findings(data, jobs=1)
    assert _found(found) == _by_hand(data)
    assert (found["rule"] == "restated").sum() == 1
    told = found.set_index(["school", "report_year", "id"])
    for finding in checks.run(loading.load("other", 2021, data)):
        if finding.verdict not in AGREE:
            row = told.loc[("other", 2021, finding.id)]
            shown = [None if pd.isna(cell) else cell for cell in row[FIELDS]]
            assert shown == [getattr(finding, name) for name in FIELDS]


def _decide(data: Path) -> None:
    """Print 58.19 m² a student in one report, and decide that 58.48 is meant."""
    folder = data / "other" / "2021"
    lines = (folder / "annex.csv").read_text("utf-8").splitlines()
    row = next(csv.reader([next(x for x in lines if x.startswith("land_per_student,,2021"))]))
    cells = ["", row[0], row[1], row[2], row[4], row[3], "use", "58.48", "按总量推算", "审核岗"]
    with (folder / corrections.FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([corrections.COLUMNS, cells])


def test_printed_figures_are_tested_unless_decided_ones_are_asked_for(data: Path) -> None:
    _decide(data)
    key = ("other", 2021, "ratio-land_per_student-2021")
    for decided, load, verdict in (
        (False, loading.load, "contradiction"), (True, corrections.load, "holds"),
    ):  # fmt: skip
        found = _found(panel.findings(data, jobs=1, decided=decided))
        assert found == _by_hand(data, load)
        assert found[key][0] == verdict or (decided and found[key][0] in AGREE)


@pytest.mark.parametrize(
    ("option", "said"), [([], "报告所印的数字；"), (["--decided"], "改用的数值；")]
)
def test_one_report_and_all_reports_test_the_same_figures(
    data: Path, option: list[str], said: str
) -> None:
    """`check` and `check --all` agree, say which figures they test, and both offer the other."""
    _decide(data)

    def shown(*arguments: str) -> str:
        call = ["check", "--data", str(data), *option, *arguments]
        result = CliRunner().invoke(cli.app, call)
        assert result.exit_code == 0, result.output
        return result.output

    of_one = ("--school", "other", "--year", "2021")
    assert said in shown(*of_one).splitlines()[0] and said in shown("--all").splitlines()[0]
    one = json.loads(shown(*of_one, "--format", "json"))
    listed = json.loads(shown("--all", "--format", "json"))
    every = {(e["id"], e["verdict"]) for e in listed if e["school"] == "other"}
    assert every == {(e["id"], e["verdict"]) for e in one if e["verdict"] not in AGREE}


def test_observations_hold_every_figure_with_its_interval(data: Path) -> None:
    frame = panel.observations(data)
    assert len(frame) == 3 * len(loading.load(SCHOOL, 2021, data).observations)
    chosen = frame[(frame["indicator"] == "job_match_rate") & (frame["school"] == "other")]
    now = chosen[(chosen["breakdown"] == "programme=accounting") & (chosen["year"] == 2021)].iloc[0]
    assert (now["printed"], now["low"], now["high"]) == ("71.3", 71.25, 71.35)
    report = corrections.load("other", 2021, data)
    exact = [q for q in report.observations["quantity"] if q is not None]
    values = frame[frame["school"] == "other"]["value"].dropna()
    assert values.to_list() == [float(quantity.value) for quantity in exact]


def test_random_edits_never_leave_anything_stale(data: Path) -> None:
    """Whatever changes (a figure, a file, a report, a school), the kept result is the new one."""
    chance = random.Random(7)
    panel.findings(data, jobs=1)
    for step in range(6):
        _edit(data, chance, step)
        assert _found(panel.findings(data, jobs=1)) == _by_hand(data), step


def _edit(data: Path, chance: random.Random, step: int) -> None:
    files = sorted(data.glob("*/20*/*.csv"))
    path = chance.choice(files)
    lines = path.read_text("utf-8").splitlines()
    if step == 2:
        shutil.rmtree(data / "other" / "2021")
    elif step == 4:
        shutil.copytree(data / SCHOOL / "2021", data / "other" / "2020")
    else:
        at = chance.randrange(1, len(lines))
        path.write_text("\n".join(lines[:at] + lines[at + 1 :]) + "\n", "utf-8")


def test_only_what_changed_is_checked_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.findings(data, jobs=1)
    asked: list[frozenset[str]] = []
    each = panel.tested
    monkeypatch.setattr(
        panel, "tested", lambda rows, **how: asked.append(how["wanted"]) or each(rows, **how)
    )
    panel.findings(data, jobs=1)
    assert not asked
    table = data / SCHOOL / "2021" / "employment.csv"
    table.write_text(table.read_text("utf-8").replace(",71.3,", ",71.4,"), "utf-8")
    panel.findings(data, jobs=1)
    # the year after it restates what it prints
    assert asked == [frozenset({f"{SCHOOL}/2021", f"{SCHOOL}/2022"})]


def test_a_broken_file_is_made_anew_and_a_read_only_folder_does(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _found(panel.findings(data, jobs=1))
    for name in (store.FILE, panel.FILES[False]):
        (data / name).write_bytes(b"PAR1 half")
    assert _found(panel.findings(data, jobs=1)) == whole
    (data / store.FILE).unlink()
    (data / panel.FILES[False]).unlink()

    def refuse(*given: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(store.pq, "write_table", refuse)
    assert _found(panel.findings(data, jobs=1)) == whole
    assert not (data / store.FILE).exists()


def test_every_problem_of_every_report_is_told(data: Path) -> None:
    for slug in (SCHOOL, "other"):
        table = data / slug / "2021" / "employment.csv"
        table.write_text(table.read_text("utf-8").replace(",71.3,", ",七一点三,"), "utf-8")
    with pytest.raises(BadData) as error:
        panel.observations(data)
    files = {problem.file for problem in error.value.problems}
    assert files == {f"{SCHOOL}/2021/employment.csv", "other/2021/employment.csv"}


def test_two_processes_give_what_one_gives(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "_AT_A_TIME", 1)
    one = _found(panel.findings(data, jobs=1))
    (data / panel.FILES[False]).unlink()
    assert _found(panel.findings(data, jobs=2)) == one


def test_what_was_kept_is_told_from_what_was_not(tmp_path: Path) -> None:
    """A report without a single row is known as well; one with another fingerprint is not."""
    columns = pa.schema([("school", pa.string()), ("report_year", pa.int16()), ("n", pa.int8())])
    rows = [("a", 2020, 1), ("a", 2020, 2), ("a", 2021, 3), ("b", 2021, 4)]
    table = pa.table(list(zip(*rows, strict=True)), schema=columns)
    path = tmp_path / "x"
    store.write(table, {"a/2020": "1", "a/2021": "2", "b/2021": "3", "c/2021": "4"}, path)
    wanted = {"a/2020": "1", "a/2021": "other", "b/2021": "3", "c/2021": "4", "d/2021": "5"}
    found = {
        name: own["n"].to_pylist() for name, own in store.stored(path, columns, wanted).items()
    }
    assert found == {"a/2020": [1, 2], "b/2021": [4], "c/2021": []}
    assert store.stored(path, columns.remove(0), wanted) == {}
    assert store.stored(tmp_path / "absent", columns, wanted) == {}
    assert [own.name for own in tmp_path.iterdir()] == ["x"]


def test_check_all_from_the_command_line(data: Path) -> None:
    run = CliRunner().invoke
    text = run(cli.app, ["check", "--all", "--data", str(data)])
    assert text.exit_code == 0, text.output
    assert f"{SCHOOL}/2022" in text.output and "共 3 份报告" in text.output
    shown = run(cli.app, ["check", "--all", "--data", str(data), "--format", "json"])
    listed = json.loads(shown.output)
    assert {entry["school"] for entry in listed} == {SCHOOL, "other"}
    assert not {entry["verdict"] for entry in listed} & AGREE
    failing = run(cli.app, ["check", "--all", "--data", str(data), "--fail-on", "contradiction"])
    assert failing.exit_code == 1
    wrong = run(cli.app, ["check", "--all", "--year", "2021", "--data", str(data)])
    assert wrong.exit_code == 2
