"""Figures placed from a report's own tables, `documents` in, cells of the form out.

`headers` and `records` understand a table's columns and rows, `tables` decides which table it is,
`placing` finds the figure of each value by means of `meanings`, `values` reads it.
"""
