"""Tests of `qzanalysis/documents/`."""
