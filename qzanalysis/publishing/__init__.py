"""Runs notebooks, makes pages of them, publishes them as one report.

chapters    what notebooks there are, and the parameters they declare
parameters  what was asked for, checked before anything runs
jobs        a request, checked before anything runs
reuse       what can be used again
run         papermill, several notebooks at a time
export      nbconvert with the template `qz`: a notebook becomes the body of a page
structure   sections and anchors of a body
notes       where each number was printed; doubts
search      the index behind the search box
site        bodies become pages of one report
assembly    bodies and findings become the files of a report
links       the last look before publishing
manifest    what the report was made from
publish     all or nothing
verify      a published report rendered again, aside
compare     how two renderings differ, in words
tables      all observations as one table, to take away
pipeline    the whole way, in one call: `pipeline.render(jobs.Request(...))`

Nothing is imported here: the workers of `run` need little of this room, and start faster so.
"""
