"""Tests of `qzanalysis/pages/`."""
