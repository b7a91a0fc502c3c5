"""Runs notebooks, makes pages of them, publishes them as one report.

`pipeline.render(jobs.Request(...))` does all of it; docs/architecture.md lists the steps and their
modules. Nothing is imported here, for processes that run notebooks need few of these modules.
"""
