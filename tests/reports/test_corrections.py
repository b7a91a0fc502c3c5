"""The register of known errors: decisions are applied, told, and guarded."""

from __future__ import annotations

from pathlib import Path

import pytest

from qzanalysis import load
from qzanalysis.audit import Finding, run
from qzanalysis.audit.findings import concerning
from qzanalysis.errors import BadData
from qzanalysis.intake import importing
from qzanalysis.pages import questions
from qzanalysis.reports import corrections
from qzanalysis.reports.corrections import COLUMNS, Correction, apply, read

SENIOR = {
    "finding": "ratio-senior_title_share-2021",
    "indicator": "senior_teachers",
    "breakdown": "",
    "year": "2021",
    "source": "§4.4.3",
    "printed": "96",
    "decision": "use",
    "value": "97",
    "reason": "与三处所印占比一致",
    "decided_by": "质量年报审核岗",
}


def registered(tmp_path: Path, **fields: str) -> Path:
    """A data folder with a register of one decision."""
    folder = tmp_path / "quzhou-zhongzhuan" / "2021"
    folder.mkdir(parents=True)
    line = SENIOR | fields
    text = ",".join(COLUMNS) + "\n" + ",".join(line[column] for column in COLUMNS) + "\n"
    (folder / corrections.FILE).write_text(text, encoding="utf-8")
    return tmp_path


def decided(tmp_path: Path, **fields: str) -> tuple[Correction, ...]:
    """The decisions of such a register."""
    return read("quzhou-zhongzhuan", 2021, registered(tmp_path, **fields))


def test_the_decided_value_is_used_and_the_printed_one_kept(tmp_path: Path) -> None:
    """The analysis counts 97, the page can still show 96 and why."""
    report = apply(load("quzhou-zhongzhuan", 2021), decided(tmp_path))
    frame = report.observations
    (row,) = frame[frame["correction"] != ""].to_dict("records")
    assert (row["printed"], row["quantity"].value) == ("96", 97)
    assert "97" in row["correction"] and "质量年报审核岗" in row["correction"]
    assert report.fact("senior_teachers").value == 97


def test_the_finding_is_gone_once_the_value_is_decided(tmp_path: Path) -> None:
    """The checks agree with the decision."""
    report = apply(load("quzhou-zhongzhuan", 2021), decided(tmp_path))
    verdicts = {finding.id: finding.verdict for finding in run(report)}
    assert verdicts["ratio-senior_title_share-2021"] == "rounded"


def test_a_question_to_the_school_changes_no_value(tmp_path: Path) -> None:
    """Asking is marked beside the figure; the figure stays."""
    report = apply(load("quzhou-zhongzhuan", 2021), decided(tmp_path, decision="ask", value=""))
    assert report.fact("senior_teachers").value == 96
    assert report.observations["correction"].str.contains("待学校说明").sum() == 1


def test_a_changed_printed_value_stops_the_run(tmp_path: Path) -> None:
    """The decision was about another text."""
    with pytest.raises(BadData, match="现印作“96”"):
        apply(load("quzhou-zhongzhuan", 2021), decided(tmp_path, printed="95"))


def test_a_figure_that_is_gone_stops_the_run(tmp_path: Path) -> None:
    """So does a decision about nothing."""
    with pytest.raises(BadData, match="§9"):
        apply(load("quzhou-zhongzhuan", 2021), decided(tmp_path, source="§9"))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"decision": "us"}, "最接近的是 use"),
        ({"value": ""}, "decision 为 use 时填写"),
        ({"value": "many"}, "可读的数字"),
        ({"reason": ""}, "非空"),
        ({"decided_by": ""}, "岗位"),
        ({"year": "二〇二一"}, "四位年份"),
        ({"year": "2" * 4301}, "四位年份"),
        ({"value": "9" * 400}, "可读的数字"),
        ({"reason": "x" * 200_000}, "131072"),
        ({"reason": "甲,乙"}, "10 列"),
    ],
)
def test_a_slip_in_the_register_is_named(tmp_path: Path, fields: dict[str, str], told: str) -> None:
    """With file, row, column and remedy."""
    with pytest.raises(BadData, match=told):
        decided(tmp_path, **fields)


def test_no_register_is_no_decision(tmp_path: Path) -> None:
    """Most reports have none."""
    assert read("quzhou-zhongzhuan", 2021, tmp_path) == ()


def test_decisions_find_their_finding(tmp_path: Path) -> None:
    """By the finding's id, or by the figure where no id is given."""
    named, unnamed = decided(tmp_path / "a"), decided(tmp_path / "b", finding="")
    findings = {finding.id: finding for finding in run(load("quzhou-zhongzhuan", 2021))}
    share = findings["ratio-senior_title_share-2021"]
    other = findings["ratio-land_per_student-2021"]
    assert concerning(share, named) == named
    assert concerning(share, unnamed) == unnamed
    assert concerning(other, named) == ()


# --- answers that come back -----------------------------------------------------------------------


def returned(tmp_path: Path, *lines: dict[str, str]) -> Path:
    """A correction sheet filled in."""
    path = tmp_path / "corrections.csv"
    rows = [",".join((SENIOR | line)[column] for column in COLUMNS) for line in lines]
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8-sig")
    return path


def test_answers_are_imported_and_unanswered_rows_are_left_out(
    data_copy: Path, tmp_path: Path
) -> None:
    books = {"indicator": "ebooks", "source": "§1.4", "printed": "5000", "finding": "x"}
    open_ = books | {"decision": "ask", "value": "", "reason": "", "decided_by": ""}
    path = returned(tmp_path, {}, open_)
    paths, notices = importing.import_file(path, "quzhou-zhongzhuan", 2021, data_copy)
    assert [p.name for p in paths] == ["corrections.csv"]
    assert notices == ["1 行没有写理由，视为未答复，不写入"]
    report = corrections.load("quzhou-zhongzhuan", 2021, data_copy)
    assert report.fact("senior_teachers").value == 97
    later = returned(tmp_path, {"decision": "accept", "value": "", "reason": "名单为 96 人"})
    importing.import_file(later, "quzhou-zhongzhuan", 2021, data_copy)
    (kept,) = read("quzhou-zhongzhuan", 2021, data_copy)
    assert (kept.decision, kept.reason) == ("accept", "名单为 96 人")


@pytest.mark.parametrize(
    "fields", [{"printed": "95"}, {"decision": "maybe"}, {"decided_by": ""}, {"source": "§9"}]
)
def test_an_answer_that_breaks_a_rule_writes_nothing(
    data_copy: Path, tmp_path: Path, fields: dict[str, str]
) -> None:
    with pytest.raises(BadData):
        importing.import_file(returned(tmp_path, fields), "quzhou-zhongzhuan", 2021, data_copy)
    assert read("quzhou-zhongzhuan", 2021, data_copy) == ()


def test_the_file_of_the_correction_sheet_can_be_returned(
    data_copy: Path, tmp_path: Path, findings: list[Finding]
) -> None:
    """As downloaded, nothing is answered; each row is of a figure that is there."""
    path = tmp_path / "corrections.csv"
    path.write_bytes(questions.returned_file(questions.register(findings)))
    assert corrections.is_register(path)
    filled = path.read_text(encoding="utf-8-sig").replace(",ask,,,", ",ask,,待查,教务处")
    path.write_text(filled, encoding="utf-8-sig")
    importing.import_file(path, "quzhou-zhongzhuan", 2021, data_copy)
    assert len(read("quzhou-zhongzhuan", 2021, data_copy)) == filled.count("待查") > 10
