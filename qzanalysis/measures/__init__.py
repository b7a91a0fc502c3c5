"""Derived measures: a report in, frames of facts out.

A frame's rows are what is compared (named in Chinese), its columns are years or parts, and each cell
is a `Fact` that remembers the printed figures it was made from.
"""

from qzanalysis.measures.common import (
    by_dimension,
    cell,
    column_means,
    extreme,
    grand_total,
    growths,
    largest_row,
    latest,
    lowest,
    over_years,
    parts,
    pick,
    rank,
    row,
    share_of_row,
    smallest,
    with_change,
)
from qzanalysis.measures.comparison import indicator_spread, shared_problems, standards_by_school
from qzanalysis.measures.derived import derived
from qzanalysis.measures.employment import (
    contributions,
    employed_directly,
    match_and_salary,
    programme_table,
    robust_distance,
)
from qzanalysis.measures.enrolment import class_shares, classes, enrolment, long_track, stock_flow
from qzanalysis.measures.finance import (
    appropriation_base,
    partner_colleges,
    per_student_appropriation,
    places_by_department,
    places_by_programme,
)
from qzanalysis.measures.learning import courses, vaccination
from qzanalysis.measures.listing import case_figures, listed, named_cells
from qzanalysis.measures.progression import progression_by_route, progression_outcome
from qzanalysis.measures.quality import completeness, unreported
from qzanalysis.measures.shortage import (
    grid_marks,
    range_of_targets,
    report_point,
    scenarios,
    sensitivity,
    shortage,
    shortage_grid,
    students_for_shortage,
)
from qzanalysis.measures.staff import staff_structure, training_modes
from qzanalysis.measures.standards import (
    compare,
    computed,
    indicator_value,
    standards,
    standards_levels,
    standards_table,
    threshold,
)

__all__ = [
    "appropriation_base",
    "by_dimension",
    "case_figures",
    "cell",
    "class_shares",
    "classes",
    "column_means",
    "compare",
    "completeness",
    "computed",
    "contributions",
    "courses",
    "derived",
    "employed_directly",
    "enrolment",
    "extreme",
    "grand_total",
    "grid_marks",
    "growths",
    "indicator_spread",
    "indicator_value",
    "largest_row",
    "latest",
    "listed",
    "long_track",
    "lowest",
    "match_and_salary",
    "named_cells",
    "over_years",
    "partner_colleges",
    "parts",
    "per_student_appropriation",
    "pick",
    "places_by_department",
    "places_by_programme",
    "programme_table",
    "progression_by_route",
    "progression_outcome",
    "range_of_targets",
    "rank",
    "report_point",
    "robust_distance",
    "row",
    "scenarios",
    "sensitivity",
    "share_of_row",
    "shared_problems",
    "shortage",
    "shortage_grid",
    "smallest",
    "staff_structure",
    "standards",
    "standards_by_school",
    "standards_levels",
    "standards_table",
    "stock_flow",
    "students_for_shortage",
    "threshold",
    "training_modes",
    "unreported",
    "vaccination",
    "with_change",
]
