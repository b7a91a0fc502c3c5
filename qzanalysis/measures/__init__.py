"""Derived measures: a report in, frames of facts out.

A frame's rows are what is compared (named in Chinese), its columns are years or parts, and each cell
is a `Fact` that remembers the printed figures it was made from.
"""

from qzanalysis.measures.common import by_dimension, latest, over_years, parts, with_change
from qzanalysis.measures.employment import (
    contributions,
    employed_directly,
    match_and_salary,
    programme_table,
    robust_distance,
)
from qzanalysis.measures.enrolment import class_shares, enrolment, stock_flow
from qzanalysis.measures.finance import per_student_appropriation, places_by_programme
from qzanalysis.measures.progression import progression_by_route, progression_outcome
from qzanalysis.measures.shortage import (
    report_point,
    scenarios,
    shortage,
    shortage_grid,
    students_for_shortage,
)
from qzanalysis.measures.staff import staff_structure
from qzanalysis.measures.standards import compare, standards

__all__ = [
    "by_dimension",
    "class_shares",
    "compare",
    "contributions",
    "employed_directly",
    "enrolment",
    "latest",
    "match_and_salary",
    "over_years",
    "parts",
    "per_student_appropriation",
    "places_by_programme",
    "programme_table",
    "progression_by_route",
    "progression_outcome",
    "report_point",
    "robust_distance",
    "scenarios",
    "shortage",
    "shortage_grid",
    "staff_structure",
    "standards",
    "stock_flow",
    "students_for_shortage",
    "with_change",
]
