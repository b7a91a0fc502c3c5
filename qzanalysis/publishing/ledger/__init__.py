"""The ledger of a run: what a result rests on, by fingerprint, and what was made.

fingerprints  SHA-256 of files, folders and the package; the identity of the installed libraries
reads         the files and folders a process reads while it is watched
records       results stored with their inputs, and used again only while every input is the same
manifest      the record that is published with a report: `manifest.json`
crate         the manifest in a standard form

The quick answer of the command line needs `records` alone; importing it loads neither pandas nor a
notebook.
"""
