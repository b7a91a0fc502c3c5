"""Tests of `qzanalysis/figures/`."""
