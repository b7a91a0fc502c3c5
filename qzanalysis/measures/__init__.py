"""Derived measures: a report in, numeric frames out.

A frame's rows are what is compared (named in Chinese), its columns are years or parts. Frames are
`Table`s: `float64` or `Int64`, with the facts they were computed from under `.facts`.
"""

from qzanalysis.figures.frames import Table as Table
from qzanalysis.measures.common import CHANGE as CHANGE
from qzanalysis.measures.common import by_dimension as by_dimension
from qzanalysis.measures.common import cell as cell
from qzanalysis.measures.common import column_means as column_means
from qzanalysis.measures.common import extreme as extreme
from qzanalysis.measures.common import grand_total as grand_total
from qzanalysis.measures.common import growths as growths
from qzanalysis.measures.common import largest_row as largest_row
from qzanalysis.measures.common import latest as latest
from qzanalysis.measures.common import lowest as lowest
from qzanalysis.measures.common import over_years as over_years
from qzanalysis.measures.common import parts as parts
from qzanalysis.measures.common import pick as pick
from qzanalysis.measures.common import rank as rank
from qzanalysis.measures.common import row as row
from qzanalysis.measures.common import share_of_row as share_of_row
from qzanalysis.measures.common import smallest as smallest
from qzanalysis.measures.common import with_change as with_change
from qzanalysis.measures.comparison import indicator_spread as indicator_spread
from qzanalysis.measures.comparison import shared_problems as shared_problems
from qzanalysis.measures.comparison import standards_by_school as standards_by_school
from qzanalysis.measures.export import derived as derived
from qzanalysis.measures.listing import case_figures as case_figures
from qzanalysis.measures.listing import completeness as completeness
from qzanalysis.measures.listing import listed as listed
from qzanalysis.measures.listing import named_cells as named_cells
from qzanalysis.measures.listing import unreported as unreported
from qzanalysis.measures.school import appropriation_base as appropriation_base
from qzanalysis.measures.school import partner_colleges as partner_colleges
from qzanalysis.measures.school import per_student_appropriation as per_student_appropriation
from qzanalysis.measures.school import places_by_department as places_by_department
from qzanalysis.measures.school import places_by_programme as places_by_programme
from qzanalysis.measures.school import staff_structure as staff_structure
from qzanalysis.measures.school import training_modes as training_modes
from qzanalysis.measures.shortage import grid_marks as grid_marks
from qzanalysis.measures.shortage import range_of_targets as range_of_targets
from qzanalysis.measures.shortage import report_point as report_point
from qzanalysis.measures.shortage import scenarios as scenarios
from qzanalysis.measures.shortage import sensitivity as sensitivity
from qzanalysis.measures.shortage import shortage as shortage
from qzanalysis.measures.shortage import shortage_grid as shortage_grid
from qzanalysis.measures.shortage import students_for_shortage as students_for_shortage
from qzanalysis.measures.standards import compare as compare
from qzanalysis.measures.standards import computed as computed
from qzanalysis.measures.standards import indicator_value as indicator_value
from qzanalysis.measures.standards import standards as standards
from qzanalysis.measures.standards import standards_levels as standards_levels
from qzanalysis.measures.standards import standards_table as standards_table
from qzanalysis.measures.standards import threshold as threshold
from qzanalysis.measures.students import class_shares as class_shares
from qzanalysis.measures.students import classes as classes
from qzanalysis.measures.students import contributions as contributions
from qzanalysis.measures.students import courses as courses
from qzanalysis.measures.students import enrolment as enrolment
from qzanalysis.measures.students import long_track as long_track
from qzanalysis.measures.students import match_and_salary as match_and_salary
from qzanalysis.measures.students import programme_table as programme_table
from qzanalysis.measures.students import progression_by_route as progression_by_route
from qzanalysis.measures.students import progression_outcome as progression_outcome
from qzanalysis.measures.students import stock_flow as stock_flow
from qzanalysis.measures.students import vaccination as vaccination
