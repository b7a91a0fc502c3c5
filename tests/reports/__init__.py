"""Tests of `qzanalysis/reports/`."""
