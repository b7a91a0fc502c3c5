"""Runs notebooks, makes pages of them, publishes them as one report.

chapters    what notebooks there are, and the parameters they declare
parameters  what was asked for, checked before anything runs
jobs        a request, checked before anything runs
reuse       chapters and reports that can be used again
ledger      what a result rests on, by fingerprint, and what was made
run         papermill, several notebooks at a time
export      nbconvert with the template `qz`: a notebook becomes the body of a page
structure   sections and anchors of a body
notes       where each number was printed; doubts
search      the index behind the search box
site        bodies become pages of one report
assembly    bodies and findings become the files of a report
links       the last look before publishing
verify      a published report rendered again, in another folder
compare     how two renderings differ, in words
pipeline    the whole way, in one call: `pipeline.render(jobs.Request(...))`
many        every report, the comparisons of schools, and a first page over all

Nothing is imported here: the workers of `run` need little of this room, and start faster so.
"""
