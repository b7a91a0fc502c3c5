"""Puts cells into the rows of the form: each to its own row, or to a spare one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qzanalysis.intake.cells import TEXT, Cell, Layout, file_of
from qzanalysis.reports.loading import sorted_key


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into the form beside its printed rows: cells by place, and those without a row."""

    by_row: Mapping[tuple[str, int], Sequence[Cell]]
    spare: Mapping[str, Sequence[Cell]]


def placed(plan: Layout, cells: Iterable[Cell]) -> Filling:
    """Each cell to its row: same place first, else same figure in the same table, else a spare row."""
    exact: dict[tuple[str, str, str, str], list[int]] = {}
    loose: dict[tuple[str, str, str], list[int]] = {}
    for table in plan.tables:
        for at, row in enumerate(table.rows):
            figure = (table.name, row.indicator, sorted_key(row.breakdown))
            exact.setdefault((*figure, row.source), []).append(at)
            loose.setdefault(figure, []).append(at)
    names = {table.name for table in plan.tables}
    by_row: dict[tuple[str, int], list[Cell]] = {}
    spare: dict[str, list[Cell]] = {}
    for cell in cells:
        table_name = file_of(cell.source)
        figure = (table_name, cell.indicator, sorted_key(cell.breakdown))
        rows = [*exact.get((*figure, cell.source), ()), *loose.get(figure, ())]
        here = next((at for at in rows if _fits(plan, by_row, table_name, at, cell)), None)
        if here is not None:
            by_row.setdefault((table_name, here), []).append(cell)
        else:
            fits = table_name in names and cell.year in plan.years
            spare.setdefault(table_name if fits else TEXT, []).append(cell)
    return Filling(by_row, spare)


def _fits(
    plan: Layout,
    taken: Mapping[tuple[str, int], Sequence[Cell]],
    table_name: str,
    at: int,
    cell: Cell,
) -> bool:
    """Whether the row has room for this year, and nothing in it comes from another place."""
    table = plan.table(table_name)
    assert table is not None
    there = taken.get((table_name, at), ())
    return cell.year in table.rows[at].years and all(
        it.year != cell.year and it.source == cell.source for it in there
    )
