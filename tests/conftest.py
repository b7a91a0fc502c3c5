"""What the tests of the core share: the real report, small made-up reports, and copies of the data."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from notebook_cells import FOLDER, Shown, execute_all

from qzanalysis.audit import Finding, run
from qzanalysis.reports.loading import load
from qzanalysis.reports.report import Report, School
from qzanalysis.reports.schema import OBSERVATION_COLUMNS, with_figures

REPO = Path(__file__).parents[1]
SCHOOL, YEAR = "quzhou-zhongzhuan", 2021

# The same examples on every machine, however slow it is.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

Row = Sequence[str | int]
Build = Callable[..., Report]
Edit = Callable[..., Report]


@pytest.fixture(scope="session")
def report() -> Report:
    """The real report of 2021."""
    return load(SCHOOL, YEAR)


@pytest.fixture(scope="session")
def findings(report: Report) -> list[Finding]:
    """Every check of the real report."""
    return run(report)


@pytest.fixture(scope="session")
def build() -> Build:
    """Make a report of rows (indicator, breakdown, year, printed, source[, note])."""

    def made(rows: Iterable[Row], year: int = YEAR) -> Report:
        full = [[str(value) for value in (*row, "")[:6]] for row in rows]
        frame = pd.DataFrame(full, columns=list(OBSERVATION_COLUMNS), dtype=str)
        placed = frame.assign(file="x/2021/made.csv", row=range(2, len(frame) + 2))
        read = with_figures(placed).astype({"year": int})
        return Report(School("x", "某校", "某校", "某地"), year, read)

    return made


@pytest.fixture(scope="session")
def edit() -> Edit:
    """The same report with another text printed for one figure, wherever it stands."""

    def edited(
        report: Report, indicator: str, year: int, printed: str, breakdown: str = ""
    ) -> Report:
        rows = report.observations
        chosen = (
            (rows["indicator"] == indicator)
            & (rows["breakdown"] == breakdown)
            & (rows["year"] == year)
        )
        assert chosen.any(), f"{indicator} {breakdown} {year} is not printed"
        changed = rows.assign(printed=rows["printed"].mask(chosen, printed))
        return report.with_observations(with_figures(changed))

    return edited


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of the data folder that a test may change."""
    return Path(shutil.copytree(REPO / "data", tmp_path / "data"))


@pytest.fixture(scope="session")
def set_cell() -> Callable[[Path, int, str, str], None]:
    """Write one cell of a CSV: file, row (the head is row 1), column, text."""

    def write(path: Path, row: int, column: str, text: str) -> None:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.reader(lines))
        rows[row - 1][rows[0].index(column)] = text
        with path.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows(rows)

    return write


@pytest.fixture(scope="session")
def shown() -> dict[str, Shown]:
    """What every notebook shows of the real report, run from the root of the repository."""
    return execute_all(REPO)


@pytest.fixture(scope="session")
def rate() -> tuple[str, int]:
    """File and row of one figure: the accounting match rate of 2021."""
    name = "quzhou-zhongzhuan/2021/employment.csv"
    with (REPO / "data" / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    key = ["job_match_rate", "programme=accounting", "2021", "71.3"]
    return name, next(number for number, row in enumerate(rows, start=1) if row[:4] == key)


@pytest.fixture(scope="session")
def changed(
    tmp_path_factory: pytest.TempPathFactory,
    set_cell: Callable[[Path, int, str, str], None],
    rate: tuple[str, int],
) -> dict[str, Shown]:
    """The same with that rate at 81.3, run from the notebooks folder."""
    data = Path(shutil.copytree(REPO / "data", tmp_path_factory.mktemp("other") / "data"))
    set_cell(data / rate[0], rate[1], "printed", "81.3")
    return execute_all(FOLDER, data)


# Files whose tests take minutes together: `make test-long`.
LONG = {
    "test_pages",
    "test_kills",
    "test_faults",
    "test_reproducible",
    "test_fuzz",
    "test_intake_fuzz",
    "test_extraction_fuzz",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the long ones, so that `make test` stays short."""
    for item in items:
        if item.path.stem in LONG:
            item.add_marker(pytest.mark.long)
