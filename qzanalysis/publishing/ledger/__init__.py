"""The ledger of a run: what a result rests on, by fingerprint, and what was made.

`records` alone gives the quick answer of the command line: it loads neither pandas nor a notebook.
"""
