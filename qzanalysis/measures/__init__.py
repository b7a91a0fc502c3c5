"""Derived measures: a report in, numeric frames out.

A frame's rows are what is compared (named in Chinese), its columns are years or parts. Frames are
`Table`s: `float64` or `Int64`, with the facts they were computed from under `.facts`.

Rates are in per cent (62, not 0.62). In the examples, `report` is
`load("quzhou-zhongzhuan", 2021)`, and `scale` is `enrolment(report)`.
"""

from qzanalysis.figures.frames import Table as Table
from qzanalysis.measures.analyses import *
from qzanalysis.measures.common import *
from qzanalysis.measures.comparison import *
from qzanalysis.measures.export import derived as derived
from qzanalysis.measures.listing import *
from qzanalysis.measures.school import *
from qzanalysis.measures.shortage import *
from qzanalysis.measures.standards import *
from qzanalysis.measures.students import *
