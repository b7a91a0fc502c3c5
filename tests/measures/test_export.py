"""What `qzanalysis export` takes along: numbers as printed, and numbers as decided, side by side."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from qzanalysis import cli, load, measures
from qzanalysis.measures import export
from qzanalysis.reports.corrections import COLUMNS

LAND = {
    "finding": "ratio-land_per_student-2021",
    "indicator": "land_per_student",
    "breakdown": "",
    "year": "2021",
    "source": "附表1#29",
    "printed": "51.00",
    "decision": "use",
    "value": "58.48",
    "reason": "与占地总面积一致",
    "decided_by": "质量年报审核岗",
}
BEFORE = [
    "school", "report_year", "indicator", "name", "breakdown", "year", "value", "unit", "printed",
    "status", "source", "note", "file", "row",
]  # fmt: skip


@pytest.fixture
def decided(data_copy: Path) -> Path:
    """The real data with one decision: 58.48 instead of 51.00."""
    lines = [COLUMNS, [LAND[column] for column in COLUMNS]]
    path = data_copy / "quzhou-zhongzhuan" / "2021" / "corrections.csv"
    path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
    return data_copy


def exported(data: Path, to: Path) -> pd.DataFrame:
    """The table that the command line writes."""
    where = ["--data", str(data), "--school", "quzhou-zhongzhuan", "--out", str(to / "all.csv")]
    done = CliRunner().invoke(cli.app, ["export", *where])
    assert done.exit_code == 0, done.output
    return pd.read_csv(to / "all.csv", dtype=str, keep_default_na=False)


def test_printed_and_decided_numbers_stand_in_columns_of_their_own(
    decided: Path, tmp_path: Path
) -> None:
    """The page shows 58.48: so does the export, which also keeps 51.00."""
    table = exported(decided, tmp_path)
    assert list(table.columns[: len(BEFORE)]) == BEFORE
    (row,) = table[
        (table["indicator"] == "land_per_student") & (table["source"] == "附表1#29")
        & (table["year"] == "2021")
    ].to_dict("records")  # fmt: skip
    assert (row["value"], row["printed"]) == ("51", "51.00")
    assert (row["decided_value"], row["decision"], row["reason"]) == (
        "58.48", "use", "与占地总面积一致（质量年报审核岗）",
    )  # fmt: skip
    shown = load("quzhou-zhongzhuan", 2021, decided).fact("land_per_student")
    assert row["decided_value"] == format(shown.value, "f")


def test_a_derived_number_says_which_of_the_two_it_rests_on(decided: Path, tmp_path: Path) -> None:
    """`value` rests on printed figures alone, `decided_value` on the decided ones too."""
    table = exported(decided, tmp_path)
    derived = table[table["status"] == "derived"]
    (level,) = derived[derived["breakdown"] == "国家标准：land_per_student_minimum：level"].to_dict(
        "records"
    )
    assert float(level["value"]) == pytest.approx(51 / 33 * 100)
    assert float(level["decided_value"]) == pytest.approx(58.48 / 33 * 100)
    assert level["decision"] == "use" and "与占地总面积一致" in level["reason"]
    others = derived[~derived["breakdown"].str.startswith("国家标准：land_per_student")]
    assert set(others["decided_value"]) | set(others["decision"]) == {""}


def test_without_decisions_the_added_columns_are_empty(tmp_path: Path) -> None:
    table = exported(Path("data"), tmp_path)
    assert set(table[["decided_value", "decision", "reason"]].to_numpy().ravel()) == {""}


def test_a_number_that_only_a_decision_gives_has_no_printed_value(
    data_copy: Path, tmp_path: Path
) -> None:
    """A figure that was left blank, and what is computed from it."""
    report = load("quzhou-zhongzhuan", 2021, data_copy)
    blank = report.observations[report.observations["printed"] == ""].iloc[0]
    line = LAND | {
        "indicator": blank["indicator"], "breakdown": blank["breakdown"],
        "year": str(blank["year"]), "source": blank["source"], "printed": "", "value": "5",
    }  # fmt: skip
    path = data_copy / "quzhou-zhongzhuan" / "2021" / "corrections.csv"
    text = [",".join(COLUMNS), ",".join(line[column] for column in COLUMNS)]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    table = export.everything(load("quzhou-zhongzhuan", 2021, data_copy))
    (row,) = table[table["decision"] == "use"].query("status != 'derived'").to_dict("records")
    assert (row["value"], row["decided_value"]) == ("", "5")


def test_derived_measures_are_those_of_the_report_given() -> None:
    report = load("quzhou-zhongzhuan", 2021)
    assert list(measures.derived(report)["value"]) == list(
        measures.derived(report.as_printed())["value"]
    )
