"""Tables read straight from a report: Word, PDF, web page or plain text in, cells of the form out.

The document is read in a process of its own, with limits (`guard`), into plain grids (`grids`);
everything that gives them a meaning happens afterwards and knows nothing of file formats:
`stitch` puts broken tables together, `headers` and `records` say what rows and columns are,
`kinds` which table it is, `form` and `targets` where each value belongs, `values` what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qzanalysis.errors import BadData, Problem
from qzanalysis.intake.layout import Unplaced

if TYPE_CHECKING:  # the readers' process imports this package and must stay light
    from qzanalysis.intake.extraction.extract import Extraction

__all__ = ["into_workbook"]


def into_workbook(
    document: Path,
    workbook: Path,
    report: tuple[str, int, str | None],
    data: Path | None = None,
    *,
    force: bool = False,
) -> Extraction:
    """Fill the form of a new year from a report's own tables.

    Args:
        document: the report: .docx, .pdf, .html or .txt.
        workbook: the XLSX to write.
        report: school, year, and edition of the form (None: the latest not later than the year).
        data: the data folder; it is only read.
        force: overwrite an existing workbook.

    Raises:
        BadData: the document cannot be read, or holds none of the known tables.
        UsageError: unknown school or edition, impossible year, or the workbook exists.
    """
    from qzanalysis.intake import layout, store  # noqa: PLC0415
    from qzanalysis.intake import workbook as form  # noqa: PLC0415
    from qzanalysis.intake.extraction import extract  # noqa: PLC0415

    school, year, edition = report
    store.check_slug(school)
    plan = layout.layout(school, year, edition, data)
    found = extract.extract(document, plan)
    if not found.cells:
        raise nothing_found(document, found.unplaced)
    years = {cell.year for cell in found.cells if cell.printed}
    if year not in years:
        raise other_year(document, year, years)
    name = layout.known_school(school, data).name
    prose = [(each.where, each.printed, each.words) for each in found.mentions]
    form.save(
        workbook, form.write(plan, name, found.cells, found.unplaced, prose=prose), force=force
    )
    return found


def nothing_found(path: Path, listed: Sequence[Unplaced]) -> BadData:
    """The error for a document without any value that has a place; names what stood in the way."""
    reasons = dict.fromkeys(f"{each.text}：{each.reason}" for each in listed)
    seen = "；".join(list(reasons)[:5])
    found = f"（没有可放入的数据）{seen}" if seen else "（没有数据表）"
    remedy = "核对 --year 与文件是否相符；或用 qzanalysis new-year 填表"
    return BadData([Problem(path.name, None, None, found, "含有已知数据表的报告", remedy)])


def other_year(path: Path, year: int, found: Iterable[int]) -> BadData:
    """The error for a report that has figures, but none of the year it should be of."""
    years = "、".join(map(str, sorted(found))) or "其他"
    value = f"（没有 {year} 年的数字，只有 {years} 年的）"
    remedy = "核对 --year：它是报告的年份，即各表两个年份中较晚的一个"
    return BadData([Problem(path.name, None, None, value, f"{year} 年的报告", remedy)])
